"""Which method each group's interval comes from, when nobody says."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Nominal 95 %: from 150 independent units on each end of the t interval with skewness errs with at
# most .028 (nominal .025) for normal, Laplace, t(3), exponential and lognormal differences and for
# differences of squared errors (normal and t(5) residuals) and log losses; at 100 units with .030,
# at 50 with up to .035. docs/t-ends.md and docs/calibration.md have the simulations.
MIN_UNITS_T: Final = 150
# Without skewness lognormal differences are covered to 94.4 % from 500 to 1,000 units on, but the
# upper end errs with .042 at 1,000, .036 at 2,000 and .031 at 5,000.
MIN_UNITS_PLAIN_T: Final = 2000
# Where most differences are 0 the units that are not decide. With 20 of them expected, an end
# errs with .032; with 10, .051 (nominal .025). 30 leaves room for their number being random.
MIN_MOVED_T: Final = 30
# Clusters of one row each may come from a population that has large ones too: with 500 of them a
# share of 1 % of large ones is seen with probability .993, with 150 of them with .78.
MIN_SINGLES_T: Final = 500
# A metric is a mean only to first order. With 30 rows in the smaller class DeLong's upper end errs
# with .06 for AUCs of .95 and .97 and with .05 for .90 and .95; with 50 rows .047 and .032; with
# 150 .033 for the first pair. For R2 of .38 and .50 the lower end errs with .042 to .046 at 150
# rows, .038 at 500 and .031 at 1,000, since a low variance of the outcome moves R2 and its error at
# once.
# With clusters or weights and residuals of t(5) 2,000 units, since 1,100 effective ones of 2,000
# clusters still err with .064 in place of .05.
# Of a difference of two ratios of means, at 500 rows an end errs with at most .033 (one model's
# numerators much the heavier) and the two with at most .050; at 300 with .039. What carries a
# denominator decides: with 41 effective rows of 1,000 an end errs with .048, with 118 of 3,000
# with .035, with 177 of 4,500 with .033 (rare probabilities; benchmarks/normalized.py).
MIN_UNITS_RATIO: Final = 500
MIN_CARRYING_RATIO: Final = 120
# Models of counts are wrong by factors, so that a few rows with large means carry the benefit. Its
# upper end errs with .054 at 300 rows, .039 at 500 and .032 at 1,000 for Poisson deviances, and
# with .071 at 300 and .057 at 700 for squared errors (benchmarks/calibration_outcomes.py, rates of
# .02 to 5 with a slope of .5 on a normal feature, one model with a slope of .2).
MIN_UNITS_DEVIANCE: Final = 1000
MIN_UNITS_COUNTS: Final = 2000
# Rows of the rarer outcome that an AUC asks for.
MIN_RARER_AUC: Final = 200
_METRICS: Final[dict[str | None, tuple[int, int, int]]] = {
    None: (MIN_UNITS_T, MIN_UNITS_T, MIN_MOVED_T),
    "auc": (MIN_UNITS_T, MIN_UNITS_T, MIN_RARER_AUC),
    # What decides is counted with the rows of the rarest class: see `_DIFFERING`.
    "macro_auc": (MIN_UNITS_T, MIN_UNITS_T, MIN_MOVED_T),
    "r2": (1000, 2000, MIN_MOVED_T),
    "ratio": (MIN_UNITS_RATIO, 2 * MIN_UNITS_RATIO, MIN_MOVED_T),
    "rate": (MIN_UNITS_T, MIN_UNITS_T, MIN_MOVED_T),
    "deviance": (MIN_UNITS_DEVIANCE, MIN_UNITS_DEVIANCE, MIN_MOVED_T),
    "counts": (MIN_UNITS_COUNTS, MIN_UNITS_COUNTS, MIN_MOVED_T),
}

# Every row has an influence on a metric as soon as one row differs, so the rows whose predictions
# do not are counted apart. With 6 rows of 300 in the rarer class that differ DeLong's upper end
# errs with .06 to .08, with 15 with .023 (benchmarks/corners.py); up to .05 where rows of both
# classes do. R2 is no better than squared errors in rows that differ. 60 leave room.
# Of ratios as many as carry each denominator, and the difference of the two.
# Of rates of labels and of a user's metrics 30, and four times as many that carry each model's.
_DIFFERING: Final = {
    "auc": 60,
    "macro_auc": 60,
    "r2": 60,
    "ratio": MIN_CARRYING_RATIO,
    "rate": MIN_MOVED_T,
}


def choose_method(
    *,
    ternary: ArrayLike,
    bounded: ArrayLike,
    n: ArrayLike,
    units: ArrayLike,
    clustered: ArrayLike,
    weighted: ArrayLike,
    moved: ArrayLike | None = None,
    skewness_known: ArrayLike = True,
    drawn: ArrayLike | None = None,
    carrying: ArrayLike | None = None,
    metric: str | None = None,
    differing: ArrayLike | None = None,
    largest_known: ArrayLike = False,
) -> NDArray[np.str_]:
    """Choose per group the method that holds its level there.

    Parameters
    ----------
    ternary : array_like of bool (d,)
        Differences take only the values -1, 0 and 1 (a 0-1 cost).
    bounded : array_like of bool (d,)
        The range of a difference is known (a Brier score).
    n : array_like (d,)
        Number of rows.
    units : array_like (d,)
        Number of independent units: rows or clusters. Where weights or cluster sizes vary,
        `effective_units`.
    clustered, weighted : array_like of bool (d,)
        Rows come in clusters; rows carry unequal weights.
    moved : array_like (d,), optional
        Number of units whose difference is not 0; default: all of them. For a cost that is
        large only where a rare outcome happens, the number of rows with that outcome. With
        weights, times their share ``units / n`` of effective units.
    skewness_known : array_like of bool (d,)
        Whether `t_interval` will be given the skewness.
    drawn : array_like (d,), optional
        Number of independent units before weights made them worth less: rows, or clusters where
        rows come in clusters, as many as rows where each cluster holds one; default: ``n``.
    carrying : array_like (d,), optional
        Number of units that carry the variance, where their weights or sizes vary:
        `carrying_units`. For an AUC no more than those of the class that has fewer. Default: no
        bound.
    metric : {"auc", "macro_auc", "r2", "ratio", "rate", "deviance", "counts"}, optional
        The differences are pseudo-values of this metric, or Poisson deviances, or other costs of
        counts; None for any other mean. For an AUC ``moved`` is
        the number of rows in the smaller class.
    differing : array_like (d,), optional
        For a metric, the number of rows whose predictions differ, for an AUC as
        `whogains.evidence.deciding_rows` counts them; with clusters or weights, times the units
        that a row is worth. For a ratio the units that carry its denominators
        (`whogains.evidence.ratio_score`). Default: all of them.
    largest_known : array_like of bool (d,)
        Whether the score and betting will be given the rows of the largest cluster.

    Returns
    -------
    ndarray of str (d,)
        "score", "t", "betting", or "none": too few rows for any method that holds its level.

    Raises
    ------
    KeyError
        If ``metric`` is not one of these.
    ValueError
        If the shapes of the arguments do not match.

    Notes
    -----
    The rule, first match wins:

    1. fewer than 2 rows or units: "none";
    2. ternary, without clusters or weights: "score", at any size;
    3. at least ``MIN_UNITS_T`` units (``MIN_UNITS_PLAIN_T`` without skewness; 1,000 for R2,
       and 2,000 with clusters or weights; 500 and 1,000 for a ratio; 1,000 for a Poisson deviance
       and 2,000 for other costs of counts) of which at least ``MIN_MOVED_T`` moved (200 for an
       AUC), with weights both times a factor; for a metric at least 60 rows that differ (120 that
       carry a ratio); at least ``MIN_UNITS_T`` that carry the variance; and, where clusters hold
       one row each, at least ``MIN_SINGLES_T`` of these: "t";
    4. ternary, in clusters of which the largest is known: "score", of counts divided by its rows;
    5. bounded, without weights, and where there are clusters the largest is known: "betting",
       valid at any size though wide;
    6. else "none".

    The fourth and the fifth are bounds for the worst that clusters can do, and so wide where more
    than a few units differ: t, which looks at what they do, goes before them where it holds.

    The factor is the inverse cube of the share ``units / drawn``: a few large weights
    leave the sample's own skewness too small. Lognormal(1) weights (a share of .37)
    that go with skewed differences give an upper end that errs with .056 at 190 effective units
    and still with .029 at 1,850. A few large clusters do the same: where one cluster in 100 has
    100 rows and the others one, and the variance is carried by 19 units, an end errs with .070;
    by 39, .039; by 74, .027; by 124, .022 (`benchmarks/corners.py`).

    Skewness cannot be seen where it is infinite and on one side: differences of squared errors
    whose tail comes from one model alone, with residuals of t(5) against normal ones, err with
    .055 at the end of the tail at 150 rows and with .031 at 1,000, and no rule here refuses them.

    No rule can do without an assumption where the range is not known: a loss so rare that the
    sample most likely holds none cannot be seen in it (Bahadur and Savage). With 5 rows of a
    rare large loss of one size expected, an end still errs with at most .025; with 3 expected,
    with .075; with 1, with .38. Losses of many sizes take more: where nine of ten rows that
    differ gain a little and the tenth has three times the error (normal, squared), so that
    nothing is gained on average, an end errs with .148 with 6 of the latter expected, .085 with
    10, .044 with 20 and .031 with 30, and the test of gain with .17, .11, .07 and .05. A sample
    that holds none of them looks like any other, so no rule on the sample's own skewness helps;
    refusing skewed samples would select those that miss the tail.

    So with clusters: where one in 100 has 100 rows and a benefit of its own and the others have
    one row, a sample of 150 holds no large one in 22 % of cases, and then errs always. Who names
    clusters says that rows may come together; where no two did, 500 clusters leave .7 % of such
    samples. No rule sees what a sample does not hold: one in 1,000 is missed by 61 % of samples of
    500, of which 38 % err; and where the small clusters have two rows each, which many a design
    gives, 22 % of samples of 150 hold none of them and 96 % of these err.
    "bootstrap" is never chosen: on skewed data it does as well as "t" with skewness, on heavy
    symmetric tails worse, and it needs the rows.

    References
    ----------
    Bahadur, R. R. and Savage, L. J. (1956). The nonexistence of certain statistical procedures
    in nonparametric problems. Annals of Mathematical Statistics 27, 1115-1122.

    Examples
    --------
    >>> choose_method(ternary=[True, False, False, False], bounded=[True, False, True, False],
    ...     n=[20, 500, 40, 40], units=[20, 500, 40, 40], clustered=False, weighted=False)
    array(['score', 't', 'betting', 'none'], dtype='<U7')
    """
    rows = np.asarray(n, dtype=np.float64)
    in_clusters = np.asarray(clustered, dtype=np.bool_)
    alike = ~np.asarray(weighted, dtype=np.bool_)
    simple, bound = alike & ~in_clusters, alike & np.asarray(largest_known, dtype=np.bool_)
    needed = rows_for_t(
        n=n,
        units=units,
        clustered=clustered,
        weighted=weighted,
        moved=moved,
        skewness_known=skewness_known,
        drawn=drawn,
        carrying=carrying,
        metric=metric,
        differing=differing,
    )
    conditions = np.broadcast_arrays(
        (rows < 2) | (np.asarray(units, dtype=np.float64) < 2),
        np.asarray(ternary, dtype=np.bool_) & simple,
        # A hair above, since equal weights count every unit but for rounding.
        needed <= rows * (1 + 1e-9),
        np.asarray(ternary, dtype=np.bool_) & bound,
        np.asarray(bounded, dtype=np.bool_) & (simple | bound),
    )
    names = [np.array(name) for name in ("none", "score", "t", "score", "betting")]
    return np.asarray(np.select(conditions, names, default=np.array("none")), dtype="<U7")


def rows_for_t(
    *,
    n: ArrayLike,
    units: ArrayLike,
    clustered: ArrayLike,
    weighted: ArrayLike,
    moved: ArrayLike | None = None,
    skewness_known: ArrayLike = True,
    drawn: ArrayLike | None = None,
    carrying: ArrayLike | None = None,
    metric: str | None = None,
    differing: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Find from how many rows on `choose_method` trusts t, with more rows like those there are.

    Parameters
    ----------
    n, units, clustered, weighted, moved, skewness_known, drawn, carrying, metric, differing
        As for `choose_method`.

    Returns
    -------
    ndarray of float, shape (d,)
        Rows; at most n where there are enough, infinite where no unit moved or n is 0.

    Raises
    ------
    KeyError, ValueError
        As in `choose_method`.

    Notes
    -----
    Every count grows with the rows, so the shortest of them says by what to multiply n. An
    estimate where it exceeds n: the rows to come may cluster, weigh and move otherwise. Where
    each cluster holds one row it says how many are needed if the rows to come do not share one.

    Assumes independent units, as t does. With 1 row it says from how many on, as with more.
    Derived here.

    Examples
    --------
    >>> rows_for_t(n=[60, 400, 400], units=[60, 400, 400], moved=[60, 400, 12],
    ...     clustered=False, weighted=False)
    array([ 150.,  150., 1000.])
    """
    rows, worth = np.asarray(n, dtype=np.float64), np.asarray(units, dtype=np.float64)
    moving = worth if moved is None else np.asarray(moved, dtype=np.float64)
    in_clusters = np.asarray(clustered, dtype=np.bool_)
    simple = ~(in_clusters | np.asarray(weighted, dtype=np.bool_))
    simply, otherwise, least_moved = _METRICS[metric]
    least = np.where(simple, simply, otherwise)
    enough = np.where(skewness_known, least, np.maximum(least, MIN_UNITS_PLAIN_T))
    total = rows if drawn is None else np.asarray(drawn, dtype=np.float64)
    share = np.where(weighted, worth / np.maximum(total, 1), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Products first: counts that are whole numbers give whole numbers of rows.
        needed = np.maximum(rows * enough / worth, rows * least_moved / moving)
        if metric is not None and differing is not None:
            few = np.asarray(differing, dtype=np.float64)
            needed = np.maximum(needed, rows * _DIFFERING[metric] / few)
        needed = needed / np.minimum(share, 1.0) ** 3
        if carrying is not None:
            bearing = np.asarray(carrying, dtype=np.float64)
            needed = np.maximum(needed, rows * MIN_UNITS_T / bearing)
        alone = np.maximum(needed, rows * MIN_SINGLES_T / total)
    needed = np.where(in_clusters & (total >= rows), alone, needed)
    return np.where((rows > 0) & ~np.isnan(needed), needed, np.inf)
