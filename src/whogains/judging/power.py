"""Which effects the verdicts of an audit are reached with, and with how many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whogains import inference, limits
from whogains.inference import each_of
from whogains.judging.estimates import BY_T, NONE, Estimates
from whogains.judging.settings import Correction
from whogains.types import BoolArray, FloatArray, TextArray


@dataclass(frozen=True, slots=True, eq=False)
class FirstStep:
    """The level at which each group's test of gain is told at the first step of Holm.

    Parameters
    ----------
    now : ndarray of float, shape (d,)
        With the groups that are tested now.
    all_tested : ndarray of float, shape (d,)
        With every group that has rows, as when each has those that its test takes.

    Notes
    -----
    alpha over the number of groups in the family, for a test by t also over the penalty for its
    tails: the level that a group must reach while no other group's gain has been shown. It is
    Bonferroni's, the least that Holm asks: where other groups gain too, a group is told with more
    power than is said for it.
    """

    now: FloatArray
    all_tested: FloatArray


def first_step(tests: TextArray, alpha: float) -> FloatArray:
    """Return the level of each test at the first step of Holm.

    Parameters
    ----------
    tests : ndarray of str, shape (d,)
        How each group of the family is tested; "none" where it is not.
    alpha : float
        Level of the family.

    Returns
    -------
    ndarray of float, shape (d,)
        A group that is not tested has the level that a test by t would have.

    Examples
    --------
    >>> first_step(np.array(["sign", "sign"]), 0.05), first_step(np.array(["t"] * 4), 0.06).round(4)
    (array([0.025, 0.025]), array([0.0125, 0.0125, 0.0125, 0.0125]))
    """
    tested = max(1, int(np.count_nonzero(tests != NONE)))
    penalty = inference.tail_penalty(int(np.count_nonzero(np.isin(tests, BY_T))))
    exempt = np.isin(tests, ("sign", "bootstrap"))
    # An end of the interval must exclude 0 too, and has the level alpha / 2.
    return np.minimum(np.where(exempt, alpha, alpha / penalty) / tested, alpha / 2)


def first_steps(
    costs: Sequence[Estimates], alpha: float, correction: Correction
) -> list[FirstStep]:
    """Return the first step of every cost, over its own groups or those of all costs.

    Parameters
    ----------
    costs : sequence of Estimates
        The groups of each cost.
    alpha : float
        Level of a family.
    correction : {"within_cost", "all_costs"}
        What a family is.

    Returns
    -------
    list of FirstStep
        One for each cost.
    """
    if correction == "within_cost":
        return [
            FirstStep(first_step(one.tests, alpha), first_step(_when_tested(one), alpha))
            for one in costs
        ]
    if not costs:
        return []
    ends = np.cumsum([len(one) for one in costs])[:-1]
    now, then = (
        np.split(first_step(np.concatenate(tests), alpha), ends)
        for tests in ([one.tests for one in costs], [_when_tested(one) for one in costs])
    )
    return [FirstStep(*each) for each in zip(now, then, strict=True)]


def _when_tested(one: Estimates) -> TextArray:
    """Say how the groups are tested that have no test yet, or a wide one, once rows suffice."""
    test = "sign" if one.counts else "t"
    kept = np.isin(one.tests, ("sign", "bootstrap") if one.counts else (*BY_T, "bootstrap"))
    return np.where(one.sums.rows == 0, NONE, np.where(kept, one.tests, test))


@dataclass(frozen=True, slots=True, eq=False)
class GainTests:
    """The tests of gain of d groups, as far as their power goes.

    Parameters
    ----------
    rows : ndarray of float, shape (d,)
        Rows of each group.
    sd : ndarray of float, shape (d,)
        Standard deviation that a row counts with; not used for a 0-1 cost.
    disagreement : ndarray of float, shape (d,), or None
        For a 0-1 cost, the share of rows on which the models differ.
    design : ndarray of float, shape (d,)
        For a 0-1 cost, by how much clusters or weights widen the variance.
    rows_per_unit : ndarray of float, shape (d,)
        Rows of each independent unit.
    skewness : ndarray of float, shape (d,)
        That of the units, NaN where it is not known. Of a 0-1 cost it is left out.
    exact : bool
        Whether the test is the exact one of discordant rows, not t.
    """

    rows: FloatArray
    sd: FloatArray
    disagreement: FloatArray | None
    design: FloatArray
    rows_per_unit: FloatArray
    skewness: FloatArray
    exact: bool

    def of(self, groups: BoolArray) -> GainTests:
        """Keep the groups that a mask marks."""
        return GainTests(
            self.rows[groups],
            self.sd[groups],
            None if self.disagreement is None else self.disagreement[groups],
            self.design[groups],
            self.rows_per_unit[groups],
            self.skewness[groups],
            self.exact,
        )

    def detectable(self, level: FloatArray, power: float) -> FloatArray:
        """Return the effect that each group's test shows, infinite where it shows none.

        Parameters
        ----------
        level : ndarray of float, shape (d,)
            Level of each test.
        power : float
            The chance of showing it.

        Returns
        -------
        ndarray of float, shape (d,)
            In the unit of the cost.
        """
        if self.disagreement is None:
            return inference.t_detectable(
                self._se(self.sd), self._df, level=level, power=power, skewness=self.skewness
            )
        if self.exact:
            return inference.sign_detectable(
                self.rows, self.disagreement, level=float(level.min()), power=power
            )
        signal = inference.t_detectable(1.0, self._df, level=level, power=power)
        n = self.rows / self.design
        found = limits.ternary_effect(n, signal, self.disagreement)
        return np.where(n > 0, found, np.inf)

    def required(self, effect: float, level: FloatArray, power: float) -> FloatArray:
        """Return the rows with which each group's test shows an effect.

        Parameters
        ----------
        effect : float
            The effect, in the unit of the cost.
        level, power
            As for `detectable`.

        Returns
        -------
        ndarray of float, shape (d,)
            Whole numbers.
        """
        if self.disagreement is None:
            sd, skewness = self.sd, self.skewness
        elif self.exact:
            return inference.sign_required(
                effect, self.disagreement, level=float(level.min()), power=power
            )
        else:
            sd = limits.ternary_sd(self.disagreement, effect) * np.sqrt(self.design)
            skewness = np.zeros(len(self.rows))
        return inference.t_required(
            effect,
            sd,
            level=level,
            power=power,
            skewness=skewness,
            rows_per_unit=self.rows_per_unit,
        )

    def every_group(self, alpha: float, power: float) -> float:
        """Return the effect in every group with which all of them are shown to gain.

        Parameters
        ----------
        alpha : float
            Level of each group's test: no correction is needed.
        power : float
            The chance that every test rejects.

        Returns
        -------
        float
            In the unit of the cost; infinite where some group's test shows none.
        """
        d = len(self.rows)
        level = np.full(d, alpha)

        def power_of(effect: float) -> FloatArray:
            if self.disagreement is None:
                se, skewness = self._se(self.sd), self.skewness
            elif self.exact:
                return inference.sign_power(self.rows, self.disagreement, effect, level=alpha)
            else:
                sd = limits.ternary_sd(self.disagreement, min(effect, 1.0))
                se, skewness = self._se(sd * np.sqrt(self.design)), np.zeros(d)
            return inference.t_power(effect, se, self._df, level=alpha, skewness=skewness)

        found = inference.every_group_effect(
            power_of,
            power=power,
            low=float(self.detectable(level, power).max()),
            high=float(self.detectable(level, each_of(d, power)).max()),
        )
        return found if self.disagreement is None or found <= 1 else float("inf")

    @property
    def _df(self) -> FloatArray:
        return self.rows / self.rows_per_unit - 1

    def _se(self, sd: FloatArray) -> FloatArray:
        error = np.full(len(self.rows), np.inf)
        np.divide(sd, np.sqrt(self.rows), out=error, where=self.rows > 0)
        return error
