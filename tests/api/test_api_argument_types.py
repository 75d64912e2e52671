"""An argument of the wrong type, of any verb, is one line with its name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg

WRONG: tuple[Any, ...] = (
    5, True, b"x", object(), [[]], float("nan"), lambda: 1, {"a": 1}, np.zeros((2, 2, 2)),
)  # fmt: skip
rng = np.random.default_rng(0)
ROWS = pd.DataFrame({"y": rng.integers(0, 2, 80), "g": ["a", "b"] * 40, "x": rng.normal(size=80)})
ROWS[["p0", "p1"]] = rng.uniform(0.1, 0.9, (80, 2))
GIVEN: dict[str, Any] = {
    "y_true": ROWS["y"], "models": {"none": ROWS["p0"], "g": ROWS["p1"]}, "personal": ROWS[["g"]],
}  # fmt: skip
FITTED: dict[str, Any] = {
    "X": ROWS[["x"]], "y": ROWS["y"], "personal": ROWS[["g"]], "model": "linear",
    "repeats": 1, "folds": 2,
}  # fmt: skip
COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


def refused(call: Any, *given: Any, **named: Any) -> None:
    """Nothing but an InputError, which is of one line, may be raised."""
    with suppress(wg.InputError):
        call(*given, **named)


@pytest.mark.parametrize(
    "name",
    ["y_true", "models", "personal", "given", "never", "burden", "task", "positive", "costs",
     "cluster", "max_levels", "max_groups", "random_state", "alpha", "power", "margin", "min_cell",
     "labels", "bands", "threshold"],
)  # fmt: skip
def test_of_choose_from(name: str) -> None:
    for wrong in WRONG:
        refused(wg.choose_from, **{**GIVEN, name: wrong})


@pytest.mark.parametrize("name", ["value_folds", "explainers", "checkpoint", "folds", "n_jobs"])
def test_of_choose(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for wrong in WRONG[1:]:
        refused(wg.choose, **{**FITTED, name: wrong})


@pytest.mark.parametrize(
    "name",
    ["state", "batch", "day", "target", "groups", "costs", "epsilon", "alpha", "min_cell",
     "cost_range", "cluster", "threshold", "max_levels"],
)  # fmt: skip
def test_of_watch(name: str, tmp_path: Path) -> None:
    for number, wrong in enumerate(WRONG):
        named = {"state": tmp_path / str(number), "batch": "1", **COLUMNS, name: wrong}
        refused(wg.watch, ROWS, **named)


@pytest.mark.parametrize("call", [wg.merge, wg.read_json])
def test_of_what_reads_files(call: Any) -> None:
    for wrong in (None, *WRONG):
        with pytest.raises(wg.InputError) as error:
            call(wrong)
        assert "\n" not in str(error.value)


def test_of_what_writes_files() -> None:
    found = wg.choose_from(**GIVEN)
    for wrong in WRONG:
        for write in (found.to_json, found.to_html, found.to_csv):
            with pytest.raises(wg.InputError):
                write(wrong)


def test_an_audit_leaves_out_a_class_that_only_hidden_people_have() -> None:
    y = pd.Series((["a", "b", "c"] * 27)[:80])
    group = ROWS["g"].where(np.arange(80) > 4, "x")
    of = {**FITTED, "personal": pd.DataFrame({"g": group}), "task": "classes", "explainers": []}
    found = [wg.audit(**{**of, "y": y.where(np.arange(80) > few, "d")}) for few in (-1, 2)]
    assert found[0].data.classes == found[1].data.classes == ("a", "b", "c")
    assert found[0].table(every=True).equals(found[1].table(every=True))
    assert found[0].notes == found[1].notes


def test_marks_of_direction_are_not_in_a_csv() -> None:
    people = ROWS["g"].map({"a": "a\u202eb\x1b[31m\u2066", "b": "b"})
    text = wg.choose_from(**{**GIVEN, "personal": pd.DataFrame({"g": people})}).to_csv()
    assert not set("\u202e\u2066\x1b") & set(text)
