"""Wrong usage and bad input: exit 2 and one line that names the fault, before any work."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

COMPARE = ("--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex")
AUDIT = (
    *("--target", "y", "--personal", "sex", "--model", "linear", "--explainers", "none"),
    *("--repeats", "1", "--placebo", "0"),
)


def _compare(file: str, *more: str) -> tuple[str, ...]:
    return ("compare", file, *COMPARE, *more)


def _audit(file: str, *more: str) -> tuple[str, ...]:
    return ("audit", file, *AUDIT, *more)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory, people: pd.DataFrame) -> Path:
    """Give a folder of files, each with something wrong."""
    folder = tmp_path_factory.mktemp("bad")
    n = len(people)

    def variant(name: str, **columns: Any) -> None:
        people.assign(**columns).to_csv(folder / f"{name}.csv", index=False)

    def put(column: str, rows: list[int], values: list[float]) -> pd.Series:
        changed = people[column].copy()
        changed.iloc[rows] = values
        return changed

    people.to_csv(folder / "good.csv", index=False)
    people.to_parquet(folder / "whole.parquet")
    whole = (folder / "whole.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "binary.csv").write_bytes(np.random.default_rng(1).bytes(3000))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "header.csv").write_text("y,p0,p1,sex\n")
    (folder / "ragged.csv").write_text("y,p0,p1,sex\n1,.2,.3,f\n0,.1\n")
    (folder / "folder.csv").mkdir()
    (folder / "other.json").write_text('{"a": 1}')
    (folder / "schema.json").write_text('{"schema": 2, "costs": []}')
    variant("constant", y=1)
    variant("missing", y=np.nan)
    variant("three", y=np.arange(n) % 3)
    variant("letters", y=np.array(list("abc"))[np.arange(n) % 3])
    variant("outside", p0=put("p0", [3, 59], [1.5, -2.0]))
    variant("nan", p1=put("p1", [7, 8, 200], [np.nan] * 3))
    variant("inf", p1=put("p1", [11], [np.inf]))
    variant("text", p0="high")
    variant("same", sex="f")
    variant("levels", sex=[f"level {i % 60}" for i in range(n)])
    variant("disguise", told=people["y"].map({0: "no", 1: "yes"}))
    variant("weights", w=np.where(np.arange(n) == 4, 0.0, 1.0))
    variant("clusters", c=[None if i in {5, 6} else "a" for i in range(n)])
    return folder


CASES: dict[str, tuple[tuple[str, ...], str]] = {
    # files
    "no such file": (_compare("none.csv"), r"no such file: none\.csv"),
    "folder": (_compare("folder.csv"), r"folder\.csv (is a folder|holds neither Parquet nor CSV)"),
    "binary": (_compare("binary.csv"), r"binary\.csv"),
    "cut parquet": (_audit("cut.parquet"), r"cut\.parquet is not a whole Parquet file"),
    "empty": (_compare("empty.csv"), r"empty\.csv is empty"),
    "header only": (_audit("header.csv"), r"header\.csv has no rows"),
    "ragged": (_compare("ragged.csv"), r"ragged\.csv, line 3: Expected 4 columns, got 2"),
    "no table": (_compare("other.json"), r"other\.json is neither Parquet nor CSV"),
    # columns
    "unknown target": (_compare("good.csv", "--target", "Y"), r"no column 'Y'; it has y, x, z"),
    "unknown weight": (_compare("good.csv", "--weight", "w"), r"no column 'w'"),
    "unknown personal": (_audit("good.csv", "--personal", "sex,age"), r"no column 'age'"),
    "unknown feature": (_audit("good.csv", "--features", "x,q"), r"no column 'q'"),
    "unknown drop": (_audit("good.csv", "--drop", "q"), r"no column 'q'"),
    "no group": (_compare("good.csv", "--groups", ""), r"--groups names no column"),
    "no personal": (_audit("good.csv", "--personal", ""), r"--personal names no column"),
    "no feature": (
        _audit("good.csv", "--drop", "x,z,race,p0,p1"),
        r"has no column left for the features",
    ),
    # the outcome
    "constant target": (_compare("constant.csv"), r"y is constant: every value is 1"),
    "missing target": (_audit("missing.csv"), r"y has no values: all 300 rows are missing"),
    "cost for two values": (
        _compare("three.csv", "--costs", "zero_one"),
        r"cost 'zero_one' needs an outcome with two values, and y is read for regression",
    ),
    "cost for numbers": (
        _compare("good.csv", "--costs", "r2"),
        r"cost 'r2' needs an outcome of numbers, .* and y is read for classification",
    ),
    "letters": (
        _compare("letters.csv"),
        r"generic predicts '0\.\d+' in row 0 .*, which is no class of y \('a', 'b', 'c'\)",
    ),
    "positive": (_compare("good.csv", "--positive", "7"), r"positive='7' is not a value of y"),
    # predictions
    "outside": (
        _compare("outside.csv"),
        r"p0 has 2 values outside \[0, 1\], the first \(1\.5\) in row 3",
    ),
    "nan": (_compare("nan.csv"), r"p1 has 3 missing values, the first in row 7"),
    "infinite": (_compare("inf.csv"), r"p1 has 1 infinite values, the first in row 11"),
    "text predictions": (_compare("text.csv"), r"p0 holds text where numbers are needed"),
    # attributes
    "constant personal": (_audit("same.csv"), r"personal attribute 'sex' is constant"),
    "constant group": (_compare("same.csv"), r"column 'sex' is constant"),
    "levels": (_audit("levels.csv"), r"'sex' has 60 levels, more than 50.*--max-levels"),
    "more levels": (
        _compare("levels.csv", "--max-levels", "59"),
        r"'sex' has 60 levels, more than 59",
    ),
    "max groups": (
        _compare("good.csv", "--groups", "sex,race", "--max-groups", "3"),
        r"crossing sex, race makes 4 groups, more than 3.*--max-groups",
    ),
    "personal feature": (
        _audit("good.csv", "--features", "x,sex"),
        r"column 'sex' is personal and also a feature of the generic model",
    ),
    "target as feature": (
        _audit("good.csv", "--features", "x,y"),
        r"column 'y' is the target and also a feature",
    ),
    "target as personal": (
        _audit("good.csv", "--personal", "y"),
        r"personal attribute 'y' is the target 'y' itself",
    ),
    "target in disguise": (
        _audit("disguise.csv", "--personal", "sex,told"),
        r"personal attribute 'told' is the target 'y' itself",
    ),
    "weight": (
        _compare("weights.csv", "--weight", "w"),
        r"w must be positive, and is not in 1 rows, the first \(0\) in row 4",
    ),
    "cluster": (
        _compare("clusters.csv", "--cluster", "c"),
        r"c is missing in 2 rows, the first in row 5",
    ),
    # settings
    "epsilon zero": (_compare("good.csv", "--epsilon", "0"), r"epsilon must be positive.* not 0"),
    "epsilon negative": (_audit("good.csv", "--epsilon", "-1"), r"epsilon must be positive"),
    "epsilon nan": (_compare("good.csv", "--epsilon", "nan"), r"epsilon must be positive"),
    "epsilon text": (_compare("good.csv", "--epsilon", "x"), r"--epsilon: 'x' is not a number"),
    "epsilon of a cost": (
        _compare("good.csv", "--epsilon", "brier=.01,foo=.2"),
        r"epsilon names the cost 'foo', which is not audited; audited are zero_one, brier",
    ),
    "epsilon half": (_compare("good.csv", "--epsilon", "brier=.01,2"), r"'2' is not COST=NUMBER"),
    "cost": (_compare("good.csv", "--costs", "magic"), r"cost 'magic'.*choose from zero_one"),
    "explainer": (
        _audit("good.csv", "--explainers", "magic"),
        r"explainer 'magic' is not known; choose from",
    ),
    "model": (_audit("good.csv", "--model", "magic"), r"model 'magic'.*gradient_boosting, linear"),
    "method": (_compare("good.csv", "--method", "magic"), r"method must be auto, .*not 'magic'"),
    "task": (_compare("good.csv", "--task", "magic"), r"--task must be classification or regr"),
    "correction": (_compare("good.csv", "--correction", "magic"), r"--correction must be within"),
    "convention": (_compare("good.csv", "--convention", "magic"), r"--convention must be average"),
    "change": (_audit("good.csv", "--change", "magic"), r"--change must be label or squared"),
    "folds": (_audit("good.csv", "--folds", "1"), r"folds=1: cross-fitting needs at least 2"),
    "many folds": (_audit("good.csv", "--folds", "301"), r"folds=301, but there are 300 rows"),
    "keep none": (_audit("good.csv", "--keep", "0"), r"keep=0: a count .* from 1 to the 5"),
    "keep too many": (_audit("good.csv", "--keep", "1000"), r"keep=1000: a count .* from 1 to"),
    "keep text": (_audit("good.csv", "--keep", "x"), r"--keep: 'x' is not a number"),
    "alpha": (_compare("good.csv", "--alpha", "2"), r"alpha must be above 0 .* not 2"),
    "power": (_compare("good.csv", "--power", "1.5"), r"power must be above alpha .* not 1\.5"),
    "tolerated": (
        _compare("good.csv", "--tolerated-error", ".5"),
        r"tolerated_error must be .* below 0\.5",
    ),
    "seed": (_compare("good.csv", "--seed", "-1"), r"random_state must be .* from 0 .* not -1"),
    # usage
    "no command": ((), r"no command \(see whogains --help\)"),
    "wrong command": (("magic",), r"No such command 'magic'"),
    "wrong option": (_compare("good.csv", "--magic"), r"No such option: --magic"),
    "missing option": (("compare", "good.csv"), r"Missing option '--target'"),
    "missing argument": (("report",), r"Missing argument"),
    "option without value": (_compare("good.csv", "--alpha"), r"'?--alpha'? requires an argument"),
    "no number": (_compare("good.csv", "--alpha", "x"), r"'--alpha'.*(valid|number|float)"),
    "fail on": (_compare("good.csv", "--fail-on", "magic"), r"'--fail-on'.*'harm', 'not-gain'"),
    # plan
    "n zero": (("plan", "--n", "0,10"), r"n must be positive whole numbers, got 0"),
    "n text": (("plan", "--n", "10,x"), r"--n: 'x' is not a number"),
    "n none": (("plan", "--n", ""), r"n must be one number per group"),
    "n part": (("plan", "--n", "10.5,20"), r"n must be positive whole numbers, got 10\.5"),
    "sd zero": (("plan", "--n", "10,20", "--sd", "0,1"), r"sd must be positive, got 0"),
    "sd negative": (("plan", "--n", "10,20", "--sd", "-1"), r"sd must be .*, got -1"),
    "sd length": (("plan", "--n", "10,20", "--sd", "1,1,1"), r"sd must be one .* per group \(2\)"),
    "plan epsilon": (("plan", "--n", "10", "--epsilon", "0"), r"epsilon must be .*positive"),
    "plan groups": (("plan", "--n", "10,20", "--groups", "a"), r"one label per group \(2\), got 1"),
    "plan shares": (("plan", "--n", "10,20", "--shares", "1"), r"shares must be one per group"),
    "plan family": (("plan", "--n", "10", "--family", "magic"), r"--family must be .*'magic'"),
    # report, demo
    "no audit": (("report", "none.json"), r"no such file: none\.json"),
    "not json": (("report", "good.csv"), r"good\.csv is not JSON"),
    "not text": (("report", "whole.parquet"), r"whole\.parquet is not JSON"),
    "a folder": (("report", "folder.csv"), r"folder\.csv is a folder"),
    "other json": (("report", "other.json"), r"other\.json is not an audit"),
    "other schema": (("report", "schema.json"), r"schema\.json has schema 2; .* schema 1"),
    "demo": (("demo", "magic"), r"no demo 'magic'; choose from systolic, hypertension"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_line_and_exit_2(cli: Callable[..., Any], bad: Path, case: str) -> None:
    arguments, message = CASES[case]
    ran = cli(*arguments, cwd=bad)
    assert ran.status == 2, ran
    assert re.fullmatch(r"whogains: [^\n]+\n", ran.err), ran.err
    assert re.search(message, ran.err), ran.err
    assert ran.out == "" or case == "no command"


# In a folder that is not there, below a file, and a folder itself.
UNWRITABLE = ("none/out", "good.csv/out", "folder.csv")
TRIED = [
    *(
        (_compare("none.csv"), option, path)
        for option in ("--json", "--html")
        for path in UNWRITABLE
    ),
    (_audit("none.csv"), "--json", "none/out"),
    (_audit("none.csv"), "--html", "good.csv/out"),
    (("plan", "--n", "none"), "--json", "good.csv/out"),
    (("plan", "--n", "none"), "--html", "none/out"),
    (("report", "none.json"), "--json", "none/out"),
    (("report", "none.json"), "--html", "folder.csv"),
]


@pytest.mark.parametrize(
    ("arguments", "option", "path"),
    TRIED,
    ids=lambda part: part if isinstance(part, str) else part[0],
)
def test_an_output_path_is_tried_before_any_input_is_read(
    cli: Callable[..., Any], bad: Path, arguments: tuple[str, ...], option: str, path: str
) -> None:
    before = sorted(bad.iterdir())
    ran = cli(*arguments, option, path, cwd=bad)
    # The input is wrong too: that is not noticed, since the path is tried first.
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(rf"whogains: cannot write {path}: [^\n]+\n", ran.err)
    assert sorted(bad.iterdir()) == before


def test_trying_a_path_leaves_nothing_behind_and_nothing_changed(
    cli: Callable[..., Any], bad: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.html").write_text("old")
    new = tmp_path / "new.json"
    ran = cli(
        *_compare("none.csv", "--json", str(new), "--html", str(tmp_path / "old.html")), cwd=bad
    )
    assert (ran.status, new.exists()) == (2, False)
    assert (tmp_path / "old.html").read_text() == "old"


@pytest.mark.parametrize("command", ["compare", "audit", "report"])
@pytest.mark.parametrize("option", ["--json", "--html"])
def test_the_input_is_never_written_over(
    cli: Callable[..., Any], bad: Path, command: str, option: str
) -> None:
    more = {"compare": COMPARE, "audit": AUDIT, "report": ()}[command]
    before = (bad / "good.csv").read_bytes()
    ran = cli(command, "good.csv", *more, option, str(bad / "good.csv"), cwd=bad)
    assert ran.status == 2
    assert ran.err.endswith("good.csv is the file that is read; write to another one\n")
    assert (bad / "good.csv").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("--alpha", "3"), ("--folds", "1"), ("--explainers", "magic"), ("--html", "none/x.html")],
    ids=lambda arguments: arguments[0],
)
def test_a_demo_that_cannot_start_leaves_no_folder(
    cli: Callable[..., Any], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ran = cli("demo", "--out", "made/here", *arguments, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"whogains: [^\n]+\n", ran.err)
    assert not (tmp_path / "made" / "here").exists()


def test_a_demo_below_a_file(cli: Callable[..., Any], bad: Path) -> None:
    ran = cli("demo", "--out", "good.csv/here", cwd=bad)
    assert ran.status == 2
    assert re.fullmatch(r"whogains: cannot make the folder good\.csv.here: [^\n]+\n", ran.err)


def test_the_installed_command_answers_before_it_fits(
    spawn: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    ran = spawn("demo", "--html", "none/x.html", cwd=tmp_path)
    imported, last = ran.err.splitlines()[:-1], ran.err.splitlines()[-1]
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"whogains: cannot write none.x\.html: [^\n]+", last)
    assert list(tmp_path.iterdir()) == []
    names = {line.rpartition("|")[2].strip() for line in imported}
    assert "whogains.cli.app" in names
    assert not names & {"numpy", "sklearn", "shap", "torch"}


def test_a_name_from_the_data_cannot_drive_the_terminal(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    name = "y\x1b[31m\nred"
    pd.DataFrame({name: [1, 1], "p": [0.5, 0.5], "g": ["a", "b"]}).to_csv(
        tmp_path / "f.csv", index=False
    )
    ran = cli(
        *("compare", "f.csv", "--target", name, "--generic", "p", "--personalized", "p"),
        *("--groups", "g"),
        cwd=tmp_path,
    )
    assert ran.status == 2
    assert ran.err == "whogains: y [31m red is constant: every value is 1\n"
