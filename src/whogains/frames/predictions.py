"""Predictions as people have them: probabilities, percentages, and labels in words or codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from whogains.errors import InputError, cell
from whogains.frames.bands_and_labels import check_percent
from whogains.frames.checks import check_rows
from whogains.frames.counts import check_means
from whogains.frames.from_any_frame import name_of, to_series, to_vector
from whogains.frames.probabilities import as_probabilities
from whogains.frames.target import KNOWN_PAIRS, Target
from whogains.frames.value_hints import DROP, advice_on_text, percent_advice
from whogains.types import FloatArray

PERCENT = re.compile(r"\s*[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)\s*%?\s*")


def read_predictions(
    values: Any,
    name: str,
    target: Target,
    *,
    percent: bool = False,
    allow_missing: bool = False,
) -> tuple[FloatArray, str]:
    """Read one model's predictions.

    Parameters
    ----------
    values : array-like, shape (n,)
        Probabilities, percentages or labels for classification, means (of rates, where there are
        exposures) for counts, else values.
    name : str
        What to call them where they have no name.
    target : Target
        The outcome.
    percent : bool
        Whether they are percentages: 88.5 or "88.5%".
    allow_missing : bool
        Whether a row may be without one.

    Returns
    -------
    predictions : ndarray of float, shape (n,)
        Numbers; probabilities for classification. NaN where missing.
    note : str
        What labels stand for, or the empty text.

    Raises
    ------
    InputError
        If they are no finite numbers, are no probabilities, or for counts not above 0, or of
        another number of rows.
    """
    series = to_series(values, name)
    name = name_of(series, name)
    check_rows(series, name, target)
    check_percent(target, percent=percent)
    note = ""
    if percent:
        series = _percentages(series, name) / 100
    elif target.task == "classification":
        series, note = _labels(series, name, target)
    if not allow_missing and series.isna().any():
        missing = np.flatnonzero(series.isna())
        raise InputError(
            f"{name} has {missing.size} missing values, the first in row {missing[0]} (counting "
            f"from 0); {DROP}"
        )
    found = to_vector(series, name, allow_missing=allow_missing)
    if target.task == "counts":
        check_means(found, name)
    if target.task == "classification":
        found, outside = as_probabilities(found)
        if outside.any():
            first = int(np.argmax(outside))
            raise InputError(
                f"{name} has {int(outside.sum())} values outside [0, 1], the first "
                f"({found[first]:g}) in row {first} (counting from 0); give probabilities"
                f"{percent_advice(np.nanmin(found), np.nanmax(found)) if not percent else ''}"
            )
    return found, note


def _percentages(series: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Read numbers whose text may end in a percent sign and may have a decimal comma."""
    if pd.api.types.is_numeric_dtype(series):
        return series
    known = series.notna()
    texts = series[known].astype(str)
    wrong = texts[[PERCENT.fullmatch(text) is None for text in texts]]
    if len(wrong):
        raise InputError(
            f"{name} has {len(wrong)} values that are no percentages, the first "
            f"({cell(str(wrong.iloc[0]))}); say what is missing (na, --na) or correct them"
        )
    plain = texts.str.replace("%", "").str.replace(",", ".").str.strip().astype(float)
    return plain.reindex(series.index)


def _labels(series: pd.Series[Any], name: str, target: Target) -> tuple[pd.Series[Any], str]:
    distinct = series.dropna().unique().tolist() if len(series) else []
    codes = label_codes(distinct, target, name)
    if codes is None:
        return series, ""
    return series.map(codes).astype(float), labels_note(name, codes)


def labels_note(name: str, codes: dict[Any, float]) -> str:
    """Say what labels stand for.

    Examples
    --------
    >>> labels_note("p0", {"no": 0.0, "yes": 1.0})
    "p0: 'yes' counts as 1 and 'no' as 0"
    """
    said = [
        f"{value!r} counts as 1" if code else f"{value!r} as 0"
        for value, code in sorted(codes.items(), key=lambda pair: -pair[1])
    ]
    said[0] = said[0].replace(" as 0", " counts as 0")
    return f"{name}: {' and '.join(said)}"


def label_codes(
    distinct: Sequence[Any], target: Target, name: str = "a column of predictions"
) -> dict[Any, float] | None:
    """Find what a model's labels stand for.

    Parameters
    ----------
    distinct : sequence
        The values of its predictions that are not missing.
    target : Target
        A classification's outcome.
    name : str
        What to call them in an error.

    Returns
    -------
    dict or None
        From each value to 0 or 1: the outcome's own values, in words whatever their case, or two
        words of which everybody knows which is said of the event (`KNOWN_PAIRS`). None where they
        are numbers as they are, or something else.

    Raises
    ------
    InputError
        If one value is no label beside others that are, or numbers could be either.

    Examples
    --------
    >>> from whogains.frames import read_target
    >>> label_codes([2, 1], read_target([1, 2, 2], "classification"))
    {2: 1.0, 1: 0.0}
    >>> label_codes(["Yes", "No"], read_target([0, 1]))
    {'Yes': 1.0, 'No': 0.0}
    >>> label_codes([0, 1], read_target(["a", "b"], positive="b")) is None
    True
    """
    if not distinct or len(distinct) > 4:
        return None
    own = {_key(target.negative): 0.0, _key(target.positive): 1.0}
    if all(isinstance(value, int | float | np.number) for value in distinct):
        numbers = {float(value) for value in distinct}
        if numbers == {1.0} and own.get("1") == 0.0:
            raise InputError(
                f"{name} is 1 in every row, which is also the outcome's value that counts as "
                "0; write the outcome as 0 and 1, or predictions as probabilities"
            )
        # 0 and 1 are numbers already.
        if numbers <= {0.0, 1.0}:
            return None
        return _mapped(distinct, own)
    for pair in (own, *({no: 0.0, yes: 1.0} for no, yes in KNOWN_PAIRS), {"0": 0.0, "1": 1.0}):
        found = _mapped(distinct, pair)
        if found is not None:
            return found
    for odd in distinct if len(distinct) > 2 else ():
        if label_codes([value for value in distinct if value != odd], target) is not None:
            raise InputError(
                f"{name} holds {cell(str(odd))} besides labels; {advice_on_text([str(odd)])}"
            )
    return None


def _mapped(distinct: Sequence[Any], pair: dict[str, float]) -> dict[Any, float] | None:
    keys = [_key(value) for value in distinct]
    if any(key not in pair for key in keys):
        return None
    return {value: pair[key] for value, key in zip(distinct, keys, strict=True)}


def _key(value: Any) -> str:
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value) if whole else value).strip().casefold()


def without_missing(
    target: Target, predictions: Sequence[FloatArray]
) -> tuple[Target, list[FloatArray], list[str]]:
    """Leave rows without a prediction out, as rows without an outcome are.

    Parameters
    ----------
    target : Target
        The outcome of n rows.
    predictions : sequence of ndarray of float, shape (n,)
        With NaN where a model gives none.

    Returns
    -------
    target : Target
        In which such rows are not observed.
    predictions : list of ndarray
        Without NaN; what stands there is not looked at.
    notes : list of str
        How many rows with an outcome are left out, where any is.
    """
    lacking = np.logical_or.reduce([np.isnan(each) for each in predictions])
    count = int((lacking & target.observed).sum())
    filled = [np.where(lacking, 0.0, each) for each in predictions]
    left = replace(target, observed=target.observed & ~lacking)
    if not left.observed.any():
        raise InputError("no row with an outcome has predictions of both models")
    return left, filled, [note_without(count)] if count else []


def note_without(count: int) -> str:
    """Say how many rows are left out since a model gives them no prediction."""
    return (
        f"{count} row{'' if count == 1 else 's'} with an outcome and without a prediction "
        f"{'is' if count == 1 else 'are'} left out, and counted among the rows dropped"
    )


def is_wide(values: Any) -> bool:
    """Say whether predictions have several columns."""
    if isinstance(values, Mapping):
        return len(values) > 1
    columns = getattr(values, "columns", None)
    if columns is not None and not callable(columns):
        return len(columns) > 1
    if isinstance(values, str):
        return False
    try:
        shape = np.shape(values)
    except ValueError:
        return False
    return len(shape) == 2 and shape[1] > 1
