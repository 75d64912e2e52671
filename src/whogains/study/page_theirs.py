"""The authors' numbers on the page of a reproduction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.report import MINUS, NOTHING, count, error, p_value, significant
from whogains.study.theirs import (
    BENEFITS,
    EPSILON,
    EXPLAINER_NOT_KNOWN,
    SOURCE,
    STANDARDIZED,
    TOLERATED,
    UNIT_NOT_KNOWN,
    beside,
)

if TYPE_CHECKING:
    from whogains.study.results import StudyCost, StudyResult
    from whogains.study.theirs import Theirs


def their_numbers(theirs: Theirs) -> dict[str, Any]:
    """Write the authors' numbers, the four steps and the limits on them.

    Parameters
    ----------
    theirs : Theirs
        The numbers.

    Returns
    -------
    dict
        Words for the page.
    """
    return {
        "published": [
            {
                "task": each.task,
                "name": each.group,
                "n": count(each.n),
                "benefits": [exactly(getattr(each, name)) for name in BENEFITS],
            }
            for each in theirs.published
        ],
        "benefits": BENEFITS,
        "steps": [
            {
                "task": each.task,
                "cost": each.cost,
                "gamma": exactly(each.gamma),
                "exceeds": "yes" if each.exceeds else "no",
                "bound": NOTHING if each.bound is None else bound_words(each.bound),
                "outcome": each.outcome,
            }
            for each in theirs.steps
        ],
        "epsilon": significant(EPSILON),
        "source": theirs.source,
        "p": p_value(theirs.p_every_group_gains),
        "gamma": exactly(min(group.squared_error for group in theirs.groups)),
        "gamma_zero_one": exactly(min(group.zero_one for group in theirs.groups)),
        "tolerated": significant(TOLERATED),
        "groups": [
            {
                "name": group.group,
                "n": count(group.n),
                "zero_one": exactly(group.zero_one),
                "squared_error": exactly(group.squared_error),
                "sd": f"{group.sd:.4f}",
                "se": f"{group.se:.4f}",
                "p_gain": p_value(group.p_gain),
                "p_harm": p_value(group.p_harm),
            }
            for group in theirs.groups
        ],
        "effects": [
            {
                "epsilon": significant(each.epsilon),
                "bounds": [bound_words(value) for value in (each.paper, each.weighted)]
                + [error(each.below), error(each.above)],
                "verdict": each.verdict,
                "rule": each.rule,
            }
            for each in theirs.effects
        ],
    }


def beside_ours(result: StudyResult, cost: StudyCost) -> dict[str, Any]:
    """Write the authors' benefits on the same cost, and what is to be known before comparing.

    Parameters
    ----------
    result : StudyResult
        Ours.
    cost : StudyCost
        One of its costs.

    Returns
    -------
    dict
        Words for the page; none where the authors have no such number.
    """
    source, theirs = beside(result.data, cost.name, result.personal)
    return {
        "source": source,
        "beside": [f"{group} {exactly(bop)} (n {count(n)})" for group, n, bop in theirs],
        "beside_note": _note(cost, source, result.task),
    }


def _note(cost: StudyCost, source: str, task: str) -> str:
    """Say how theirs may differ from ours."""
    if source == SOURCE:
        return STANDARDIZED if cost.name == "squared_error" else ""
    notes = [EXPLAINER_NOT_KNOWN] if cost.kind == "explanation" else []
    return " ".join([*notes, UNIT_NOT_KNOWN] if task == "regression" else notes)


def bound_words(value: float | None) -> str:
    """Write a bound of the paper.

    Parameters
    ----------
    value : float or None
        The bound.

    Returns
    -------
    str
        Its digits, or that it says nothing.
    """
    return "vacuous" if value == 0 else error(value)


def exactly(value: float) -> str:
    """Write a number as the authors print theirs.

    Parameters
    ----------
    value : float
        A benefit.

    Returns
    -------
    str
        With its sign and four digits.
    """
    return f"{value:+.4f}".replace("-", MINUS)
