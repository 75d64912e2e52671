"""Heart disease in the patients whom the Cleveland Clinic sent to angiography."""

from __future__ import annotations

import csv
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from whogains.datasets.dataset import Dataset
from whogains.errors import InputError
from whogains.files import read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The columns of the file, which has no header, in order.
COLUMNS: Final = (
    "age",
    "sex",
    "chest_pain",
    "resting_pressure",
    "cholesterol",
    "high_fasting_sugar",
    "resting_ecg",
    "max_heart_rate",
    "exercise_angina",
    "st_depression",
    "st_slope",
    "vessels",
    "thallium",
    "severity",
)
#: The codes of the file and the words for them, in the order of the levels.
LEVELS: Final[Mapping[str, Mapping[int, str]]] = {
    "chest_pain": {
        1: "Typical angina",
        2: "Atypical angina",
        3: "Non-anginal pain",
        4: "Asymptomatic",
    },
    "resting_ecg": {0: "Normal", 1: "ST-T abnormality", 2: "Left ventricular hypertrophy"},
    "st_slope": {1: "Upsloping", 2: "Flat", 3: "Downsloping"},
    "thallium": {3: "Normal", 6: "Fixed defect", 7: "Reversible defect"},
}
#: The other columns that hold codes, and the codes.
CODES: Final[Mapping[str, Sequence[int]]] = {
    "sex": (0, 1),
    "high_fasting_sugar": (0, 1),
    "exercise_angina": (0, 1),
    "vessels": (0, 1, 2, 3),
    "severity": (0, 1, 2, 3, 4),
}
#: The columns that are numbers, and the least and the largest that is possible.
LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "age": (1, 120),
    "resting_pressure": (20, 300),
    "cholesterol": (20, 1500),
    "max_heart_rate": (20, 300),
    "st_depression": (-20, 20),
}
COMPLETE: Final = ("age", "sex", "severity")
SEX: Final = ("Female", "Male")
AGE: Final = ("Under 55", "55+")
PUBLISHED_ROWS: Final = 303

_CARD: Final = """\
# Heart disease, Cleveland: {task}

{rows} patients referred for coronary angiography to the Cleveland Clinic, 1981-1984{published}.

- **Outcome**: {outcome}
- **Personal**: sex, and age in two bands, under 55 and 55 or more.
- **Left out**: nobody. {gaps} rows lack a feature; missing values stay missing.
- **Source**: Janosi, A., Steinbrunn, W., Pfisterer, M., Detrano, R. (1989). Heart Disease. UCI
  Machine Learning Repository, https://doi.org/10.24432/C52P4X, file processed.cleveland.data.
  CC BY 4.0. Data: Robert Detrano, V.A. Medical Center, Long Beach, and Cleveland Clinic Foundation.
- **Limits**: few people, of whom one third are women; all were referred for an angiogram, so
  findings speak of such patients and not of the population; several features come from tests
  that follow the first examination.

Every column with its unit and coding: docs/data/heart.md in the source repository.
"""
_OUTCOMES: Final = {
    "disease": "1 where the angiogram showed a narrowing of more than half the diameter in a\n"
    "  major vessel (num > 0), else 0.",
    "severity": "num, from 0 (no such narrowing) to 4, taken as a number.",
}


def heart(path: str | Path, task: Literal["disease", "severity"] = "disease") -> Dataset:
    """Heart disease of 303 patients, with sex and age band as personal attributes.

    Parameters
    ----------
    path : str or Path
        The file ``processed.cleveland.data`` of the UCI Machine Learning Repository: 14 columns
        with commas between them, no header, ``?`` for a missing value [1]_.
    task : {"disease", "severity"}
        ``"disease"``: classification, 1 where the last column (num) is above 0. ``"severity"``:
        regression of num itself, 0 to 4.

    Returns
    -------
    Dataset
        7 numeric and 4 categorical features; personal columns ``sex`` and ``age`` (``"Under 55"``,
        ``"55+"``). The index counts the lines of the file from 1.

    Raises
    ------
    InputError
        If there is no such file, `task` is none of the choices, or a line has another number of
        columns, a code that the data set does not know, no number, or no age, sex or outcome; the
        message names the line and the column.

    Notes
    -----
    The cut at 55 is near the median age (56), so that it splits both sexes into groups as large
    as the data allow. The levels of num above 0 are ordered, but their distances mean nothing:
    ``"severity"`` is a rough regression.

    References
    ----------
    .. [1] Janosi, A., Steinbrunn, W., Pfisterer, M., Detrano, R. (1989). Heart Disease. UCI Machine
       Learning Repository. https://doi.org/10.24432/C52P4X

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from whogains.datasets import heart
    >>> lines = ["50,1,4,120,230,0,2,150,0,1.5,2,0,3,0", "61,0,1,140,?,1,0,120,1,0,1,?,7,2"]
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "processed.cleveland.data"
    ...     _ = file.write_text(chr(10).join(lines))
    ...     data = heart(file)
    >>> data.y.tolist(), data.personal["age"].tolist()
    ([0, 1], ['Under 55', '55+'])
    """
    if task not in _OUTCOMES:
        raise InputError(f"task {task!r} is unknown; use 'disease' or 'severity'")
    table = _read(Path(path))
    features = [name for name in COLUMNS if name not in COMPLETE]
    numbers = [name for name in features if name not in LEVELS]
    X = table[numbers].assign(
        **{name: _category(table[name].map(words), words) for name, words in LEVELS.items()}
    )
    severity = table["severity"]
    published = (
        "" if len(table) == PUBLISHED_ROWS else f" (the published file has {PUBLISHED_ROWS})"
    )
    return Dataset(
        name=f"heart/{task}",
        task="classification" if task == "disease" else "regression",
        X=X,
        y=(severity > 0).astype("int64").rename("disease") if task == "disease" else severity,
        personal=_personal(table),
        target=task,
        unit=None,
        card=_CARD.format(
            task=task,
            rows=f"{len(table):,}",
            published=published,
            outcome=_OUTCOMES[task],
            gaps=int(X.isna().any(axis=1).sum()),
        ),
    )


def _read(path: Path) -> pd.DataFrame:
    """Read the lines as numbers, each checked."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"cannot read {path}: {error}") from error
    rows: dict[int, list[float]] = {}
    for line, fields in enumerate(csv.reader(text.splitlines()), start=1):
        if not fields:
            continue
        if len(fields) != len(COLUMNS):
            raise InputError(
                f"{path}, line {line} has {len(fields)} columns instead of {len(COLUMNS)}; give "
                "processed.cleveland.data as published"
            )
        rows[line] = [
            _value(field.strip(), name, f"{path}, line {line}")
            for name, field in zip(COLUMNS, fields, strict=True)
        ]
    if not rows:
        raise InputError(f"{path} has no rows")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS), dtype="float64")
    return table.rename_axis("line")


def _value(text: str, name: str, place: str) -> float:
    """Read one field, which may be missing where the data set has gaps."""
    if text == "?":
        if name in COMPLETE:
            raise InputError(f"{place}: {name} is missing; correct or drop this line")
        return nan
    try:
        value = float(text)
    except ValueError:
        raise InputError(
            f"{place}: {name} is {text[:40]!r}, which is no number; the file has no header, and "
            "? where a value is missing"
        ) from None
    codes = LEVELS.get(name) or CODES.get(name)
    if codes is not None and value not in codes:
        known = ", ".join(str(code) for code in codes)
        raise InputError(f"{place}: {name} has the unknown code {text[:40]!r}; known are {known}")
    if name in LIMITS and not (isfinite(value) and LIMITS[name][0] <= value <= LIMITS[name][1]):
        low, high = LIMITS[name]
        raise InputError(f"{place}: {name} is {text[:40]}, outside {low:g} to {high:g}; correct it")
    return value


def _personal(table: pd.DataFrame) -> pd.DataFrame:
    sex = table["sex"].map({0: SEX[0], 1: SEX[1]})
    age = table["age"].ge(55).map({False: AGE[0], True: AGE[1]})
    return pd.DataFrame(
        {
            "sex": _category(sex, dict(enumerate(SEX))),
            "age": _category(age, dict(enumerate(AGE))),
        }
    )


def _category(values: pd.Series, words: Mapping[int, str]) -> pd.Series:
    return values.astype(pd.CategoricalDtype(list(words.values())))
