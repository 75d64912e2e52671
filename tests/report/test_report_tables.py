"""Findings as a table, as CSV and in one line."""

from __future__ import annotations

import csv
from io import StringIO

from whogains.api import from_dict
from whogains.report import as_csv as to_csv
from whogains.report.pandas_tables import COST_COLUMNS, number_columns

from .test_report_valid import several


def test_a_missing_level_reads_the_same_everywhere(make, tmp_path):
    findings = make([{"sex": "f", "race": None}, {"sex": None, "race": "a"}])
    table = findings.table()
    assert table["sex"].tolist()[:2] == ["f", "sex missing"]
    assert table["race"].tolist()[:2] == ["race missing", "a"]
    assert findings.gamma()["sex"].isin(["f", "sex missing"]).all()
    text = findings.to_csv(tmp_path / "audit.csv")
    assert (tmp_path / "audit.csv").read_bytes().decode() == text == to_csv(findings)
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["sex"] for row in rows[:2]] == ["f", "sex missing"]
    assert "sex missing" in findings.to_text()


def test_columns_can_be_named_without_a_table(make):
    for name, column in (("sex", "sex"), ("n", "n (group)"), ("cost", "cost (group)")):
        table = make([{name: "f"}, {name: "m"}]).table(every=True)
        assert [*COST_COLUMNS, column, *number_columns()] == list(table.columns)
    assert list(make([]).table().columns) == []


def test_the_short_table_has_the_columns_that_matter(make):
    findings = make([{"sex": "f", "race": "a"}, {"sex": "m", "race": "a"}])
    short, every = findings.table(), findings.table(every=True)
    assert list(short.columns) == [
        *("cost", "sex", "race", "n", "cost_generic", "cost_personalized"),
        *("bop", "se", "ci_low", "ci_high", "method", "verdict", "required"),
    ]
    assert short.equals(every[list(short.columns)])
    assert findings.to_frame(every=True).equals(every)
    # Where one cost stands several times, what tells them apart is there.
    assert list(several(findings).table().columns)[:3] == ["cost", "explainer", "keep"]
    # An attribute named like a number keeps its column.
    assert {"n (group)", "n"} <= set(make([{"n": "f"}, {"n": "m"}]).table().columns)


def test_the_repr_is_ten_lines_at_most(findings, make):
    lines = repr(findings).splitlines()
    assert lines[0] == "<Findings of systolic: 4,912 rows, 8 groups, 3 costs>"
    assert lines[1].startswith("Who gains: ")
    assert len(lines) <= 10
    assert max(map(len, lines)) <= 100
    long = repr(make(target="x" * 10_000))
    assert len(long) < 1100
    assert "0 groups, 3 costs" in repr(make([]))


def test_the_charts_say_what_they_are(findings):
    said = repr(findings.plot).splitlines()
    assert len(said) == 5
    assert any(line.startswith("  .gains(): Draw the benefit of every group") for line in said)


def test_equality_is_still_that_of_every_number(findings, make):
    assert from_dict(findings.to_dict()) == findings
    assert findings != make(epsilon=3.0)
