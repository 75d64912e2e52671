"""The costs as SQL: what `Cost.rows` computes, for DuckDB."""

from __future__ import annotations

from whogains.costs import LOG_LOSS_CLIP, Cells, Cost
from whogains.evidence import CLIPPED, LABELS, MOVED, two_prices

MODELS = ("p0", "p1")


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
    if cost.task == "classes":
        return _of_classes(cost, prediction)
    if isinstance(cost.rows, Cells):
        return cells_sql(cost.rows, prediction)
    if cost.own and not cost.metric:
        return f"own_{cost.name}(y, {prediction})"
    return _of_numbers(cost, prediction)


def _of_numbers(cost: Cost, prediction: str) -> str:
    """Write a cost of an outcome that is a number, 0 and 1 among them."""
    if cost.name in {"brier", "squared_error"}:
        return f"({prediction} - y) * ({prediction} - y)"
    if cost.name == "absolute_error":
        return f"abs({prediction} - y)"
    if cost.name == "poisson_deviance":
        lost = f"CASE WHEN y > 0 THEN y * ln(y / {prediction}) ELSE 0.0e0 END"
        return f"greatest(2.0e0 * ({lost} - y + {prediction}), 0.0e0)"
    if cost.name != "log_loss":
        raise KeyError(f"the cost {cost.name!r} cannot be written as SQL")
    outcome = _of_outcome(prediction)
    clipped = f"CASE WHEN {outcome} > {LOG_LOSS_CLIP!r} THEN {outcome} ELSE {LOG_LOSS_CLIP!r} END"
    return f"-ln({clipped})"


def cells_sql(cells: Cells, prediction: str) -> str:
    """Write the number of a row's cell as SQL, of type DOUBLE.

    Examples
    --------
    >>> from whogains.costs import Cells
    >>> cells_sql(Cells(fp=2), "p0")[:55]
    'CASE WHEN y = 1 THEN CASE WHEN p0 >= 0.5 THEN 0.0e0 ELS'
    """
    tp, fp, fn, tn = (_double(each) for each in (cells.tp, cells.fp, cells.fn, cells.tn))
    label = f"{prediction} >= {cells.threshold!r}"
    return (
        f"CASE WHEN y = 1 THEN CASE WHEN {label} THEN {tp} ELSE {fn} END "
        f"ELSE CASE WHEN {label} THEN {fp} ELSE {tn} END END"
    )


def _double(value: float) -> str:
    """Write a number as a DOUBLE: without an exponent DuckDB would read a decimal."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def error_sql(cost: Cost, prediction: str) -> str:
    """Write as SQL whether the label that a prediction gives is wrong."""
    if cost.task == "classes":
        return f"(list_position({prediction}, list_max({prediction})) <> k)"
    return f"(({prediction} >= {cost.threshold!r}) <> (y = 1))"


def tally_sql(cost: Cost, *, weighted: bool) -> dict[str, str]:
    """Write what else is counted of a row, for columns y, p0, p1 and the weight w.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> zero_one, *_ = prediction_costs("classification")
    >>> tally_sql(zero_one, weighted=False)["labelled_1"]
    '(CAST((p0 >= 0.5) AS DOUBLE) + CAST((p1 >= 0.5) AS DOUBLE))'
    """
    found = {name: _counted(sql) for name, sql in outside_sql(cost).items()}
    if cost.threshold is not None:
        signs = dict(zip(LABELS, ("<", ">="), strict=True))
        found |= {
            name: f"({' + '.join(_counted(f'{p} {sign} {cost.threshold!r}') for p in MODELS)})"
            for name, sign in signs.items()
        }
    if two_prices(cost) is not None:
        differ = " <> ".join(f"({p} >= {cost.threshold!r})" for p in MODELS)
        outcomes = ("y = 1", "y <> 1")
        found |= {
            name: _counted(f"({differ}) AND {outcome}")
            for name, outcome in zip(MOVED, outcomes, strict=True)
        }
    if cost.name == "log_loss":
        of = _of_class if cost.task == "classes" else _of_outcome
        clipped = [_counted(f"{of(p)} < {LOG_LOSS_CLIP!r}") for p in MODELS]
        weighed = [f"w * {each}" if weighted else each for each in clipped]
        found |= dict(zip(CLIPPED, (*clipped, *weighed), strict=True))
    return found


def outside_sql(cost: Cost) -> dict[str, str]:
    """Write, for each model, whether a row's cost lies outside the range that the user knows.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from whogains.costs import prediction_costs
    >>> error = replace(prediction_costs("regression")[1], lower=0, upper=9, ranged=True)
    >>> outside_sql(error)["outside_absolute_error_p0"]
    'abs(p0 - y) < 0.0 OR abs(p0 - y) > 9.0'
    """
    if not cost.ranged:
        return {}
    return {
        f"outside_{cost.name}_{p}": f"{each} < {float(cost.lower)!r} OR {each} > "
        f"{float(cost.upper)!r}"
        for p, each in ((p, cost_sql(cost, p)) for p in MODELS)
    }


def _counted(condition: str) -> str:
    return f"CAST(({condition}) AS DOUBLE)"


def _of_outcome(prediction: str) -> str:
    """Write the probability of what happened: p where y is 1, and 1 - p where y is 0."""
    return f"abs({prediction} - (1 - y))"


def _of_class(prediction: str) -> str:
    """Write the probability of the class that happened, of probabilities that sum to 1."""
    return f"({prediction}[k] / list_sum({prediction}))"


def _of_classes(cost: Cost, prediction: str) -> str:
    """Write a cost of several classes, whose predictions are lists and whose class is k."""
    outcome = _of_class(prediction)
    if cost.name == "zero_one":
        return f"CAST({error_sql(cost, prediction)} AS DOUBLE)"
    if cost.name == "brier":
        square = f"list_dot_product({prediction}, {prediction})"
        squares = f"{square} / (list_sum({prediction}) * list_sum({prediction}))"
        return f"greatest({squares} - 2 * {outcome} + 1, 0.0e0)"
    if cost.name != "log_loss":
        raise KeyError(f"the cost {cost.name!r} cannot be written as SQL")
    return f"-ln(greatest({outcome}, {LOG_LOSS_CLIP!r}))"
