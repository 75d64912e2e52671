"""The page in a real browser: what moves, what is saved, what is refused, and who can read it."""

from __future__ import annotations

import csv
import gzip
import json
import re
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from io import StringIO
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from whogains.api import diff
from whogains.api import plan as make_plan
from whogains.files import json_text
from whogains.limits import Bracket, untestable_groups, verdict
from whogains.report import changes_to_html, plan_to_html, to_html
from whogains.report.audit_drawings import group_rows, plane

from .browsers import chromium, missing
from .test_report_audit_html import ATTACKS
from .test_report_size import mixed
from .test_report_valid import several

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
# The name of a quadrant stands in it, on no line.
NAMES_ARE_IN_THEIR_QUADRANTS = """() =>
  [...document.querySelectorAll("svg.plane")].filter((plane) => plane.checkVisibility())
    .every((plane) => {
      const frame = plane.querySelector(".frame").getBoundingClientRect();
      const lines = [...plane.querySelectorAll(":scope > .zero")]
        .map((line) => line.getBoundingClientRect());
      const upright = lines.find((line) => line.height > line.width);
      const level = lines.find((line) => line.width > line.height);
      const names = [...plane.querySelectorAll(".corner")]
        .map((name) => name.getBoundingClientRect());
      return names.length === 4 && names.every((name) =>
        frame.left <= name.left && name.right <= frame.right
        && frame.top <= name.top && name.bottom <= frame.bottom
        && (name.right < upright.left || upright.right < name.left)
        && (name.bottom < level.top || level.bottom < name.top));
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
            # What the page said before this answer has arrived.
            page.evaluate("0")
            assert problems == []
            assert [url for url in requests if not url.startswith(("blob:", "data:"))] == [
                file.as_uri()
            ]
        finally:
            context.close()

    return opened


SEEN = "all => all.map(e => e.checkVisibility({contentVisibilityAuto: true}))"


def on_paper(page):
    """Switch to print; the browser opens what is folded only when it next draws."""
    page.emulate_media(media="print")
    for _ in range(200):
        if all(page.locator("details table").evaluate_all(SEEN)):
            return
        page.wait_for_timeout(50)
    pytest.fail("what is folded stays so in print")


# By how much the sides of the drawings differ from those of their axis.
OFF_THE_AXIS = """() => [...document.querySelectorAll("table")].flatMap((table) => {
  const axes = [...table.querySelectorAll("tfoot svg.axis")];
  const row = [...table.tBodies[0].rows].find((row) => row.checkVisibility());
  const strips = row && axes.length ? [...row.querySelectorAll("svg.strip")] : [];
  return strips.flatMap((strip, i) => {
    const [one, other] = [strip, axes[i]].map((svg) => svg.getBoundingClientRect());
    return other.width ? [Math.abs(one.left - other.left), Math.abs(one.right - other.right)] : [];
  });
})"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_marks_stand_above_their_place_on_the_axis(findings, show, viewport, media):
    with show(to_html(findings), viewport=viewport) as page:
        page.emulate_media(media=media)
        off = page.evaluate(OFF_THE_AXIS)
        assert len(off) >= 4
        assert max(off) < 0.6


def test_pointing_at_an_axis_is_no_error(findings, show):
    with show(to_html(findings)) as page:
        page.locator("#groups .forest:visible tfoot .drawn").hover()
        row = page.locator("#groups .forest:visible tbody tr").first
        row.locator(".drawn").hover()
        assert row.locator("bdi").inner_text() in row.locator(".drawn").get_attribute("title")


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
                shown = page.locator(f"#verdicts [data-limits-of='{number}']:visible")
                assert shown.inner_text().strip() == expected
                assert f": {expected} (" in page.locator(f"output[for=slide-{number}]").inner_text()
                alone = page.locator(
                    f"#limits [data-number='{number}'] .alone tbody tr"
                ).evaluate_all("rows => rows.map(row => row.lastElementChild.textContent)")
                n, spread = zip(
                    *[(group.n, group.se * group.n**0.5) for group in cost.groups], strict=True
                )
                lost = untestable_groups(n, curve.epsilon[place], spread, tolerated_error=tolerated)
                assert alone == ["untestable" if each else "testable" for each in lost]


def test_at_rest_the_page_says_what_the_audit_says(findings, show):
    with show(to_html(findings)) as page:
        for number, cost in enumerate(findings.costs, start=1):
            shown = page.locator(f"#verdicts [data-limits-of='{number}']:visible")
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
    groups = findings.costs[0].groups
    wanted = sorted(range(len(groups)), key=lambda j: -groups[j].bop)
    with show(to_html(findings)) as page:
        table = page.locator("#groups .forest:visible")
        given = "rows => rows.map(row => Number(row.dataset.group) - 1)"
        heading = table.locator("th[data-sort=bop]")
        assert table.locator("tbody tr").evaluate_all(given) == wanted
        heading.locator("button").click()
        assert table.locator("tbody tr").evaluate_all(given) == wanted[::-1]
        assert heading.get_attribute("aria-sort") == "ascending"
        heading.locator("button").press("Enter")
        assert table.locator("tbody tr").evaluate_all(given) == wanted
        table.locator("th[data-sort=n] button").click()
        by_size = sorted(range(len(groups)), key=lambda j: groups[j].n)
        assert table.locator("tbody tr").evaluate_all(given) == by_size


def test_groups_without_a_number_sort_last(make, show):
    findings = make([{"sex": "f"}, {"sex": None}, {"sex": "m"}], (60, 0, 90))
    with show(to_html(findings)) as page:
        table = page.locator("#groups .forest:visible")
        given = "rows => rows.map(row => Number(row.dataset.group))"
        for _ in range(2):
            assert table.locator("tbody tr").evaluate_all(given)[-1] == 2
            table.locator("th[data-sort=bop] button").click()


def download(page, kind, path):
    with page.expect_download() as saved:
        page.locator(f"[data-download={kind}]").click()
    saved.value.save_as(path)
    return path


def values(text):
    """Read a CSV, its numbers as numbers."""

    def value(cell):
        try:
            return float(cell)
        except ValueError:
            return cell

    return [[value(cell) for cell in row] for row in csv.reader(StringIO(text))]


def test_downloads_hold_every_number(findings, show, tmp_path):
    with show(to_html(findings), accept_downloads=True) as page:
        for kind in ("csv", "audit"):
            download(page, kind, tmp_path / kind)
    findings.to_json(tmp_path / "audit.json")
    assert (tmp_path / "audit").read_bytes() == (tmp_path / "audit.json").read_bytes()
    text = (tmp_path / "csv").read_bytes().decode("utf-8")
    assert values(text) == values(findings.to_csv())
    assert len(values(text)) == 1 + 3 * 8


def test_without_script_the_audit_is_saved_compressed(findings, show, tmp_path):
    with show(to_html(findings), accept_downloads=True, java_script_enabled=False) as page:
        with page.expect_download() as saved:
            page.locator("[data-download=audit]").click()
        assert saved.value.suggested_filename == "audit.json.gz"
        saved.value.save_as(tmp_path / "audit.json.gz")
    text = gzip.decompress((tmp_path / "audit.json.gz").read_bytes()).decode("utf-8")
    assert text == findings.to_json()


def test_plans_and_changes_are_saved_whole(findings, show, tmp_path):
    plan, changes = make_plan([400, 900], [1.0, 2.0], epsilon=0.2), diff(findings, findings)
    with show(plan_to_html(plan), accept_downloads=True) as page:
        saved = json.loads(download(page, "plan", tmp_path / "plan").read_bytes())
        assert saved == json.loads(json_text(plan.to_dict()))
    with show(changes_to_html(changes), accept_downloads=True) as page:
        text = download(page, "diff", tmp_path / "diff").read_bytes().decode("utf-8")
        assert text == changes.to_json()


def test_hover_shows_every_number_of_a_group(findings, show):
    with show(to_html(findings)) as page:
        page.mouse.move(0, 0)
        for number, cost in enumerate(findings.costs, start=1):
            page.locator(f"#groups [data-show='{number}']").click()
            for row in group_rows(cost)[0]:
                cell = page.locator(f"#groups tr[data-group='{row.number}']:visible .drawn")
                cell.hover()
                told = cell.get_attribute("title")
                cells = (row.name, row.n, row.generic, row.personalized, row.bop, row.interval)
                for text in (*cells, row.words, *row.more):
                    assert text == "–" or text in told
        # The last one lies over all others.
        spot = page.locator(".plane:visible > g").last
        spot.hover()
        told = spot.locator("title").text_content()
        view = plane(findings.costs[0], findings.costs[1]).places[-1]
        for text in (view.name, *view.numbers, *view.words):
            assert text in told


@pytest.mark.parametrize(
    "name", ["=1+1", " @SUM(A1)", "\u200b\uff1d1", "n", ATTACKS[0], ATTACKS[3]]
)
def test_the_page_s_csv_is_the_library_s_whatever_the_names(make, show, tmp_path, name):
    findings = make([{name: name}, {name: None}, {name: 'a"b,c\nd'}], explainer=name)
    with show(to_html(findings), accept_downloads=True) as page:
        text = download(page, "csv", tmp_path / "csv").read_bytes().decode("utf-8")
    assert values(text) == values(findings.to_csv())


def test_selects_for_cost_explainer_and_keep_work_together(findings, show):
    audit = several(findings)
    with show(to_html(audit)) as page:
        cost, explainer, keep = (page.locator("#groups select").nth(k) for k in range(3))

        def shown():
            panel = page.locator("#groups [data-panel=cost]:visible")
            assert panel.count() == 1
            title = panel.locator("h3").inner_text().split(" prediction")[0]
            title = title.split(" explanation")[0]
            for section in ("limits", "people"):
                assert title in page.locator(f"#{section} [data-panel=cost]:visible").inner_text()
            return title

        assert shown().startswith("squared error")
        assert not explainer.is_visible()
        assert not keep.is_visible()
        cost.select_option(label="incomprehensiveness")
        assert shown().startswith("incomprehensiveness (tree_shap, keep 25%)")
        keep.select_option(label="3 features")
        explainer.select_option(label="occlusion")
        assert shown().startswith("incomprehensiveness (occlusion, keep 3 features)")
        # The others keep what they say, also where another section is used.
        page.locator("#limits select").nth(0).select_option(label="sufficiency")
        assert shown().startswith("sufficiency (occlusion, keep 3 features)")
        assert cost.evaluate("e => e.selectedOptions[0].label") == "sufficiency"
        # By keyboard alone.
        keep.focus()
        page.keyboard.press("ArrowDown")
        assert shown().startswith("sufficiency (occlusion, mean over keep)")
        cost.focus()
        page.keyboard.press("Home")
        assert shown().startswith("squared error")
        # Every cost can be reached.
        for each in audit.costs[1:]:
            cost.select_option(label=each.label)
            explainer.select_option(label=each.explainer)
            kept = {0.25: "25% of the features", 3: "3 features", None: "mean over keep"}[each.keep]
            keep.select_option(label=kept)
            assert shown().startswith(each.title)


def test_a_select_offers_only_what_was_audited(findings, show):
    audit = several(findings)
    audit = replace(
        audit, costs=tuple(c for c in audit.costs if (c.explainer, c.keep) != ("occlusion", 3))
    )
    with show(to_html(audit)) as page:
        cost, explainer, keep = (page.locator("#groups select").nth(k) for k in range(3))
        cost.select_option(label="sufficiency")
        keep.select_option(label="3 features")
        explainer.select_option(label="occlusion")
        shown = page.locator("#groups [data-panel=cost]:visible h3").inner_text()
        assert shown.startswith("sufficiency (occlusion, keep 25%)")
        assert keep.locator("option").evaluate_all("all => all.map(e => e.disabled)") == [
            False,
            True,
            False,
        ]


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
    findings = several(make()) if scheme == "dark" else make()
    with show(to_html(findings), viewport=size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        boxes = page.locator("main > section, header, footer").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(r => [r.top, r.bottom])"
        )
        ends = sorted(boxes)
        assert all(one[1] <= other[0] + 1 for one, other in pairwise(ends))
        # Labels of one axis do not run into each other.
        assert page.evaluate(LABELS_ARE_APART)


def shifted(cost, by):
    """Give a cost whose benefits are all that much larger."""
    groups = tuple(
        replace(group, bop=group.bop + by, ci=(group.ci[0] + by, group.ci[1] + by))
        for group in cost.groups
    )
    return replace(cost, groups=groups)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("across", "up"), [(100, 100), (100, -100), (-100, 0)])
def test_quadrants_have_room_for_their_names(findings, show, size, across, up):
    main, *explained = findings.costs
    costs = (shifted(main, across), *(shifted(cost, up) for cost in explained))
    with show(to_html(replace(findings, costs=costs)), viewport=size) as page:
        assert page.locator("svg.plane:visible").count() == 1
        assert page.evaluate(NAMES_ARE_IN_THEIR_QUADRANTS)


def like_the_demo(make, outcome):
    """Give an audit with the groups and costs of a demo."""
    names = {"sex": ("Female", "Male"), "race": ("White", "Non-White"), "age": ("18-44", "45+")}
    levels = [dict(zip(names, each, strict=True)) for each in product(*names.values())]
    findings = make(levels, unit="mmHg²" if outcome == "systolic" else None, target=outcome)
    main, *explained = findings.costs
    costs = {
        "systolic": ("squared error", "absolute error"),
        "hypertension": ("0-1 loss", "Brier score", "log loss", "AUC"),
    }[outcome]
    return replace(
        findings,
        costs=(*(replace(main, name=name, label=name) for name in costs), *explained),
    )


@pytest.mark.parametrize("outcome", ["systolic", "hypertension"])
def test_the_first_screen_answers(make, show, outcome):
    with show(to_html(like_the_demo(make, outcome))) as page:
        for part in (".said", ".picture", ".then"):
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
    findings = several(make()) if size == PHONE else make()
    with show(to_html(findings), viewport=size, color_scheme=scheme) as page:
        if size == PHONE:
            page.locator("#groups select").first.select_option(label="sufficiency")
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
        on_paper(page)
        assert page.locator("#groups [data-panel=cost]:visible").count() == len(findings.costs)
        assert page.locator(".switch:visible, .slide:visible, .downloads:visible").count() == 0
        assert page.pdf().startswith(b"%PDF")


def in_thousandths(cost):
    """Give a cost whose axis has long labels."""
    groups = tuple(
        replace(group, bop=group.bop / 1000, ci=(group.ci[0] / 1000, group.ci[1] / 1000))
        for group in cost.groups
    )
    return replace(cost, epsilon=cost.epsilon / 1000, groups=groups)


def test_labels_do_not_run_into_each_other_on_paper(findings, show):
    fine = replace(findings, costs=tuple(map(in_thousandths, findings.costs)))
    with show(to_html(fine), viewport={"width": 720, "height": 1040}) as page:
        on_paper(page)
        assert page.locator(".forest svg.axis text").count() > 10
        assert page.evaluate(LABELS_ARE_APART)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("costs", [16, 40])
def test_many_costs_fit_on_paper(make, show, costs):
    a4 = {"width": 696, "height": 1000}
    with show(to_html(mixed(make(), costs)), viewport=a4) as page:
        on_paper(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # What the table of verdicts says by shapes, or not, each cost says in words.
        assert page.locator(".matrix").is_visible() == (costs == 16)
        assert page.locator("#groups .verdict:visible").count() == 8 * costs
        assert page.get_by_text("On paper, the verdicts stand").is_visible() == (costs == 40)


def test_a_page_break_takes_no_drawing_from_its_table(findings, show):
    # Repeated on a further page, the axis in the foot of a table has no width.
    with show(to_html(findings)) as page:
        on_paper(page)
        style = "(all, name) => all.map(e => getComputedStyle(e).getPropertyValue(name))"

        def styles(selector, name):
            return set(page.locator(selector).evaluate_all(style, name))

        assert styles(".forest", "break-inside") == {"avoid"}
        assert styles(".forest tfoot", "display") == {"table-row-group"}
        assert styles("h2, h3, caption, figcaption", "break-after") == {"avoid"}


def test_print_shows_what_is_folded(findings, show):
    # Without script, by style alone.
    with show(to_html(findings), java_script_enabled=False) as page:
        folded = page.locator("details table")
        assert folded.count() > 5
        assert not any(folded.evaluate_all(SEEN))
        on_paper(page)


def test_what_print_opens_is_closed_afterwards(findings, show):
    with show(to_html(findings)) as page:
        states = "all => all.map(e => e.open)"
        first = page.locator("#groups details:visible").first
        first.locator("summary").click()
        before = page.locator("details").evaluate_all(states)
        assert any(before)
        assert not all(before)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert all(page.locator("details").evaluate_all(states))
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details").evaluate_all(states) == before


def test_the_keyboard_reaches_slider_and_switches(findings, show):
    with show(to_html(findings)) as page:
        reached = set()
        for _ in range(70):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate("document.activeElement.dataset.show || document.activeElement.id")
            )
        assert {"1", "2", "3", "slide-1"} <= reached
    with show(to_html(several(findings))) as page:
        page.locator("#groups select").first.select_option(label="sufficiency")
        reached = []
        for _ in range(70):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.dataset.part"))
        # Those of the plane, of the groups, of the limits and of the people.
        assert [part for part in reached if part][:12] == ["0", "1", "2"] * 4


def test_without_script_everything_is_there(findings, show):
    with show(to_html(findings), java_script_enabled=False) as page:
        assert page.locator("#groups [data-panel=cost]:visible").count() == len(findings.costs)
        assert page.locator("button:visible, input:visible").count() == 0
    audit = several(findings)
    with show(to_html(audit), java_script_enabled=False) as page:
        assert page.locator("#groups [data-panel=cost]:visible").count() == len(audit.costs)
        assert page.locator("select:visible").count() == 0


@pytest.fixture
def large(make, monkeypatch):
    """Give an audit of which the page, here of fewer groups than fit, shows a part."""
    monkeypatch.setattr("whogains.report.audit_html.MOST_CELLS", 64)
    names = {"site": [f"site {j}" for j in range(10)], "age": [f"{j}0 to {j}9" for j in range(6)]}
    findings = make([dict(zip(names, each, strict=True)) for each in product(*names.values())])
    return mixed(findings, 4)


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"]
)
def test_a_page_of_a_part_says_so_and_saves_the_whole(large, show, tmp_path, scheme, size):
    with show(to_html(large), accept_downloads=True, viewport=size, color_scheme=scheme) as page:
        said = page.locator("#answer .left-out")
        assert said.is_visible()
        part = re.search(r"tables and charts show (\d+) of 60 groups", said.inner_text())
        shown = int(part[1])
        assert 12 <= shown < 60
        for number in range(1, len(large.costs) + 1):
            panel = page.locator(f"#groups [data-panel=cost][data-number='{number}']")
            assert panel.locator(".forest tbody tr").count() == shown
            assert f"({shown} of 60 groups)" in panel.locator(".forest caption").text_content()
        assert page.locator("#verdicts .matrix tbody tr").count() == shown
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe_issues(page) == []
        for kind in ("csv", "audit"):
            download(page, kind, tmp_path / kind)
        # The slider walks over the groups that are shown.
        slide(page, 1, 40)
        told = page.locator("#limits [data-number='1'] .alone tbody tr td:last-child")
        assert set(told.all_text_contents()) <= {"testable", "untestable"}
        assert told.count() == shown
        on_paper(page)
        assert said.is_visible()
        assert page.locator(".downloads:visible").count() == 0
    large.to_json(tmp_path / "audit.json")
    assert (tmp_path / "audit").read_bytes() == (tmp_path / "audit.json").read_bytes()
    text = (tmp_path / "csv").read_bytes().decode("utf-8")
    assert len(values(text)) == 1 + 4 * 60
    assert values(text) == values(large.to_csv())


def test_a_page_without_downloads_says_where_all_of_it_is(large, show, monkeypatch):
    monkeypatch.setattr("whogains.report.html_page.MOST_DATA", 1000)
    with show(to_html(large)) as page:
        assert page.locator("[data-download]").count() == 0
        assert page.get_by_text("This audit is too large to be held in its page").is_visible()
        assert "can hand you everything as a file (JSON)" in page.locator(".left-out").inner_text()
        table = page.locator("#groups .forest:visible")
        table.locator("th[data-sort=n] button").click()
        sizes = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [int(text.replace(",", "")) for text in sizes]
        assert numbers == sorted(numbers)


def test_64_groups_on_6_costs_fold_search_and_sort(make, show):
    levels = [{"site": f"site {j // 8}", "age": f"age {j % 8}"} for j in range(64)]
    audit = mixed(make(levels), 6)
    with show(to_html(audit)) as page:
        folded = page.locator("table[data-fold]:visible, .spreads:visible")
        assert folded.count() >= 5
        rows = (
            "t => [...(t.tBodies?.[0]?.rows ?? t.children)].filter(e => e.checkVisibility()).length"
        )
        for table in page.locator("table[data-fold]:visible").all():
            assert table.evaluate(rows) == 10
        for part in (".said", ".picture"):
            box = page.locator(f"#answer {part}").bounding_box()
            assert box["y"] + box["height"] <= DESKTOP["height"], part
        forest = page.locator("#groups .forest:visible")
        bar = page.locator("#groups .panel:visible > .fold-bar").first
        assert bar.locator("output").inner_text() == "10 of 64"
        bar.locator("input").fill("SITE 3, age 5")
        assert forest.locator("tbody tr:visible bdi").all_inner_texts() == ["site 3, age 5"]
        bar.locator("input").fill("site 3")
        assert forest.evaluate(rows) == 8
        bar.locator("input").fill("")
        forest.locator("th[data-sort=bop] button").click()
        shown = forest.locator("tbody tr:visible").evaluate_all(
            "all => all.map(e => Number(e.dataset.group))"
        )
        bops = [group.bop for group in audit.costs[0].groups]
        assert [bops[k - 1] for k in shown] == sorted(bops)[:10]
        bar.get_by_role("button").click()
        assert forest.evaluate(rows) == 64
        on_paper(page)
        assert page.locator(".fold-bar:visible").count() == 0
        assert {t.evaluate(rows) for t in page.locator("table[data-fold]").all()} == {64}
        page.emulate_media(media="screen")
        assert axe_issues(page) == []
    with show(to_html(audit), viewport=PHONE, color_scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("#answer .picture tbody tr:visible").count() == 10
    with show(to_html(audit), java_script_enabled=False) as page:
        assert page.locator("#answer .picture tbody tr:visible").count() == 64
