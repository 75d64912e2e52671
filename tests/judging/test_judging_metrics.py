"""AUC and R² with clusters and weights: the units of each outcome decide whether one can tell."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg


def scored(seed, n, prevalence=0.3):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < prevalence).astype(int)
    shared, own = rng.standard_normal(n), rng.standard_normal((2, n))
    logits = [gap * y + shared + 0.5 * each for gap, each in zip((0.7, 1.2), own, strict=True)]
    p0, p1 = (1 / (1 + np.exp(-logit)) for logit in logits)
    return y, p0, p1, pd.DataFrame({"group": np.where(np.arange(n) % 7 == 0, "B", "A")})


def audited(y, p0, p1, groups, **options):
    found = wg.compare(y, generic=p0, personalized=p1, groups=groups, costs=["auc"], **options)
    return found.costs[0].groups[0]


def test_clusters_of_one_row_change_nothing():
    y, p0, p1, groups = scored(1, 1200)
    alone = audited(y, p0, p1, groups)
    clustered = audited(y, p0, p1, groups, cluster=np.arange(1200))
    assert alone.method == clustered.method == "t"
    assert clustered.ci == pytest.approx(alone.ci)


def test_a_row_repeated_in_its_cluster_adds_nothing():
    y, p0, p1, groups = scored(2, 1200)
    clustered = audited(
        *(np.repeat(each, 4) for each in (y, p0, p1)),
        groups.loc[np.repeat(np.arange(1200), 4)].reset_index(drop=True),
        cluster=np.repeat(np.arange(1200), 4),
    )
    assert clustered.ci == pytest.approx(audited(y, p0, p1, groups).ci, rel=2e-3)


def test_many_positive_rows_in_few_clusters_are_too_few():
    y, p0, p1, groups = scored(3, 1200)
    # The rows with outcome 1 are those of three patients.
    cluster = np.where(y == 1, np.arange(1200) % 3, np.arange(1200))
    found = audited(y, p0, p1, groups, cluster=cluster)
    assert (found.verdict, found.reason, found.ci) == ("cannot tell", "too few rows", (None, None))
    assert found.bop == pytest.approx(audited(y, p0, p1, groups).bop)


def test_equal_weights_change_nothing_and_a_few_large_ones_are_too_few():
    y, p0, p1, groups = scored(4, 1200)
    alone = audited(y, p0, p1, groups)
    weighted = audited(y, p0, p1, groups, sample_weight=np.full(1200, 3.0))
    assert weighted.ci == pytest.approx(alone.ci)
    assert weighted.bop == pytest.approx(alone.bop)
    uneven = np.where(np.arange(1200) < 5, 1000.0, 1.0)
    shown = audited(y, p0, p1, groups, sample_weight=uneven, min_cell=0)
    assert shown.reason == "too few rows"


def test_whole_weights_count_a_row_as_often():
    y, p0, p1, groups = scored(5, 900)
    weight = np.random.default_rng(6).integers(1, 4, 900)
    times = np.repeat(np.arange(900), weight)
    weighted = audited(y, p0, p1, groups, sample_weight=weight.astype(float))
    repeated = audited(
        y[times], p0[times], p1[times], groups.iloc[times].reset_index(drop=True), cluster=times
    )
    assert weighted.bop == pytest.approx(repeated.bop)
    assert weighted.se == pytest.approx(repeated.se, rel=3e-3)


@pytest.mark.parametrize("uneven", [None, "cluster", "sample_weight"])
def test_an_auc_of_few_rare_outcomes_says_how_many_and_blames_nothing_else(
    uneven: str | None,
) -> None:
    rng = np.random.default_rng(9)
    y = np.repeat([0, 1, 0, 1], [440, 60, 430, 70])
    groups = np.repeat(["a", "b"], 500)
    given: dict[str, Any] = {"generic": rng.random(1000), "personalized": rng.random(1000)}
    if uneven is not None:
        given[uneven] = np.arange(1000) // 2 if uneven == "cluster" else rng.random(1000) + 0.5
    found = wg.compare(y, groups=groups, costs=["auc"], **given)
    for group, ones in zip(found.costs[0].groups, (60, 70), strict=True):
        assert group.verdict == "cannot tell"
        if uneven is None:
            told = f"the rarer outcome has {ones} rows: an interval of an AUC asks for 200"
            assert group.note == told
        else:
            assert "independent ones, by clusters or weights: an interval" in (group.note or "")
