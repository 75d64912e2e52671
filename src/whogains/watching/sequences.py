"""Which sequence a cost has, and what it says of sums: e-values, intervals, and how far to go."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Final

import numpy as np

from whogains import inference
from whogains.costs import Cost
from whogains.evidence import Sums
from whogains.inference import Alternative, Interval, MeanEstimate
from whogains.records import WatchMethod
from whogains.types import BoolArray, FloatArray

EXACT: Final[WatchMethod] = "betting"
BOUNDED: Final[WatchMethod] = "bounded betting"
ASYMPTOTIC: Final[WatchMethod] = "asymptotic"
# With clusters and weights, where most units do not differ, those that do decide.
MIN_MOVED_SEQUENCE = 100


@dataclass(frozen=True, slots=True)
class Sequence:
    """How one cost is followed.

    Parameters
    ----------
    cost : Cost
        The cost.
    method : {"betting", "bounded betting", "asymptotic"}
        By three counts, by two moments and a known range, or for large samples.
    clustered : bool
        Whether units are clusters.
    """

    cost: Cost
    method: WatchMethod
    clustered: bool

    def log_e(self, sums: Sums, null: float, alternative: Alternative) -> FloatArray:
        """Give log e-values; 0 where nothing can be told.

        Parameters
        ----------
        sums : Sums
            Of groups, and perhaps looks.
        null : float
            The value tested, in the unit of the cost.
        alternative : {"greater", "less"}
            Which side is shown.

        Returns
        -------
        ndarray of float
            Of the shape of the sums.
        """
        lower, upper = self.cost.bop_range
        if self.method == EXACT:
            return inference.ternary_log_e(
                sums.gains, sums.harms, sums.rows, null=null, alternative=alternative
            )
        if self.method == BOUNDED:
            return inference.bounded_log_e(
                sums.units,
                sums.mean_u,
                sums.m_uu,
                lower=lower,
                upper=upper,
                null=np.clip(null, lower, upper),
                alternative=alternative,
            )
        mean = mean_of(sums)
        logs = inference.asymptotic_log_e(
            mean.estimate, mean.se, sums.units, null=null, alternative=alternative
        )
        return np.where(self.offered(sums), logs, 0.0)

    def interval(self, sums: Sums, alpha: float) -> Interval:
        """Give confidence sequences; NaN where there is none.

        Parameters
        ----------
        sums : Sums
            Of groups, and perhaps looks.
        alpha : float
            One minus the level, over all looks.

        Returns
        -------
        Interval
            Of the shape of the sums.
        """
        lower, upper = self.cost.bop_range
        if self.method == EXACT:
            found = inference.ternary_sequence(sums.gains, sums.harms, sums.rows, alpha=alpha)
        elif self.method == BOUNDED:
            found = inference.bounded_sequence(
                sums.units, sums.mean_u, sums.m_uu, lower=lower, upper=upper, alpha=alpha
            )
        else:
            mean = mean_of(sums)
            found = inference.asymptotic_sequence(mean.estimate, mean.se, sums.units, alpha=alpha)
        told = self.offered(sums)
        lows, highs = (np.where(told, end, np.nan) for end in (found.lower, found.upper))
        return Interval(lows, highs, self.method)

    def offered(self, sums: Sums) -> BoolArray:
        """Say where there are units enough for a sequence.

        Parameters
        ----------
        sums : Sums
            Of groups, and perhaps looks.

        Returns
        -------
        ndarray of bool
            Everywhere with rows, but for the asymptotic sequence.
        """
        if self.method != ASYMPTOTIC:
            rows: BoolArray = sums.rows > 0
            return rows
        worth = np.minimum(
            inference.effective_units(sums.units, sums.mean_v, sums.m_vv),
            inference.carrying_units(sums.units, sums.mean_v, sums.m_vv, sums.m_vvv),
        )
        told = inference.sequence_offered(worth, mean_of(sums).skewness)
        told &= sums.moved >= MIN_MOVED_SEQUENCE
        if self.clustered:
            told &= sums.units >= inference.MIN_SINGLES_T
        return told


def sequence_of(cost: Cost, *, weighted: bool, clustered: bool) -> Sequence:
    """Choose how a cost is followed.

    Parameters
    ----------
    cost : Cost
        The cost.
    weighted, clustered : bool
        As of evidence.

    Returns
    -------
    Sequence
        Exact where a row's benefit has a known range and rows count alike.
    """
    simple = not (weighted or clustered)
    known = all(isfinite(end) for end in cost.bop_range)
    method = EXACT if cost.ternary else BOUNDED if known else ASYMPTOTIC
    return Sequence(cost, method if simple else ASYMPTOTIC, clustered)


def mean_of(sums: Sums) -> MeanEstimate:
    """Estimate benefits with their standard errors.

    Parameters
    ----------
    sums : Sums
        Of groups, and perhaps looks.

    Returns
    -------
    MeanEstimate
        Of the shape of the sums.
    """
    return inference.mean_from_comoments(
        sums.units,
        sums.mean_u,
        sums.mean_v,
        m_uu=sums.m_uu,
        m_uv=sums.m_uv,
        m_vv=sums.m_vv,
        third=(sums.m_uuu, sums.m_uuv, sums.m_uvv, sums.m_vvv),
    )


_GROWING = {"rows", "units", "moved", "gains", "harms", "weight"}


def grown(sums: Sums, factors: FloatArray) -> Sums:
    """Give the sums of more rows like those there are.

    Parameters
    ----------
    sums : Sums
        Of d groups.
    factors : ndarray of float, shape (k,)
        How many times as many.

    Returns
    -------
    Sums
        Of shape (k, d); what no sequence needs stays as it is.
    """
    times = np.asarray(factors)[:, None]
    return replace(
        sums,
        **{
            field.name: getattr(sums, field.name) * times
            for field in fields(Sums)
            if field.name in _GROWING or field.name.startswith("m_")
        },
    )


def finite(value: float) -> float | None:
    """Give a number, and None for what is none."""
    return float(value) if np.isfinite(value) else None


def finite_ends(ends: tuple[float, float]) -> tuple[float | None, float | None]:
    """Give the two ends of an interval, None for one that is open."""
    return finite(ends[0]), finite(ends[1])
