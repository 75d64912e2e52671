"""Mergeable sums: all that intervals and tests of mean costs need from the rows.

A *unit* is what the sample drew independently: a row, or a cluster of rows such as a patient's
stays. Unit c contributes u_c = sum of w_i B_i and v_c = sum of w_i over its rows. The BoP is
sum(u) / sum(v), a mean of B_i where the weights are equal, and its linearized variance needs only
the means and centred co-moments of (u, v).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from whogains.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The sums of one cost over d groups.

    Parameters
    ----------
    rows, units, moved : ndarray of int, shape (d,)
        Rows, independent units, and units whose total BoP is not zero; of a metric, the rows that
        decide: those whose predictions differ, for an AUC as `deciding_rows` counts them.
    gains, harms : ndarray of int, shape (d,)
        Rows with a BoP above and below zero.
    ones, ones_squared, ones_cubed, zeros, zeros_squared, zeros_cubed : ndarray of float, (d,)
        In a classification, sums over units of the weight of their rows whose outcome is 1, of its
        square and of its cube, and the same for the outcome 0; else 0. They say how many units
        each outcome has (`effective_ones`, `effective_zeros`), and carries (`carrying_of_rarer`).
    weight : ndarray of float, shape (d,)
        Sum of the rows' weights; the number of rows where there are none.
    generic, personalized : ndarray of float, shape (d,)
        Weighted mean cost of each model; 0 in a group without rows.
    largest_generic, largest_personalized : ndarray of float, shape (d,)
        The largest sum of w times the cost over the rows of one unit, for a cost in units of the
        outcome; else 0. They say whether one unit is most of a cost (`telling_groups`).
    mean_u, mean_v : ndarray of float, shape (d,)
        Means over units of u (weighted sum of BoP) and v (sum of weights).
    m_uu, m_uv, m_vv : ndarray of float, shape (d,)
        Centred sums of squares and products of u and v over units.
    m_uuu, m_uuv, m_uvv, m_vvv : ndarray of float, shape (d,)
        Centred sums of triple products, for the skewness of the BoP.
    largest : ndarray of float, shape (d,)
        The largest v of a unit: the rows of the largest cluster where there are no weights; 0 in a
        group without rows, NaN where evidence of before does not say.

    Notes
    -----
    Sums over disjoint units add with ``+``, group by group, by the pairwise updates of Chan,
    Golub and LeVeque [1]_ and, for the third moments, Pébay [2]_, which lose no precision where
    the mean is large against the spread.

    References
    ----------
    .. [1] Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
       variances", Technical report STAN-CS-79-773, Stanford, 1979.
    .. [2] Pébay, "Formulas for robust, one-pass parallel computation of covariances and
       arbitrary-order statistical moments", SAND2008-6212, Sandia, 2008, equation 2.1.
    """

    rows: IntArray
    units: IntArray
    moved: IntArray
    gains: IntArray
    harms: IntArray
    ones: FloatArray
    ones_squared: FloatArray
    ones_cubed: FloatArray
    zeros: FloatArray
    zeros_squared: FloatArray
    zeros_cubed: FloatArray
    weight: FloatArray
    generic: FloatArray
    personalized: FloatArray
    largest_generic: FloatArray
    largest_personalized: FloatArray
    mean_u: FloatArray
    mean_v: FloatArray
    m_uu: FloatArray
    m_uv: FloatArray
    m_vv: FloatArray
    m_uuu: FloatArray
    m_uuv: FloatArray
    m_uvv: FloatArray
    m_vvv: FloatArray
    largest: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def effective_ones(self) -> FloatArray:
        """Effective sample size (Kish), in units, of the rows with outcome 1, shape (d,)."""
        return _ratio(self.ones**2, self.ones_squared)

    @property
    def effective_zeros(self) -> FloatArray:
        """Effective sample size (Kish), in units, of the rows with outcome 0, shape (d,)."""
        return _ratio(self.zeros**2, self.zeros_squared)

    @property
    def carrying_of_rarer(self) -> FloatArray:
        """Units that carry the variance of the rarer outcome, shape (d,); see `carrying_units`."""
        ones = _ratio(self.ones_squared**3, self.ones_cubed**2)
        return np.minimum(ones, _ratio(self.zeros_squared**3, self.zeros_cubed**2))

    def __add__(self, other: Sums) -> Sums:
        units = self.units + other.units
        weight = self.weight + other.weight
        share = _ratio(other.units, units)
        by_weight = _ratio(other.weight, weight)
        step_u = other.mean_u - self.mean_u
        step_v = other.mean_v - self.mean_v
        cross = self.units * share
        lean = cross * _ratio(self.units - other.units, units)
        mine = 1.0 - share

        def third(
            own: FloatArray, others: FloatArray, *steps: tuple[FloatArray, FloatArray, FloatArray]
        ) -> FloatArray:
            # Each step comes with the two parts' co-moment of the other two variables.
            total: FloatArray = own + others + lean * np.prod([s for s, _, _ in steps], axis=0)
            for step, own_moment, others_moment in steps:
                total = total + step * (mine * others_moment - share * own_moment)
            return total

        u_uu, u_uv, u_vv = (
            (step_u, getattr(self, m), getattr(other, m)) for m in ("m_uu", "m_uv", "m_vv")
        )
        v_uu, v_uv, v_vv = (
            (step_v, getattr(self, m), getattr(other, m)) for m in ("m_uu", "m_uv", "m_vv")
        )
        return Sums(
            rows=self.rows + other.rows,
            units=units,
            moved=self.moved + other.moved,
            gains=self.gains + other.gains,
            harms=self.harms + other.harms,
            ones=self.ones + other.ones,
            ones_squared=self.ones_squared + other.ones_squared,
            ones_cubed=self.ones_cubed + other.ones_cubed,
            zeros=self.zeros + other.zeros,
            zeros_squared=self.zeros_squared + other.zeros_squared,
            zeros_cubed=self.zeros_cubed + other.zeros_cubed,
            weight=weight,
            generic=self.generic + by_weight * (other.generic - self.generic),
            personalized=self.personalized + by_weight * (other.personalized - self.personalized),
            largest_generic=np.maximum(self.largest_generic, other.largest_generic),
            largest_personalized=np.maximum(self.largest_personalized, other.largest_personalized),
            mean_u=self.mean_u + share * step_u,
            mean_v=self.mean_v + share * step_v,
            m_uu=self.m_uu + other.m_uu + cross * step_u * step_u,
            m_uv=self.m_uv + other.m_uv + cross * step_u * step_v,
            m_vv=self.m_vv + other.m_vv + cross * step_v * step_v,
            m_uuu=third(self.m_uuu, other.m_uuu, u_uu, u_uu, u_uu),
            m_uuv=third(self.m_uuv, other.m_uuv, u_uv, u_uv, v_uu),
            m_uvv=third(self.m_uvv, other.m_uvv, u_vv, v_uv, v_uv),
            m_vvv=third(self.m_vvv, other.m_vvv, v_vv, v_vv, v_vv),
            largest=np.maximum(self.largest, other.largest),
        )

    def take(self, places: IntArray | BoolArray) -> Sums:
        """Keep the sums of some groups, by their places or as a mask."""
        return Sums(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    def total(self) -> Sums:
        """Add the groups up to one, in pairs so that rounding does not pile up; none have none."""
        sums = self
        while len(sums) > 1:
            half = len(sums) // 2
            rest = sums.take(np.arange(2 * half, len(sums)))
            sums = sums.take(np.arange(half)) + sums.take(np.arange(half, 2 * half))
            if len(rest):
                both = {
                    field.name: [getattr(each, field.name) for each in (sums, rest)]
                    for field in fields(sums)
                }
                sums = Sums(**{name: np.concatenate(each) for name, each in both.items()})
        return sums

    def placed(self, places: IntArray, size: int) -> Sums:
        """Move the groups to other places, with empty groups elsewhere.

        Parameters
        ----------
        places : ndarray of int, shape (d,)
            Where each group goes.
        size : int
            The number of groups afterwards.

        Returns
        -------
        Sums
            Sums over `size` groups.
        """

        def move(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
            moved = np.zeros(size, dtype=values.dtype)
            moved[places] = values
            return moved

        return Sums(**{field.name: move(getattr(self, field.name)) for field in fields(self)})


def sum_rows(
    generic: FloatArray,
    personalized: FloatArray,
    codes: IntArray,
    size: int,
    *,
    positive: BoolArray | None = None,
    sample_weight: FloatArray | None = None,
    cluster: IntArray | None = None,
    shares: bool = False,
) -> Sums:
    """Sum one cost of both models over the rows of each group.

    Parameters
    ----------
    generic, personalized : ndarray of float, shape (n,)
        Each row's cost under the two models.
    codes : ndarray of int, shape (n,)
        Each row's group, from 0 to size - 1.
    size : int
        The number of groups, d.
    positive : ndarray of bool, shape (n,), optional
        Where the outcome of a classification is 1.
    sample_weight : ndarray of float, shape (n,), optional
        Positive weights of the rows.
    cluster : ndarray of int, shape (n,), optional
        Each row's cluster. Rows of a cluster that lie in different groups make one unit in each.
    shares : bool
        Whether to find the largest share that one unit has of each cost.

    Returns
    -------
    Sums
        The sums of d groups.
    """
    # Rows that count once and alone: v is 1 in every unit, and its moments need no pass.
    alike = sample_weight is None and cluster is None
    bop = generic - personalized
    weight_of_row = np.ones(len(bop)) if sample_weight is None else sample_weight
    if cluster is None:
        of_unit, unit = codes, np.arange(0)
    else:
        (of_unit, _), unit = np.unique(np.stack([codes, cluster]), axis=1, return_inverse=True)
        unit = unit.reshape(-1)

    def by_unit(values: FloatArray) -> FloatArray:
        return values if cluster is None else _total(unit, values, len(of_unit))

    def moment(*factors: FloatArray) -> FloatArray:
        product = factors[0]
        # Cubes may overflow, and the skewness is then not known.
        with np.errstate(over="ignore", invalid="ignore"):
            for factor in factors[1:]:
                product = product * factor
            return _total(of_unit, product, size)

    def powers(outcome: BoolArray | None) -> tuple[FloatArray, FloatArray, FloatArray]:
        if outcome is None:
            return nothing, nothing, nothing
        if alike:
            rows = np.bincount(codes[outcome], minlength=size).astype(np.float64)
            return rows, rows, rows
        each = by_unit(np.where(outcome, weight_of_row, 0.0))
        return moment(each), moment(each, each), moment(each, each, each)

    def mean_cost(cost: FloatArray) -> FloatArray:
        weighted = cost if sample_weight is None else cost * sample_weight
        return _ratio(_total(codes, weighted, size), weight)

    nothing = np.zeros(size)
    units = np.bincount(of_unit, minlength=size)
    weight = _total(codes, weight_of_row, size)
    u = by_unit(bop if sample_weight is None else weight_of_row * bop)
    mean_u = _ratio(moment(u), units)
    off_u = u - mean_u[of_unit]
    if alike:
        mean_v = largest = _ratio(units, units)
        m_uv = m_vv = m_uuv = m_uvv = m_vvv = nothing
    else:
        v = by_unit(weight_of_row)
        mean_v = _ratio(moment(v), units)
        off_v = v - mean_v[of_unit]
        m_uv, m_vv = moment(off_u, off_v), moment(off_v, off_v)
        m_uuv, m_uvv = moment(off_u, off_u, off_v), moment(off_u, off_v, off_v)
        m_vvv = moment(off_v, off_v, off_v)
        largest = np.zeros(size)
        np.maximum.at(largest, of_unit, v)
    ones, ones_squared, ones_cubed = powers(positive)
    zeros, zeros_squared, zeros_cubed = powers(None if positive is None else ~positive)
    return Sums(
        rows=np.bincount(codes, minlength=size),
        units=units,
        moved=np.bincount(of_unit[u != 0], minlength=size),
        gains=np.bincount(codes[bop > 0], minlength=size),
        harms=np.bincount(codes[bop < 0], minlength=size),
        ones=ones,
        ones_squared=ones_squared,
        ones_cubed=ones_cubed,
        zeros=zeros,
        zeros_squared=zeros_squared,
        zeros_cubed=zeros_cubed,
        weight=weight,
        generic=mean_cost(generic),
        personalized=mean_cost(personalized),
        largest_generic=_largest(shares, of_unit, by_unit(generic * weight_of_row), size),
        largest_personalized=_largest(shares, of_unit, by_unit(personalized * weight_of_row), size),
        mean_u=mean_u,
        mean_v=mean_v,
        m_uu=moment(off_u, off_u),
        m_uv=m_uv,
        m_vv=m_vv,
        m_uuu=moment(off_u, off_u, off_u),
        m_uuv=m_uuv,
        m_uvv=m_uvv,
        m_vvv=m_vvv,
        largest=largest,
    )


def _total(codes: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum values by code."""
    return np.asarray(np.bincount(codes, values, minlength=size), dtype=np.float64)


def _largest(asked: bool, codes: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Find the largest value by code, if it is asked for."""
    found = np.zeros(size)
    if asked:
        np.maximum.at(found, codes, values)
    return found


def _ratio(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> FloatArray:
    """Divide, with 0 where the whole is 0."""
    ratio: FloatArray = np.divide(
        part, whole, out=np.zeros(len(whole), dtype=np.float64), where=whole > 0
    )
    return ratio
