"""Which explanations are scored, and how features are masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.explain.baselines import Baseline, Baselines, at_seen_values, baselines_of
from whogains.explain.explainers import find_explainers
from whogains.explain.given_attributions import GivenAttributions
from whogains.explain.masks import feature_groups_of, how_many
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.models import Model


@dataclass(frozen=True, slots=True)
class ExplanationSettings:
    """Which explanations are scored, and how features are masked.

    Parameters
    ----------
    explainers : sequence of str, callable or GivenAttributions
        As for `find_explainer`; none by default, so that only predictions are scored.
    keeps : sequence of float or int
        How many features to keep: see `how_many`.
    baseline : {"marginal", "mean", "zeros"}, int or mapping of str to value
        What a masked feature is set to: see `baselines_of`.
    mask_personal : bool
        Whether personal attributes are ranked and masked like other features; if not, they are
        context, which the personalized model always sees.
    feature_groups : mapping of str to str, optional
        For columns that are masked together, the name of their group.
    signed : bool
        Whether features are ranked by their attribution rather than by its absolute value.
    random_state : int
        The seed of explainers that draw, and of background rows.
    repeats : int
        How often explainers that draw are run, each time with the next seed. The first run is
        what is scored; the others say how much of it is noise.
    batch_rows : int, optional
        Rows explained and masked at a time, which bounds the memory; chosen by default.
    """

    explainers: Sequence[str | Callable[[Model, FloatArray], Any] | GivenAttributions] = ()
    keeps: Sequence[float] = (0.5,)
    baseline: Baseline = "marginal"
    mask_personal: bool = False
    feature_groups: Mapping[str, str] | None = None
    signed: bool = False
    random_state: int = 0
    repeats: int = 1
    batch_rows: int | None = None

    def baselines_for(
        self, features: Table, personal: Table, *, seen_codes: bool = False
    ) -> Baselines:
        """Make the baseline rows, with the columns of both tables.

        Parameters
        ----------
        features, personal : Table
            The rows to make them from.
        seen_codes : bool
            Whether means of codes become codes that people have: see `at_seen_values`.
        """
        made = baselines_of(features, personal, self.baseline, random_state=self.random_state)
        given = self.baseline if isinstance(self.baseline, Mapping) else {}
        if not seen_codes or not (given or self.baseline in {"marginal", "mean"}):
            return made
        width = len(features.columns)
        halves = (made.rows[:, :width], features), (made.rows[:, width:], personal)
        rows = [at_seen_values(half, table, tuple(given)) for half, table in halves]
        return Baselines(np.hstack(rows), made.weights)

    def counts(self, generic: Sequence[str]) -> tuple[int, ...]:
        """Turn each keep into the one number of features that both models keep.

        Parameters
        ----------
        generic : sequence of str
            The columns of the generic model.

        Returns
        -------
        tuple of int
            A share is one of the generic model's features (or groups of them): of its own, the
            personalized model would keep more, and a column of noise would look like a gain.
        """
        features = self.features(generic)
        return tuple(how_many(keep, features) for keep in self.keeps)

    def features(self, names: Sequence[str]) -> int:
        """Count the features of a model, those that are masked together as one."""
        return int(feature_groups_of(names, self.feature_groups).max(initial=-1)) + 1

    def check(self, tables: Sequence[Table], generic: Sequence[str]) -> None:
        """Refuse at once what would otherwise fail after minutes of work.

        Parameters
        ----------
        tables : sequence of Table
            The rows that are scored: features, and personal columns.
        generic : sequence of str
            The names of the generic model's columns.

        Raises
        ------
        InputError
            If a name or number is not one for these columns.
        """
        find_explainers(self.explainers, ())
        if self.explainers and not self.keeps:
            raise InputError("keeps is empty: give the share or the number of features to keep")
        if self.repeats < 1:
            raise InputError(f"explainer_repeats={self.repeats}: give a whole number from 1")
        if self.batch_rows is not None and self.batch_rows < 1:
            raise InputError(f"batch_rows={self.batch_rows}: give a whole number from 1")
        there = [name for table in tables for name in table.names]
        given = {
            "baseline": [*self.baseline] if isinstance(self.baseline, Mapping) else [],
            "feature_groups": [*(self.feature_groups or {})],
        }
        for argument, named in given.items():
            unknown = [name for name in named if name not in there]
            if unknown:
                raise InputError(f"{argument} names the column {unknown[0]!r}, which is not there")
        features, personal = tables
        self.baselines_for(features, personal)
        self.counts(generic)
