"""Costs of one's own on the command line: code is run and said so, and what is wrong is a line."""

import json
from pathlib import Path

import pytest

from whogains.cli import main

CODE = """
import whogains as wg

def late(y, p):
    return abs(y - p) > 0.45

skill = wg.Metric("skill", value=lambda y, p, w: 1 - sum(w * abs(y - p)) / sum(w))
number = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["y,p0,p1,sex"]
    rows += [f"{i % 2},{0.3 + 0.02 * (i % 13)},{0.2 + 0.5 * (i % 2)},{'fm'[i % 3 == 0]}"
             for i in range(600)]  # fmt: skip
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "my_costs.py").write_text(CODE)
    (tmp_path / "broken.py").write_text("1 / 0")
    return tmp_path


def run(folder: Path, command: str, *options: str) -> int:
    columns = [
        "--target",
        "y",
        "--generic",
        "p0",
        "--personalized",
        "p1",
        "--groups",
        "sex",
        "--quiet",
    ]
    return main([command, str(folder / "rows.csv"), *columns, "--quiet", *options])


def test_own_costs_are_audited_and_the_code_that_runs_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = str(folder / "my_costs.py")
    options = ["--cost-module", f"{module}:late", "--cost-module", f"{module}:skill"]
    options += ["--costs", "brier,f1", "--prices", "fp=1,fn=5"]
    out = folder / "audit.json"
    assert run(folder, "compare", *options, "--json", str(out)) == 0
    error = capsys.readouterr().err
    assert error.count("running the code in") == 2
    assert "my_costs.py" in error
    names = [cost["name"] for cost in json.loads(out.read_text())["costs"]]
    assert names == ["brier", "f1", "late", "skill", "cost_matrix"]


def test_evidence_of_an_own_cost_merges_without_its_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = folder / "e.json"
    options = ["--cost-module", f"{folder / 'my_costs.py'}:late", "-o", str(made)]
    assert run(folder, "evidence", *options) == 0
    (folder / "my_costs.py").unlink()
    assert main(["merge", str(made), "--quiet", "--json", str(folder / "m.json")]) == 0
    (cost,) = json.loads((folder / "m.json").read_text())["costs"]
    assert cost["name"] == "late"
    assert "a cost that the user declared" in cost["declared"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--cost-module", "my_costs.py", "FILE.py:NAME"),
        ("--cost-module", "{}/none.py:late", "no such file"),
        ("--cost-module", "{}/my_costs.py:other", "nothing called 'other'"),
        ("--cost-module", "{}/my_costs.py:number", "neither a function nor a cost"),
        ("--cost-module", "{}/broken.py:late", "fails: ZeroDivisionError"),
        ("--prices", "fp=1", "fp=NUMBER,fn=NUMBER"),
        ("--prices", "fp=1,fn=2,xx=3", "fp=NUMBER,fn=NUMBER"),
        ("--prices", "fp=1,fn=b", "'b'"),
    ],
)
def test_what_is_wrong_is_one_line(
    folder: Path, option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "compare", option, value.format(folder)) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert said in error
