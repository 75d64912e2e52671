"""Limits of an audit: clusters and weights make rows worth fewer independent ones."""

import numpy as np
import pandas as pd
import pytest

import whogains as wg


def rows(n=900, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    wrong = rng.random((2, n)) < [[0.30], [0.24]]
    p0, p1 = (np.where(each, 1 - y, y) * 0.8 + 0.1 for each in wrong)
    return y, p0, p1, pd.DataFrame({"sex": np.where(np.arange(n) % 3 == 0, "f", "m")})


def zero_one(y, p0, p1, groups, **options):
    found = wg.compare(
        y, generic=p0, personalized=p1, groups=groups, costs=["zero_one"], epsilon=0.02, **options
    )
    return found.costs[0]


def test_rows_repeated_in_their_cluster_tell_no_more():
    y, p0, p1, groups = rows()
    times = np.repeat(np.arange(900), 4)
    alone = zero_one(y, p0, p1, groups)
    repeated = zero_one(
        y[times], p0[times], p1[times], groups.iloc[times].reset_index(drop=True), cluster=times
    )
    for name in ("paper", "weighted", "below", "above"):
        # The standard errors differ by the factor of small samples, (n - 1) / n.
        assert getattr(repeated.limits, name) == pytest.approx(
            getattr(alone.limits, name), rel=5e-3
        )
    for one, four in zip(alone.groups, repeated.groups, strict=True):
        # Rows alone have the exact test, which finds a little less than t.
        assert one.detectable * 0.95 < four.detectable < one.detectable
        # Rows are counted, and four of them are one.
        assert 0.95 * 4 * one.required < four.required < 4 * one.required


def test_equal_weights_change_no_limit():
    y, p0, p1, groups = rows()
    alone = zero_one(y, p0, p1, groups)
    weighted = zero_one(y, p0, p1, groups, sample_weight=np.full(900, 2.5))
    assert weighted.limits.below == pytest.approx(alone.limits.below, rel=5e-3)
    assert weighted.limits.above == pytest.approx(alone.limits.above, rel=5e-3)


def test_a_group_without_discordant_rows_takes_everybodys_design_effect():
    y, p0, p1, groups = rows()
    p1 = np.where(groups["sex"] == "f", p0, p1)
    times = np.repeat(np.arange(900), 4)
    repeated = zero_one(
        y[times], p0[times], p1[times], groups.iloc[times].reset_index(drop=True), cluster=times
    )
    alone = zero_one(y, p0, p1, groups)
    # One row's worth of everybody's disagreement, of 1,200 rows and of 300.
    assert alone.groups[0].detectable < repeated.groups[0].detectable * 1.05
    assert repeated.groups[0].detectable < 2 * alone.groups[0].detectable


def test_the_same_gain_on_every_row_is_not_called_untestable():
    y = np.arange(400) % 7.0
    groups = {"sex": ["f", "m"] * 200}
    found = wg.compare(
        y, generic=y + 2, personalized=y + 1, groups=groups, costs=["absolute_error"], epsilon=0.1
    )
    cost = found.costs[0]
    assert [group.bop for group in cost.groups] == [1.0, 1.0]
    assert {(group.verdict, group.reason) for group in cost.groups} == {
        ("cannot tell", "inconclusive")
    }
    assert cost.limits.verdict is None


def test_a_group_of_single_people_does_not_take_the_design_effect_of_families():
    y, p0, p1, groups = rows()
    same = (groups["sex"] == "f").to_numpy()
    p1 = np.where(same, p0, p1)
    # Men come in clusters of four copies, women alone; and the women's models never differ.
    times = np.repeat(np.arange(900), np.where(same, 1, 4))
    found = zero_one(
        y[times], p0[times], p1[times], groups.iloc[times].reset_index(drop=True), cluster=times
    )
    women, men = found.groups
    alone = zero_one(y, p0, p1, groups)
    # The limits of any test are those of single people; the bound allows for families among them.
    assert found.limits.below == pytest.approx(alone.limits.below, rel=0.1)
    once = alone.groups[0].detectable
    assert 2 * once < women.detectable < 4 * once
    assert men.detectable == pytest.approx(alone.groups[1].detectable, rel=5e-3)


def test_a_group_without_a_method_needs_as_many_rows_as_one_asks_for():
    rng = np.random.default_rng(0)
    y = rng.normal(size=1060)
    groups = {"sex": np.repeat(["f", "m"], [60, 1000])}
    found = wg.compare(
        y, generic=y + 1, personalized=y + rng.normal(0.1, 0.3, 1060), groups=groups, epsilon=2.0
    )
    few, many = found.costs[0].groups
    assert (few.reason, few.method, few.test) == ("too few rows", "approximate", None)
    # An effect of 2 would show at once, but t is trusted from 150 rows on.
    assert few.required == 150
    assert many.required < 60
    assert "needs about 150 of them; you have 60" in found.to_text(200)
