"""Fit a lattice of models, one for every set of attributes, and choose from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from whogains.api.choosing import choice_of, deciding_costs
from whogains.api.findings import audited_rows, named_columns
from whogains.api.fitting import fitting_of
from whogains.api.scored_rounds import held_out
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, MAX_LEVELS
from whogains.frames import (
    as_names,
    check_indexes,
    check_personal,
    check_rows,
    check_seed,
    check_task,
    encode_rows,
    name_of,
    numbers_as_text_note,
    read_target,
    repeated_id_note,
    split_features,
    to_pandas,
    unique_id_note,
)
from whogains.judging import Lattice, Settings, SettingsOptions
from whogains.results import Choice
from whogains.types import Task

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[str, int, int], None]


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
    costs: str | Sequence[str] | None = None,
    unit: str | None = None,
    sample_weight: Any = None,
    cluster: Any = None,
    max_levels: int = MAX_LEVELS,
    max_groups: int = MAX_GROUPS,
    random_state: int = 0,
    progress: Progress | None = None,
    **settings: Unpack[SettingsOptions],
) -> Choice:
    """Choose which attributes to ask, and of whom, by fitting a model for every set of them.

    Parameters
    ----------
    X : frame or array, shape (n, p)
        Features, as for `audit`.
    y : array-like, shape (n,)
        Outcomes. Rows where they are missing are left out and counted.
    personal : frame or mapping of n rows, or (sequence of) str
        The attributes, or their names in `X`; their crossing makes the groups.
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
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    random_state : int
        Seed of folds, fits and draws.
    progress : callable, optional
        Called as ``progress(stage, done, total)`` as the work goes on.
    **settings
        The keywords of `Settings`. `margin`, by default epsilon, is the largest loss that does
        not matter.

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
    chosen = Settings(**settings)
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
    check_seed(random_state)
    check_task(task)
    check_indexes(X=X, y=y, personal=personal, sample_weight=sample_weight, cluster=cluster)
    name = name_of(y, "y")
    target = read_target(y, task, positive=positive, name=name)
    features, attached = split_features(to_pandas(X, "X"), personal)
    for frame, called in ((features, "X"), (attached, "personal")):
        check_rows(frame, called, target)
    check_personal(attached, y, target.observed, name)
    lattice = Lattice.whole(
        [str(each) for each in attached.columns],
        given=as_names(given),
        never=as_names(never),
        burden=burden,
    )
    predicting = deciding_costs(costs, target, name)
    chosen.check_names(predicting)
    rows, audited, dropped = audited_rows(
        target,
        attached,
        sample_weight=sample_weight,
        cluster=cluster,
        min_cell=chosen.min_cell,
        max_levels=max_levels,
        max_groups=max_groups,
        fitted=True,
    )

    from whogains.explain import ExplanationSettings
    from whogains.scoring import Member

    if fitting is None:
        raise InputError("give what to fit, not fitted models; choose_from takes predictions")
    rounds, run = fitting.rounds(
        encode_rows(features, audited, "X"),
        encode_rows(attached, audited, "personal"),
        rows,
        target.task,
        ExplanationSettings(random_state=random_state),
        panel={lattice.models[asked]: Member(asked) for asked in lattice.sets},
        progress=progress,
        checkpoint=checkpoint,
    )
    found = []
    for number, local in enumerate(rounds):
        if not number:
            told = local.notes
            rows, shown = held_out(rows, local, chosen.min_cell)
        found.append((local if shown is None else local.take(shown)).predictions)
    every = features.join(attached)
    repeated = repeated_id_note(every) if cluster is None else None
    notes = (target.note, repeated, unique_id_note(features), numbers_as_text_note(every), *told)
    return choice_of(
        rows,
        lattice,
        predicting,
        chosen,
        target,
        dropped=dropped,
        rounds=found,
        target_name=name,
        unit=unit,
        random_state=random_state,
        run={
            **named_columns(sample_weight, cluster),
            **run,
            "features": [str(each) for each in features.columns],
        },
        notes=[note for note in notes if note],
    )
