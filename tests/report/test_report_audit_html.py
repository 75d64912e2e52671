"""The page: safe, whole, and asking nothing of the network."""

from __future__ import annotations

import gzip
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from whogains.errors import UnwritableError
from whogains.report import as_notebook, to_html
from whogains.report.cost_figures import cost_figures
from whogains.report.meanings import REASON_MEANINGS
from whogains.report.words import count, error

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"onload='alert(1)' x=`",
    "{{ 7 * 7 }}{% raw %}",
    "]]>&lt;b&gt;&amp;",
    "\u202eright to left\u2066",
    "\x00\x1b[31mred\x07\x9b",
    "javascript:alert(1)",
    "\ud800 alone",
    "x" * 10_000,
)
VOID = {"meta", "link", "br", "input"}
# Shapes that HTML's parser closes itself when written with a slash.
SHAPES = {"path", "circle", "line", "rect", "polyline", "use"}


class Page(HTMLParser):
    """Every element, attribute and text of a page, and whether its tags nest."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.texts, self.ids = [], [], [], []
        self.scripts = {}
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag not in VOID:
            self.open.append((tag, attrs))

    def handle_startendtag(self, tag, attrs):
        assert tag in SHAPES
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, attrs = self.open[-1] if self.open else ("", {})
        if tag == "script":
            self.scripts[attrs.get("id", "code")] = data
        elif tag != "style":
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def test_every_number_of_the_tables_is_in_the_page(findings):
    text = Page(to_html(findings)).text
    for cost in findings.costs:
        write = cost_figures(cost, "−")
        assert write(cost.population.bop) in text
        assert error(cost.limits.below) in text
        for group in cost.groups:
            for value in (group.cost_generic, group.cost_personalized, group.bop):
                assert write(value) in text
            assert write.interval(group.ci) in text
            assert count(group.n) in text
            assert group.label in text


def test_the_page_loads_nothing(findings):
    page = to_html(findings)
    parsed = Page(page)
    for tag, attrs in parsed.tags:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form", "audio", "video"}
        assert "src" not in attrs
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        if tag == "use":
            assert attrs["href"][0] == "#"
        elif "download" in attrs:
            assert attrs["href"].startswith("data:application/gzip;base64,")
        elif "href" in attrs:
            assert (tag, attrs["href"]) in {
                ("link", "data:,"),
                ("a", "https://arxiv.org/abs/2502.02786"),
            }
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style + parsed.scripts["code"]


def test_the_policy_allows_this_style_and_script_only(findings):
    page = to_html(findings)
    policy = next(a["content"] for t, a in Page(page).tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag, content in (
        ("style", re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]),
        ("script", Page(page).scripts["code"]),
    ):
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_are_text_and_nothing_else(make, attack):
    plain_page = Page(to_html(make([{"sex": "f"}, {"sex": "m"}])))
    findings = make(
        [{attack: attack}, {attack: "m"}],
        unit=attack,
        explainer=attack,
        target=attack,
        notes=(attack,),
    )
    page = to_html(findings)
    attacked = Page(page)
    # The same elements with the same kinds of attributes: the names added none.
    assert [(tag, sorted(attrs)) for tag, attrs in attacked.tags] == [
        (tag, sorted(attrs)) for tag, attrs in plain_page.tags
    ]
    assert "\u202e" not in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", page)
    assert len(page) < 3_000_000


def held(page):
    """Give the bytes of the file that the page's link saves."""
    (link,) = [attrs["href"] for _, attrs in Page(page).tags if "download" in attrs]
    return gzip.decompress(b64decode(link.split(",")[1], validate=True))


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_audit_is_embedded_whole(make, tmp_path, attack):
    findings = make([{attack: attack}], notes=(attack,))
    findings.to_json(tmp_path / "audit.json")
    assert held(to_html(findings)) == (tmp_path / "audit.json").read_bytes()


@pytest.mark.parametrize("groups", [0, 1, 64])
def test_any_number_of_groups(make, groups):
    page = to_html(make([{"sex": f"level {j}"} for j in range(groups)]))
    parsed = Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert len(page) < 3_000_000
    for wrong in ("None", "nan", "Undefined"):
        assert wrong not in parsed.text


def test_missing_numbers_are_dashes(make):
    findings = make([{"sex": "f"}, {"sex": None}], (0, 30))
    parsed = Page(to_html(findings))
    assert "sex missing" in parsed.text
    assert "f 0 – – – – cannot tell: too few rows" in parsed.text


def test_predictions_alone(make):
    text = Page(to_html(make(explainer=None))).text
    assert "No cost of explanation was audited" in text


def test_the_answer_comes_first(findings):
    text = Page(to_html(findings)).text
    answer = "of 8 groups, 4 gain, 1 is harmed, 1 shows no material difference"
    first, said, then = "Who gains:", "Who cannot be told:", "What this does not say"
    places = [text.index(each) for each in (first, said, then, answer, "How this was done")]
    assert places == sorted(places)


def test_the_same_findings_give_the_same_bytes(make, tmp_path):
    page = make().to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == page.encode() == to_html(make()).encode()


def test_a_place_that_cannot_be_written(findings, tmp_path):
    with pytest.raises(UnwritableError, match="cannot write"):
        findings.to_html(tmp_path / "nowhere" / "report.html")


def test_a_notebook_shows_the_page_in_its_own_frame(findings):
    parsed = Page(as_notebook(findings))
    ((tag, attrs),) = parsed.tags
    assert tag == "iframe"
    assert attrs["srcdoc"] == to_html(findings)
    assert "allow-same-origin" not in attrs["sandbox"]


def test_settings_are_written_as_they_are(findings):
    text = Page(to_html(findings)).text
    assert "seed 0" in text
    assert "versions.numpy 2.3.1" in text
    assert "epsilon default" in text
    without = replace(findings, settings={**findings.settings, "unit": None})
    assert "unit none" in Page(to_html(without)).text


def test_how_it_was_done_names_every_column(make):
    findings = make()
    told = {"features": ["bmi", "pulse"], "cluster": "household", "sample_weight": None}
    asked = replace(
        findings,
        settings={**findings.settings, **told},
        data=replace(findings.data, task="classification", positive="yes"),
    )
    text = Page(to_html(asked)).text
    assert "Features that both models see bmi and pulse" in text
    assert "Clusters: rows of one may depend on each other household" in text
    assert "Weights none" in text
    assert "Counted as 1 yes ; the other value counts as 0" in text
    # Where an audit does not say, the page does not either.
    assert "Clusters" not in Page(to_html(findings)).text
    many = {"features": [f"x{j}" for j in range(900)]}
    told_of_many = Page(to_html(replace(findings, settings=many))).text
    assert "x39 and 860 more" in told_of_many


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("auc", "prediction", "the AUC with a minus sign, so that less is better"),
        ("r2", "prediction", "R² with a minus sign"),
        ("zero_one", "prediction", "share of people for whom the model's class is wrong"),
        ("sufficiency", "explanation", "share of people whose predicted class changes when all"),
        ("incomprehensiveness", "explanation", "are hidden, with a minus sign: it is good"),
    ],
)
def test_the_page_says_what_a_cost_is(make, name, kind, words):
    findings = make()
    cost = replace(findings.costs[0], name=name, kind=kind)
    asked = replace(findings, costs=(cost,), settings={**findings.settings, "change": "label"})
    assert words in Page(to_html(asked)).text


def test_gain_is_above_zero_and_limits_ask_for_epsilon(make):
    findings = make()
    gamma = replace(findings.costs[0].gamma, verdict="every group gains")
    sure = replace(findings, costs=(replace(findings.costs[0], gamma=gamma),))
    for text in (Page(to_html(sure)).text, " ".join(sure.to_text().split())):
        assert "every group gains (more than 0)" in text
        assert "the limits ask for at least epsilon" in text


def test_too_few_rows_says_how_many_are_needed():
    from whogains.inference import choice

    words = REASON_MEANINGS["too few rows"]
    assert "so few clusters" in words
    assert f"at least {choice.MIN_UNITS_T} are needed" in words
    assert f"{choice.MIN_MOVED_T} of which" in words
    assert f"needs {choice._METRICS['auc'][2]} rows" in words
    simple, otherwise, _ = choice._METRICS["r2"]
    assert f"needs {simple:,} rows ({otherwise:,} with" in words
    assert f"another group more, {choice.MIN_SINGLES_T} of them" in words
