"""Signs of nonsense are said before any verdict, on every face, and no gate passes them unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError
from whogains.frames import leaking_column, read_target
from whogains.results import Findings

ROWS = 600
RNG = np.random.default_rng(8)
SCORE = RNG.normal(size=ROWS)
LIKELY = 1 / (1 + np.exp(-SCORE - 0.5))
HAPPENED = RNG.random(ROWS) < LIKELY
GROUP = np.where(np.arange(ROWS) % 2, "u", "v")
WEAKER = 1 / (1 + np.exp(-0.6 * SCORE - 0.5))


def compared(y: Any = HAPPENED, **change: Any) -> Findings:
    given = {"generic": WEAKER, "personalized": LIKELY, "groups": {"g": GROUP}, **change}
    return wg.compare(pd.Series(y, name="y"), **given)


def names(found: Findings) -> list[str]:
    return [each.name for each in found.warnings]


def test_good_models_of_a_plain_outcome_warn_of_nothing() -> None:
    assert names(compared()) == []


@pytest.mark.parametrize(
    ("no", "yes"),
    [("nein", "ja"), ("no", "yes"), ("alive", "dead"), ("Control", "Case"), ("survived", "died")],
)
def test_words_that_everybody_knows_are_read_as_they_are_meant(no: str, yes: str) -> None:
    found = compared(np.where(HAPPENED, yes, no))
    assert (found.data.positive, names(found)) == (yes, [])
    assert names(compared(np.where(HAPPENED, yes, no), positive=no)) == ["inverted_outcome"]


def test_other_words_in_the_wrong_order_are_seen_by_what_the_models_cost() -> None:
    with pytest.raises(InputError, match=r"'a relapse' or 'none': say which .* --positive 'none'"):
        compared(np.where(HAPPENED, "a relapse", "none"))
    found = compared(np.where(HAPPENED, "a relapse", "none"), positive="none")
    assert names(found) == ["inverted_outcome"]
    assert "inverted? 'none' counts as 1" in found.warnings[0].text
    assert names(compared(np.where(HAPPENED, "a relapse", "none"), positive="a relapse")) == []


def test_noise_is_rarely_called_inverted() -> None:
    draw = np.random.default_rng(4)
    called = 0
    for _ in range(40):
        y = draw.random(300) < 0.4
        predictions = [np.clip(0.4 + draw.normal(0, 0.1, 300), 0, 1) for _ in range(2)]
        found = compared(
            y,
            generic=predictions[0],
            personalized=predictions[1],
            groups={"g": GROUP[:300]},
            costs=["brier", "zero_one"],
        )
        called += names(found) != []
    # Two standard errors, and of both models: fewer than one in forty.
    assert called <= 3


def test_models_without_any_error() -> None:
    sure = np.where(HAPPENED, 0.9, 0.1)
    found = compared(generic=sure, personalized=np.where(HAPPENED, 0.95, 0.1))
    assert names(found) == ["no_errors"]


def test_one_model_given_twice() -> None:
    assert names(compared(personalized=WEAKER)) == ["identical_models"]
    # The same decisions by other probabilities are not the same model.
    assert names(compared(personalized=np.clip(WEAKER * 0.999, 0, 1))) == []


def test_labels_beside_probabilities() -> None:
    found = compared(personalized=(LIKELY > 0.5).astype(float))
    assert "labels_as_probabilities" in names(found)


@pytest.mark.parametrize("both", [True, False])
def test_labels_of_fitted_models_are_no_probabilities(both: bool) -> None:
    X, S = pd.DataFrame({"score": SCORE}), pd.DataFrame({"g": GROUP})
    given: Any = {"personal": S, "explainers": [], "min_cell": 0}
    found = wg.audit(
        X,
        HAPPENED.astype(int),
        generic=lambda X: (X["score"] > -0.5).astype(int),
        personalized=lambda X: (
            (X["score"] > -0.6).astype(int) if both else 1 / (1 + np.exp(-X["score"] - 0.5))
        ),
        **given,
    )
    # The second function reads no group, which is another warning.
    assert names(found) == ["ignores_personal", "labels_as_probabilities"]
    told = "both models' predictions" if both else "the generic model's predictions"
    assert found.warnings[1].text.startswith(f"{told} are only 0 and 1")


def test_many_missing_outcomes() -> None:
    y = np.where(np.arange(ROWS) < 40, np.nan, HAPPENED)
    found = compared(y)
    assert names(found) == ["missing_outcomes"]
    assert found.warnings[0].text.startswith("7% of the outcomes")


def test_codes_of_classes_are_no_quantity(tmp_path: Path) -> None:
    codes = RNG.integers(0, 3, ROWS)
    given: Any = {"generic": codes * 0.9, "personalized": codes * 0.8, "groups": {"g": GROUP}}
    assert names(wg.compare(codes, **given)) == ["class_codes"]
    assert names(wg.compare(codes, task="regression", **given)) == []
    assert names(wg.compare(codes * 10, **given)) == []
    # A code of missing values among two outcomes makes no quantity of them.
    unknown = np.where(codes == 2, 9, codes)
    (found,) = wg.compare(unknown, **given).warnings
    assert found.name == "class_codes"
    assert "3 values, 0, 1 and 9, " in found.text
    assert found.text.endswith("a code of missing values must be missing (--na)")
    frame = pd.DataFrame({"y": codes, "p0": codes * 0.9, "p1": codes * 0.8, "g": GROUP})
    frame.to_csv(tmp_path / "a.csv", index=False)
    columns: Any = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
    for most in (1000, 0):
        found = wg.compare_files(tmp_path / "a.csv", rows_in_memory=most, **columns)
        assert names(found) == ["class_codes"]


def test_a_feature_that_is_the_outcome() -> None:
    X = pd.DataFrame({"score": SCORE, "discharge": np.where(HAPPENED, "died", "home")})
    found = wg.audit(
        X,
        HAPPENED.astype(int),
        personal=pd.DataFrame({"g": GROUP}),
        model="linear",
        explainers=[],
        repeats=1,
        placebo=0,
    )
    assert "leakage" in names(found)
    assert "'discharge'" in next(each.text for each in found.warnings if each.name == "leakage")


def _noise(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "number": rng.normal(size=ROWS),
        "levels": rng.choice(list("abcdef"), ROWS),
        "pairs": [f"p{i // 2}" for i in range(ROWS)],
        "whole": rng.integers(0, 9, ROWS),
    }


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_feature_that_determines_the_outcome(task: str) -> None:
    rng = np.random.default_rng(4)
    happened, amount = HAPPENED.astype(int), rng.normal(size=ROWS)
    y = pd.Series(happened if task == "classification" else amount, name="y")
    ways: dict[str, Any] = {
        "falling": -3 * y - (0.5 * rng.random(ROWS) if task == "classification" else 0),
        "finer": pd.Series(rng.integers(0, 4, ROWS)).astype(str) + y.round(1).astype(str),
        # A day of death: known of those who died.
        "known of some": np.where(happened == 1, rng.integers(0, 700, ROWS), np.nan),
    }
    coarse = y if task == "classification" else y.round(1)
    for name, column in ways.items():
        if task == "regression" and name == "known of some":
            continue
        told = y if name == "falling" else coarse
        X = pd.DataFrame({**_noise(rng), "told": column})
        assert leaking_column(X, told, read_target(told)) == "told", name
    for seed in range(20):
        noise = pd.DataFrame(_noise(np.random.default_rng(100 + seed)))
        rare = pd.Series((np.arange(ROWS) % 200 == seed).astype(int))
        assert leaking_column(noise, y, read_target(y)) is None
        assert leaking_column(noise, rare, read_target(rare)) is None
    # Strong, with a few who are not told apart, is no leak.
    near = pd.DataFrame({"near": happened + 1.02 * rng.random(ROWS)})
    assert leaking_column(near, pd.Series(happened), read_target(happened)) is None


def test_every_face_says_it_first(tmp_path: Path) -> None:
    found = compared(personalized=WEAKER)
    assert wg.read_json(_saved(found, tmp_path)) == found
    for text in (found.to_text(), found.to_markdown()):
        before, _, after = " ".join(text.split()).partition("cost the same in every row")
        assert "Warning" in before
        assert "0-1 loss" in after
    assert "identical_models" in found.to_html()


def _saved(found: Findings, folder: Path) -> Path:
    found.to_json(folder / "a.json")
    (warning,) = json.loads((folder / "a.json").read_text("utf-8"))["warnings"]
    assert warning["name"] == "identical_models"
    return folder / "a.json"


def test_a_gate_passes_no_warning_that_is_not_allowed(tmp_path: Path, capsys) -> None:
    frame = pd.DataFrame({"y": HAPPENED.astype(int), "p0": WEAKER, "p1": WEAKER, "g": GROUP})
    frame.to_csv(tmp_path / "a.csv", index=False)
    call = ["compare", str(tmp_path / "a.csv"), "--target", "y", "--groups", "g", "--quiet"]
    call += ["--generic", "p0", "--personalized", "p1"]
    assert main(call) == 0
    assert "warning (identical_models)" in capsys.readouterr().err
    call += ["--fail-on", "harm"]
    assert main(call) == 1
    assert "--allow identical_models lets pass" in capsys.readouterr().err
    assert main([*call, "--allow", "identical_models"]) == 0


def test_a_gate_that_knows_nothing_says_so(tmp_path: Path, capsys) -> None:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"y": draw.integers(0, 2, 120), "g": draw.choice(list("abcd"), 120)})
    for name in ("p0", "p1"):
        frame[name] = np.where(draw.random(120) < 0.6, frame["y"], 1 - frame["y"]) * 0.4 + 0.3
    frame.to_csv(tmp_path / "a.csv", index=False)
    call = ["compare", str(tmp_path / "a.csv"), "--target", "y", "--groups", "g", "--quiet"]
    call += ["--generic", "p0", "--personalized", "p1", "--costs", "zero_one"]
    assert main([*call, "--fail-on", "harm"]) == 0
    assert "nothing is known of 4 of 4 groups" in capsys.readouterr().err
