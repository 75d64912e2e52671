"""AUC by bins in a scan: DeLong's numbers from rows, but for an error that is said."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.results import Findings
from whogains.tables import binned_auc

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"]}
SAID = re.compile(r"AUC by counts of scores in bins: each is within (\S+) of the exact one")


@pytest.fixture(autouse=True)
def _few_rows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binned_auc, "FEWEST_ROWS", 0)


def people(n: int = 3000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    z = rng.normal(size=n) + y
    return pd.DataFrame(
        {
            "g": rng.choice(["a", "b", "c"], n, p=[0.7, 0.2, 0.1]),
            "y": y,
            "p0": 1 / (1 + np.exp(-z)),
            "p1": 1 / (1 + np.exp(-z - 0.3 * y - 0.5 * rng.normal(size=n))),
            "w": rng.choice([1.0, 2.0], n),
            "c": rng.integers(0, n // 2, n),
        }
    )


def both(frame: pd.DataFrame, **options: Any) -> tuple[Findings, Findings]:
    asked = {**COLUMNS, "costs": ["auc"], **options}
    return wg.compare_files(frame, rows_in_memory=0, **asked), wg.compare_files(frame, **asked)


def bound(found: Findings) -> float | None:
    """Read the certificate."""
    said = [SAID.fullmatch(note) for note in found.notes]
    return next((float(match[1]) for match in said if match), None)


def assert_near(mine: Findings, other: Findings, error: float, of_spread: float) -> None:
    assert mine.data.rows == other.data.rows
    a, b = mine.costs[0], other.costs[0]
    for x, y in [*zip(a.groups, b.groups, strict=True), (a.population, b.population)]:
        assert (x.n, x.method) == (y.n, y.method)
        for name in ("cost_generic", "cost_personalized"):
            u, v = getattr(x, name), getattr(y, name)
            assert (u is None) == (v is None)
            assert u is None or abs(u - v) <= error + 1e-12
        if y.se is None:
            assert x.se is None
            continue
        assert abs(x.bop - y.bop) <= 2 * error + 1e-12
        assert x.se == pytest.approx(y.se, rel=of_spread)
        for mine_end, other_end in zip(x.ci, y.ci, strict=True):
            assert (mine_end is None) == (other_end is None)
            if mine_end is None or other_end is None:
                continue
            assert abs(mine_end - other_end) <= 2 * error + 5 * of_spread * y.se + 1e-12


def test_coarse_bins_are_within_their_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binned_auc, "DIGITS", 5)
    monkeypatch.setattr(binned_auc, "FEWEST_DIGITS", 5)
    monkeypatch.setattr(binned_auc, "TOLERATED", 0.1)
    mine, other = both(people())
    error = bound(mine)
    assert error is not None
    assert 1e-4 < error < 0.02
    assert_near(mine, other, error, 0.02)
    assert bound(other) is None


def test_fine_bins_are_exact_to_what_is_printed() -> None:
    mine, other = both(people())
    error = bound(mine) or 0.0
    assert error <= 1e-5
    assert_near(mine, other, error, 1e-5)
    assert [group.verdict for group in mine.costs[0].groups] == [
        group.verdict for group in other.costs[0].groups
    ]


@pytest.mark.parametrize("kind", ["rounded", "equal", "few", "heavy"])
def test_ties_are_ties_and_nothing_is_lost(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The sort is not to be the way out.
    monkeypatch.setattr("whogains.tables.auc_and_r2.place_scores", None)
    frame = people()
    rng = np.random.default_rng(1)
    heavy = rng.uniform(size=(2, len(frame))) < 0.6
    for name, here in zip(("p0", "p1"), heavy, strict=True):
        frame[name] = {
            "rounded": frame[name].round(2),
            "equal": np.full(len(frame), 0.25),
            "few": (frame[name] > 0.5) * 0.8,
            "heavy": np.where(here, 1 / 3, frame[name]),
        }[kind]
    mine, other = both(frame)
    assert_near(mine, other, bound(mine) or 0.0, 1e-6)


@pytest.mark.parametrize("kind", ["narrow", "denormal"])
def test_scores_that_bins_cannot_tell_apart_are_sorted(kind: str) -> None:
    frame = people()
    for name in ("p0", "p1"):
        narrow = 0.3 + 1e-9 * frame[name]
        # The smallest number there is shares the bin of 0.
        tiny = np.where(frame[name] < 0.3, 5e-324, np.where(frame[name] < 0.5, 0.0, frame[name]))
        frame[name] = narrow if kind == "narrow" else tiny
    mine, other = both(frame)
    assert bound(mine) is None
    assert_near(mine, other, 0.0, 1e-9)


@pytest.mark.parametrize("options", [{"sample_weight": "w"}, {"cluster": "c"}])
def test_weights_and_clusters_are_sorted_as_before(options: dict[str, str]) -> None:
    mine, other = both(people(), **options)
    assert bound(mine) is None
    assert_near(mine, other, 0.0, 1e-9)


def test_groups_of_one_class_or_with_one_row_of_a_class_say_why() -> None:
    frame = people()
    frame.loc[frame["g"] == "b", "y"] = 1
    frame.loc[frame["g"] == "c", "y"] = 0
    frame.loc[frame.index[frame["g"] == "c"][0], "y"] = 1
    mine, other = both(frame)
    assert_near(mine, other, bound(mine) or 0.0, 1e-5)
    assert [group.reason for group in mine.costs[0].groups] == [
        group.reason for group in other.costs[0].groups
    ]
    assert mine.costs[0].groups[1].cost_generic is None


def test_more_groups_than_counts_fit_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binned_auc, "MOST_BYTES", 1000)
    mine, other = both(people())
    assert bound(mine) is None
    assert_near(mine, other, 0.0, 1e-9)
