"""Compare the predictions of two models, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

import numpy as np

from whogains.api.findings import base_rate, findings_of
from whogains.api.hidden_groups import audited_rows, without_told
from whogains.api.options import CompareOptions, named_columns, shape_options, survey_options
from whogains.api.surveys import check_design, design_of, named_design
from whogains.costs import COMPARED_TASKS, Cost, CostNames
from whogains.errors import InputError
from whogains.evidence import (
    MAX_GROUPS,
    MAX_LEVELS,
    Rows,
    Score,
    check_ranges,
    prediction_scores,
    survival_scores,
)
from whogains.frames import (
    Shape,
    Target,
    are_classes,
    as_rates,
    asked_costs,
    check_indexes,
    check_task,
    costs_of_labels,
    name_of,
    read_classes,
    read_predictions,
    read_quantiles,
    read_seed,
    read_survival,
    read_target,
    shaped_groups,
    task_of_exposure,
    task_of_horizons,
    task_of_levels,
    to_pandas,
    without_missing,
)
from whogains.judging import Settings, chosen_costs
from whogains.records import WarningFinding
from whogains.results import Findings
from whogains.types import QUANTITIES, FloatArray, Task

CENSORING_NOTE = (
    "rows whose following ended before a horizon have no part in its costs, and the others are "
    "weighed by the inverse of Kaplan and Meier's probability of being followed that long: of each "
    "group by its own rows, of everybody by all; what that estimate adds to errors is counted"
)


def compare(
    y_true: Any,
    *,
    generic: Any,
    personalized: Any,
    groups: Any,
    task: Task | None = None,
    positive: Any = None,
    costs: CostNames | None = None,
    unit: str | None = None,
    sample_weight: Any = None,
    exposure: Any = None,
    levels: Any = None,
    event: Any = None,
    horizons: Any = None,
    cluster: Any = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    **options: Unpack[CompareOptions],
) -> Findings:
    """Compare the predictions of two models, group by group; no model is needed.

    Parameters
    ----------
    y_true : array-like, shape (n,)
        Outcomes. Rows where they are missing are left out and counted.
    generic, personalized : array-like, shape (n,) or (n, K)
        Each model's predictions for the same rows: probabilities of the positive outcome for
        classification, values for regression; for K classes a column of probabilities for each
        (of a frame by the names of the columns, else in the order of the classes), or the class
        that is predicted. They must not come from rows that the model was fitted to.
    groups : frame, mapping or series, n rows
        One column per attribute; their crossing makes the groups. A missing value is a level of
        its own.
    task : {"classification", "regression", "classes", "counts", "quantiles", "survival"}, optional
        By default two values make a classification; predictions of several columns, or three or
        more values that are words, make classes; other numbers are a quantity. A note says so.
        Counts (of visits, claims, events) are judged by the Poisson deviance, and predictions are
        their means.
    positive : optional
        The outcome that counts as 1; by default the larger of the two.
    costs : sequence of str, optional
        Prediction costs by name, or declared (`Cost`, `Metric`, `CostMatrix`); by default those
        of the task that its predictions are usually judged by.
    unit : str, optional
        Unit of the outcome, such as "mmHg", for the report.
    sample_weight : array-like, shape (n,), optional
        Positive weights of the rows.
    exposure : array-like, shape (n,), optional
        For counts, how long or how many each row was exposed, above 0: predictions are then rates
        per unit of exposure, and rows are weighed by it.
    levels : sequence of q float, optional
        For predicted quantiles, their levels: predictions then have a column for each, of a frame
        named by the levels or in their order.
    event : array-like, shape (n,), optional
        For times to an event (`y_true`, above 0), 1 where it was seen then and 0 where following
        ended without it.
    horizons : sequence of H float, optional
        For times to an event, the times at which survival is predicted: predictions then have a
        column of probabilities for each that the event comes after it.
    cluster : array-like, shape (n,), optional
        Which rows depend on each other, such as a patient's stays.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of methods that draw random numbers.
    **options
        How values are meant: the keywords of `Shape` (`labels`, `bands`, `percent`,
        `drop_missing_predictions`). How a survey's sample was drawn: those of `Survey` (`strata`,
        `psu`, `single_psu`; or `replicate_weights` and what they are). Levels, epsilon,
        corrections: the keywords of `Settings`.

    Returns
    -------
    Findings
        Numbers and verdicts per group and cost.

    Raises
    ------
    InputError
        If something cannot be used as given; the message names the column, row or value.

    Examples
    --------
    >>> import whogains as wg
    >>> found = wg.compare([0, 1, 1, 0] * 500, generic=[.4, .6, .4, .6] * 500,
    ...                    personalized=[.1, .9, .8, .6] * 500, groups={"sex": list("ffmm") * 500})
    >>> found.table()[["cost", "sex", "bop", "verdict"]].head(2)
           cost sex  bop                 verdict
    0  zero_one   f  0.0  no material difference
    1  zero_one   m  0.5                    gain
    """
    survey, rest = survey_options(options)
    shape, settings = shape_options(rest)
    chosen = Settings(**settings)
    random_state = read_seed(random_state)
    check_task(task, COMPARED_TASKS)
    task = task_of_levels(task_of_exposure(task, exposure), levels)
    task = task_of_horizons(task, event, horizons)
    check_indexes(
        y_true=y_true,
        generic=generic,
        personalized=personalized,
        groups=groups,
        sample_weight=sample_weight,
        exposure=exposure,
        event=event,
        cluster=cluster,
        strata=survey.strata,
        psu=survey.psu,
        replicate_weights=survey.replicate_weights,
    )
    name = name_of(y_true, "y_true")
    of_classes: list[bool] = []
    exposed: FloatArray | None = None
    if are_classes(y_true, task, (generic, personalized), name):
        target, given, of_classes = _classes(y_true, name, (generic, personalized), positive, shape)
        notes = [target.note]
    elif levels is not None or horizons is not None:
        both = {"generic": generic, "personalized": personalized}
        _check_plain(shape, positive, name, "has several predictions a row")
        target, given, notes = _several(
            y_true, name, both, levels=levels, event=event, horizons=horizons
        )
    else:
        target = read_target(y_true, task, positive=positive, name=name)
        target, exposed = as_rates(target, exposure, name)
        read = [
            read_predictions(
                values,
                called,
                target,
                percent=shape.percent,
                allow_missing=shape.drop_missing_predictions,
            )
            for values, called in ((generic, "generic"), (personalized, "personalized"))
        ]
        given = [values for values, _ in read]
        notes = [note for note in (target.note, *(note for _, note in read)) if note]
        if shape.drop_missing_predictions:
            target, given, without = without_missing(target, given)
            notes += without
    rows, audited, dropped = audited_rows(
        target,
        shaped_groups(to_pandas(groups, "groups"), shape),
        sample_weight=sample_weight,
        exposure=exposed,
        cluster=cluster,
        design=design_of(survey, target, cluster=cluster, exposure=exposed),
        min_cell=chosen.min_cell,
        max_levels=max_levels,
        max_groups=max_groups,
    )
    generic, personalized = (values[audited] for values in given)
    rows = replace(
        rows,
        predictions={"generic": generic, "personalized": personalized},
        event=None if target.events is None else target.events[audited],
    )
    warnings = []
    if target.task not in QUANTITIES:
        labels = of_classes
        if target.task == "classification":
            labels = [bool(np.isin(each, (0.0, 1.0)).all()) for each in (generic, personalized)]
        costs, told = costs_of_labels(costs, labels, "generic", "personalized")
        if any(labels) and not all(labels):
            # One model's labels beside the other's probabilities compare two kinds of prediction.
            warnings = [WarningFinding("labels_as_probabilities", each) for each in told]
            told = []
        notes += told
    asked = chosen_costs(chosen, asked_costs(costs, target, name), partial(base_rate, rows))
    check_design(survey, asked)
    ranged = tuple(cost for cost in asked if cost.ranged)
    check_ranges(prediction_scores(ranged, rows), np.flatnonzero(audited))
    scored = partial(_scored, asked, target.horizons)
    rows, scores, _ = without_told(rows, scored, chosen.min_cell)
    return findings_of(
        rows,
        scores,
        chosen,
        target,
        dropped=dropped,
        target_name=name,
        unit=unit,
        random_state=random_state,
        run={**named_columns(sample_weight, cluster, exposure), **named_design(survey)},
        notes=notes,
        warnings=warnings,
    )


def _classes(
    y_true: Any, name: str, predictions: tuple[Any, Any], positive: Any, shape: Shape
) -> tuple[Target, list[FloatArray], list[bool]]:
    """Read several classes, and refuse what is for two values."""
    _check_plain(shape, positive, name, "has several classes")
    found = read_classes(y_true, name, *predictions)
    return found.target, [found.generic, found.personalized], list(found.labels)


def _scored(asked: Sequence[Cost], horizons: Sequence[float], rows: Rows) -> tuple[Score, ...]:
    """Score both models' predictions, of times to an event by who is still followed."""
    if rows.event is not None:
        return survival_scores(asked, rows, horizons)
    return prediction_scores(asked, rows)


def _several(
    y_true: Any, name: str, both: dict[str, Any], *, levels: Any, event: Any, horizons: Any
) -> tuple[Target, list[FloatArray], list[str]]:
    """Read outcomes and predicted quantiles, or times to an event and predicted survival."""
    if levels is not None:
        return read_quantiles(y_true, name, both, levels)
    target, given = read_survival(y_true, name, event, both, horizons)
    return target, given, [CENSORING_NOTE]


def _check_plain(shape: Shape, positive: Any, name: str, what: str) -> None:
    """Refuse what is for one prediction a row."""
    if positive is not None:
        raise InputError(f"positive={positive!r} is for two values; {name} {what}")
    if shape.percent or shape.drop_missing_predictions:
        raise InputError(
            f"percent and drop_missing_predictions are for one prediction a row; {name} {what}: "
            "give numbers as they are, and rows that have them"
        )
