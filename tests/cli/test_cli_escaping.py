"""Names from the data are text, in a terminal and in a page."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

TAG = "<img src=x onerror=alert(1)>"
END = "</script><script>alert(2)</script>"
MARKUP = "[red]x[/] [/nothing]"
ESCAPES = "\x1b[31mred\x1b]0;title\x07"
LINES = "two\nlines\r"


class _Page(HTMLParser):
    """Collects the tags of a page and the attributes that run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a file whose column names and levels would do harm if they were not text."""
    folder = tmp_path_factory.mktemp("hostile")
    rng = np.random.default_rng(5)
    n = 400
    y = rng.integers(0, 2, n)
    pd.DataFrame(
        {
            f"y {TAG}": y,
            "p0": 0.5 + 0.2 * (y - 0.5),
            "p1": 0.5 + 0.9 * (y - 0.5) * rng.choice([-0.2, 1], n),
            f"sex {END} {MARKUP}": np.resize([TAG, END, MARKUP, "{{ 7 * 7 }}"], n),
            f"race {ESCAPES}": np.repeat([ESCAPES, LINES], n // 2),
        }
    ).to_csv(folder / "f.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def shown(
    cli: Callable[..., Any], hostile: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, str]:
    """Compare them; give what was printed, and the page."""
    page = tmp_path_factory.mktemp("pages") / "page.html"
    ran = cli(
        *("compare", "f.csv", "--target", f"y {TAG}", "--generic", "p0", "--personalized", "p1"),
        *("--groups", f"sex {END} {MARKUP},race {ESCAPES}", "--unit", TAG, "--html", page),
        cwd=hostile,
    )
    assert (ran.status, ran.err) == (0, "")
    return ran, page.read_text("utf-8")


def test_the_terminal_shows_names_as_they_are(shown: tuple[Any, str]) -> None:
    printed = shown[0].out
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "\r" not in printed
    for name in (TAG, "[red]x[/]", "{{ 7 * 7 }}"):
        assert name in printed
    # A line end in a level breaks no line.
    assert not [line for line in printed.splitlines() if line.strip().startswith("lines")]


def test_the_page_holds_names_as_text_alone(shown: tuple[Any, str]) -> None:
    page = shown[1]
    assert TAG not in page
    assert "<script>alert" not in page
    assert "\x1b" not in page
    read = _Page()
    read.feed(page)
    assert not read.handlers
    assert "img" not in read.tags
    text = "".join(read.text)
    assert TAG in text
    assert "{{ 7 * 7 }}" in text
    assert "alert(2)" in text


def test_the_page_has_no_more_scripts_than_one_of_plain_names(
    cli: Callable[..., Any], shown: tuple[Any, str], place: Path, tmp_path: Path
) -> None:
    page = tmp_path / "plain.html"
    cli(
        *("compare", "people.csv", "--target", "y", "--generic", "p0", "--personalized", "p1"),
        *("--groups", "sex,race", "--quiet", "--html", page),
        cwd=place,
    )

    def scripts(text: str) -> int:
        read = _Page()
        read.feed(text)
        return read.tags.count("script")

    assert scripts(shown[1]) == scripts(page.read_text("utf-8")) > 0
