"""Run the examples of a page in order, as a reader would, and hold what they print to the page.

    python scripts/run_examples.py [--write] docs/tutorial.md ...

A fence of ``python`` is run, all those of a page with one set of names; like a notebook it shows
the value of its last line. A fence of ``output`` after it says what it prints. In a fence of
``console`` lines with ``$`` are commands, and the lines below say what they print. ``...`` stands
for anything; where a page says nothing, nothing is compared. A comment ``<!-- run`` holds Python
that a reader needs not see, and ``<!-- not run: WHY -->`` before a fence leaves it out. ``--write``
puts in what is printed where it differs.
"""

from __future__ import annotations

import ast
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from whogains.cli import main as whogains

FENCE = re.compile(
    r"(?P<why><!-- not run: [^>]+ -->\n+)?^```(?P<kind>python|console|output)\n(?P<body>.*?)^```$"
    r"|^<!-- run\n(?P<hidden>.*?)^-->$",
    re.MULTILINE | re.DOTALL,
)
ALIKE = doctest.OutputChecker()
HOW = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# As wide as the pages show them.
WIDTH = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}


@dataclass(frozen=True, slots=True)
class Example:
    """What is run, what the page says that it prints, and where that stands in the page."""

    kind: str
    code: str
    printed: str | None
    place: slice


def examples(page: str) -> Iterator[Example]:
    """Find the examples of a page.

    Parameters
    ----------
    page : str
        Its text.

    Yields
    ------
    Example
        Each that is run, in order.
    """
    found = list(FENCE.finditer(page))
    for place, match in enumerate(found):
        if match["hidden"] is not None:
            yield Example("python", match["hidden"], None, slice(0, 0))
        elif match["why"] or match["kind"] == "output":
            continue
        elif match["kind"] == "console":
            yield from _commands(match["body"], match.start("body"))
        else:
            after = found[place + 1] if place + 1 < len(found) else None
            said = after is not None and after["kind"] == "output"
            printed, where = (after["body"], after.span("body")) if said else (None, (0, 0))
            yield Example("python", match["body"], printed, slice(*where))


def _commands(body: str, begin: int) -> Iterator[Example]:
    for match in re.finditer(
        r"^\$ (?P<code>(?:.*\\\n)*.*)\n(?P<printed>(?:(?!\$ ).*\n)*)", body, re.MULTILINE
    ):
        where = slice(*(begin + end for end in match.span("printed")))
        yield Example("console", match["code"], match["printed"], where)


def run(example: Example, names: dict[str, Any]) -> str:
    """Run an example.

    Parameters
    ----------
    example : Example
        What to run.
    names : dict
        The names that the page's Python has so far; what it adds is put in.

    Returns
    -------
    str
        What it prints; commands also on standard error.
    """
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(out if example.kind == "console" else sys.stderr):
        if example.kind == "console":
            _run_command(example.code, out)
        else:
            _run_python(example.code, names)
    lines = raw.getvalue().decode().splitlines()
    return "".join(line.rstrip() + "\n" for line in lines)


def _run_command(code: str, out: io.TextIOWrapper) -> None:
    """Run a command; those of whogains in this process, which spares its start."""
    reader = shlex.shlex(code.replace("\\\n", " "), posix=True, punctuation_chars="|&;<>")
    reader.whitespace_split = True
    failed, go_on, words = False, True, list[str]()
    parts = [*reader, ";"]
    if parts[0] != "whogains" or set(parts) & {"|", "<", ">", ">>", "&"}:
        _run_in_shell(code, out)
        return
    for part in parts:
        if part not in {"&&", "||", ";"}:
            words.append(part)
            continue
        if go_on and words[0] == "whogains":
            failed = whogains(words[1:]) != 0
        elif go_on:
            _run_in_shell(shlex.join(words), out)
            failed = False
        go_on, words = part == ";" or failed == (part == "||"), []


def _run_in_shell(code: str, out: io.TextIOWrapper) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", code],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    out.write(done.stdout)


def _run_python(code: str, names: dict[str, Any]) -> None:
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<page>", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), "<page>", "eval"), names)
        if value is not None:
            print(repr(value))


def differences(page: str) -> Iterator[tuple[Example, str]]:
    """Run the examples of a page in an empty folder, and give those that print something else.

    Parameters
    ----------
    page : str
        Its text.

    Yields
    ------
    tuple of (Example, str)
        The example, and what it prints.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    before = dict(os.environ)
    os.environ.update(WIDTH)
    with (
        TemporaryDirectory() as folder,
        chdir(folder),
        pd.option_context("display.width", 80, "display.max_columns", 20),
    ):
        try:
            for example in examples(page):
                printed = run(example, names)
                if example.printed and not ALIKE.check_output(example.printed, printed, HOW):
                    yield example, printed
        finally:
            os.environ.clear()
            os.environ.update(before)


def main(arguments: list[str]) -> int:
    """Check pages, or write what their examples print."""
    write = "--write" in arguments
    status = 0
    for name in (each for each in arguments if each != "--write"):
        page = Path(name).read_text("utf-8")
        found = list(differences(page))
        for example, printed in reversed(found):
            print(f"{name}: {example.code.strip()}\nprints\n{printed}")
            page = page[: example.place.start] + printed + page[example.place.stop :]
        if write:
            Path(name).write_text(page, "utf-8")
        status |= bool(found) and not write
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
