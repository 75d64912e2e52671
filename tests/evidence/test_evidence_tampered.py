"""Evidence files that were changed are refused in one line, whether or not the checksum fits."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.evidence import read_evidence
from whogains.evidence.evidence_file import checksum

COLUMNS: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"],
}  # fmt: skip


def people(seed: int = 0, task: str = "classification", n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p0, p1 = rng.uniform(0.05, 0.95, (2, n))
    y = rng.integers(0, 2, n) if task == "classification" else rng.normal(0, 9, n)
    rows = pd.DataFrame({"y": y, "p0": p0, "p1": p1, "w": rng.uniform(0.5, 2, n)})
    return rows.assign(g=rng.choice(["a", "b"], n), c=rng.integers(0, n // 2, n))


def content(folder: Path, **options: Any) -> dict[str, Any]:
    task = options.pop("task", "classification")
    wg.gather(people(task=task), **COLUMNS, **options).save(folder / "e")
    found: dict[str, Any] = json.loads((folder / "e").read_text())
    return found


def read(folder: Path, changed: dict[str, Any]) -> None:
    """Read what was changed by somebody who knows how the checksum is made."""
    changed = {**changed, "checksum": checksum(changed)}
    (folder / "e").write_text(json.dumps(changed))
    read_evidence(folder / "e")


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize(
    "options",
    [{}, {"sample_weight": "w"}, {"cluster": "c"}, {"sample_weight": "w", "cluster": "c"}],
)
def test_what_was_not_changed_is_read(tmp_path: Path, task: str, options: dict[str, str]) -> None:
    read(tmp_path, content(tmp_path, task=task, **options))


def sums(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    return lambda found: change(found["costs"][0]["groups"])


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.update(clustered="false"),
        lambda f: f.update(costs=[]),
        lambda f: f.update(costs=[f["costs"][0]] * 2),
        lambda f: f.update(groups=[["a"], ["a"]]),
        lambda f: f.update(levels=[["a", "a"]]),
        lambda f: f["about"].update(task=None),
        lambda f: f["about"].update(rows_dropped=-1),
        lambda f: f["about"].update(notes="x"),
        lambda f: f["outcome"].update(mean=7.0),
        sums(lambda s: s["moved"].__setitem__(0, -5)),
        sums(lambda s: s["moved"].__setitem__(0, 10**6)),
        sums(lambda s: s["rows"].__setitem__(0, "90")),
        sums(lambda s: s["rows"].__setitem__(0, True)),
        sums(lambda s: s["units"].__setitem__(0, 10**6)),
        sums(lambda s: s["gains"].__setitem__(0, 10**6)),
        sums(lambda s: s["m_uu"].__setitem__(0, -1.0)),
        sums(lambda s: s["mean_u"].__setitem__(0, 0.5)),
        sums(lambda s: s["generic"].__setitem__(0, 0.9)),
        sums(lambda s: s["ones"].__setitem__(0, 1.0)),
        sums(lambda s: s["weight"].__setitem__(0, 0.0)),
        sums(lambda s: s.pop("m_uu")),
    ],
)
def test_sums_that_no_rows_can_have_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    found = content(tmp_path)
    change(found)
    with pytest.raises(InputError, match="is not a whole evidence file"):
        read(tmp_path, found)


def test_an_infinite_number_is_refused(tmp_path: Path) -> None:
    found = content(tmp_path)
    text = json.dumps({**found, "outcome": {**found["outcome"], "m2": "HERE"}})
    (tmp_path / "e").write_text(text.replace('"HERE"', "1e999"))
    with pytest.raises(InputError, match="not a finite number"):
        read_evidence(tmp_path / "e")


def test_a_change_that_the_sums_allow_is_told_by_the_checksum(tmp_path: Path) -> None:
    found = content(tmp_path)
    found["about"]["target"] = "another"
    (tmp_path / "e").write_text(json.dumps(found))
    with pytest.raises(InputError, match="its checksum does not fit"):
        read_evidence(tmp_path / "e")


def test_a_thousand_changes_are_refused(tmp_path: Path) -> None:
    found, rng = content(tmp_path), random.Random(1)
    others = (None, -5, 0, 1e300, "x", True, [], {}, [1], 0.5, "1", 10**30, -1.0, 3)

    def changed(value: Any) -> Any:
        if isinstance(value, dict | list) and value and rng.random() < 0.95:
            copy: Any = value.copy()
            key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
            copy[key] = changed(value[key])
            return copy
        return rng.choice(others)

    for _ in range(1000):
        other = changed(found)
        if other == found:
            continue
        (tmp_path / "e").write_text(json.dumps(other))
        with pytest.raises(InputError) as told:
            read_evidence(tmp_path / "e")
        assert len(str(told.value).splitlines()) == 1
        # With a checksum made anew it is refused, or holds numbers that rows can have.
        with suppress(InputError):
            read(tmp_path, other if isinstance(other, dict) else {})
            wg.merge([tmp_path / "e"]).findings()


def test_parts_that_do_not_belong_together_are_told() -> None:
    first = wg.gather(people(1), **COLUMNS)
    swapped = {**COLUMNS, "generic": "p1", "personalized": "p0"}
    with pytest.raises(InputError, match="the two models are swapped"):
        wg.merge([first, wg.gather(people(2), **swapped)])
    with pytest.raises(InputError, match="both parts hold the same rows"):
        wg.merge([first, wg.gather(people(1).sample(frac=1, random_state=0), **COLUMNS)])
    both = wg.merge([first, wg.gather(people(2), **COLUMNS)])
    with pytest.raises(InputError, match="both parts hold the same rows"):
        wg.merge([both, wg.gather(people(2), **COLUMNS)])


def test_outcomes_that_are_written_differently_are_the_same() -> None:
    whole = people(1)
    parts = [whole, people(2).assign(y=people(2)["y"].astype(float))]
    assert wg.merge([wg.gather(each, **COLUMNS) for each in parts]).rows == 400
    texts = [people(seed).assign(y=lambda f: f["y"] == 1) for seed in (1, 2)]
    texts[1]["y"] = texts[1]["y"].map({True: "true", False: "false"})
    options = {**COLUMNS, "task": "classification"}
    parts = [wg.gather(texts[0], **options), wg.gather(texts[1], **options, positive="true")]
    assert wg.merge(parts).rows == 400
