"""Attributions that were made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from whogains.errors import InputError
from whogains.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class GivenAttributions:
    """Attributions of both models, made elsewhere for the rows that are audited.

    Parameters
    ----------
    name : str
        What to call the explainer that made them.
    generic : array-like, shape (n, p)
        Attributions of the generic model's features: a frame with their names, or an array in the
        order of its columns.
    personalized : array-like, shape (n, q)
        Attributions of the personalized model's features, likewise.

    Examples
    --------
    >>> given = GivenAttributions("mine", [[1.0], [2.0]], [[1.0, 0.0], [2.0, 0.5]])
    >>> given.of("personalized", 2)[1].tolist()
    [2.0, 0.5]
    """

    name: str
    generic: Any
    personalized: Any

    def of(self, model: str, rows: int, columns: Sequence[str] | None = None) -> FloatArray:
        """Give the attributions of one model.

        Parameters
        ----------
        model : str
            "generic" or "personalized".
        rows : int
            How many rows there must be.
        columns : sequence of str, optional
            The model's columns, by which those of a frame are matched.

        Returns
        -------
        ndarray of float64, shape (rows, p)
            The attributions.

        Raises
        ------
        InputError
            If they are not a matrix of numbers with that many rows, or a frame with other names.
        """
        given = self._ordered(model, columns)
        try:
            values = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"the attributions {self.name!r} of the {model} model are not numbers"
            ) from error
        if values.ndim != 2 or len(values) != rows:
            raise InputError(
                f"the attributions {self.name!r} of the {model} model have the shape"
                f" {values.shape}; give one row for each of the {rows} rows"
            )
        return values

    def _ordered(self, model: str, columns: Sequence[str] | None) -> Any:
        given = self.generic if model == "generic" else self.personalized
        named = _names(given)
        if named is None or columns is None:
            return given
        lacking = next((name for name in columns if named.count(name) != 1), None)
        if lacking is not None or len(named) != len(columns):
            told = f"lack {lacking!r}" if lacking is not None else "have further columns"
            raise InputError(
                f"the attributions {self.name!r} of the {model} model {told}; name the columns of"
                f" the frame as the model's are: {', '.join(columns)}"
            )
        return np.asarray(given)[:, [named.index(name) for name in columns]]

    def take(self, rows: npt.NDArray[np.bool_]) -> GivenAttributions:
        """Keep the rows that a mask marks."""

        def kept(model: str) -> Any:
            given = self.generic if model == "generic" else self.personalized
            values, names = self.of(model, len(rows))[rows], _names(given)
            return values if names is None else pd.DataFrame(values, columns=names)

        return GivenAttributions(self.name, kept("generic"), kept("personalized"))


def _names(given: Any) -> list[str] | None:
    """List the names of a frame's columns; None for an array, and where they are only places."""
    columns = getattr(given, "columns", None)
    if columns is None or callable(columns) or isinstance(columns, pd.RangeIndex):
        return None
    return [str(name) for name in columns]
