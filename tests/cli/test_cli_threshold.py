"""--threshold and --cost-range, and what a gate says where nothing is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from whogains.cli import main

ASK = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]


@pytest.fixture
def rare(tmp_path: Path) -> str:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.01, 0.2, 900)
    frame = pd.DataFrame({"y": (rng.random(900) < p) * 1, "p0": 0.1, "p1": p})
    frame["g"] = rng.choice(["u", "v"], 900)
    frame.to_csv(tmp_path / "rare.csv", index=False)
    return str(tmp_path / "rare.csv")


@pytest.fixture
def values(tmp_path: Path) -> str:
    rng = np.random.default_rng(1)
    y = rng.uniform(0, 20, 300)
    frame = pd.DataFrame({"y": y, "p0": np.clip(y + rng.normal(0, 6, 300), 0, 20), "p1": y})
    frame["g"] = np.where(np.arange(300) % 5 < 4, "large", "small")
    frame.to_csv(tmp_path / "values.csv", index=False)
    return str(tmp_path / "values.csv")


def run(*arguments: str) -> int:
    return int(main(list(arguments)))


@pytest.mark.parametrize(
    ("asked", "used"), [("0.1", 0.1), ("base rate", None), ("base-rate", None)]
)
def test_the_threshold_is_used(rare: str, tmp_path: Path, asked: str, used: float | None) -> None:
    out = str(tmp_path / "a.json")
    assert run("compare", rare, *ASK, "--threshold", asked, "--json", out, "--quiet") == 0
    found = json.loads(Path(out).read_text(encoding="utf-8"))
    expected = pd.read_csv(rare)["y"].mean() if used is None else used
    assert found["costs"][0]["threshold"] == pytest.approx(expected)
    assert found["settings"]["threshold"] == ("base rate" if used is None else used)
    assert found["costs"][1]["threshold"] is None


def test_the_range_is_used(values: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "a.json")
    ask = ["compare", values, *ASK, "--json", out, "--quiet"]
    assert run(*ask, "--cost-range", "squared_error=0,400,absolute_error=0,20") == 0
    found = json.loads(Path(out).read_text(encoding="utf-8"))
    assert [cost["cost_range"] for cost in found["costs"]] == [[0, 400], [0, 20]]
    assert {cost["groups"][1]["method"] for cost in found["costs"]} == {"betting"}
    assert run(*ask, "--cost-range", "squared_error=0,4") == 2
    said = capsys.readouterr().err
    assert "cost_range says that squared_error is 0 to 4; of the generic model" in said
    assert "counting from 0" in said


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--threshold", "half", "--threshold must be a number above 0 and below 1"),
        ("--threshold", "1.5", "threshold must be a number above 0 and below 1"),
        ("--cost-range", "0,1", "is not COST=LOW,HIGH"),
        ("--cost-range", "brier=0", "is not COST=LOW,HIGH"),
        ("--cost-range", "brier=0,x", "'x' is not a number"),
        ("--cost-range", "zero_one=0,1", "is 0 or 1 in every row"),
        ("--epsilon", "1e-200", "epsilon must be from 1e-150 to 1e+150"),
    ],
)
def test_what_is_no_threshold_or_range_is_said(
    rare: str, capsys: pytest.CaptureFixture[str], option: str, value: str, said: str
) -> None:
    assert run("compare", rare, *ASK, option, value, "--quiet") == 2
    assert said in capsys.readouterr().err


def test_evidence_keeps_both(rare: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "a.evidence")
    made = ["evidence", rare, *ASK, "-o", out, "--quiet"]
    assert run(*made, "--threshold", "base rate") == 2
    assert "differs from part to part" in capsys.readouterr().err
    assert run(*made, "--threshold", "0.1", "--cost-range", "brier=0,1") == 0
    assert run("merge", out, "--json", str(tmp_path / "m.json"), "--quiet") == 0
    found = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert found["costs"][0]["threshold"] == 0.1
    assert found["costs"][1]["cost_range"] == [0, 1]


def test_a_gate_does_not_pass_in_silence_where_nothing_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y": rng.integers(0, 2, 120), "p0": rng.random(120)})
    frame = frame.assign(p1=rng.random(120), g=rng.choice(list("abcd"), 120))
    frame.to_csv(tmp_path / "few.csv", index=False)
    gate = ["compare", str(tmp_path / "few.csv"), *ASK, "--quiet", "--fail-on", "harm"]
    assert run(*gate) == 0
    said = capsys.readouterr().err
    assert said.startswith("whogains: passed, but nothing is known of 4 of 4 groups on 0-1 loss")
    assert run(*gate[:-2]) == 0
    assert capsys.readouterr().err == ""
