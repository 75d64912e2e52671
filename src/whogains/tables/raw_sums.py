"""From the result of a query of sums to the sums that evidence holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from whogains.evidence import Sums
from whogains.tables.sums import LARGEST_RATIO, POWERS
from whogains.tables.terms import Term
from whogains.types import BoolArray, FloatArray


class Raw:
    """The result of a `SumQuery`: columns of numbers, one entry per key."""

    def __init__(
        self,
        columns: dict[str, FloatArray],
        first: Raw | None = None,
        of: BoolArray | None = None,
    ) -> None:
        self.columns = columns
        self.first = first
        self.of = of

    def __getitem__(self, name: str) -> FloatArray:
        return self.columns[name]

    def shift(self, name: str) -> FloatArray | float:
        """Find what was taken off a variable before it was summed."""
        if self.first is None:
            return 0.0
        return _over(self.first[name], self.first["units"])

    def lost(self, terms: Sequence[Term], *, pairs: bool) -> BoolArray:
        """Tell of which keys a mean is so large against its spread that digits are lost."""
        n = self["units"]
        powers = [
            (self[f"u{i}"], self[f"uu{i}"]) for i, term in enumerate(terms) if not term.counted
        ]
        powers += [(self["v1"], self["v2"])] if pairs else []
        found = np.zeros(len(n), dtype=np.bool_)
        for first, second in powers:
            square = _over(first**2, n)
            with np.errstate(invalid="ignore"):
                found |= square > LARGEST_RATIO**2 * np.maximum(second - square, 0.0)
        return found

    def sums(self, i: int, term: Term, *, pairs: bool) -> Sums:
        """Build the sums of the i-th cost.

        Parameters
        ----------
        i : int
            The place of the cost among the terms.
        term : Term
            The cost.
        pairs : bool
            Whether units have weights of their own: weights or clusters.

        Returns
        -------
        Sums
            One entry per key; of keys that lost digits about their own mean, where that was summed,
            and of the others as at first: what another key holds is in no digit of theirs.
        """
        if self.first is None or self.of is None:
            return self._sums(i, term, pairs=pairs)
        own, first = self._sums(i, term, pairs=pairs), self.first.sums(i, term, pairs=pairs)
        return Sums(
            **{
                field.name: np.where(self.of, getattr(own, field.name), getattr(first, field.name))
                for field in fields(Sums)
            }
        )

    def _sums(self, i: int, term: Term, *, pairs: bool) -> Sums:
        units = self["units"]
        rows, nothing = self["n"], np.zeros(len(units))
        gains, harms = self[f"gains{i}"], self[f"harms{i}"]
        whole: dict[str, FloatArray] = {
            "rows": rows,
            "units": units,
            "gains": gains,
            "harms": harms,
        }
        whole["moved"] = self.columns.get(f"moved{i}", gains + harms)
        weighed = pairs and (term.weighted or f"moved{i}" in self.columns)
        weight = self["v"] if weighed else rows
        moments = _counted(gains, harms, rows) if term.counted else self._moments(i, pairs=weighed)
        generic = _over(self[f"c{i}"], weight)
        bop = _over(moments["mean_u"] * units, weight)
        fields: dict[str, Any] = {
            **{name: np.asarray(values, dtype=np.int64) for name, values in whole.items()},
            **moments,
            **self._classes(),
        }
        return Sums(
            weight=np.asarray(weight, dtype=np.float64),
            generic=generic,
            personalized=generic - bop,
            largest_generic=self.columns.get(f"most_c{i}", nothing),
            largest_personalized=self.columns.get(f"most_d{i}", nothing),
            mean_v=_over(self["v"], units) if weighed else np.where(units > 0, 1.0, nothing),
            largest=self["largest"] if weighed else np.where(units > 0, 1.0, nothing),
            **fields,
        )

    def _classes(self) -> dict[str, FloatArray]:
        """Give the weight of each class and how unevenly units share it."""
        if "t2" in self.columns:
            names = (f"{which}{power}" for which in ("ones", "zeros") for power in POWERS)
            return dict.fromkeys(names, np.zeros(len(self["n"])))
        ones = self["t1"]
        # Rows that count alike are of one class or of the other.
        zeros = self.columns.get("t0", self["n"] - ones)
        return {
            "ones": ones,
            "zeros": zeros,
            "ones_squared": self.columns.get("t11", ones),
            "zeros_squared": self.columns.get("t00", zeros),
            "ones_cubed": self.columns.get("t111", ones),
            "zeros_cubed": self.columns.get("t000", zeros),
        }

    def _moments(self, i: int, *, pairs: bool) -> dict[str, FloatArray]:
        """Centre the power sums, of u alone or of u and v."""
        n = self["units"]
        a, b = _over(self[f"u{i}"], n), _over(self["v1"], n) if pairs else np.zeros(len(n))
        uu, uuu = self[f"uu{i}"], self[f"uuu{i}"]
        found = {
            "mean_u": self.shift(f"u{i}") + a,
            "m_uu": np.maximum(uu - n * a * a, 0.0),
            "m_uuu": uuu - 3 * a * uu + 2 * n * a**3,
        }
        nothing = np.zeros(len(n))
        if not pairs:
            return found | dict.fromkeys(("m_uv", "m_vv", "m_uuv", "m_uvv", "m_vvv"), nothing)
        uv, vv, vvv = self[f"uv{i}"], self["v2"], self["v3"]
        return found | {
            "m_uv": uv - n * a * b,
            "m_vv": np.maximum(vv - n * b * b, 0.0),
            "m_uuv": self[f"uuv{i}"] - 2 * a * uv - b * uu + 2 * n * a * a * b,
            "m_uvv": self[f"uvv{i}"] - 2 * b * uv - a * vv + 2 * n * a * b * b,
            "m_vvv": vvv - 3 * b * vv + 2 * n * b**3,
        }


def _counted(gains: FloatArray, harms: FloatArray, n: FloatArray) -> dict[str, FloatArray]:
    """Centre the sums of rows that count -1, 0 or 1, exactly: in whole numbers until the end."""
    up, down, rows = (np.array([int(x) for x in each], dtype=object) for each in (gains, harms, n))
    total, moved = up - down, up + down
    square, cube = (
        rows * moved - total**2,
        rows**2 * total - 3 * rows * total * moved + 2 * total**3,
    )
    some = np.maximum(n, 1.0)
    nothing = np.zeros(len(n))
    return {
        "mean_u": _over(total.astype(np.float64), n),
        "m_uu": square.astype(np.float64) / some,
        "m_uuu": cube.astype(np.float64) / some**2,
    } | dict.fromkeys(("m_uv", "m_vv", "m_uuv", "m_uvv", "m_vvv"), nothing)


def _over(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Divide, with 0 where the whole is 0."""
    found: FloatArray = np.divide(
        part, whole, out=np.zeros(len(whole), dtype=np.float64), where=whole > 0
    )
    return found
