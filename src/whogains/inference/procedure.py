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
    row_weights,
)
from whogains.inference.interval import Interval
from whogains.inference.moments import MeanEstimate, mean_from_comoments

# A person counts once as one who is tested and once as one who trains; and a part of the spread of
# repeats stays however many there are. Both are measured: docs/crossfit.md.
BOTH_ROLES: Final = 2.0
SPREAD_LEFT: Final = 0.5
# With fewer rounds the lower end erred with up to .13 (docs/crossfit.md).
MIN_ROUNDS: Final = 5
# The upper end goes at most so much further, where the scale of roots says nothing.
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
        Degrees of freedom, the number of units less 1 (-1 without units).
    person_se : ndarray (d,)
        The usual standard error of the benefits averaged over repeats, seeds left out.
    seed_share : ndarray (d,)
        The share of seeds and folds in se squared, from 0 to 1; NaN where se is NaN or 0.
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

    .. math:: se^2 = 2 (P + s^2 / R) + s^2 / 2.

    P takes the models as given, but each row also trains the models that others are judged by.
    Where the attribute says nothing and the fit is a linear smoother A, the estimate is a quadratic
    form :math:`\sum_{i \ne j} A_{ij} e_i e_j` of errors, whose variance for symmetric A is twice
    what P counts: hence the 2. With a real effect of which the model keeps the share k, the
    variance is up to :math:`(2-k)^2` times P: 1 for a fit that does not shrink. Where a fit happens
    to find little, P vanishes though the error does not; :math:`s^2`, which comes from the same
    fluctuation, is the floor. Folds are not needed: a group may have few rows per fold, or none.

    The 2 and the 1/2 are the smallest round ones with which the interval held in every cell of
    docs/crossfit.md from 5 repeats on; with 2 or 3 the lower end erred with up to .13 and .09.
    It does not hold where the model shrinks: one that keeps .8, .6 or a third of what the attribute
    does errs at the upper end with up to .05, .07 or .10 (nominal .025). Fold means with the
    correction of Nadeau and Bengio as in Bouckaert and Frank, and nested cross-validation as in
    Bates, Hastie and Tibshirani, were narrower, and did not hold.

    Assumes enough units for a normal mean: what `choose_method` asks of t. Fewer than 2 repeats
    give no error, since nothing then tells what seeds do.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52.
    Bouckaert, R. and Frank, E. (2004). Evaluating the replicability of significance tests for
    comparing learning algorithms. PAKDD.
    Bates, S., Hastie, T. and Tibshirani, R. (2024). Cross-validation: what does it estimate and
    how well does it do it? JASA 119(546).

    Examples
    --------
    >>> found = procedure_means([[1, 2, 3, 6], [3, 2, 3, 4]], [0, 0, 0, 0])
    >>> float(found.estimate[0]), round(float(found.se[0]), 4), float(found.df[0])
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
    found = procedure_error(person.se, between, R)
    return ProcedureEstimate(person.estimate, found.se, person.df, person.se, found.seed_share)


@dataclass(frozen=True, slots=True, eq=False)
class ProcedureError:
    """The standard error of what a procedure gains.

    Attributes
    ----------
    se : ndarray (d,)
        The standard error: see the notes of `procedure_means`.
    df : ndarray (d,)
        Its degrees of freedom.
    seed_share : ndarray (d,)
        The share of seeds and folds in its square; NaN where it is 0 or NaN.
    """

    se: FloatArray
    df: FloatArray
    seed_share: FloatArray


def procedure_error(
    person_se: ArrayLike,
    between: ArrayLike,
    rounds: int,
    *,
    df: ArrayLike = np.inf,
    fits: ArrayLike = np.nan,
    folds: int = 0,
) -> ProcedureError:
    r"""Put the sources of error of `procedure_means` together, with training on other people.

    Parameters
    ----------
    person_se : array_like (d,)
        Standard error of the benefits averaged over rounds, seeds left out.
    between : array_like (d,)
        Variance between the rounds' means.
    rounds : int
        The number of rounds, at least 2.
    df : array_like (d,) or float
        Degrees of freedom of `person_se`.
    fits : array_like (d,) or float
        Variance, between fits on all folds but one, of what they gain the same people of a group,
        less that between rounds; NaN where it is not known, and then has no part.
    folds : int
        How many folds each round has.

    Returns
    -------
    ProcedureError
        The standard error, its degrees of freedom and the share of seeds.

    Raises
    ------
    ValueError
        If shapes do not match.

    Notes
    -----
    With P the square of `person_se`, s² the variance between rounds, t² that between fits and K
    folds,

    .. math:: se^2 = P + \max(P, (K - 1) t^2) + (2 / R + 1 / 2) s^2.

    The second term is what other training people would do. Where groups are made by the attribute
    that is told, and this tells nothing, it is P (`procedure_means`). Where a model is wrong about
    a whole group for another reason, such as an attribute that it is not told, a coefficient of
    noise moves all of that group at once, and P sees nothing of it. Fits on (K - 1)/K of the same
    people show it: deleting 1/K of the rows, the jackknife multiplies their variance by K - 1 [1]_.
    What chance does to each fit by itself is multiplied too, so that the error is too large for
    models that depend much on their seed. The degrees of freedom of the sum are Satterthwaite's,
    with R (K - 1) of the jackknife.

    References
    ----------
    .. [1] Shao, J. and Wu, C. F. J. (1989). A general theory for jackknife variance estimation.
       Annals of Statistics 17, 1176-1197: the delete-d jackknife.

    Examples
    --------
    >>> found = procedure_error([0.3, 0.0], [0.1, 0.0], 5)
    >>> found.se.round(4).tolist(), float(found.seed_share[0].round(4))
    ([0.5196, 0.0], 0.3333)
    >>> found = procedure_error([0.3], [0.0], 5, fits=[0.09], folds=5, df=99)
    >>> float(found.se[0].round(4)), float(found.df[0].round(1))
    (0.6708, 30.9)
    """
    error, variance, freedom, between_fits = broadcast(person_se, between, df, fits)
    people = error**2
    trained = (folds - 1) * np.nan_to_num(between_fits)
    more = trained > people
    training = np.where(more, trained, people)
    seeds = (BOTH_ROLES / rounds + SPREAD_LEFT) * variance
    squared = people + training + seeds
    with np.errstate(invalid="ignore", divide="ignore"):
        by_fits = squared**2 / (
            (squared - training) ** 2 / freedom + training**2 / (rounds * max(folds - 1, 1))
        )
        share = np.where(squared > 0, seeds / squared, np.nan)
    return ProcedureError(np.sqrt(squared), np.where(more, by_fits, freedom), share)


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
    The lower end is Student's, h = t se below the estimate b. A personalized model is the generic
    one with columns added, and what they gain is near to the square of a coefficient, less what
    fitting it costs: a fit that happens to find little has a small error too, so Student's upper
    end falls short. It is taken on the scale of roots, at
    :math:`(\sqrt{|b|} + h / (2\sqrt{|b|}))^2 - |b| = h + h^2 / (4|b|)` above the estimate, but
    never further than 1.5 h. So models swapped do not mirror the ends. Derived here; measured in
    docs/crossfit.md, where the lower end holds in every cell.

    Examples
    --------
    >>> found = procedure_interval(0.2, 0.05, 1e9)
    >>> round(float(found.lower), 4), round(float(found.upper), 4)
    (0.102, 0.31)
    """
    b, error, freedom = broadcast(estimate, se, df, alpha=alpha)
    usable = _usable(b, error, freedom)
    quantile = -special.stdtrit(np.where(usable, freedom, 1.0), alpha / 2)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        h = quantile * error
        above = h * (1 + np.minimum(_MOST_STRETCH, h / (4 * np.abs(b))))
        lower = np.where(usable, b - h, np.nan)
        upper = np.where(usable, b + above, np.nan)
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
    and `procedure_interval` do, which also name the sources. Derived here.

    Examples
    --------
    >>> round(float(procedure_test(0.2, 0.05, 1e9, null=0.31, alternative="less")), 4)
    0.025
    """
    b, error, freedom, tested = broadcast(estimate, se, df, null, alternative=alternative)
    usable = _usable(b, error, freedom) & np.isfinite(tested)
    h = np.where(usable, b - tested, 0.0)
    if alternative == "less":
        size = np.where(usable & (b != 0), np.abs(b), 1.0)
        beyond = np.maximum(-h, 0.0)
        with np.errstate(over="ignore"):
            on_roots = 2 * size * (np.sqrt(1 + beyond / size) - 1)
        on_roots = np.where((b != 0) & (beyond <= 3 * size), on_roots, beyond / (1 + _MOST_STRETCH))
        h = np.where(beyond > 0, on_roots, -h)
    t = h / np.where(usable, error, 1.0)
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
