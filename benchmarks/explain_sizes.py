"""Seconds and peak memory of one audit of trees: ``explain_sizes.py ROWS FEATURES REPEATS``.

Prints the median seconds, the peak of the process in GiB, and the size of the data in GiB.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor

import whogains as wg


def people(rows: int, features: int) -> tuple[pd.DataFrame, pd.DataFrame, NDArray[np.float64]]:
    """Draw rows whose outcome depends on an attribute."""
    rng = np.random.default_rng(0)
    matrix, sex = rng.standard_normal((rows, features)), rng.integers(0, 2, rows)
    frame = pd.DataFrame(matrix, columns=[f"x{j}" for j in range(features)], copy=False)
    return frame, pd.DataFrame({"sex": sex}), matrix[:, 0] + matrix[:, 1] * sex


def main(rows: int, features: int, repeats: int) -> None:
    """Measure."""
    X, personal, y = people(4000, features)
    trees = HistGradientBoostingRegressor(max_iter=5, max_leaf_nodes=8, random_state=0)
    models = {"generic": clone(trees).fit(X, y), "personalized": trees.fit(X.join(personal), y)}

    def audited(X: pd.DataFrame, personal: pd.DataFrame, y: NDArray[np.float64]) -> float:
        start = time.perf_counter()
        wg.audit(X, y, personal=personal, explainers=["tree_shap"], **models, repeats=1, placebo=0)
        return time.perf_counter() - start

    audited(X, personal, y)  # what is imported on the way is no time of a row
    given = people(rows, features)
    times = [audited(*given) for _ in range(repeats)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(np.median(times), peak, given[0].to_numpy().nbytes / 2**30)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
