"""`evidence`, `merge` and `compare` on the command line: files, folders, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from whogains.cli import main

OPTIONS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    folder = tmp_path / "parts"
    folder.mkdir()
    for i in range(3):
        n = 700
        p = rng.uniform(0.05, 0.95, n)
        pd.DataFrame(
            {
                "y": (rng.uniform(size=n) < p).astype(int),
                "p0": np.clip(p + rng.normal(0, 0.2, n), 0.01, 0.99),
                "p1": np.clip(p + rng.normal(0, 0.1, n), 0.01, 0.99),
                "g": rng.choice(["f", "m"], n),
            }
        ).to_parquet(folder / f"{i}.parquet", index=False)
    return folder


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_parts_merge_to_the_findings_of_the_whole(parts: Path, tmp_path: Path) -> None:
    files = []
    for file in sorted(parts.iterdir()):
        output = tmp_path / f"{file.stem}.evidence"
        assert main(["evidence", str(file), *OPTIONS, "-o", str(output), "--quiet"]) == 0
        files.append(str(output))
    merged, whole = tmp_path / "merged.json", tmp_path / "whole.json"
    page = tmp_path / "page.html"
    assert main(["merge", *files, "--json", str(merged), "--html", str(page), "--quiet"]) == 0
    costs = ["--costs", "zero_one,brier,log_loss"]
    for rows in ("0", "1000000"):
        asked = [str(parts), *OPTIONS, *costs, "--rows-in-memory", rows, "--memory", "500MB"]
        assert main(["compare", *asked, "--json", str(whole), "--quiet"]) == 0
        a, b = read(merged), read(whole)
        assert a["data"] == b["data"]
        for one, other in zip(a["costs"], b["costs"], strict=True):
            assert one["gamma"]["verdict"] == other["gamma"]["verdict"]
            for x, y in zip(one["groups"], other["groups"], strict=True):
                assert x["n"] == y["n"]
                for name in ("bop", "se", "p_gain"):
                    assert x[name] == pytest.approx(y[name], rel=1e-8)
    assert "<html" in page.read_text(encoding="utf-8")


def test_a_merged_file_merges_again(parts: Path, tmp_path: Path) -> None:
    files = []
    for file in sorted(parts.iterdir()):
        files.append(tmp_path / f"{file.stem}.evidence")
        main(["evidence", str(file), *OPTIONS, "-o", str(files[-1]), "--quiet"])
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    two = tmp_path / "two.evidence"
    assert main(["merge", str(files[0]), str(files[1]), "-o", str(two), "--quiet"]) == 0
    assert main(["merge", *map(str, files), "--json", str(first), "--quiet"]) == 0
    assert main(["merge", str(two), str(files[2]), "--json", str(second), "--quiet"]) == 0
    a, b = read(first), read(second)
    assert a["costs"][1]["population"]["bop"] == pytest.approx(
        b["costs"][1]["population"]["bop"], rel=1e-12
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "{parts}", *OPTIONS, "--memory", "much"], "is no amount of memory"),
        (["compare", "{parts}/no*.parquet", *OPTIONS], "no such file"),
        (
            ["compare", "{parts}", *OPTIONS, "--rows-in-memory", "9", "--method", "betting"],
            "method 'betting' needs the rows",
        ),
        (["merge", "{parts}/0.parquet"], "not an evidence file"),
        (["evidence", "{parts}", *OPTIONS, "-o", "{parts}/no/a"], "cannot write"),
        (
            ["evidence", "{parts}", *OPTIONS, "-o", "{parts}/a", "--min-cell", "2000"],
            "fewer than 2000",
        ),
        (["evidence", "{parts}", *OPTIONS, "-o", "{parts}/a", "--costs", "auc"], "does not add"),
    ],
)
def test_one_clear_line_and_no_file(
    parts: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = sorted(parts.iterdir())
    assert main([a.format(parts=parts) for a in arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert message in told.err
    assert sorted(parts.iterdir()) == before
