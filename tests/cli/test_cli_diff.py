"""`whogains diff`, and `--min-cell`."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from whogains.cli import main


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(0)
    y = rng.normal(size=1208)
    frame = pd.DataFrame(
        {"y": y, "p0": y + rng.normal(size=1208), "p1": y + 0.5 * rng.normal(size=1208)}
    )
    frame["sex"] = np.repeat(["f", "m", "x"], [600, 600, 8])
    frame.to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


def compare(file, name, *more):
    path = file.with_name(name)
    words = ["compare", str(file), "--target", "y", "--generic", "p0", "--personalized", "p1"]
    assert main([*words, "--groups", "sex", "--json", str(path), "--quiet", *more]) == 0
    return path


def test_two_audits_side_by_side(file, capsys, tmp_path):
    before, after = compare(file, "before.json"), compare(file, "after.json", "--alpha", "0.01")
    page = tmp_path / "diff.html"
    assert main(["diff", str(before), str(after), "--html", str(page)]) == 0
    shown = capsys.readouterr().out
    assert "94% CI" in shown
    assert "still gains" in shown
    assert "still gains" in page.read_text("utf-8")
    assert main(["diff", str(before), str(after), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["level"] == 0.94
    assert main(["diff", str(before), str(after), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_small_groups_are_hidden_unless_asked_for(file, capsys):
    hidden = json.loads(compare(file, "hidden.json").read_text("utf-8"))
    assert [group["n"] for group in hidden["costs"][0]["groups"]] == [600, 600]
    assert (hidden["data"]["rows"], hidden["settings"]["min_cell"]) == (1200, 10)
    shown = json.loads(compare(file, "shown.json", "--min-cell", "0").read_text("utf-8"))
    assert [group["n"] for group in shown["costs"][0]["groups"]] == [600, 600, 8]
    assert capsys.readouterr().out == ""


def test_a_file_that_is_no_audit_is_one_clear_line(file, capsys):
    audit = compare(file, "audit.json")
    assert main(["diff", str(audit), str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
