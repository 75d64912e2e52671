"""Where `audit` and `compare` end: from scores to findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from platform import python_version
from typing import Any

import numpy as np

from whogains.api.hidden_groups import Dropped, dropped_rows, evidence_of
from whogains.api.outcome_names import (
    few_of_classes,
    named_classes,
    outcome_name,
    unnamed_outcomes,
    without_names,
)
from whogains.api.suspicions import target_warnings
from whogains.errors import InputError
from whogains.evidence import (
    Rows,
    Score,
)
from whogains.frames import (
    Target,
    classes_note,
)
from whogains.judging import (
    PlaceboScores,
    ScoredRows,
    Settings,
    build_findings,
)
from whogains.records import DataFinding, WarningFinding
from whogains.results import Findings


def base_rate(rows: Rows) -> float:
    """Find the share of rows, with weights of weight, whose outcome is 1."""
    return float(np.average(rows.y_true, weights=rows.sample_weight))


def findings_of(
    rows: Rows,
    scores: Sequence[Score],
    settings: Settings,
    target: Target,
    *,
    dropped: Dropped,
    target_name: str,
    personal: Sequence[str] = (),
    unit: str | None,
    random_state: int,
    run: Mapping[str, Any],
    notes: Sequence[str],
    warnings: Sequence[WarningFinding] = (),
    placebo: PlaceboScores | None = None,
) -> Findings:
    """Sum and judge the scores of two models.

    Parameters
    ----------
    rows : Rows
        The rows that are audited, with both models' predictions.
    scores : sequence of Score
        Their costs.
    settings : Settings
        Levels, epsilon, corrections.
    target : Target
        The outcome of all rows.
    dropped : mapping of tuple to int
        How many rows of each group have no outcome. Those of groups that are not shown have no
        part in any number, nor in that of the rows that were dropped.
    target_name : str
        What it is called.
    personal : sequence of str
        The attributes that the personalized model adds.
    unit : str or None
        Unit of the outcome.
    random_state : int
        Seed of methods that draw random numbers.
    run : mapping
        What else the numbers depend on, for the settings of the findings.
    notes : sequence of str
        Warnings and choices that a reader must know.
    warnings : sequence of WarningFinding
        Signs of nonsense that the costs do not show.
    placebo : PlaceboScores, optional
        The same costs beside placebos.

    Returns
    -------
    Findings
        Numbers and verdicts.

    Raises
    ------
    InputError
        If weights or settings do not fit.
    """
    if unit is not None and not isinstance(unit, str):
        raise InputError(f"unit must be text, such as 'mmHg', not {unit!r}")
    evidence = evidence_of(rows, scores)
    unnamed = unnamed_outcomes(evidence, target.positive, target.negative, settings.min_cell)
    few = few_of_classes(rows, len(target.classes), settings.min_cell)
    if any(few):
        said = classes_note(target_name, target.classes, few)
        notes = [said if note == target.note else note for note in notes]
    record = build_findings(
        evidence,
        settings,
        DataFinding(
            rows=len(rows),
            rows_dropped=dropped_rows(dropped, rows, settings.min_cell),
            personal=tuple(personal),
            groups=rows.grouping.names,
            target=target_name,
            task=target.task,
            positive=outcome_name(target.positive, unnamed),
            classes=named_classes(target.classes, few),
            levels=target.levels,
            horizons=target.horizons,
            events=None if rows.event is None else int(rows.event.sum()),
        ),
        rows=ScoredRows(rows, tuple(scores), random_state=random_state),
        placebo=placebo,
        unit=unit,
        run={"seed": random_state, **run, "versions": versions()},
        notes=notes,
        warnings=(*target_warnings(target, target_name), *warnings),
    )
    return Findings.of(without_names(record, unnamed))


def versions() -> dict[str, str]:
    """Say which versions of Python and of the libraries that numbers depend on are at work.

    Returns
    -------
    dict of str to str
        Versions by name.
    """
    libraries = ("numpy", "scipy", "pandas", "scikit-learn", "shap")
    return {"python": python_version(), **{name: version(name) for name in libraries}}
