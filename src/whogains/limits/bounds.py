"""How well any test must fail, by chi-square: the published bound, and one with better weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import lambertw

from whogains.limits._arrays import (
    CONVENTIONS,
    FAMILIES,
    amounts,
    effects,
    inside,
    option,
    positive,
    sizes_and_spreads,
    whole,
)
from whogains.types import FloatArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from whogains.types import Convention, Family


# Beyond these a bound is vacuous many times over; they only keep squares and exponentials finite.
_MOST_RATIO = 1e100
_MOST_LOG = 600.0
# The standard deviation of a 0-1 cost's benefit in the worst case of version 3, and in version 1.
_CATEGORICAL: dict[str, float] = {"categorical": 1.0, "categorical_v1": 0.5}


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound on the error of every test.

    Attributes
    ----------
    value : array, the shape of epsilon
        The bound, or 0 where it is negative.
    vacuous : array of bool, the shape of epsilon
        Where the bound is 0 or negative, and so says nothing.
    """

    value: FloatArray
    vacuous: NDArray[np.bool_]


def row_information(
    epsilon: ArrayLike, sd: ArrayLike = 1.0, *, family: Family = "gaussian"
) -> FloatArray:
    """Log of 1 + chi-square between a benefit of 0 and of epsilon, for one row.

    Parameters
    ----------
    epsilon : array_like
        Effects, in the unit of the cost, positive.
    sd : array_like
        Standard deviation of one person's benefit, in the same unit; broadcasts with `epsilon`.
        Not used by the categorical families. The Laplace scale is ``b = sd / sqrt(2)``.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        What distribution the benefit has. ``"categorical"`` is the worst case of a 0-1 cost, and
        ``"categorical_v1"`` that of the paper's first version. ``"laplace_paper"`` is the paper's
        own, looser ``epsilon / b``.

    Returns
    -------
    array
        Rényi divergence of order 2; infinite where `sd` is 0 and the family has one.

    Raises
    ------
    InputError
        If a spread is negative, an effect is not positive, or the family is not one of these.

    Notes
    -----
    Categorical: ``log(1 + epsilon^2)``, of a benefit that is 1 or -1 with probability 1/2 each
    (standard deviation 1): of all benefits in {-1, 0, 1} the one that tells least. Version 1 of
    the paper has ``log(1 + 4 epsilon^2)``, a standard deviation of 1/2. Gaussian:
    ``(epsilon / sd)^2``. Laplace, with ``r = epsilon / b``:
    ``1 + chi2 = (2/3) exp(r) + (1/3) exp(-2r)``, computed as
    ``chi2 = expm1(-r)^2 (2 exp(r) + 1) / 3``, which neither cancels nor overflows. The paper's
    ``exp(r)`` is larger, so that its bound on the error is lower.

    In nats, for one row. Assumes that the whole distribution of a benefit moves by epsilon.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", Theorem 5.1,
    its corollaries and Figure 3 (arXiv 2502.02786 version 3; version 1 for ``categorical_v1``).

    Examples
    --------
    >>> row_information(0.1, 2.0).item()
    0.0025...
    """
    option(family, "family", FAMILIES)
    return _information(effects(epsilon), amounts(sd, "sd"), family)


def _information(effect: FloatArray, spread: FloatArray, family: Family) -> FloatArray:
    shape = np.broadcast(effect, spread).shape
    if family in _CATEGORICAL:
        ratio = np.minimum(effect / _CATEGORICAL[family], _MOST_RATIO)
        return np.broadcast_to(np.log1p(ratio**2), shape).copy()
    ratio = np.full(shape, np.inf)
    np.divide(effect, spread, out=ratio, where=spread > 0)
    known = ratio < _MOST_RATIO
    ratio = np.minimum(ratio, _MOST_RATIO)
    if family == "gaussian":
        information = ratio**2
    else:
        r = ratio * np.sqrt(2)
        if family == "laplace_paper":
            information = r
        else:
            log_chi2 = 2 * np.log(-np.expm1(-r)) + np.logaddexp(np.log(2) + r, 0) - np.log(3)
            information = np.logaddexp(0, log_chi2)
    return np.where(known, information, np.inf)


def _log_excess(
    n: ArrayLike, epsilon: ArrayLike, sd: ArrayLike, family: Family
) -> tuple[FloatArray, int]:
    """Return log(V_j - 1), of shape epsilon.shape + (d,), and d; -inf for an empty group."""
    option(family, "family", FAMILIES)
    size, spread = sizes_and_spreads(n, sd)
    row = _information(effects(epsilon)[..., None], spread, family)
    log_v = np.multiply(
        row, size, out=np.zeros(row.shape), where=np.broadcast_to(size > 0, row.shape)
    )
    # log(V - 1) = log V + log(1 - 1/V): V itself overflows.
    excess = np.full(log_v.shape, -np.inf)
    np.log(-np.expm1(-log_v), out=excess, where=log_v > 0)
    return excess + log_v, size.size


def _bound(log_root: FloatArray, convention: Convention) -> Bound:
    """1/2 (1 - 1/2 exp(log_root)), or twice that."""
    option(convention, "convention", CONVENTIONS)
    value = 0.5 - 0.25 * np.exp(np.minimum(log_root, _MOST_LOG))
    if convention == "sum":
        value = 2 * value
    return Bound(value=np.asarray(np.maximum(value, 0.0)), vacuous=np.asarray(value <= 0))


def paper_bound(
    n: ArrayLike,
    epsilon: ArrayLike,
    sd: ArrayLike = 1.0,
    *,
    family: Family = "gaussian",
    convention: Convention = "average",
) -> Bound:
    """Return the published lower bound on the error of any test of "every group gains epsilon".

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group; 0 is allowed.
    epsilon : array_like
        Effects to tell from no gain, in the unit of the cost, positive, of any shape.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        What distribution the benefit has, see `row_information`.
    convention : {"average", "sum"}
        Error as the average of the type I and type II errors (guessing is 1/2), or as their sum
        (guessing is 1).

    Returns
    -------
    Bound
        Arrays of the shape of `epsilon`.

    Raises
    ------
    InputError
        If a size or spread is negative, an effect is not positive, or lengths differ.

    Notes
    -----
    ``P_e >= 1/2 (1 - 1/(2 sqrt d) [(1/d) sum_j V_j - 1]^(1/2))`` with
    ``V_j = (1 + chi2_j)^(n_j)``, through ``log V_j``. One large group makes it vacuous.

    A share without a unit. Assumes independent rows of the family; n = 0 and n = 1 are allowed, and
    an empty group says nothing of its benefit.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", Theorem 5.1.
    Monteiro Paes, Long, Ustun, Calmon, "On the Epistemic Limits of Personalized Prediction",
    NeurIPS 2022, for 0-1 costs.

    Examples
    --------
    >>> mimic = [8443, 1146, 3052, 696]
    >>> paper_bound(mimic, [0.002, 0.005, 0.01], family="categorical").value.round(4)
    array([0.4855, 0.4625, 0.4144])
    """
    excess, groups = _log_excess(n, epsilon, sd, family)
    return _bound((np.logaddexp.reduce(excess, axis=-1) - 2 * np.log(groups)) / 2, convention)


def weighted_bound(
    n: ArrayLike,
    epsilon: ArrayLike,
    sd: ArrayLike = 1.0,
    *,
    family: Family = "gaussian",
    convention: Convention = "average",
) -> Bound:
    """Return the lower bound on the error of any test with the weights that make it largest.

    Parameters
    ----------
    n, epsilon, sd, family, convention
        As in `paper_bound`.

    Returns
    -------
    Bound
        Arrays of the shape of `epsilon`; never less than the paper's bound.

    Raises
    ------
    InputError
        As in `paper_bound`.

    Notes
    -----
    The paper's bound lets each group be the one that fails with probability 1/d. With
    probabilities w_j instead the chi-square of the mixture is ``sum_j w_j^2 (V_j - 1)``, least at
    ``w_j ~ 1 / (V_j - 1)``: ``P_e >= 1/2 (1 - 1/2 [sum_j 1/(V_j - 1)]^(-1/2))``. Equal groups
    give the paper's bound again. Derived here.

    A share without a unit. Assumes what `paper_bound` does; with an empty group it is 1/2 (a sum
    of 1), since that group may fail unseen.

    Examples
    --------
    >>> paper_bound([100, 2000, 5000, 20000], 0.05).vacuous.item()
    True
    >>> round(weighted_bound([100, 2000, 5000, 20000], 0.05).value.item(), 3)
    0.367
    """
    excess, _ = _log_excess(n, epsilon, sd, family)
    return _bound(-np.logaddexp.reduce(-excess, axis=-1) / 2, convention)


def k_max(total: float, epsilon: float, sd: float = 1.0, *, family: Family = "gaussian") -> float:
    """Return the number of binary attributes at which the paper's bound reaches 1/4.

    Parameters
    ----------
    total : float
        Rows in all groups together.
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    sd : float
        Standard deviation of one person's benefit, in the same unit.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        What distribution the benefit has, see `row_information`.

    Returns
    -------
    float
        ``W(total log(1 + chi2)) / log 2``, W Lambert's function.

    Raises
    ------
    InputError
        If a number is not positive.

    Notes
    -----
    Equal groups, average error 1/4 (a sum of 1/2), and ``V`` in place of ``V - 1``. With more
    attributes the bound exceeds 1/4; with fewer it promises nothing.

    A number of attributes, not rounded, also for a single row. Assumes what `paper_bound` does.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", corollaries of
    Theorem 5.1.

    Examples
    --------
    >>> round(k_max(8e9, 0.01, family="categorical_v1"), 4), round(k_max(8e9, 0.01, 0.1), 4)
    (17.9706, 22.3031)
    """
    per_row = row_information(positive(epsilon, "epsilon"), positive(sd, "sd"), family=family)
    return float(lambertw(positive(total, "total") * float(per_row)).real / np.log(2))


def m_min(
    groups: int,
    epsilon: float,
    sd: float = 1.0,
    *,
    tolerated_error: float = 0.25,
    family: Family = "gaussian",
) -> float:
    """Return the group size below which the paper's bound rules every test out.

    Parameters
    ----------
    groups : int
        Number of equal groups.
    epsilon, sd, family
        As in `k_max`.
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.

    Returns
    -------
    float
        ``log(1 + 4 d (1 - 2v)^2) / log(1 + chi2)``: necessary, not sufficient.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    Rows of one group, not rounded, also where that is below 2. Assumes equal groups and what
    `paper_bound` does.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", Theorem 5.1,
    solved for the group size.

    Examples
    --------
    >>> round(m_min(4, 0.01), 2)
    16094.38
    """
    number = whole(groups, "groups", 1)
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    per_row = row_information(positive(epsilon, "epsilon"), positive(sd, "sd"), family=family)
    return float(np.log1p(4 * number * (1 - 2 * tolerated) ** 2) / per_row)
