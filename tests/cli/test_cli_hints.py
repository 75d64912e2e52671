"""What the command line says to a newcomer: panels, hints, and which option a note means."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg

from .conftest import environment, script

COMPARE = ("--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex")
AUDIT = ("--target", "y", "--personal", "sex", "--drop", "p0,p1,race")
FAST = ("--model", "linear", "--explainers", "none", "--repeats", "1", "--placebo", "0")
Cli = Callable[..., Any]


@pytest.mark.parametrize(("theirs", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_that_wait_leave_the_core_to_others(
    theirs: str | None, found: str, tmp_path: Path
) -> None:
    # OpenMP reads it when it is loaded, so it must be there before torch and scikit-learn are.
    code = (
        "import atexit, os, sys; sys.argv = ['whogains', 'plan', '--help']\n"
        "loaded = lambda: {'torch', 'sklearn'} & set(sys.modules) or 'none'\n"
        "atexit.register(lambda: print(os.environ['OMP_WAIT_POLICY'], loaded()))\n"
        "from whogains.cli import run; run()"
    )
    own = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
    own |= {} if theirs is None else {"OMP_WAIT_POLICY": theirs}
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=own,
        check=True,
        cwd=tmp_path,
    )
    assert run.stdout.splitlines()[-1] == f"{found} none"


def test_the_help_of_audit_is_in_panels(cli: Cli) -> None:
    out = cli("audit", "--help").out
    panels = re.findall(r"─ ([A-Z]\w+) ─", out)
    assert [name for name in panels if name not in {"Arguments", "Options"}] == [
        "Data",
        "Models",
        "Explanations",
        "Statistics",
        "Running",
        "Output",
    ]
    # Nothing but the help itself is left outside.
    (loose,) = re.findall(r"─ Options ─+╮\n(.*?)╰", out, re.DOTALL)
    assert re.findall(r"--[a-z-]+", loose) == ["--help"]
    assert all(len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("audit", "--nope"), "(see whogains audit --help)"),
        (("frob",), "(see whogains --help)"),
        (("compare", "people.csv", *COMPARE, "--epsilon", "brier:.01"), "as in brier=.01"),
        (("compare", "people.csv", *COMPARE, "--epsilon", "small"), "as in brier=.01"),
        (("compare", "people.csv", *COMPARE, "--epsilon", "brier=x"), "'x' is not a number"),
        (("compare", "people.csv", *COMPARE, "--epsilon", "brier=.1,x"), "is not COST=NUMBER"),
        (("report", "notes.txt"), "is not JSON, which `whogains audit --json` writes"),
        (("report", "people.parquet"), "is not JSON"),
        (("audit", "people.csv", *AUDIT, "--device", "cuda"), "--device is for networks"),
        (("audit", "people.csv", *AUDIT, "--feature-groups", "x"), "is not COLUMN=GROUP"),
        (("audit", "people.csv", *AUDIT, "--feature-groups", "gone=g"), "gone"),
    ],
)
def test_hints(cli: Cli, place: Path, arguments: tuple[str, ...], told: str) -> None:
    (place / "notes.txt").write_text("hello\n")
    ran = cli(*arguments, cwd=place)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert told in ran.err


def test_a_device_that_is_not_there(cli: Cli, place: Path) -> None:
    pytest.importorskip("torch")
    how = ("--model", "mlp", "--explainers", "none")
    ran = cli("audit", "people.csv", *AUDIT, *how, "--device", "cuda:99", cwd=place)
    assert (ran.status, ran.out) == (2, "")
    assert "'cuda:99' was asked for" in ran.err


def test_a_network_on_the_processor_by_name(cli: Cli, people: pd.DataFrame, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    people.head(80).to_csv(tmp_path / "few.csv", index=False)
    how = ("--model", "mlp", "--explainers", "none", "--folds", "2", "--device", "cpu")
    ran = cli("audit", "few.csv", *AUDIT, *how, "--json", "-", cwd=tmp_path)
    assert (ran.status, ran.err) == (0, "")
    settings = json.loads(ran.out)["settings"]
    assert (settings["model"], settings["device"]) == ("MLPClassifier", "cpu")


def test_what_python_has_the_command_line_has(cli: Cli, place: Path, people: pd.DataFrame) -> None:
    ran = cli(
        *("audit", "people.csv", *AUDIT, "--model", "linear", "--explainers", "linear_shap"),
        *("--signed", "--feature-groups", "x=both,z=both", "--baseline", "zeros", "--keep", "1"),
        *("--json", "-"),
        cwd=place,
    )
    assert (ran.status, ran.err) == (0, "")
    found = wg.audit(
        people[["x", "z"]],
        people["y"],
        personal=people[["sex"]],
        model="linear",
        explainers=["linear_shap"],
        signed=True,
        feature_groups={"x": "both", "z": "both"},
        baseline="zeros",
        keep=1,
    )
    content, library = json.loads(ran.out), json.loads(found.to_json())
    assert content["settings"]["ranking"] == "signed"
    # The last digits depend on the number of threads.
    for one, other in zip(content["costs"], library["costs"], strict=True):
        for a, b in zip(one["groups"], other["groups"], strict=True):
            if b["bop"] is None:
                assert a["bop"] is None
            else:
                assert a["bop"] == pytest.approx(b["bop"], rel=1e-6)


def test_a_demo_with_another_baseline(cli: Cli, tmp_path: Path) -> None:
    how = ("--model", "linear", "--explainers", "linear_shap", "--folds", "2", "--quiet")
    ran = cli("demo", "--out", tmp_path, *how, "--baseline", "zeros")
    assert (ran.status, ran.err) == (0, "")
    content = json.loads((tmp_path / "audit.json").read_text("utf-8"))
    assert content["settings"]["baseline"] == "zeros"


@pytest.fixture
def repeated(people: pd.DataFrame, tmp_path: Path) -> Path:
    """Give a folder with people who stand in two rows each, by an id that nothing reads."""
    frame = people.assign(patient_id=np.arange(len(people)) // 2, other_id=np.arange(len(people)))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    return tmp_path


@pytest.mark.parametrize("file", ["rows.csv", "rows.parquet"])
@pytest.mark.parametrize("more", [(), ("--rows-in-memory", "0"), ("--cluster", "patient_id")])
def test_compare_tells_a_repeated_id_that_it_does_not_read(
    cli: Cli, repeated: Path, file: str, more: tuple[str, ...]
) -> None:
    ran = cli("compare", file, *COMPARE, *more, "--json", "-", cwd=repeated)
    assert (ran.status, ran.err) == (0, "")
    told = [note for note in json.loads(ran.out)["notes"] if "repeated id" in note]
    if "--cluster" in more:
        assert told == []
        return
    (note,) = told
    assert "'patient_id' looks like a repeated id and no cluster" in note
    assert "cluster='patient_id'" in note
    assert "--cluster patient_id" in note


def test_evidence_tells_it_too(cli: Cli, repeated: Path) -> None:
    made = cli("evidence", "rows.csv", *COMPARE, "-o", "sums", cwd=repeated)
    assert (made.status, made.err) == (0, "")
    found = json.loads(cli("merge", "sums", "--json", "-", cwd=repeated).out)
    assert any("--cluster patient_id" in note for note in found["notes"])


def test_a_dropped_id_is_told_in_the_notes(cli: Cli, repeated: Path) -> None:
    drop = "p0,p1,race,patient_id,other_id"
    how = ("--target", "y", "--personal", "sex", "--drop", drop, *FAST)
    ran = cli("audit", "rows.csv", *how, "--json", "audit.json", cwd=repeated)
    assert (ran.status, ran.err) == (0, "")
    content = json.loads((repeated / "audit.json").read_text("utf-8"))
    (note,) = [note for note in content["notes"] if "repeated id" in note]
    assert note in " ".join(ran.out.split())
    quiet = cli("audit", "rows.csv", *how, "--cluster", "patient_id", "--json", "-", cwd=repeated)
    assert not any("repeated id" in note for note in json.loads(quiet.out)["notes"])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("audit", "--help"), 0),
        (("--version",), 0),
        (("compare", "people.csv", *COMPARE, "--html", "page.html"), 0),
        (("compare", "people.csv", *COMPARE, "--json", "-"), 0),
        (("compare", "people.csv", *COMPARE, "--fail-on", "not-gain"), 1),
        (("plan", "--n", "400,500", "--html", "page.html"), 0),
    ],
)
def test_a_reader_that_has_gone_is_no_error(
    people: pd.DataFrame, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    people.assign(p1=0.5).to_csv(tmp_path / "people.csv", index=False)
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*script(), *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            encoding="utf-8",
            env=environment(),
            timeout=120,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (status, "")
    # What was asked for besides the terminal is there.
    assert (tmp_path / "page.html").exists() == ("page.html" in arguments)
