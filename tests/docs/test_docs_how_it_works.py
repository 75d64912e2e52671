"""The page on how it works, and the table of rooms, say what the code does."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path

import pytest

import whogains as wg

ROOT = Path(__file__).parents[2]
PAGE, ROOMS = ROOT / "docs" / "how-it-works.md", ROOT / "CONTRIBUTING.md"
PACKAGE = Path(wg.__file__).parent


def section(text, title):
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named(text):
    return re.findall(r"`whogains\.(\w+)\.(\w+)`", text)


def find(room, name):
    __import__(f"whogains.{room}")
    return getattr(sys.modules[f"whogains.{room}"], name)


def test_the_example_runs():
    ran = doctest.testfile(
        str(PAGE), module_relative=False, encoding="utf-8", optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert ran.attempted > 15
    assert not ran.failed


def test_every_name_exists():
    names = named(PAGE.read_text("utf-8"))
    assert len(names) > 20
    assert all(callable(find(*each)) for each in names)


@pytest.mark.parametrize("page", [PAGE, ROOMS])
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert links
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_an_audit_takes_the_steps_in_the_order_of_the_page():
    table = section(PAGE.read_text("utf-8"), "One straight way")
    steps = [
        find(*each)
        for each in re.findall(r"^\| \d+ \| `whogains\.(\w+)\.(\w+)`", table, re.MULTILINE)
    ]
    assert len(steps) == 12
    codes = {step.__code__: step for step in steps}
    data = wg.datasets.nhanes("systolic")
    some = slice(0, 400)
    taken = []

    def note(frame, event, _):
        step = codes.get(frame.f_code) if event == "call" else None
        if step is not None and step not in taken:
            taken.append(step)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        wg.audit(
            data.X[some],
            data.y[some],
            personal=data.personal[some],
            groups=["sex"],
            model="linear",
            folds=2,
            repeats=1,
            placebo=0,
        )
    finally:
        sys.setprofile(before)
    assert taken == steps


def test_the_table_of_rooms_has_them_all_each_below_what_it_imports():
    lines = re.findall(
        r"^\| (`.*?`) \|", section(ROOMS.read_text("utf-8"), "The rooms"), re.MULTILINE
    )
    rooms = [name for line in lines for name in re.findall(r"`(\w+)`", line)]
    places = [
        path
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.name[0] != "_"
    ]
    assert sorted(rooms) == sorted(path.name.removesuffix(".py") for path in places)
    for path in places:
        room = path.name.removesuffix(".py")
        for file in [path] if path.suffix else path.rglob("*.py"):
            for used in re.findall(
                r"^\s*from whogains\.(\w+)", file.read_text("utf-8"), re.MULTILINE
            ):
                above = used[0] == "_" or rooms.index(used) <= rooms.index(room)
                assert above, f"{file} imports {used}"


def test_the_places_for_new_code_exist():
    text = section(ROOMS.read_text("utf-8"), "Where something new goes")
    files = re.findall(r"`(\w+/\w+\.py|\w+\.py)`", text)
    assert len(files) > 12
    missing = [
        file for file in files if not (PACKAGE / file).is_file() and not (ROOT / file).is_file()
    ]
    assert not missing
    for name, file in re.findall(
        r"`([A-Z][A-Za-z_]+|read_target)`(?:[^|`]*) (?:in|of) `(\S+?)`", text
    ):
        assert re.search(
            rf"^(class )?{name}\b|^def {name}\b", (PACKAGE / file).read_text("utf-8"), re.MULTILINE
        )
