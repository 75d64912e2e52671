"""What a user may say of the costs themselves: the threshold of labels, and known ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from whogains.costs import THRESHOLD, Cost, at_threshold
from whogains.errors import InputError
from whogains.judging.settings import BASE_RATE, Settings


def chosen_costs(
    settings: Settings, costs: Sequence[Cost], base_rate: Callable[[], float]
) -> tuple[Cost, ...]:
    """Give costs the threshold and the ranges that the settings say.

    Parameters
    ----------
    settings : Settings
        With `threshold` and `cost_range`.
    costs : sequence of Cost
        The costs that are to be audited.
    base_rate : callable
        Finds the share of rows whose outcome is 1, if it is asked for.

    Returns
    -------
    tuple of Cost
        The costs in the same order.

    Raises
    ------
    InputError
        If a setting does not fit the costs.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> zero_one, brier, *_ = prediction_costs("classification")
    >>> asked = Settings(threshold="base rate", cost_range={"brier": (0, 0.25)})
    >>> found = chosen_costs(asked, [zero_one, brier], lambda: 0.04)
    >>> found[0].threshold, found[1].bop_range
    (0.04, (-0.25, 0.25))
    """
    threshold = settings.threshold
    if threshold is not None and costs and costs[0].task != "classification":
        raise InputError("threshold is for classification, where probabilities become labels")
    if threshold == BASE_RATE and any(cost.threshold is not None for cost in costs):
        threshold = base_rate()
        if not 0 < threshold < 1:
            raise InputError(
                f"threshold {BASE_RATE!r} is {threshold:g}, since the audited rows have one "
                "outcome only; give a number"
            )
    labelled = THRESHOLD if threshold is None or isinstance(threshold, str) else threshold
    ranges = settings.cost_range or {}
    return tuple(
        within(at_threshold(cost, labelled), *ranges[cost.name])
        if cost.name in ranges
        else at_threshold(cost, labelled)
        for cost in costs
    )


def within(cost: Cost, lower: float, upper: float) -> Cost:
    """Say between which two numbers every row's cost lies, where the user knows it.

    Parameters
    ----------
    cost : Cost
        A cost of rows: no metric, and no 0-1 cost.
    lower, upper : float
        The range, in the cost's unit.

    Returns
    -------
    Cost
        The cost with that range. Whether rows keep to it is not checked here.

    Raises
    ------
    InputError
        If the cost has no range to give, or none that lies there.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> squared_error, *_ = prediction_costs("regression")
    >>> within(squared_error, 0, 400).bop_range
    (-400, 400)
    """
    if cost.metric or cost.ternary or cost.task == "survival":
        why = "is a metric of a whole group" if cost.metric else "is 0 or 1 in every row"
        if cost.task == "survival":
            why = "is weighed by who is still followed"
        raise InputError(f"cost_range names {cost.name}, which {why} and has no range to give")
    if lower < cost.lower or upper > cost.upper:
        side, end = ("below", cost.lower) if lower < cost.lower else ("above", cost.upper)
        raise InputError(
            f"cost_range of {cost.name} is {lower:g} to {upper:g}, and no row costs {side} {end:g}"
        )
    return replace(cost, lower=lower, upper=upper, ranged=True)


def check_chosen(settings: Settings, costs: Sequence[Cost]) -> None:
    """Refuse settings other than those that evidence was summed with.

    Parameters
    ----------
    settings : Settings
        With `threshold` and `cost_range`.
    costs : sequence of Cost
        The costs of the evidence.

    Raises
    ------
    InputError
        If a threshold or a range is another one: sums cannot follow it.
    """
    asked = settings.threshold
    for cost in costs:
        summed = "and can only be chosen where rows are summed (gather, whogains evidence)"
        if isinstance(asked, float) and cost.threshold not in (None, asked):
            raise InputError(
                f"threshold is {asked:g}; this evidence has labels from {cost.threshold:g} on, "
                f"{summed}"
            )
        ends = (settings.cost_range or {}).get(cost.name, (cost.lower, cost.upper))
        if ends != (cost.lower, cost.upper):
            raise InputError(
                f"cost_range of {cost.name} is {ends[0]:g} to {ends[1]:g}; this evidence has "
                f"{cost.lower:g} to {cost.upper:g}, {summed}"
            )
