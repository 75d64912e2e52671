"""Mathematics scores of the ninth graders of the High School Longitudinal Study of 2009."""

from __future__ import annotations

import re
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from whogains.datasets.dataset import Dataset
from whogains.datasets.hsls_columns import (
    CATEGORIES,
    HOUSEHOLD,
    IMPUTATION,
    IMPUTED,
    MISSING,
    MISSING_CODES,
    OUTCOME,
    OUTCOME_LIMITS,
    RACE,
    SCALE_LIMIT,
    SCALES,
    SCHOOL,
    SEX,
    STUDENT,
    WEIGHT,
    WHITE,
)
from whogains.errors import InputError
from whogains.files import refuse_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SEXES: Final = ("Female", "Male")
RACES: Final = ("White", "Non-White")

_CARD: Final = """\
# HSLS:09: {task}

{rows} ninth graders of the High School Longitudinal Study of 2009, a national sample of schools
of the United States.

- **Outcome**: {outcome}
- **Features**: attitudes, family and school in the base year. No other form of the test's result.
- **Left out**: of {all_rows} students in the file, {no_score} without a mathematics score,
  {imputed} whose score NCES computed from other answers (X1TXMATH_IM), {unknown} more without sex
  or race{no_weight}.
- **Schools**: {schools}
- **Weights**: {weights}
- **Source**: Ingels, S. J., et al. High School Longitudinal Study of 2009 (HSLS:09), public-use
  data file. U.S. Department of Education, National Center for Education Statistics,
  https://nces.ed.gov/surveys/hsls09/. Public use: no one may try to identify a student or school.
- **Limits**: students of one school resemble each other; where schools cannot be told apart,
  intervals are too narrow. "White" is non-Hispanic White; "Non-White" lumps seven groups.

Every column with its codes: docs/data/hsls.md in the source repository.
"""
_OUTCOMES: Final = {
    "above_median": "1 where the mathematics score is above {median:g}, the median of these rows,\n"
    "  else 0.",
    "score": "the standardized mathematics score (X1TXMTSCOR), mean 50 and standard deviation 10\n"
    "  in the population.",
}


def hsls(
    path: str | Path,
    task: Literal["above_median", "score"] = "above_median",
    *,
    weighted: bool = False,
) -> Dataset:
    """Mathematics scores of ninth graders, with sex and race as personal attributes.

    Parameters
    ----------
    path : str or Path
        The student file of HSLS:09 as CSV [1]_, plain or with .gz, any edition that has the
        variables of the base year. Both exports can be read: with codes (1, 2, -9) and with words
        ("Male", "Missing"); names of columns in upper or lower case.
    task : {"above_median", "score"}
        ``"above_median"``: classification, 1 where X1TXMTSCOR is above its median. ``"score"``:
        regression of X1TXMTSCOR.
    weighted : bool
        Whether `sample_weight` holds the weights of the base year, W1STUDENT.

    Returns
    -------
    Dataset
        8 numeric and 7 categorical features; personal columns ``sex`` and ``race`` (``"White"``,
        ``"Non-White"``). The index is STU_ID as text, or the row of the file from 0 where there is
        none. `cluster` is the school, SCH_ID, where the file tells it; the public file does not.

    Raises
    ------
    InputError
        If there is no such file, a column is missing, `task` is none of the choices, a value is
        neither a code nor a word that the data set knows, or no row is left; the message names the
        column and the row, counted from 0.

    Notes
    -----
    Where the file tells (X1TXMATH_IM), scores that NCES imputed are left out: they were computed
    from the student's other data, and a model could gain on them by repeating that computation.

    The median is that of the rows of the data set, unweighted, after those without a score, sex or
    race (and, if `weighted`, without a weight) are left out: it is part of the outcome's definition
    and the same for training and test rows.

    Features are chosen by name, so that no other form of the result (X1TXMQUINT, X1TXMTH, ...) and
    nothing from a later year can enter. The order of the levels is that of the codes.

    References
    ----------
    .. [1] Ingels, S. J., et al. (2011). High School Longitudinal Study of 2009 (HSLS:09): Base-Year
       Data File Documentation (NCES 2011-328). U.S. Department of Education.

    Examples
    --------
    >>> from whogains.datasets import hsls
    >>> data = hsls("hsls_17_student_pets_sr_v1_0.csv", "score")  # doctest: +SKIP
    >>> data.personal.columns.tolist()  # doctest: +SKIP
    ['sex', 'race']
    """
    if task not in _OUTCOMES:
        raise InputError(f"task {task!r} is unknown; use 'above_median' or 'score'")
    table = _read(Path(path), weighted=weighted)
    scored = table[OUTCOME].notna()
    measured = scored & ~table["imputed"]
    known = table[["sex", "race"]].notna().all(axis=1)
    kept = measured & known
    weighed = table[WEIGHT] > 0 if weighted else pd.Series(data=True, index=table.index)
    counts = {
        "all_rows": f"{len(table):,}",
        "no_score": f"{int((~scored).sum()):,}",
        "imputed": f"{int((scored & ~measured).sum()):,}",
        "unknown": f"{int((measured & ~known).sum()):,}",
        "no_weight": f", {int((kept & ~weighed).sum()):,} without a weight" if weighted else "",
    }
    table = table[kept & weighed]
    if table.empty:
        raise InputError(f"{path} has no row with a mathematics score, sex and race")
    score = table[OUTCOME].rename("score")
    median = float(score.median())
    cluster = _schools(table, path)
    features = [*SCALES.values(), "household_size", *(name for name, _ in CATEGORIES.values())]
    return Dataset(
        name=f"hsls/{task}",
        task="classification" if task == "above_median" else "regression",
        X=table[features],
        y=score if task == "score" else (score > median).astype("int64").rename(task),
        personal=table[["sex", "race"]],
        target=task,
        unit="points" if task == "score" else None,
        card=_CARD.format(
            task=task,
            rows=f"{len(table):,}",
            outcome=_OUTCOMES[task].format(median=median),
            schools="not told in this file (SCH_ID is suppressed or missing)."
            if cluster is None
            else f"{cluster.nunique():,}, as `cluster`.",
            weights="W1STUDENT, of the base year." if weighted else "not used.",
            **counts,
        ),
        cluster=cluster,
        sample_weight=table[WEIGHT].rename("sample_weight") if weighted else None,
    )


def _read(path: Path, *, weighted: bool) -> pd.DataFrame:
    """Read the columns that are used, and turn codes and words into numbers and levels."""
    text = _text(path, weighted=weighted)
    found = {OUTCOME: _numbers(text[OUTCOME], path, _limits(*OUTCOME_LIMITS))}
    found["imputed"] = (
        _codes(text[IMPUTED], path, IMPUTATION).eq(1)
        if IMPUTED in text
        else pd.Series(data=False, index=text.index)
    )
    for name, feature in SCALES.items():
        found[feature] = _numbers(text[name], path, _limits(-SCALE_LIMIT, SCALE_LIMIT))
    # With words, the number of people begins the text: "4 Household members".
    people = text[HOUSEHOLD].str.replace(r"^\s*(\d+)\b.*", r"\1", regex=True)
    found["household_size"] = _numbers(people, path, _limits(1, 40))
    for name, (feature, levels) in CATEGORIES.items():
        words = {code: names[0] for code, names in levels.items()}
        read = _codes(text[name], path, levels).map(words)
        found[feature] = _category(read, list(dict.fromkeys(words.values())))
    sex = _codes(text["X1SEX"], path, SEX).map({1: "Male", 2: "Female"})
    found["sex"] = _category(sex, SEXES)
    race = _codes(text["X1RACE"], path, RACE)
    white = race.eq(WHITE).map({True: RACES[0], False: RACES[1]}).where(race.notna())
    found["race"] = _category(white, RACES)
    if weighted:
        found[WEIGHT] = _numbers(text[WEIGHT], path, _limits(0, float("inf")))
    table = pd.DataFrame(found)
    if SCHOOL in text:
        table[SCHOOL] = text[SCHOOL]
    if STUDENT in text:
        table.index = pd.Index(text[STUDENT], name=STUDENT)
    return table


def _text(path: Path, *, weighted: bool) -> pd.DataFrame:
    """Read the columns as text, whatever the case of their names."""
    needed = [OUTCOME, "X1SEX", "X1RACE", *SCALES, HOUSEHOLD, *CATEGORIES]
    needed += [WEIGHT] if weighted else []
    wanted = {*needed, STUDENT, SCHOOL, IMPUTED}
    refuse_stream(path)
    try:
        text: pd.DataFrame = pd.read_csv(
            path,
            usecols=lambda name: str(name).strip().upper() in wanted,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except FileNotFoundError:
        raise InputError(f"no such file: {path}") from None
    except (OSError, EOFError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise InputError(f"{path} cannot be read as CSV: {why}") from error
    text.columns = text.columns.str.strip().str.upper()
    for name in needed:
        if name not in text:
            raise InputError(
                f"{path} has no column {name}; give the student file of HSLS:09 with the variables "
                "of the base year"
            )
    if not text.columns.is_unique:
        twice = text.columns[text.columns.duplicated()][0]
        raise InputError(f"{path} has more than one column {twice}; rename one")
    if text.empty:
        raise InputError(f"{path} has no rows")
    return text


def _limits(low: float, high: float) -> Callable[[float], bool]:
    return lambda value: low <= value <= high and isfinite(value)


def _numbers(text: pd.Series, path: Path, fine: Callable[[float], bool]) -> pd.Series:
    """Read numbers, with codes and words for missing values."""
    found = {}
    for value in text.unique():
        number = _number(value)
        if _plain(value) in _MISSING or (number is not None and number in MISSING_CODES):
            found[value] = nan
        elif number is not None and fine(number):
            found[value] = number
        else:
            raise _unknown(text, value, path, "a number of this variable")
    return text.map(found).astype("float64")


def _codes(text: pd.Series, path: Path, levels: Mapping[int, tuple[str, ...]]) -> pd.Series:
    """Read codes, or the words for them, with negative codes and words for missing values."""
    words = {_plain(name): code for code, names in levels.items() for name in names}
    found: dict[str, float] = {}
    for value in text.unique():
        number = _number(value)
        if _plain(value) in words:
            found[value] = words[_plain(value)]
        elif _plain(value) in _MISSING or (number is not None and number < 0):
            found[value] = nan
        elif number is not None and number in levels:
            found[value] = number
        else:
            raise _unknown(text, value, path, "a code or word of this variable")
    return text.map(found).astype("float64")


def _unknown(text: pd.Series, value: str, path: Path, what: str) -> InputError:
    row = int(np.flatnonzero(text.eq(value))[0])
    return InputError(
        f"{path}: {text.name} is {value[:60]!r} in row {row} (counting from 0), which is not "
        f"{what}; correct it"
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Take case and spaces off, and the code in brackets that some exports put first."""
    return re.sub(r"^\(-?\d+\)|\s", "", text.strip()).replace("\u2019", "'").casefold()


_MISSING: Final = frozenset(_plain(word) for word in MISSING)


def _schools(table: pd.DataFrame, path: str | Path) -> pd.Series | None:
    """Find the schools, where the file tells them."""
    if SCHOOL not in table:
        return None
    number = table[SCHOOL].map(_number)
    hidden = number.lt(0) | table[SCHOOL].map(_plain).isin(_MISSING)
    if hidden.all():
        return None
    if hidden.any():
        row = table.index[hidden][0]
        raise InputError(f"{path}: {SCHOOL} is missing for student {row}; correct or drop the row")
    return table[SCHOOL].rename("school")


def _category(values: pd.Series, levels: Sequence[str]) -> pd.Series:
    return values.astype(pd.CategoricalDtype(list(levels)))
