"""The rooms of the package: which may import which, and what a plain import may load."""

from __future__ import annotations

import ast
import importlib
import json
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import whogains

PACKAGE = Path(whogains.__file__).parent

BASE = {"errors", "types", "_version"}
NUMBERS = BASE | {"costs", "evidence", "inference", "limits"}
MODELS = BASE | {"costs", "frames", "models", "explain"}

# Each room imports only what stands here: those above it, and no more of them than it needs.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "types": set(),
    "_version": set(),
    "files": BASE,
    "costs": BASE,
    "frames": BASE | {"costs"},
    "inference": BASE,
    "evidence": BASE | {"costs", "files", "inference"},
    "limits": BASE,
    "records": BASE | {"files"},
    "judging": NUMBERS | {"records"},
    "watching": NUMBERS - {"limits"} | {"files", "records"},
    "models": MODELS - {"models", "explain"},
    "explain": MODELS - {"explain"},
    "scoring": MODELS | {"evidence", "files"},
    "tables": MODELS | {"evidence", "files", "inference", "scoring"},
    "report": BASE | {"files", "records"},
    "results": BASE | {"files", "records", "report"},
    "datasets": {"errors", "files"},
    "api": NUMBERS
    | MODELS
    | {"files", "records", "judging", "scoring", "tables", "results", "watching"},
}
# The verbs, what they take and give, and the numbers that are documented as functions.
ALLOWED["__main__"] = {"cli"}
ALLOWED["study"] = BASE | {"files", "records", "results", "report", "datasets", "api"}
ALLOWED["study"] |= {"evidence", "inference", "limits", "models"}
ALLOWED["cli"] = BASE | {"files", "records", "results", "report", "datasets", "api", "study"}
ALLOWED["cli"] |= {"costs", "frames", "judging", "limits", "models"}

# Numbers happen in functions of arrays: these rooms know nothing but arrays.
OUTSIDE: dict[str, set[str]] = {
    "costs": {"numpy"},
    "inference": {"numpy", "scipy"},
    "limits": {"numpy", "scipy"},
}

# All that may be loaded before anything is asked, besides Python's modules, what gives names when
# they are asked for, and what typer needs.
AT_IMPORT = {"whogains"}
AT_HELP = {
    "whogains._version",
    "whogains.cli",
    "whogains.errors",
    "whogains.files",
    "whogains.judging",
}
AT_HELP |= {"whogains.judging.settings"}
LIBRARIES_OF_HELP = {
    "lazy_loader",
    "typer",
    "rich",
    "click",
    "shellingham",
    "annotated_doc",
    "markdown_it",
    "mdurl",
}
# typer looks at pydantic where it is installed.
LIBRARIES_OF_HELP |= {"pydantic", "pydantic_core", "typing_inspection", "annotated_types"}
LIBRARIES_OF_HELP |= {"pygments", "attr", "attrs", "colorama", "typing_extensions"}

SLOW = {"shap", "sklearn", "altair", "vl_convert", "duckdb", "torch", "captum", "numba"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the file, the module, and whether it runs when the file is imported."""

    file: str
    module: str
    line: int
    lazy: bool
    for_types: bool

    @property
    def room(self) -> str:
        """The room of the file; the empty text for the package's own `__init__`."""
        name = self.file.split("/")[0].removesuffix(".py")
        return "" if name == "__init__" else name

    @property
    def target(self) -> str | None:
        """The room imported, or None for another package."""
        parts = self.module.split(".")
        return (parts[1] if len(parts) > 1 else "") if parts[0] == "whogains" else None


def _imports(file: Path) -> Iterator[Import]:
    place = file.relative_to(PACKAGE).with_suffix(".py").as_posix()
    package = ["whogains", *file.relative_to(PACKAGE).parts[:-1]]

    def visit(node: ast.AST, lazy: bool, for_types: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(place, alias.name, node.lineno, lazy, for_types)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{module}.{alias.name}" if module == "whogains" else module
                yield Import(place, full, node.lineno, lazy, for_types)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for typed in node.body:
                yield from visit(typed, lazy, True)
            for other in node.orelse:
                yield from visit(other, lazy, for_types)
        else:
            inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for child in ast.iter_child_nodes(node):
                yield from visit(child, inside, for_types)

    yield from visit(ast.parse(file.read_text("utf-8")), False, False)


# A package whose names are imported when they are asked for lists them in a stub.
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))
IMPORTS = [each for file in [*sorted(PACKAGE.rglob("*.py")), *STUBS] for each in _imports(file)]


def _told(wrong: list[Import]) -> str:
    return "\n".join(f"{each.file}:{each.line} imports {each.module}" for each in wrong)


def test_the_imports_are_found() -> None:
    rooms = {each.room for each in IMPORTS}
    assert rooms - {""} <= set(ALLOWED)
    assert {"costs", "evidence", "inference", "limits", "judging", "report", "api"} <= rooms
    assert any(each.room == "api" and each.target == "evidence" for each in IMPORTS)
    assert any(each.lazy and each.module == "shap" for each in IMPORTS)


def test_every_room_has_its_rule() -> None:
    found = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found - {"__init__"} == set(ALLOWED)


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_rooms_above_it(room: str) -> None:
    wrong = [
        each
        for each in IMPORTS
        if each.room == room
        and each.target is not None
        and each.target not in ALLOWED[room] | {room}
    ]
    assert not wrong, _told(wrong)


def test_nothing_but_the_package_imports_the_api_and_nothing_the_command_line() -> None:
    wrong = [
        each
        for each in IMPORTS
        if (each.target == "api" and each.room not in {"", "api", "cli", "study"})
        or (each.target == "cli" and each.room not in {"cli", "__main__"})
    ]
    assert not wrong, _told(wrong)


def test_the_rule_has_no_circle() -> None:
    left = dict(ALLOWED)
    while left:
        free = {room for room, needs in left.items() if not needs & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {room: needs for room, needs in left.items() if room not in free}


def test_a_room_is_entered_through_its_init() -> None:
    wrong = [
        each
        for each in IMPORTS
        if each.target not in {None, "", each.room} and each.module.count(".") > 1
    ]
    assert not wrong, _told(wrong)


def test_no_file_imports_itself_by_way_of_others_not_even_when_called_or_for_types() -> None:
    files = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py")}
    needs: dict[str, set[str]] = {file: set() for file in files}
    for each in IMPORTS:
        if each.target is None:
            continue
        place = "/".join(each.module.split(".")[1:])
        found = {f"{place}.py", f"{place}/__init__.py" if place else "__init__.py"} & files
        needs[each.file] |= found - {each.file}
    left = needs
    while left:
        needed = set().union(*left.values())
        free = {file for file, others in left.items() if file not in needed or not others}
        assert free, f"a circle among {sorted(left)}"
        left = {file: others - free for file, others in left.items() if file not in free}


@pytest.mark.parametrize("stub", STUBS, ids=[stub.parent.name for stub in STUBS])
def test_names_that_are_imported_when_asked_for_are_there_and_none_is_that_of_a_file(
    stub: Path,
) -> None:
    package = importlib.import_module(
        ".".join(["whogains", *stub.parent.relative_to(PACKAGE).parts])
    )
    given = ast.parse(stub.read_text("utf-8")).body
    assert all(isinstance(node, ast.ImportFrom) for node in given)
    homes = {alias.name: node.module for node in given for alias in node.names if node.module}
    assert all(alias.asname == alias.name for node in given for alias in node.names)
    # Importing another file would replace a name that is the same.
    files = {path.stem for path in stub.parent.iterdir()}
    assert not any(name in files and name != home for name, home in homes.items())
    assert homes.keys() <= set(package.__all__) == set(dir(package))
    assert not any(isinstance(getattr(package, name), ModuleType) for name in homes)
    with pytest.raises(AttributeError, match="attribute no_such_name"):
        _ = package.no_such_name


def test_help_of_the_package_shows_every_verb() -> None:
    text = pydoc.render_doc(whogains, renderer=pydoc.plaintext)
    for verb in ("audit(", "compare(", "plan(", "class Findings"):
        assert verb in text


def _loaded_by(code: str) -> set[str]:
    """List the modules that a program loads."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\n{code}\nimport json\nprint(json.dumps([*sys.modules]))",
        ],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_one_module() -> None:
    started = _loaded_by("")
    loaded = _loaded_by("import whogains") - started
    assert {name for name in loaded if name.startswith("whogains")} == AT_IMPORT
    outside = {name.partition(".")[0] for name in loaded} - {"whogains"}
    assert outside <= sys.stdlib_module_names | {"lazy_loader"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["audit", "--help"]])
def test_help_loads_the_command_line_and_nothing_that_computes(words: list[str]) -> None:
    started = _loaded_by("")
    loaded = _loaded_by(f"from whogains.cli import main\nassert main({words!r}) == 0") - started
    ours = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("whogains")}
    assert ours <= AT_IMPORT | {name for name in AT_HELP if name.count(".") == 1}
    assert {name for name in loaded if name.startswith("whogains.judging")} <= AT_HELP
    outside = {name.partition(".")[0] for name in loaded if not name.startswith("_sysconfigdata")}
    assert outside - {"whogains"} - sys.stdlib_module_names <= LIBRARIES_OF_HELP


@pytest.mark.parametrize("room", OUTSIDE)
def test_the_rooms_of_numbers_know_only_arrays(room: str) -> None:
    wrong = [
        each
        for each in IMPORTS
        if each.room == room
        and each.target is None
        and (top := each.module.split(".")[0]) not in OUTSIDE[room]
        and top not in sys.stdlib_module_names
    ]
    assert not wrong, _told(wrong)


def test_no_room_loads_a_slow_library_before_it_is_used() -> None:
    # Charts and torch models are files of their own, which are imported only to be used.
    rooms = ", ".join(f"whogains.{room}" for room in ALLOWED)
    code = f"import json, sys, {rooms}, whogains.cli.app; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert {"numpy", "whogains"} <= loaded
    assert not loaded & SLOW
