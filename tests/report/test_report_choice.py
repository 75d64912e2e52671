"""A choice on every face: terminal, page, tables, Markdown, CSV and charts."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.records import ExplainedPolicy
from whogains.report.choice_drawings import frontier_view, lattice_view

from .test_report_audit_html import ATTACKS
from .valid_html import problems


@cache
def made(attack: str | None = None):
    """Choose among two attributes of which one helps, and a model that is told the other errs."""
    rng = np.random.default_rng(0)
    n = 3000
    name, level = ("sex", "m") if attack is None else (attack, attack)
    sex, age = rng.choice(["f", level], n), rng.choice(["old", "young"], n)
    lift = 2.0 * (sex == level)
    wobble = rng.normal(size=n) * 0.4
    half = np.full(n, 1.0)
    return wg.choose_from(
        lift + rng.normal(size=n),
        models={(): half, (name,): lift, ("age",): half + wobble, (name, "age"): lift + wobble},
        personal=pd.DataFrame({name: sex, "age": age}),
        costs="squared_error",
        unit="kg" if attack is None else attack,
    )


def test_the_terminal_fits_its_width_and_answers_first():
    for width in (40, 80, 120):
        lines = made().to_text(width).splitlines()
        assert max(map(len, lines)) <= width
    text = made().to_text()
    assert text.index("Ask everybody for sex.") < text.index("Each group")
    assert "for 4 of 4" not in text
    assert "So 4 of 4 groups get a model" in text


def test_sentences_say_what_the_numbers_say():
    choice = made()
    first, second, third = choice.sentences()
    assert first.startswith("Ask everybody for sex.")
    assert "sex is needed by" in second.lower()
    kept = f"keeps {100 * choice.value.kept:.0f} % (at least {100 * choice.value.kept_lower:.0f} %)"
    assert third.endswith(
        f"asks 50 % of what asking everybody everything asks and {kept} of the gain."
    )


def test_what_is_asked_is_not_called_needless_without_saying_why():
    """Two attributes that say the same: one is asked, and neither is needed beside the other."""
    rng = np.random.default_rng(1)
    sex = rng.choice(["f", "m"], 3000)
    lift = 2.0 * (sex == "m")
    nothing, gain = np.full(3000, 1.0), lift
    choice = wg.choose_from(
        lift + rng.normal(size=3000),
        models={(): nothing, ("sex",): gain, ("title",): gain, ("sex", "title"): gain},
        personal=pd.DataFrame({"sex": sex, "title": np.where(sex == "f", "Ms", "Mr")}),
        costs="squared_error",
    )
    first, second, _ = choice.sentences()
    assert first.startswith("Ask everybody for sex.")
    assert "title" not in first
    assert second.startswith("If everything else is told, nobody needs to tell sex and title: no")
    assert second.endswith(
        "Sex is asked above in place of others, or where the set without is not certified."
    )


def test_the_page_is_valid_holds_the_picture_and_loads_nothing():
    page = made().to_html()
    assert problems(page) == []
    assert page.count('class="node') >= 4
    assert "Ask everybody for sex." in page
    assert not re.search(r"(src|href)=\"https?://(?!arxiv)", page)
    assert page == made().to_html()


@pytest.mark.parametrize("attack", [each for each in ATTACKS if 0 < len(each) < 60][:6])
def test_names_from_data_are_text_everywhere(attack):
    choice = made(attack)
    assert problems(choice.to_html()) == []
    assert "<script>alert" not in choice.to_html()
    assert "<script" not in choice.to_markdown()
    assert "\x1b" not in choice.to_text()


def test_each_group_says_what_telling_everything_would_gain_it():
    choice = made()
    whole = {each.asked: each.gain for each in choice.lattice}["age", "sex"]
    kept = [(group.share, group.everything_gain) for group in choice.routing]
    assert sum(share * gain for share, gain in kept) == pytest.approx(whole)
    assert "By everything" in choice.to_html()


def test_edges_say_who_gains_and_who_is_harmed():
    view = lattice_view(made())
    words = {edge.title.split(":")[0]: edge.words for edge in view.edges}
    assert words["sex, given nothing"] == "some gain"
    assert words["age, given nothing"] == "some are harmed"
    assert [node.name for node in view.nodes if node.used] == ["sex"]
    assert view.legible


def test_the_frontier_starts_with_the_advice_and_numbers_every_way():
    view = frontier_view(made())
    assert view.ways[0].name == "the advice: requests"
    assert [way.number for way in view.ways] == [1, 2, 3, 4, 5, 6]
    number = {way.name: way.number for way in view.ways}
    assert len(view.panels) == 2
    for panel in view.panels:
        x = {point.number: point.x for point in panel.points}
        assert x[number["everybody: age + sex"]] > x[number["everybody: sex"]]


def test_the_frontier_draws_the_worst_served_group_and_explanations_too():
    choice = made()
    explained = tuple(
        ExplainedPolicy("sufficiency", "sufficiency", "tree_shap", 0.5, None, gain, gain - 0.1)
        for gain in (0.2, -0.3)
    )
    policies = tuple(
        replace(each, explained=() if each.kind == "nobody" else explained[:1])
        for each in choice.policies
    )
    view = frontier_view(replace(choice, policies=policies))
    assert [panel.title.split(":")[0] for panel in view.panels] == [
        "Everybody",
        "The worst-served group",
        "Everybody",
    ]
    kinds = {way.name: way.number for way in view.ways}
    heights = {point.number: point.y for point in view.panels[2].points}
    nobody = kinds["ask nobody"]
    assert heights[nobody] == pytest.approx(view.panels[2].zero)
    assert all(y < heights[nobody] for number, y in heights.items() if number != nobody)


def test_tables_hold_every_group_and_edge():
    choice = made()
    table = choice.table()
    assert list(table.columns[:2]) == ["sex", "age"]
    assert table["asked"].tolist() == ["sex"] * 4
    assert len(choice.to_csv().splitlines()) == 5
    bought = choice.what_it_buys()
    assert len(bought) == 4 * 4
    assert {"cost", "told", "tells", "gain", "ci_low", "verdict"} <= {*bought.columns}
    assert "| f, old |" in choice.to_markdown()


def test_charts_are_drawn():
    for name in ("frontier", "groups", "lattice"):
        chart = getattr(made().plot, name)()
        assert chart.to_dict()["layer"]


def test_where_nothing_is_certified_the_safest_is_named_without_a_certificate():
    choice = made()
    none = replace(
        choice,
        requests=(replace(choice.requests[0], ask=None),),
        everybody=replace(choice.everybody, asked=None, safest=("age",)),
        routing=tuple(replace(each, asked=(), served=()) for each in choice.routing),
    )
    first = none.sentences()[0]
    assert first.startswith("Ask nobody for anything")
    assert "without a certificate, is age" in first
    assert "certified at" not in first
