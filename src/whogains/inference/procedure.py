"""What a learning procedure gains: mean, error and ends from repeated cross-fitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from whogains.inference._arrays import (
    Alternative,
    FloatArray,
    broadcast,
    check_alpha,
    check_alternative,
    row_weights,
)
from whogains.inference.interval import Interval
from whogains.inference.moments import MeanEstimate, mean_from_comoments

# A person counts once as one who is tested and once as one who trains. With 1 in its place the 95 %
# interval covers .80 in the worst cell of docs/crossfit.md, with 1.5 it covers .89.
PERSON_TWICE: Final = 2.0
# The end away from zero goes at most so much further, where the root scale says nothing.
_MOST_STRETCH: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ProcedureEstimate:
    """A procedure's mean benefit per group, with what its inference needs.

    Attributes
    ----------
    estimate : ndarray (d,)
        Mean over repeats and people; NaN for a group without rows or without weight.
    se : ndarray (d,)
        Its standard error for the procedure; NaN with fewer than 2 units or 2 repeats.
    df : ndarray (d,)
        Satterthwaite's degrees of freedom; NaN where se is NaN or 0.
    person_se : ndarray (d,)
        The usual standard error of the benefits averaged over repeats, seeds left out.
    seed_share : ndarray (d,)
        The share of the seeds and folds in se squared, from 0 to 1; NaN where se is NaN or 0.
    """

    estimate: FloatArray
    se: FloatArray
    df: FloatArray
    person_se: FloatArray
    seed_share: FloatArray


def procedure_means(
    benefits: ArrayLike,
    groups: ArrayLike,
    *,
    count: int | None = None,
    sample_weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> ProcedureEstimate:
    r"""Estimate what a procedure gains in each group, from R cross-fits of the same rows.

    Parameters
    ----------
    benefits : array_like (R, n)
        Out-of-fold benefit of each row in each repeat, in the unit of the cost. Each repeat has
        new folds and new seeds; no cluster is split over folds.
    groups : array_like of int (n,)
        Code of each row's group, from 0; all 0 for everybody.
    count : int, optional
        Number of groups; by default the largest code and 1.
    sample_weight : array_like (n,), optional
        Weights, none negative.
    cluster : array_like (n,), optional
        What rows belong together (a person's several rows).

    Returns
    -------
    ProcedureEstimate
        One place per group.

    Raises
    ------
    ValueError
        If shapes do not match, a benefit is not finite, or a code is no number of a group.

    Notes
    -----
    The estimand is the expected benefit over training sets as large as those of the folds, over
    people, seeds and folds: not that of one fitted pair. With :math:`\bar B_i` a row's benefit
    averaged over repeats, P the usual (clustered, weighted) squared error of the group's mean of
    :math:`\bar B_i`, and :math:`s^2` the variance between the repeats' means of the group,

    .. math:: se^2 = 2 (P + s^2 / R), \qquad
              df = (P + s^2/R)^2 \Big/ \Big(\frac{P^2}{G-1} + \frac{(s^2/R)^2}{R-1}\Big),

    G the number of units. P takes the models as given, but each row also trains the models that
    others are judged by. Where the attribute says nothing and the fit is a linear smoother A, the
    estimate is a quadratic form :math:`\sum_{i \ne j} A_{ij} e_i e_j` of errors, whose variance for
    symmetric A is twice what P counts: hence the 2. With a real effect of which the model keeps
    the share k, the variance is up to :math:`(2-k)^2` times P: 1 for a fit that does not shrink,
    2 for k = .59, and more for one that shrinks more. Folds are not needed, so a group may have
    few rows per fold, or none in some.

    The 2 and its reach are measured (docs/crossfit.md): where the model keeps less than about .6 of
    what the attribute does, the interval covers too little (.90 for a third, .86 for a twentieth).
    Fold means with the correction of Nadeau
    and Bengio as in Bouckaert and Frank, and nested cross-validation as in Bates, Hastie and
    Tibshirani, covered less where the model shrinks, and were wider where seeds matter.

    Assumes enough units for a normal mean: what `choose_method` asks of t. Fewer than 2 repeats
    give no error, since nothing then tells what seeds do.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52.
    Bouckaert, R. and Frank, E. (2004). Evaluating the replicability of significance tests for
    comparing learning algorithms. PAKDD.
    Bates, S., Hastie, T. and Tibshirani, R. (2024). Cross-validation: what does it estimate and
    how well does it do it? JASA 119(546).
    Satterthwaite, F. (1946). An approximate distribution of estimates of variance components.
    Biometrics Bulletin 2(6).

    Examples
    --------
    >>> found = procedure_means([[1, 2, 3, 6], [3, 2, 3, 4]], [0, 0, 0, 0])
    >>> float(found.estimate[0]), round(float(found.se[0]), 4), round(float(found.df[0]), 4)
    (3.0, 1.0, 3.0)
    >>> float(found.seed_share[0])
    0.0
    """
    B, group, d = _checked(benefits, groups, count)
    R, n = B.shape
    weight = row_weights(sample_weight, n)
    person = _person_means(B.mean(axis=0), group, d, weight, cluster)
    total = np.bincount(group, weights=weight, minlength=d)
    between = np.full(d, np.nan)
    if R >= 2:
        sums = [np.bincount(group, weights=weight * each, minlength=d) for each in B]
        with np.errstate(invalid="ignore", divide="ignore"):
            between = (np.array(sums) / total).var(axis=0, ddof=1)
    seeds, people = between / R, person.se**2
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = people + seeds
        # People without units less 1, and repeats, have no part in df where they have no variance.
        inverse = people**2 / person.df + seeds**2 / max(R - 1, 1)
        df = np.where(whole > 0, whole**2 / inverse, np.nan)
        share = np.where(whole > 0, seeds / whole, np.nan)
    return ProcedureEstimate(person.estimate, np.sqrt(PERSON_TWICE * whole), df, person.se, share)


def procedure_interval(
    estimate: ArrayLike, se: ArrayLike, df: ArrayLike, *, alpha: float = 0.05
) -> Interval:
    r"""Compute intervals for what a procedure gains.

    Parameters
    ----------
    estimate, se, df : array_like (d,)
        As `procedure_means` returns them.
    alpha : float
        One minus the two-sided level.

    Returns
    -------
    Interval
        NaN ends where se is 0 or NaN, or df is not positive.

    Raises
    ------
    ValueError
        If alpha does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    The end towards zero is Student's, h = t se away. A benefit is near to the square of a
    coefficient, so that a fit which finds little also has a small error, and the end away from
    zero falls short. It is taken on the scale of roots,
    :math:`(\sqrt{|b|} + h / (2\sqrt{|b|}))^2 = |b| + h + h^2 / (4|b|)`, but never further than
    1.5 h from the estimate b. Derived here; measured in docs/crossfit.md. Whether the interval
    lies above or below zero is what Student's says.

    Examples
    --------
    >>> found = procedure_interval(0.2, 0.05, 1e9)
    >>> round(float(found.lower), 4), round(float(found.upper), 4)
    (0.102, 0.31)
    """
    check_alpha(alpha)
    b, error, freedom = broadcast(estimate, se, df)
    usable = _usable(b, error, freedom)
    quantile = -special.stdtrit(np.where(usable, freedom, 1.0), alpha / 2)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        h = quantile * error
        far = h * (1 + np.minimum(_MOST_STRETCH, h / (4 * np.abs(b))))
        lower = np.where(usable, b - np.where(b < 0, far, h), np.nan)
        upper = np.where(usable, b + np.where(b > 0, far, h), np.nan)
    return Interval(lower, upper, "procedure")


def procedure_test(
    estimate: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
) -> FloatArray:
    """Compute one-sided p-values about what a procedure gains.

    Parameters
    ----------
    estimate, se, df : array_like (d,)
        As `procedure_means` returns them.
    null : array_like (d,) or float
        The value tested, in the unit of the cost.
    alternative : {"greater", "less"}
        "greater" tests the null that the benefit is at most ``null``, "less" that it is at least.

    Returns
    -------
    ndarray (d,)
        p-values, those of the ends of `procedure_interval`. 1 where se is 0, NaN where it is NaN.

    Raises
    ------
    ValueError
        If ``alternative`` is not one of the two, or shapes do not match.

    Notes
    -----
    Solves the end for the distance h at which it meets ``null``. Assumes what `procedure_means`
    and `procedure_interval` do, which also name the sources.

    Examples
    --------
    >>> round(float(procedure_test(0.2, 0.05, 1e9, null=0.31, alternative="less")), 4)
    0.025
    """
    check_alternative(alternative)
    b, error, freedom, tested = broadcast(estimate, se, df, null)
    # "less" about b is "greater" about -b.
    sign = 1.0 if alternative == "greater" else -1.0
    b, tested = sign * b, sign * tested
    usable = _usable(b, error, freedom) & np.isfinite(tested)
    away = b - tested
    size = np.where(b < 0, -b, 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        on_roots = 2 * size * (np.sqrt(1 + np.maximum(away, 0) / size) - 1)
        stretched = np.where(away <= 3 * size, on_roots, away / (1 + _MOST_STRETCH))
        h = np.where((b < 0) & (away > 0), stretched, away)
        t = np.where(usable, h, 0.0) / np.where(usable, error, 1.0)
    p: FloatArray = special.stdtr(np.where(usable, freedom, 1.0), -t)
    return np.where(usable, p, np.where(error == 0, 1.0, np.nan))


def _usable(b: FloatArray, error: FloatArray, df: FloatArray) -> NDArray[np.bool_]:
    return np.isfinite(b) & np.isfinite(error) & (error > 0) & (df > 0)


def _checked(
    benefits: ArrayLike, groups: ArrayLike, count: int | None
) -> tuple[FloatArray, NDArray[np.intp], int]:
    B = np.asarray(benefits, dtype=np.float64)
    group = np.asarray(groups)
    if B.ndim != 2 or len(B) == 0:
        raise ValueError(f"benefits must be (repeats, rows), got shape {B.shape}")
    if not np.all(np.isfinite(B)):
        raise ValueError("benefits must be finite; a row that was never held out has none")
    if group.shape != B.shape[1:] or group.dtype.kind not in "iu":
        raise ValueError(f"groups must hold one whole number per row ({B.shape[1]})")
    d = int(group.max(initial=-1)) + 1 if count is None else count
    if group.size and (group.min() < 0 or group.max() >= d):
        raise ValueError(f"groups must hold numbers from 0 to {d - 1}")
    return B, group.astype(np.intp), d


def _person_means(
    B: FloatArray,
    group: NDArray[np.intp],
    d: int,
    weight: FloatArray,
    cluster: ArrayLike | None,
) -> MeanEstimate:
    """Return the usual estimate of the rows, or of their clusters."""
    rows = np.arange(len(B)) if cluster is None else np.asarray(cluster)
    if rows.shape != B.shape:
        raise ValueError(f"cluster must hold one value per row ({len(B)}), got {rows.shape}")
    codes = np.unique(rows, return_inverse=True)[1]
    units, at = np.unique(codes * d + group, return_inverse=True)
    of = units % d
    u = np.bincount(at, weights=weight * B, minlength=len(units))
    v = np.bincount(at, weights=weight, minlength=len(units))
    number = np.bincount(of, minlength=d)
    some = np.maximum(number, 1)
    mean_u = np.bincount(of, weights=u, minlength=d) / some
    mean_v = np.bincount(of, weights=v, minlength=d) / some
    du, dv = u - mean_u[of], v - mean_v[of]
    m_uu, m_uv, m_vv = (
        np.bincount(of, weights=x, minlength=d) for x in (du * du, du * dv, dv * dv)
    )
    return mean_from_comoments(number, mean_u, mean_v, m_uu=m_uu, m_uv=m_uv, m_vv=m_vv)
