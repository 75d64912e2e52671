"""Evidence on outcomes of several classes from tables of any size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.api.collecting import GatheredEvidence
from whogains.api.outcome_names import named_classes
from whogains.costs import CostNames
from whogains.errors import InputError
from whogains.evidence import About, Collected, fingerprint
from whogains.frames import asked_costs, classes_note
from whogains.judging import Settings, chosen_costs
from whogains.results import Findings

if TYPE_CHECKING:
    from whogains.tables import Columns, Source


def scan_classes(
    source: Source,
    columns: Columns,
    of_classes: tuple[Mapping[str, str], Mapping[str, str]],
    *,
    costs: CostNames | None,
    unit: str | None,
    max_levels: int,
    max_groups: int,
    settings: Settings,
    random_state: int,
) -> Findings:
    """Compare two models' probabilities of several classes by one scan.

    Parameters
    ----------
    source : Source
        The table, open.
    columns : Columns
        Which column holds what.
    of_classes : tuple of two mapping of str to str
        The column of each class, of both models.
    costs, unit, max_levels, max_groups, random_state
        As in `compare_files`.
    settings : Settings
        Levels, epsilon, corrections.

    Returns
    -------
    Findings
        Numbers and verdicts, without what needs rows.

    Raises
    ------
    InputError
        If something cannot be used as given.
    """
    from whogains import tables
    from whogains.files import check_columns, check_kinds
    from whogains.frames import Target

    check_columns(Path(source.name), source.names, columns.names)
    tables.read_csv_as(source, columns)
    check_kinds(source.name, {name: source.columns[name] for name in columns.names})
    tables.check_kinds(source, columns)
    mode = None
    while True:
        reading = tables.class_reading(source, columns, *of_classes)
        reading = reading if mode is None else replace(reading, mode=mode)
        target = Target.of_classes(reading.classes)
        chosen = chosen_costs(settings, asked_costs(costs, target, columns.target), lambda: 0.5)
        settings.check_names(chosen)
        for cost in chosen:
            if cost.own or cost.metric:
                raise InputError(
                    f"{cost.name!r} is a function of all classes, and {source.name} has more rows "
                    "than are held in memory; raise rows_in_memory (--rows-in-memory)"
                )
        by: dict[str, Any] = {"max_levels": max_levels, "max_groups": max_groups}
        try:
            scanned = tables.scan(source, reading, chosen, min_cell=settings.min_cell, **by)
        except tables.ManyWritingsError as error:
            source.read_as({**source.types, error.column: "DOUBLE"})
            continue
        # The most frequent class of the rows that are shown: others have no say.
        most = reading.classes[scanned.class_rows.index(max(scanned.class_rows))]
        if most in (reading.mode, mode):
            break
        mode = most
    repeated = tables.unread_id_note(source, columns)
    said = classes_note(columns.target, reading.classes, scanned.few_classes)
    about = About(
        target=columns.target,
        task="classes",
        positive=None,
        negative=None,
        rows_dropped=scanned.rows_dropped,
        unit=unit,
        notes=(said, *(note for note in (source.note, repeated) if note)),
        sample_weight=columns.weight,
        cluster=columns.cluster,
        sources=(fingerprint(scanned.evidence),),
    )
    gathered = GatheredEvidence(Collected(scanned.evidence, about))
    found = gathered.findings(settings, random_state=random_state)
    names = named_classes(reading.classes, scanned.few_classes)
    return replace(found, data=replace(found.data, classes=names))
