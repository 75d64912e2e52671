"""The people that are audited, one row each, and what each model of a panel predicts for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from whogains.costs import Cost
from whogains.evidence.design import Design, Strata
from whogains.evidence.evidence import EQUAL, Evidence
from whogains.evidence.groups import Grouping
from whogains.evidence.metrics import metric_score
from whogains.evidence.scores import Score
from whogains.evidence.tallies import clip_tallies, label_tallies, moved_tallies
from whogains.types import BoolArray, FloatArray, IntArray

Pair = tuple[str, str]

# The two models of an audit; a panel may hold more.
GENERIC_AND_PERSONALIZED: Pair = ("generic", "personalized")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows whose outcome is known, in groups, with the predictions of named models.

    Parameters
    ----------
    y_true : ndarray of float, shape (n,)
        The outcome; 0 and 1 for classification.
    grouping : Grouping
        The d groups.
    codes : ndarray of int, shape (n,)
        Each row's group.
    sample_weight : ndarray of float, shape (n,), or None
        Positive weights.
    cluster : ndarray of int, shape (n,), or None
        Equal numbers for rows that depend on each other.
    predictions : mapping of str to ndarray of float, shape (n,) or (n, K)
        What each model of the panel predicts, by the model's name.
    design : Strata or Replicates, optional
        How the sample was drawn, where it is a survey's.
    event : ndarray of float, shape (n,), optional
        Of times to an event, 1 where it was seen and 0 where following ended without it.
    """

    y_true: FloatArray
    grouping: Grouping
    codes: IntArray
    sample_weight: FloatArray | None = None
    cluster: IntArray | None = None
    predictions: Mapping[str, FloatArray] = field(default_factory=dict)
    design: Design | None = None
    event: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: BoolArray) -> Rows:
        """Keep the rows that a mask marks."""
        return Rows(
            self.y_true[rows],
            self.grouping,
            self.codes[rows],
            None if self.sample_weight is None else self.sample_weight[rows],
            None if self.cluster is None else self.cluster[rows],
            {name: each[rows] for name, each in self.predictions.items()},
            None if self.design is None else self.design.take(rows),
            None if self.event is None else self.event[rows],
        )

    @property
    def kept_together(self) -> IntArray | None:
        """Which rows no split of the sample may part: those of a cluster, or of a PSU."""
        return self.design.psu if isinstance(self.design, Strata) else self.cluster


def prediction_scores(
    costs: Sequence[Cost], rows: Rows, pair: Pair = GENERIC_AND_PERSONALIZED
) -> tuple[Score, ...]:
    """Score the predictions of two models of the panel.

    Parameters
    ----------
    costs : sequence of Cost
        Prediction costs.
    rows : Rows
        The rows.
    pair : tuple of two str
        Which two models: the one without the attributes, then the one with them.

    Returns
    -------
    tuple of Score
        One per cost.
    """
    y, weight = rows.y_true, rows.sample_weight
    generic, personalized = (rows.predictions[name] for name in pair)
    return tuple(
        metric_score(
            cost,
            rows.codes,
            len(rows.grouping),
            y,
            (generic, personalized),
            sample_weight=weight,
            cluster=rows.cluster,
        )
        if cost.metric
        else Score(
            cost,
            cost.rows(y, generic),
            cost.rows(y, personalized),
            tallies={
                **label_tallies(cost, generic, personalized),
                **moved_tallies(cost, y, generic, personalized),
                **clip_tallies(cost, y, generic, personalized, weight),
            },
        )
        for cost in costs
    )


def without_equal_weights(evidence: Evidence) -> Evidence:
    """Take weights that are all equal for none: they would cost the exact methods of 0-1 costs.

    Parameters
    ----------
    evidence : Evidence
        Sums of any rows that are in it: a group that is left out has no say.

    Returns
    -------
    Evidence
        The same, not `weighted` where the weights of all rows are equal and rows are units. In
        clusters the sums do not tell equal weights from clusters of different sizes.
    """
    if not evidence.weighted or evidence.clustered or not evidence.costs:
        return evidence
    everybody = evidence.costs[0].population
    # Weights that differ by a millionth already differ; equal ones only by rounding.
    spread = everybody.m_vv[0] <= EQUAL * everybody.units[0] * everybody.mean_v[0] ** 2
    return replace(evidence, weighted=False) if spread else evidence
