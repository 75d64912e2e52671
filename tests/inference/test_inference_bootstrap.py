"""Bootstrap intervals against SciPy and against brute force."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from whogains.inference import (
    bootstrap as bootstrap_module,
)
from whogains.inference import (
    bootstrap_interval,
    bootstrap_test,
)

ROWS = np.random.default_rng(1).exponential(size=40)


def ends(interval):
    return np.array([float(interval.lower), float(interval.upper)])


def brute_studentized(rows, weight, cluster, replicates, seed):
    """Resample whole clusters and refit a weighted mean, the slow way."""
    rng = np.random.default_rng(seed)
    labels = np.unique(cluster)

    def fit(parts):
        u = np.array([(weight[p] * rows[p]).sum() for p in parts])
        v = np.array([weight[p].sum() for p in parts])
        beta = u.sum() / v.sum()
        g = len(parts)
        return beta, np.sqrt(g / (g - 1) * ((u - beta * v) ** 2).sum()) / v.sum()

    parts = [np.flatnonzero(cluster == label) for label in labels]
    beta, se = fit(parts)
    t = []
    for _ in range(replicates):
        drawn = [parts[i] for i in rng.integers(len(parts), size=len(parts))]
        again, error = fit(drawn)
        t.append((again - beta) / error)
    low, high = np.quantile(t, [0.025, 0.975])
    return np.array([beta - high * se, beta - low * se])


def test_bca_matches_scipy():
    ours = ends(bootstrap_interval(ROWS, kind="bca", replicates=20_000, random_state=3))
    theirs = stats.bootstrap(
        (ROWS,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(4)
    ).confidence_interval
    assert_allclose(ours, theirs, atol=0.03 * stats.sem(ROWS) * 2)


@pytest.mark.parametrize("grouped", [False, True])
def test_studentized_matches_brute_force(grouped):
    rng = np.random.default_rng(5)
    rows, weight = rng.exponential(size=90), rng.gamma(3, size=90)
    cluster = rng.integers(0, 30, size=90) if grouped else np.arange(90)
    ours = ends(
        bootstrap_interval(
            rows,
            sample_weight=weight,
            cluster=cluster if grouped else None,
            replicates=9999,
            random_state=6,
        )
    )
    brute = brute_studentized(rows, weight, cluster, 4000, 7)
    assert_allclose(ours, brute, atol=0.12 * (brute[1] - brute[0]) / 4)


def test_test_inverts_the_interval():
    found = bootstrap_interval(ROWS, replicates=1999, random_state=8)
    step = 1e-9
    for end, alternative, inward in ((found.lower, "greater", 1), (found.upper, "less", -1)):
        inside = bootstrap_test(
            ROWS, null=float(end) + inward * step, alternative=alternative, random_state=8
        )
        outside = bootstrap_test(
            ROWS, null=float(end) - inward * step, alternative=alternative, random_state=8
        )
        assert outside <= 0.025 + 1 / 2000 < inside + 1 / 1000


def test_memory_is_bounded_by_drawing_in_blocks(monkeypatch):
    monkeypatch.setattr(bootstrap_module, "_CELLS", 400)
    found = ends(bootstrap_interval(ROWS, replicates=9999, random_state=2))
    monkeypatch.undo()
    assert_allclose(
        found, ends(bootstrap_interval(ROWS, replicates=9999, random_state=3)), atol=0.04
    )


def test_same_seed_same_interval():
    one, other = (ends(bootstrap_interval(ROWS, random_state=5)) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, ends(bootstrap_interval(ROWS, random_state=6)))


@pytest.mark.parametrize("kind", ["studentized", "bca"])
@pytest.mark.parametrize(("shift", "scale"), [(1e6, 2.0), (-1e9, 1.0), (0.0, 1e-300), (0.0, 1e300)])
def test_shift_and_scale_carry_over(kind, shift, scale):
    one = ends(bootstrap_interval(ROWS, kind=kind, random_state=5))
    moved = ends(bootstrap_interval(shift + scale * ROWS, kind=kind, random_state=5))
    assert_allclose((moved - shift) / scale, one, atol=1e-6 if shift else 1e-12)
    p = bootstrap_test(ROWS, null=0.8, random_state=5)
    assert bootstrap_test(shift + scale * ROWS, null=shift + scale * 0.8, random_state=5) == p


def test_bca_takes_resamples_equal_to_the_sample_for_neither_side():
    # Half of the resamples of two rows equal the sample, but for rounding: no bias to correct.
    assert_allclose(ends(bootstrap_interval([0.1, 0.4], kind="bca")), [0.1, 0.4])
    rows = np.repeat([-1.0, 0.0, 1.0], [9, 23, 8])
    one = ends(bootstrap_interval(rows, kind="bca", random_state=1))
    assert_allclose(ends(bootstrap_interval(rows / 3, kind="bca", random_state=1)), one / 3)


@pytest.mark.parametrize("kind", ["studentized", "bca"])
@pytest.mark.parametrize("rows", [[], [1.0], [0.5] * 30])
def test_too_few_rows_or_no_spread_give_nan(kind, rows):
    assert np.all(np.isnan(ends(bootstrap_interval(rows, kind=kind))))
    p = bootstrap_test(rows)
    assert p == 1 if len(rows) > 1 else np.isnan(p)


def test_settings_are_checked():
    with pytest.raises(ValueError, match="replicates must be at least 1999"):
        bootstrap_interval(ROWS, alpha=0.001, replicates=999)
    with pytest.raises(ValueError, match="kind"):
        bootstrap_interval(ROWS, kind="percentile")
    with pytest.raises(ValueError, match="cluster"):
        bootstrap_interval(ROWS, cluster=[1, 2])
    with pytest.raises(ValueError, match="sample_weight"):
        bootstrap_interval(ROWS, sample_weight=-np.ones(40))
