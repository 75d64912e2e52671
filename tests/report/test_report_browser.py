"""The page in a real browser: what moves, what is saved, what is refused, and who can read it."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from whogains.findings import diff, from_dict
from whogains.limits import Bracket, make_plan, untestable_groups, verdict
from whogains.report import changes_to_html, plan_to_html, to_html

from .browsers import chromium, missing
from .test_report_html import ATTACKS

DESKTOP = {"width": 1280, "height": 800}
# Labels of one axis do not run into each other.
LABELS_ARE_APART = """() =>
  [...document.querySelectorAll("svg.axis, svg.curve, svg.plane, svg.cal")].every((axis) => {
    const boxes = [...axis.querySelectorAll("text.middle")]
      .map((text) => text.getBoundingClientRect())
      .filter((box) => box.width > 0)
      .sort((one, other) => one.left - other.left);
    return boxes.every((box, i) => i === 0 || boxes[i - 1].right <= box.left + 1);
  })"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def show(browser, tmp_path):
    """Give a function that opens a page and refuses every error and request in it."""

    @contextmanager
    def opened(html, **options):
        file = tmp_path / "report.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        page = context.new_page()
        problems, requests = [], []
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        try:
            yield page
            assert problems == []
            assert [url for url in requests if not url.startswith(("blob:", "data:"))] == [
                file.as_uri()
            ]
        finally:
            context.close()

    return opened


def slide(page, cost, place):
    page.locator(f"#slide-{cost}").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }",
        place,
    )


def test_the_slider_moves_every_verdict_to_the_library_s(findings, show):
    tolerated = findings.settings["tolerated_error"]
    with show(to_html(findings)) as page:
        for number, cost in enumerate(findings.costs, start=1):
            page.locator(f"#limits [data-show='{number}']").click()
            curve = cost.limits.curve
            for place in (0, 20, 24, 40):
                slide(page, number, place)
                bounds = np.array(curve.below[place]), np.array(curve.above[place])
                expected = verdict(Bracket(*bounds), tolerated)
                shown = page.locator(f"#answer [data-limits-of='{number}']:visible")
                assert shown.inner_text().strip() == expected
                assert f": {expected} (" in page.locator(f"output[for=slide-{number}]").inner_text()
                alone = page.locator(
                    f"#limits [data-number='{number}'] .alone tbody tr"
                ).evaluate_all(
                    "rows => rows.map(row => row.querySelector('[data-verdict]:not([hidden])')"
                    ".textContent.trim())"
                )
                n, spread = zip(
                    *[(group.n, group.se * group.n**0.5) for group in cost.groups], strict=True
                )
                lost = untestable_groups(n, curve.epsilon[place], spread, tolerated_error=tolerated)
                assert alone == ["untestable" if each else "testable" for each in lost]


def test_at_rest_the_page_says_what_the_audit_says(findings, show):
    with show(to_html(findings)) as page:
        for number, cost in enumerate(findings.costs, start=1):
            shown = page.locator(f"#answer [data-limits-of='{number}']:visible")
            assert shown.inner_text().strip() == cost.limits.verdict


def test_a_switch_shows_one_cost_everywhere(findings, show):
    with show(to_html(findings)) as page:
        for number, cost in enumerate(findings.costs, start=1):
            page.locator(f"#groups [data-show='{number}']").click()
            for section in ("groups", "limits", "people"):
                panels = page.locator(f"#{section} [data-panel=cost]:visible")
                assert panels.count() == 1
                assert cost.title in panels.inner_text()
            pressed = page.locator("[data-switch=cost] button[aria-pressed=true]")
            assert set(pressed.all_inner_texts()) == {cost.title}


def test_groups_sort_both_ways_and_start_with_the_largest_benefit(findings, show):
    wanted = sorted((group.bop for group in findings.costs[0].groups), reverse=True)
    with show(to_html(findings)) as page:
        table = page.locator("#groups .forest:visible")
        given = "rows => rows.map(row => Number(row.dataset.bop))"
        heading = table.locator("th[data-sort=bop]")
        assert table.locator("tbody tr").evaluate_all(given) == wanted
        heading.locator("button").click()
        assert table.locator("tbody tr").evaluate_all(given) == wanted[::-1]
        assert heading.get_attribute("aria-sort") == "ascending"
        heading.locator("button").press("Enter")
        assert table.locator("tbody tr").evaluate_all(given) == wanted


def test_downloads_hold_every_number(findings, show, tmp_path):
    with show(to_html(findings), accept_downloads=True) as page:
        for kind in ("csv", "findings"):
            with page.expect_download() as saved:
                page.locator(f"[data-download={kind}]").click()
            saved.value.save_as(tmp_path / kind)
    audit = json.loads((tmp_path / "findings").read_text(encoding="utf-8"))
    assert from_dict(audit) == findings
    with (tmp_path / "csv").open(encoding="utf-8", newline="") as file:
        bops = [float(row["bop"]) for row in csv.DictReader(file)]
    assert bops == [group.bop for cost in findings.costs for group in cost.groups]


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_from_data_do_nothing(make, show, attack):
    findings = make(
        [{attack: attack}, {attack: "m"}],
        unit=attack,
        explainer=attack,
        target=attack,
        notes=(attack,),
    )
    with show(to_html(findings)) as page:
        slide(page, 1, 30)
        assert page.locator("img, iframe, b, body > script:not([type])").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_not_ours_is_refused(findings, show):
    page_with_more = to_html(findings).replace("</main>", "<script>alert(1)</script></main>")
    with (
        pytest.raises(AssertionError, match="Content Security Policy"),
        show(page_with_more),
    ):
        pass


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_overlaps_or_is_cut(make, show, scheme, size):
    findings = make()
    with show(to_html(findings), viewport=size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        boxes = page.locator("main > section, header, footer").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(r => [r.top, r.bottom])"
        )
        ends = sorted(boxes)
        assert all(one[1] <= other[0] + 1 for one, other in pairwise(ends))
        # Labels of one axis do not run into each other.
        assert page.evaluate(LABELS_ARE_APART)


def test_the_first_screen_answers(make, show):
    from dataclasses import replace

    findings = make()
    main = findings.costs[0]
    four = replace(
        findings,
        costs=(
            main,
            replace(main, name="absolute_error", label="absolute error"),
            *findings.costs[1:],
        ),
    )
    with show(to_html(four)) as page:
        for part in (".lead", ".matrix", ".matrix tfoot", ".next"):
            box = page.locator(f"#answer {part}").bounding_box()
            assert box["y"] + box["height"] <= DESKTOP["height"], part
        box = page.locator(".matrix").evaluate("t => [t.scrollWidth, t.parentElement.clientWidth]")
        assert box[0] <= box[1]


def axe_issues(page):
    """Ask axe-core, which a package on PyPI ships, for what is serious."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        missing("axe-playwright-python is not installed")
    axe = Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true; })")
    page.evaluate(axe)
    violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    return [
        (issue["id"], issue["nodes"][0]["html"][:120], issue["nodes"][0]["failureSummary"])
        for issue in violations
        if issue["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE)],
    ids=["light", "dark", "phone"],
)
def test_axe_finds_no_serious_issue(make, show, scheme, size):
    with show(to_html(make()), viewport=size, color_scheme=scheme) as page:
        assert axe_issues(page) == []


def test_axe_finds_no_serious_issue_in_other_pages(findings, show):
    plan = make_plan([400, 900], [1.0, 2.0], epsilon=0.2)
    for html in (plan_to_html(plan), changes_to_html(diff(findings, findings))):
        with show(html) as page:
            assert axe_issues(page) == []


def test_axe_finds_what_is_wrong(findings, show):
    pale = to_html(findings).replace("</main>", '<svg role="img"></svg></main>')
    with show(pale) as page:
        assert [name for name, *_ in axe_issues(page)] == ["svg-img-alt"]


def test_it_prints_every_cost_and_no_control(findings, show):
    with show(to_html(findings)) as page:
        page.emulate_media(media="print")
        assert page.locator("#groups [data-panel=cost]:visible").count() == len(findings.costs)
        assert page.locator(".switch:visible, .slide:visible, .downloads:visible").count() == 0
        assert page.pdf().startswith(b"%PDF")


def test_the_keyboard_reaches_slider_and_switches(findings, show):
    with show(to_html(findings)) as page:
        reached = set()
        for _ in range(70):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate("document.activeElement.dataset.show || document.activeElement.id")
            )
        assert {"1", "2", "3", "slide-1"} <= reached


def test_without_script_everything_is_there(findings, show):
    with show(to_html(findings), java_script_enabled=False) as page:
        assert page.locator("#groups [data-panel=cost]:visible").count() == len(findings.costs)
        assert page.locator("button:visible, input:visible").count() == 0
