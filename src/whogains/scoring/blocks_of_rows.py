"""Predict and explain some rows by a panel of models, a block of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from whogains.errors import InputError
from whogains.explain import (
    PERMUTATIONS,
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
from whogains.models import threads_for
from whogains.scoring.checkpoint import digest
from whogains.scoring.progress import Steps
from whogains.types import FloatArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whogains.explain import Explainer
    from whogains.models import Model
    from whogains.scoring.job import Job


# Rows that are predicted twice, to see that a model always says the same.
STEADY_ROWS = 256


@dataclass(frozen=True, slots=True)
class ExplanationScores:
    """What each model of a panel predicts under one explainer's masks.

    Parameters
    ----------
    explainer : str
        The explainer's name.
    keep : float or int
        How many features were kept.
    masked : mapping of str to MaskedPredictions
        By model, its predictions of n rows.
    count : int
        That number.
    features : mapping of str to int
        By model, of how many features that it ranks.
    repeat : int
        0 for the scores themselves; from 1 for the same with another seed, by an explainer that
        draws.
    """

    explainer: str
    keep: float
    masked: Mapping[str, MaskedPredictions]
    count: int
    features: Mapping[str, int]
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The scores of some rows by a panel.

    Parameters
    ----------
    predictions : dict of str to ndarray of float64, shape (n,)
        By model, the predictions.
    explanations : tuple of ExplanationScores
        One for each explainer, repeat and keep.
    checks : dict
        By the names of the explainer and of the model, how far attributions are from adding up.
    used : dict of str to bool
        By model, whether shuffling the personal columns over the rows changes any prediction.
    """

    predictions: dict[str, FloatArray]
    explanations: tuple[ExplanationScores, ...]
    checks: dict[tuple[str, str], Completeness]
    used: dict[str, bool]


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
    with threads_for(job.rows.X.matrix.size):
        began = perf_counter()
        full = {name: _predictions(job, model) for name, model in job.panel.items()}
        spent = perf_counter() - began
        used = {name: _personal_used(job, model, full[name]) for name, model in job.panel.items()}
        explanations: list[ExplanationScores] = []
        checks: dict[tuple[str, str], Completeness] = {}
        explainers = find_explainers(job.settings.explainers, tuple(job.panel.values()))
        job = replace(job, seen_codes=bool(explainers) and _needs_seen_codes(job))
        for given, explainer in zip(job.settings.explainers, explainers, strict=True):
            if given == "auto" and explainer.name == "permutation_shap":
                job.steps.note(_what_it_costs(job, spent))
            matrix_of = given if isinstance(given, GivenAttributions) else None
            for repeat in range(job.settings.repeats if explainer.draws else 1):
                masked = {}
                for name, model in job.panel.items():
                    work = _Work(explainer, matrix_of, model, full[name], repeat)
                    explain = _masked_of_classes if model.classes else _masked
                    masked[name], check = explain(job, work)
                    if check is not None and repeat == 0:
                        checks[explainer.name, name] = check
                explanations += _by_keep(job, explainer, masked, repeat)
    return Part(full, tuple(explanations), checks, used)


def _needs_seen_codes(job: Job) -> bool:
    """Say whether a model looks values up, or refuses the means that a baseline is made of."""
    for model in job.panel.values():
        if model.looks_up:
            return True
        try:
            model.predict(job.baselines(model).rows)
        except InputError:
            # What it refuses for another reason it will refuse again, and be named.
            return True
    return False


def _what_it_costs(job: Job, seconds: float) -> str:
    """Say before it starts what permutation_shap takes, where nothing quicker reads the models."""
    features = max(len(job.ranked(model)) for model in job.panel.values())
    per_row = 2 * PERMUTATIONS * max(len(model.names) for model in job.panel.values())
    takes = per_row * seconds
    long = f", about {takes:,.0f} seconds for these {len(job.rows):,} rows" if takes >= 1 else ""
    return (
        "no exact explainer reads these models, so permutation_shap asks each for up to "
        f"{per_row:,} predictions of every row{long}; --explainers occlusion takes {features:,}, "
        "--explainers none no more"
    )


def _by_keep(
    job: Job, explainer: Explainer, masked: Mapping[str, list[MaskedPredictions]], repeat: int
) -> list[ExplanationScores]:
    features = {name: job.settings.features(job.ranked(model)) for name, model in job.panel.items()}
    counts = job.settings.counts(job.first.names)
    return [
        ExplanationScores(
            explainer.name,
            keep,
            {name: each[place] for name, each in masked.items()},
            count,
            features,
            repeat,
        )
        for place, (keep, count) in enumerate(zip(job.settings.keeps, counts, strict=True))
    ]


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
    rows = len(job.rows)
    baselines = job.baselines(model)
    given = None if work.given is None else _given(work.given, model, rows)
    kept, removed = (np.empty((len(settings.keeps), rows)) for _ in range(2))
    hidden = np.empty(rows)
    check: Completeness | None = None
    known = "" if job.checkpoint is None else _known(job, work, baselines)
    for at in job.blocks():
        job.steps.begin(f"{work.explainer.name} of the {model.name} model", at.stop - at.start)
        matrix = job.matrix(model, at)
        key = "" if job.checkpoint is None else digest(known, matrix, at.start)
        block = None
        if job.checkpoint is not None:
            block = job.checkpoint.get(key, _shape(settings, len(matrix)))
        if block is None:
            attributions = None if given is None else given[at]
            block = _block(job, work, _Rows(matrix, work.full[at], attributions), baselines)
            if job.checkpoint is not None:
                job.checkpoint.put(key, block)
        kept[:, at], removed[:, at] = np.split(block[:-2, : len(matrix)], 2)
        hidden[at] = block[-2, : len(matrix)]
        if work.explainer.change is not None:
            check = Completeness(*block[-1, :3].tolist()) + (check or Completeness())
    masked = [
        MaskedPredictions(work.full, *each, hidden) for each in zip(kept, removed, strict=True)
    ]
    return masked, check


def _masked_of_classes(
    job: Job, work: _Work
) -> tuple[list[MaskedPredictions], Completeness | None]:
    """Do the same for the probability of the class that the model predicts for each row."""
    predicted = work.full.argmax(axis=1)
    shape = (4, len(job.settings.keeps), len(predicted))
    found, check = np.empty(shape), None
    for at in job.blocks():
        job.steps.begin(f"{work.explainer.name} of the {work.model.name} model", at.stop - at.start)
    for k in np.unique(predicted).tolist():
        mine = predicted == k
        alone = replace(
            work,
            given=None if work.given is None else work.given.take(mine),
            model=work.model.of_class(k),
            full=work.full[mine, k],
        )
        masked, more = _masked(replace(job, rows=job.rows.take(mine), steps=Steps(None, 0)), alone)
        for i, each in enumerate(masked):
            found[:, i, mine] = each.full, each.kept, each.removed, each.hidden
        check = more if check is None or more is None else check + more
    return [MaskedPredictions(*found[:, i]) for i in range(shape[1])], check


def _shape(settings: ExplanationSettings, rows: int) -> tuple[int, int]:
    return 2 * len(settings.keeps) + 2, max(rows, 3)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A block of rows: as the model takes them, its predictions, and attributions if given."""

    matrix: FloatArray
    full: FloatArray
    given: FloatArray | None


def _block(job: Job, work: _Work, rows: _Rows, baselines: Baselines) -> FloatArray:
    """Explain and mask a block: rows per keep for kept and removed, hidden, the self-check."""
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
        found[-2, : len(matrix)] = each.hidden
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
    first = job.matrix(model, slice(0, STEADY_ROWS))
    # Two models that agree on the rows can differ elsewhere, which is where masks lead.
    mixed = rng.permuted(np.vstack([first, baselines.rows]), axis=0)
    given = None if work.given is None else work.given.of(model.name, len(job.rows), model.names)
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
    first = job.matrix(model, slice(0, STEADY_ROWS))
    once, again = model.predict(first), model.predict(first)
    # Threads may add up in another order, which is rounding.
    same = np.isclose(once, again, rtol=1e-5, atol=1e-6 * np.abs(once).max(initial=0.0))
    if not same.all():
        row, *place = (int(each[0]) for each in np.nonzero(~same))
        at = (row, *place)
        raise InputError(
            f"the {model.name} model's predictions change between calls (row {row}: first"
            f" {once[at]:g}, then {again[at]:g}), so that no difference can be told; switch off"
            " what is random in it, such as dropout, or fix its seed"
        )
    return np.concatenate([model.predict(job.matrix(model, at)) for at in job.blocks()])


def _personal_used(job: Job, model: Model, full: FloatArray) -> bool:
    """Say whether shuffling the personal columns over the rows changes any prediction."""
    takes = any(name not in job.rows.X.names for name in model.names)
    if not takes:
        return False
    order = np.random.default_rng(job.settings.random_state).permutation(len(job.rows))
    moved = False
    for at in job.blocks():
        matrix, shuffled = job.matrix(model, at), job.shuffled(model, at, order)
        if np.array_equal(shuffled, matrix, equal_nan=True):
            continue
        moved = True
        if not np.allclose(model.predict(shuffled), full[at], rtol=1e-9, atol=1e-12):
            return True
    # Where nothing was shuffled, nothing can be said against the model.
    return not moved
