"""An outcome that too few people have is named in no output, be it one of two or of several."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.api.outcome_names import NOT_NAMED

COLUMNS: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
RARE = "HIV+"


def two(ones: int, *, hidden: int = 0) -> pd.DataFrame:
    """People of two large groups, and of one that is too small to be shown."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.uniform(0.01, 0.1, (300, 2)), columns=["p0", "p1"])
    rows["g"] = np.repeat(["a", "b", "x"], [147, 147, 6])
    rows["y"] = "none"
    rows.loc[rows.index[:ones], "y"] = RARE
    rows.loc[rows.index[300 - hidden :], "y"] = RARE
    return rows


def compared(rows: pd.DataFrame, **options: Any) -> wg.Findings:
    return wg.compare(
        rows["y"], generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]],
        positive=RARE, **options,
    )  # fmt: skip


def scanned(rows: pd.DataFrame, **options: Any) -> wg.Findings:
    return wg.compare_files(rows, **COLUMNS, rows_in_memory=0, positive=RARE, **options)


def merged(rows: pd.DataFrame, **options: Any) -> wg.Findings:
    parts = [wg.gather(rows[i::2].query("g != 'x'"), **COLUMNS, positive=RARE) for i in (0, 1)]
    return wg.merge(parts).findings(wg.Settings(**options) if options else None)


def chosen(rows: pd.DataFrame, **options: Any) -> wg.Choice:
    models = {"none": rows["p0"], "g": rows["p1"]}
    return wg.choose_from(rows["y"], models=models, personal=rows[["g"]], positive=RARE, **options)


def audited(rows: pd.DataFrame, **options: Any) -> wg.Findings:
    quick: dict[str, Any] = {"model": "linear", "repeats": 1, "placebo": 0, "folds": 2}
    return wg.audit(
        rows[["p0"]], rows["y"], personal=rows[["g"]], positive=RARE, explainers=[], **quick,
        **options,
    )  # fmt: skip


def said(found: Any) -> str:
    found = replace(found, created="")
    faces = (found.to_text(), found.to_markdown(), found.to_html(), found.to_csv())
    return "\n".join([json.dumps(found.to_dict()), *faces])


@pytest.mark.parametrize("way", [compared, scanned, merged, chosen, audited])
def test_an_outcome_that_few_have_is_not_named(way: Any) -> None:
    # Of a hundred rows of one outcome a group is small no longer: two large groups are shown.
    few = way(two(9))
    assert few.data.positive == NOT_NAMED
    assert RARE not in said(few)
    assert any(f"y: {NOT_NAMED} counts as 1 and 'none' as 0" in note for note in few.notes)
    enough = way(two(10))
    assert enough.data.positive == RARE
    assert RARE in said(enough)


@pytest.mark.parametrize("way", [compared, scanned])
def test_people_of_hidden_groups_do_not_name_it(way: Any) -> None:
    # With nine who are shown it stays unnamed, whatever the hidden people have.
    assert said(way(two(9, hidden=6))) == said(way(two(9)))
    assert RARE in said(way(two(9), min_cell=0))


def test_words_that_everybody_knows_and_numbers_are_said() -> None:
    for no, yes in (("no", "yes"), ("alive", "died"), (0, 7)):
        rows = two(5)
        y = rows["y"].map({"none": no, RARE: yes})
        found = wg.compare(y, generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]])
        assert found.data.positive == str(yes)


def test_a_warning_does_not_name_it_either() -> None:
    rows = two(9).assign(p0=0.9, p1=0.95)
    found = compared(rows)
    assert "inverted_outcome" in [each.name for each in found.warnings]
    assert RARE not in said(found)


def several(rare: int, *, hidden: int = 0, n: int = 600) -> pd.DataFrame:
    """People with one of four diagnoses, and a probability of each by two models."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"g": np.where(np.arange(n) % 2, "a", "b")})
    rows["y"] = rng.choice(["cold", "flu", "none"], n)
    rows.loc[rows.index[:rare], "y"] = RARE
    rows.loc[rows.index[-6:], "g"] = "x"
    rows.loc[rows.index[n - hidden :], "y"] = RARE
    for model in ("p0", "p1"):
        p = rng.dirichlet([2, 2, 2, 1], n)
        rows[[f"{model}_{name}" for name in ("none", RARE, "cold", "flu")]] = p
    return rows


def columns_of(model: str) -> dict[str, str]:
    return {name: f"{model}_{name}" for name in ("none", RARE, "cold", "flu")}


def classes_compared(rows: pd.DataFrame) -> wg.Findings:
    models = {
        name: rows[list(columns_of(model).values())].set_axis(columns_of(model), axis=1)
        for name, model in (("generic", "p0"), ("personalized", "p1"))
    }
    return wg.compare(rows["y"], **models, groups=rows[["g"]])


def classes_scanned(rows: pd.DataFrame) -> wg.Findings:
    models = {"generic": "p0_{class}", "personalized": "p1_{class}"}
    return wg.compare_files(rows, target="y", **models, groups="g", rows_in_memory=0)


@pytest.mark.parametrize("way", [classes_compared, classes_scanned])
def test_a_class_that_few_have_is_not_named(way: Any) -> None:
    nobody, few = way(several(0)), way(several(9))
    assert nobody.data.classes == few.data.classes == (NOT_NAMED, "cold", "flu", "none")
    assert RARE not in said(nobody) + said(few)
    note = "4 classes (cold, flu, none, and 1 that nobody or too few have)"
    assert any(note in each for each in few.notes)
    assert way(several(10)).data.classes == (RARE, "cold", "flu", "none")
    # Who is hidden has no say in any digit, nor in which class is the most frequent.
    assert said(way(several(0, hidden=6))) == said(nobody)
