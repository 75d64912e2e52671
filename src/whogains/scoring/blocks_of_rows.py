"""Predict and explain some rows by one pair of models, a block of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.errors import InputError
from whogains.explain import (
    Baselines,
    Completeness,
    ExplanationSettings,
    GivenAttributions,
    MaskedPredictions,
    attribute,
    checked_attributions,
    completeness,
    feature_groups_of,
    find_explainers,
    masked_predictions,
)
from whogains.scoring.checkpoint import Checkpoint, digest
from whogains.types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whogains.explain import Explainer
    from whogains.frames import Table
    from whogains.models import Model, Pair
    from whogains.scoring.progress import Steps


# A block holds at most so many rows, between two of which progress is told and saved, and so
# many numbers, which bounds the memory.
BLOCK_ROWS = 4096
BLOCK_NUMBERS = 1_000_000

# Rows that are predicted twice, to see that a model always says the same.
STEADY_ROWS = 256


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
    kept : tuple of three int
        That number, and of how many features that the generic and the personalized model rank.
    repeat : int
        0 for the scores themselves; from 1 for the same with another seed, by an explainer that
        draws.
    """

    explainer: str
    keep: float
    generic: MaskedPredictions
    personalized: MaskedPredictions
    kept: tuple[int, int, int]
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """Rows to score by one pair, and the rows that its baselines are made from.

    Parameters
    ----------
    pair : Pair
        The models.
    X, personal : Table
        The rows to score, n of them.
    seen : tuple of Table
        The rows to make baselines from: features, and personal columns.
    settings : ExplanationSettings
        Which explanations to score.
    steps : Steps
        Who is told about progress.
    checkpoint : Checkpoint or None
        Where finished blocks are kept.
    """

    pair: Pair
    X: Table
    personal: Table
    seen: tuple[Table, Table]
    settings: ExplanationSettings
    steps: Steps
    checkpoint: Checkpoint | None = None

    def rows(self, model: Model, at: slice) -> FloatArray:
        """Put some rows together as a model takes them."""
        X, personal = self.X.matrix[at], self.personal.matrix[at]
        return np.hstack([X, personal])[:, self._places(model)]

    def shuffled(self, model: Model, at: slice, order: IntArray) -> FloatArray:
        """Do the same with the personal columns of other rows."""
        return np.hstack([self.X.matrix[at], self.personal.matrix[order[at]]])[
            :, self._places(model)
        ]

    def baselines(self, model: Model) -> Baselines:
        """Make the baseline rows of a model."""
        made = self.settings.baselines_for(*self.seen)
        if not self.settings.mask_personal:
            # What is never masked has no value of its own here, and rows that differ in it are one.
            features = len(self.X.names)
            made = Baselines(
                np.hstack(
                    [
                        made.rows[:, :features],
                        np.repeat(made.rows[:1, features:], len(made.rows), axis=0),
                    ]
                ),
                made.weights,
            )
        return made.columns(self._places(model))

    def ranked(self, model: Model) -> tuple[str, ...]:
        """Name the columns of a model that are ranked and masked."""
        if self.settings.mask_personal:
            return model.names
        return tuple(name for name in model.names if name not in self.personal.names)

    def counts(self, model: Model) -> tuple[int, ...]:
        """Say how many features of a model are kept, for each keep."""
        most = self.settings.features(self.ranked(model))
        return tuple(min(r, most) for r in self.settings.counts(self.pair.generic.names))

    def context(self, model: Model) -> BoolArray | None:
        """Find the columns of a model that are never masked."""
        if self.settings.mask_personal:
            return None
        return np.array([name in self.personal.names for name in model.names])

    def blocks(self) -> Iterator[slice]:
        """Split the rows."""
        return blocks(len(self.X), len(self.X.columns) + len(self.personal.columns), self.settings)

    def _places(self, model: Model) -> list[int]:
        position = {name: at for at, name in enumerate((*self.X.names, *self.personal.names))}
        return [position[name] for name in model.names]


@dataclass(frozen=True, slots=True)
class Part:
    """The scores of some rows by one pair.

    Parameters
    ----------
    generic, personalized : ndarray of float64, shape (n,)
        The predictions.
    explanations : tuple of ExplanationScores
        One for each explainer, repeat and keep.
    checks : dict
        By the names of the explainer and of the model, how far attributions are from adding up.
    personal_used : bool
        Whether shuffling the personal columns changes any prediction.
    """

    generic: FloatArray
    personalized: FloatArray
    explanations: tuple[ExplanationScores, ...]
    checks: dict[tuple[str, str], Completeness]
    personal_used: bool


def blocks(rows: int, columns: int, settings: ExplanationSettings) -> Iterator[slice]:
    """Split rows, in order, into blocks that bound the memory."""
    step = settings.batch_rows or max(1, min(BLOCK_ROWS, BLOCK_NUMBERS // columns))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def score_rows(job: Job) -> Part:
    """Predict, explain and mask all rows of a job.

    Parameters
    ----------
    job : Job
        What to do.

    Returns
    -------
    Part
        The scores.

    Raises
    ------
    InputError
        If a model or an explainer fails, or a model's predictions change between calls.
    """
    job.steps.begin("predicting")
    full = {model.name: _predictions(job, model) for model in job.pair.models}
    used = _personal_used(job, full["personalized"])
    explanations: list[ExplanationScores] = []
    checks: dict[tuple[str, str], Completeness] = {}
    explainers = find_explainers(job.settings.explainers, job.pair.models)
    counts = job.settings.counts(job.pair.generic.names)
    features = [job.settings.features(job.ranked(model)) for model in job.pair.models]
    for given, explainer in zip(job.settings.explainers, explainers, strict=True):
        for repeat in range(job.settings.repeats if explainer.draws else 1):
            masked = []
            for model in job.pair.models:
                matrix_of = given if isinstance(given, GivenAttributions) else None
                work = _Work(explainer, matrix_of, model, full[model.name], repeat)
                found, check = _masked(job, work)
                masked.append(found)
                if check is not None and repeat == 0:
                    checks[explainer.name, model.name] = check
            explanations += [
                ExplanationScores(
                    explainer.name,
                    keep,
                    generic,
                    personalized,
                    (count, features[0], features[1]),
                    repeat,
                )
                for keep, count, generic, personalized in zip(
                    job.settings.keeps, counts, *masked, strict=True
                )
            ]
    return Part(full["generic"], full["personalized"], tuple(explanations), checks, used)


@dataclass(frozen=True, slots=True)
class _Work:
    """One explainer's explanation of one model."""

    explainer: Explainer
    given: GivenAttributions | None
    model: Model
    full: FloatArray
    repeat: int


def _masked(job: Job, work: _Work) -> tuple[list[MaskedPredictions], Completeness | None]:
    """Mask one model's features by one explainer, for each keep."""
    model, settings = work.model, job.settings
    rows = len(job.X)
    baselines = job.baselines(model)
    given = None if work.given is None else _given(work.given, model, rows)
    kept, removed = (np.empty((len(settings.keeps), rows)) for _ in range(2))
    check: Completeness | None = None
    known = "" if job.checkpoint is None else _known(job, work, baselines)
    for at in job.blocks():
        job.steps.begin(f"{work.explainer.name} of the {model.name} model", at.stop - at.start)
        matrix = job.rows(model, at)
        key = "" if job.checkpoint is None else digest(known, matrix, at.start)
        block = None
        if job.checkpoint is not None:
            block = job.checkpoint.get(key, _shape(settings, len(matrix)))
        if block is None:
            attributions = None if given is None else given[at]
            block = _block(job, work, _Rows(matrix, work.full[at], attributions), baselines)
            if job.checkpoint is not None:
                job.checkpoint.put(key, block)
        kept[:, at], removed[:, at] = np.split(block[:-1, : len(matrix)], 2)
        if work.explainer.change is not None:
            check = Completeness(*block[-1, :3].tolist()) + (check or Completeness())
    masked = [MaskedPredictions(work.full, *each) for each in zip(kept, removed, strict=True)]
    return masked, check


def _shape(settings: ExplanationSettings, rows: int) -> tuple[int, int]:
    return 2 * len(settings.keeps) + 1, max(rows, 3)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A block of rows: as the model takes them, its predictions, and attributions if given."""

    matrix: FloatArray
    full: FloatArray
    given: FloatArray | None


def _block(job: Job, work: _Work, rows: _Rows, baselines: Baselines) -> FloatArray:
    """Explain and mask one block: a row per keep for kept, then removed, then the self-check."""
    settings, model, matrix = job.settings, work.model, rows.matrix
    attributions = rows.given
    compared = work.explainer.baselines(baselines, marginal=settings.baseline == "marginal")
    if attributions is None:
        seed = settings.random_state + work.repeat
        attributions = attribute(work.explainer, model, matrix, compared, seed)
    found = np.zeros(_shape(settings, len(matrix)))
    masked = masked_predictions(
        model,
        matrix,
        attributions,
        job.counts(model),
        baselines,
        full=rows.full,
        feature_groups=feature_groups_of(model.names, settings.feature_groups),
        signed=settings.signed,
        context=job.context(model),
    )
    for at, each in enumerate(masked):
        found[at, : len(matrix)] = each.kept
        found[at + len(masked), : len(matrix)] = each.removed
    if work.given is None:
        check = completeness(work.explainer, model, matrix, compared, attributions)
        if check is not None:
            found[-1, :3] = check.gap_squares, check.change_squares, check.worst
    return found


def _given(given: GivenAttributions, model: Model, rows: int) -> FloatArray:
    values = given.of(model.name, rows, model.names)
    return checked_attributions(values, (rows, len(model.columns)), given.name, model)


def _known(job: Job, work: _Work, baselines: Baselines) -> str:
    """Summarize what the numbers of a block depend on, besides its rows."""
    settings, model = job.settings, work.model
    rng = np.random.default_rng(0)
    first = job.rows(model, slice(0, STEADY_ROWS))
    # Two models that agree on the rows can differ elsewhere, which is where masks lead.
    mixed = rng.permuted(np.vstack([first, baselines.rows]), axis=0)
    given = None if work.given is None else work.given.of(model.name, len(job.X), model.names)
    return digest(
        work.explainer.name,
        work.repeat,
        model.name,
        model.names,
        work.full,
        model.predict(mixed),
        baselines.rows,
        baselines.weights,
        given,
        job.counts(model),
        settings.mask_personal,
        sorted((settings.feature_groups or {}).items()),
        settings.signed,
        settings.random_state,
    )


def _predictions(job: Job, model: Model) -> FloatArray:
    """Predict all rows, and some of them twice."""
    first = job.rows(model, slice(0, STEADY_ROWS))
    once, again = model.predict(first), model.predict(first)
    # Threads may add up in another order, which is rounding.
    same = np.isclose(once, again, rtol=1e-5, atol=1e-6 * np.abs(once).max(initial=0.0))
    if not same.all():
        row = int(np.argmin(same))
        raise InputError(
            f"the {model.name} model's predictions change between calls (row {row}: first"
            f" {once[row]:g}, then {again[row]:g}), so that no difference can be told; switch off"
            " what is random in it, such as dropout, or fix its seed"
        )
    return np.concatenate([model.predict(job.rows(model, at)) for at in job.blocks()])


def _personal_used(job: Job, full: FloatArray) -> bool:
    """Say whether shuffling the personal columns over the rows changes any prediction."""
    model = job.pair.personalized
    rows = len(job.X)
    order = np.random.default_rng(job.settings.random_state).permutation(rows)
    moved = False
    for at in job.blocks():
        matrix, shuffled = job.rows(model, at), job.shuffled(model, at, order)
        if np.array_equal(shuffled, matrix, equal_nan=True):
            continue
        moved = True
        if not np.allclose(model.predict(shuffled), full[at], rtol=1e-9, atol=1e-12):
            return True
    takes = any(name in job.personal.names for name in model.names)
    # Where nothing was shuffled, nothing can be said against the model.
    return takes and not moved
