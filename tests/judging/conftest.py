"""Findings from differences made by hand, with no model behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from whogains.costs import PREDICTION_COSTS, explanation_costs
from whogains.evidence import Rows, Score, attribute, cross, evidence_from_scores
from whogains.judging import ScoredRows, Settings, build_findings
from whogains.records import DataFinding
from whogains.results import Findings

Judge = Callable[..., Findings]


def _judge(
    differences: Sequence[Any] | dict[str, Sequence[Any]],
    *,
    names: Sequence[str] | None = None,
    cost: str = "squared_error",
    sample_weight: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
    y_true: np.ndarray | None = None,
    with_rows: bool = True,
    order: np.ndarray | None = None,
    **settings: Any,
) -> Findings:
    """Judge groups, each given by its rows' benefits; a mapping gives several costs.

    Rows are put in `order`, and weights and clusters are those of the rows before that.
    """
    of_costs = differences if isinstance(differences, dict) else {cost: differences}
    known = {one.name: one for one in (*PREDICTION_COSTS, *explanation_costs("classification"))}
    first = next(iter(of_costs.values()))
    names = [f"g{j}" for j in range(len(first))] if names is None else list(names)
    codes = np.repeat(np.arange(len(first)), [len(group) for group in first])
    place = np.arange(len(codes)) if order is None else order
    y = np.resize([0.0, 1.0], len(codes)) if y_true is None else y_true

    def take(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[place]

    scores = []
    for name, groups in of_costs.items():
        benefit = np.concatenate([np.asarray(group, dtype=float) for group in groups])[place]
        # A 0-1 loss stays one: the model that is worse on a row errs there, the other does not.
        scores.append(Score(known[name], np.maximum(benefit, 0), np.maximum(-benefit, 0)))
    grouping, codes = cross([attribute("group", codes[place], names)])
    weight, units = take(sample_weight), take(cluster)
    evidence = evidence_from_scores(
        tuple(scores), grouping, codes, y[place], sample_weight=weight, cluster=units
    )
    predictions = np.clip(y[place], 0, 1)
    rows = Rows(
        y[place],
        grouping,
        codes,
        weight,
        units,
        {"generic": predictions, "personalized": predictions},
    )
    record = build_findings(
        evidence,
        Settings(**{"min_cell": 0, **settings}),
        DataFinding(len(codes), 0, (), ("group",), "y", known[next(iter(of_costs))].task, None),
        rows=ScoredRows(rows, tuple(scores)) if with_rows else None,
        run={"seed": 0},
    )
    return Findings.of(record)


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Give the function that judges differences."""
    return _judge
