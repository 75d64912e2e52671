"""From the files of MIMIC-III to one row per admission, by DuckDB in bounded memory."""

# ruff: noqa: S608 - what is put into the queries is written in this package; values are parameters

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from textwrap import shorten
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from whogains.datasets.mimic3_files import Table
from whogains.datasets.mimic3_items import MEASUREMENTS, STATISTICS
from whogains.errors import InputError

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str, int, int], None]

#: The hours from the start of the stay to the moment of prediction.
HOURS: Final = 24
ADULT: Final = 18
LONGEST: Final = 200
POLL_SECONDS: Final = 0.1
MIB: Final = 2**20

_STAYS: Final = f"""
CREATE TEMP TABLE stays AS
WITH first_stays AS (
    SELECT * FROM icustays WHERE intime IS NOT NULL AND hadm_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY hadm_id ORDER BY intime, icustay_id) = 1
)
SELECT
    s.hadm_id, s.subject_id, s.icustay_id, s.intime AS began,
    s.intime + INTERVAL {HOURS} HOUR AS predicted,
    date_sub('year', p.dob, s.intime) AS age_years,
    upper(trim(p.gender)) AS gender,
    upper(trim(a.ethnicity)) AS ethnicity,
    date_diff('second', s.intime, s.outtime) / 86400.0 AS stay_days,
    CASE WHEN s.outtime IS NOT NULL
        THEN least(s.outtime, coalesce(a.deathtime, s.outtime)) END AS ended
FROM first_stays s
JOIN admissions a ON a.hadm_id = s.hadm_id
JOIN patients p ON p.subject_id = s.subject_id
"""
# Sums of decimals do not depend on the order in which threads add them up.
_EVENTS: Final = """
SELECT hadm_id, name, CAST(sum(v) AS DOUBLE) / count(*) AS mean,
    CAST(min(v) AS DOUBLE) AS min, CAST(max(v) AS DOUBLE) AS max
FROM (
    SELECT s.hadm_id, i.name, CAST(i.scale * e.valuenum + i.shift AS DECIMAL(18, 4)) AS v
    FROM (SELECT {key}, itemid, charttime, valuenum FROM {table}
          WHERE itemid IN ({items}) AND isfinite(valuenum) {valid}) e
    JOIN items i ON i.itemid = e.itemid
    JOIN kept s ON s.{key} = e.{key} AND e.charttime >= s.began AND e.charttime <= s.predicted
    WHERE i.scale * e.valuenum + i.shift BETWEEN i.low AND i.high
) GROUP BY hadm_id, name
"""


def build(
    tables: Mapping[str, Table], memory: int | None, progress: Progress | None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Make one row per admission of an adult who is still in intensive care after a day.

    Parameters
    ----------
    tables : mapping of str to Table
        The files.
    memory : int, optional
        The most bytes that DuckDB may use before it spills to disk; by default a quarter of the
        machine's memory.
    progress : callable, optional
        Called as ``progress(stage, megabytes read, megabytes)``.

    Returns
    -------
    table : pandas.DataFrame
        One row per admission in the order of its number, with the columns hadm_id, subject_id,
        age_years, gender, ethnicity, stay_days, and the statistics of every measurement.
    counts : dict of str to int
        How many admissions of adults there are, and how many are left out why.

    Raises
    ------
    InputError
        If a file is damaged, the dictionaries are not those of MIMIC-III, or memory or disk do
        not suffice.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="whogains-") as folder:
        settings: dict[str, Any] = {
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "memory_limit": f"{(_quarter() if memory is None else memory) / MIB:.3f}MiB",
        }
        try:
            with duckdb.connect(config=settings) as connection:
                return _build(connection, tables, progress)
        except duckdb.Error as error:
            raise InputError(_explained(error)) from error


def _quarter() -> int:
    """Find a quarter of the machine's memory, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


def _build(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], progress: Progress | None
) -> tuple[pd.DataFrame, dict[str, int]]:
    # Progress is asked for and shown elsewhere; DuckDB itself must print nothing.
    connection.execute("SET enable_progress_bar = TRUE")
    connection.execute("SET enable_progress_bar_print = FALSE")
    for name, table in tables.items():
        _view(connection, name, table)
    _check_items(connection)
    _check_unique(connection)
    connection.execute(_STAYS)
    counts = _keep(connection)
    items = _items()
    connection.register("items", items)
    wide = connection.execute(
        "SELECT hadm_id, subject_id, age_years, gender, ethnicity, stay_days FROM kept "
        "ORDER BY hadm_id"
    ).df()
    sizes = {name: tables[name].path.stat().st_size for name in ("LABEVENTS", "CHARTEVENTS")}
    meter = _Meter(progress, sum(sizes.values()))
    found = []
    for name, key in (("LABEVENTS", "subject_id"), ("CHARTEVENTS", "icustay_id")):
        ids = ", ".join(str(item) for item in items.loc[items["table"] == name, "itemid"])
        query = _EVENTS.format(
            key=key,
            table=name.lower(),
            items=ids,
            valid="AND coalesce(error, 0) <> 1" if name == "CHARTEVENTS" else "",
        )
        meter.begin(f"reading {name}", sizes[name])
        found.append(_watched(connection, query, meter))
    return _with_statistics(wide, pd.concat(found)), counts


def _view(connection: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    # Square brackets and stars in the name of a file are no pattern.
    path = re.sub(r"([*?\[])", r"[\1]", str(table.path))
    connection.read_csv(
        path,
        header=True,
        sep=",",
        quotechar='"',
        escapechar='"',
        columns=table.columns,
        auto_detect=False,
        compression="gzip" if path.lower().endswith(".gz") else "none",
    ).create_view(name.lower())


def _items() -> pd.DataFrame:
    """List the items with the line that turns what is charted into the unit of the columns."""
    rows = []
    for each in MEASUREMENTS:
        for item in each.items:
            scale, shift = (1 / 1.8, -32 / 1.8) if item in each.fahrenheit else (1.0, 0.0)
            rows.append((item, each.name, each.table, scale, shift, each.low, each.high))
    names = ["itemid", "name", "table", "scale", "shift", "low", "high"]
    return pd.DataFrame(rows, columns=names).astype({"low": "float64", "high": "float64"})


def _check_items(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse dictionaries in which an item id stands for something else."""
    for dictionary, table in (("d_items", "CHARTEVENTS"), ("d_labitems", "LABEVENTS")):
        labels = dict(connection.execute(f"SELECT itemid, label FROM {dictionary}").fetchall())
        for each in MEASUREMENTS:
            for item in each.items if each.table == table else ():
                label = labels.get(item)
                if not any(word in (label or "").lower() for word in each.words):
                    holds = "lacks" if item not in labels else f"calls {label!r}"
                    raise InputError(
                        f"{dictionary.upper()} {holds} item {item}, which is {each.name} in "
                        "MIMIC-III v1.4; give the files of that version"
                    )


def _check_unique(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a patient, admission or stay that is there twice: its rows would be, too."""
    for table, key in (
        ("patients", "subject_id"),
        ("admissions", "hadm_id"),
        ("icustays", "icustay_id"),
    ):
        twice = connection.execute(
            f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT 1"
        ).fetchall()
        if twice:
            raise InputError(
                f"{table.upper()} has {key.upper()} {twice[0][0]} more than once; give the file as "
                "downloaded"
            )


def _keep(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Keep the adults who are still in intensive care at the moment of prediction, and count."""
    adult = f"age_years >= {ADULT}"
    connection.execute(
        f"CREATE TEMP TABLE kept AS SELECT * FROM stays WHERE {adult} AND ended > predicted"
    )
    found = connection.execute(
        f"SELECT count_if({adult}), count_if({adult} AND ended IS NULL), "
        f"count_if({adult} AND ended <= predicted) FROM stays"
    ).fetchall()[0]
    return dict(zip(("adults", "no_end", "ended"), (int(n) for n in found), strict=True))


def _with_statistics(wide: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Put the statistics of every measurement beside the admissions."""
    by_name = dict(tuple(found.groupby("name")))
    columns = {}
    for each in MEASUREMENTS:
        mine = by_name.get(each.name)
        for statistic in STATISTICS:
            name = f"{each.name}_{statistic}"
            if mine is None:
                columns[name] = pd.Series(float("nan"), index=wide.index)
            else:
                columns[name] = wide["hadm_id"].map(mine.set_index("hadm_id")[statistic])
    return pd.concat([wide, pd.DataFrame(columns)], axis=1)


class _Meter:
    """How far the reading of several files of known sizes is."""

    def __init__(self, progress: Progress | None, size: int) -> None:
        self.progress, self.size = progress, size
        self.stage, self.before, self.current, self.share = "", 0, 0, 0.0

    def begin(self, stage: str, size: int) -> None:
        """Tell that the next file begins."""
        self.stage, self.before, self.current, self.share = (
            stage,
            self.before + self.current,
            size,
            0.0,
        )

    def show(self, percent: float) -> None:
        """Tell which share of the file is read; it never goes back."""
        self.share = max(self.share, min(percent, 100.0) / 100)
        if self.progress is not None:
            done = self.before + self.share * self.current
            self.progress(self.stage, round(done / MIB), max(1, round(self.size / MIB)))


def _watched(connection: duckdb.DuckDBPyConnection, query: str, meter: _Meter) -> pd.DataFrame:
    """Run a query in a thread, and tell how far it is."""
    found: list[pd.DataFrame] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.append(connection.execute(query).df())
        except Exception as error:
            failed.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            meter.show(connection.query_progress() if thread.is_alive() else 100.0)
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    if failed:
        raise failed[0]
    return found[0]


def _explained(error: Exception) -> str:
    """Say in one line what is wrong with the files, or what there is too little of."""
    text = str(error)
    line = shorten(text.split("\n", maxsplit=1)[0], LONGEST, placeholder=" ...")
    if re.search(r"max_temp_directory_size|No space left|could not write", text, re.IGNORECASE):
        return "the disk is full while MIMIC-III is read; free some, or set TMPDIR to another disk"
    if re.search(r"Out of Memory|memory limit|could not allocate", text, re.IGNORECASE):
        return f"MIMIC-III cannot be read in the memory allowed: {line}; raise memory"
    if "GZIP" in text:
        return f"a file of MIMIC-III is damaged or not whole: {line}; download it again"
    at = re.search(r"CSV Error on Line: (\d+)", text)
    file = re.search(r"^\s*file = (.+)$", text, re.MULTILINE)
    if at and file:
        why = [
            part
            for part in text.splitlines()[1:]
            if part.strip() and not part.startswith(("Original Line", "Possible"))
        ]
        what = shorten(why[0] if why else line, LONGEST, placeholder=" ...")
        return f"{file.group(1)}, line {at.group(1)}: {what}"
    return f"MIMIC-III cannot be read: {line}"
