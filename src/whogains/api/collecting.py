"""Evidence from tables of any size, and findings from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from whogains._version import __version__
from whogains.api.options import GatherOptions, file_options, shape_options
from whogains.api.outcome_names import outcome_name, unnamed_outcomes, without_names
from whogains.api.suspicions import target_warnings
from whogains.costs import Cost, CostNames
from whogains.errors import InputError
from whogains.evidence import (
    MAX_GROUPS,
    MAX_LEVELS,
    About,
    Collected,
    fingerprint,
    save_evidence,
)
from whogains.frames import (
    as_names,
    asked_costs,
    costs_of_labels,
    rates_note,
    task_of_exposure,
)
from whogains.judging import (
    BASE_RATE,
    MIN_CELL,
    Settings,
    build_findings,
    chosen_costs,
    sanity,
)
from whogains.records import DataFinding, WarningFinding
from whogains.results import Findings
from whogains.types import QUANTITIES, Task

if TYPE_CHECKING:
    from whogains.frames import Shape, Target
    from whogains.tables import Columns, Source

Progress = Callable[[str, int, int], None]

FROM_SUMS = (
    "computed from sums, not from rows held in memory: betting, bootstrap, distributions and "
    "calibration need the rows"
)
WITH_METRICS = ("classification", "regression")
WITHOUT_METRICS = "without AUC and R², which belong to all rows together: their sums do not add"


@dataclass(frozen=True, slots=True, eq=False)
class GatheredEvidence:
    """Sums of two models' costs per group: they save, add, and turn into findings.

    Parameters
    ----------
    collected : Collected
        The sums, and what they are about.
    """

    collected: Collected

    @property
    def rows(self) -> int:
        """The number of rows behind the sums."""
        return self.collected.evidence.rows

    @property
    def warnings(self) -> tuple[WarningFinding, ...]:
        """Signs of nonsense, in rows and in their sums.

        What needs the models (`training_rows`, `ignores_personal`, `own_threshold`) or their
        features (`leakage`, `many_levels`) cannot be known from predictions.
        """
        return (*self._seen, *sanity(self.collected.evidence, self._data))

    @property
    def _seen(self) -> tuple[WarningFinding, ...]:
        return tuple(WarningFinding(*each) for each in self.collected.about.warnings)

    @property
    def _data(self) -> DataFinding:
        evidence, about = self.collected.evidence, self.collected.about
        return DataFinding(
            rows=evidence.rows,
            rows_dropped=about.rows_dropped,
            personal=(),
            groups=evidence.grouping.names,
            target=about.target,
            task=about.task,
            positive=about.positive,
        )

    def save(self, path: str | Path, *, min_cell: int = MIN_CELL) -> None:
        """Write an evidence file, which holds sums and no row.

        Parameters
        ----------
        path : str or Path
            The file; it is written whole or not at all.
        min_cell : int
            The fewest rows, or clusters, that a group in the file may have; 0 allows every one.

        Raises
        ------
        InputError
            If a group has fewer, or a cost is a metric, whose evidence does not add.
        UnwritableError
            If the file cannot be written.
        """
        save_evidence(self.collected, path, min_cell=min_cell, version=__version__)

    def findings(self, settings: Settings | None = None, *, random_state: int = 0) -> Findings:
        """Judge the evidence.

        Parameters
        ----------
        settings : Settings, optional
            Levels, epsilon, corrections; the defaults by default.
        random_state : int
            A seed to note down; nothing here is random.

        Returns
        -------
        Findings
            Numbers and verdicts, without what needs rows.

        Raises
        ------
        InputError
            If a setting does not fit, or a group has fewer than `settings.min_cell` rows.
        """
        evidence, about = self.collected.evidence, self.collected.about
        for name, levels in zip(evidence.grouping.names, evidence.grouping.levels, strict=True):
            if len(levels) == 1:
                raise InputError(f"column {name!r} is constant: it makes no groups")
        settings = Settings() if settings is None else settings
        unnamed = unnamed_outcomes(evidence, about.positive, about.negative, settings.min_cell)
        data = replace(self._data, positive=outcome_name(about.positive, unnamed))
        # Of several classes there are none to miss.
        metrics = about.task == "classes" or any(each.cost.metric for each in evidence.costs)
        record = build_findings(
            evidence,
            settings,
            data,
            unit=about.unit,
            run={
                "seed": random_state,
                "sample_weight": about.sample_weight,
                "cluster": about.cluster,
                **({"exposure": about.exposure} if about.exposure else {}),
            },
            notes=(
                *about.notes,
                FROM_SUMS,
                *([] if metrics or about.task not in WITH_METRICS else [WITHOUT_METRICS]),
            ),
            warnings=self._seen,
        )
        return Findings.of(without_names(record, unnamed))


def gather(
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
    cluster: str | None = None,
    min_cell: int = 0,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    memory: int | None = None,
    progress: Progress | None = None,
    threshold: float | str | None = None,
    cost_range: Mapping[str, tuple[float, float]] | None = None,
    **options: Unpack[GatherOptions],
) -> GatheredEvidence:
    """Sum two models' costs over the rows of a table of any size.

    Parameters
    ----------
    source : path, paths, DuckDB relation, Arrow table or dataset, or frame
        A CSV or Parquet file, a folder or glob of either, a list of files, a file of SAS, Stata,
        SPSS or Excel, a DuckDB relation, an Arrow table, dataset or reader, or a pandas or Polars
        frame.
    target : str
        Column of the outcomes. Rows where it is missing are left out and counted.
    generic, personalized : str
        Columns of each model's predictions, as in `compare`.
    groups : str or sequence of str
        Columns of the attributes whose crossing makes the groups.
    task, positive, unit
        As in `compare`.
    costs : str or sequence of str, optional
        Prediction costs by name; by default all of the task's that add, which leaves out AUC and
        R².
    sample_weight, exposure, cluster : str, optional
        Columns of weights, of exposures of counts (as in `compare`), and of which rows depend on
        each other.
    min_cell : int
        Rows of groups with fewer rows (with clusters: clusters) are left out of all sums.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    memory : int, optional
        The most bytes that the scan may use before it spills to disk; by default a quarter of
        the machine's memory.
    progress : callable, optional
        Called as ``progress(stage, rows done, rows)`` as the scan goes on.
    threshold : float, optional
        The probability from which on a prediction is labelled 1. No "base rate", which would differ
        from part to part.
    cost_range : mapping of str to pair of float, optional
        Between which two numbers every row's cost is known to lie, by cost.
    **options
        How text files are written, where it is not found as meant, and how values are meant: the
        keywords of `Format` and `Shape`. No bands of quantiles, which differ from part to part.

    Returns
    -------
    GatheredEvidence
        The sums.

    Raises
    ------
    InputError
        If something cannot be used as given; the message names the file, column, row or value.

    Examples
    --------
    >>> import pandas as pd
    >>> import whogains as wg
    >>> frame = pd.DataFrame({"y": [0, 1, 1, 0] * 500, "p0": [.4, .6, .4, .6] * 500,
    ...                       "p1": [.1, .9, .8, .6] * 500, "sex": list("ffmm") * 500})
    >>> columns = dict(target="y", generic="p0", personalized="p1", groups="sex")
    >>> parts = [wg.gather(frame[:800], **columns), wg.gather(frame[800:], **columns)]
    >>> wg.merge(parts).findings().table()[["cost", "sex", "bop", "verdict"]].head(2)
           cost sex  bop                 verdict
    0  zero_one   f  0.0  no material difference
    1  zero_one   m  0.5                    gain
    """
    from whogains.tables import Columns, open_source

    if threshold == BASE_RATE:
        raise InputError(
            f"threshold {BASE_RATE!r} differs from part to part, and such sums do not add; give "
            "a number"
        )
    written, rest = file_options(options)
    shape, _ = shape_options(rest)
    if shape.quantiles:
        raise InputError(
            f"bands of {next(iter(shape.quantiles))!r} by quantiles differ from part to part, and "
            "such sums do not add; give numbers"
        )
    columns = Columns(
        target=target,
        generic=generic,
        personalized=personalized,
        groups=tuple(dict.fromkeys(as_names(groups))),
        weight=sample_weight,
        cluster=cluster,
        exposure=exposure,
    )
    with open_source(source, memory=memory, progress=progress, form=written) as opened:
        return gather_from(
            opened,
            columns,
            task=task_of_exposure(task, exposure),
            positive=positive,
            costs=costs,
            unit=unit,
            min_cell=min_cell,
            max_levels=max_levels,
            max_groups=max_groups,
            metrics=False,
            settings=Settings(threshold=threshold, cost_range=cost_range),
            shape=shape,
        )


def gather_from(
    source: Source,
    columns: Columns,
    *,
    task: Task | None,
    positive: Any,
    costs: CostNames | None,
    unit: str | None,
    min_cell: int,
    max_levels: int,
    max_groups: int,
    metrics: bool,
    settings: Settings,
    shape: Shape,
) -> GatheredEvidence:
    """Gather evidence from a source that is open.

    Parameters
    ----------
    source : Source
        The table.
    columns : Columns
        Which column holds what.
    task, positive, costs, unit, min_cell, max_levels, max_groups
        As in `gather`.
    metrics : bool
        Whether AUC and R² are among the costs; their evidence does not add.
    settings : Settings
        With the threshold of labels, and ranges that are known.
    shape : Shape
        How values are meant.

    Returns
    -------
    GatheredEvidence
        The sums.

    Raises
    ------
    InputError
        As in `gather`.
    """
    from whogains import tables
    from whogains.files import check_columns, check_kinds

    check_columns(Path(source.name), source.names, columns.names)
    tables.read_csv_as(source, columns, shape)
    check_kinds(source.name, {name: source.columns[name] for name in columns.names})

    def outcome(*, sure: bool, first: tables.FirstRows | None = None) -> Target:
        return tables.read_outcome(
            source,
            columns.target,
            task,
            positive,
            sure=sure,
            whole=bool(source.headers) and source.columns[columns.target] == "DOUBLE",
            first=first,
            part=not metrics,
        )

    meant = tables.shape_source(source, columns, shape, partial(outcome, sure=True))
    tables.check_kinds(source, columns)
    first = tables.look_at_first_rows(source, columns, max_levels, min_cell)
    # Planned from the first rows, and again if the scan finds otherwise.
    sure = False
    while True:
        target = outcome(sure=sure, first=first)
        reading = tables.Reading(
            columns,
            dict(source.columns),
            target.task,
            target.positive,
            target.negative,
        )
        if target.task in QUANTITIES:
            reading = replace(reading, centre=tables.centre_of(source, reading, min_cell))
        by: dict[str, Any] = {
            "min_cell": min_cell,
            "max_levels": max_levels,
            "max_groups": max_groups,
        }
        share = partial(tables.base_rate, source, reading, **by)
        labels = (False, False)
        try:
            if target.task == "classification":
                labels = tables.are_labels(source, reading, first, **by)
            chosen, notes, odd = _costs(columns, costs, target, labels=labels, metrics=metrics)
            settings.check_names(chosen)
            chosen = chosen_costs(settings, chosen, share)
            scanned = tables.scan(source, reading, chosen, **by)
            break
        except tables.OtherValuesError:
            if sure:
                raise
            sure = True
        except tables.ManyWritingsError as error:
            source.read_as({**source.types, error.column: "DOUBLE"})
        else:
            break
    repeated = tables.unread_id_note(source, columns)
    alarms = (*odd, *target_warnings(target, columns.target))
    about = About(
        target=columns.target,
        task=target.task,
        positive=None if target.positive is None else str(target.positive),
        negative=None if target.negative is None else str(target.negative),
        rows_dropped=scanned.rows_dropped,
        unit=unit,
        notes=(
            *notes,
            *meant,
            *scanned.notes,
            *(note for note in (source.note, repeated) if note),
        ),
        sample_weight=columns.weight,
        cluster=columns.cluster,
        exposure=columns.exposure,
        generic=columns.generic,
        personalized=columns.personalized,
        sources=(fingerprint(scanned.evidence),),
        warnings=tuple((each.name, each.text) for each in alarms),
    )
    return GatheredEvidence(Collected(scanned.evidence, about))


def _costs(
    columns: Columns,
    costs: CostNames | None,
    target: Target,
    *,
    labels: tuple[bool, bool],
    metrics: bool,
) -> tuple[tuple[Cost, ...], list[str], list[WarningFinding]]:
    """Choose the costs: those asked for, or all that the predictions and the evidence allow."""
    notes = [target.note] if target.note else []
    if columns.exposure is not None:
        notes.append(rates_note(columns.target, columns.exposure))
    left, told = costs_of_labels(costs, labels, columns.generic, columns.personalized)
    odd = []
    if any(labels) and not all(labels):
        # As in `compare`: two kinds of prediction side by side.
        odd = [WarningFinding("labels_as_probabilities", each) for each in told]
    else:
        notes += told
    chosen = asked_costs(left, target, columns.target)
    if not metrics:
        if costs is None:
            chosen = tuple(cost for cost in chosen if not cost.metric)
        for cost in chosen:
            if cost.metric:
                raise InputError(
                    f"{cost.name} belongs to all rows together and does not add; leave it out"
                )
    return chosen, notes, odd
