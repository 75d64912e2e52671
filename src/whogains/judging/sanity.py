"""Signs that a verdict would be about nonsense: an outcome upside down, or one model twice."""

from __future__ import annotations

from math import sqrt

from whogains.evidence import CostEvidence, Evidence
from whogains.records import DataFinding, WarningFinding
from whogains.types import QUANTITIES

# With fewer rows two models without an error are no wonder.
FEWEST_ROWS = 50
# The share of missing outcomes from which the others may be other people.
MOST_MISSING = 0.05
# Costs that see every change of a prediction.
FINE = ("brier", "log_loss", "squared_error", "absolute_error")


def sanity(evidence: Evidence, data: DataFinding) -> tuple[WarningFinding, ...]:
    """Look for signs of nonsense in the sums of an audit.

    Parameters
    ----------
    evidence : Evidence
        The sums of every cost.
    data : DataFinding
        What was audited.

    Returns
    -------
    tuple of WarningFinding
        What a reader must see before any verdict; empty where nothing is odd.

    Notes
    -----
    *inverted_outcome*: both models do worse, by two standard errors at least, than the share of
    ones as everybody's prediction (the standard error of a mean of costs within [0, 1] is at most
    half of one over the root of the rows; that of the AUC of noise is
    ``sqrt((n + 1) / (12 n1 n0))``, Mann and Whitney 1947). *no_errors*: both models are right in
    every row. *identical_models*: no row has another cost. *missing_outcomes*: more than one
    outcome in twenty is missing.
    """
    costs = {item.cost.name: item for item in evidence.costs if item.cost.kind == "prediction"}
    rows = data.rows
    found = []
    if data.task == "classification" and _worse(costs, evidence.target.mean, rows):
        found.append(
            WarningFinding(
                "inverted_outcome",
                "both models do worse than the share of ones as everybody's prediction: is the "
                f"outcome inverted? {data.positive!r} counts as 1; if the models predict the other "
                "value, name it (positive, on the command line --positive)",
            )
        )
    quantity = data.task in QUANTITIES
    right = costs.get("squared_error" if quantity else "zero_one")
    tiny = 1e-12 * evidence.target.m2 / rows if quantity else 0.0
    if rows >= FEWEST_ROWS and right is not None and max(_both(right)) <= tiny:
        found.append(
            WarningFinding(
                "no_errors",
                "both models are right in every row: does a feature give the outcome away, or "
                "were these the rows that they were fitted to?",
            )
        )
    fine = [costs[name] for name in FINE if name in costs]
    if fine and not any(item.groups.moved.sum() for item in fine):
        found.append(
            WarningFinding(
                "identical_models",
                "the two models' predictions cost the same in every row: they are identical, which "
                "is no finding about who gains; was one column given twice?",
            )
        )
    if data.rows_dropped > MOST_MISSING * (rows + data.rows_dropped):
        share = data.rows_dropped / (rows + data.rows_dropped)
        found.append(
            WarningFinding(
                "missing_outcomes",
                f"{share:.0%} of the outcomes are missing: those that are known may be of other "
                "people",
            )
        )
    return tuple(found)


def _both(item: CostEvidence) -> tuple[float, float]:
    return float(item.population.generic[0]), float(item.population.personalized[0])


def _worse(costs: dict[str, CostEvidence], share: float, rows: int) -> bool:
    """Say whether both models do worse than a constant, on some cost, by no chance."""
    if not 0 < share < 1:
        return False
    slack = 1 / sqrt(rows)
    constants = {"zero_one": min(share, 1 - share), "brier": share * (1 - share)}
    if {*constants} <= costs.keys() and _both(costs["brier"]) == _both(costs["zero_one"]):
        # Labels taken for probabilities are as certain where they err, which is no sign.
        del constants["brier"]
    if any(
        min(_both(costs[name])) > constant + slack
        for name, constant in constants.items()
        if name in costs
    ):
        return True
    noise = sqrt((rows + 1) / (12 * rows**2 * share * (1 - share)))
    # A cost is lower where it is better, so that it is minus the AUC.
    return "auc" in costs and min(_both(costs["auc"])) > -0.5 + 2 * noise
