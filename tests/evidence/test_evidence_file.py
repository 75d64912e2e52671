"""Evidence files: what is saved comes back, adds up, and holds no small group."""

from __future__ import annotations

import json
import math
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.evidence import Sums, read_evidence
from whogains.evidence.evidence_file import write_aside

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["g", "h"]}


def people(seed: int, n: int = 1500, *, regression: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, n)
    y = 90 + 40 * p + rng.normal(0, 5, n) if regression else (rng.uniform(size=n) < p) * 1
    scale = 8.0 if regression else 0.1
    centre = y if regression else p
    low, high = (-np.inf, np.inf) if regression else (0.001, 0.999)
    return pd.DataFrame(
        {
            "y": y,
            "p0": np.clip(centre + rng.normal(0, scale, n), low, high),
            "p1": np.clip(centre + rng.normal(0, scale * 0.7, n), low, high),
            "g": rng.choice(["f", "m"], n),
            "h": rng.choice(["α", "beta, γ", None], n, p=[0.5, 0.4, 0.1]),
            "w": rng.choice([1.0, 2.5], n),
            "c": rng.integers(0, 500, n),
        }
    )


def same_sums(a: Sums, b: Sums, rel: float) -> None:
    for field in fields(Sums):
        np.testing.assert_allclose(
            getattr(a, field.name), getattr(b, field.name), rtol=rel, atol=rel, err_msg=field.name
        )


@pytest.mark.parametrize("regression", [False, True])
def test_what_is_saved_comes_back_to_the_last_digit(tmp_path: Path, regression: bool) -> None:
    gathered = wg.gather(people(0, regression=regression), **COLUMNS)
    gathered.save(tmp_path / "a.evidence")
    read = read_evidence(tmp_path / "a.evidence")
    assert read.about == gathered.collected.about
    mine, other = gathered.collected.evidence, read.evidence
    assert mine.grouping == other.grouping
    assert mine.target == other.target
    for a, b in zip(mine.costs, other.costs, strict=True):
        assert a.key == b.key
        same_sums(a.groups, b.groups, 0)
        same_sums(a.population, b.population, 0)


@pytest.mark.parametrize("options", [{}, {"sample_weight": "w"}, {"cluster": "c"}])
@pytest.mark.parametrize("regression", [False, True])
def test_hospitals_get_the_findings_of_the_pooled_rows(
    tmp_path: Path, options: dict[str, str], regression: bool
) -> None:
    frame = people(1, regression=regression)
    pooled = wg.gather(frame, **COLUMNS, **options)
    # No patient of one hospital is one of another.
    of_hospital = frame["c"] % 3
    for i in range(3):
        part = wg.gather(frame[of_hospital == i], **COLUMNS, **options)
        part.save(tmp_path / f"{i}.evidence", min_cell=0)
    merged = wg.merge(sorted(tmp_path.glob("*.evidence")), disjoint_clusters=True)
    for a, b in zip(merged.collected.evidence.costs, pooled.collected.evidence.costs, strict=True):
        same_sums(a.groups, b.groups, 1e-9)
        same_sums(a.population, b.population, 1e-9)
    settings = wg.Settings(epsilon=0.5 if regression else None)
    mine, other = merged.findings(settings), pooled.findings(settings)
    assert mine.data == other.data
    for a, b in zip(mine.costs, other.costs, strict=True):
        for x, y in zip(a.groups, b.groups, strict=True):
            assert (x.group, x.n, x.method, x.verdict) == (y.group, y.n, y.method, y.verdict)
            for name in ("bop", "se", "p_gain", "p_harm"):
                one, all_rows = getattr(x, name), getattr(y, name)
                if one is None or all_rows is None:
                    assert one is all_rows
                else:
                    assert math.isclose(one, all_rows, rel_tol=1e-7, abs_tol=1e-9)


def test_the_findings_are_those_of_the_rows() -> None:
    frame = people(2)
    costs = ["zero_one", "brier", "log_loss"]
    found = wg.gather(frame, **COLUMNS).findings()
    expected = wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g", "h"]],
        costs=costs,
    )
    for a, b in zip(found.costs, expected.costs, strict=True):
        assert a.gamma.verdict == b.gamma.verdict
        for x, y in zip(a.groups, b.groups, strict=True):
            assert x.bop == pytest.approx(y.bop, rel=1e-9)


def test_a_small_group_is_refused_unless_told(tmp_path: Path) -> None:
    frame = people(3)
    frame.loc[:3, "g"] = "x"
    frame.loc[:3, "h"] = "α"
    gathered = wg.gather(frame, **COLUMNS)
    with pytest.raises(wg.InputError, match="a group with a level of its own has fewer than 10"):
        gathered.save(tmp_path / "a.evidence")
    assert list(tmp_path.iterdir()) == []
    gathered.save(tmp_path / "a.evidence", min_cell=4)
    with pytest.raises(wg.InputError, match="min_cell=0"):
        wg.merge([tmp_path / "a.evidence"]).findings()


def test_the_file_holds_no_row(tmp_path: Path) -> None:
    sizes = []
    for n in (2000, 8000):
        file = tmp_path / f"{n}.evidence"
        wg.gather(people(4, n), **COLUMNS).save(file)
        sizes.append(file.stat().st_size)
        lengths = {
            len(v) for c in json.loads(file.read_text())["costs"] for v in c["groups"].values()
        }
        assert lengths == {6}
    assert sizes[1] < 1.1 * sizes[0] < 20_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "is not an evidence file"),
        ({"format_version": 1}, "version 1; this program reads version 3"),
        ({"costs": None}, "not a whole evidence file"),
        ({"groups": [["f", "α"]]}, "entries where there are 1 groups"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    file = tmp_path / "a.evidence"
    wg.gather(people(5), **COLUMNS).save(file)
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(wg.InputError, match=message):
        read_evidence(file)
    file.write_text(file.read_text()[:100])
    with pytest.raises(wg.InputError, match="no JSON"):
        read_evidence(file)


def test_what_does_not_belong_together_does_not_merge(tmp_path: Path) -> None:
    a = wg.gather(people(6), **COLUMNS)
    b = wg.gather(people(7).rename(columns={"y": "z"}), **{**COLUMNS, "target": "z"})
    with pytest.raises(wg.InputError, match="differ in their target: 'y' and 'z'"):
        wg.merge([a, b])
    c = wg.gather(people(7), **COLUMNS, cluster="c")
    with pytest.raises(wg.InputError, match="clusters or weights"):
        wg.merge([a, c])
    with pytest.raises(wg.InputError, match="disjoint_clusters"):
        wg.merge([c, c])
    with pytest.raises(wg.InputError, match="no evidence"):
        wg.merge([])
    a.save(tmp_path / "a.evidence")
    with pytest.raises(wg.InputError, match="named twice"):
        wg.merge([tmp_path / "a.evidence", str(tmp_path / "a.evidence")])
    with pytest.raises(wg.InputError, match="auc belongs to all rows together"):
        wg.gather(people(6), **COLUMNS, costs=["auc"])


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a"
    file.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(wg.InputError, match="No space left on device"):
        write_aside(file, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert file.read_text() == "old"
    monkeypatch.undo()
    (tmp_path / "link").symlink_to(file)
    write_aside(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert file.read_text() == "new"
    with pytest.raises(wg.InputError, match="cannot write"):
        write_aside(tmp_path / "no" / "a", "new")


def test_the_columns_of_weights_and_clusters_are_named_after_a_merge(tmp_path: Path) -> None:
    parts = [
        wg.gather(
            people(seed).assign(w=2.0, ward=np.arange(1500) + 1500 * seed),
            **COLUMNS,
            sample_weight="w",
            cluster="ward",
        )
        for seed in (1, 2)
    ]
    for part, name in zip(parts, "ab", strict=True):
        part.save(tmp_path / name)
    merged = wg.merge([tmp_path / "a", tmp_path / "b"], disjoint_clusters=True)
    found = merged.findings().settings
    assert (found["sample_weight"], found["cluster"]) == ("w", "ward")


@pytest.mark.parametrize("kind", [int, float, bool])
def test_a_part_may_hold_one_outcome_if_it_is_said_to_be_a_classification(kind: type) -> None:
    whole = people(7).assign(y=lambda frame: frame["y"].astype(kind))
    ones = whole["y"].astype(bool)
    parts = [
        wg.gather(whole[mine], **COLUMNS, task="classification", min_cell=0)
        for mine in (ones, ~ones)
    ]
    merged = wg.merge(parts)
    pooled = wg.gather(whole, **COLUMNS, task="classification")
    for one, other in zip(merged.findings().costs, pooled.findings().costs, strict=True):
        assert [g.bop for g in one.groups] == pytest.approx([g.bop for g in other.groups])
    with pytest.raises(wg.InputError, match=r"constant: .* if the task is said to be class"):
        wg.gather(whole[ones], **COLUMNS)
    text = whole.assign(y=np.where(ones, "yes", "no"))[ones]
    with pytest.raises(wg.InputError, match="constant"):
        wg.gather(text, **COLUMNS, task="classification")
