"""The outcome: what kind of task it makes, and which of two values counts as 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whogains.costs import COMPARED_TASKS, TASKS
from whogains.errors import COMMON_WORDS, InputError, cell
from whogains.frames.from_any_frame import kind_of, numbers_of, to_series
from whogains.frames.value_hints import advice_among_numbers
from whogains.types import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from whogains.types import Task

# More whole numbers are a count, a score or an age.
MOST_CLASSES = 10
# Words for an outcome that did not and that did happen, in small letters.
KNOWN_PAIRS = (
    ("no", "yes"),
    ("n", "y"),
    ("nein", "ja"),
    ("nee", "ja"),
    ("nej", "ja"),
    ("non", "oui"),
    ("no", "si"),
    ("no", "sí"),
    ("no", "sì"),
    ("não", "sim"),
    ("nie", "tak"),
    ("false", "true"),
    ("negative", "positive"),
    ("neg", "pos"),
    ("absent", "present"),
    ("control", "case"),
    ("controls", "cases"),
    ("healthy", "sick"),
    ("healthy", "diseased"),
    ("alive", "dead"),
    ("alive", "died"),
    ("survived", "died"),
    ("survivor", "nonsurvivor"),
    ("survived", "dead"),
    ("living", "dead"),
    ("living", "deceased"),
    ("alive", "deceased"),
    ("lebend", "tot"),
    ("vivant", "décédé"),
    ("f", "t"),
    ("noncase", "case"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """An outcome as numbers.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        The outcome; for classification 1 where it is the positive value and 0 elsewhere. NaN
        where it is missing.
    observed : ndarray of bool, shape (n,)
        Where it is not missing.
    task : {"classification", "regression", "classes", "counts", "quantiles", "survival"}
        What a model of this outcome does.
    positive, negative : object
        For classification, the values that count as 1 and as 0; None for regression.
    note : str
        What was decided and should be told, or the empty text.
    codes : tuple of int
        For regression that nobody asked for, the values of the outcome in order where they are so
        few whole numbers that they may be codes of classes, or one of them of missing values; else
        empty.
    classes : tuple of str
        Of an outcome of several classes (task "classes") their names, whose numbers are `values`.
    levels : tuple of float
        Of an outcome whose quantiles are predicted (task "quantiles") their levels.
    horizons : tuple of float
        Of times to an event (task "survival") the times at which survival is predicted.
    events : ndarray of float, shape (n,), optional
        Of times to an event, 1 where it was seen and 0 where following ended without it.
    """

    values: FloatArray
    observed: BoolArray
    task: Task
    positive: Any
    negative: Any
    note: str
    codes: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    levels: tuple[float, ...] = ()
    horizons: tuple[float, ...] = ()
    events: FloatArray | None = None

    @classmethod
    def of_numbers(cls, task: Task) -> Target:
        """Say what an outcome of numbers is, without its rows."""
        none = np.zeros(0)
        return cls(none, none.astype(np.bool_), task, None, None, "")

    @classmethod
    def of_classes(cls, classes: tuple[str, ...]) -> Target:
        """Say what an outcome of several classes is, without its rows."""
        none = np.zeros(0)
        return cls(none, none.astype(np.bool_), "classes", None, None, "", classes=classes)


def read_target(
    y: Any, task: Task | None = None, name: str = "y", *, positive: Any = None
) -> Target:
    """Read an outcome, and judge the task by it where the task is not given.

    Parameters
    ----------
    y : series, array or list, n values
        The outcome: numbers, booleans, text or a pandas categorical.
    task : {"classification", "regression", "counts"}, optional
        The task; by default classification where `y` has two distinct values, else regression.
        Counts are never guessed.
    name : str
        What to call the outcome in an error.
    positive : object, optional
        For classification, the value that counts as 1; its text will do, as in ``"2"`` for 2.

    Returns
    -------
    Target
        The outcome as numbers, and what they stand for.

    Raises
    ------
    InputError
        If all values are missing or equal, if the values do not suit the task, if a number is
        infinite, if `positive` is not a value of a classification's outcome, or if it is not given
        and the two values are words of which neither is known to be meant.

    Notes
    -----
    Of two values, 1 (or True) is positive when they are 0 and 1; of an ordered categorical the
    higher one is, of words such as no and yes or alive and dead (`KNOWN_PAIRS`), and of a word and
    its opposite (not read, read), the second, and of numbers the larger. The note says which. Of
    other words nobody knows which is meant: they need `positive`.

    Examples
    --------
    >>> target = read_target(["no", "yes", None, "no"])
    >>> target.values
    array([ 0.,  1., nan,  0.])
    >>> target.note
    "y: 'yes' counts as 1 and 'no' as 0"
    """
    if task in {"quantiles", "survival"}:
        raise InputError(f"predicted {task} can be compared (compare), and nothing else done here")
    series = to_series(y, name)
    present = series.dropna()
    if len(present) == 0:
        raise InputError(f"{name} has no values: all {len(series)} rows are missing")
    codes, seen = present.astype(object).factorize()
    distinct = seen.tolist()
    if len(distinct) == 1:
        raise InputError(f"{name} is constant: every value is {distinct[0]!r}")
    # Text among numbers is no class, but a code of missing or a badly written number.
    odd = advice_among_numbers(distinct[:1000])
    if task == "classes" or (task is None and len(distinct) > 2 and _words(present) and not odd):
        raise InputError(
            f"{name} has {len(distinct)} distinct values that are not numbers, or are said to be "
            "classes: several classes are audited and compared (audit, compare), and nothing else "
            "is done with them; name one class, against the others; a value that is a code of "
            "missing outcomes must be missing (na, on the command line --na)"
        )
    asked = task is not None
    if task is None:
        task = "classification" if len(distinct) == 2 else "regression"
    if task == "classification":
        return _two_values(series, codes, distinct, name, positive)
    if positive is not None:
        raise InputError(f"positive={positive!r} is for classification; {name} is read for {task}")
    if _words(present):
        raise InputError(
            f"{name} has {len(distinct)} distinct values that are not numbers, and is no "
            f"{'count' if task == 'counts' else 'regression'}{odd}"
        )
    values = numbers_of(series, name)
    if task == "counts":
        _check_counts(values, name)
        return Target(values, ~np.isnan(values), "counts", None, None, "")
    codes_of_classes = () if asked else _codes_of_classes(distinct)
    return Target(values, ~np.isnan(values), "regression", None, None, "", codes_of_classes)


def _check_counts(values: FloatArray, name: str) -> None:
    """Refuse what no count can be; missing values are passed over.

    Raises
    ------
    InputError
        If a number is negative, or no whole one, or all are 0.
    """
    for wrong, what in (
        (values < 0, "negative values"),
        (values != np.floor(values), "values that are no whole numbers"),
    ):
        found = np.flatnonzero(wrong & ~np.isnan(values))
        if found.size:
            raise InputError(
                f"{name} has {found.size} {what}, the first ({values[found[0]]:g}) in row "
                f"{found[0]} (counting from 0); counts are 0, 1, 2 and so on: say "
                "task='regression' (--task regression) for another quantity"
            )


def _words(present: pd.Series[Any]) -> bool:
    return kind_of(present.astype(object)) == "category"


def _two_values(
    series: pd.Series[Any],
    codes: npt.NDArray[np.intp],
    distinct: list[Any],
    name: str,
    chosen: Any,
) -> Target:
    if len(distinct) != 2:
        raise InputError(
            f"{name} has {len(distinct)} distinct values; classification needs exactly two"
            f"{advice_among_numbers(distinct[:1000])}"
        )
    # 1.0 and 2.0 are 1 and 2 that missing values made floats of.
    distinct = [_whole(value) for value in distinct]
    order: Callable[[Any], Any] | None = _order(series) or _known_order(distinct)
    words = all(isinstance(value, str) for value in distinct)
    if order is None and words and all(_number(value) is not None for value in distinct):
        # Numbers as text, of which the larger one is meant.
        order = _number
    if order is None and words and chosen is None:
        first, second = sorted(distinct)
        raise InputError(
            f"{name} is {first!r} or {second!r}: say which of them counts as 1 (positive, on the "
            f"command line --positive {second!r})"
        )
    try:
        negative, positive = sorted(distinct) if order is None else sorted(distinct, key=order)
    except TypeError as error:
        raise InputError(
            f"{name} mixes types: {cell(distinct[0])} and {cell(distinct[1])}"
        ) from error
    if chosen is not None:
        place = _place(chosen, (negative, positive))
        if place is None:
            raise InputError(
                f"positive={chosen!r} is not a value of {name}, which has {negative!r} and "
                f"{positive!r}"
            )
        if place == 0:
            negative, positive = positive, negative
    if kind_of(series.astype(object)) != "category":
        numbers_of(series, name)
    observed = series.notna().to_numpy(dtype=bool)
    coded = np.full(len(series), np.nan)
    coded[observed] = codes == distinct.index(positive)
    note = (
        ""
        if (negative, positive) == (0, 1)
        else (f"{name}: {positive!r} counts as 1 and {negative!r} as 0")
    )
    return Target(coded, observed, "classification", positive, negative, note)


def is_plain_outcome(value: Any) -> bool:
    """Tell whether everybody knows what an outcome's value is called.

    Examples
    --------
    >>> is_plain_outcome("Yes"), is_plain_outcome(2), is_plain_outcome("2.0")
    (True, True, True)
    >>> is_plain_outcome("HIV+")
    False
    """
    word = _word(value)
    known = COMMON_WORDS.union(*KNOWN_PAIRS)
    return not isinstance(value, str) or word in known or _number(value) is not None


def _known_order(distinct: list[Any]) -> Callable[[Any], int] | None:
    """Give the order of two words of which everybody knows which one is said of the event."""
    words = [_word(value) for value in distinct]
    for word, other in (words, words[::-1]):
        if other in {f"{no}{between}{word}" for no in ("no", "not", "non") for between in " -_"}:
            return [distinct[words.index(other)], distinct[words.index(word)]].index
    for no, yes in KNOWN_PAIRS:
        if set(words) == {no, yes}:
            return [value for word in (no, yes) for value in distinct if _word(value) == word].index
    return None


def _word(value: Any) -> str:
    return str(value).strip().casefold()


def _codes_of_classes(distinct: list[Any]) -> tuple[int, ...]:
    """Give the values in order where they are few whole numbers, among them the first codes."""
    if len(distinct) > MOST_CLASSES or not all(float(value).is_integer() for value in distinct):
        return ()
    values = sorted(int(value) for value in distinct)
    return tuple(values) if {0, 1} <= {*values} or {1, 2} <= {*values} else ()


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _order(series: pd.Series[Any]) -> Callable[[Any], int] | None:
    """Give the order of an ordered categorical's values, from low to high; None for others."""
    dtype: Any = series.dtype
    if not getattr(dtype, "ordered", False):
        return None
    return [_whole(value) for value in dtype.categories.tolist()].index


def _place(chosen: Any, values: tuple[Any, Any]) -> int | None:
    """Find which of two values is meant: itself, its text, or another way to write it.

    Each way is tried only where those before find nothing, and says something only where it finds
    one of the two: of "a" and "A", "a" is itself.
    """
    # A truth value is a number only beside 0 and 1: of the codes 1 and 2, True may be either.
    truths = {_number(value) for value in values} <= {0.0, 1.0}
    ways: tuple[Callable[[Any], Any], ...] = (
        lambda value: (isinstance(value, str), value),
        lambda value: str(_whole(value)),
        _word,
        lambda value: _number(value, truths=truths),
    )
    for way in ways:
        wanted = way(chosen)
        found = [i for i, value in enumerate(values) if wanted is not None and way(value) == wanted]
        if len(found) == 1 and (truths or not _is_truth(chosen)):
            return found[0]
    return None


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _number(value: Any, *, truths: bool = True) -> float | None:
    """Read a number, in text too; a truth value, in text too, where it is one."""
    word = _word(value)
    if word in {"false", "true"}:
        return float(word == "true") if truths else None
    try:
        return float(word)
    except ValueError:
        return None


def check_task(task: str | None, allowed: tuple[str, ...] = TASKS) -> None:
    """Refuse a task that is not known; None is judged from the outcome.

    Parameters
    ----------
    task : str or None
        What was asked for.
    allowed : tuple of str
        What may be.

    Raises
    ------
    InputError
        If it is unknown.
    """
    if task is None or task in allowed:
        return
    if task in COMPARED_TASKS:
        raise InputError(f"predicted {task} can be compared (compare), and nothing else done here")
    raise InputError(f"task must be {', '.join(allowed[:-1])} or {allowed[-1]}, not {task!r}")
