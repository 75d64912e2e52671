"""From coded columns to plain numbers for an estimator: one column per category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.errors import InputError
from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.frames import Table


# Bytes of encoded rows: beyond, a column of names or notes was most likely taken for categories.
LARGEST = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Encoding:
    """One-hot columns for categories, and other columns as they are or imputed.

    Parameters
    ----------
    levels : tuple of (ndarray of float64 or None), length p
        For each column that is a category, the codes that get a column of their own; none for a
        column without values.
    fill : ndarray of float64, shape (p,)
        What replaces a missing number; NaN leaves it missing.
    source : ndarray of int, shape (q,)
        For each encoded column, the column that it was made from.

    Notes
    -----
    A missing category, and one that was not there when the encoding was learned, is zero in all
    columns of its feature. A column that had no value at all has no part: a model that never saw
    one can make nothing of it, and many libraries fail on it.
    """

    levels: tuple[FloatArray | None, ...]
    fill: FloatArray
    source: IntArray

    @classmethod
    def learn(cls, table: Table, *, impute: bool) -> Encoding:
        """Learn which categories occur and, to impute, the medians.

        Parameters
        ----------
        table : Table
            The rows that a model is fitted on.
        impute : bool
            Whether missing numbers are replaced by the column's median rather than left missing.

        Returns
        -------
        Encoding
            What was learned.

        Raises
        ------
        InputError
            If the encoded rows would take more than `LARGEST` bytes.
        """
        levels: list[FloatArray | None] = []
        fill = np.full(len(table.columns), np.nan)
        for j, column in enumerate(table.columns):
            values = table.matrix[:, j]
            present = values[~np.isnan(values)]
            if column.categories is not None or not present.size:
                levels.append(np.unique(present))
                continue
            levels.append(None)
            if impute:
                fill[j] = np.median(present)
        widths = [1 if codes is None else len(codes) for codes in levels]
        if 8 * len(table) * sum(widths) > LARGEST:
            worst = int(np.argmax(widths))
            raise InputError(
                f"column {table.columns[worst].name!r} is text with {widths[worst]:,} categories, "
                "too many for a column each: leave it out, or merge them into fewer"
            )
        return cls(tuple(levels), fill, np.repeat(np.arange(len(levels)), widths))

    def transform(self, matrix: FloatArray) -> FloatArray:
        """Encode rows.

        Parameters
        ----------
        matrix : ndarray of float64, shape (m, p)
            Coded rows.

        Returns
        -------
        ndarray of float64, shape (m, q)
            The rows for an estimator.
        """
        encoded = np.empty((matrix.shape[0], len(self.source)))
        at = 0
        for j, codes in enumerate(self.levels):
            values = matrix[:, j]
            if codes is None:
                encoded[:, at] = np.where(np.isnan(values), self.fill[j], values)
                at += 1
            else:
                encoded[:, at : at + len(codes)] = values[:, None] == codes
                at += len(codes)
        return encoded
