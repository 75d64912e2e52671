"""What the sizes and spreads of an audit can tell, as findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtri

from whogains import inference, limits
from whogains.inference import each_of
from whogains.judging.estimates import NONE, Estimates
from whogains.judging.power import FirstStep
from whogains.judging.settings import Settings
from whogains.judging.spread import Spread, gain_tests
from whogains.records import LimitsCurve, LimitsFinding, Number
from whogains.types import BoolArray, Convention, Family, FloatArray

CURVE_POINTS = 41
CURVE_POINTS_MANY_GROUPS = 13
MANY_GROUPS = 64

# Doublings and halvings of the rows among which a bound is sought: beyond all data.
DOUBLINGS = 40.0
# About how many stakes betting averages over, for hundreds of units.
STAKES = 4


@dataclass(frozen=True, slots=True, eq=False)
class GroupLimits:
    """What each group can tell.

    Parameters
    ----------
    detectable : ndarray of float, shape (d,)
        The effect with which the group's verdict is "gain" with the power in the settings, whatever
        the other groups' benefits; NaN where there is none, or no method whose power is known:
        betting finds less than the others.
    required : ndarray of float, shape (d,)
        Rows with which it is so for epsilon, and a method can be trusted, or fewer where a bound
        lies within epsilon before, if models go on to agree; not finite where nothing says.
    required_every_group : ndarray of float, shape (d,)
        Rows of each group with which epsilon in every group makes the verdict "every group gains"
        with that power, and a method can be trusted; not finite where nothing says.
    untestable : ndarray of bool, shape (d,)
        Where no test of that group alone tells epsilon from nothing.
    """

    detectable: FloatArray
    required: FloatArray
    required_every_group: FloatArray
    untestable: BoolArray


def limits_finding(
    groups: Estimates, population: Estimates, epsilon: float, settings: Settings, step: FirstStep
) -> tuple[LimitsFinding, GroupLimits]:
    """Bound the error of any test of one cost, at epsilon and over a grid of effects.

    Parameters
    ----------
    groups, population : Estimates
        The groups, and everybody as one group.
    epsilon : float
        The smallest effect that matters, in the cost's unit.
    settings : Settings
        Levels, convention, tolerated error.
    step : FirstStep
        The levels at which gains of these groups are told.

    Returns
    -------
    limits : LimitsFinding
        Of the test that every group gains.
    alone : GroupLimits
        Of each group.

    Notes
    -----
    Spreads are estimated: from the share of rows on which the models disagree for a 0-1 cost,
    else from the standard errors, so that clusters and weights count. A group without a spread
    of its own (fewer than two rows, or no difference at all) is given everybody's; for a 0-1 cost
    one row's worth of it, since many rows without a difference do say that few differ.

    With clusters or weights a 0-1 cost has the spread of independent rows, and sizes divided by
    the design effect [1]_: the squared standard error over that of as many independent rows. A
    group with too few rows that differ is given 1 + (m - 1) rho, with m its mean size of a unit
    as a row sees it, and rho everybody's.

    Power is that of the verdicts that are printed. "Gain" is told after Holm's correction and the
    penalty for the tails of t: at the first step's level, the least that Holm asks of a group
    (`FirstStep`). "Every group gains" takes each group's test at level alpha, and of d groups each
    needs the d-th root of the power.

    References
    ----------
    .. [1] Kish, L. (1965). Survey Sampling, section 8.2.
    """
    # Where labels vary in no group, what is not seen to differ says nothing about sizes.
    silent = bool(groups.one_label[groups.sums.rows > 0].all())
    spread = None if silent else Spread.of(groups, population)
    bound = groups.as_largest | (groups.methods == "betting")
    if spread is None:
        nothing = np.full(len(groups), np.nan)
        empty = LimitsFinding(epsilon, None, None, None, None, None, None)
        # Without any spread to go by nobody can say that no test could.
        within = np.where(bound, _rows_of_bound(groups, epsilon, settings.alpha), np.nan)
        return empty, GroupLimits(nothing, within, nothing, np.zeros(len(groups), dtype=np.bool_))
    tolerated = settings.tolerated / _unit(settings.convention)
    alpha, power, d = settings.alpha, settings.power, len(groups)
    here = np.asarray(groups.sums.rows > 0)
    told = spread.effects(float(ndtri(power) - ndtri(alpha)))
    grid = grid_of_effects(epsilon, float(np.max(told[np.isfinite(told)])), spread)

    def curve(effects: FloatArray) -> LimitsCurve:
        return limits_curve(
            spread.signals(effects),
            n=spread.n,
            sd=spread.sd,
            epsilon=effects,
            family=spread.family,
            convention=settings.convention,
            tolerated=tolerated,
            here=here,
        )

    # A bound takes clusters for as dependent as can be, whatever they are.
    design = np.where(groups.as_largest, groups.largest, spread.design)
    tests = gain_tests(replace(spread, design=design), groups, population)
    powered = ~np.isin(groups.methods, (NONE, "betting"))
    detectable = np.where(powered, tests.detectable(step.now, power), np.nan)
    required, for_every = (
        np.where(
            # Who asks for betting gets no other method, however many rows there are.
            (groups.methods == "betting") & (settings.method == "betting"),
            np.nan,
            np.maximum(tests.required(epsilon, level, each), np.ceil(groups.least_rows)),
        )
        for level, each in (
            (step.all_tested, power),
            (np.full(d, alpha / 2), each_of(int(here.sum()), power)),
        )
    )
    # With those rows t takes the place of a bound, and looks at how clusters are.
    within = np.where(bound, _rows_of_bound(groups, epsilon, alpha), np.inf)
    required = np.where(bound, np.minimum(required, within), required)
    finding = replace(
        limits_at(curve(np.array([epsilon])), epsilon, curve=curve(grid)),
        **every_group(
            tests.of(here).every_group(alpha / 2, power) if powered[here].all() else np.nan,
            for_every[here],
        ),
    )
    untestable = limits.error_alone(spread.signals(np.array(epsilon))) > tolerated
    return finding, GroupLimits(detectable, required, for_every, untestable)


def every_group(detectable: float, required: FloatArray) -> dict[str, Any]:
    """Give what "every group gains" takes, as a `LimitsFinding` holds it.

    Parameters
    ----------
    detectable : float
        The effect in every group; not finite where there is none.
    required : ndarray of float, shape (d,)
        Rows that each group needs; not finite where nothing says.

    Returns
    -------
    dict
        The keywords of `LimitsFinding`.
    """
    return {
        "detectable": number(detectable),
        "detectable_every_group": number(detectable),
        "required_every_group": whole(float(required.sum())),
    }


def limits_curve(
    signals: FloatArray,
    *,
    n: FloatArray,
    sd: FloatArray,
    epsilon: FloatArray,
    family: Family,
    convention: Convention,
    tolerated: float,
    here: BoolArray | None = None,
) -> LimitsCurve:
    """Bound the error of any test that every group gains, over a grid of effects.

    Parameters
    ----------
    signals : ndarray of float, shape (g, d)
        Each group's effect in standard errors, at each effect of the grid.
    n, sd : ndarray of float, shape (d,)
        Independent rows and the spread of one row's benefit, for the chi-square bounds.
    epsilon : ndarray of float, shape (g,)
        The effects, ascending, in the unit of the cost.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        For the chi-square bounds.
    convention : {"average", "sum"}
        Whether an error is half the sum of both error rates, or the sum.
    tolerated : float
        The average error up to which a test is good enough.
    here : ndarray of bool, shape (d,), optional
        Which groups have rows; all by default. One that is not shown, or cannot occur, has no part
        in what can be told of every group.

    Returns
    -------
    LimitsCurve
        The bounds in that convention, and what they make of the question.
    """
    here = np.ones(len(n), dtype=np.bool_) if here is None else here
    ends, unit = limits.bracket(signals[:, here]), _unit(convention)
    paper, weighted = (
        bound(n[here], epsilon, sd[here], family=family, convention=convention)
        for bound in (limits.paper_bound, limits.weighted_bound)
    )
    return LimitsCurve(
        epsilon=tuple(epsilon.tolist()),
        paper=tuple(paper.value.tolist()),
        weighted=tuple(weighted.value.tolist()),
        below=tuple((unit * ends.below).tolist()),
        above=tuple((unit * ends.above).tolist()),
        verdict=tuple(
            limits.verdict(limits.Bracket(below, above), tolerated)
            for below, above in zip(ends.below, ends.above, strict=True)
        ),
        untestable_alone=tuple((limits.error_alone(signals) > tolerated).sum(axis=0).tolist()),
    )


def limits_at(
    at: LimitsCurve, epsilon: float, *, curve: LimitsCurve | None = None
) -> LimitsFinding:
    """Say what a curve of a single effect says, as the limits at that effect."""
    return LimitsFinding(
        epsilon=epsilon,
        paper=at.paper[0],
        weighted=at.weighted[0],
        below=at.below[0],
        above=at.above[0],
        detectable=None,
        verdict=None if at.verdict is None else at.verdict[0],
        curve=curve,
    )


def _unit(convention: Convention) -> float:
    """Say how much the average of two error rates counts."""
    return 2.0 if convention == "sum" else 1.0


def number(value: float) -> Number:
    """Give a number as JSON has it: None where it is not finite."""
    return float(value) if np.isfinite(value) else None


def whole(value: float) -> int | None:
    """Give a number of rows as JSON has it: None where it is not finite."""
    return int(value) if np.isfinite(value) else None


def _rows_of_bound(groups: Estimates, epsilon: float, alpha: float) -> FloatArray:
    """Find from how many rows on a bound lies within epsilon, if models go on to agree so.

    By the score test of rows that differ by all they can, which is what a bound must allow for;
    infinite where the benefit is not below epsilon.
    """
    # Betting averages over some stakes, of which one wins where hardly any row differs.
    level = np.where(groups.methods == "betting", alpha / STAKES, alpha)
    s, most = groups.sums, max(abs(each) for each in groups.bounds)
    margin = epsilon / most if np.isfinite(most) else 1.0
    filled = np.maximum(s.rows, 1)
    hopeless = (margin >= 1) | (np.abs(s.gains - s.harms) >= margin * filled) | (s.rows == 0)
    if hopeless.all():
        return np.full(len(groups), np.inf)

    def above(power: FloatArray) -> BoolArray:
        unit = np.where(groups.largest >= 1, groups.largest, 1.0) / 2.0**power
        counts = (s.gains, s.harms, s.rows)
        return (
            np.maximum(
                inference.score_test(*counts, null=-margin, alternative="greater", largest=unit),
                inference.score_test(*counts, null=margin, alternative="less", largest=unit),
            )
            > level
        )

    low, high = np.full(len(groups), -DOUBLINGS), np.full(len(groups), DOUBLINGS)
    for _ in range(50):
        middle = (low + high) / 2
        more = above(middle)
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(hopeless, np.inf, np.ceil(s.rows * 2.0**high))


def grid_of_effects(epsilon: float, detectable: float, spread: Spread) -> FloatArray:
    """Effects from where all is guessing to where few err, with epsilon among them."""
    points = CURVE_POINTS if len(spread.n) <= MANY_GROUPS else CURVE_POINTS_MANY_GROUPS
    low = min(epsilon, detectable) / 8
    high = min(max(epsilon, detectable) * 2.5, spread.largest)
    return np.unique(np.append(np.geomspace(low, high, points), epsilon))
