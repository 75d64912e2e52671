"""A plan in a terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from whogains.api import plan as make_plan
from whogains.report import as_text, show

SIZES, SPREADS = [4111, 1662, 5465, 2099], [0.7825, 0.8775, 0.7403, 0.8238]


@pytest.fixture(scope="module")
def plan():
    return make_plan(
        SIZES, SPREADS, epsilon=0.02, groups=["a", "[red]b[/]", "\x1b[31mc", "d" * 999]
    )


@pytest.mark.parametrize("width", [40, 80, 160])
def test_no_line_is_wider_than_asked(plan, width):
    lines = as_text(plan, width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_it_says_what_the_plan_says(plan):
    text = as_text(plan, 400)
    assert "untestable at epsilon 0.02" in text
    for group in plan.groups:
        assert f"{group.n:,}" in text
        assert f"{group.required:,}" in text
    unnamed = make_plan(SIZES, SPREADS, epsilon=0.02)
    for sentence in unnamed.sentences():
        assert f"- {sentence}\n" in as_text(unnamed, 400)


def test_labels_are_text_and_nothing_else(plan):
    file = io.StringIO()
    show(plan, Console(file=file, force_terminal=True, width=120, _environ={"TERM": "xterm"}))
    assert "[red]b[/]" in file.getvalue()
    assert "\x1b[31mc" not in file.getvalue()


def test_without_epsilon():
    text = as_text(make_plan(SIZES, SPREADS))
    assert "None" not in text
    assert " at epsilon" not in text
