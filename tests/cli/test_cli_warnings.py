"""Signs of nonsense are loud in every command that may rest on it, and stop every gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier

import whogains as wg

Cli = Callable[..., Any]
COLUMNS = ("--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g")
SETS = ("none=p0", "g=p1", "h=p0", "g+h=p1")
MODELS = tuple(word for each in SETS for word in ("--model", each))


@pytest.fixture(scope="module")
def inverted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Predictions of the other value, a fifth of the outcomes missing."""
    rng = np.random.default_rng(0)
    n = 1000
    y = rng.integers(0, 2, n)
    p0, p1 = (np.clip(0.5 - (y - 0.5) * lift + rng.normal(0, 0.1, n), 0, 1) for lift in (0.5, 0.6))
    frame = pd.DataFrame({"y": y, "p0": p0, "p1": p1, "x": rng.normal(size=n)})
    frame["g"], frame["h"] = rng.choice(["u", "v"], n), rng.choice(["a", "b"], n)
    frame["label"] = (p1 > 0.5).astype(int)
    frame.loc[rng.random(n) < 0.2, "y"] = None
    path = tmp_path_factory.mktemp("inverted") / "rows.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    "command",
    [
        ("compare", "rows.csv", *COLUMNS, "--costs", "brier"),
        ("compare", "rows.csv", *COLUMNS, "--rows-in-memory", "0", "--costs", "brier"),
        ("watch", "rows.csv", *COLUMNS, "--state", "new.watch", "--costs", "brier"),
        ("choose", "rows.csv", "--target", "y", "--personal", "g,h", *MODELS, "--costs", "brier"),
    ],
    ids=lambda command: " ".join((command[0], *command[-4:-3])),
)
def test_every_command_says_it_first_and_no_gate_passes(
    cli: Cli, inverted: Path, command: tuple[str, ...]
) -> None:
    (inverted.parent / "new.watch").unlink(missing_ok=True)
    gate = ("--fail-on", "not-gain", "--json", "found.json", "--html", "found.html")
    ran = cli(*command, *gate, cwd=inverted.parent)
    assert ran.status == 1, ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    # Before any verdict.
    assert "Warning (inverted_outcome)" in "\n".join(ran.out.splitlines()[:6])
    found = json.loads((inverted.parent / "found.json").read_text("utf-8"))
    assert [each["name"] for each in found["warnings"]] == ["inverted_outcome", "missing_outcomes"]
    assert "Warning</strong> (<bdi>inverted_outcome" in (inverted.parent / "found.html").read_text(
        "utf-8"
    )
    again = ("report", "found.json", "--quiet", "--fail-on", "not-gain")
    stopped = cli(*again, cwd=inverted.parent)
    assert "warning, which --allow inverted_outcome lets pass" in stopped.err
    told = cli(*again, "--allow", "inverted_outcome,missing_outcomes", cwd=inverted.parent)
    assert "warning (inverted_outcome)" in told.err


def test_evidence_keeps_what_was_seen_in_rows(cli: Cli, inverted: Path, tmp_path: Path) -> None:
    where = ("evidence", str(inverted), "-o", "a.evidence", "--quiet", "--target", "y")
    models = ("--generic", "p0", "--personalized", "label", "--groups", "g")
    ran = cli(*where, *models, cwd=tmp_path)
    assert ran.status == 0, ran.err
    names = ["labels_as_probabilities", "inverted_outcome", "missing_outcomes"]
    assert [line.split("(")[1].split(")")[0] for line in ran.err.splitlines()] == names
    merged = wg.merge([tmp_path / "a.evidence"])
    assert [each.name for each in merged.warnings] == names
    assert [each.name for each in merged.findings().warnings] == names
    merging = cli("merge", "a.evidence", "--quiet", "--fail-on", "harm", cwd=tmp_path)
    assert merging.err.count("warning, which --allow") == 3


def test_a_choice_that_fits_models_looks_at_its_columns() -> None:
    rng = np.random.default_rng(1)
    n = 600
    y = rng.integers(0, 2, n)
    X = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "town": [f"t{i % 250}" for i in range(n)],
            "ended": np.where(y == 1, "dead", "alive"),
        }
    )
    personal = pd.DataFrame({"g": rng.choice(["u", "v"], n), "h": rng.choice(["a", "b"], n)})
    said: list[str] = []
    model = FixedThresholdClassifier(LogisticRegression(), threshold=0.3)
    found = wg.choose(
        X[["x", "town"]],
        y,
        personal=personal,
        model=model,
        repeats=1,
        costs=["zero_one", "brier"],
        progress=lambda stage, *_: said.append(stage),
    )
    assert [each.name for each in found.warnings] == ["many_levels"]
    assert "250 levels" in said[0]
    assert any("from a probability of 0.3 on" in note for note in found.notes)
    assert found.settings["threshold"] == 0.3
    leaking = wg.choose(X[["x", "ended"]], y, personal=personal, model="linear", repeats=1)
    assert [each.name for each in leaking.warnings] == ["leakage", "no_errors"]


def test_a_choice_from_labels_or_some_labels() -> None:
    rng = np.random.default_rng(2)
    n = 800
    y = rng.integers(0, 2, n)
    p = np.clip(0.5 + (y - 0.5) * 0.4 + rng.normal(0, 0.3, n), 0, 1)
    personal = {"g": rng.choice(["u", "v"], n)}
    words = np.where(p > 0.5, "yes", "no")
    found = wg.choose_from(y, models={"none": words, "g": words}, personal=personal)
    assert [cost.cost for cost in found.edges] == ["zero_one"]
    assert [each.name for each in found.warnings] == []
    mixed = wg.choose_from(y, models={"none": words, "g": p}, personal=personal)
    assert [each.name for each in mixed.warnings] == ["labels_as_probabilities"]
    gaps = np.where(rng.random(n) < 0.1, np.nan, 100 * p)
    left = wg.choose_from(
        y,
        models={"none": 100 * p, "g": gaps},
        personal=personal,
        percent=True,
        drop_missing_predictions=True,
    )
    kept = ~np.isnan(gaps)
    own = wg.choose_from(
        y[kept],
        models={"none": p[kept], "g": p[kept]},
        personal={"g": personal["g"][kept]},
    )
    assert left.data.rows == own.data.rows == kept.sum()
    assert left.lattice == own.lattice
    assert any("without a prediction are left out" in note for note in left.notes)


def test_predictions_are_written_with_the_threshold_that_models_decide_by(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=200), "g": rng.integers(0, 2, 200)})
    frame["y"] = (frame["x"] + rng.normal(size=200) > 0).astype(int)
    made = wg.predict_files(
        frame,
        tmp_path / "out.parquet",
        target="y",
        personal="g",
        **{
            name: FixedThresholdClassifier(LogisticRegression(), threshold=0.3).fit(
                frame[columns], frame["y"]
            )
            for name, columns in (("generic", ["x"]), ("personalized", ["x", "g"]))
        },
    )
    assert any("--threshold 0.3" in note for note in made.notes)
