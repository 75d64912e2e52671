"""Means in the groups of a survey: strata, primary sampling units, and replicate weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from whogains.types import FloatArray, IntArray

# With fewer degrees of freedom nothing is judged: measured in docs/calibration-survey.md.
MIN_SURVEY_DF: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class SurveyError:
    """What a survey's design makes of the error of d groups' means.

    Attributes
    ----------
    se : ndarray (d,)
        Standard error; NaN for a group without rows or without degrees of freedom.
    df : ndarray (d,)
        Degrees of freedom for t: at most PSUs less strata, of those with rows of the group.
    skewness : ndarray (d,)
        Skewness of the units' residuals, as `t_interval` takes it; NaN for replicate weights.
    psus, strata : ndarray of int (d,)
        Primary sampling units, and strata, that have rows of the group; 0 for replicate weights.
    """

    se: FloatArray
    df: FloatArray
    skewness: FloatArray
    psus: IntArray
    strata: IntArray


def linearized_error(
    values: ArrayLike,
    codes: ArrayLike,
    size: int,
    *,
    psu: ArrayLike,
    stratum_of_psu: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> SurveyError:
    r"""Linearize the weighted mean of each group of a stratified sample of PSUs.

    Parameters
    ----------
    values : array_like (n,)
        A number of each row.
    codes : array_like of int (n,)
        Each row's group, from 0 to size - 1.
    size : int
        The number of groups, d.
    psu : array_like of int (n,)
        Each row's primary sampling unit, from 0 to M - 1.
    stratum_of_psu : array_like of int (M,)
        The stratum of every PSU of the sample, from 0 on, also of those without a row here.
    sample_weight : array_like (n,), optional
        Positive weights of the rows.

    Returns
    -------
    SurveyError
        Of d groups.

    Raises
    ------
    ValueError
        If lengths do not match.

    Notes
    -----
    A group is a domain of the sample: its mean b is a ratio, and PSU i of stratum h contributes
    z = sum of w (value - b) / sum of w over the group's rows in it, 0 where it has none. With n
    PSUs in stratum h,

    .. math:: se^2 = \sum_h \frac{n_h}{n_h - 1} \sum_i (z_{hi} - \bar z_h)^2,

    over *all* PSUs of the sample, since another sample might have found the group in any of them
    (Särndal, Swensson and Wretman 1992, sections 5.7 and 10.3; with replacement, without a
    correction for finite populations). A stratum with one PSU has no mean of its own to be
    compared with: it is centred at the mean of all PSUs, 0, and counts once (Stata's
    ``singleunit(centered)``, ``survey.lonely.psu = "adjust"`` in R); `Survey` refuses such strata
    unless that was asked for.

    Degrees of freedom are PSUs less strata, of those that have rows of the group (Korn and Graubard
    1999, section 5.2: of all where the group is everywhere), and fewer where few PSUs hold most of
    its weight. If the contribution of a PSU has a variance proportional to the square of its weight
    v, and s and q are the sums of v² and v⁴ in a stratum, Satterthwaite's number is

    .. math:: \frac{(\sum_h s_h)^2}{\sum_h [q_h + (s_h^2 - q_h) / (n_h - 1)^2]},

    from the variance of a quadratic form of normal numbers. Both are equal where all weigh alike;
    the smaller one is taken. Derived here: with PSUs less strata alone an end erred with .05 to
    .07 in place of .025 where sizes of PSUs differ much; measured as it is in
    docs/calibration-survey.md.

    The unit of an error is that of the values. Of a metric the values are its pseudo-values.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling.
    Korn, E. L. and Graubard, B. I. (1999). Analysis of Health Surveys.
    Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components.
    Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> found = linearized_error([1, 2, 3, 4, 7, 1], [0] * 6, 1, psu=[0, 0, 1, 2, 3, 3],
    ...     stratum_of_psu=[0, 0, 1, 1])
    >>> round(float(found.se[0]), 6), float(found.df[0]), int(found.psus[0])
    (0.527046, 2.0, 4)
    """
    value, group, unit = np.asarray(values, np.float64), np.asarray(codes), np.asarray(psu)
    of_psu = np.asarray(stratum_of_psu)
    weight = np.ones(len(value)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if not len(value) == len(group) == len(unit) == len(weight):
        raise ValueError("values, codes, psu and sample_weight must have one number for each row")
    drawn = np.bincount(of_psu).astype(np.float64)
    # One entry for each group and PSU that meet, and for each group and stratum.
    met, place = np.unique(group * np.int64(len(of_psu)) + unit, return_inverse=True)
    at_group, at_psu = met // len(of_psu), met % len(of_psu)
    v = np.bincount(place, weight, minlength=len(met))
    total = np.bincount(at_group, v, minlength=size)
    u = np.bincount(place, weight * value, minlength=len(met))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(at_group, u, minlength=size) / total
        # Of rows less the mean: sums of u would lose digits where the mean is large.
        z = np.bincount(place, weight * (value - mean[group]), minlength=len(met)) / total[at_group]
    stratum = of_psu[at_psu]
    cells, cell = np.unique(at_group * np.int64(len(drawn)) + stratum, return_inverse=True)
    of_cell, n = cells // len(drawn), drawn[cells % len(drawn)]
    here = np.bincount(cell).astype(np.float64)
    centre = np.where(n > 1, np.bincount(cell, z) / n, 0.0)
    squares = np.bincount(cell, (z - centre[cell]) ** 2) + (n - here) * centre**2
    variance = np.bincount(
        of_cell, squares * np.where(n > 1, n / np.maximum(n - 1, 1), 1), minlength=size
    )
    psus = np.bincount(at_group, minlength=size)
    strata = np.bincount(of_cell, minlength=size)
    s, q = np.bincount(cell, v**2), np.bincount(cell, v**4)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_weight = np.bincount(of_cell, s, minlength=size) ** 2 / np.bincount(
            of_cell, q + (s**2 - q) / np.maximum(n - 1, 1) ** 2, minlength=size
        )
        df = np.minimum((psus - strata).astype(np.float64), by_weight)
        z2, z3 = (np.bincount(at_group, z**k, minlength=size) for k in (2, 3))
        skewness = np.where(z2 > 0, np.sqrt(df + 1) * z3 / z2**1.5, 0.0)
    known = (total > 0) & (df > 0) & np.isfinite(mean)
    # A spread that is nothing but rounding is none.
    size_of = np.maximum(np.abs(np.nan_to_num(mean)), 1e-300)
    flat = np.sqrt(variance) <= 64 * np.finfo(np.float64).eps * size_of
    return SurveyError(
        se=np.where(known, np.where(flat, 0.0, np.sqrt(variance)), np.nan),
        df=np.where(known, df, np.nan),
        skewness=np.where(known, skewness, np.nan),
        psus=psus.astype(np.int64),
        strata=strata.astype(np.int64),
    )


def replicate_error(
    values: ArrayLike,
    codes: ArrayLike,
    size: int,
    *,
    replicates: ArrayLike,
    scale: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> SurveyError:
    r"""Find how the weighted mean of each group differs between replicates of the weights.

    Parameters
    ----------
    values, codes, size, sample_weight
        As for `linearized_error`.
    replicates : array_like (n, R)
        Replicate weights of the rows, not negative.
    scale : array_like (R,)
        What each replicate's squared deviation counts: 1 / R for balanced repeated replication and
        the bootstrap, 1 / (R (1 - rho)²) with Fay's rho, (R - 1) / R for a jackknife that leaves
        one unit out of all, (n - 1) / n of a stratum of n units where it leaves one out of each.

    Returns
    -------
    SurveyError
        Of d groups, with the rank of the replicates less 1 as degrees of freedom.

    Raises
    ------
    ValueError
        If shapes do not match.

    Notes
    -----
    .. math:: se^2 = \sum_r c_r (b_r - b)^2,

    about the mean b by the weights themselves (Wolter 2007, sections 3.2 and 4.5). A replicate
    that gives a group no weight leaves that group without an error. Degrees of freedom as
    ``survey::degf`` in R has them. The unit of an error is that of the values.

    References
    ----------
    Wolter, K. M. (2007). Introduction to Variance Estimation, 2nd edition.

    Examples
    --------
    Leaving out one of three rows after the other gives the error of a mean, s / sqrt(n).

    >>> found = replicate_error([1, 2, 6], [0, 0, 0], 1, replicates=1.5 * (1 - np.eye(3)),
    ...     scale=[2 / 3] * 3)
    >>> round(float(found.se[0]), 4), float(found.df[0])
    (1.5275, 2.0)
    """
    value, group = np.asarray(values, np.float64), np.asarray(codes)
    weights, c = np.asarray(replicates, np.float64), np.asarray(scale, np.float64)
    weight = np.ones(len(value)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if weights.shape != (len(value), len(c)) or not len(value) == len(group) == len(weight):
        raise ValueError("replicates must have a row for each value and a column for each scale")

    def of(w: FloatArray) -> FloatArray:
        # Differences to the mean by the weights themselves.
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.bincount(group, w * (value - mean[group]), minlength=size)
            return np.asarray(part / np.bincount(group, w, minlength=size))

    mean = np.zeros(size)
    mean = of(weight)
    steps = np.array([of(weights[:, r]) for r in range(len(c))]).reshape(len(c), size)
    se = np.sqrt(c @ steps**2)
    rank = int(np.linalg.matrix_rank(weights.T @ weights, hermitian=True)) if len(c) else 0
    known = np.isfinite(se) & (rank > 1)
    nothing = np.zeros(size, dtype=np.int64)
    return SurveyError(
        se=np.where(known, se, np.nan),
        df=np.where(known, float(rank - 1), np.nan),
        skewness=np.full(size, np.nan),
        psus=nothing,
        strata=nothing,
    )
