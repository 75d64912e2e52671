"""How long adults stay in intensive care, from the first day of the stay in MIMIC-III."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from whogains.datasets.dataset import Dataset
from whogains.datasets.mimic3_cache import cache_folder, keep, read_cached, state_of
from whogains.datasets.mimic3_files import find_tables
from whogains.datasets.mimic3_items import MEASUREMENTS, STATISTICS
from whogains.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: To be raised with every change of what the cached table holds.
RECIPE: Final = 1
AGE: Final = ("18-44", "45+")
RACE: Final = ("White", "Non-White")
SEX: Final = ("Female", "Male")
#: Words of ETHNICITY that say nothing about race.
UNKNOWN: Final = (
    "UNKNOWN/NOT SPECIFIED",
    "UNABLE TO OBTAIN",
    "PATIENT DECLINED TO ANSWER",
    "",
)
LONG_DAYS: Final = 3.0
MOST_MISSING: Final = 0.5

_CARD: Final = """\
# MIMIC-III: {task}

{rows} hospital admissions of {patients} adults (18 and over) with a stay in intensive care at
Beth Israel Deaconess Medical Center, Boston, 2001-2012. One row per admission: its first stay.

- **Outcome**: {outcome}
- **Features**: mean, least and largest value of vital signs and laboratory values charted in the
  first 24 hours of the stay. Nothing charted later enters. Values outside plausible ranges are
  missing.
- **Left out**: {left_out}.
- **Measurements left out**, missing for more than half of the rows: {dropped}.
- **Rows that belong together**: the stays of one patient (`cluster`).
- **Source**: Johnson, A., Pollard, T., Mark, R. (2016). MIMIC-III Clinical Database (version 1.4).
  PhysioNet. https://doi.org/10.13026/C2XW26. Johnson, A. E. W., et al. (2016). MIMIC-III, a freely
  accessible critical care database. Scientific Data, 3, 160035. For credentialed users, under the
  PhysioNet Credentialed Health Data License 1.5.0: what is made from the data, the cached table
  included, must be kept as the data themselves.
- **Limits**: one hospital; people whose stay or life ends within a day are not here; a stay that
  death ends is as short as it was; laboratory values count from when the sample was drawn, and
  some results came later.

Every column with its items, unit and range: docs/data/mimic3.md in the source repository.
"""
_OUTCOMES: Final = {
    "long_stay": "1 where the stay in intensive care lasted more than 3 days, else 0.",
    "length_of_stay": "log(1 + days in intensive care), not standardized.",
}


def mimic3(
    folder: str | Path,
    task: Literal["long_stay", "length_of_stay"] = "long_stay",
    *,
    personal: Sequence[Literal["age", "race", "sex"]] = ("age", "race"),
    cache: str | Path | bool = True,
    memory: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Dataset:
    """Length of intensive care, predicted after its first 24 hours, from your copy of MIMIC-III.

    Parameters
    ----------
    folder : str or Path
        The folder of MIMIC-III v1.4 [1]_ as downloaded: PATIENTS, ADMISSIONS, ICUSTAYS, LABEVENTS,
        CHARTEVENTS, D_ITEMS and D_LABITEMS, each as .csv or .csv.gz; upper or lower case both work,
        in the names of the files and in their columns.
    task : {"long_stay", "length_of_stay"}
        ``"long_stay"``: classification, 1 where the stay lasted more than 3 days.
        ``"length_of_stay"``: regression of log(1 + days).
    personal : sequence of {"age", "race", "sex"}
        Which attributes `personal` holds: age 18-44 or 45+, race White or Non-White, sex Female or
        Male. Those not asked for are nowhere in the data set.
    cache : str, Path or bool
        Where the table made from the files is kept, so that the next call takes a second: a folder;
        True for `folder` itself, where it can be written; False for nowhere.
    memory : int, optional
        The most bytes that DuckDB may use before it spills to disk; by default a quarter of the
        machine's memory.
    progress : callable, optional
        Called as ``progress(stage, megabytes read, megabytes)`` while the files are read.

    Returns
    -------
    Dataset
        Mean, minimum and maximum of 7 vital signs and 19 laboratory values, but those missing for
        more than half of the rows, which the card names. The index is HADM_ID; `cluster` is
        SUBJECT_ID.

    Raises
    ------
    InputError
        If an argument is none of the choices, a file or column is missing, a file is damaged, the
        files are not MIMIC-III, one has a row twice, no row or measurement is left, or the cache
        cannot be written.

    Notes
    -----
    The stay is the first one in intensive care of a hospital admission; it starts at INTIME, and
    the prediction is made 24 hours later. Only charted values from INTIME to that moment, both
    included, enter. Where the stay or the patient's life has ended by then, nothing is left to
    predict, and the admission is left out. Of the admission's own columns, none but ETHNICITY
    (for `personal`) and DEATHTIME (for that rule) is read. Dates of birth of patients over 89 are
    shifted in the database so that they seem 300 years old; they are in the band 45+.

    Race is White where ETHNICITY begins with WHITE. Where it is unknown, the row is left out if
    race is asked for.

    What is kept in `cache` depends on the name, size and time of change of every file and on the
    recipe, and is made anew when one of them changes. Means are sums of decimals, so that they do
    not depend on the number of threads. The outcome is not standardized, because the mean and
    spread must come from training rows only; models of this package that need it do so
    themselves.

    References
    ----------
    .. [1] Johnson, A., Pollard, T., Mark, R. (2016). MIMIC-III Clinical Database (version 1.4).
       PhysioNet. https://doi.org/10.13026/C2XW26

    Examples
    --------
    >>> from whogains.datasets import mimic3
    >>> data = mimic3("mimic-iii-1.4", "length_of_stay")  # doctest: +SKIP
    >>> data.personal.columns.tolist()  # doctest: +SKIP
    ['age', 'race']
    """
    if task not in _OUTCOMES:
        raise InputError(f"task {task!r} is unknown; use 'long_stay' or 'length_of_stay'")
    asked = _checked(personal)
    if memory is not None and memory < 1:
        raise InputError(f"memory is {memory} bytes; give more than 0")
    table, counts = _table(Path(folder), cache, memory, progress)
    table = table.set_index("hadm_id")
    attributes = _attributes(table)[asked]
    known = attributes.notna().all(axis=1)
    table, attributes = table[known], attributes[known]
    if table.empty:
        raise InputError(
            f"{folder} has no admission of an adult with 24 hours in intensive care and known "
            f"{', '.join(asked)}"
        )
    sparse = [
        each.name
        for each in MEASUREMENTS
        if table[f"{each.name}_{STATISTICS[0]}"].isna().mean() > MOST_MISSING
    ]
    features = [
        f"{each.name}_{statistic}"
        for each in MEASUREMENTS
        if each.name not in sparse
        for statistic in STATISTICS
    ]
    if not features:
        raise InputError(
            f"{folder} has no vital sign or laboratory value for at least half of its "
            f"{len(table):,} admissions"
        )
    cluster = table["subject_id"].astype("int64")
    return Dataset(
        name=f"mimic3/{task}",
        task="classification" if task == "long_stay" else "regression",
        X=table[features].astype("float64"),
        y=_outcome(table["stay_days"], task),
        personal=attributes,
        target=task,
        unit=None if task == "long_stay" else "log(1 + days)",
        card=_CARD.format(
            task=task,
            rows=f"{len(table):,}",
            patients=f"{cluster.nunique():,}",
            outcome=_OUTCOMES[task],
            left_out=_left_out(counts, int((~known).sum())),
            dropped=", ".join(sparse) or "none",
        ),
        cluster=cluster,
    )


def _checked(personal: Sequence[str]) -> list[str]:
    chosen = [personal] if isinstance(personal, str) else list(personal)
    for name in chosen:
        if name not in ("age", "race", "sex"):
            raise InputError(f"personal has {name!r}; use 'age', 'race' and 'sex'")
    if not chosen or len(set(chosen)) < len(chosen):
        raise InputError(f"personal is {chosen}; name each attribute once, and at least one")
    return chosen


def _table(
    folder: Path,
    cache: str | Path | bool,
    memory: int | None,
    progress: Callable[[str, int, int], None] | None,
) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """Read the table that was kept, or make it."""
    tables = find_tables(folder)
    place = cache_folder(cache, folder)
    recipe = [RECIPE, *(asdict(each) for each in MEASUREMENTS)]
    file = (
        place / f"whogains-mimic3-{state_of(tables, json.dumps(recipe))}.parquet" if place else None
    )
    kept = read_cached(file) if file else None
    if kept is not None:
        return kept
    from whogains.datasets.mimic3_build import build

    table, counts = build(tables, memory, progress)
    if file:
        keep(file, table, counts)
    return table, counts


def _attributes(table: pd.DataFrame) -> pd.DataFrame:
    """Make the personal attributes, missing where they are not known."""
    ethnicity = table["ethnicity"].fillna("")
    race = ethnicity.str.startswith("WHITE").map({True: RACE[0], False: RACE[1]})
    return pd.DataFrame(
        {
            "age": _category(table["age_years"].ge(45).map({False: AGE[0], True: AGE[1]}), AGE),
            "race": _category(race.mask(ethnicity.isin(UNKNOWN)), RACE),
            "sex": _category(table["gender"].map({"F": SEX[0], "M": SEX[1]}), SEX),
        }
    )


def _outcome(days: pd.Series, task: str) -> pd.Series:
    if task == "long_stay":
        return (days > LONG_DAYS).astype("int64").rename(task)
    return pd.Series(np.log1p(days.to_numpy("float64")), index=days.index, name=task)


def _left_out(counts: Mapping[str, int], unknown: int) -> str:
    return (
        f"of {counts['adults']:,} admissions of adults with intensive care, {counts['ended']:,} "
        f"whose\n  first stay or life ended within 24 hours, {counts['no_end']:,} without an end "
        f"of the stay, {unknown:,}\n  whose personal attributes are not all known"
    )


def _category(values: pd.Series, levels: Sequence[str]) -> pd.Series:
    return values.astype(pd.CategoricalDtype(list(levels)))
