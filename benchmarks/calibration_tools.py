"""What every simulation shares: cells with seeds, methods, and what is counted."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.stats import norm

from calibration_costs import BoolArray, FloatArray
from whogains import inference as wi

ALPHA = 0.05
# In standard errors: the effect that a one-sided test with known spread finds with power .8.
EFFECT = float(norm.isf(ALPHA) + norm.ppf(0.8))
CELLS_AT_ONCE = 1_000_000  # numbers drawn at a time

Row: TypeAlias = dict[str, Any]
OneSided: TypeAlias = Callable[[float, Literal["greater", "less"]], FloatArray]


@dataclass(frozen=True, slots=True)
class Cell:
    """One simulation: a kind with its settings and size."""

    kind: str
    cost: str
    n: int
    repeats: int
    settings: tuple[Any, ...] = ()

    @property
    def key(self) -> str:
        """Name that decides the seed."""
        return "|".join(map(str, (self.kind, self.cost, self.n, self.repeats, *self.settings)))

    def rng(self) -> np.random.Generator:
        """Return a generator that no other cell shares."""
        digest = hashlib.sha256(self.key.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def replicates_for(n: int) -> int:
    """Return the resamples of one bootstrap interval, fewer where they cost more."""
    return 999 if n <= 50 else 399 if n <= 200 else 199


@dataclass(slots=True)
class Clock:
    """Seconds that a call took, per repeat."""

    seconds: float = 0.0

    def __call__(self, call: Callable[[], Any]) -> Any:
        """Time one call."""
        start = time.perf_counter()
        result = call()
        self.seconds += time.perf_counter() - start
        return result


def interval_row(
    method: str,
    interval: wi.Interval,
    truth: float,
    ideal: float,
    seconds: float,
    *,
    picked: BoolArray | None = None,
    test: OneSided | None = None,
) -> Row:
    """Summarize intervals over repeats, and their test at the truth and at an effect.

    Widths are multiples of ``2 * 1.96 * ideal``, with ``ideal`` the true standard error.
    """
    lower, upper = np.asarray(interval.lower), np.asarray(interval.upper)
    given = ~np.isnan(lower)
    if picked is not None:
        given &= picked
    count = int(given.sum())
    row: Row = {"method": method, "given": count, "seconds": seconds / len(lower)}
    if count == 0:
        return row
    low, high = lower[given] > truth + 1e-12, upper[given] < truth - 1e-12
    row |= {
        "low": float(low.mean()),
        "high": float(high.mean()),
        "width": float(np.mean(upper[given] - lower[given]) / (2 * norm.isf(ALPHA / 2) * ideal)),
    }
    if test is not None:
        row |= {
            "gain": rejected(test(truth, "greater"), given),
            "harm": rejected(test(truth, "less"), given),
            "power": rejected(test(truth - EFFECT * ideal, "greater"), given),
        }
    return row


def rejected(p: FloatArray, given: BoolArray) -> float:
    """Return the share of rejections where a test was made."""
    return float((p[given] <= ALPHA).mean())


def margin_rows(shifted: Callable[[float], OneSided], name: str, size: float) -> list[Row]:
    """Test margins of ``size`` at their boundary, and without any effect.

    ``shifted(beta)`` is the one-sided test on data whose true benefit is ``beta``.
    """

    def adapt(test: OneSided) -> wi.OneSidedTest:
        return lambda *, null, alternative: test(null, alternative)

    rows = []
    for method, sides in (("non-inferiority", (-size,)), ("equivalence", (-size, size))):
        call = partial(_margin_test, method, size)
        clock = Clock()
        errors = [clock(partial(call, adapt(shifted(beta)))) for beta in sides]
        power = call(adapt(shifted(0.0)))
        rows.append(
            {
                "method": f"{method} by {name}",
                "given": len(power),
                "seconds": clock.seconds / len(power) / len(sides),
                "gain": float((errors[0] <= ALPHA).mean()),
                "harm": float((errors[-1] <= ALPHA).mean()),
                "power": float((power <= ALPHA).mean()),
            }
        )
    return rows


def _margin_test(method: str, size: float, test: wi.OneSidedTest) -> FloatArray:
    if method == "non-inferiority":
        return wi.non_inferiority(test, margin=size)
    return wi.equivalence(test, epsilon=size).p


def estimates(rows: FloatArray) -> wi.MeanEstimate:
    """Estimate the mean of each repeat's rows."""
    mean = rows.mean(axis=1)
    centred = rows - mean[:, None]
    squares = centred * centred
    return wi.mean_from_comoments(
        rows.shape[1],
        mean,
        1.0,
        m_uu=squares.sum(axis=1),
        m_uv=0.0,
        m_vv=0.0,
        third=((squares * centred).sum(axis=1), 0.0, 0.0, 0.0),
    )


def joined(parts: list[wi.MeanEstimate]) -> wi.MeanEstimate:
    """Put blocks of repeats together."""
    names = ("estimate", "se", "df", "skewness")
    return wi.MeanEstimate(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def blocks(repeats: int, n: int) -> Iterator[int]:
    """Yield numbers of repeats that fit into memory."""
    block = max(1, CELLS_AT_ONCE // n)
    for start in range(0, repeats, block):
        yield min(block, repeats - start)


def t_call(mean: wi.MeanEstimate, *, skewed: bool = True) -> tuple[wi.Interval, OneSided, float]:
    """Return t intervals, their test and the seconds that the intervals took."""
    skewness = mean.skewness if skewed else None
    clock = Clock()
    interval = clock(
        lambda: wi.t_interval(mean.estimate, mean.se, mean.df, skewness=skewness, alpha=ALPHA)
    )

    def test(null: float, alternative: Literal["greater", "less"]) -> FloatArray:
        return wi.t_test(
            mean.estimate,
            mean.se,
            mean.df,
            skewness=skewness,
            null=null,
            alternative=alternative,
        )

    return interval, test, clock.seconds


def moved_test(mean: wi.MeanEstimate, truth: float, beta: float) -> OneSided:
    """Return the t test on data shifted from ``truth`` to ``beta``."""
    return t_call(wi.MeanEstimate(mean.estimate - truth + beta, mean.se, mean.df, mean.skewness))[1]


def chosen(
    repeats: int,
    n: int,
    *,
    ternary: bool = False,
    bounded: bool = False,
    units: FloatArray | float | None = None,
    moved: FloatArray | None = None,
    clustered: bool = False,
    weighted: bool = False,
    carrying: FloatArray | None = None,
    metric: Literal["auc", "r2"] | None = None,
    rows: FloatArray | None = None,
) -> Any:
    """Return what `choose_method` picks in every repeat, for one group on its own.

    ``n`` counts what is drawn; ``rows`` the rows of each repeat, where clusters are drawn.
    """
    return wi.choose_method(
        ternary=ternary,
        bounded=bounded,
        n=np.full(repeats, n) if rows is None else rows,
        drawn=n,
        units=n if units is None else units,
        moved=moved,
        clustered=clustered,
        weighted=weighted,
        carrying=carrying,
        metric=metric,
    )


def auto_row(
    names: Any, made: dict[str, tuple[wi.Interval, OneSided]], truth: float, ideal: float
) -> Row:
    """Summarize the intervals and tests of the methods chosen."""
    interval = wi.combine_intervals(names, {name: one for name, (one, _) in made.items()})

    def test(null: float, alternative: Literal["greater", "less"]) -> FloatArray:
        p = np.full(names.shape, np.nan)
        for name, (_, one) in made.items():
            p[names == name] = one(null, alternative)[names == name]
        return p

    row = interval_row("auto", interval, truth, ideal, 0.0, test=test)
    del row["seconds"]
    kinds, counts = np.unique(names, return_counts=True)
    row["picks"] = {str(a): int(b) for a, b in zip(kinds, counts, strict=True)}
    return row


def ternary_estimates(gains: FloatArray, harms: FloatArray, n: int) -> wi.MeanEstimate:
    """Return the moments of differences of -1, 0 and 1."""
    mean = (gains - harms) / n
    squares, cubes = (gains + harms) / n, mean
    return wi.mean_from_comoments(
        n,
        mean,
        1.0,
        m_uu=n * (squares - mean**2),
        m_uv=0.0,
        m_vv=0.0,
        third=(n * (cubes - 3 * mean * squares + 2 * mean**3), 0.0, 0.0, 0.0),
    )


def draw_counts(
    rng: np.random.Generator, gain: float, harm: float, n: int, repeats: int
) -> tuple[FloatArray, FloatArray]:
    """Draw the gains and harms among n rows."""
    counts = rng.multinomial(n, [gain, harm, 1 - gain - harm], size=repeats).astype(float)
    return counts[:, 0], counts[:, 1]


def score_call(gains: FloatArray, harms: FloatArray, n: int, *, corrected: bool = True) -> OneSided:
    """Return the score test."""

    def test(null: float, alternative: Literal["greater", "less"]) -> FloatArray:
        return wi.score_test(
            gains,
            harms,
            n,
            null=max(null, -1.0),
            alternative=alternative,
            corrected=corrected,
        )

    return test
