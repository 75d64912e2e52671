"""Score two fitted models, or a pair fitted by cross-fitting, on every row."""

from __future__ import annotations

from dataclasses import dataclass
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
from whogains.models import assign_folds, fit_pair
from whogains.scoring.blocks_of_rows import ExplanationScores, Job, Part, blocks, score_rows
from whogains.scoring.checkpoint import Checkpoint
from whogains.scoring.notes import notes_of
from whogains.scoring.progress import Progress, Steps
from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.models import Pair
    from whogains.types import Task


@dataclass(frozen=True, slots=True)
class LocalScores:
    """What both models predict for every row.

    Parameters
    ----------
    generic, personalized : ndarray of float64, shape (n,)
        Probabilities of the positive value, or values.
    explanations : tuple of ExplanationScores
        One for each explainer, repeat and keep, in the order asked.
    checks : dict
        By the names of the explainer and of the model, how far attributions are from adding up
        to what they explain, for the explainers that promise it.
    fold : ndarray of int, shape (n,), or None
        The fold that held out each row; None where the models were given.
    notes : tuple of str
        What a reader of the results should know.
    """

    generic: FloatArray
    personalized: FloatArray
    explanations: tuple[ExplanationScores, ...]
    checks: dict[tuple[str, str], Completeness]
    fold: IntArray | None
    notes: tuple[str, ...]


def score_models(
    pair: Pair,
    X: Table,
    personal: Table,
    settings: ExplanationSettings | None = None,
    *,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
) -> LocalScores:
    """Score two fitted models on rows that neither was fitted on.

    Parameters
    ----------
    pair : Pair
        The fitted models.
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
    _check(settings, X, personal, [model.names for model in pair.models])
    folder = None if checkpoint is None else Checkpoint.at(checkpoint)
    steps = Steps(progress, _count(len(X), X, personal, settings))
    part = score_rows(Job(pair, X, personal, (X, personal), settings, steps, folder))
    steps.end()
    return _assembled(pair.generic.task, [part], None)


def score_cross_fit(
    X: Table,
    personal: Table,
    y: FloatArray,
    task: Task,
    settings: ExplanationSettings | None = None,
    *,
    estimator: Any = None,
    folds: int = 5,
    groups: IntArray | None = None,
    cluster: IntArray | None = None,
    random_state: int = 0,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
) -> LocalScores:
    """Fit a pair of models on all folds but one, and score it on that one, for every fold.

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
    estimator : str or unfitted scikit-learn estimator, optional
        As for `whogains.models.fit_pair`.
    folds, groups, cluster
        As for `whogains.models.assign_folds`.
    random_state : int
        The seed of the folds and of the fits.
    progress, checkpoint
        As for `score_models`. Models are fitted again, and what they explained is kept.

    Returns
    -------
    LocalScores
        The predictions of n rows, each by models that did not see it.

    Raises
    ------
    InputError
        If a setting does not suit the data, or fitting, predicting or explaining fails.

    Notes
    -----
    Categories, imputation, the models and the baseline are learned from the rows of the other
    folds. Both models of a fold get the same rows, seed and explainer, so that their
    differences are paired.
    """
    settings = ExplanationSettings() if settings is None else settings
    if len(y) != len(X):
        raise InputError(f"y has {len(y)} values and X has {len(X)} rows; give one per row")
    for explainer in settings.explainers:
        if isinstance(explainer, GivenAttributions):
            raise InputError(
                f"the attributions {explainer.name!r} are of models that exist already; give the"
                " models too, generic= and personalized="
            )
    _check(settings, X, personal, [X.names, X.names + personal.names])
    folder = None if checkpoint is None else Checkpoint.at(checkpoint)
    fold = assign_folds(
        y, task, folds=folds, groups=groups, cluster=cluster, random_state=random_state
    )
    sizes = np.bincount(fold).tolist()
    steps = Steps(progress, sum(1 + _count(size, X, personal, settings) for size in sizes))
    parts = []
    for number in range(folds):
        train = fold != number
        steps.prefix = f"fold {number + 1} of {folds}: "
        steps.begin("fitting")
        seen = X.take(train), personal.take(train)
        pair = fit_pair(*seen, y[train], task, estimator=estimator, random_state=random_state)
        held = X.take(~train), personal.take(~train)
        parts.append(score_rows(Job(pair, *held, seen, settings, steps, folder)))
    steps.end()
    return _assembled(task, parts, fold)


def _check(
    settings: ExplanationSettings, X: Table, personal: Table, models: list[tuple[str, ...]]
) -> None:
    X.columns_with(personal)
    settings.check((X, personal), models)


def _count(rows: int, X: Table, personal: Table, settings: ExplanationSettings) -> int:
    """Count the steps of one pair: predictions, and each block of each explained model."""
    columns = len(X.columns) + len(personal.columns)
    per_model = len(list(blocks(rows, columns, settings)))
    # What "auto" stands for is known only when there are models; it may draw.
    runs = sum(
        settings.repeats if explainer == "auto" or find_explainer(explainer, ()).draws else 1
        for explainer in settings.explainers
    )
    return 1 + 2 * runs * per_model


def _assembled(task: Task, parts: list[Part], fold: IntArray | None) -> LocalScores:
    """Put the rows of all folds back in their order, and note what is odd about them."""

    def together(pieces: list[FloatArray]) -> FloatArray:
        if fold is None:
            return pieces[0]
        rows = np.empty(len(fold))
        for number, piece in enumerate(pieces):
            rows[fold == number] = piece
        return rows

    def masked(pieces: list[MaskedPredictions]) -> MaskedPredictions:
        return MaskedPredictions(
            together([piece.full for piece in pieces]),
            together([piece.kept for piece in pieces]),
            together([piece.removed for piece in pieces]),
            together([piece.hidden for piece in pieces]),
        )

    explanations = tuple(
        ExplanationScores(
            same[0].explainer,
            same[0].keep,
            masked([scores.generic for scores in same]),
            masked([scores.personalized for scores in same]),
            same[0].kept,
            same[0].repeat,
        )
        for same in zip(*(part.explanations for part in parts), strict=True)
    )
    checks = {
        names: reduce(add, (part.checks[names] for part in parts)) for names in parts[0].checks
    }
    generic = together([part.generic for part in parts])
    personalized = together([part.personalized for part in parts])
    used = any(part.personal_used for part in parts)
    notes = notes_of(task, generic, personalized, checks, personal_used=used)
    return LocalScores(generic, personalized, explanations, checks, fold, notes)
