"""Choose which attributes to ask, and of whom, from predictions or by fitting a lattice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from whogains.api.choice_disclosure import rows_of_choice
from whogains.api.findings import versions
from whogains.api.hidden_groups import Dropped, audited_rows, dropped_rows, evidence_of
from whogains.api.options import CompareOptions, named_columns, shape_options
from whogains.api.outcome_names import outcome_name, unnamed_outcomes, without_names
from whogains.api.suspicions import target_warnings
from whogains.costs import Cost, CostNames, prediction_costs
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, MAX_LEVELS, Rows, Score, prediction_scores
from whogains.frames import (
    Target,
    as_names,
    asked_costs,
    check_call,
    check_indexes,
    check_task,
    costs_of_labels,
    name_of,
    read_predictions,
    read_seed,
    read_target,
    shaped_groups,
    to_pandas,
    without_missing,
)
from whogains.judging import Lattice, Settings, build_choice, read_set, sanity
from whogains.records import DataFinding, ProcedureValue, WarningFinding
from whogains.results import Choice
from whogains.types import FloatArray, IntArray, Task

Asked = tuple[str, ...]

# The cost that decides by default: of probabilities and values, and of single rows.
DECIDING = ("brier", "squared_error")


def choose_from(
    y_true: Any,
    *,
    models: Mapping[Any, Any],
    personal: Any,
    given: str | Sequence[str] = (),
    never: str | Sequence[str] = (),
    burden: Mapping[str, float] | None = None,
    task: Task | None = None,
    positive: Any = None,
    costs: CostNames | None = None,
    unit: str | None = None,
    sample_weight: Any = None,
    cluster: Any = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    **options: Unpack[CompareOptions],
) -> Choice:
    """Choose which attributes to ask, and of whom, from predictions; no model is needed.

    Parameters
    ----------
    y_true : array-like, shape (n,)
        Outcomes. Rows where they are missing are left out and counted.
    models : mapping of str to array-like, shape (n,)
        For every set of attributes the predictions of the model that is told them, by names such
        as ``"none"`` (or ``""``), ``"sex"`` and ``"sex+age"``, or by tuples of names:
        probabilities of the positive outcome, or values. They must not come from rows that the
        model was fitted to, and all models must come from the same rows, folds and seeds.
    personal : frame or mapping, n rows
        The attributes; their crossing makes the groups. A missing value is a level of its own.
    given : str or sequence of str
        Attributes that are known anyway: asking nothing is then the model that is told these.
    never : str or sequence of str
        Attributes that are never to be asked. Groups are still told apart by them.
    burden : mapping of str to float, optional
        The price of asking a person for an attribute, 1 by default.
    task : {"classification", "regression"}, optional
        Judged from `y_true` by default.
    positive : optional
        The outcome that counts as 1; by default the larger of the two.
    costs : str or sequence of str, optional
        Costs of single rows. The first decides; what each attribute buys whom is told for all.
        Default: brier and the others of the task, or squared_error and absolute_error.
    unit : str, optional
        Unit of the outcome, for the report.
    sample_weight : array-like, shape (n,), optional
        Positive weights of the rows.
    cluster : array-like, shape (n,), optional
        Which rows depend on each other.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of methods that draw random numbers.
    **options
        The keywords of `Settings`; `margin`, by default epsilon, is the largest loss that does
        not matter. The keywords of `Shape`: `labels` and `bands` make groups of attributes,
        `percent` and `drop_missing_predictions` are about all models.

    Returns
    -------
    Choice
        The advice, and what it rests on.

    Raises
    ------
    InputError
        If something cannot be used as given; the message names the column, row or value.

    Examples
    --------
    >>> import numpy as np
    >>> import whogains as wg
    >>> rng = np.random.default_rng(0)
    >>> sex, old = rng.integers(0, 2, 4000), rng.integers(0, 2, 4000)
    >>> y = 5 * sex + rng.normal(size=4000)            # age says nothing
    >>> advice = wg.choose_from(
    ...     y,
    ...     models={"none": 0 * y + 2.5, "sex": 5.0 * sex, "old": 2.4 + 0.2 * old,
    ...             "sex+old": 5.0 * sex + 0.2 * old - 0.1},
    ...     personal={"sex": sex, "old": old},
    ... )
    >>> [(step.label, step.ask, step.served) for step in advice.requests]
    [('everybody', 'sex', ()), ('0', None, ('sex',)), ('1', None, ('sex',))]
    >>> [(each.attribute, each.verdict) for each in advice.necessity]
    [('old', 'not needed'), ('sex', 'needed')]
    """
    shape, settings = shape_options(options)
    chosen = Settings(**settings)
    random_state = read_seed(random_state)
    check_call(
        given=given,
        never=never,
        task=task,
        positive=positive,
        max_levels=max_levels,
        max_groups=max_groups,
    )
    check_task_of_choosing(task)
    if not isinstance(models, Mapping):
        raise InputError(
            f"models is a {type(models).__name__}, not a mapping from sets of attributes to "
            'predictions, as in {"none": p0, "sex": p1}'
        )
    check_indexes(
        y_true=y_true,
        personal=personal,
        sample_weight=sample_weight,
        cluster=cluster,
        **{f"model {name}": values for name, values in models.items()},
    )
    name = name_of(y_true, "y_true")
    target = read_target(y_true, task, positive=positive, name=name)
    attached = to_pandas(personal, "personal")
    names = [str(each) for each in attached.columns]
    of_sets = _by_set(models, names)
    lattice = Lattice.of(
        names,
        {asked: "+".join(asked) or "none" for asked in of_sets},
        given=as_names(given),
        never=as_names(never),
        burden=burden,
    )
    called = [lattice.models[asked] for asked in lattice.sets]
    read = [
        read_predictions(
            of_sets[asked],
            f"model {each}",
            target,
            percent=shape.percent,
            allow_missing=shape.drop_missing_predictions,
        )
        for each, asked in zip(called, lattice.sets, strict=True)
    ]
    values, without = [each for each, _ in read], list[str]()
    if shape.drop_missing_predictions:
        target, values, without = without_missing(target, values)
    rows, audited, dropped = audited_rows(
        target,
        shaped_groups(attached, shape),
        sample_weight=sample_weight,
        cluster=cluster,
        min_cell=chosen.min_cell,
        max_levels=max_levels,
        max_groups=max_groups,
        whole=True,
    )
    predictions = {each: p[audited] for each, p in zip(called, values, strict=True)}
    costs, odd, of_labels = _costs_of_labels(costs, target, predictions)
    deciding = deciding_costs(costs, target, name)
    kept = rows_of_choice(rows, lattice, deciding, [predictions], chosen.min_cell)
    unused = [asked for asked in of_sets if asked not in lattice.sets]
    notes = [target.note, *(note for _, note in read), *of_labels, *without]
    if unused:
        told = ", ".join("+".join(each) or "none" for each in sorted(unused))
        notes.append(f"these models have no part, by given and never: {told}")
    return choice_of(
        replace(rows, predictions=predictions).take(kept),
        lattice,
        deciding,
        chosen,
        target,
        dropped=dropped,
        target_name=name,
        unit=unit,
        random_state=random_state,
        run=named_columns(sample_weight, cluster),
        notes=[note for note in notes if note],
        warnings=odd,
    )


def _costs_of_labels(
    costs: CostNames | None, target: Target, predictions: Mapping[str, FloatArray]
) -> tuple[CostNames | None, tuple[WarningFinding, ...], list[str]]:
    """Choose the costs where predictions are labels, as `compare` does."""
    if target.task != "classification":
        return costs, (), []
    labels = [name for name, each in predictions.items() if np.isin(each, (0.0, 1.0)).all()]
    if len(labels) == len(predictions):
        left, told = costs_of_labels(costs, (True, True), "the first model", "the others")
        return left, (), told
    if not labels:
        return costs, (), []
    said = (
        f"the predictions of {', '.join(labels)} are only 0 and 1, and others are not: if they are "
        "labels, only zero_one compares like with like"
    )
    return costs, (WarningFinding("labels_as_probabilities", said),), []


def choice_of(
    rows: Rows,
    lattice: Lattice,
    costs: Sequence[Cost],
    settings: Settings,
    target: Target,
    *,
    dropped: Dropped,
    rounds: Sequence[Mapping[str, FloatArray]] | None = None,
    target_name: str,
    unit: str | None,
    random_state: int,
    run: Mapping[str, Any],
    notes: Sequence[str],
    warnings: Sequence[WarningFinding] = (),
    explained: Mapping[tuple[Asked, Asked], tuple[Score, ...]] | None = None,
    procedure: ProcedureValue | None = None,
    folds: Sequence[IntArray] | None = None,
    stand_ins: Mapping[str, Sequence[str]] | None = None,
) -> Choice:
    """Judge a lattice whose models have predicted; parameters as in `findings_of`."""
    # What is odd about an audit is odd about asking for everything rather than for nothing.
    most = max(lattice.sets, key=len)
    of = rows.predictions if rounds is None else rounds[0]
    ends = {"generic": lattice.nothing, "personalized": most}
    pair = replace(rows, predictions={name: of[lattice.models[a]] for name, a in ends.items()})
    evidence = evidence_of(pair, prediction_scores(tuple(costs), pair))
    unnamed = unnamed_outcomes(evidence, target.positive, target.negative, settings.min_cell)
    data = DataFinding(
        rows=len(rows),
        rows_dropped=dropped_rows(dropped, rows, settings.min_cell),
        personal=lattice.attributes,
        groups=rows.grouping.names,
        target=target_name,
        task=target.task,
        positive=outcome_name(target.positive, unnamed),
    )
    odd = sanity(evidence, data)
    record = build_choice(
        rows,
        lattice,
        costs,
        settings,
        data,
        unit=unit,
        rounds=rounds,
        random_state=random_state,
        run={"seed": random_state, **run, "versions": versions()},
        notes=notes,
        warnings=(*target_warnings(target, target_name), *warnings, *odd),
        explained=explained,
        procedure=procedure,
        folds=folds,
        stand_ins=stand_ins,
    )
    return Choice.of(without_names(record, unnamed))


def deciding_costs(costs: CostNames | None, target: Target, target_name: str) -> tuple[Cost, ...]:
    """Find the costs, the deciding one first.

    Parameters
    ----------
    costs : str, Cost, Metric, CostMatrix, sequence of them, or None
        Their names, or what a user declared; None for all of single rows.
    target : Target
        The outcome.
    target_name : str
        What it is called.

    Returns
    -------
    tuple of Cost
        Costs of single rows.

    Raises
    ------
    InputError
        If one is unknown, or belongs to a whole group.
    """
    if costs is not None:
        found = asked_costs(costs, target, target_name)
        whole = [cost.name for cost in found if cost.metric]
        if whole:
            rows = [cost.name for cost in prediction_costs(target.task) if not cost.metric]
            raise InputError(
                f"cost {whole[0]!r} belongs to a whole group, and a policy mixes models; choose "
                f"from {', '.join(rows)}"
            )
        return found
    every = [cost for cost in prediction_costs(target.task) if not cost.metric]
    return tuple(sorted(every, key=lambda cost: cost.name not in DECIDING))


def _by_set(models: Mapping[Any, Any], names: Sequence[str]) -> dict[tuple[str, ...], Any]:
    """Read which attributes each model is told."""
    found: dict[tuple[str, ...], Any] = {}
    for name, values in models.items():
        asked = read_set(name, names)
        if asked in found:
            raise InputError(f"two models are told {'+'.join(asked) or 'none'}; give one")
        found[asked] = values
    return found


def check_task_of_choosing(task: str | None) -> None:
    """Refuse a task that is not known, and counts, whose certificates were not calibrated.

    Raises
    ------
    InputError
        If it is one of these.
    """
    check_task(task)
    if task == "counts":
        raise InputError(
            "counts are audited and compared, and nothing is chosen by them: certificates were not "
            "measured for their costs; say task='regression' to decide by squared errors"
        )
