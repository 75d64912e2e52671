"""The first screen: every number in it is that of the JSON, and every sentence is true of it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from math import inf

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.judging import Settings
from whogains.report import to_html
from whogains.report.axes import benefit_scale
from whogains.report.cost_figures import Figures, cost_figures
from whogains.report.effects import effects
from whogains.report.excerpt import excerpt
from whogains.report.first_screen import first_sentences, next_in_short, not_said
from whogains.report.judged_groups import FEW
from whogains.report.leading_cost import in_people, leading
from whogains.report.small_multiple import picture
from whogains.report.why import why_view
from whogains.report.words import error, one_in

from .fact_check import NUMBER, Facts, check_sentences, name, near, number


def at_random(make, seed):
    """Make an audit of random sizes, benefits, verdicts and requirements."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 12))
    levels = [{"sex": f"sex {j // 3}", "race": f"race {j % 3}"} for j in range(d)]
    sizes = [int(n) for n in rng.choice([0, 3, 38, 49, 50, 120, 900, 7000], d)]
    if not any(sizes):
        sizes[0] = 60
    found = make(levels, sizes, unit="mmHg")
    names = rng.permutation(["squared_error", "absolute_error", "zero_one", "log_loss", "brier"])[
        :2
    ]
    first, *explained = found.costs
    prediction = [
        replace(
            first,
            name=str(one),
            label=str(one).replace("_", " "),
            unit=None if one in {"zero_one", "brier"} else "mmHg",
        )
        for one in names
    ]
    costs = [_random_cost(cost, rng) for cost in (*prediction, *explained)]
    change = str(rng.choice(["label", "squared"]))
    return replace(found, costs=tuple(costs), settings={**found.settings, "change": change})


def _random_cost(cost, rng):
    size = float(rng.choice([0.01, 0.2, 4.0])) if cost.name != "zero_one" else 0.05

    def group(each):
        if each.bop is None:
            return each
        bop = float(np.clip(rng.normal(scale=size), -0.9, 0.9) if size < 1 else rng.normal(0, 4))
        half = float(rng.uniform(0.1, 2) * size)
        ci = bop - half, bop + half
        told = (
            "gain"
            if ci[0] > 0
            else "harm"
            if ci[1] < 0
            else rng.choice(["no material difference", "cannot tell"])
        )
        return replace(
            each,
            bop=bop,
            ci=ci,
            verdict=str(told),
            reason=str(rng.choice(["inconclusive", "one label"], p=[0.8, 0.2]))
            if told == "cannot tell"
            else None,
            by_scale=bool(cost.kind == "explanation" and rng.random() < 0.2),
            required=None if rng.random() < 0.2 else int(rng.integers(30, 20_000)),
        )

    bop = float(rng.normal(scale=size))
    return replace(
        cost,
        groups=tuple(map(group, cost.groups)),
        epsilon=size / 4,
        population=replace(cost.population, bop=bop, ci=(bop - size / 3, bop + size / 3)),
    )


@pytest.mark.parametrize("seed", range(60))
def test_every_sentence_is_true_of_the_json(make, seed):
    found = at_random(make, seed)
    check_sentences(found.to_dict(), first_sentences(found))


@pytest.fixture(scope="module")
def visits():
    """Two models of a rare outcome: one group gains by probabilities, not by classes."""
    rng = np.random.default_rng(1)
    n = 9000
    s = rng.choice(["few", "some", "many"], n, p=[0.2, 0.3, 0.5])
    y = (rng.random(n) < np.select([s == "few", s == "some"], [0.05, 0.2], 0.25)).astype(int)
    return wg.compare(
        y,
        generic=np.full(n, 0.2) + rng.uniform(-0.1, 0.31, n),
        personalized=np.where(s == "few", 0.06, 0.24) + rng.uniform(-0.05, 0.27, n),
        groups={"s": s},
        outcome_label="a visit to a doctor",
    )


def test_every_sentence_on_probabilities_is_true_of_the_json(visits):
    said = first_sentences(visits)
    check_sentences(visits.to_dict(), said)
    assert leading(visits, "prediction").name == "brier"
    assert in_people(visits, leading(visits, "prediction")).name == "zero_one"
    assert in_people(visits, visits.costs[0]) is None
    assert re.search(r"; by 0-1 loss [\d.]+ percentage points", said[0].words)
    assert re.search(
        r", [\d.]+ % of the generic model's \(of 100 people there, .* happened in [45]\.",
        said[0].words,
    )


def test_every_sentence_on_counts_and_classes_is_true_of_the_json():
    rng = np.random.default_rng(0)
    n = 6000
    sex = rng.choice(["f", "m"], n)
    told = rng.gamma(2, np.where(sex == "f", 0.5, 1.5))
    counts = wg.compare(
        rng.poisson(told),
        generic=told.mean() + 0.1 * told,
        personalized=told,
        groups={"sex": sex},
        task="counts",
    )
    said = first_sentences(counts)
    assert leading(counts, "prediction").name == "poisson_deviance"
    assert "on average the generic model expects" in said[0].words
    check_sentences(counts.to_dict(), said)
    names = np.array(["flu", "cold", "other"])
    P = rng.dirichlet([1, 1, 1], n)
    y = names[(rng.random((n, 1)) > P.cumsum(1)).sum(1).clip(0, 2)]
    frames = (pd.DataFrame(0.9 / 3 + 0.1 * P, columns=names), pd.DataFrame(P, columns=names))
    classes = wg.compare(y, generic=frames[0], personalized=frames[1], groups={"sex": sex})
    said = first_sentences(classes)
    assert leading(classes, "prediction").name == "brier"
    assert "; by 0-1 loss" in said[0].words
    check_sentences(classes.to_dict(), said)


def test_the_outcome_is_called_by_its_name_in_words(visits):
    page = to_html(visits)
    assert "Both models predict how likely this is: a visit to a doctor." in page
    assert "<title>Who gains from the personalized model? a visit to a doctor</title>" in page
    assert "a visit to a doctor</bdi> (column <bdi>" in page
    assert visits.to_markdown().startswith("# Who gains? a visit to a doctor")
    assert "Who gains? a visit to a doctor by s" in visits.to_text()
    assert visits.to_dict()["settings"]["outcome_label"] == "a visit to a doctor"
    plain = replace(visits, settings={**visits.settings, "outcome_label": None})
    assert "how likely it is that the outcome “y_true” is 1." in to_html(plain)
    with pytest.raises(InputError, match="outcome_label must be words"):
        Settings(outcome_label=" ")


def test_epsilon_is_said_where_it_stands_first(make):
    for seed in range(20):
        words = " ".join(each.words for each in first_sentences(at_random(make, seed)))
        places = [match.start() for match in re.finditer("epsilon", words)]
        meant = "epsilon, the smallest effect that matters here"
        assert not places or words.startswith(meant, places[0])
        assert words.count(meant) == (len(places) > 0)


def test_zero_is_written_in_one_way(make):
    cost = make().costs[0]
    write = cost_figures(cost, "−")
    assert {write(each) for each in (0.0, -0.0, 1e-9, -1e-9)} == {"0"}
    assert Figures(3)(-0.0004) == Figures(None)(0.0) == error(0.0) == "0"
    page = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", to_html(make()), flags=re.DOTALL)
    assert not re.findall(r"(?<![\d.,−-])[−-]?0\.0+(?![\d.])", page)


def test_the_second_opinion_finds_what_is_wrong(make):
    found = at_random(make, 3)
    audit, said = found.to_dict(), first_sentences(found)
    wrong = 0
    for k, sentence in enumerate(said):
        for old in set(re.findall(r"(?<![\w.,])\d+(?![\w.,])", sentence.words)) - {"95", "50"}:
            changed = re.sub(
                rf"(?<![\w.,]){old}(?![\w.,])", str(int(old) + 3), sentence.words, count=1
            )
            with pytest.raises((AssertionError, LookupError, ValueError, TypeError)):
                check_sentences(
                    audit, [*said[:k], replace(sentence, words=changed), *said[k + 1 :]]
                )
            wrong += 1
    assert wrong >= 5


class Picture(HTMLParser):
    """The cells of the picture's rows."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.rows, self.inside, self.cell, self.hidden = [], False, None, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        if tag == "table":
            self.inside = "picture" in classes
        if self.inside and tag == "tr":
            self.rows.append([])
        if self.inside and tag in {"th", "td"}:
            self.rows[-1].append("")
        self.hidden = tag == "span" and "hidden" in classes

    def handle_endtag(self, tag):
        if tag == "table":
            self.inside = False

    def handle_data(self, data):
        if self.inside and self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1] += ("|" if self.hidden else "") + data.strip()


@pytest.mark.parametrize("seed", range(8))
def test_every_number_of_the_picture_is_that_of_the_json(make, seed):
    found = at_random(make, seed)
    facts = Facts(found.to_dict())
    _, *rows = Picture(to_html(found)).rows
    rows = [row for row in rows if row[0]]
    by_name = {name(g["group"]): g for g in facts.main["groups"]}
    shown = [row[0].removesuffix("counted apart") for row in rows]
    assert set(shown) == {called for called, g in by_name.items() if g["n"]}
    # Those large enough first; of them who gains or is harmed, and each from the largest.
    told = {
        name(group["group"])
        for cost in (facts.main, facts.explained)
        for group in cost["groups"]
        if group["verdict"] in {"gain", "harm"}
    }
    order = [(not facts.judged(by_name[one]), one not in told, -by_name[one]["n"]) for one in shown]
    assert order == sorted(order)
    for row, called in zip(rows, shown, strict=True):
        assert number(row[1]) == by_name[called]["n"]
        for cost, cell in zip((facts.main, facts.explained), (row[2], row[4]), strict=True):
            group = facts.the(cost, called)
            effect, said = cell.split("|")
            factor = facts.factor[cost["name"]]
            assert near(effect, group["bop"], factor)
            low, high, told = re.match(rf"95% CI ({NUMBER}) to ({NUMBER}), (.*)", said).groups()
            assert near(low, group["ci"][0], factor)
            assert near(high, group["ci"][1], factor)
            assert told.startswith(group["verdict"])


def test_codes_stand_with_their_attribute(make):
    levels = [{"deductible": one, "limited": other} for one in "01" for other in ("no", "yes")]
    page = to_html(make(levels))
    for level in levels:
        assert f"deductible {level['deductible']}, limited {level['limited']}" in page
    assert "<bdi>0, no</bdi>" not in page


def test_the_leading_cost_has_something_to_tell(make):
    found = make()
    first = replace(found.costs[0], name="zero_one", label="0-1 loss")
    dumb = replace(
        first,
        groups=tuple(replace(g, verdict="cannot tell", reason="one label") for g in first.groups),
    )
    other = replace(found.costs[0], name="brier", label="Brier score")
    # Whatever stands first, and whatever was found.
    assert leading(replace(found, costs=(other, first)), "prediction") is other
    assert leading(replace(found, costs=(first, other)), "prediction") is other
    near = replace(found.costs[0], name="absolute_error")
    assert leading(replace(found, costs=(found.costs[0], near)), "prediction") is near
    assert (
        leading(replace(found, costs=(replace(dumb, name="brier"), first)), "prediction") is first
    )
    assert leading(replace(found, costs=(dumb,)), "prediction") is dumb
    assert leading(found, "nothing") is None


def test_a_small_group_rules_no_headline_and_is_named_with_its_size(make):
    found = make()
    cost = found.costs[0]
    worst = min(cost.groups, key=lambda g: g.bop)
    small = replace(worst, n=FEW - 1, verdict="harm", bop=-90.0, ci=(-99.0, -80.0))
    best = replace(cost.groups[0], n=30, verdict="gain", bop=80.0, ci=(70.0, 90.0))
    groups = tuple(small if g is worst else best if g is cost.groups[0] else g for g in cost.groups)
    said = first_sentences(replace(found, costs=(replace(cost, groups=groups),)))
    assert f"“{small.label}” (only 49 rows)" in said[1].words
    assert best.label not in said[0].words
    assert "of fewer than 50 rows are counted apart" in said[2].words


def test_what_next_names_every_judged_group_once(make):
    found = at_random(make, 5)
    heads = [each.head for each in next_in_short(found)]
    assert len(heads) == len(set(heads))
    assert len(not_said(found)) == 4
    assert (
        next_in_short(replace(found, costs=())) == first_sentences(replace(found, costs=())) == []
    )


def test_one_in_how_many_is_never_more_than_half():
    assert one_in(0.5) == 2
    assert one_in(0.51) is None
    assert one_in(1e-9) is None
    assert one_in(-0.1) == 10


def test_units_and_signs(make):
    found = make(unit="mmHg²")
    say = effects(found, found.costs[0])
    assert say.says(-11.5) == "squared error higher by 11.5 mmHg²"
    assert say.signed(11.5) == "+11.5"
    assert say.signed(-11.5) == "−11.5"
    assert say.interval((None, 3.0)) == "at most 3.0"
    assert say.interval((None, 3.0), flipped=True) == "at least −3.0"
    assert say.interval((None, None)) == ""


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_cut_off_an_axis(seed):
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=8)
    half = rng.choice([0.5, 1.0, 80.0], 8)
    ends = [
        (m - h, m + h) if rng.random() < 0.8 else (None, None)
        for m, h in zip(middle, half, strict=True)
    ]
    far = [float(each) for each in rng.normal(0, 500, 2)]
    scale = benefit_scale(ends, middle.tolist(), 0.1, apart=far)
    numbers = sorted([0.0, *middle, *far, *(e for pair in ends for e in pair if e is not None)])
    places = [scale(each) for each in numbers]
    assert all(scale.low <= each <= scale.high for each in numbers)
    assert places == sorted(places)
    assert -inf < 3 <= places[0] <= places[-1] <= 97
    # What is usual keeps most of the axis.
    low, high = scale.usual or (scale.low, scale.high)
    assert scale(high) - scale(low) >= 60
    ticks = scale.ticks()
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)
    flipped = scale.flipped()
    assert flipped(-numbers[0]) == pytest.approx(100 - scale(numbers[0]), abs=0.02)


def every(found):
    """Give all of an audit as the part that is shown."""
    return excerpt(found, 99, 99, spreads=99, name_limit=100)


def test_costs_of_one_name_are_not_taken_for_each_other(make):
    found = make()
    one, other = found.costs[1], replace(found.costs[1], epsilon=found.costs[1].epsilon * 2)
    found = replace(found, costs=(found.costs[0], other, one))
    drawn = picture(found, every(found))
    assert len(drawn.axes) == 2
    assert {len(row.drawn) for row in drawn.rows} == {2}


def test_why_is_told_from_the_profiles(make):
    rng = np.random.default_rng(0)
    n = 900
    s = np.repeat(["a", "b", "c"], [400, 460, 40])
    y = rng.random(n) < np.where(s == "a", 0.3, 0.6)
    found = wg.compare(
        y.astype(int),
        generic=np.full(n, 0.45) + rng.uniform(-0.01, 0.01, n),
        personalized=np.where(s == "a", 0.32, 0.61) + rng.uniform(-0.01, 0.01, n),
        groups={"s": s},
    )
    view = why_view(found, every(found))
    assert [row.name for row in view.rows] == ["b", "a", "c"]
    assert [row.apart for row in view.rows] == [False, False, True]
    by_name = {p["group"]["s"]: p for p in found.to_dict()["profiles"]}
    for row in view.rows:
        told = by_name[row.name]
        means = told["outcome"], told["predicted_generic"], told["predicted_personalized"]
        for text, value in zip(row.numbers, means, strict=False):
            assert near(text, value, 100)
        for text, model in zip(row.numbers[3:], ("generic", "personalized"), strict=True):
            bins = told[model]
            misses = np.abs(np.subtract(bins["predicted"], bins["observed"]))
            assert near(text, np.average(misses, weights=bins["n"]), 100)
    best = by_name["b"]
    assert f"{100 * best['outcome']:.1f} % happened" in view.sentences[0]
    page = to_html(found)
    assert 'id="why"' in page
    assert view.sentences[0] in page
    # Without profiles nothing is said.
    assert why_view(make(), every(make())) is None
    assert 'id="why"' not in to_html(make())


def test_a_small_group_that_rules_gamma_is_named_so(make):
    found = make(explainer=None)
    (cost,) = found.costs
    worst = min(cost.groups, key=lambda g: g.bop)
    groups = tuple(replace(g, n=31) if g is worst else g for g in cost.groups)
    few = replace(found, costs=(replace(cost, groups=groups),))
    others = sorted((g for g in groups if g.n >= FEW), key=lambda g: g.bop)
    said = (
        "that group has only 31 rows; of those with 50 or more the worst-served is "
        f"{others[0].label}"
    )
    for text in (to_html(few), " ".join(few.to_text().split()), few.to_markdown()):
        assert said in text
    for text in (to_html(found), found.to_text()):
        assert "has only" not in text
    number = sum(g.n < FEW for g in groups)
    assert f"{number} groups of fewer than 50 are among these" in " ".join(few.to_text().split())
