"""What is checked of the costs that a user declares: words, ends, and what functions give."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import Any

import numpy as np

from whogains.costs.cost import LARGEST
from whogains.errors import InputError, one_line
from whogains.types import FloatArray

LONGEST_LABEL = 80
# So many rows are computed a second time, alone.
AGAIN = 200
# Sums in another order differ by rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """A user's function of rows, whose numbers can be trusted or are refused."""

    name: str
    function: Callable[[FloatArray, FloatArray], Any]
    lower: float
    upper: float

    def __call__(self, y_true: FloatArray, prediction: FloatArray) -> FloatArray:
        """Give the costs of n rows, shape (n,), or refuse them in one line."""
        if not len(y_true):
            return np.zeros(0)
        found = self._once(y_true, prediction)
        wrong = ~(np.abs(found) <= LARGEST)
        if wrong.any():
            raise self._refused(wrong, found, y_true, prediction, "every row needs a finite number")
        # A hair outside is rounding.
        slack = ROUNDING * max(1.0, *(abs(x) for x in (self.lower, self.upper) if isfinite(x)), 0.0)
        outside = (found < self.lower - slack) | (found > self.upper + slack)
        if outside.any():
            said = f"it is declared to lie from {self.lower:g} to {self.upper:g}"
            raise self._refused(outside, found, y_true, prediction, said)
        some = slice(0, min(AGAIN, (len(y_true) + 1) // 2))
        again = self._once(y_true[some], prediction[some])
        other = ~(np.abs(again - found[some]) <= ROUNDING * np.maximum(1.0, np.abs(again)))
        if other.any():
            first = int(np.argmax(other))
            raise InputError(
                f"cost {self.name!r} is {found[first]:.6g} and then {again[first]:.6g} for the same"
                f" row (outcome {y_true[first]:.6g}, prediction {_shown(prediction[first])}): a "
                "row's cost must be the same each time, and depend on that row alone"
            )
        return np.asarray(np.clip(found, self.lower, self.upper), dtype=np.float64)

    def _once(self, y_true: FloatArray, prediction: FloatArray) -> FloatArray:
        given = []
        for values in (y_true, prediction):
            copy = np.array(values, dtype=np.float64)
            copy.flags.writeable = False
            given.append(copy)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found = np.asarray(self.function(*given))
                numbers = found.astype(np.float64, casting="same_kind" if found.size else "unsafe")
        except Exception as error:
            raise InputError(
                f"cost {self.name!r} failed on {len(y_true)} rows: {type(error).__name__}: "
                f"{one_line(error, 160)}"
            ) from None
        if numbers.shape != (len(y_true),):
            many = "one number" if numbers.ndim == 0 else f"an array of shape {numbers.shape}"
            raise InputError(
                f"cost {self.name!r} gave {many} for {len(y_true)} rows; give one number per row "
                "(one per group is a Metric)"
            )
        return numbers

    def _refused(
        self, wrong: Any, found: FloatArray, y_true: FloatArray, prediction: FloatArray, why: str
    ) -> InputError:
        first = int(np.argmax(wrong))
        return InputError(
            f"cost {self.name!r} is {found[first]:.6g} for outcome {y_true[first]:.6g} and "
            f"prediction {_shown(prediction[first])}; {why}"
        )


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A user's function of a group, more is better."""

    name: str
    function: Callable[..., Any]
    sign: int

    @property
    def negated(self) -> bool:
        """Whether more is better, so that the cost has a minus."""
        return self.sign > 0

    def __call__(
        self, y_true: FloatArray, prediction: FloatArray, sample_weight: FloatArray
    ) -> float:
        """Give the metric of n rows, or refuse it in one line."""
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                if _by_name(self.function):
                    found = self.function(y_true, prediction, sample_weight=sample_weight)
                else:
                    found = self.function(y_true, prediction, sample_weight)
                array = np.asarray(found)
                if array.ndim == 0:
                    number = float(array.astype(np.float64, casting="same_kind"))
        except Exception as error:
            raise InputError(
                f"metric {self.name!r} failed on {len(y_true)} rows: {type(error).__name__}: "
                f"{one_line(error, 160)}"
            ) from None
        if array.ndim != 0:
            raise InputError(
                f"metric {self.name!r} gave an array of shape {array.shape}; give one number per "
                "group (one per row is a Cost)"
            )
        if not abs(number) <= LARGEST:
            raise InputError(f"metric {self.name!r} is {number:g} on {len(y_true)} rows")
        return self.sign * number


def _shown(prediction: Any) -> str:
    """Write a prediction, or those of all classes."""
    return ", ".join(f"{each:.6g}" for each in np.ravel(prediction)[:8])


def _by_name(function: Callable[..., Any]) -> bool:
    try:
        return "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True


def check_words(name: object, label: object, unit: object) -> None:
    """Refuse a name, a label or a unit that cannot be shown anywhere."""
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name)):
        raise InputError(
            f"a cost is called by letters, digits and _, at most 40, not {one_line(repr(name), 60)}"
        )
    for what, words in (("label", label), ("unit", unit)):
        if words is None:
            continue
        if not isinstance(words, str) or not words.strip() or words != one_line(words, 10**6):
            raise InputError(f"{what} of {name!r} must be text on one line")
        if len(words) > LONGEST_LABEL:
            raise InputError(f"{what} of {name!r} has more than {LONGEST_LABEL} characters")


def check_callable(name: str, what: str, function: object) -> None:
    """Refuse what cannot be called."""
    if not callable(function):
        raise InputError(f"{what} of {name!r} must be a function, not {function!r:.60}")


def check_ends(name: str, lower: float | None, upper: float | None) -> tuple[float, float]:
    """Read the ends of a range; None stands for none."""
    low = -inf if lower is None or lower == -inf else check_number(lower, f"lower of {name}")
    high = inf if upper is None or upper == inf else check_number(upper, f"upper of {name}")
    if not low < high:
        raise InputError(f"lower of {name} must be below upper, not {low:g} and {high:g}")
    return low, high


def check_number(value: object, what: str) -> float:
    """Refuse what is no number that sums can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"{what} must be a number, not {value!r:.40}")
    number = float(value)
    if isnan(number) or abs(number) > LARGEST:
        raise InputError(f"{what} must be a number up to {LARGEST:g}, not {number:g}")
    return number
