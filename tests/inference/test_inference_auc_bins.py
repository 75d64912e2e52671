"""AUC from counts in bins: in the order of the scores, within its certificate, and it adds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from whogains.inference import auc_from_bins, bins_of_scores, score_bin
from whogains.types import FloatArray, IntArray

HOSTILE = (0.0, 5e-324, 1e-310, 1e-17, 2.0**-17, 0.25, 0.5 - 2**-54, 0.5, 0.75, 1 - 2**-53, 1.0)
SCORES = st.one_of(st.sampled_from(HOSTILE), st.floats(0.0, 1.0))


def counted(
    score: FloatArray, y: IntArray, digits: int
) -> tuple[IntArray, IntArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    bins, size = score_bin(score, digits), bins_of_scores(digits)
    smallest, largest = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(smallest, bins, score)
    np.maximum.at(largest, bins, score)
    ones, zeros = (np.bincount(bins[y == outcome], minlength=size) for outcome in (1, 0))
    return ones, zeros, smallest >= largest


@given(st.lists(SCORES, min_size=2, max_size=40), st.integers(1, 20))
def test_a_larger_score_is_never_in_a_smaller_bin(values: list[float], digits: int) -> None:
    bins = score_bin(np.sort(np.array(values)), digits)
    assert (np.diff(bins) >= 0).all()
    assert 0 <= bins[0] <= bins[-1] < bins_of_scores(digits)


@pytest.mark.parametrize("digits", [1, 8, 16])
def test_bins_are_as_fine_near_one_as_near_zero(digits: int) -> None:
    score = np.random.default_rng(0).uniform(0.0, 0.5, 1000)
    last = bins_of_scores(digits) - 1
    # 1 - score loses digits, and 1 - (1 - score) is what is left of it.
    left = 1 - (1 - score)
    assert (score_bin(1 - score, digits) == last - score_bin(left, digits)).all()


@pytest.mark.parametrize("digits", [1, 2, 4, 8, 12])
@pytest.mark.parametrize(
    "kind", ["uniform", "rounded", "near zero", "narrow", "heavy", "equal", "labels", "hostile"]
)
def test_the_auc_is_within_its_certificate(kind: str, digits: int) -> None:
    rng = np.random.default_rng(digits)
    y = rng.integers(0, 2, 600)
    score = {
        "uniform": rng.uniform(size=600),
        "rounded": rng.uniform(size=600).round(2),
        "near zero": 10.0 ** rng.uniform(-12, -3, 600),
        "narrow": 0.3 + 1e-9 * rng.uniform(size=600),
        "heavy": np.where(rng.uniform(size=600) < 0.6, 0.37, rng.uniform(size=600)),
        "equal": np.full(600, 0.2),
        "labels": rng.integers(0, 2, 600).astype(np.float64),
        "hostile": rng.choice(HOSTILE, 600),
    }[kind]
    exact = roc_auc_score(y, score)
    ones, zeros, single = counted(score, y, digits)
    found, plain = auc_from_bins(ones, zeros, single), auc_from_bins(ones, zeros)
    assert abs(found.auc - exact) <= found.certificate + 1e-12
    assert found.auc == plain.auc
    assert found.certificate <= plain.certificate
    if kind in {"equal", "labels"}:
        assert found.certificate == 0
        assert found.auc == pytest.approx(exact, abs=1e-12)


def test_the_certificate_is_reached() -> None:
    # All ones above all zeros, in one bin: exactly 1, half by bins, and no bound can be smaller.
    score, y = np.array([0.30, 0.31, 0.32, 0.33]), np.array([0, 0, 1, 1])
    ones, zeros, single = counted(score, y, 1)
    found = auc_from_bins(ones, zeros, single)
    assert (found.auc, found.certificate) == (0.5, 0.5)
    assert roc_auc_score(y, score) == 1


def test_counts_of_parts_add_to_those_of_the_pooled_rows() -> None:
    rng = np.random.default_rng(3)
    y, score, part = rng.integers(0, 2, 900), rng.uniform(size=900), rng.integers(0, 3, 900)
    pooled = counted(score, y, 10)
    parts = [counted(score[part == i], y[part == i], 10) for i in range(3)]
    added = [sum((of[k] for of in parts), np.zeros_like(pooled[k])) for k in range(2)]
    assert auc_from_bins(added[0], added[1]) == auc_from_bins(pooled[0], pooled[1])


def test_one_class_has_no_auc() -> None:
    found = auc_from_bins(np.array([1, 2]), np.array([0, 0]))
    assert np.isnan(found.auc)
    assert found.certificate == 0
