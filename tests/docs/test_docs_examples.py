"""Every example of the tutorial and the how-to pages runs, and prints what the page says."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
FENCES = re.compile(r"^```(\w*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location(
        "run_examples", ROOT / "scripts" / "run_examples.py"
    )
    module = sys.modules["run_examples"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_print_what_it_says(runner, page):
    found = list(runner.differences(page.read_text("utf-8")))
    assert [f"{example.code}\nprints\n{printed}" for example, printed in found] == []


def test_the_readme_shows_the_commands_the_picture_and_examples_that_run(runner):
    text = (ROOT / "README.md").read_text("utf-8")
    for verb in ("demo", "audit", "compare", "choose", "watch", "evidence", "plan"):
        assert f"whogains {verb}" in text
    assert text.count("![") == 1
    assert [example.kind for example in runner.examples(text)].count("python") >= 2
    # The block of the demo is as a terminal of 80 columns shows it.
    block = re.search(r"```\n(Who gains\?.*?)```", text, re.DOTALL)
    assert max(map(len, block[1].splitlines())) <= 80


def test_a_page_that_says_something_else_is_noticed(runner):
    page = "```python\nx = 1\nx + 1\n```\n\n```output\n3\n```\n"
    ((example, printed),) = runner.differences(page)
    assert example.kind == "python"
    assert printed == "2\n"
    page = "```console\n$ echo \\\n    right\nwrong\n$ echo\n```\n"
    ((example, printed),) = runner.differences(page)
    assert printed == "right\n"
    page = page[: example.place.start] + printed + page[example.place.stop :]
    assert not list(runner.differences(page))


def test_an_example_that_fails_is_no_example(runner):
    with pytest.raises(ZeroDivisionError):
        list(runner.differences("<!-- run\nnone = 0\n-->\n\n```python\n1 / none\n```\n"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_is_run_or_is_in_another_language(page):
    text = page.read_text("utf-8")
    kinds = set(FENCES.findall(text)) - {""}
    assert kinds <= {"python", "console", "output", "r", "sh"}
    # What is left out says why.
    assert text.count("<!-- not run") == len(re.findall(r"<!-- not run: \S[^>]+ -->\n+```", text))


def test_the_summary_has_the_numbers_of_the_tables():
    text = (DOCS / "trust.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+\?) \| (.+) \| \[.+\]\((\S+?)(?:#\S+)?\) \|$", text, re.MULTILINE)
    assert len(rows) > 8
    numbers = {}
    for _, said, page in rows:
        table = re.sub(r"\s+", " ", (DOCS / page).read_text("utf-8"))
        for number in re.findall(r"\d[\d.,]*\d|\d+", said):
            numbers[number] = page
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", table), (page, number)
    assert len(numbers) > 15
