"""Findings as a table, as CSV and in one line."""

from __future__ import annotations

import csv
from io import StringIO

from whogains.api import from_dict
from whogains.report import as_csv as to_csv
from whogains.report.pandas_tables import COST_COLUMNS, number_columns


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
        table = make([{name: "f"}, {name: "m"}]).table()
        assert [*COST_COLUMNS, column, *number_columns()] == list(table.columns)
    assert list(make([]).table().columns) == []


def test_the_repr_is_one_short_line(findings, make):
    assert repr(findings) == (
        "<Findings 'systolic': 4912 rows, 8 groups, 3 costs; verdicts: 9 gain, 8 cannot tell, "
        "4 harm, 3 no material difference>"
    )
    assert len(repr(make(target="x" * 10_000))) < 300
    assert repr(make([])).endswith("0 groups, 3 costs; verdicts: none>")
    # Equality is still that of every number.
    assert from_dict(findings.to_dict()) == findings
    assert findings != make(epsilon=3.0)
