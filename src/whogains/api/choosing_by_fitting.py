"""Fit a lattice of models, one for every set of attributes, and choose from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from whogains.api.choice_disclosure import rows_of_choice
from whogains.api.choosing import Asked, check_task_of_choosing, choice_of, deciding_costs
from whogains.api.explaining import explanation_scores, gaps_of
from whogains.api.fitting import Fitting, fitting_of
from whogains.api.hidden_groups import audited_rows
from whogains.api.options import AuditOptions, named_columns, shape_options
from whogains.api.scored_rounds import fold_of, held_out
from whogains.api.searching import Searched, search
from whogains.api.suspicions import leaks, levels_of_text, own_thresholds, unused
from whogains.api.valuing import Advising, value_of_procedure
from whogains.costs import Cost, CostNames
from whogains.costs import explanation_costs as find_explanation_costs
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, MAX_LEVELS, MeanOfRounds, Rows
from whogains.frames import (
    Target,
    as_names,
    check_call,
    check_features,
    check_indexes,
    empty_columns_note,
    encode_rows,
    name_of,
    numbers_as_text_note,
    read_seed,
    read_target,
    repeated_id_note,
    shaped_groups,
    split_features,
    to_pandas,
    unique_id_note,
)
from whogains.judging import (
    MOST_ATTRIBUTES,
    Lattice,
    Settings,
    check_asked,
    group_levels,
)
from whogains.results import Choice
from whogains.types import BoolArray, IntArray, Task

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from whogains.explain import Baseline
    from whogains.scoring import LocalScores

Progress = Callable[[str, int, int], None]
Pair = tuple[Asked, Asked]


def choose(
    X: Any,
    y: Any,
    *,
    personal: Any,
    given: str | Sequence[str] = (),
    never: str | Sequence[str] = (),
    burden: Mapping[str, float] | None = None,
    model: Any = None,
    folds: int = 5,
    repeats: int | None = None,
    holdout: float | None = None,
    n_jobs: int | None = None,
    checkpoint: str | Path | None = None,
    task: Task | None = None,
    positive: Any = None,
    costs: CostNames | None = None,
    explainers: str | Sequence[str] | None = None,
    keep: float | Sequence[float] = 0.5,
    explanation_costs: Sequence[str] | None = None,
    baseline: Baseline = "marginal",
    mask_personal: bool = False,
    value_folds: int = 0,
    unit: str | None = None,
    sample_weight: Any = None,
    cluster: Any = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    progress: Progress | None = None,
    **options: Unpack[AuditOptions],
) -> Choice:
    """Choose which attributes to ask, and of whom, by fitting a model for every set of them.

    Parameters
    ----------
    X : frame or array, shape (n, p)
        Features, as for `audit`.
    y : array-like, shape (n,)
        Outcomes. Rows where they are missing are left out and counted.
    personal : frame or mapping of n rows, or (sequence of) str
        The attributes, or their names in `X`; their crossing makes the groups. Who has not told
        one (a missing value) is served by the models of what they have told. Of more than six
        that may be asked, at most six are first searched for on a third of the rows, which have
        no other part; the rest are left out, and the notes say so.
    given, never : str or sequence of str
        Attributes that are known anyway, and attributes that are never to be asked.
    burden : mapping of str to float, optional
        The price of asking a person for an attribute, 1 by default.
    model : str or estimator, optional
        What to fit, as for `audit`: with the features and each set of attributes, all on the same
        rows, folds and seeds, each once.
    folds, repeats, holdout, n_jobs, checkpoint
        As for `audit`. Several rounds, the default, speak of the procedure; one round, or a
        held-out part, of these fits.
    task, positive, costs, unit, sample_weight, cluster
        As for `choose_from`.
    explainers : str or sequence of str, optional
        Explainers, as for `audit`, such as "auto"; none by default, for they take most of the
        time. What each attribute and each way to ask does to explanations is then shown besides,
        with the same corrections. Explanations decide nothing.
    keep, explanation_costs, baseline, mask_personal
        As for `audit`, of explanations.
    value_folds : int
        Outer folds in which the whole procedure, fits and choice, is run again without the people
        of one fold, to value it on these; it takes so many times as long. None by default.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of folds, fits and draws.
    progress : callable, optional
        Called as ``progress(stage, done, total)`` as the work goes on.
    **options
        The keywords of `Settings`; `margin`, by default epsilon, is the largest loss that does
        not matter. `labels` and `bands` of `Shape`, by which attributes make groups; models see
        their values as they are.

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
    >>> import whogains as wg
    >>> data = wg.datasets.nhanes("systolic")
    >>> advice = wg.choose(
    ...     data.X, data.y, personal=data.personal, never="race", model="linear", repeats=1
    ... )
    >>> [(node.asked, node.burden) for node in advice.lattice]
    [((), 0), (('age',), 1.0), (('sex',), 1.0), (('age', 'sex'), 2.0)]
    """
    shape, settings = shape_options(options)
    chosen = Settings(**settings)
    random_state = read_seed(random_state)
    fitting = fitting_of(
        model=model,
        folds=folds,
        repeats=repeats,
        placebo=0,
        holdout=holdout,
        n_jobs=n_jobs,
        random_state=random_state,
        given=(None, None),
    )
    if fitting is None:
        raise InputError("give what to fit, not fitted models; choose_from takes predictions")
    check_call(
        given=given,
        never=never,
        explainers=explainers,
        value_folds=value_folds,
        checkpoint=checkpoint,
        task=task,
        positive=positive,
        max_levels=max_levels,
        max_groups=max_groups,
    )
    check_task_of_choosing(task)
    check_indexes(X=X, y=y, personal=personal, sample_weight=sample_weight, cluster=cluster)
    name = name_of(y, "y")
    target = read_target(y, task, positive=positive, name=name)
    features, attached = split_features(to_pandas(X, "X"), personal)
    check_features(features, attached, y, target, name)
    groups = shaped_groups(attached, shape)
    predicting = deciding_costs(costs, target, name)
    asked = {"given": as_names(given), "never": as_names(never)}
    searched = _searched(
        (features, attached, groups),
        target,
        predicting[0],
        fitting,
        **asked,
        burden=burden,
        sample_weight=sample_weight,
        cluster=cluster,
        progress=progress,
    )
    if searched is not None:
        attached, groups = (
            each.drop(columns=list(searched.left_out)) for each in (attached, groups)
        )
        burden = {a: p for a, p in (burden or {}).items() if a not in searched.left_out}
    lattice = Lattice.whole([str(each) for each in attached.columns], **asked, burden=burden)
    chosen, own, alarms = own_thresholds(chosen, target, (fitting.model,), fitted=False)
    explaining = find_explanation_costs(
        target.task, None, None if explanation_costs is None else as_names(explanation_costs)
    )
    chosen.check_names(predicting)
    rows, audited, dropped = audited_rows(
        target,
        groups,
        sample_weight=sample_weight,
        cluster=cluster,
        min_cell=chosen.min_cell,
        max_levels=max_levels,
        max_groups=max_groups,
        whole=True,
        fitted=True,
        searched=None if searched is None else searched.rows,
    )
    alarms = (*alarms, *levels_of_text(features.loc[audited], progress))

    from whogains.explain import ExplanationSettings
    from whogains.scoring import Member, stand_in

    by = () if explainers is None else tuple(as_names(explainers))
    explanations = ExplanationSettings(
        explainers=() if by == ("none",) else by,
        keeps=tuple(keep) if isinstance(keep, Sequence) else (keep,),
        baseline=baseline,
        mask_personal=mask_personal,
        random_state=random_state,
    )
    tables = encode_rows(features, audited, "X"), encode_rows(attached, audited, "personal")
    made = Advising(*tables, rows, lattice, predicting, chosen, fitting, target.task)
    fitted, run = fitting.rounds(
        *tables,
        rows,
        target.task,
        explanations,
        panel={lattice.models[asked]: Member(asked) for asked in lattice.sets},
        progress=progress,
        checkpoint=checkpoint,
    )
    # Who has not told an attribute is served without it.
    stand_ins = lattice.stand_ins(rows.grouping)
    rounds = list(fitted)
    first = rounds[0]
    rows, shown = _judged_rows(rows, made, rounds, stand_ins)
    procedure = None
    if value_folds:
        judged = np.isin(made.rows.codes, rows.codes)
        procedure = value_of_procedure(made.take(judged), value_folds, progress)
    held = [local if shown is None else local.take(shown) for local in rounds]
    scored = [stand_in(local, stand_ins, rows.codes) for local in held]
    of_rounds = [fold_of(local, shown) for local in rounds]
    means: dict[Pair, MeanOfRounds] = {}
    for local, fold in zip(scored, of_rounds, strict=True):
        _add(means, local, rows, lattice, explaining, fold=fold)
    # Of rows that are not shown nothing is told, in words either.
    seen = features.loc[audited]
    every = seen.join(attached.loc[audited])
    notes = (
        target.note,
        None if searched is None else searched.note,
        _untold_note(rows),
        repeated_id_note(every) if cluster is None else None,
        unique_id_note(seen),
        numbers_as_text_note(every),
        empty_columns_note(seen),
        *own,
        *(note for note in first.notes if note not in first.unused),
    )
    return choice_of(
        rows,
        lattice,
        predicting,
        chosen,
        target,
        dropped=dropped,
        rounds=[local.predictions for local in scored],
        target_name=name,
        unit=unit,
        random_state=random_state,
        run={
            **named_columns(sample_weight, cluster),
            **run,
            **_as_settings(first, explaining),
            "searched": None if searched is None else searched.as_settings(),
            "features": [str(each) for each in features.columns],
        },
        notes=[note for note in notes if note],
        warnings=(*leaks(features, y, target, audited), *alarms, *unused(first)),
        explained={pair: each.scores() for pair, each in means.items()},
        procedure=procedure,
        folds=[fold for fold in of_rounds if fold is not None],
        stand_ins=stand_ins,
    )


def _judged_rows(
    rows: Rows,
    made: Advising,
    rounds: Sequence[LocalScores],
    stand_ins: Mapping[str, Sequence[str]],
) -> tuple[Rows, BoolArray | None]:
    """Keep the rows held out, of groups of which no number tells one person's outcome."""
    from whogains.scoring import stand_in

    rows, shown = held_out(rows, rounds[0], made.settings.min_cell)
    held = [local if shown is None else local.take(shown) for local in rounds]
    found = [stand_in(local, stand_ins, rows.codes).predictions for local in held]
    kept = rows_of_choice(rows, made.lattice, made.costs, found, made.settings.min_cell)
    if kept.all():
        return rows, shown
    both = np.ones(len(kept), dtype=np.bool_) if shown is None else shown.copy()
    both[both] = kept
    return rows.take(kept), both


def _untold_note(rows: Rows) -> str | None:
    """Say how many people have not told something, and what they are served by."""
    groups = group_levels(rows.grouping)
    untold = np.array([None in levels.values() for levels in groups])[rows.codes]
    if not untold.any():
        return None
    return (
        f"{untold.sum():,} people have not told every attribute; each of them is served by the "
        "model of what they have told"
    )


def _searched(
    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    target: Target,
    cost: Cost,
    fitting: Fitting,
    *,
    given: Asked,
    never: Asked,
    burden: Mapping[str, float] | None,
    **more: Any,
) -> Searched | None:
    """Search where more may be asked than a lattice takes, once the names are known to be right."""
    names = [str(each) for each in frames[1].columns]
    prices = burden if isinstance(burden, Mapping) else None
    check_asked(names, given=given, never=never, burden=prices)
    free = [each for each in names if each not in {*given, *never}]
    if len(free) <= MOST_ATTRIBUTES:
        return None
    features, attached, groups = frames
    of: dict[str, Any] = {"groups": groups, "free": free, "given": given, **more}
    return search(features, attached, target, cost, fitting, **of)


def _add(
    means: dict[Pair, MeanOfRounds],
    local: LocalScores,
    rows: Rows,
    lattice: Lattice,
    costs: Sequence[Cost],
    *,
    fold: IntArray | None,
) -> None:
    """Add one round's costs of explanation, of every edge and of nothing and every other set."""
    runs = [each for each in local.explanations if not each.repeat]
    if not runs:
        return
    rows = replace(rows, predictions=local.predictions)
    nothing = lattice.nothing
    pairs = [(told, lattice.adding(told, (one,))) for told, one in lattice.edges]
    pairs += [(nothing, asked) for asked in lattice.sets if asked != nothing]
    for told, asked in dict.fromkeys(pairs):
        mean = means.setdefault(
            (told, asked), MeanOfRounds(rows.codes, len(rows.grouping), rows.sample_weight)
        )
        of = (lattice.models[told], lattice.models[asked])
        mean.add(tuple(explanation_scores(costs, runs, rows, of)), fold)


def _as_settings(first: LocalScores, costs: Sequence[Cost]) -> dict[str, Any]:
    """Say how models were explained, where they were."""
    if not first.explanations:
        return {"explainers": []}
    return {
        "explainers": list(dict.fromkeys(each.explainer for each in first.explanations)),
        "keep": list(dict.fromkeys(each.keep for each in first.explanations)),
        "change": costs[0].change,
        "explanation_costs": [cost.name for cost in costs],
        "completeness_gap": gaps_of(first.checks),
    }
