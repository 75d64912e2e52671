"""How a sample was drawn, as users say it: strata and primary sampling units, or replicates."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any, Literal, TypedDict

import numpy as np
import pandas as pd

from whogains.costs import LARGEST
from whogains.errors import InputError
from whogains.frames.arguments import shown
from whogains.frames.checks import check_rows, cluster_codes
from whogains.frames.from_any_frame import name_of, to_pandas, to_vector
from whogains.frames.target import Target
from whogains.types import FloatArray, IntArray

SinglePsu = Literal["error", "centred"]
ReplicateMethod = Literal["brr", "bootstrap", "jackknife"]
SINGLE_PSU: tuple[SinglePsu, ...] = ("error", "centred")
REPLICATE_METHODS: tuple[ReplicateMethod, ...] = ("brr", "bootstrap", "jackknife")


class SurveyOptions(TypedDict, total=False):
    """The keywords of `Survey`."""

    strata: Any
    psu: Any
    single_psu: SinglePsu
    replicate_weights: Any
    replicate_method: ReplicateMethod | None
    replicate_scale: Any
    fay: float


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """How a sample was drawn.

    Parameters
    ----------
    strata : array-like, shape (n,), optional
        The stratum of each row; of files the column.
    psu : array-like, shape (n,), optional
        The primary sampling unit of each row, numbered anew in every stratum or not; by default
        each row is one. Of files the column.
    single_psu : {"error", "centred"}
        What to do about strata with one PSU: refuse them, or centre them at the mean of all PSUs.
    replicate_weights : frame or array, shape (n, R), optional
        Weights of the rows in each of R replicates, in place of strata and PSUs. Of files the
        columns.
    replicate_method : {"brr", "bootstrap", "jackknife"}, optional
        How they were made: balanced repeated replication, the bootstrap, or a jackknife that leaves
        one of R units out.
    replicate_scale : float or sequence of R float, optional
        What the squared deviation of each replicate counts, where the method does not say, as for
        a jackknife in strata.
    fay : float
        Fay's rho, from 0 to below 1, of balanced repeated replication.

    Raises
    ------
    InputError
        If these do not go together.
    """

    strata: Any = None
    psu: Any = None
    single_psu: SinglePsu = "error"
    replicate_weights: Any = None
    replicate_method: ReplicateMethod | None = None
    replicate_scale: Any = None
    fay: float = 0.0

    def __post_init__(self) -> None:
        if self.single_psu not in SINGLE_PSU:
            raise InputError(f"single_psu must be error or centred, not {shown(self.single_psu)}")
        drawn = self.strata is not None or self.psu is not None
        replicated = self.replicate_weights is not None
        if drawn and replicated:
            raise InputError(
                "replicate_weights say all that strata and psu do; give one or the other"
            )
        if not replicated:
            said = (self.replicate_method, self.replicate_scale, self.fay or None)
            if any(each is not None for each in said):
                raise InputError(
                    "replicate_method, replicate_scale and fay are of replicate_weights"
                )
            return
        if self.replicate_scale is None and self.replicate_method not in REPLICATE_METHODS:
            raise InputError(
                "replicate_weights need replicate_method: brr, bootstrap or jackknife (or, for "
                "others, replicate_scale: what the squared deviation of each replicate counts)"
            )
        if self.replicate_scale is not None and self.replicate_method is not None:
            raise InputError(
                "replicate_scale takes the place of replicate_method; give one of them"
            )
        fay = self.fay
        number = isinstance(fay, Real) and not isinstance(fay, bool)
        if not number or not 0 <= fay < 1 or (fay and self.replicate_method != "brr"):
            raise InputError(
                f"fay must be from 0 to below 1, and is of replicate_method 'brr', not {shown(fay)}"
            )

    @property
    def given(self) -> bool:
        """Whether anything was said of how the sample was drawn."""
        return any(each is not None for each in (self.strata, self.psu, self.replicate_weights))

    def units(self, target: Target) -> tuple[IntArray, IntArray]:
        """Give a number to each primary sampling unit and to its stratum.

        Parameters
        ----------
        target : Target
            The outcome of n rows.

        Returns
        -------
        psu : ndarray of int, shape (n,)
            The PSU of each row; those of different strata are different whatever they are called.
        stratum_of_psu : ndarray of int, shape (M,)
            The stratum of each.

        Raises
        ------
        InputError
            If a value is missing, numbers of rows differ, there is one PSU alone, or a stratum has
            a single one and that is not asked for.

        Examples
        --------
        >>> from whogains.frames import read_target
        >>> target = read_target([1.0, 2, 3, 4], "regression")
        >>> psu, stratum = Survey(strata=[1, 1, 2, 2], psu=[1, 2, 1, 2]).units(target)
        >>> psu.tolist(), stratum.tolist()
        ([0, 1, 2, 3], [0, 0, 1, 1])
        """
        n = len(target.values)
        stratum = self._codes(self.strata, "strata", target)
        unit = self._codes(self.psu, "psu", target) if self.psu is not None else np.arange(n)
        both, first, psu = np.unique(
            stratum * np.int64(unit.max(initial=0) + 1) + unit,
            return_index=True,
            return_inverse=True,
        )
        stratum_of_psu = stratum[first]
        if len(both) < 2:
            raise InputError(
                f"{name_of(self.psu, 'psu')} has one value: nothing can be told from one PSU"
            )
        alone = np.bincount(stratum_of_psu) == 1
        if alone.any() and self.single_psu == "error":
            row = int(np.argmax(alone[stratum]))
            many = int(alone.sum())
            raise InputError(
                f"{name_of(self.strata, 'strata')}: {many} "
                f"{'strata have' if many > 1 else 'stratum has'} one PSU, the first that of row "
                f"{row} (counting from 0), in which PSUs cannot be compared; join it to another "
                "stratum, or say single_psu='centred' (--single-psu centred)"
            )
        return psu.reshape(-1).astype(np.int64), stratum_of_psu.astype(np.int64)

    def _codes(self, values: Any, called: str, target: Target) -> IntArray:
        if values is None:
            return np.zeros(len(target.values), dtype=np.int64)
        name = name_of(values, called)
        found = cluster_codes(values, name, of="stratum" if called == "strata" else "PSU")
        check_rows(found, name, target)
        return found

    def replicates(self, target: Target) -> tuple[FloatArray, FloatArray]:
        """Read replicate weights, and what each counts.

        Parameters
        ----------
        target : Target
            The outcome of n rows.

        Returns
        -------
        weights : ndarray of float, shape (n, R)
            The weights.
        scale : ndarray of float, shape (R,)
            What the squared deviation of each replicate counts, as `replicate_error` takes it.

        Raises
        ------
        InputError
            If a weight is missing, infinite or negative, there is one replicate alone, or numbers
            do not match.

        Examples
        --------
        >>> from whogains.frames import read_target
        >>> target = read_target([1.0, 2, 3], "regression")
        >>> weights = [[0, 1.5, 1.5], [1.5, 0, 1.5], [1.5, 1.5, 0]]
        >>> Survey(replicate_weights=np.array(weights), replicate_method="jackknife").replicates(
        ...     target)[1].round(3).tolist()
        [0.667, 0.667, 0.667]
        """
        frame = to_pandas(self.replicate_weights, "replicate_weights")
        check_rows(frame, "replicate_weights", target)
        columns = []
        for place, name in enumerate(frame.columns):
            called = (
                f"replicate_weights column {name!r}"
                if isinstance(name, str)
                else (f"replicate_weights column {place}")
            )
            columns.append(_replicate(frame.iloc[:, place], called))
        count = len(columns)
        if count < 2:
            raise InputError(f"replicate_weights has {count} columns; give all replicates")
        return np.column_stack(columns), self._scale(count)

    def _scale(self, count: int) -> FloatArray:
        if self.replicate_scale is None:
            each = {
                "brr": 1 / (count * (1 - self.fay) ** 2),
                "bootstrap": 1 / count,
                "jackknife": (count - 1) / count,
            }
            return np.full(count, each[self.replicate_method or "bootstrap"])
        asked = self.replicate_scale
        if isinstance(asked, Real) and not isinstance(asked, bool):
            asked = [asked] * count
        try:
            found = np.asarray(asked, dtype=np.float64)
        except (TypeError, ValueError):
            found = np.empty(0)
        if found.shape != (count,) or not all(isfinite(x) and x > 0 for x in found):
            raise InputError(
                f"replicate_scale must be a positive number, or one for each of {count} replicates,"
                f" not {shown(self.replicate_scale)}"
            )
        return found


def _replicate(values: pd.Series, name: str) -> FloatArray:
    """Read the weights of one replicate: 0 leaves a row out."""
    found = to_vector(values, name)
    wrong = (found < 0) | (found > LARGEST)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{name} must be from 0 to {LARGEST:g}, and is {found[row]:g} in row {row} (counting "
            "from 0)"
        )
    return found
