"""What a reader of scores should know about them, in words."""

from __future__ import annotations

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
    generic: FloatArray,
    personalized: FloatArray,
    checks: dict[tuple[str, str], Completeness],
    *,
    personal_used: bool,
) -> tuple[str, ...]:
    """Say what is odd about predictions and attributions.

    Parameters
    ----------
    task : {"classification", "regression"}
        What is predicted.
    generic, personalized : ndarray of float64, shape (n,)
        Both models' predictions.
    checks : dict
        By the names of the explainer and of the model, how far attributions are from adding up.
    personal_used : bool
        Whether the personalized model uses its personal columns.

    Returns
    -------
    tuple of str
        The notes.
    """
    notes = []
    if not personal_used:
        notes.append(
            "the personalized model's predictions do not change when the personal columns are"
            " shuffled over the rows: it does not use them, and every benefit is noise"
        )
    if task == "classification":
        notes += [
            f"the {name} model returns only 0 and 1, which are labels rather than probabilities:"
            " its Brier score is its 0-1 loss, and its log loss means nothing"
            for name, values in (("generic", generic), ("personalized", personalized))
            if np.isin(values, (0.0, 1.0)).all()
        ]
    return (*notes, *_sums(checks))


def _sums(checks: dict[tuple[str, str], Completeness]) -> list[str]:
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
