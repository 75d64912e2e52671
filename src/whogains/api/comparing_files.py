"""Compare the predictions of two models in files and other tables of any size."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from whogains.api.class_columns import CLASS, class_columns
from whogains.api.collecting import GatheredEvidence, Progress, gather_from
from whogains.api.comparing import compare
from whogains.api.numbered_columns import numbered_names
from whogains.api.options import (
    CompareFilesOptions,
    file_options,
    shape_options,
    survey_options,
)
from whogains.api.scanning_classes import scan_classes
from whogains.api.surveys import columns_of_survey, survey_of_columns
from whogains.costs import CostNames
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, MAX_LEVELS, levels_as_written
from whogains.files import Format, file_note
from whogains.frames import (
    Shape,
    Survey,
    as_list,
    check_column,
    read_seed,
    task_of_exposure,
    task_of_horizons,
    task_of_levels,
)
from whogains.judging import Settings
from whogains.results import Findings
from whogains.types import Task

if TYPE_CHECKING:
    import pandas as pd

    from whogains.tables import Columns, Source

ROWS_IN_MEMORY = 1_000_000

# Text takes more room than what it says; a CSV of this size has fewer rows than that.
SMALL_CSV = 64 * 2**20
OfClasses = tuple[dict[str, str], dict[str, str]]
OfLevels = tuple[dict[float, str], dict[float, str]]
NEED_ROWS = ("bootstrap", "betting")


def compare_files(
    source: Any,
    *,
    target: str,
    generic: str,
    personalized: str,
    groups: str | Sequence[str],
    task: Task | None = None,
    positive: Any = None,
    costs: CostNames | None = None,
    unit: str | None = None,
    sample_weight: str | None = None,
    exposure: str | None = None,
    levels: Sequence[float] | None = None,
    event: str | None = None,
    horizons: Sequence[float] | None = None,
    cluster: str | None = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    rows_in_memory: int = ROWS_IN_MEMORY,
    memory: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[CompareFilesOptions],
) -> Findings:
    """Compare the predictions of two models in a table of any size, group by group.

    Parameters
    ----------
    source : path, paths, DuckDB relation, Arrow table or dataset, or frame
        A CSV or Parquet file, a folder or glob of either, a list of files, a file of SAS, Stata,
        SPSS or Excel, a DuckDB relation, an Arrow table, dataset or reader, or a pandas or Polars
        frame.
    target : str
        Column of the outcomes. Rows where it is missing are left out and counted.
    generic, personalized : str
        Columns of each model's predictions, as in `compare`; of several classes with {class} where
        the class stands, as in ``"p0_{class}"`` for p0_a, p0_b and p0_c; of quantiles with {level},
        of survival with {horizon}.
    groups : str or sequence of str
        Columns of the attributes whose crossing makes the groups.
    task, positive, costs, unit
        As in `compare`.
    sample_weight, exposure, cluster : str, optional
        Columns of weights, of exposures of counts (as in `compare`), and of which rows depend on
        each other.
    levels : sequence of float, optional
        For predicted quantiles, their levels, as in `compare`.
    event : str, optional
        For times to an event, the column that says where it was seen, as in `compare`.
    horizons : sequence of float, optional
        For times to an event, the times at which survival is predicted.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of methods that draw random numbers.
    rows_in_memory : int
        Up to so many rows are loaded, and `compare` does the rest. More are summed by a scan that
        holds none of them.
    memory : int, optional
        The most bytes that the scan may use before it spills to disk; by default a quarter of
        the machine's memory.
    progress : callable, optional
        Called as ``progress(stage, rows done, rows)`` as the scan goes on.
    **options
        How text files are written, where it is not found as meant: the keywords of `Format`
        (`separator`, `decimal`, `encoding`, `na`). How values are meant: those of `Shape`
        (`labels`, `bands`, `percent`, `drop_missing_predictions`). How a survey's sample was
        drawn: those of `Survey`, columns by their names. Levels, epsilon, corrections: those of
        `Settings`.

    Returns
    -------
    Findings
        Numbers and verdicts per group and cost.

    Raises
    ------
    InputError
        If something cannot be used as given; the message names the file, column, row or value.

    Notes
    -----
    Both ways give the same numbers, up to rounding, wherever both give one. What needs the rows
    is missing from findings of more than `rows_in_memory` of them, which say so in a note:
    distributions, calibration, and betting intervals. Those are the choice of "auto" for a
    bounded cost in a group of fewer than 150 rows, or where fewer than 30 differ; such a group
    then has no interval.

    Examples
    --------
    >>> import pandas as pd
    >>> import whogains as wg
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0] * 500, "p0": [.4, .6, .4, .6] * 500,
    ...                       "p1": [.1, .9, .8, .6] * 500, "sex": list("ffmm") * 500})
    >>> found = wg.compare_files(frame, target="y", generic="p0", personalized="p1", groups="sex")
    >>> found.table()[["cost", "sex", "bop", "verdict"]].head(2)
           cost sex  bop                 verdict
    0  zero_one   f  0.0  no material difference
    1  zero_one   m  0.5                    gain
    """
    from whogains.tables import Columns, open_source, unread_id_note

    form, rest = file_options(options)
    survey, rest = survey_options(rest)
    shape, settings = shape_options(rest)
    chosen = Settings(**settings)
    random_state = read_seed(random_state)
    named = {"target": target, "generic": generic, "personalized": personalized}
    check_column(
        **named, sample_weight=sample_weight, exposure=exposure, event=event, cluster=cluster
    )
    task = task_of_levels(task_of_exposure(task, exposure), levels)
    task = task_of_horizons(task, event, horizons)
    of_levels = numbered_names(generic, personalized, levels=levels, horizons=horizons)
    columns = Columns(
        target=target,
        generic=generic,
        personalized=personalized,
        groups=tuple(dict.fromkeys(as_list(groups, "groups"))),
        weight=sample_weight,
        cluster=cluster,
        exposure=exposure,
        **columns_of_survey(survey, event),
    )
    if not columns.groups:
        raise InputError("groups names no column")
    columns, of_classes = _with_classes(source, columns, memory, form, of_levels)

    def scan(opened: Source) -> GatheredEvidence:
        return gather_from(
            opened,
            columns,
            task=task,
            positive=positive,
            costs=costs,
            unit=unit,
            min_cell=chosen.min_cell,
            max_levels=max_levels,
            max_groups=max_groups,
            metrics=True,
            settings=chosen,
            shape=shape,
        )

    if isinstance(rows_in_memory, bool) or not (
        isinstance(rows_in_memory, int) and rows_in_memory >= 0
    ):
        raise InputError(f"rows_in_memory must be a whole number from 0 on, not {rows_in_memory!r}")
    several = False
    frame = _small_file(source, columns, rows_in_memory, form, shape)
    if frame is None:
        with open_source(source, memory=memory, progress=progress, form=form) as opened:
            rows = opened.rows_up_to(rows_in_memory)
            if rows == 0:
                raise InputError(f"{opened.name} has no rows")
            if rows is None:
                _check_scan(chosen.method, survey, opened, rows_in_memory, task)
                if of_classes is not None:
                    _check_shape(shape, opened)
                    return scan_classes(
                        opened,
                        columns,
                        of_classes,
                        costs=costs,
                        unit=unit,
                        max_levels=max_levels,
                        max_groups=max_groups,
                        settings=chosen,
                        random_state=random_state,
                    )
                return scan(opened).findings(chosen, random_state=random_state)
            told = [opened.note, unread_id_note(opened, columns)]
            frame = load_columns(opened, columns, shape)
            several = len(opened.files) > 1 and of_classes is None
    else:
        path = Path(source)
        told = [file_note(path, form), unread_id_note(path, columns, form)]
    given = _predictions(frame, columns, of_classes, of_levels)
    try:
        found = compare(
            frame[target],
            generic=given[0],
            personalized=given[1],
            groups=frame[list(columns.groups)],
            task=task,
            positive=positive,
            costs=costs,
            unit=unit,
            sample_weight=None if sample_weight is None else frame[sample_weight],
            exposure=None if exposure is None else frame[exposure],
            levels=levels,
            event=None if event is None else frame[event],
            horizons=horizons,
            cluster=None if cluster is None else frame[cluster],
            max_levels=max_levels,
            max_groups=max_groups,
            random_state=random_state,
            **survey_of_columns(survey, frame),
            **rest,
        )
    except InputError:
        if several and not survey.given and of_levels is None:
            # The scan says in which of the files.
            with open_source(source, memory=memory, form=form) as again:
                scan(again)
        raise
    notes = tuple(note for note in told if note is not None)
    return replace(found, notes=(*found.notes, *notes)) if notes else found


def _check_scan(
    method: str, survey: Survey, source: Source, rows_in_memory: int, task: Task | None
) -> None:
    if task in {"quantiles", "survival"}:
        raise InputError(
            f"{source.name} has more than {rows_in_memory} rows, which are scanned, and a scan "
            f"knows no predicted {task}: raise rows_in_memory (--rows-in-memory)"
        )
    if survey.given:
        raise InputError(
            f"{source.name} has more than {rows_in_memory} rows, which are scanned, and a scan "
            "knows no strata, PSUs or replicate weights: raise rows_in_memory (--rows-in-memory)"
        )
    if method in NEED_ROWS:
        raise InputError(
            f"method {method!r} needs the rows, and {source.name} has more than "
            f"{rows_in_memory} of them; raise rows_in_memory (--rows-in-memory)"
        )


def _check_shape(shape: Shape, source: Source) -> None:
    if shape != Shape():
        raise InputError(
            f"{source.name} is scanned for several classes, which takes values as they are: leave "
            "labels, bands, percent and drop_missing_predictions out, or raise rows_in_memory "
            "(--rows-in-memory)"
        )


def _with_classes(
    source: Any,
    columns: Columns,
    memory: int | None,
    form: Format,
    of_levels: OfLevels | None,
) -> tuple[Columns, OfClasses | None]:
    """Find the columns of every class or level, where predictions have one for each."""
    from whogains.tables import open_source

    if of_levels is not None:
        every = tuple(name for of_model in of_levels for name in of_model.values())
        return replace(columns, generic=every[0], personalized=every[-1], also=every), None
    if CLASS not in columns.generic and CLASS not in columns.personalized:
        return columns, None
    with open_source(source, memory=memory, form=form) as opened:
        others = [name for name in columns.names if CLASS not in name]
        found = class_columns(opened.names, columns.generic, columns.personalized, others)
    every = tuple(name for of_model in found for name in of_model.values())
    return replace(columns, generic=every[0], personalized=every[-1], also=every), found


def _predictions(
    frame: pd.DataFrame,
    columns: Columns,
    of_classes: OfClasses | None,
    of_levels: OfLevels | None,
) -> Sequence[Any]:
    """Take the predictions of both models: a column each, or one for every class or level."""
    if of_levels is not None:
        return [frame[list(of.values())].set_axis(list(of), axis=1) for of in of_levels]
    if of_classes is None:
        return frame[columns.generic], frame[columns.personalized]
    return [frame[list(of.values())].set_axis(list(of), axis=1) for of in of_classes]


def _small_file(
    source: Any, columns: Columns, rows_in_memory: int, form: Format, shape: Shape
) -> pd.DataFrame | None:
    """Load one small file, as `whogains audit` does; None for anything else."""
    from whogains.files import is_parquet, parquet_rows, read_table

    if not isinstance(source, str | Path):
        return None
    path = Path(source)
    # A folder or a pattern is for the scan, which says what is wrong with a path that is neither.
    if rows_in_memory == 0 or not path.is_file():
        return None
    if is_parquet(path):
        small = parquet_rows(path) <= rows_in_memory
    else:
        small = path.stat().st_size <= SMALL_CSV
    if not small:
        return None
    frame = read_table(path, columns.names, as_written=_as_written(columns, shape), form=form)
    frame = frame if is_parquet(path) else with_levels(frame, columns.groups, columns.target)
    return frame if len(frame) <= rows_in_memory else None


def load_columns(source: Source, columns: Columns, shape: Shape) -> pd.DataFrame:
    """Load columns in the order of the rows.

    Parameters
    ----------
    source : Source
        A table that is open.
    columns : Columns
        Which columns.
    shape : Shape
        How values are meant.

    Returns
    -------
    pandas.DataFrame
        Their values; groups as `compare_files` reads them.
    """
    from whogains.files import check_columns, check_kinds
    from whogains.tables import read_csv_as

    check_columns(Path(source.name), source.names, columns.names)
    check_kinds(source.name, {name: source.columns[name] for name in columns.names})
    read_csv_as(source, columns, shape)
    frame = source.load(columns.names, _as_written(columns, shape))
    return with_levels(frame, columns.groups, columns.target) if source.headers else frame


def _as_written(columns: Columns, shape: Shape) -> tuple[str, ...]:
    """Name the columns whose digits matter, and not the numbers that they make."""
    also = (*columns.survey, *(() if columns.cluster is None else (columns.cluster,)))
    numbers = {columns.target, columns.generic, columns.personalized, *columns.weights}
    numbers |= {*(shape.bands or {})}
    return tuple(name for name in (*columns.groups, *also) if name not in numbers)


def read_levels(
    path: str | Path,
    groups: Sequence[str],
    target: str,
    form: Format | None = None,
    numbers: Collection[str] = (),
) -> pd.DataFrame:
    """Read the groups of one file as `compare_files` does.

    Parameters
    ----------
    path : str or Path
        A CSV or Parquet file of n rows.
    groups : sequence of str
        The columns whose crossing makes the groups.
    target : str
        The outcome.
    form : Format, optional
        What is known of how a CSV is written.
    numbers : collection of str
        Groups that will be cut into bands, and stay numbers.

    Returns
    -------
    pandas.DataFrame, n rows
        The groups: text, where numbers are not what was meant.

    Raises
    ------
    InputError
        As in `compare_files`.
    """
    from whogains.files import address_of, is_parquet, read_table

    names = list(dict.fromkeys(groups))
    written = [name for name in names if name not in numbers]
    frame = read_table(path, [*names, target], as_written=written, form=form)
    typed = address_of(path) is not None or is_parquet(Path(path))
    return (frame if typed else with_levels(frame, names, target))[names]


def with_levels(frame: pd.DataFrame, groups: Sequence[str], target: str) -> pd.DataFrame:
    """Give the groups of a text file their levels, as a scan of it does.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        Columns of a CSV; the groups as they are written.
    groups : sequence of str
        The columns whose crossing makes the groups.
    target : str
        The outcome: rows without one say nothing about levels.

    Returns
    -------
    pandas.DataFrame, n rows
        The same columns.
    """
    known = frame[target].notna()
    found = {}
    for name in groups:
        written = frame.loc[known, name].dropna().unique().tolist()
        levels = levels_as_written(written)
        if levels != written:
            found[name] = frame[name].map(dict(zip(written, levels, strict=True)))
    return frame.assign(**found)
