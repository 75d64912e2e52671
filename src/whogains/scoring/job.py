"""What is to be scored: rows as models take them, a panel of models, and how to explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.explain import Baselines, ExplanationSettings
from whogains.types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whogains.frames import Table
    from whogains.models import Model, Panel
    from whogains.scoring.checkpoint import Checkpoint
    from whogains.scoring.progress import Steps


# A block holds at most so many rows, between two of which progress is told and saved, and so
# many numbers, which bounds the memory.
BLOCK_ROWS = 4096
BLOCK_NUMBERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rows as a panel takes them.

    Parameters
    ----------
    X : Table
        The features, n rows.
    personal : mapping of str to Table
        By model the personal columns, n rows: those of the same people, or, for a placebo, of
        others.
    """

    X: Table
    personal: Mapping[str, Table]

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: BoolArray) -> Inputs:
        """Keep some rows, given by a mask."""
        return Inputs(
            self.X.take(rows), {name: each.take(rows) for name, each in self.personal.items()}
        )

    def blocks(self, settings: ExplanationSettings) -> Iterator[slice]:
        """Split the rows, in order, into blocks that bound the memory."""
        columns = len(self.X.columns) + max(len(each.columns) for each in self.personal.values())
        step = settings.batch_rows or max(1, min(BLOCK_ROWS, BLOCK_NUMBERS // columns))
        return (slice(start, min(start + step, len(self))) for start in range(0, len(self), step))


@dataclass(frozen=True, slots=True)
class Job:
    """Rows to score by a panel, and the rows that its baselines are made from.

    Parameters
    ----------
    panel : mapping of str to Model
        The models; how many features all keep is told by the first.
    rows : Inputs
        The rows to score, n of them.
    seen : Inputs
        The rows to make baselines from.
    settings : ExplanationSettings
        Which explanations to score.
    steps : Steps
        Who is told about progress.
    checkpoint : Checkpoint or None
        Where finished blocks are kept.
    seen_codes : bool
        Whether baselines are made of codes that people have, for models that know no others.
    """

    panel: Panel
    rows: Inputs
    seen: Inputs
    settings: ExplanationSettings
    steps: Steps
    checkpoint: Checkpoint | None = None
    seen_codes: bool = False

    @property
    def first(self) -> Model:
        """The model that the others are compared with."""
        return next(iter(self.panel.values()))

    def matrix(self, model: Model, at: slice) -> FloatArray:
        """Put some rows together as a model takes them."""
        X, personal = self.rows.X.matrix[at], self.rows.personal[model.name].matrix[at]
        return np.hstack([X, personal])[:, self._places(model)]

    def shuffled(self, model: Model, at: slice, order: IntArray) -> FloatArray:
        """Do the same with the personal columns of other rows."""
        X, personal = self.rows.X.matrix[at], self.rows.personal[model.name].matrix[order[at]]
        return np.hstack([X, personal])[:, self._places(model)]

    def baselines(self, model: Model) -> Baselines:
        """Make the baseline rows of a model."""
        made = self.settings.baselines_for(
            self.seen.X, self.seen.personal[model.name], seen_codes=self.seen_codes
        )
        if not self.settings.mask_personal:
            # What is never masked has no value of its own here, and rows that differ in it are one.
            features = len(self.rows.X.names)
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
        return tuple(name for name in model.names if name in self.rows.X.names)

    def counts(self, model: Model) -> tuple[int, ...]:
        """Say how many features of a model are kept, for each keep."""
        most = self.settings.features(self.ranked(model))
        return tuple(min(r, most) for r in self.settings.counts(self.first.names))

    def context(self, model: Model) -> BoolArray | None:
        """Find the columns of a model that are never masked."""
        if self.settings.mask_personal:
            return None
        return np.array([name not in self.rows.X.names for name in model.names])

    def blocks(self) -> Iterator[slice]:
        """Split the rows."""
        return self.rows.blocks(self.settings)

    def _places(self, model: Model) -> list[int]:
        names = (*self.rows.X.names, *self.rows.personal[model.name].names)
        position = {name: at for at, name in enumerate(names)}
        return [position[name] for name in model.names]


def check_tables(
    settings: ExplanationSettings,
    X: Table,
    personal: Table,
    generic: tuple[str, ...] | None = None,
) -> None:
    """Refuse what would otherwise fail after minutes of work, or in another process.

    Parameters
    ----------
    settings : ExplanationSettings
        Which explanations to score.
    X, personal : Table
        The features and the personal columns.
    generic : tuple of str, optional
        The columns of the generic model; by default the features.

    Raises
    ------
    InputError
        If the tables do not fit together, or a setting does not suit them.
    """
    X.columns_with(personal)
    settings.check((X, personal), X.names if generic is None else generic)
