"""The commands as a user calls them: what they print, write and return."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

import whogains as wg
from whogains.files import read_table

PLAN = ("plan", "--n", "4111,1662,5465,2099", "--sd", ".7825,.8775,.7403,.8238")
COMPARE = ("--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex")
AUDIT = ("--target", "y", "--personal", "sex", "--drop", "p0,p1,race")
FAST = ("--model", "linear", "--explainers", "none", "--repeats", "1", "--placebo", "0")

Cli = Callable[..., Any]


def _content(text: str) -> dict[str, Any]:
    """Read JSON as JSON has it, without what may differ between two runs."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    content: dict[str, Any] = json.loads(text, parse_constant=refuse)
    del content["created"]
    return content


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


@pytest.mark.parametrize("command", ["demo", "audit", "compare", "plan", "report", None])
def test_help(cli: Cli, command: str | None) -> None:
    ran = cli(*([command] if command else []), "--help")
    assert (ran.status, ran.err) == (0, "")
    assert "Usage: whogains" in ran.out
    expected = "--json" if command else "compare"
    assert expected in ran.out
    assert ran.out == cli(*([command] if command else []), "-h").out


def test_version(spawn: Cli) -> None:
    ran = spawn("--version")
    assert (ran.status, ran.out, ran.err) == (0, f"whogains {wg.__version__}\n", "")


def test_compare_says_what_the_library_says(cli: Cli, place: Path, people: pd.DataFrame) -> None:
    ran = cli("compare", "people.csv", *COMPARE, "--json", "-", cwd=place)
    assert (ran.status, ran.err) == (0, "")
    found = wg.compare(
        people["y"], generic=people["p0"], personalized=people["p1"], groups=people[["sex"]]
    )
    assert _content(ran.out) == _content(found.to_json())
    # And both say what counting by hand says.
    wrong = people.assign(
        before=(people["p0"] >= 0.5) != people["y"], after=(people["p1"] >= 0.5) != people["y"]
    )
    means = wrong.groupby("sex")[["before", "after"]].mean()
    for group in found.costs[0].groups:
        assert group.cost_generic == pytest.approx(means.loc[group.group["sex"], "before"])
        assert group.cost_personalized == pytest.approx(means.loc[group.group["sex"], "after"])
        assert group.verdict == "gain"


def test_margin_and_rule_reach_the_findings(cli: Cli, place: Path) -> None:
    asked = ("--margin", "brier=.02", "--rule", "paper", "--epsilon", ".001")
    ran = cli("compare", "people.csv", *COMPARE, *asked, "--json", "-", cwd=place)
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["settings"]["margin"] == {"brier": 0.02}
    assert [cost["margin"] for cost in found["costs"]][:2] == [None, 0.02]
    assert found["costs"][1]["gamma"]["p_non_inferior"] < 0.05
    assert {cost["gamma"]["test"] for cost in found["costs"]} == {"the paper's rule, no test"}
    for wrong, said in (
        (("--margin", "brier:.02"), "--margin: 'brier:.02' is not a number; for single costs"),
        (("--rule", "coin"), "--rule must be"),
    ):
        ran = cli("compare", "people.csv", *COMPARE, *wrong, cwd=place)
        assert ran.status == 2
        assert said in ran.err


def test_text_and_parquet_give_the_same(cli: Cli, place: Path) -> None:
    first, second = (
        _content(cli("audit", file, *AUDIT, *FAST, "--json", "-", cwd=place).out)
        for file in ("people.csv", "people.parquet")
    )
    assert first == second
    assert first["data"]["personal"] == ["sex"]


def test_explanation_costs_that_are_asked_for(cli: Cli, place: Path) -> None:
    few = ("audit", "people.csv", *AUDIT, "--model", "linear", "--repeats", "1", "--placebo", "0")
    ran = cli(*few, "--explanation-costs", "sufficiency_n", "--json", "-", cwd=place)
    found = json.loads(ran.out)
    names = [cost["name"] for cost in found["costs"] if cost["kind"] == "explanation"]
    assert names == found["settings"]["explanation_costs"] == ["sufficiency_n"]
    ran = cli(*few, "--explanation-costs", "clarity", cwd=place)
    assert ran.status == 2
    assert "explanation cost 'clarity' is unknown; choose from sufficiency" in ran.err


def test_an_audit_with_the_defaults(
    cli: Cli, place: Path, people: pd.DataFrame, tmp_path: Path
) -> None:
    saved, page = tmp_path / "audit.json", tmp_path / "report.html"
    ran = cli(
        *("audit", "people.parquet", *AUDIT, "--seed", "3"),
        *("--json", saved, "--html", page),
        cwd=place,
    )
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Who gains? y by sex\n300 rows audited; classification\n")
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    found = wg.read_json(saved)
    assert [cost.name for cost in found.costs if cost.kind == "explanation"] == [
        "sufficiency",
        "incomprehensiveness",
        "sufficiency_n",
        "incomprehensiveness_n",
    ]
    assert found.costs[-1].explainer == "tree_shap"
    # The same seed gives the same numbers, in another process and through the library.
    with threadpool_limits(1), warnings.catch_warnings():
        # Importing shap warns with some versions of what it draws with.
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        again = wg.audit(
            people[["x", "z"]],
            people["y"],
            personal=people[["sex"]],
            random_state=3,
        )
    assert _content(again.to_json()) == _content(saved.read_text("utf-8"))

    shown = cli("report", saved, "--html", tmp_path / "again.html")
    assert (shown.status, shown.out) == (0, ran.out)
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()
    assert cli("report", saved, "--json", "-").out == saved.read_text("utf-8")


def test_json_to_standard_output_is_alone_there(cli: Cli, place: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for arguments in (
        ("compare", "people.csv", *COMPARE, "--html", page),
        ("audit", "people.csv", *AUDIT, *FAST, "--html", page),
        (*PLAN, "--epsilon", ".03", "--html", page),
    ):
        ran = cli(*arguments, "--json", "-", cwd=place)
        assert (ran.status, ran.err) == (0, "")
        assert json.loads(ran.out)["schema"] == 1
        assert ran.out.startswith("{")
        assert ran.out.endswith("}\n")
        assert page.read_text("utf-8").startswith("<!")
        page.unlink()


def test_quiet_prints_nothing(cli: Cli, place: Path) -> None:
    for arguments in (
        ("compare", "people.csv", *COMPARE),
        ("audit", "people.csv", *AUDIT, *FAST),
        PLAN,
    ):
        ran = cli(*arguments, "--quiet", cwd=place)
        assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_plan_gives_the_limits(cli: Cli) -> None:
    ran = cli(*PLAN, "--epsilon", ".03", "--json", "-")
    limits = json.loads(ran.out)["limits"]
    # The table of the theory.
    assert limits["below"] == pytest.approx(0.275, abs=0.003)
    assert limits["above"] == pytest.approx(0.304, abs=0.003)
    assert limits["paper"] == 0
    assert limits["verdict"] == "untestable"
    doubled = json.loads(cli(*PLAN, "--epsilon", ".03", "--convention", "sum", "--json", "-").out)
    assert doubled["limits"]["below"] == pytest.approx(2 * limits["below"])
    assert doubled["settings"]["tolerated_error"] == 0.5
    told = cli(*PLAN, "--epsilon", ".03", "--groups", "a,b,c,d")
    assert told.status == 0
    assert "untestable at epsilon 0.03" in told.out
    named = json.loads(cli(*PLAN, "--groups", "a,b,c,d", "--json", "-").out)
    # The largest standard error: .8775 / sqrt(1662).
    assert named["solved"]["weakest_group"] == "b"
    assert named["limits"]["epsilon"] is None


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make three comparisons: everybody gains, one group is harmed, nothing is known."""
    folder = tmp_path_factory.mktemp("outcomes")
    n = 400
    y = np.tile([0, 1], n // 2)
    sex = np.repeat(["f", "m"], n // 2)
    right, wrong = np.where(y == 1, 0.9, 0.1), np.where(y == 1, 0.1, 0.9)
    half = np.where(np.arange(n) % 4 < 2, right, wrong)
    for name, p0, p1 in (
        ("gain", half, right),
        ("harm", half, np.where(sex == "f", right, wrong)),
        ("unknown", half, np.where(np.arange(n) % 80 == 3, right, half)),
    ):
        pd.DataFrame({"y": y, "p0": p0, "p1": p1, "sex": sex}).to_csv(
            folder / f"{name}.csv", index=False
        )
    return folder


@pytest.mark.parametrize(
    ("name", "fail_on", "status"),
    [
        ("gain", "harm", 0),
        ("gain", "not-gain", 0),
        ("harm", "harm", 1),
        ("harm", "not-gain", 1),
        ("unknown", "harm", 0),
        ("unknown", "not-gain", 1),
        ("harm", None, 0),
    ],
)
def test_the_exit_status_says_what_was_asked_of_it(
    cli: Cli, outcomes: Path, tmp_path: Path, name: str, fail_on: str | None, status: int
) -> None:
    asked = ("--fail-on", fail_on) if fail_on else ()
    saved = tmp_path / "saved.json"
    ran = cli(
        *("compare", f"{name}.csv", *COMPARE, "--costs", "zero_one", "--json", saved, *asked),
        cwd=outcomes,
    )
    assert (ran.status, ran.err) == (status, "")
    quiet = cli("report", saved, "--quiet", *asked)
    assert (quiet.status, quiet.out) == (status, "")
    # Where no table is shown, standard error names the groups and the cost.
    words = {
        "harm": "harm: 0-1 loss: m",
        "not-gain": "not every group is shown to gain: 0-1 loss: ",
    }
    assert quiet.err.startswith(f"whogains: {words[fail_on]}" if status else "")
    # One line for each cost that fails; and one where it passes and nothing is known.
    assert quiet.err.count("\n") == 1 or status == 0
    assert cli("report", saved, "--json", "-", *asked).err == quiet.err


def test_names_with_commas_and_quotes(cli: Cli, people: pd.DataFrame, tmp_path: Path) -> None:
    names = {"sex": "sex, at birth", "race": 'the "race"'}
    people.rename(columns=names).to_csv(tmp_path / "f.csv", index=False)
    ran = cli(
        *("compare", "f.csv", "--target", "y", "--generic", "p0", "--personalized", "p1"),
        *("--groups", '"sex, at birth","the ""race"""', "--json", "-"),
        cwd=tmp_path,
    )
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["data"]["groups"] == list(names.values())


def test_missing_attributes_are_a_group_and_missing_outcomes_are_counted(
    cli: Cli, people: pd.DataFrame, tmp_path: Path
) -> None:
    changed = people.astype({"y": "Int64"})
    changed.loc[:24, "sex"] = None
    changed.loc[290:, "y"] = pd.NA
    changed.to_csv(tmp_path / "f.csv", index=False)
    for command in (("compare", "f.csv", *COMPARE), ("audit", "f.csv", *AUDIT, *FAST)):
        ran = cli(*command, "--json", "-", cwd=tmp_path)
        assert (ran.status, ran.err) == (0, "")
        content = json.loads(ran.out)
        assert (content["data"]["rows"], content["data"]["rows_dropped"]) == (290, 10)
        groups = content["costs"][0]["groups"]
        assert [group["group"]["sex"] for group in groups] == ["Female", "Male", None]
        assert groups[-1]["n"] == 25
    assert "sex missing" in cli("compare", "f.csv", *COMPARE, cwd=tmp_path).out


def test_a_level_of_one_row_is_no_error_and_is_not_named(
    cli: Cli, people: pd.DataFrame, tmp_path: Path
) -> None:
    people.assign(sex=people["sex"].where(people.index > 0, "Other")).to_csv(
        tmp_path / "f.csv", index=False
    )
    ran = cli("compare", "f.csv", *COMPARE, "--json", "-", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    assert "Other" not in ran.out
    assert "a level is not named" in json.loads(ran.out)["notes"][-1]


def test_more_levels_on_request(cli: Cli, people: pd.DataFrame, tmp_path: Path) -> None:
    people.assign(sex=[f"level {i % 60}" for i in range(300)]).to_csv(
        tmp_path / "f.csv", index=False
    )
    ran = cli(
        *("compare", "f.csv", *COMPARE, "--max-levels", "60", "--costs", "zero_one"),
        *("--min-cell", "2", "--json", "-"),
        cwd=tmp_path,
    )
    assert (ran.status, ran.err) == (0, "")
    assert len(json.loads(ran.out)["costs"][0]["groups"]) == 60


def test_columns_with_a_part_of_their_own_are_no_features(
    cli: Cli, people: pd.DataFrame, tmp_path: Path
) -> None:
    frame = people.assign(w=1.0, id=[f"p{i // 2}" for i in range(300)], day="2020-01-02")
    frame.to_csv(tmp_path / "f.csv", index=False)
    ran = cli(
        *("audit", "f.csv", "--target", "y", "--personal", "sex", "--drop", "p0,p1,day", *FAST),
        *("--weight", "w", "--cluster", "id", "--groups", "race", "--json", "-"),
        cwd=tmp_path,
    )
    assert (ran.status, ran.err) == (0, "")
    named = read_table(tmp_path / "f.csv")
    library = wg.audit(
        named[["x", "z"]],
        named["y"],
        personal=named[["sex"]],
        groups=named[["race"]],
        sample_weight=named["w"],
        cluster=named["id"],
        model="linear",
        explainers=[],
        repeats=1,
        placebo=0,
    )
    assert _rounded(_content(ran.out)) == _rounded(_content(library.to_json()))
    assert library.data.groups == ("race",)


def test_a_terminal_that_lacks_a_letter(people: pd.DataFrame, tmp_path: Path) -> None:
    people.assign(sex=people["sex"].replace("Male", "Älv 中")).to_csv(
        tmp_path / "f.csv", index=False
    )
    code = "from whogains.cli import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "compare", "f.csv", *COMPARE],
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "COLUMNS": "80"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\xc4lv \u4e2d" in done.stdout
