"""`whogains choose` as a command: what it writes, and what it refuses in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SETS = ("none", "sex", "age", "sex+age")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("choose")
    rng = np.random.default_rng(0)
    n = 2000
    frame = pd.DataFrame({"sex": rng.choice(["f", "m"], n), "age": rng.choice(["old", "young"], n)})
    lift = 2.0 * (frame["sex"] == "m")
    frame["y"] = lift + rng.normal(size=n)
    frame["p_none"] = frame["p_age"] = 1.0
    frame["p_sex"] = frame["p_sex+age"] = lift
    frame["x"] = rng.normal(size=n)
    frame.to_parquet(folder / "scored.parquet")
    many = pd.DataFrame({name: rng.choice(["0", "1"], n) for name in "abcdefg"})
    many.assign(y=frame["y"], x=frame["x"]).to_parquet(folder / "many.parquet")
    return folder


def arguments(*more: str, sets: tuple[str, ...] = SETS) -> list[str]:
    models = [word for each in sets for word in ("--model", f"{each}=p_{each}")]
    return [
        *("choose", "scored.parquet", "--target", "y", "--personal", "sex,age"),
        *models,
        *more,
    ]


def test_the_terminal_says_it_in_80_columns_and_the_files_hold_it(
    cli: Callable[..., Any], scored: Path
) -> None:
    ran = cli(*arguments("--json", "c.json", "--html", "c.html", "--unit", "kg"), cwd=scored)
    assert ran.status == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "Ask everybody for sex." in ran.out
    content = json.loads((scored / "c.json").read_text("utf-8"))
    assert content["schema"] == 1
    assert [step["ask"] for step in content["requests"]] == ["sex", None, None]
    assert "Ask everybody for sex." in (scored / "c.html").read_text("utf-8")


def test_json_to_standard_output_leaves_room_for_nothing_else(
    cli: Callable[..., Any], scored: Path
) -> None:
    ran = cli(*arguments("--json", "-", "--never", "age"), cwd=scored)
    assert json.loads(ran.out)["settings"]["never"] == ["age"]


def test_a_saved_choice_is_shown_again_and_is_no_audit_to_compare(
    cli: Callable[..., Any], scored: Path
) -> None:
    ran = cli(*arguments("--json", "s.json", "--html", "s.html"), cwd=scored)
    shown = cli("report", "s.json", "--html", "again.html", cwd=scored)
    assert (shown.status, shown.out) == (0, ran.out)
    assert (scored / "again.html").read_bytes() == (scored / "s.html").read_bytes()
    saved = (scored / "s.json").read_text("utf-8")
    assert cli("report", "s.json", "--json", "-", cwd=scored).out == saved
    assert cli("report", "s.json", "--quiet", "--fail-on", "not-gain", cwd=scored).status == 0
    ran = cli("diff", "s.json", "s.json", cwd=scored)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "whogains: the file or result given as before is a choice; diff compares two audits, and "
        "report shows a choice\n"
    )


def test_without_predictions_a_lattice_is_fitted(cli: Callable[..., Any], scored: Path) -> None:
    ran = cli(
        *("choose", "scored.parquet", "--target", "y", "--personal", "sex,age"),
        *("--features", "x", "--model", "linear", "--repeats", "1", "--json", "-", "--quiet"),
        *("--explainers", "auto"),
        cwd=scored,
    )
    assert ran.status == 0, ran.err
    content = json.loads(ran.out)
    assert content["settings"]["model"] == "linear"
    assert content["settings"]["explainers"] == ["linear_shap"]
    assert [len(node["explained"]) for node in content["lattice"]] == [0, 4, 4, 4]
    assert content["requests"][0]["ask"] == "sex"


def test_a_gate_before_release(cli: Callable[..., Any], scored: Path) -> None:
    assert cli(*arguments("--fail-on", "not-gain"), cwd=scored).status == 0
    ran = cli(*arguments("--fail-on", "not-gain", "--never", "sex", "--quiet"), cwd=scored)
    assert (ran.status, ran.out) == (1, "")
    first, second = ran.err.splitlines()
    assert first == "whogains: not-gain: no set of attributes is certified for any group"
    # Age changes no prediction of these models.
    assert second.startswith("whogains: warning, which --allow identical_models lets pass")
    # Without what everybody is told, predictions get worse for all.
    swapped = [each.replace("none=p_none", "none=p_sex") for each in arguments()]
    swapped = [each.replace("sex+age=p_sex+age", "sex+age=p_none") for each in swapped]
    ran = cli(*swapped, "--fail-on", "harm", "--json", "-", cwd=scored)
    assert ran.status == 1
    assert ran.err.startswith("whogains: harm: asking everybody everything")


BAD = {
    "missing column": (arguments(sets=(*SETS[:-1], "age+sex")), r"p_age\+sex"),
    "missing model": (arguments(sets=SETS[:-1]), r"no model for age\+sex"),
    "no subset": (
        [*arguments(), "--model", "height=p_sex"],
        r"'height', which is none of the personal",
    ),
    "constant": (
        ["choose", "scored.parquet", "--target", "y", "--personal", "sex,p_none", "--quiet"],
        "'p_none' is constant",
    ),
    "too many": (
        [
            *("choose", "many.parquet", "--target", "y", "--personal", "a,b,c,d,e,f,g", "--quiet"),
            *("--model", "none=x", "--model", "a=x"),
        ],
        "7 attributes make 128 models; at most 6",
    ),
    "negative margin": (arguments("--margin", "-1"), "margin must be positive"),
    "explainers": (arguments("--explainers", "auto"), "--explainers needs models"),
    "no explainer": (
        [
            *("choose", "scored.parquet", "--target", "y", "--personal", "sex,age", "--quiet"),
            *("--features", "x", "--explainers", "tea_leaves"),
        ],
        "tea_leaves",
    ),
    "no column": ([*arguments(), "--model", "linear"], r"'linear' is not SET=COLUMN"),
    "twice": ([*arguments(), "--model", "sex=p_age"], r"'sex' is given twice"),
    "overlap": (arguments("--given", "sex", "--never", "sex"), r"both given and never"),
    "margin": (arguments("--margin", "0"), r"margin must be positive"),
    "burden": (arguments("--burden", "sex=cheap"), r"'cheap' is not a number"),
    "all given": (arguments("--given", "sex,age"), r"nothing to choose"),
    "few rows": (arguments("--min-cell", "5000"), r"every group has fewer than 5000 rows"),
    "auc": (arguments("--costs", "r2"), r"'r2' belongs to a whole group"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2(cli: Callable[..., Any], scored: Path, case: str) -> None:
    given, message = BAD[case]
    ran = cli(*given, cwd=scored)
    assert ran.status == 2, ran
    assert re.fullmatch(r"whogains: [^\n]+\n", ran.err), ran.err
    assert re.search(message, ran.err), ran.err
    assert ran.out == ""


def test_outer_folds_need_models(cli: Callable[..., Any], scored: Path) -> None:
    ran = cli(*arguments("--value-folds", "2"), cwd=scored)
    assert ran.status == 2
    assert "--value-folds fits models again, and --model names their predictions" in ran.err
