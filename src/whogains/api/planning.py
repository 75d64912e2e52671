"""What an audit with groups of given sizes could tell, before there are any data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains import judging
from whogains.results import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from whogains.types import Convention, Family


def plan(
    n: ArrayLike,
    sd: ArrayLike | None = None,
    *,
    epsilon: float | None = None,
    disagreement: ArrayLike | None = None,
    design_effect: ArrayLike = 1.0,
    groups: Sequence[str] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    tolerated_error: float | None = None,
    convention: Convention = "average",
    family: Family | None = None,
    shares: ArrayLike | None = None,
) -> Plan:
    """Work out what an audit with these groups can tell, without any data.

    Parameters
    ----------
    n : array_like of int, shape (d,)
        People in each group, positive whole numbers.
    sd : array_like of shape (d,), or one number, optional
        Standard deviation of one person's benefit in each group, in the unit of the cost; default
        1, so that effects are in standard deviations.
    epsilon : float, optional
        Smallest effect that matters, in the same unit. Without it only what needs none is
        answered.
    disagreement : array_like of shape (d,), or one number, optional
        For a 0-1 cost, in place of `sd`: the share of people on whom the two models differ, in
        (0, 1]. The spread is then `ternary_sd` at epsilon, for the whole curve.
    design_effect : array_like of shape (d,), or one number
        Variance of a group's mean benefit over that of as many independent people with equal
        weights, at least 1: with clusters of m rows that correlate to rho, 1 + (m - 1) rho; with
        weights w, n sum(w^2) / sum(w)^2; with both, their product (Kish).
    groups : sequence of str of length d, optional
        Labels; default "group 1" and so on.
    alpha, power : float
        Level of the verdicts, after Holm's correction over these groups, and the chance of
        reaching one, for the effects and people that are said to be enough for it.
    tolerated_error : float, optional
        Error of the best test that is still accepted, in the units of `convention`; default half
        of guessing: 1/4 ("average") or 1/2 ("sum").
    convention : {"average", "sum"}
        Errors as the average of the type I and type II errors, or as their sum.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}, optional
        For the chi-square bounds only; default "categorical" with a disagreement, as an audit of
        a 0-1 cost has it, else "gaussian".
    shares : array_like of shape (d,), optional
        Shares of the groups in a larger sample; default as in `n`.

    Returns
    -------
    Plan
        Limits, what they say about other sizes, a curve, and sentences.

    Raises
    ------
    InputError
        If a size is not a positive whole number, a spread, share or epsilon not positive and
        finite, lengths differ, a setting is out of range, or both `sd` and `disagreement` are
        given.

    Notes
    -----
    Nothing is random: the same input gives the same plan. Assumes normal means, independent
    between groups, with known spreads, so a group of few people is judged too kindly when its
    spread has to be estimated. What a verdict takes (`detectable`, `required`) is that of the
    tests of an audit of one cost: t, or with a disagreement and no design effect the exact sign
    test. Of several costs corrected together, give alpha over the number of costs.

    References
    ----------
    Kish, L. (1965). Survey Sampling, sections 5.4 and 11.7 (design effect).

    Examples
    --------
    >>> import whogains as wg
    >>> plan = wg.plan([4111, 1662, 5465, 2099], [0.7825, 0.8775, 0.7403, 0.8238], epsilon=0.02)
    >>> plan.limits.verdict, round(plan.limits.below, 3), round(plan.limits.above, 3)
    ('untestable', 0.357, 0.414)
    """
    return Plan.of(
        judging.make_plan(
            n,
            sd,
            epsilon=epsilon,
            disagreement=disagreement,
            design_effect=design_effect,
            groups=groups,
            alpha=alpha,
            power=power,
            tolerated_error=tolerated_error,
            convention=convention,
            family=family,
            shares=shares,
        )
    )
