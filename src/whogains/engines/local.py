"""Score both models on every row, in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.explain import (
    ExplanationSettings,
    MaskedPredictions,
    attribute,
    feature_groups_of,
    find_explainer,
    masked_predictions,
)
from whogains.models import assign_folds, fit_pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whogains.costs import Task
    from whogains.explain import Explainer
    from whogains.frames import Table
    from whogains.models import Model, Pair

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Progress = Callable[[str, int, int], None]

# Rows explained at a time: between two, progress is told.
BLOCK_ROWS = 2048


@dataclass(frozen=True, slots=True)
class ExplanationScores:
    """What both models predict under one explainer's masks.

    Parameters
    ----------
    explainer : str
        The explainer's name.
    keep : float or int
        How many features were kept.
    generic, personalized : MaskedPredictions
        The predictions of n rows.
    """

    explainer: str
    keep: float
    generic: MaskedPredictions
    personalized: MaskedPredictions


@dataclass(frozen=True, slots=True)
class LocalScores:
    """What both models predict for every row.

    Parameters
    ----------
    generic, personalized : ndarray of float64, shape (n,)
        Probabilities of the positive value, or values.
    explanations : tuple of ExplanationScores
        One for each explainer and keep, in the order asked.
    fold : ndarray of int, shape (n,), or None
        The fold that held out each row; None where the models were given.
    notes : tuple of str
        What a reader of the results should know.
    """

    generic: FloatArray
    personalized: FloatArray
    explanations: tuple[ExplanationScores, ...]
    fold: IntArray | None
    notes: tuple[str, ...]


def score_models(
    pair: Pair,
    X: Table,
    personal: Table,
    settings: ExplanationSettings | None = None,
    *,
    progress: Progress | None = None,
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
        Called as ``progress(stage, done, total)`` with what starts now, the number of steps
        done and of all steps.

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
    joint = X.join(personal)
    settings.check(joint, [model.names for model in pair.models])
    steps = _Steps(progress, _count(len(joint), settings))
    part = _score_rows(_Job(pair, joint, joint, personal.names, settings, steps))
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
    estimator : unfitted scikit-learn estimator, optional
        As for `whogains.models.fit_pair`.
    folds, groups, cluster
        As for `whogains.models.assign_folds`.
    random_state : int
        The seed of the folds and of the fits.
    progress : callable, optional
        As for `score_models`.

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
    joint = X.join(personal)
    if len(y) != len(joint):
        raise InputError(f"y has {len(y)} values and X has {len(joint)} rows; give one per row")
    settings.check(joint, [X.names, joint.names])
    fold = assign_folds(
        y, task, folds=folds, groups=groups, cluster=cluster, random_state=random_state
    )
    sizes = np.bincount(fold).tolist()
    steps = _Steps(progress, sum(1 + _count(size, settings) for size in sizes))
    parts = []
    for number in range(folds):
        train = fold != number
        steps.prefix = f"fold {number + 1} of {folds}: "
        steps.begin("fitting")
        pair = fit_pair(
            X.take(train),
            personal.take(train),
            y[train],
            task,
            estimator=estimator,
            random_state=random_state,
        )
        rows, seen = joint.take(~train), joint.take(train)
        parts.append(_score_rows(_Job(pair, rows, seen, personal.names, settings, steps)))
    steps.end()
    return _assembled(task, parts, fold)


@dataclass(frozen=True, slots=True)
class _Part:
    """The scores of some rows by one pair, and whether the personal columns mattered."""

    generic: FloatArray
    personalized: FloatArray
    explanations: tuple[ExplanationScores, ...]
    personal_used: bool


class _Steps:
    """Count the steps of a known total, and tell when one begins."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._begun = 0
        self._total = total
        self.prefix = ""

    def begin(self, stage: str) -> None:
        if self._progress is not None:
            self._progress(self.prefix + stage, self._begun, self._total)
        self._begun += 1

    def end(self) -> None:
        if self._progress is not None:
            self._progress("done", self._total, self._total)


@dataclass(frozen=True, slots=True)
class _Job:
    """Rows to score by one pair, and the rows that its baseline is made from."""

    pair: Pair
    rows: Table
    seen: Table
    personal: tuple[str, ...]
    settings: ExplanationSettings
    steps: _Steps


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK_ROWS) for start in range(0, rows, BLOCK_ROWS))


def _count(rows: int, settings: ExplanationSettings) -> int:
    per_model = len(list(_blocks(rows))) + len(settings.keeps)
    return 1 + 2 * len(settings.explainers) * per_model


def _score_rows(job: _Job) -> _Part:
    job.steps.begin("predicting")
    generic, personalized = (
        model.predict(job.rows.select(model.names).matrix) for model in job.pair.models
    )
    used = _personal_used(job, personalized)
    explanations: list[ExplanationScores] = []
    for given in job.settings.explainers:
        explainer = find_explainer(given, job.pair.models)
        masked = zip(
            job.settings.keeps,
            _masked(job, job.pair.generic, explainer, generic),
            _masked(job, job.pair.personalized, explainer, personalized),
            strict=True,
        )
        explanations += [ExplanationScores(explainer.name, *scores) for scores in masked]
    return _Part(generic, personalized, tuple(explanations), used)


def _masked(
    job: _Job, model: Model, explainer: Explainer, full: FloatArray
) -> list[MaskedPredictions]:
    """Mask one model's features by one explainer, for each keep."""
    settings = job.settings
    matrix = job.rows.select(model.names).matrix
    baseline = settings.baseline_for(job.seen.select(model.names))
    groups = feature_groups_of(model.names, settings.feature_groups)
    attributions = np.empty(matrix.shape)
    for at in _blocks(len(matrix)):
        job.steps.begin(f"{explainer.name} of the {model.name} model")
        attributions[at] = attribute(explainer, model, matrix[at], baseline, settings.random_state)
    found = []
    for keep in settings.keeps:
        job.steps.begin(f"{explainer.name} of the {model.name} model, keeping {keep:g}")
        found.append(
            masked_predictions(
                model,
                matrix,
                attributions,
                keep,
                baseline,
                full=full,
                feature_groups=groups,
                signed=settings.signed,
            )
        )
    return found


def _personal_used(job: _Job, full: FloatArray) -> bool:
    """Say whether shuffling the personal columns over the rows changes any prediction."""
    model = job.pair.personalized
    at = np.flatnonzero([name in job.personal for name in model.names])
    matrix = job.rows.select(model.names).matrix
    shuffled = matrix.copy()
    order = np.random.default_rng(job.settings.random_state).permutation(len(matrix))
    shuffled[:, at] = matrix[order][:, at]
    if at.size and np.array_equal(shuffled, matrix, equal_nan=True):
        # Nothing was shuffled, so nothing can be said against the model.
        return True
    return not np.allclose(model.predict(shuffled), full, rtol=1e-9, atol=1e-12)


def _assembled(task: Task, parts: list[_Part], fold: IntArray | None) -> LocalScores:
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
        )

    explanations = tuple(
        ExplanationScores(
            same[0].explainer,
            same[0].keep,
            masked([scores.generic for scores in same]),
            masked([scores.personalized for scores in same]),
        )
        for same in zip(*(part.explanations for part in parts), strict=True)
    )
    generic = together([part.generic for part in parts])
    personalized = together([part.personalized for part in parts])
    notes = []
    if not any(part.personal_used for part in parts):
        notes.append(
            "the personalized model's predictions do not change when the personal columns are"
            " shuffled over the rows: it does not use them"
        )
    if task == "classification":
        notes += [
            f"the {name} model returns only 0 and 1, which are labels rather than probabilities:"
            " its Brier score is its 0-1 loss, and its log loss means nothing"
            for name, values in (("generic", generic), ("personalized", personalized))
            if np.isin(values, (0.0, 1.0)).all()
        ]
    return LocalScores(generic, personalized, explanations, fold, tuple(notes))
