"""Streams for benchmarks/watching.py: 50 batches in which nobody, or the first group, is harmed.

A stream is drawn at once and summed batch by batch by the package's own sums. Where nobody is
harmed every group's mean benefit is exactly 0: the two models' errors are alike ("none"), or the
personalized one is mostly a little better and now and then much worse ("skewed").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from whogains.costs import prediction_costs
from whogains.evidence import (
    About,
    Collected,
    Evidence,
    Score,
    Sums,
    attribute,
    cross,
    evidence_from_scores,
)
from whogains.types import Task
from whogains.watching import Batch, Choices

LOOKS = 50
ALPHA = 0.05
PEOPLE = 40  # new ones of each group in each batch
SETTINGS = ("zero_one", "brier", "squared_error", "brier, clusters")
GROUPS = (2, 8)
EFFECTS = ("none", "skewed", "harm", "change", "over")
# The batches of which the first group is harmed.
HARMED = {"harm": (0, LOOKS), "change": (LOOKS // 2, LOOKS), "over": (0, LOOKS // 2)}
# Of the personalized model in skewed streams: how often it is much worse.
RARE = 0.2


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: a cost, so many groups, and what happens to the first of them."""

    setting: str
    groups: int
    effect: str

    @property
    def cost(self) -> str:
        """The cost."""
        return self.setting.split(",")[0]

    @property
    def task(self) -> Task:
        """What the models predict."""
        return "regression" if self.cost == "squared_error" else "classification"

    @property
    def clustered(self) -> bool:
        """Whether people have several rows."""
        return self.setting.endswith("clusters")

    @property
    def harmless(self) -> bool:
        """Whether nobody is ever harmed."""
        return self.effect not in HARMED


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One stream.

    Parameters
    ----------
    parts : tuple of Evidence
        Its batches, as sums.
    benefit : ndarray of float, shape (looks, groups, people)
        The sum of each person's benefits, in the order in which they come.
    most : int
        The most rows of a person.
    """

    parts: tuple[Evidence, ...]
    benefit: np.ndarray
    most: int


def cells() -> tuple[Cell, ...]:
    """List all cells; labels of 0 or 1 have no skewed world of their own."""
    return tuple(
        Cell(setting, groups, effect)
        for effect in EFFECTS
        for setting in SETTINGS
        for groups in GROUPS
        if (setting, effect) != ("zero_one", "skewed")
    )


def draw(cell: Cell, number: int) -> Stream:
    """Draw a stream by its number: the same in every run."""
    rng = np.random.default_rng([SETTINGS.index(cell.setting), cell.groups, number])
    people = LOOKS * cell.groups * PEOPLE
    rows_of = rng.integers(1, 4, people) if cell.clustered else np.ones(people, dtype=np.int64)
    who = np.repeat(np.arange(people), rows_of)
    place = who // PEOPLE  # batch by batch, group by group
    look, group = place // cell.groups, place % cell.groups
    begin, end = HARMED.get(cell.effect, (0, 0))
    worse = (group == 0) & (begin <= look) & (look < end)
    make = _skewed if cell.effect == "skewed" else _alike
    y, generic, personalized = make(cell, rng, who, worse)
    (cost,) = prediction_costs(cell.task, (cell.cost,))
    score = Score(cost, cost.rows(y, generic), cost.rows(y, personalized))
    names = [f"{j}" for j in range(LOOKS)]
    batch_of, group_of = (
        attribute("batch", look, names),
        attribute("g", group, names[: cell.groups]),
    )
    grouping, codes = cross([batch_of, group_of])
    cluster = who if cell.clustered else None
    of_groups = evidence_from_scores((score,), grouping, codes, y, cluster=cluster)
    by_look, codes = cross([batch_of])
    of_looks = evidence_from_scores((score,), by_look, codes, y, cluster=cluster)
    each, _ = cross([attribute("g", np.arange(cell.groups), names[: cell.groups])])
    item = of_groups.costs[0]
    parts = tuple(
        replace(
            of_groups,
            grouping=each,
            costs=(
                replace(
                    item,
                    groups=item.groups.take(np.arange(k * cell.groups, (k + 1) * cell.groups)),
                    population=of_looks.costs[0].groups.take(np.array([k])),
                ),
            ),
        )
        for k in range(LOOKS)
    )
    benefit = np.bincount(who, score.generic - score.personalized, minlength=people)
    return Stream(parts, benefit.reshape(LOOKS, cell.groups, PEOPLE), int(rows_of.max()))


def _alike(
    cell: Cell, rng: np.random.Generator, who: np.ndarray, worse: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw two models of errors of one size, but for whom the second one serves worse."""
    n = len(who)
    if cell.task == "regression":
        y = rng.standard_t(5, n)
        return y, rng.normal(0, 0.4, n), rng.normal(0, 0.4, n) + np.where(worse, 0.6, 0.0)
    y = rng.integers(0, 2, n).astype(float)
    score = 2 * y - 1 + rng.normal(0, 1.5, n)
    # What a model gets wrong of a person it gets wrong in all rows of that person.
    of_rows = [rng.normal(0, 0.7 if not cell.clustered else 0.5, n) for _ in range(2)]
    of_people = [rng.normal(0, 0.5, who[-1] + 1)[who] * cell.clustered for _ in range(2)]
    first, second = (score + row + mine for row, mine in zip(of_rows, of_people, strict=True))
    second = second - np.where(worse, 0.35, 0.0) * (2 * y - 1)
    return y, 1 / (1 + np.exp(-first)), 1 / (1 + np.exp(-second))


def _skewed(
    cell: Cell, rng: np.random.Generator, who: np.ndarray, _: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a second model that is mostly a little better and seldom much worse: 0 on average."""
    n = len(who)
    if cell.task == "regression":
        y = rng.standard_t(5, n)
        # The squared errors are 1, and of mean 1 with a skewness of 1.4.
        off = np.sqrt(rng.gamma(2.0, 0.5, n)) * rng.choice((-1.0, 1.0), n)
        return y, y + rng.choice((-1.0, 1.0), n), y + off
    y = rng.integers(0, 2, n).astype(float)
    seldom = (rng.random(who[-1] + 1) < RARE)[who]
    gained = 0.3**2 - 0.2**2
    lost = gained * (1 - RARE) / RARE
    right = np.where(seldom, 1 - np.sqrt(0.3**2 + lost), 0.8)
    return y, np.where(y == 1, 0.7, 0.3), np.where(y == 1, right, 1 - right)


def batches(cell: Cell, stream: Stream, *, restart: int | None = None) -> tuple[Batch, ...]:
    """Make the batches of a watch, with a restart at one of them or none."""
    about = About("y", cell.task, "1" if cell.task == "classification" else None, None)
    return tuple(
        Batch(str(k), None, k == restart, str(k), 0, Collected(part, about))
        for k, part in enumerate(stream.parts)
    )


def choices(cell: Cell) -> Choices:
    """Choose as a user would."""
    return Choices(
        target="y",
        generic="a",
        personalized="b",
        groups=("g",),
        task=cell.task,
        positive="1" if cell.task == "classification" else None,
        costs=(cell.cost,),
        epsilon={cell.cost: 0.01},
        margin={},
        alpha=ALPHA,
        min_cell=10,
        cluster="who" if cell.clustered else None,
    )


def so_far(parts: tuple[Evidence, ...]) -> Sums:
    """Add batches up: the sums of shape (looks, groups) that a comparison at each look has."""
    total = parts[0].costs[0].groups
    found = [total]
    for part in parts[1:]:
        total = total + part.costs[0].groups
        found.append(total)
    names = Sums.__dataclass_fields__
    return Sums(**{name: np.stack([getattr(one, name) for one in found]) for name in names})
