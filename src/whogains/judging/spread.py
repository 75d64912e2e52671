"""How far one row's benefit spreads in each group, and what tests of gain make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whogains import inference, limits
from whogains.judging.estimates import LEAST_MOVED, PROCEDURE, Estimates
from whogains.judging.power import GainTests
from whogains.types import Family, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Sizes and spreads of d groups, for a 0-1 cost or for any other.

    `n` counts rows, worth `n` independent ones after division by `design`.
    """

    rows: FloatArray
    sd: FloatArray
    disagreement: FloatArray | None
    design: FloatArray

    @classmethod
    def of(cls, groups: Estimates, population: Estimates) -> Spread | None:
        """Estimate it, with everybody's where a group has none; None where nobody has one."""
        n = groups.sums.rows.astype(np.float64)
        if groups.ternary:
            everybody = population.sums
            shared = (everybody.gains + everybody.harms) / np.maximum(everybody.rows, 1)
            differ = groups.sums.gains + groups.sums.harms
            known = (n >= 2) & (differ > 0)
            share = np.where(known, differ / np.maximum(n, 1), (differ + shared) / (n + 1))
            design = np.ones(len(n)) if groups.counts else _design_effects(groups, population)
            return cls(n, np.ones(len(n)), share, design)
        own = groups.mean.se * np.sqrt(n)
        shared = population.mean.se[0] * np.sqrt(population.sums.rows[0])
        if not shared > 0:
            return None
        return cls(n, np.where(own > 0, own, shared), None, np.ones(len(n)))

    @property
    def n(self) -> FloatArray:
        """Independent rows that the rows are worth, shape (d,)."""
        return self.rows / self.design

    @property
    def family(self) -> Family:
        """The family of distributions of one row's benefit."""
        return "gaussian" if self.disagreement is None else "categorical"

    @property
    def largest(self) -> float:
        """The largest effect that there can be."""
        return np.inf if self.disagreement is None else 1.0

    def signals(self, epsilon: FloatArray) -> FloatArray:
        """Give effects in standard errors of each group, shape (g, d) for g effects."""
        if self.disagreement is None:
            return limits.signals(self.n, epsilon, self.sd)
        return limits.ternary_signals(self.n, epsilon, self.disagreement)

    def effects(self, signal: float) -> FloatArray:
        """Give the effect of so many standard errors in each group, shape (d,)."""
        if self.disagreement is None:
            se = np.full(len(self.n), np.inf)
            np.divide(self.sd, np.sqrt(self.n), out=se, where=self.n > 0)
            return signal * se
        found = limits.ternary_effect(self.n, signal, self.disagreement)
        return np.where(self.n > 0, found, np.inf)


def gain_tests(spread: Spread, groups: Estimates, population: Estimates) -> GainTests:
    """Say how gains are tested for, with everybody's shape where a group has none of its own."""

    def units(each: Estimates) -> FloatArray:
        if each.design is not None:
            # As many units as degrees of freedom say: more rows are more PSUs of that size.
            df = np.nan_to_num(each.design.df, nan=0.0)
            return np.asarray(each.sums.rows / (np.maximum(df, 1) + 1))
        return each.sums.rows / np.maximum(each.sums.units, 1)

    own = groups.mean.se > 0
    other = ("bootstrap", "sign", PROCEDURE)
    skewness = np.where(own, groups.mean.skewness, population.mean.skewness)
    return GainTests(
        rows=spread.rows,
        sd=spread.sd,
        disagreement=spread.disagreement,
        design=spread.design,
        rows_per_unit=np.where(groups.sums.units > 0, units(groups), units(population)),
        # Other tests do not move their ends by the skewness as t does.
        skewness=np.where(np.isin(groups.tests, other), np.nan, skewness),
        exact=groups.counts,
    )


def _design_effects(groups: Estimates, population: Estimates) -> FloatArray:
    """Find how much clusters or weights widen the variance of a 0-1 cost, in each group."""

    def own(each: Estimates) -> FloatArray:
        s = each.sums
        n = np.maximum(s.rows, 1)
        differ, mean = (s.gains + s.harms) / n, (s.gains - s.harms) / n
        simple = (differ - mean**2) / n
        effect = np.full(len(n), np.nan)
        # Few rows that differ do not show how these cluster.
        known = (s.moved >= LEAST_MOVED) & (simple > 0)
        np.divide(each.mean.se**2, simple, out=effect, where=known)
        return effect

    def size(each: Estimates) -> FloatArray:
        """Rows that the mean row shares its unit with, itself included (weights count)."""
        s = each.sums
        return s.rows / np.maximum(inference.effective_units(s.units, s.mean_v, s.m_vv), 1)

    # Groups whose own effect is not known share the correlation inside units, not the effect:
    # one of singletons has none, however large the others' clusters are.
    everybody, people = float(own(population)[0]), float(size(population)[0])
    correlation = (everybody - 1) / (people - 1) if people > 1 + 1e-9 else 0.0
    shared = np.maximum(1 + (size(groups) - 1) * correlation, 1.0) if correlation > 0 else 1.0
    found = own(groups)
    return np.where(np.isfinite(found) & (found > 0), found, shared)
