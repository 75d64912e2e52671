"""What a reader of scores should know about them, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from whogains.explain import EXPLAINERS, Completeness
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.types import Task


# Smaller gaps are rounding in float32, and not worth a line.
WORTH_TELLING = 1e-5


def notes_of(
    task: Task,
    predictions: Mapping[str, FloatArray],
    checks: Mapping[tuple[str, str], Completeness],
) -> tuple[str, ...]:
    """Say what is odd about predictions and attributions.

    Parameters
    ----------
    task : {"classification", "regression"}
        What is predicted.
    predictions : mapping of str to ndarray of float64, shape (n,)
        By model, its predictions.
    checks : mapping
        By the names of the explainer and of the model, how far attributions are from adding up.

    Returns
    -------
    tuple of str
        The notes.
    """
    notes: list[str] = []
    if task == "classification":
        notes += [
            f"the {name} model returns only 0 and 1, which are labels rather than probabilities:"
            " its Brier score is its 0-1 loss, and its log loss means nothing"
            for name, values in predictions.items()
            if np.isin(values, (0.0, 1.0)).all()
        ]
    return (*notes, *_sums(checks))


def unused_note(name: str) -> str:
    """Say that a model does not use the personal columns it has."""
    return (
        f"the {name} model's predictions do not change when the personal columns are"
        " shuffled over the rows: it does not use them, and every benefit is noise"
    )


def _sums(checks: Mapping[tuple[str, str], Completeness]) -> list[str]:
    """Tell how far each explainer's attributions are from adding up."""
    notes = []
    for explainer in dict.fromkeys(explainer for explainer, _ in checks):
        gaps = {
            model: check.relative_gap
            for (name, model), check in checks.items()
            if name == explainer
        }
        if max(gaps.values()) < WORTH_TELLING:
            continue
        told = " and ".join(f"{gap:.2%} for the {model} model" for model, gap in gaps.items())
        known = EXPLAINERS[explainer.partition(":")[0]]
        if max(gaps.values()) <= known.tolerance:
            notes.append(
                f"{explainer}: attributions add up to the change that they explain; the gap (root"
                f" mean square, as a share of the change) is {told}"
            )
            continue
        advice = (
            f"more {known.effort} would close it ({known.name}:NUMBER)"
            if known.effort == "steps"
            else "its attributions, and the costs made of them, cannot be relied on"
        )
        notes.append(
            f"warning: {explainer}: attributions do not add up to the change that they explain;"
            f" the gap (root mean square, as a share of the change) is {told}; {advice}"
        )
    return notes
