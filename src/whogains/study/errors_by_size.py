"""The paper's two figures of sizes alone: the most attributes, and the error against them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains import limits

if TYPE_CHECKING:
    from whogains.types import Family

WORLD = 8e9
EPSILON, SD = 0.01, 0.1
TOTALS = (100, 1_000, 10_000)
MOST_ATTRIBUTES = 14

FAMILIES: tuple[tuple[Family, str], ...] = (
    ("categorical", "0-1 costs (categorical)"),
    ("categorical_v1", "0-1 costs, as in version 1 of the paper"),
    ("gaussian", "Gaussian, standard deviation 0.1"),
    ("laplace_paper", "Laplace, scale 0.1/√2, exp(epsilon/b) as in the paper"),
    ("laplace", "Laplace, scale 0.1/√2, exact"),
)


LINES: tuple[Family, ...] = ("gaussian", "categorical")


@dataclass(frozen=True, slots=True)
class MostLine:
    """The most binary attributes of one family of distributions.

    Parameters
    ----------
    family : str
        As in `whogains.limits.row_information`.
    words : str
        The family in words.
    total : tuple of float
        People in all groups together.
    k_max : tuple of float
        The paper's k_max for each.
    world : float
        The paper's k_max for eight thousand million people.
    """

    family: Family
    words: str
    total: tuple[float, ...]
    k_max: tuple[float, ...]
    world: float


def k_max_lines() -> tuple[MostLine, ...]:
    """Compute the figure of k_max: how many attributes before the paper's bound reaches 1/4.

    Returns
    -------
    tuple of MostLine
        Epsilon 0.01, equal groups; with the world's population 16.13, and as in version 1 of the
        paper 17.97, 22.30 and 25.91.

    Examples
    --------
    >>> [round(line.world, 2) for line in k_max_lines()][:4]
    [16.13, 17.97, 22.3, 25.91]
    """
    totals = np.append(np.geomspace(1e3, 1e10, 29), WORLD)
    totals.sort()
    return tuple(
        MostLine(
            family,
            words,
            tuple(totals.tolist()),
            tuple(limits.k_max(total, EPSILON, SD, family=family) for total in totals),
            limits.k_max(WORLD, EPSILON, SD, family=family),
        )
        for family, words in FAMILIES
    )


def tight_k_max() -> int | None:
    """Give the most attributes with which a test is known that errs at most 1/4.

    Returns
    -------
    int or None
        For the world's population, epsilon 0.01 and a standard deviation of 0.1, whatever the
        distribution of the benefit.
    """
    return limits.most_attributes(int(WORLD), EPSILON, SD).testable


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """The error of any test against the number of attributes, for one sample.

    Parameters
    ----------
    total : int
        People in all groups together.
    k : tuple of int
        Binary attributes, crossed into 2^k equal groups.
    paper : tuple of float
        The paper's bound, Gaussian; 0 where it is vacuous.
    categorical : tuple of float
        The same for 0-1 costs: its Figure 2.
    below, above : tuple of float
        No test errs less; a test errs at most this.
    """

    total: int
    k: tuple[int, ...]
    paper: tuple[float, ...]
    categorical: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]


def error_by_k() -> tuple[ErrorLine, ...]:
    """Compute the figure of P_e against k, for 100, 1,000 and 10,000 people.

    Returns
    -------
    tuple of ErrorLine
        Epsilon 0.01, standard deviation 0.1, equal groups of total / 2^k people, average
        convention (guessing errs 1/2).

    Examples
    --------
    >>> round(error_by_k()[2].categorical[0], 4)
    0.1723
    """
    ks = tuple(range(MOST_ATTRIBUTES + 1))
    lines = []
    for total in TOTALS:
        groups = [2**k for k in ks]
        paper, categorical = (
            tuple(
                float(limits.paper_bound([total / d] * d, EPSILON, SD, family=family).value)
                for d in groups
            )
            for family in LINES
        )
        ends = [limits.bracket(limits.signals([total / d], EPSILON, SD), [d]) for d in groups]
        lines.append(
            ErrorLine(
                total,
                ks,
                paper,
                categorical,
                tuple(float(end.below) for end in ends),
                tuple(float(end.above) for end in ends),
            )
        )
    return tuple(lines)
