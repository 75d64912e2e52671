"""What is odd about models and columns before any cost is judged: warnings, and whose decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.costs import THRESHOLD
from whogains.frames import leaking_column, many_levels
from whogains.judging import Settings
from whogains.records import WarningFinding

if TYPE_CHECKING:
    import pandas as pd

    from whogains.frames import Table, Target
    from whogains.models import Panel
    from whogains.scoring import LocalScores
    from whogains.types import BoolArray, FloatArray, Task


def leaks(
    features: pd.DataFrame, y: Any, target: Target, audited: BoolArray
) -> tuple[WarningFinding, ...]:
    """Warn of a feature that is the outcome, or determines it, in the rows that are audited."""
    named = leaking_column(features, y, replace(target, observed=audited))
    if named is None:
        return ()
    return (
        WarningFinding(
            "leakage",
            f"column {named!r} tells the outcome of every row: models that see it have nothing "
            "left to gain; leave it out if it is known only afterwards",
        ),
    )


def levels_of_text(
    features: pd.DataFrame, progress: Callable[[str, int, int], None] | None
) -> tuple[WarningFinding, ...]:
    """Warn of text with hundreds of levels, which takes long to fit: before, and in the result."""
    found = []
    for name, count in many_levels(features):
        said = (
            f"column {name!r} is text with {count:,} levels, each a column of its own: fitting and "
            "explaining take many times longer, and rare levels are learned by heart; merge them, "
            f"or leave it out (X without {name!r}, on the command line --drop {name})"
        )
        found.append(WarningFinding("many_levels", said))
        if progress is not None:
            progress(f"note: {said}", 0, 1)
    return tuple(found)


def taken(features: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Keep the features that every given model takes; all, where models are fitted to them."""
    names = [each for each in features.columns if all(each in m.names for m in panel.values())]
    return features[names]


def unused(scores: LocalScores) -> tuple[WarningFinding, ...]:
    """Warn of a personalized model that predicts the same whatever the attributes are."""
    return tuple(WarningFinding("ignores_personal", each) for each in scores.unused)


def labels(scores: LocalScores, task: Task) -> tuple[WarningFinding, ...]:
    """Warn of models that give labels where probabilities are judged."""
    if task != "classification":
        return ()
    given = {name: scores.predictions[name] for name in ("generic", "personalized")}
    found = [name for name, each in given.items() if np.isin(each, (0.0, 1.0)).all()]
    if not found:
        return ()
    which = "both models'" if len(found) == 2 else f"the {found[0]} model's"
    only = "judges labels" if len(found) == 2 else "compares like with like"
    return (
        WarningFinding(
            "labels_as_probabilities",
            f"{which} predictions are only 0 and 1: if they are labels, only zero_one {only} "
            "(costs, on the command line --costs zero_one); probabilities tell more "
            "(predict_proba in place of predict)",
        ),
    )


def own_thresholds(
    settings: Settings, target: Target, models: Sequence[Any], *, fitted: bool
) -> tuple[Settings, tuple[str, ...], tuple[WarningFinding, ...]]:
    """Judge labels by the threshold of classifiers that have one, or say that it is another.

    Parameters
    ----------
    settings : Settings
        As asked.
    target : Target
        The outcome.
    models : sequence of two fitted models, or of one to be fitted
        What predicts.
    fitted : bool
        Whether they are fitted already.

    Returns
    -------
    settings : Settings
        With the threshold of both models, where they have the same and none was asked for.
    notes : tuple of str
        That it was taken, and which of a model's own values is taken for the outcome's.
    warnings : tuple of WarningFinding
        That labels are judged by another threshold than the models'.
    """
    if target.task != "classification":
        return settings, (), ()
    from whogains.models import own_positive, own_threshold, positive_note

    values = target.positive, target.negative
    said = (
        ()
        if not fitted
        else tuple(
            note
            for model, name in zip(models, ("generic", "personalized"), strict=True)
            if (note := positive_note(model, *values, name)) is not None
        )
    )
    if settings.threshold is not None:
        return settings, said, ()

    # What is fitted here learns from 0 and 1.
    own = [own_threshold(each, own_positive(each, *values) if fitted else 1) for each in models]
    if all(each is None for each in own):
        return settings, said, ()
    from_on = [THRESHOLD if each is None else each for each in own]
    if len(set(from_on)) == 1 and 0 < from_on[0] < 1:
        note = (
            f"by their own predict() the models say {target.positive!r} from a probability of "
            f"{from_on[0]:.3g} on, and so do the labels here (threshold, on the command line "
            "--threshold, says another)"
        )
        return replace(settings, threshold=from_on[0]), (*said, note), ()
    called = ("generic", "personalized") if len(models) > 1 else ("",)
    told = " and ".join(
        f"the {name} model".replace("  ", " ")
        + (" from a threshold tuned in each fit" if isnan(each) else f" from {each:.3g} on")
        for name, each in zip(called, from_on, strict=True)
    )
    return (
        settings,
        said,
        (
            WarningFinding(
                "own_threshold",
                f"by their own predict() {told} says {target.positive!r}, and the labels here are "
                f"from {THRESHOLD} on, so that the 0-1 loss is not that of their decisions; give a "
                "threshold (--threshold), or functions that return each model's own labels",
            ),
        ),
    )


def training_rows(
    given: Sequence[Any],
    panel: Panel,
    tables: tuple[Table, Table],
    y: FloatArray,
    scores: LocalScores,
) -> tuple[WarningFinding, ...]:
    """Warn where a fitted model errs far less on these rows than what is refitted in folds.

    Parameters
    ----------
    given : sequence of two
        The generic and the personalized model as they were given.
    panel : mapping of str to Model
        The same, adapted.
    tables : tuple of two Table
        Features and personal columns, n rows.
    y : ndarray of float64, shape (n,)
        The outcome; 0 and 1 for classification.
    scores : LocalScores
        What they predict for these rows.

    Returns
    -------
    tuple of WarningFinding
        At most one.
    """
    from whogains.scoring import remembered, some_rows

    some = some_rows(len(y))
    both = tables[0].take(some).join(tables[1].take(some))
    told = []
    for estimator, (name, model) in zip(given, panel.items(), strict=True):
        found = remembered(
            estimator,
            both.select(model.names),
            y[some],
            scores.predictions[name][some],
            model.task,
        )
        if found is not None:
            what = "Brier score" if model.task == "classification" else "squared error"
            told.append(
                f"the {name} model's {what} on these rows is {found.error:.3g}, and that of the "
                f"same kind of model fitted in folds of them {found.refitted:.3g}"
            )
    if not told:
        return ()
    return (
        WarningFinding(
            "training_rows",
            f"{'; '.join(told)}: were these the rows that it was fitted to? Then no verdict holds "
            "for new people; audit rows that no model has seen",
        ),
    )


def target_warnings(target: Target, name: str) -> tuple[WarningFinding, ...]:
    """Warn where an outcome that was taken for a quantity looks like codes of classes.

    Parameters
    ----------
    target : Target
        The outcome.
    name : str
        What it is called.

    Returns
    -------
    tuple of WarningFinding
        At most one.
    """
    if not target.codes:
        return ()
    in_a_row = target.codes == tuple(range(target.codes[0], target.codes[-1] + 1))
    missing = "" if in_a_row else "; a code of missing values must be missing (--na)"
    return (
        WarningFinding(
            "class_codes",
            f"{name} has {len(target.codes)} values, {_codes(target.codes)}, which look like codes "
            "of classes, and is audited as a quantity; say task='classes' (--task classes) if they "
            "are, to compare them with a probability of each class, and task='regression' (--task "
            f"regression) if it is a quantity{missing}",
        ),
    )


def _codes(values: tuple[int, ...]) -> str:
    """Write the values of an outcome, those in a row by their ends."""
    first, last = values[0], values[-1]
    if values == tuple(range(first, last + 1)):
        return f"{first} to {last}"
    return f"{', '.join(map(str, values[:-1]))} and {last}"
