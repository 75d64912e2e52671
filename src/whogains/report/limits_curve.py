"""The limits curve as a drawing and as a table: error of any test, against the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from whogains.report.axes import Scale, Tick, effect_scale
from whogains.report.cost_figures import NOTHING
from whogains.report.words import (
    error,
    significant,
    with_unit,
)

BOUNDS = {
    "below": "no test errs less",
    "above": "a test errs at most this",
    "weighted": "weighted bound",
    "paper": "bound of Cornelis et al.",
}

Values = tuple[float | None, ...] | tuple[float, ...]


class Bounds(Protocol):
    """Bounds over a grid of effects: the curve of an audit or of a plan."""

    @property
    def epsilon(self) -> tuple[float, ...]:
        """Effects, ascending."""

    @property
    def paper(self) -> Values:
        """The bound of Cornelis et al."""

    @property
    def weighted(self) -> Values:
        """The same with the best weights."""

    @property
    def below(self) -> Values:
        """No test errs less."""

    @property
    def above(self) -> Values:
        """A test errs at most this."""

    @property
    def verdict(self) -> tuple[str, ...] | None:
        """What that makes of the question, at each effect."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: a name and the pieces where it has a value, as SVG points out of 100."""

    key: str
    words: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurveRow:
    """The bounds at one effect, as written, the verdict there, and the place on the axis."""

    epsilon: str
    bounds: tuple[str, ...]
    verdict: str
    at: float


@dataclass(frozen=True, slots=True)
class CurveView:
    """The limits curve: lines, the table, and where epsilon and the tolerated error fall."""

    lines: tuple[Line, ...]
    rows: tuple[CurveRow, ...]
    nearest: int
    epsilon_at: float | None
    tolerated_at: float
    tolerated: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def curve_view(
    curve: Bounds | None,
    *,
    epsilon: float | None,
    tolerated: float,
    guessing: float,
    unit: str | None = None,
) -> CurveView | None:
    """Draw a limits curve.

    Parameters
    ----------
    curve : Bounds or None
        The bounds over a grid of effects.
    epsilon : float or None
        The effect asked about.
    tolerated, guessing : float
        The error that is tolerated, and that of a coin, in the curve's convention.
    unit : str, optional
        The effects' unit.

    Returns
    -------
    CurveView or None
        The drawing and its table; None where there is no curve.
    """
    if curve is None or not curve.epsilon:
        return None
    x, y = effect_scale(curve.epsilon), Scale(-guessing, 0.0, padding=0.0)
    rows = tuple(_row(curve, i, unit, x) for i in range(len(curve.epsilon)))
    middle = curve.epsilon[len(rows) // 2] if epsilon is None else epsilon
    return CurveView(
        lines=tuple(_line(curve, key, words, x, y) for key, words in BOUNDS.items()),
        rows=rows,
        nearest=min(range(len(rows)), key=lambda i: abs(curve.epsilon[i] - middle)),
        epsilon_at=None if epsilon is None else x(epsilon),
        tolerated_at=y(-tolerated),
        tolerated=significant(tolerated),
        x_ticks=tuple(x.ticks()),
        y_ticks=tuple(
            Tick(tick.value, y(-tick.value), tick.label) for tick in Scale(0.0, guessing).ticks(5)
        ),
    )


def _row(curve: Bounds, i: int, unit: str | None, x: Scale) -> CurveRow:
    return CurveRow(
        epsilon=with_unit(significant(curve.epsilon[i]), unit),
        bounds=tuple(error(getattr(curve, key)[i]) for key in BOUNDS),
        verdict=NOTHING if curve.verdict is None else curve.verdict[i],
        at=x(curve.epsilon[i]),
    )


def _line(curve: Bounds, key: str, words: str, x: Scale, y: Scale) -> Line:
    pieces: list[list[str]] = [[]]
    for epsilon, value in zip(curve.epsilon, getattr(curve, key), strict=True):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x(epsilon):g},{y(-value):g}")
    return Line(key, words, tuple(" ".join(piece) for piece in pieces if len(piece) > 1))
