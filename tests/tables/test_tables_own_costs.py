"""Costs of one's own and of labels where rows are in files: the same numbers as in memory."""

# ruff: noqa: ARG005 - a function of rows need not look at both

import json

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "sex"}
OF_LABELS = (
    *("sensitivity", "specificity", "balanced_accuracy", "f1", "selection_rate", "net_benefit"),
)
OWN = (
    wg.Cost("tilted", rows=lambda y, p: np.where(y == 1, 3 * (1 - p), p), lower=0, upper=3),
    wg.Cost("power", rows=lambda y, p: abs(y - p) ** 1.5, label="power of 1.5", unit="h"),
    wg.CostMatrix(fp=1, fn=4.25),
)


def frame(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(float)
    p0, p1 = (np.clip(0.3 + g * (y - 0.3) + rng.normal(0, 0.2, n), 0, 1) for g in (0.3, 0.5))
    return pd.DataFrame(
        {
            "y": y,
            "p0": p0,
            "p1": p1,
            "sex": rng.choice(["f", "m"], n),
            "w": rng.gamma(3, 1, n),
            "c": rng.integers(0, n // 3, n),
        }
    )


@pytest.mark.parametrize(
    "also",
    [{}, {"sample_weight": "w"}, {"cluster": "c"}, {"sample_weight": "w", "cluster": "c"}],
    ids=["rows", "weights", "clusters", "both"],
)
def test_a_scan_gives_what_memory_gives(also, tmp_path):
    data = frame()
    data.loc[5, "y"] = np.nan
    data.to_csv(tmp_path / "rows.csv", index=False)
    asked = {**COLUMNS, "costs": [*OWN, *OF_LABELS], "threshold": 0.4, **also}
    in_memory, scanned = (
        wg.compare_files(tmp_path / "rows.csv", rows_in_memory=n, **asked).table(every=True)
        for n in (10**6, 0)
    )
    for name in in_memory.columns:
        if name in {"detectable", "note"}:
            continue
        if in_memory[name].dtype.kind == "f":
            assert np.allclose(in_memory[name], scanned[name], rtol=1e-8, equal_nan=True), name
        else:
            assert in_memory[name].fillna("").tolist() == scanned[name].fillna("").tolist(), name


def test_parts_add_up_by_name_and_travel_without_the_function(tmp_path):
    data = frame()
    costs = [*OWN, "net_benefit", "selection_rate"]
    parts = []
    for i, part in enumerate((data[:1500], data[1500:])):
        path = tmp_path / f"{i}.json"
        wg.gather(part, **COLUMNS, costs=costs).save(path)
        assert "lambda" not in path.read_text()
        parts.append(path)
    merged = wg.merge(parts).findings().table(every=True)
    whole = wg.compare_files(data, **COLUMNS, costs=costs).table(every=True)
    assert merged["cost"].tolist() == whole["cost"].tolist()
    assert np.allclose(merged["bop"], whole["bop"])
    assert np.allclose(merged["se"], whole["se"])
    power = wg.merge(parts).findings().costs[1]
    assert (power.label, power.unit) == ("power of 1.5", "h")
    assert (
        power.declared == "a cost that the user declared, one number per person, without known "
        "bounds; less is better"
    )


def test_parts_that_declare_a_cost_otherwise_do_not_add():
    data = frame(600)
    first = wg.gather(data[:300], **COLUMNS, costs=wg.Cost("mine", rows=lambda y, p: p, lower=0))
    for other, said in (
        (wg.Cost("mine", rows=lambda y, p: p, lower=0, unit="h"), "other words or prices"),
        (wg.Cost("mine", rows=lambda y, p: p, lower=-1), "other known ranges"),
        ("brier", "different costs"),
    ):
        second = wg.gather(data[300:], **COLUMNS, costs=other)
        with pytest.raises(InputError, match=said):
            wg.merge([first, second])
    one, two = (wg.gather(data, **COLUMNS, costs=wg.CostMatrix(fp=1, fn=n)) for n in (2, 3))
    with pytest.raises(InputError, match="cost_matrix"):
        wg.merge([one, two])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": "two\nlines"}, "label"),
        ({"unit": 3}, "unit"),
        ({"range": [1, 0]}, "must be below upper"),
        ({"range": [0]}, "no lower and upper end"),
        ({"prices": [1, 2]}, "four numbers"),
    ],
)
def test_a_file_that_declares_nonsense_is_refused(change, said, tmp_path):
    path = tmp_path / "e.json"
    wg.gather(frame(300), **COLUMNS, costs=OWN[1]).save(path)
    content = json.loads(path.read_text())
    content["costs"][0]["own"] |= change
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=said):
        wg.merge([path])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (lambda y, p: np.where(p > 0.6, np.nan, p), "is nan for outcome"),
        (lambda y, p: p[:-1], "gave an array of shape"),
        (lambda y, p: np.random.default_rng().random(len(y)), "must be the same each time"),
        (lambda y, p: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_what_a_function_may_not_give_is_one_line_in_a_scan(rows, said):
    cost = wg.Cost("mine", rows=rows)
    with pytest.raises(InputError) as error:
        wg.compare_files(frame(5000), **COLUMNS, costs=cost, rows_in_memory=0)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_row_that_is_wrong_itself_is_named_before_the_function(tmp_path):
    data = frame(500)
    data.loc[7, "p1"] = 3.0
    data.to_csv(tmp_path / "rows.csv", index=False)

    def picky(y, p):
        if (p > 1).any():
            raise ValueError("no probability")
        return p

    with pytest.raises(InputError, match=r"p1 has 1 values outside \[0, 1\], the first in row 7"):
        wg.compare_files(
            tmp_path / "rows.csv",
            **COLUMNS,
            costs=wg.Cost("mine", rows=picky),
            rows_in_memory=0,
        )


def test_a_metric_of_ones_own_needs_the_rows():
    metric = wg.Metric("mine", value=lambda y, p, w: np.average(p, weights=w))
    with pytest.raises(InputError, match="raise rows_in_memory"):
        wg.compare_files(frame(500), **COLUMNS, costs=metric, rows_in_memory=0)
    with pytest.raises(InputError, match="belongs to all rows together"):
        wg.gather(frame(500), **COLUMNS, costs=metric)
