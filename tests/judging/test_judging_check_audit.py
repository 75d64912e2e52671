"""The script that checks saved audits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
COSTS = ("squared_error", "absolute_error")


def _check(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_audit.py", *files],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_checker_accepts_audits_and_tells_what_is_wrong(tmp_path: Path, judge) -> None:
    rng = np.random.default_rng(6)
    audits = (
        judge({name: [rng.normal(0.3, 1, 700), rng.normal(0, 1, 700)] for name in COSTS}),
        judge({"brier": [rng.uniform(-0.2, 0.9, 40), []]}),
        judge([[0.1], np.zeros(90), []], with_rows=False),
    )
    good = [tmp_path / f"good{i}.json" for i in range(3)]
    for path, made in zip(good, audits, strict=True):
        made.to_json(path)
    done = _check(*good)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{path}: ok, {made.data.rows} rows, {len(made.costs[0].groups)} groups, "
        f"{len(made.costs)} costs"
        for path, made in zip(good, audits, strict=True)
    ]

    def broken(name: str, change: Callable[[dict[str, Any]], object]) -> Path:
        content = json.loads(good[0].read_text("utf-8"))
        change(content["costs"][0])
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(content), "utf-8")
        return path

    wrong = [
        (broken("rows", lambda c: c["groups"][0].update(n=3)), "rows in groups"),
        (broken("bop", lambda c: c["groups"][0].update(cost_generic=9.0)), "is not 9.0 - "),
        (broken("gamma", lambda c: c["gamma"].update(bop=-1.0)), "gamma -1.0 is not the least"),
        (broken("p", lambda c: c["gamma"].update(p_every_group_gains=0.5)), "not the largest"),
        (
            broken("verdict", lambda c: c["groups"][0].update(verdict="harm", reason=None)),
            "the p-values say",
        ),
        (broken("limits", lambda c: c["limits"].update(below=0.9, above=0.1)), "exceeds limits"),
        (broken("schema", lambda c: c.pop("kind")), "$.costs[0]: 'kind' is a required property"),
        (broken("nan", lambda c: c.update(epsilon=float("nan"))), "NaN is no JSON number"),
        (tmp_path / "none.json", "No such file"),
    ]
    done = _check(*(path for path, _ in wrong), good[0])
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == len(wrong) + 1
    for line, (path, message) in zip(lines, wrong, strict=False):
        assert line.startswith(f"{path}: WRONG: ")
        assert message in line
    assert lines[-1].startswith(f"{good[0]}: ok")
    assert _check().returncode == 1
