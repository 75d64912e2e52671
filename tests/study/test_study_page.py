"""The page, the JSON and the terminal say what was found, and names from data are text."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from whogains.study import study_to_html, study_to_text

HOSTILE = '<img src=x onerror="alert(1)">'


class Tags(HTMLParser):
    """Collect the tags of a page."""

    def __init__(self):
        super().__init__()
        self.tags = Counter()
        self.attributes = []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs


def tags_of(page):
    parser = Tags()
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, people, run):
    folder = tmp_path_factory.mktemp("hostile")
    levels = (HOSTILE, "{{ 7 * 7 }}\x1b[31m\u202e</script>")
    return folder, run(folder, datasets=[people(HOSTILE, levels=levels)])


def test_hostile_names_are_text(hostile):
    folder, (found, drawn) = hostile
    page = study_to_html(found, drawn)
    parser = tags_of(page)
    assert parser.tags["img"] == 0
    assert parser.tags["script"] == 1
    assert not any(name.startswith("on") for name, _ in parser.attributes)
    assert "&lt;img src=x" in page
    assert "{{ 7 * 7 }}" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\x1b" not in study_to_text(found)
    names = [path.name for path in (folder / "audits").iterdir()]
    assert all(re.fullmatch(r"[A-Za-z0-9.-]+", name) for name in names)


def test_the_page_loads_nothing(reproduced):
    _, (found, drawn) = reproduced
    page = study_to_html(found, drawn)
    policies = [v for n, v in tags_of(page).attributes if n == "content" and "-src" in v]
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")
    links = [v for n, v in tags_of(page).attributes if n in {"src", "href"}]
    assert set(links) == {"data:,", "https://arxiv.org/abs/2502.02786"}


def test_the_page_shows_every_cost_and_figure(reproduced):
    _, (found, drawn) = reproduced
    page = study_to_html(found, drawn)
    (study,) = found.studies
    for cost in study.costs:
        assert page.count(f">{cost.title}<") >= 2
    assert page.count('<svg class="lines"') == len(study.costs) + 1 + 3
    fitted = sum(group.fits is not None for cost in study.costs for group in cost.groups)
    assert page.count('class="fit gaussian" points=') == fitted == 2 * len(study.costs)
    for number in (
        "16.13",
        "17.97",
        "22.30",
        "25.91",
        "−0.0169",
        "+0.2161",
        "theirs, one seed",
        "0.485",
        "+0.3494",
    ):
        assert number in page
    assert "nan" not in page.lower().replace("nances", "")


def with_groups(data, first, second):
    kind = data.personal["kind"]
    other = pd.Series(["old", "young"] * (len(kind) // 2), index=kind.index)
    return replace(data, personal=pd.DataFrame({first: other, second: kind}))


@pytest.mark.parametrize(
    ("first", "source", "said", "times"),
    [
        ("age", "theirs, as published", "White, 45+ +0.0021 (n 8,379); White, 18-45 +0.0023", 3),
        ("sex", "theirs, one seed", "female White +0.0785 (n 4,111); female non-White", 1),
    ],
)
def test_the_authors_numbers_stand_beside_ours_of_the_same_groups(
    people, run, tmp_path, first, source, said, times
):
    data = with_groups(people("mimic3/length_of_stay"), first, "race")
    page = study_to_html(*run(tmp_path, datasets=[data], seeds=1))
    assert said in page
    assert page.count("on this cost</strong>") == times
    assert f"on this cost</strong> ({source}" in page
    standardized = "Theirs is of an outcome standardized to a standard deviation of 1"
    assert page.count(standardized) == (first == "sex")
    assert page.count("We do not know in which unit theirs is") == 3 * (first == "age")
    assert page.count("We do not know which explainer theirs is of") == 2 * (first == "age")


def test_the_authors_numbers_stand_beside_no_other_data_or_groups(
    people, run, tmp_path, reproduced
):
    assert "on this cost</strong>" not in study_to_html(*reproduced[1])
    other = run(tmp_path, datasets=[people("mimic3/length_of_stay")], seeds=1)
    assert "on this cost</strong>" not in study_to_html(*other)


def test_the_four_steps_stand_beside_our_verdicts(reproduced):
    _, (found, drawn) = reproduced
    (study,), ((own,),) = found.studies, (drawn,)
    v = study.rule.tolerated_error
    assert v == 0.25
    asked = [each for cost in study.costs for each in cost.gamma]
    for cost, first in zip(study.costs, own.costs, strict=True):
        assert cost.gamma[0].bound == first.limits.paper
        for each in cost.gamma:
            if not each.gamma > cost.epsilon:
                expected = "not claimed"
            else:
                expected = "unreliable" if each.bound > v else "claimed"
            assert each.steps == expected
    assert study.rule.claimed == sum(each.steps == "claimed" for each in asked)
    assert study.rule.unreliable == sum(each.steps == "unreliable" for each in asked)
    page, text = study_to_html(found, drawn), " ".join(study_to_text(found).split())
    assert page.count("The paper’s four steps</h3>") == 1
    assert "above v = 0.25)" in text
    for cost in study.costs:
        outcome = cost.gamma[0].steps
        assert re.search(rf'<th scope="row">{re.escape(cost.title)}</th>.*<td>{outcome}</td>', page)
        assert re.search(rf"{outcome}: [^;]*{re.escape(cost.title)}", text)


def test_the_data_card_is_told(people, run, tmp_path):
    card = "# Ward\n- **Measurements left out**: lactate\n<script>alert(1)</script>\x1b[31m"
    data = replace(people(), card=card)
    found, drawn = run(tmp_path, datasets=[data], seeds=1)
    page = study_to_html(found, drawn)
    assert "Measurements left out**: lactate\n&lt;script&gt;" in page
    assert "\x1b" not in page
    assert found.to_dict()["studies"][0]["card"] == card


def test_no_line_of_a_drawing_leaves_it(reproduced):
    _, (found, drawn) = reproduced
    page = study_to_html(found, drawn)
    points = [float(x) for p in re.findall(r'points="([^"]+)"', page) for x in re.split("[ ,]", p)]
    assert len(points) > 1000
    assert min(points) >= 0
    assert max(points) <= 100


def test_the_json_is_whole_and_says_what_the_audits_say(reproduced):
    _, (found, drawn) = reproduced
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    (study,), (each,) = content["studies"], drawn
    assert content["schema"] == 1
    assert content["settings"]["seeds"] == 2
    for cost, own in zip(study["costs"], each.costs, strict=True):
        assert [group["bop"][0] for group in cost["groups"]] == [g.bop for g in own.groups]
        assert cost["gamma"][0]["verdict"] == own.gamma.verdict
        assert cost["gamma"][0]["rule"] == (own.gamma.bop >= own.epsilon)
        for group, finding in zip(cost["groups"], own.groups, strict=True):
            fits = group["fits"]
            assert fits["n"] == finding.n
            assert fits["gaussian"]["location"] == pytest.approx(finding.bop)
            spread = finding.se * (finding.n - 1) ** 0.5
            assert fits["gaussian"]["scale"] == pytest.approx(spread)
    for noise in study["noise"]:
        costs = [cost for cost in study["costs"] if cost["kind"] == noise["kind"]]
        groups = [group for cost in costs for group in cost["groups"]]
        assert noise["benefits"] == len(groups) > 0
        assert noise["unstable"] == sum(len(set(group["verdicts"])) > 1 for group in groups)
        assert noise["larger"] == sum(group["noise"]["ratio"] > 1 for group in groups)
        wider = [g["noise"]["total_sd"] / g["noise"]["sampling_se"] for g in groups]
        assert noise["largest_widening"] == pytest.approx(max(wider))
    assert [noise["kind"] for noise in study["noise"]] == ["prediction", "explanation"]
    rules = [each for cost in study["costs"] for each in cost["gamma"]]
    assert study["rule"]["questions"] == len(rules) == 2 * len(study["costs"])
    assert study["rule"]["rule"] == sum(each["rule"] for each in rules)


def test_the_laplace_bounds_are_those_of_the_fits(reproduced):
    from whogains.limits import paper_bound

    _, (found, _) = reproduced
    for cost in found.studies[0].costs:
        n = [group.fits.n for group in cost.groups]
        sd = [2**0.5 * group.fits.laplace.scale for group in cost.groups]
        expected = paper_bound(n, cost.limits.epsilon, sd, family="laplace").value
        assert cost.limits.laplace == pytest.approx(expected.tolist())
        looser = zip(cost.limits.laplace_paper, cost.limits.laplace, strict=True)
        assert all(paper <= exact + 1e-12 for paper, exact in looser)


def test_the_terminal_has_eighty_columns(reproduced, hostile):
    for found, _ in (reproduced[1], hostile[1]):
        lines = study_to_text(found).splitlines()
        assert max(map(len, lines)) <= 80
        assert "the paper's rule says" in " ".join(lines)


def test_no_total_tells_the_rows_of_a_hidden_group(tmp_path, run, people):
    data = people()
    kind = data.personal["kind"].astype(str).to_numpy()
    kind[:7] = "C"
    small = replace(data, personal=pd.DataFrame({"kind": kind}))
    found, drawn = run(tmp_path, datasets=[small], seeds=1)
    study = found.studies[0]
    assert (study.rows, study.rows_of) == (293, None)
    assert len(study.costs[0].groups) == 2
    page = study_to_html(found, drawn)
    assert "293 rows audited; seeds 0" in page
    # The card says how many rows there are.
    assert study.card is None
    assert "made up" not in page
    assert "drawn of" not in page
