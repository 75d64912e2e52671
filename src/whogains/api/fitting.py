"""How the models of an audit are fitted: what, how often, and beside which placebos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError, one_line
from whogains.evidence import Rows
from whogains.frames import whole_number
from whogains.inference import MIN_ROUNDS
from whogains.types import FloatArray, Task

if TYPE_CHECKING:
    from whogains.explain import ExplanationSettings
    from whogains.frames import Table
    from whogains.scoring import LocalScores, Member, Progress

# In so many parts the rows are dealt where a share of them is held out.
HOLDOUT_PARTS = 20
DEFAULT_MODEL = "gradient_boosting"

# The fewest rounds whose intervals hold for the procedure.
REPEATS = MIN_ROUNDS


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is fitted, and how often.

    Parameters
    ----------
    model : str or estimator
        What to fit.
    folds, repeats, placebo, holdout, n_jobs, random_state
        As for `whogains.audit`.
    """

    model: Any
    folds: int
    repeats: int
    placebo: int
    holdout: float | None
    n_jobs: int | None
    random_state: int

    def rounds(
        self,
        X: Table,
        personal: Table,
        rows: Rows,
        task: Task,
        explanations: ExplanationSettings,
        *,
        exposure: FloatArray | None = None,
        classes: tuple[str, ...] = (),
        panel: Mapping[str, Member] | None = None,
        progress: Progress | None = None,
        checkpoint: str | Path | None = None,
    ) -> tuple[Iterator[LocalScores], dict[str, Any]]:
        """Fit and score, round by round.

        Parameters
        ----------
        X, personal : Table
            The features and the personal columns, n rows.
        rows : Rows
            Outcomes, groups and clusters of these rows.
        task : {"classification", "regression", "counts"}
            What is predicted.
        explanations : ExplanationSettings
            What to explain, and how.
        exposure : ndarray of float, shape (n,), optional
            By what the rows are weighed in fits, where outcomes are rates.
        classes : tuple of str
            Of several classes their names.
        panel : mapping of str to Member, optional
            What to fit; by default a pair and its placebos.
        progress, checkpoint
            As for `whogains.audit`.

        Returns
        -------
        rounds : iterator of LocalScores
            One for each round.
        run : dict
            What the numbers depend on, for the settings of the findings.

        Raises
        ------
        InputError
            If the model is not known or does not suit the task; fitting raises as it goes.
        """
        from whogains.models import named_estimator
        from whogains.scoring import pair_and_placebos, score_rounds

        self._check_classes(rows, classes)
        estimator = named_estimator(self.model, task)
        rounds = score_rounds(
            X,
            personal,
            y=rows.y_true,
            task=task,
            settings=explanations,
            rounds=self.repeats,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
            panel=pair_and_placebos(self.placebo) if panel is None else panel,
            estimator=estimator,
            exposure=exposure,
            classes=classes,
            folds=self.folds,
            holdout=self.holdout,
            # Folds made even over groups hide what other training people would do, which several
            # rounds are there to show.
            groups=rows.codes if self.repeats == 1 else None,
            cluster=rows.kept_together,
            of_people=rows.design is not None,
            progress=progress,
            checkpoint=checkpoint,
        )
        run: dict[str, Any] = {
            "model": model_name(self.model),
            "folds": self.folds if self.holdout is None else None,
            "holdout": self.holdout,
            "repeats": self.repeats,
            "placebo": self.placebo,
            "estimand": "procedure" if self.repeats > 1 else "fits",
        }
        # Networks (and boosted trees) trained elsewhere differ in their last digits.
        device = getattr(estimator, "device", None)
        return rounds, run | ({"device": device} if isinstance(device, str) else {})

    def _check_classes(self, rows: Rows, classes: tuple[str, ...]) -> None:
        """Refuse a class that some fold would not have."""
        parts = self.folds if self.holdout is None else HOLDOUT_PARTS
        if not classes:
            return
        counts = np.bincount(rows.y_true.astype(np.int64), minlength=len(classes))
        for name, count in zip(classes, counts, strict=True):
            if count < parts:
                raise InputError(
                    f"the class {one_line(name, 60)!r} has {count} rows, and every one of {parts} "
                    "parts of the rows needs one; merge it with another class, leave its rows out, "
                    "or use fewer folds"
                )


def fitting_of(
    *,
    model: Any,
    folds: int,
    repeats: int | None,
    placebo: int | None,
    holdout: float | None,
    n_jobs: int | None,
    random_state: int,
    given: tuple[Any, Any],
) -> Fitting | None:
    """Check what is to be fitted, and refuse what does not go together.

    Parameters
    ----------
    model, folds, repeats, placebo, holdout, n_jobs, random_state
        As for `whogains.audit`.
    given : tuple
        The generic and the personalized model, where they are fitted already.

    Returns
    -------
    Fitting or None
        None where both models are given.

    Raises
    ------
    InputError
        If only one model is given, or a number is out of its range.
    """
    generic, personalized = given
    if (generic is None) != (personalized is None):
        one = "generic" if personalized is None else "personalized"
        raise InputError(f"only the {one} model was given; give both, or neither to fit a pair")
    if generic is not None:
        _refuse_for_given(model, repeats, placebo, holdout, n_jobs)
        return None
    from whogains.frames import check_number, shown

    check_number(holdout=holdout)
    folds = whole_number(folds, "folds")
    rounds = (
        (REPEATS if holdout is None else 1) if repeats is None else whole_number(repeats, "repeats")
    )
    if rounds != 1 and rounds < MIN_ROUNDS:
        raise InputError(
            f"repeats={rounds}: give 1, or at least {MIN_ROUNDS}; fewer rounds do not show what"
            " folds and seeds do"
        )
    if holdout is not None and rounds != 1:
        raise InputError("holdout is one pair of models, fitted once; leave repeats out")
    placebos = 1 if placebo is None else whole_number(placebo, "placebo")
    n_jobs = None if n_jobs is None else whole_number(n_jobs, "n_jobs")
    if placebos < 0:
        raise InputError(f"placebo={placebos}: give how many to fit, from 0")
    # An unfitted ensemble has no length yet, so that nothing may ask whether it is true.
    model = DEFAULT_MODEL if model is None else model
    if not (isinstance(model, str) or hasattr(model, "fit") or callable(model)):
        raise InputError(f"model must be a name or what can be fitted, not {shown(model)}")
    return Fitting(model, folds, rounds, placebos, holdout, n_jobs, random_state)


def _refuse_for_given(
    model: Any,
    repeats: int | None,
    placebo: int | None,
    holdout: float | None,
    n_jobs: int | None,
) -> None:
    if model is not None:
        raise InputError("model is what to fit; leave it out when fitted models are given")
    asked = {"repeats": repeats, "placebo": placebo, "holdout": holdout, "n_jobs": n_jobs}
    for name, value in asked.items():
        if value is not None and (name, value) != ("placebo", 0):
            raise InputError(
                f"{name} is about models that are fitted here; leave it out when fitted models"
                " are given"
            )


def model_name(model: Any) -> str:
    """Name a model by its name, or by what it is."""
    return model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
