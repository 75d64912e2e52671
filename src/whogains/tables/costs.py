"""The costs as SQL: what `Cost.rows` computes, for DuckDB."""

from __future__ import annotations

from whogains.costs import LOG_LOSS_CLIP, THRESHOLD, Cost


def cost_sql(cost: Cost, prediction: str) -> str:
    """Write one row's cost as SQL, of type DOUBLE; the outcome is the column y.

    Raises
    ------
    KeyError
        If there is no SQL for this cost: an explanation cost, or a metric of many rows.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> _, brier, *_ = prediction_costs("classification")
    >>> cost_sql(brier, "p0")
    '(p0 - y) * (p0 - y)'
    """
    if cost.name == "zero_one":
        return f"CAST({error_sql(prediction)} AS DOUBLE)"
    if cost.name in {"brier", "squared_error"}:
        return f"({prediction} - y) * ({prediction} - y)"
    if cost.name == "absolute_error":
        return f"abs({prediction} - y)"
    if cost.name != "log_loss":
        raise KeyError(f"the cost {cost.name!r} cannot be written as SQL")
    # The probability of what happened: p where y is 1, and 1 - p where y is 0.
    outcome = f"abs({prediction} - (1 - y))"
    clipped = f"CASE WHEN {outcome} > {LOG_LOSS_CLIP!r} THEN {outcome} ELSE {LOG_LOSS_CLIP!r} END"
    return f"-ln({clipped})"


def error_sql(prediction: str) -> str:
    """Write as SQL whether the label that a prediction gives is wrong."""
    return f"(({prediction} >= {THRESHOLD}) <> (y = 1))"
