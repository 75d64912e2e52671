"""What others say of the streams of benchmarks/watching.py: a test at every look, two libraries.

The libraries are no part of the project; where one is not installed its column stays empty:

- savvi 0.3.1, `linear_regression.log_bf`: the anytime-valid t-test of Lindon et al., of one mean.
  It needs neither cvxpy, which the other half of the library imports, nor the rows.
- confseq 0.0.11, `betting.betting_mart`: betting on bounded rows, one after the other, one side.
  As published it does not compile for Python 3.11 (it asks for an old pybind11) and does not
  start with NumPy 2 (`np.float_`): build it with ``--no-build-isolation`` and pybind11 2.13.

Both are given one number of each person, the sum of their benefits, whose mean is 0 exactly where
the benefit is; both test each group at alpha over the number of groups.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np

from watching_worlds import ALPHA, Cell, Stream
from whogains.evidence import Sums
from whogains.inference import mean_from_comoments, sign_test, t_test

try:
    from savvi import linear_regression as savvi
except ImportError:  # pragma: no cover - it is not needed to watch
    savvi = None


def _confseq() -> ModuleType | None:
    # NumPy 2 has taken a name away that the library was written with.
    vars(np).setdefault("float_", np.float64)
    try:
        from confseq import betting
    except ImportError:  # pragma: no cover - it is not needed to watch
        return None
    return betting


confseq = _confseq()


def compared(cell: Cell, sums: Sums) -> np.ndarray:
    """Judge each group at each look as `compare` would: whether it says harm, (looks, groups)."""
    if cell.cost == "zero_one":
        p = sign_test(sums.gains, sums.harms, alternative="less")
    else:
        mean = mean_from_comoments(
            sums.units,
            sums.mean_u,
            sums.mean_v,
            m_uu=sums.m_uu,
            m_uv=sums.m_uv,
            m_vv=sums.m_vv,
            third=(sums.m_uuu, sums.m_uuv, sums.m_uvv, sums.m_vvv),
        )
        p = t_test(mean.estimate, mean.se, mean.df, skewness=mean.skewness, alternative="less")
        # So small a sample has no test there.
        p = np.where(sums.units < (500 if cell.clustered else 150), np.nan, p)
    return by_holm(np.asarray(p))


def by_holm(p: np.ndarray) -> np.ndarray:
    """Reject by Holm over the groups at each look on its own; NaN is no test."""
    there = ~np.isnan(p)
    order = np.argsort(np.where(there, p, np.inf), axis=1)
    ranked = np.take_along_axis(np.where(there, p, np.inf), order, axis=1)
    left = np.maximum(there.sum(axis=1, keepdims=True) - np.arange(p.shape[1]), 1)
    passed = np.logical_and.accumulate(ranked * left <= ALPHA, axis=1)
    found = np.zeros(p.shape, dtype=bool)
    np.put_along_axis(found, order, passed, axis=1)
    return found


def by_savvi(stream: Stream) -> np.ndarray | None:
    """Ask savvi's t-test of one mean at each look: whether it has said harm by then."""
    if savvi is None:
        return None
    looks, groups, people = stream.benefit.shape
    n = people * np.arange(1, looks + 1)[:, None]
    total = np.cumsum(stream.benefit.sum(axis=2), axis=0)
    squares = np.cumsum((stream.benefit**2).sum(axis=2), axis=0)
    mean = total / n
    se = np.sqrt((squares - n * mean**2) / (n - 1) / n)
    # Its names: one coefficient, n - p - 1 degrees of freedom, (sigma / se)^2 = n, phi = 1.
    with np.errstate(over="ignore"):
        p = np.exp(-savvi.log_bf((mean / se) ** 2, n - 2, 1.0, n))
    return np.logical_or.accumulate((p * groups <= ALPHA) & (mean < 0), axis=0)


def by_confseq(cell: Cell, stream: Stream) -> np.ndarray | None:
    """Ask confseq's bets on each row in turn, at the looks; None for costs without a range."""
    if confseq is None or cell.cost == "squared_error":
        return None
    looks, groups, people = stream.benefit.shape
    level = ALPHA / groups
    found = np.zeros((looks, groups), dtype=bool)
    for j in range(groups):
        unit = (stream.benefit[:, j].reshape(-1) / stream.most + 1) / 2
        capital = confseq.betting_mart(unit, 0.5, alpha=level, theta=0)
        found[:, j] = np.maximum.accumulate(capital)[people - 1 :: people] >= 1 / level
    return found
