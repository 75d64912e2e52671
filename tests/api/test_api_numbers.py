"""Numbers of other types mean what they say: seeds of NumPy, folds=5.0, lists of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError

ROWS = 100
RNG = np.random.default_rng(6)
X = pd.DataFrame({"a": RNG.normal(size=ROWS)})
S = pd.DataFrame({"s": RNG.choice(["u", "v"], ROWS)})
Y = (X["a"] + (S["s"] == "u") + 0.5 * RNG.normal(size=ROWS) > 0.5).astype(int)


def audited(**given: Any) -> Any:
    asked: dict[str, Any] = {"folds": 2, "repeats": 1, "placebo": 0, "random_state": 3, **given}
    found = wg.audit(X, Y, personal=S, model="linear", explainers=[], **asked)
    return found.table().to_json(), found.settings["seed"]


def test_whole_numbers_of_any_type_are_the_same() -> None:
    expected = audited()
    assert audited(random_state=np.int64(3)) == expected
    assert audited(folds=2.0, repeats=np.int32(1), placebo=0.0) == expected
    assert audited(n_jobs=1.0, min_cell=np.int64(10)) == expected


@pytest.mark.parametrize("name", ["folds", "repeats", "placebo", "n_jobs"])
@pytest.mark.parametrize("value", [2.5, "2", True, float("nan")])
def test_others_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"{name} must be a whole number"):
        audited(**{name: value})


def test_rows_that_are_mappings_are_a_table() -> None:
    p0, p1 = np.full(ROWS, 0.4), np.where(Y == 1, 0.7, 0.3)
    given: dict[str, Any] = {"generic": p0, "personalized": p1}
    listed = wg.compare(Y, groups=S.to_dict("records"), **given)
    assert listed.table().equals(wg.compare(Y, groups=S, **given).table())


def test_probabilities_in_single_precision_are_the_same_in_memory_and_in_a_scan(tmp_path) -> None:
    p1 = np.where(Y == 1, np.float32(1.0000001), np.float32(-1e-8)).astype(np.float32)
    assert (p1.max() > 1, p1.min() < 0) == (True, True)
    frame = pd.DataFrame({"y": Y, "p0": np.float32(0.4), "p1": p1, "s": S["s"]})
    frame.to_parquet(tmp_path / "a.parquet")
    columns: Any = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "s"}
    tables = [
        wg.compare_files(tmp_path / "a.parquet", rows_in_memory=most, **columns).table()
        for most in (1000, 0)
    ]
    for table in tables:
        of_rows = table["cost"].isin(["zero_one", "brier"])
        assert (table.loc[of_rows, "cost_personalized"] == 0).all()
    np.testing.assert_allclose(tables[0]["bop"], tables[1]["bop"], atol=1e-12)
