"""How a sample was drawn: strata and primary sampling units, or replicate weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from whogains.inference import SurveyError, linearized_error, replicate_error
from whogains.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Primary sampling units in strata.

    Parameters
    ----------
    psu : ndarray of int, shape (n,)
        Each row's primary sampling unit (PSU), from 0 to M - 1.
    stratum_of_psu : ndarray of int, shape (M,)
        The stratum of every PSU of the sample, also of those without a row that is audited.
    """

    psu: IntArray
    stratum_of_psu: IntArray

    def take(self, rows: BoolArray) -> Strata:
        """Keep the rows that a mask marks, and all PSUs."""
        return Strata(self.psu[rows], self.stratum_of_psu)

    def error(
        self, values: FloatArray, codes: IntArray, size: int, weight: FloatArray | None
    ) -> SurveyError:
        """Find the error of each group's mean, as `linearized_error` does."""
        return linearized_error(
            values,
            codes,
            size,
            psu=self.psu,
            stratum_of_psu=self.stratum_of_psu,
            sample_weight=weight,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Replicate weights of the rows.

    Parameters
    ----------
    weights : ndarray of float, shape (n, R)
        The weights of each replicate.
    scale : ndarray of float, shape (R,)
        What the squared deviation of each counts.
    """

    weights: FloatArray
    scale: FloatArray

    def take(self, rows: BoolArray) -> Replicates:
        """Keep the rows that a mask marks."""
        return Replicates(self.weights[rows], self.scale)

    def error(
        self, values: FloatArray, codes: IntArray, size: int, weight: FloatArray | None
    ) -> SurveyError:
        """Find the error of each group's mean, as `replicate_error` does."""
        return replicate_error(
            values, codes, size, replicates=self.weights, scale=self.scale, sample_weight=weight
        )


Design = Strata | Replicates


@dataclass(frozen=True, slots=True, eq=False)
class DesignErrors:
    """The errors of one cost by the design, of d groups and of everybody.

    Parameters
    ----------
    groups, population : SurveyError
        Of d groups, and of one.
    of_part : callable
        From a mask of shape (d,) to the error of everybody in the groups that it marks.
    """

    groups: SurveyError
    population: SurveyError
    of_part: Callable[[BoolArray], SurveyError]

    def without(self, left_out: BoolArray) -> DesignErrors:
        """Leave some groups out of everybody, where the total is one of groups."""
        return replace(self, population=self.of_part(~left_out))
