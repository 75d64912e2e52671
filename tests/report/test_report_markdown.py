"""Findings as Markdown."""

from __future__ import annotations

import pytest

from whogains.report import to_markdown
from whogains.report.cost_figures import cost_figures


def test_every_number_of_a_row_is_there(findings):
    text = to_markdown(findings)
    for cost in findings.costs:
        write = cost_figures(cost, "−")
        for group in cost.groups:
            assert (
                f"| {group.label} | {group.n:,} | {write(group.cost_generic)} | "
                f"{write(group.cost_personalized)} | {write(group.bop)} | "
                f"{write.interval(group.ci)} |"
            ) in text


@pytest.mark.parametrize(
    ("attack", "written"),
    [
        ("a|b", r"a\|b"),
        ("<script>", "&lt;script&gt;"),
        ("[x](javascript:y)", r"\[x\](javascript:y)"),
        ("**bold** `code`", r"\*\*bold\*\* \`code\`"),
        ("https://x.y", r"https:\//x.y"),
        ("www.x.y", r"www\.x.y"),
        ("line\n# title", r"line \# title"),
        ("- item", r"\- item"),
    ],
)
def test_names_are_text_and_nothing_else(make, attack, written):
    text = to_markdown(make([{"sex": attack}], explainer=None, notes=(attack,)))
    assert f"| {written} |" in text
    assert f"| {attack} |" not in text


@pytest.mark.parametrize("groups", [0, 1, 64])
def test_every_row_has_every_cell(make, groups):
    whole = to_markdown(make([{"sex": f"|{j}"} for j in range(groups)]))
    text, asked = whole.split("## For the file")
    asked = [line.replace(r"\|", "") for line in asked.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in asked} == {4}
    rows = [line.replace(r"\|", "") for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {8}
    assert len(rows) == 3 * (groups + 2)
