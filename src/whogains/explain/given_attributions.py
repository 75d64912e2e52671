"""Attributions that were made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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
        Attributions of the generic model's features, in the order of its columns.
    personalized : array-like, shape (n, q)
        Attributions of the personalized model's features, in the order of its columns.

    Examples
    --------
    >>> given = GivenAttributions("mine", [[1.0], [2.0]], [[1.0, 0.0], [2.0, 0.5]])
    >>> given.of("personalized", 2)[1].tolist()
    [2.0, 0.5]
    """

    name: str
    generic: Any
    personalized: Any

    def of(self, model: str, rows: int) -> FloatArray:
        """Give the attributions of one model.

        Parameters
        ----------
        model : str
            "generic" or "personalized".
        rows : int
            How many rows there must be.

        Returns
        -------
        ndarray of float64, shape (rows, p)
            The attributions.

        Raises
        ------
        InputError
            If they are not a matrix of numbers with that many rows.
        """
        given = self.generic if model == "generic" else self.personalized
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

    def take(self, rows: npt.NDArray[np.bool_]) -> GivenAttributions:
        """Keep the rows that a mask marks."""
        return GivenAttributions(
            self.name,
            self.of("generic", len(rows))[rows],
            self.of("personalized", len(rows))[rows],
        )
