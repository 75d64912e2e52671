"""The examples for CI: every command in them runs, and stops what it should stop."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"


def commands(value: Any) -> list[str]:
    """Find every text of an example that runs the command."""
    if isinstance(value, dict):
        return [each for one in value.values() for each in commands(one)]
    if isinstance(value, list):
        return [each for one in value for each in commands(one)]
    return [value] if isinstance(value, str) and value.startswith("whogains ") else []


def scored(folder: Path, *, harmed: bool) -> None:
    """Write predictions of a model that is better for all, or worse for men."""
    rng = np.random.default_rng(0)
    n = 8000
    chance = rng.random(n)
    sex = rng.choice(["f", "m"], n)
    noise = np.where(harmed & (sex == "m"), 0.6, 0.05)
    pd.DataFrame(
        {
            "died": (rng.random(n) < chance).astype(int),
            "old": np.clip(chance + 0.3 * rng.normal(size=n), 0, 1),
            "new": np.clip(chance + noise * rng.normal(size=n), 0, 1),
            "sex": sex,
            "age": rng.choice(["old", "young"], n),
        }
    ).to_parquet(folder / "scored.parquet")


@pytest.mark.parametrize("name", ["github-workflow.yml", "gitlab-ci.yml"])
def test_a_gate_stops_a_model_that_harms_and_lets_the_other_pass(
    cli: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    found = commands(yaml.safe_load((EXAMPLES / name).read_text("utf-8")))
    assert len(found) == 1
    words = shlex.split(found[0])[1:]
    for harmed in (True, False):
        scored(tmp_path, harmed=harmed)
        ran = cli(*words, cwd=tmp_path)
        assert ran.status == int(harmed), ran.err
        for file in ("audit.json", "report.html", "gates.xml"):
            assert (tmp_path / file).stat().st_size > 0
    assert (tmp_path / "gates.xml").read_text("utf-8").count("<failure") == 0


def test_the_hook_judges_a_saved_audit_again(cli: Callable[..., Any], tmp_path: Path) -> None:
    hook = yaml.safe_load((EXAMPLES / "pre-commit-config.yaml").read_text("utf-8"))
    hook = hook["repos"][0]["hooks"][0]
    gate = shlex.split(commands(yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text("utf-8")))[0])
    for harmed in (True, False):
        scored(tmp_path, harmed=harmed)
        cli(*gate[1:], cwd=tmp_path)
        assert re.search(hook["files"], "reports/audit.json")
        ran = cli(*shlex.split(hook["entry"])[1:], "audit.json", cwd=tmp_path)
        assert ran.status == int(harmed), ran.err
