"""An attribute of noise, in groups that models are wrong about for another reason.

Each group is made by an attribute that matters and that no model is told, and by the noise that
one model is told. Whatever coefficient the noise gets, by chance, moves a whole group towards its
outcome or away from it, and no row of that group disagrees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

import whogains as wg

RUNS = 8
# Nominal is .4 of 8; without the variance of training 7 or 8 had a verdict.
MOST = 2


def people(seed: int, n: int = 1000) -> tuple[Any, Any, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    personal = pd.DataFrame(rng.integers(0, 2, (n, 2)), columns=["matters", "noise"])
    X = pd.DataFrame({"x": rng.normal(size=n)})
    return X, X["x"] + 2 * personal["matters"] + rng.normal(size=n), personal


def test_audits_rarely_give_it_a_verdict() -> None:
    said = over = 0
    for seed in range(RUNS):
        X, y, personal = people(seed)
        found = wg.audit(
            X,
            y,
            personal=personal[["noise"]],
            groups=personal,
            model=LinearRegression(),
            explainers="none",
            costs="squared_error",
            random_state=seed,
            n_jobs=1,
        )
        groups = found.costs[0].groups
        said += any(group.verdict in {"gain", "harm"} for group in groups)
        over += any(group.over_placebo.verdict in {"gain", "harm"} for group in groups)
    assert said <= MOST
    assert over <= MOST


def test_choosing_rarely_certifies_it() -> None:
    told = 0
    for seed in range(RUNS):
        X, y, personal = people(seed)
        found = wg.choose(
            X, y, personal=personal, model=LinearRegression(), costs="squared_error", n_jobs=1
        )
        told += any("noise" in each for group in found.routing for each in group.certified)
    # Without the variance of training, some set with it was certified in every run.
    assert told <= 1
