"""Which explanations are scored, and how features are masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.explain.baselines import Baseline, baseline_row
from whogains.explain.explainers import find_explainer
from whogains.explain.masks import feature_groups_of, how_many

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.models import Model

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExplanationSettings:
    """Which explanations are scored, and how features are masked.

    Parameters
    ----------
    explainers : sequence of str or callable
        As for `find_explainer`; none by default, so that only predictions are scored.
    keeps : sequence of float or int
        How many features to keep: see `how_many`.
    baseline : {"mean", "zeros"} or mapping of str to value
        What a masked feature is set to: see `baseline_row`.
    feature_groups : mapping of str to str, optional
        For columns that are masked together, the name of their group.
    signed : bool
        Whether features are ranked by their attribution rather than by its absolute value.
    random_state : int
        The seed of explainers that draw.
    """

    explainers: Sequence[str | Callable[[Model, FloatArray], Any]] = ()
    keeps: Sequence[float] = (0.5,)
    baseline: Baseline = "mean"
    feature_groups: Mapping[str, str] | None = None
    signed: bool = False
    random_state: int = 0

    def baseline_for(self, table: Table) -> FloatArray:
        """Make the baseline row of a model that takes only some of the named columns.

        Parameters
        ----------
        table : Table
            The rows to average, with the model's p columns.

        Returns
        -------
        ndarray of float64, shape (p,)
            One coded row.
        """
        baseline = self.baseline
        if isinstance(baseline, Mapping):
            baseline = {name: baseline[name] for name in table.names if name in baseline}
        return baseline_row(table, baseline)

    def check(self, table: Table, models: Sequence[Sequence[str]]) -> None:
        """Refuse at once what would otherwise fail after minutes of work.

        Parameters
        ----------
        table : Table
            The rows that are scored, with all columns.
        models : sequence of sequences of str
            The names of each model's columns.

        Raises
        ------
        InputError
            If a name or number is not one for these columns.
        """
        for explainer in self.explainers:
            find_explainer(explainer, ())
        if self.explainers and not self.keeps:
            raise InputError("keeps is empty: give the share or the number of features to keep")
        baseline_row(table, self.baseline)
        unknown = [name for name in self.feature_groups or {} if name not in table.names]
        if unknown:
            raise InputError(f"feature_groups names the column {unknown[0]!r}, which is not there")
        for names in models:
            features = int(feature_groups_of(names, self.feature_groups).max()) + 1
            for keep in self.keeps:
                how_many(keep, features)
