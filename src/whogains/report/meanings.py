"""What the words of a report mean: verdicts, reasons, and the costs behind the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import setting, significant

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding

VERDICT_MEANINGS = {
    "gain": "the personalized model serves the group better, by some amount above 0; shown by a "
    "test at level {alpha}",
    "harm": "the personalized model serves the group worse, by some amount above 0; shown by a "
    "test at level {alpha}",
    "no material difference": "shown to differ by less than epsilon either way",
    "cannot tell": "these rows show none of the above, which is not the same as no effect",
}
# The numbers of rows are those of `whogains.inference.choose_method`.
REASON_MEANINGS = {
    "untestable": "no test on so few rows could tell epsilon from nothing",
    "inconclusive": "a test on so many rows could have told, these rows did not",
    "too few rows": "so few rows (where there are clusters: so few clusters) that no interval can "
    "be trusted. Where none holds at any size, at least 150 are needed, 30 of which the models "
    "serve differently; an AUC needs 200 rows with the rarer outcome (a macro AUC "
    "of the rarest class), R² needs 1,000 rows "
    "(2,000 with clusters or weights), a Poisson deviance 1,000 and other costs of counts 2,000, "
    "quantiles 30 beyond the outermost level (300 rows at 0.1), a "
    "normalized cost 500 rows (1,000 with clusters or "
    "weights) and 120 that carry what it is divided by, and a rate of labels (sensitivity, F1) or "
    "a metric of one's own 120 that carry it and 30 that differ. Unequal weights, and a few large "
    "clusters that carry most of the variance, need more; where every cluster of a group holds one "
    "row, and some of another group more, 500 of them",
    "one label": "at the threshold from which on a probability is a prediction of 1, both models "
    "predict the same class for every row of the group, so that a cost made of classes has nothing "
    "to tell: set another threshold (--threshold, which can be the base rate), or look at the "
    "other costs",
}
GAIN_AND_EPSILON = (
    "A group gains where its benefit is shown to be above 0, and not shown to be below epsilon "
    "(which is no material difference); the limits ask for at least epsilon."
)

_MEANINGS = {
    "zero_one": "share of people for whom the model's class is wrong; a probability of {threshold} "
    "or more is a prediction of 1",
    "brier": "mean squared distance between the probability and what happened (0 or 1)",
    "log_loss": "mean of minus the logarithm of the probability given to what happened",
    "auc": "the AUC with a minus sign, so that less is better, as for every cost here: −0.70 is "
    "an AUC of 0.70",
    "pinball": "mean pinball loss of the predicted quantiles, over all their levels: the distance "
    "to the outcome, times the level where the outcome is above it, and 1 less the level below",
    "interval_score": "width of the intervals between pairs of levels such as 0.1 and 0.9, and, "
    "where the outcome lies outside, its distance times 2 over the share that should; over all",
    "macro_auc": "the AUC of each class against all others, averaged over classes, with a minus "
    "sign, so that less is better, as for every cost here",
    "poisson_deviance": "mean Poisson deviance: twice what the log-likelihood of a count loses by "
    "the predicted mean, 0 where that is the count itself; with exposures, per unit of exposure",
    "squared_error": "mean squared distance between prediction and outcome",
    "absolute_error": "mean distance between prediction and outcome",
    "r2": "R² with a minus sign, so that less is better, as for every cost here: −0.30 is an R² "
    "of 0.30",
}
_MEANINGS |= {
    name: f"{what}, at a label of 1 from a probability of {{threshold}} on; with a minus sign, so "
    "that less is better, as for every cost here"
    for name, what in {
        "sensitivity": "share of the people with outcome 1 who have a label of 1",
        "specificity": "share of the people with outcome 0 who have a label of 0",
        "balanced_accuracy": "mean of sensitivity and specificity",
        "f1": "F1, the harmonic mean of sensitivity and of the share of labels of 1 that are right",
        "net_benefit": "net benefit of a decision curve: true positives less false positives at "
        "the odds of the threshold, for each person",
    }.items()
}
_MEANINGS["selection_rate"] = (
    "share of people with a label of 1, from a probability of {threshold} on. A gain here is that "
    "fewer are selected: whether that is good is not for a number to say"
)
# Metrics of which more is better, shown with a minus sign.
NEGATED = (
    "auc",
    "macro_auc",
    "r2",
    "sensitivity",
    "specificity",
    "balanced_accuracy",
    "f1",
    "net_benefit",
)
_OF_CLASSES = {
    "zero_one": "share of people whose class is not the one with the highest probability",
    "brier": "squared distances between the probabilities of all classes and what happened (0 or "
    "1), added up over classes: 0 to 2",
}
_CHANGES = {
    "label": "share of people whose predicted class changes",
    "squared": "mean squared change of the prediction",
}


def _of_survival(cost: CostFinding) -> str:
    """Say what a cost of predicted survival is."""
    if cost.name == "integrated_brier":
        return (
            "Brier score of the probabilities of survival, averaged over the time between the "
            "first and the last horizon, by trapezoids; rows are weighed by who is still followed"
        )
    what = "squared distance between the probability of survival and what happened (0 or 1)"
    if cost.name.startswith("log_loss"):
        what = "minus the logarithm of the probability given to what happened"
    return f"{what}, at that time; rows are weighed by who is still followed (Kaplan and Meier)"


def cost_meaning(findings: AuditRecord, cost: CostFinding) -> str | None:
    """Say what the numbers of a cost are.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        One of its costs.

    Returns
    -------
    str or None
        Such as "mean distance between prediction and outcome"; None for a cost not known here.
    """
    if cost.kind == "prediction":
        if cost.declared:
            return cost.declared
        of_classes = _OF_CLASSES.get(cost.name) if findings.data.task == "classes" else None
        meaning = of_classes or _MEANINGS.get(cost.name)
        if findings.data.horizons:
            meaning = _of_survival(cost)
        if cost.name.startswith("pinball_"):
            meaning = f"{cost.label}, of the quantile of that level alone"
        at = 0.5 if cost.threshold is None else cost.threshold
        return meaning and meaning.replace("{threshold}", significant(at))
    changed = _CHANGES.get(str(findings.settings.get("change")), "change of the prediction")
    if findings.data.task == "classes":
        changed = "mean squared change of the probability of the class that is predicted"
    what = {
        "sufficiency": f"{changed} when all but the important features are hidden",
        "incomprehensiveness": (
            f"{changed} when the important features are hidden, with a minus sign: it is good "
            "that hiding them changes much, so that further below 0 is better"
        ),
    }.get(cost.name.removesuffix("_n"))
    if what is None or cost.name in {"sufficiency", "incomprehensiveness"}:
        return what
    everything = (
        "every feature"
        if findings.settings.get("mask_personal")
        else "every feature (attributes are never hidden)"
    )
    end = (
        "0: the important features say all; 1: they say nothing"
        if cost.name == "sufficiency_n"
        else "0: nothing is lost without the important features; -1: all is"
    )
    return f"{what}; divided by what hiding {everything} changes ({end})"


def estimand_words(findings: AuditRecord) -> str | None:
    """Say in a sentence which models the verdicts speak of.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    str or None
        None for an audit that does not say.
    """
    settings = findings.settings
    estimand = settings.get("estimand")
    if estimand is None:
        return None
    folds, repeats = (int(setting(findings, name, 1)) for name in ("folds", "repeats"))
    if estimand == "procedure":
        return (
            f"Verdicts speak of the procedure, not of one fit: what learning with the attributes "
            f"gains on average over {repeats} rounds of {folds} folds, each with new folds and "
            "new seeds"
        )
    if settings.get("holdout") is not None:
        share = f"{setting(findings, 'holdout', 0):.0%}"
        return (
            f"Verdicts speak of one pair of models on the {share} of the rows held out; a pair "
            "fitted with another seed may do otherwise"
        )
    if "folds" in settings:
        return (
            f"Verdicts speak of the {folds} pairs of models fitted in this one round: another seed "
            "may say otherwise, and intervals do not count it"
        )
    return "Verdicts speak of these two fitted models, on people like these"
