"""Three hundred people, audited with a linear pair, so that a study takes a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from whogains.datasets import Dataset
from whogains.study import RunSettings, reproduce

# Any model and explainer will do: what is tested is what is made of their audits.
SETTINGS = RunSettings(explainers=("linear_shap",), model="linear")


def make_people(
    name: str = "people", n: int = 300, levels: tuple[str, str] = ("A", "B")
) -> Dataset:
    """Make people whose outcome depends on an attribute."""
    rng = np.random.default_rng(11)
    group = rng.integers(0, 2, n)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    y = X["a"] + 0.5 * X["b"] + 2 * group * X["c"] + group + rng.normal(size=n)
    return Dataset(
        name=name,
        task="regression",
        X=X,
        y=pd.Series(y, name="score"),
        personal=pd.DataFrame({"kind": pd.Categorical.from_codes(group, list(levels))}),
        target="score",
        unit="points",
        card="made up",
    )


def reproduce_people(folder: Path, **changed: Any) -> Any:
    """Reproduce these people's study with two seeds."""
    arguments: dict[str, Any] = {"seeds": 2, "settings": SETTINGS} | changed
    datasets = arguments.pop("datasets", [make_people()])
    return reproduce(datasets, folder, **arguments)


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Give a folder with a finished study, and what it found."""
    folder = tmp_path_factory.mktemp("study")
    return folder, reproduce_people(folder)


@pytest.fixture(scope="session")
def settings() -> RunSettings:
    """Give the settings of these studies."""
    return SETTINGS


@pytest.fixture(scope="session")
def people() -> Callable[..., Dataset]:
    """Give the function that makes people."""
    return make_people


@pytest.fixture(scope="session")
def run() -> Callable[..., Any]:
    """Give the function that reproduces their study."""
    return reproduce_people
