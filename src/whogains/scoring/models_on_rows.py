"""Score fitted models, or a panel fitted by cross-fitting, on every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.explain import (
    Completeness,
    ExplanationSettings,
    GivenAttributions,
    MaskedPredictions,
    find_explainer,
)
from whogains.models import deal, fit_panel
from whogains.scoring.blocks_of_rows import ExplanationScores, Part, score_rows
from whogains.scoring.checkpoint import Checkpoint
from whogains.scoring.job import Inputs, Job, check_tables
from whogains.scoring.notes import notes_of, unused_note
from whogains.scoring.panels import Member, pair_and_placebos, personal_tables
from whogains.scoring.progress import Progress, Steps
from whogains.types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.models import Panel
    from whogains.types import Task


@dataclass(frozen=True, slots=True)
class LocalScores:
    """What each model of a panel predicts for every row that is scored.

    Parameters
    ----------
    predictions : dict of str to ndarray of float64, shape (m,)
        By model, probabilities of the positive value, or values.
    explanations : tuple of ExplanationScores
        One for each explainer, repeat and keep, in the order asked.
    checks : dict
        By the names of the explainer and of the model, how far attributions are from adding up
        to what they explain, for the explainers that promise it.
    fold : ndarray of int, shape (n,), or None
        The fold that held out each row, -1 for rows that are fitted on alone; None where the
        models were given. Scores are of the m rows that are held out, in their order.
    notes : tuple of str
        What a reader of the results should know.
    unused : tuple of str
        Those of the notes that say of a model that it does not use its personal columns.
    """

    predictions: dict[str, FloatArray]
    explanations: tuple[ExplanationScores, ...]
    checks: dict[tuple[str, str], Completeness]
    fold: IntArray | None
    notes: tuple[str, ...]
    unused: tuple[str, ...] = ()

    def take(self, rows: BoolArray) -> LocalScores:
        """Keep the scores of the rows that a mask of m marks."""
        return replace(
            self,
            predictions={name: each[rows] for name, each in self.predictions.items()},
            explanations=tuple(
                replace(each, masked={name: m.take(rows) for name, m in each.masked.items()})
                for each in self.explanations
            ),
        )


def stand_in(
    scores: LocalScores, stand_ins: Mapping[str, Sequence[str]], codes: IntArray
) -> LocalScores:
    """Let other models of the panel score some groups, such as people who tell less than others.

    Parameters
    ----------
    scores : LocalScores
        The scores of m rows.
    stand_ins : mapping of str to sequence of str, length d
        By model, whose scores each group gets; models that are not named keep their own.
    codes : ndarray of int, shape (m,)
        Each row's group.

    Returns
    -------
    LocalScores
        With the scores of each row by the model that stands in.

    Examples
    --------
    >>> two = {"none": np.array([1.0, 2.0]), "sex": np.array([3.0, 4.0])}
    >>> found = stand_in(LocalScores(two, (), {}, None, ()), {"sex": ["none", "sex"]}, [0, 1])
    >>> found.predictions["sex"].tolist()
    [1.0, 4.0]
    """

    def composed(of_model: Mapping[str, FloatArray], name: str) -> FloatArray:
        whose = np.asarray(stand_ins.get(name, [name] * (int(np.max(codes, initial=0)) + 1)))[codes]
        found = of_model[name].copy()
        for other in set(whose.tolist()) - {name}:
            found[whose == other] = of_model[other][whose == other]
        return found

    def masked(each: ExplanationScores) -> ExplanationScores:
        parts = {
            part: {name: getattr(of, part) for name, of in each.masked.items()}
            for part in ("full", "kept", "removed", "hidden")
        }
        return replace(
            each,
            masked={
                name: MaskedPredictions(**{part: composed(of, name) for part, of in parts.items()})
                for name in each.masked
            },
        )

    return replace(
        scores,
        predictions={name: composed(scores.predictions, name) for name in scores.predictions},
        explanations=tuple(masked(each) for each in scores.explanations),
    )


def score_models(
    panel: Panel,
    X: Table,
    personal: Table,
    settings: ExplanationSettings | None = None,
    *,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
) -> LocalScores:
    """Score fitted models on rows that none was fitted on.

    Parameters
    ----------
    panel : mapping of str to Model
        The fitted models, first the one without attributes.
    X : Table
        The features, n rows.
    personal : Table
        The personal columns, n rows.
    settings : ExplanationSettings, optional
        Which explanations to score; none by default.
    progress : callable, optional
        Called as ``progress(stage, done, total)`` with what starts now and how many rows a
        second it does, the number of steps done and of all steps.
    checkpoint : str or Path, optional
        A folder that keeps what is done, so that a killed run continues there.

    Returns
    -------
    LocalScores
        The predictions of n rows.

    Raises
    ------
    InputError
        If a setting does not suit the models, or a model or an explainer fails.

    Notes
    -----
    The rows that the models were fitted on are not known here, so that a baseline of means is
    made from the rows that are scored.
    """
    settings = ExplanationSettings() if settings is None else settings
    check_tables(settings, X, personal, next(iter(panel.values())).names)
    rows = Inputs(X, dict.fromkeys(panel, personal))
    steps = Steps(progress, _count(rows, settings))
    folder = None if checkpoint is None else Checkpoint.at(checkpoint)
    part = score_rows(Job(panel, rows, rows, settings, steps, folder))
    steps.end()
    task = next(iter(panel.values())).task
    return _assembled(task, [part], None, list(panel)[1:])


def score_cross_fit(
    X: Table,
    personal: Table,
    y: FloatArray,
    task: Task,
    settings: ExplanationSettings | None = None,
    *,
    panel: Mapping[str, Member] | None = None,
    estimator: Any = None,
    exposure: FloatArray | None = None,
    classes: tuple[str, ...] = (),
    folds: int = 5,
    holdout: float | None = None,
    groups: IntArray | None = None,
    cluster: IntArray | None = None,
    of_people: bool = False,
    random_state: int = 0,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
) -> LocalScores:
    """Fit a panel of models on all folds but one, and score it on that one, for every fold.

    Parameters
    ----------
    X : Table
        The features, n rows.
    personal : Table
        The personal columns, n rows.
    y : ndarray of float64, shape (n,)
        The outcome without missing values; 0 and 1 for classification.
    task : {"classification", "regression"}
        What is predicted.
    settings : ExplanationSettings, optional
        Which explanations to score; none by default.
    panel : mapping of str to Member, optional
        What each model gets; by default "generic" no personal column and "personalized" all.
    estimator, exposure, classes : optional
        As for `whogains.models.fit_panel`.
    folds, groups, cluster
        As for `whogains.models.assign_folds`.
    of_people : bool
        Whether a cluster is many people, as a place is: placebos then get attributes row by row.
    holdout : float, optional
        The share of the rows to hold out, once, in place of folds; models are fitted on the others.
    random_state : int
        The seed of the folds, of the fits and of placebos.
    progress, checkpoint
        As for `score_models`. Models are fitted again, and what they explained is kept.

    Returns
    -------
    LocalScores
        The predictions of the rows that are held out, each by models that did not see it.

    Raises
    ------
    InputError
        If a setting does not suit the data, or fitting, predicting or explaining fails.

    Notes
    -----
    Categories, imputation, the models and the baseline are learned from the rows of the other
    folds. All models of a fold get the same rows, seed and explainer, so that their
    differences are paired.
    """
    settings = ExplanationSettings() if settings is None else settings
    panel = pair_and_placebos() if panel is None else panel
    if len(y) != len(X):
        raise InputError(f"y has {len(y)} values and X has {len(X)} rows; give one per row")
    for explainer in settings.explainers:
        if isinstance(explainer, GivenAttributions):
            raise InputError(
                f"the attributions {explainer.name!r} are of models that exist already; give the"
                " models too, generic= and personalized="
            )
    check_tables(settings, X, personal)
    folder = None if checkpoint is None else Checkpoint.at(checkpoint)
    dealt: dict[str, Any] = {"groups": groups, "cluster": cluster, "random_state": random_state}
    fold = deal(y, task, folds=folds, holdout=holdout, **dealt)
    whose = None if of_people else cluster
    rows = Inputs(X, personal_tables(personal, panel, fold, whose, random_state=random_state))
    held_out = np.unique(fold[fold >= 0]).tolist()
    held = [rows.take(fold == number) for number in held_out]
    steps = Steps(progress, sum(1 + _count(each, settings) for each in held))
    parts = []
    for number, each in zip(held_out, held, strict=True):
        train = fold != number
        steps.prefix = f"fold {number + 1} of {len(held)}: " if holdout is None else ""
        steps.begin("fitting")
        seen = rows.take(train)
        models = fit_panel(
            {name: seen.X.join(own) for name, own in seen.personal.items()},
            y[train],
            task,
            estimator=estimator,
            exposure=None if exposure is None else exposure[train],
            classes=classes,
            random_state=random_state,
        )
        parts.append(score_rows(Job(models, each, seen, settings, steps, folder)))
    steps.end()
    real = [name for name, member in panel.items() if member.placebo is None]
    return _assembled(task, parts, fold, [name for name in real if panel[name].personal != ()])


def _count(rows: Inputs, settings: ExplanationSettings) -> int:
    """Count the steps of one panel: predictions, and each block of each explained model."""
    per_model = len(list(rows.blocks(settings)))
    # What "auto" stands for is known only when there are models; it may draw.
    runs = sum(
        settings.repeats if explainer == "auto" or find_explainer(explainer, ()).draws else 1
        for explainer in settings.explainers
    )
    return 1 + len(rows.personal) * runs * per_model


def _assembled(
    task: Task, parts: list[Part], fold: IntArray | None, personalized: list[str]
) -> LocalScores:
    """Put the rows of all folds back in their order, and note what is odd about them."""
    scored = None if fold is None else fold[fold >= 0]

    def together(pieces: list[FloatArray]) -> FloatArray:
        if scored is None:
            return pieces[0]
        rows = np.empty((len(scored), *pieces[0].shape[1:]))
        for number, piece in enumerate(pieces):
            rows[scored == number] = piece
        return rows

    def masked(pieces: list[MaskedPredictions]) -> MaskedPredictions:
        return MaskedPredictions(
            together([piece.full for piece in pieces]),
            together([piece.kept for piece in pieces]),
            together([piece.removed for piece in pieces]),
            together([piece.hidden for piece in pieces]),
        )

    names = list(parts[0].predictions)
    explanations = tuple(
        ExplanationScores(
            same[0].explainer,
            same[0].keep,
            {name: masked([scores.masked[name] for scores in same]) for name in names},
            same[0].count,
            same[0].features,
            same[0].repeat,
        )
        for same in zip(*(part.explanations for part in parts), strict=True)
    )
    told = [names[0], *personalized]
    checks = {
        key: reduce(add, (part.checks[key] for part in parts))
        for key in parts[0].checks
        if key[1] in told
    }
    predictions = {name: together([part.predictions[name] for part in parts]) for name in names}
    unused = tuple(
        unused_note(name) for name in personalized if not any(part.used[name] for part in parts)
    )
    notes = (*unused, *notes_of(task, {name: predictions[name] for name in told}, checks))
    return LocalScores(predictions, explanations, checks, fold, notes, unused)
