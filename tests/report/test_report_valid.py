"""The pages are valid HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whogains.api import diff
from whogains.api import plan as make_plan
from whogains.report import changes_to_html, plan_to_html, to_html

from .test_report_audit_html import ATTACKS
from .valid_html import problems


def several(findings):
    """Give an audit with two explainers and three shares kept."""
    predicted, *explained = findings.costs
    return replace(
        findings,
        costs=(
            predicted,
            *(
                replace(cost, explainer=explainer, keep=keep)
                for explainer in ("tree_shap", "occlusion")
                for cost in explained
                for keep in (0.25, 3, None)
            ),
        ),
    )


def test_pages_are_valid(make):
    findings = make()
    assert problems(to_html(findings)) == []
    assert problems(to_html(several(findings))) == []
    assert problems(to_html(make([]))) == []
    assert problems(to_html(make([{"sex": f"level {j}"} for j in range(30)]))) == []
    assert problems(changes_to_html(diff(findings, several(findings)))) == []
    for epsilon in (None, 0.2):
        assert problems(plan_to_html(make_plan([400, 900], [1.0, 2.0], epsilon=epsilon))) == []


@pytest.mark.parametrize("attack", [each for each in ATTACKS if len(each) < 100])
def test_names_from_data_leave_pages_valid(make, attack):
    findings = make([{attack: attack}, {attack: "m"}], unit=attack, explainer=attack, target=attack)
    assert problems(to_html(findings)) == []


@pytest.mark.parametrize(
    ("put", "told"),
    [
        ("<p>one<div>two</div></p>", "unexpected-end-tag"),
        ("<table><caption>c</caption><p>astray</p></table>", "table-voodoo"),
        ('<p id="x"></p><p id="x"></p>', "id 'x' stands 2 times"),
        ('<label for="nobody">one</label>', "label for='nobody' names nothing"),
        ('<input type="text">', "input has no label"),
        ("<select></select>", "select has no label"),
        ('<button type="button"><a href="#main">x</a></button>', "stands in an element"),
        ("<h1>again</h1>", "2 of h1"),
        ("<ul><p>x</p></ul>", "ul holds p"),
        ('<section aria-labelledby="gone"></section>', "names nothing"),
        ("<table><tbody><tr><td>x</td></tr></tbody></table>", "table does not begin with caption"),
        ("<marquee>x</marquee>", "marquee is not known here"),
        ('<p align="left">x</p>', "p has no attribute align"),
        ("<details><p>x</p></details>", "details does not begin with summary"),
        ("<p a=1 a=2>x</p>", "duplicate-attribute"),
        ("<p>&notaname;</p>", "named-entity"),
    ],
)
def test_what_is_wrong_is_found(findings, put, told):
    page = to_html(findings).replace("</main>", f"{put}</main>")
    assert any(told in problem for problem in problems(page))
