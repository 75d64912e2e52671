"""The number of clusters stands beside that of rows, wherever a group's rows are told."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.report import before_after_table

VISITS, PATIENTS = {"north": 640, "south": 789, "tiny": 71}, {}


@pytest.fixture(scope="module")
def found() -> wg.Findings:
    rng = np.random.default_rng(5)
    clinic = np.repeat([*VISITS], [*VISITS.values()])
    # Numbers of patients that occur nowhere else, so that they are found in a text.
    patients = {"north": 228, "south": 302, "tiny": 26}
    PATIENTS.update(patients)
    who = np.concatenate(
        [[f"{name}{k}" for k in np.arange(rows) % patients[name]] for name, rows in VISITS.items()]
    )
    x = rng.normal(size=len(who))
    pain = 10 + x + 2 * (clinic == "south") + rng.normal(size=len(who))
    return wg.compare(
        pain,
        generic=10 + x,
        personalized=10 + x + 2.2 * (clinic == "south") + 0.3 * (clinic == "tiny"),
        groups=pd.DataFrame({"clinic": clinic}),
        cluster=who,
        costs=["squared_error"],
    )


def text_of(page: str) -> str:
    """Give a page's text: no scripts, styles, or what readers of screens alone are told."""
    seen = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", seen)))


@pytest.mark.parametrize("face", ["page", "terminal", "markdown", "repr"])
def test_no_face_tells_the_rows_of_a_group_without_its_clusters(
    found: wg.Findings, face: str
) -> None:
    text = {
        "page": lambda: text_of(found.to_html()),
        "terminal": lambda: found.to_text(width=500),
        "markdown": found.to_markdown,
        "repr": lambda: repr(found),
    }[face]()
    text = re.sub(r"\s+", " ", text)
    told = 0
    for name, rows in VISITS.items():
        for at in re.finditer(rf"(?<![\d.,]){rows}(?![\d.,]\d|\d| \w* ?groups)", text):
            after = text[at.end() : at.end() + 40]
            beside = re.match(
                rf"( rows)? in {PATIENTS[name]} clusters|( \|)? +{PATIENTS[name]}\b", after
            )
            assert beside, text[max(0, at.start() - 80) : at.end() + 60]
            told += 1
    assert told >= {"page": 20, "terminal": 3, "markdown": 3, "repr": 1}[face]


def test_tables_have_it_beside_n_and_only_where_there_are_clusters(
    found: wg.Findings, tmp_path: Path
) -> None:
    for table in (found.table(), found.table(every=True)):
        names = list(table.columns)
        assert names.index("clusters") == names.index("n") + 1
        assert dict(zip(table["clinic"], table["clusters"], strict=True)) == PATIENTS
    found.to_csv(tmp_path / "t.csv")
    written = pd.read_csv(tmp_path / "t.csv")
    assert written["clusters"].tolist() == [*PATIENTS.values()]
    alone = wg.compare(
        [0, 1] * 50, generic=[0.5] * 100, personalized=[0.6] * 100, groups=["a", "b"] * 50
    )
    assert "clusters" not in alone.table().columns


def test_clusters_of_several_groups_are_added_only_where_none_is_in_two() -> None:
    rng = np.random.default_rng(1)
    half = np.tile(["a", "b"], 300)
    y = rng.normal(size=600)
    how = {"generic": y * 0, "personalized": y * 0.9, "groups": pd.DataFrame({"half": half})}
    apart = wg.compare(y, cluster=np.char.add(half, (np.arange(600) // 4).astype(str)), **how)
    shared = wg.compare(y, cluster=np.arange(600) // 4, **how)
    assert "(600 rows in 300 clusters)" in apart.to_html()
    assert "(600 rows)" in shared.to_html()
    assert "600 rows audited in 150 clusters" in shared.to_text()


def test_changes_tell_the_clusters_of_both_audits(found: wg.Findings) -> None:
    changes = wg.diff(found, found)
    text = re.sub(r"\s+", " ", text_of(changes.to_html()))
    for name, rows in VISITS.items():
        assert text.count(f"{rows} in {PATIENTS[name]} clusters") >= 2
    table = before_after_table(changes.costs[0])
    assert dict(zip(table["group"], table["clusters"], strict=True)) == {
        f"{name}": PATIENTS[name] for name in VISITS
    }
