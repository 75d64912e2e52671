"""Value the procedure of advising: outer folds rerun fits and choice for people left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from whogains.api.fitting import Fitting
from whogains.api.scored_rounds import fold_of, held_out
from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence import Rows
from whogains.judging import Lattice, Settings, build_choice
from whogains.records import DataFinding, ProcedureValue, RoutedGroup
from whogains.types import BoolArray, FloatArray, IntArray, Task

if TYPE_CHECKING:
    from whogains.frames import Table

Progress = Callable[[str, int, int], None]
# Outer folds are dealt by another seed than the folds inside of them.
OUTER_SEED = 7919


@dataclass(frozen=True, slots=True)
class Advising:
    """What advice is made from.

    Parameters
    ----------
    X, personal : Table
        The features and the personal columns, n rows.
    rows : Rows
        Outcomes, groups, weights and clusters of these rows.
    lattice : Lattice
        The sets that may be asked.
    costs : sequence of Cost
        The costs, of which the first decides.
    settings : Settings
        Level, epsilon, margin.
    fitting : Fitting
        What is fitted, and how often.
    task : {"classification", "regression"}
        What is predicted.
    """

    X: Table
    personal: Table
    rows: Rows
    lattice: Lattice
    costs: Sequence[Cost]
    settings: Settings
    fitting: Fitting
    task: Task

    def take(self, rows: BoolArray) -> Advising:
        """Keep some rows, given by a mask."""
        return replace(
            self,
            X=self.X.take(rows),
            personal=self.personal.take(rows),
            rows=self.rows.take(rows),
        )


def value_of_procedure(
    made: Advising, folds: int, progress: Progress | None = None
) -> ProcedureValue:
    """Advise on all outer folds but one, and value that advice on the people of that one.

    Parameters
    ----------
    made : Advising
        What advice is made from. Inside each outer fold it is made in the same way; what serves
        the people left out is fitted once, on all rows of the other folds.
    folds : int
        Outer folds, from 2. Clusters are not split.
    progress : callable, optional
        As for `whogains.choose`, for each outer fold.

    Returns
    -------
    ProcedureValue
        The mean gain, and what was asked, of people on whom the advice was not made.

    Raises
    ------
    InputError
        If `folds` is below 2, or there are too few rows for so many.

    Notes
    -----
    The mean over the outer folds estimates what advice that is made from (folds - 1)/folds of as
    many rows gains in new people. No interval is given: the advice of any two folds rests on
    mostly the same rows, and the variance of a cross-validated mean has no unbiased estimate [1]_.

    References
    ----------
    .. [1] Bengio, Y. and Grandvalet, Y. (2004). No unbiased estimator of the variance of K-fold
       cross-validation. JMLR 5, 1089-1105.
    """
    if folds < 2:
        raise InputError(f"value_folds={folds}: give at least 2 outer folds, or 0 for none")
    from whogains.models import assign_folds

    outer = assign_folds(
        made.rows.y_true,
        made.task,
        folds=folds,
        groups=made.rows.codes,
        cluster=made.rows.cluster,
        random_state=made.fitting.random_state + OUTER_SEED,
    )
    parts = []
    for number in range(folds):
        seen = made.take(outer != number)
        told = None if progress is None else _prefixed(progress, number, folds)
        parts.append(_valued(seen, made.take(outer == number), _advice(seen, told)))
    gains, everything, burden, people, weights = map(np.array, zip(*parts, strict=True))

    def mean(values: FloatArray) -> float:
        return float(np.average(values, weights=weights))

    gain, whole = mean(gains), mean(everything)
    return ProcedureValue(
        folds=folds,
        gain=gain,
        fold_gains=tuple(gains.tolist()),
        everything=whole,
        kept=gain / whole if whole > 0 else None,
        asked=mean(burden) / made.lattice.price(made.lattice.everything),
        people_asked=mean(people),
    )


def _advice(made: Advising, progress: Progress | None) -> tuple[RoutedGroup, ...]:
    """Fit the lattice and choose: by group, what its model is told and what it is asked."""
    from whogains.explain import ExplanationSettings
    from whogains.scoring import Member, stand_in

    rows, lattice = made.rows, made.lattice
    rounds, _ = made.fitting.rounds(
        made.X,
        made.personal,
        rows,
        made.task,
        ExplanationSettings(random_state=made.fitting.random_state),
        panel={lattice.models[asked]: Member(asked) for asked in lattice.sets},
        progress=progress,
    )
    stand_ins = lattice.stand_ins(rows.grouping)
    predictions: list[Mapping[str, FloatArray]] = []
    folds: list[IntArray] = []
    for number, local in enumerate(rounds):
        if not number:
            rows, shown = held_out(rows, local, made.settings.min_cell)
        scored = local if shown is None else local.take(shown)
        predictions.append(stand_in(scored, stand_ins, rows.codes).predictions)
        fold = fold_of(local, shown)
        folds += [] if fold is None else [fold]
    record = build_choice(
        replace(rows, predictions=predictions[0]),
        lattice,
        made.costs,
        made.settings,
        DataFinding(
            rows=len(rows),
            rows_dropped=0,
            personal=lattice.attributes,
            groups=rows.grouping.names,
            target="",
            task=made.task,
        ),
        rounds=predictions,
        random_state=made.fitting.random_state,
        folds=folds,
        stand_ins=stand_ins,
    )
    return record.routing


def _valued(
    seen: Advising, left_out: Advising, advice: Sequence[RoutedGroup]
) -> tuple[float, float, float, float, float]:
    """Give the gains of advice and of everything, the burden, who is asked; and the weight."""
    from whogains.models import fit_panel, named_estimator
    from whogains.scoring import score_models, stand_in

    lattice, rows, cost = seen.lattice, left_out.rows, seen.costs[0]
    nothing, everything = lattice.nothing, lattice.everything
    sets = list(dict.fromkeys([nothing, *(each.served for each in advice), everything]))
    # Who has not told an attribute is served without it.
    stand_ins = lattice.stand_ins(rows.grouping)
    needed = {name for each in sets for name in stand_ins[lattice.models[each]]}
    fitted = [each for each in lattice.sets if each in sets or lattice.models[each] in needed]
    models = fit_panel(
        {lattice.models[each]: seen.X.join(seen.personal.select(each)) for each in fitted},
        seen.rows.y_true,
        seen.task,
        estimator=named_estimator(seen.fitting.model, seen.task),
        random_state=seen.fitting.random_state,
    )
    scores = score_models(models, left_out.X, left_out.personal)
    told = {lattice.models[each]: stand_ins[lattice.models[each]] for each in sets}
    predictions = stand_in(scores, told, rows.codes).predictions
    costs = np.array([cost.rows(rows.y_true, predictions[lattice.models[each]]) for each in sets])
    served = np.array([sets.index(each.served) for each in advice])[rows.codes]
    price = np.array([lattice.price(each.tells) for each in advice])[rows.codes]
    weights = np.ones(len(rows)) if rows.sample_weight is None else rows.sample_weight

    def mean(values: FloatArray) -> float:
        return float(np.average(values, weights=weights))

    return (
        mean(costs[sets.index(nothing)] - costs[served, np.arange(len(rows))]),
        mean(costs[sets.index(nothing)] - costs[sets.index(everything)]),
        mean(price),
        mean((price > 0).astype(np.float64)),
        float(weights.sum()),
    )


def _prefixed(progress: Progress, number: int, folds: int) -> Progress:
    def told(stage: str, done: int, total: int) -> None:
        if stage != "done":
            progress(
                f"outer fold {number + 1} of {folds}, {stage}", number * total + done, folds * total
            )

    return told
