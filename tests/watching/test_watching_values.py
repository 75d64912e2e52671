"""How values are meant, at every batch as at the first: names, bands, percentages, missing ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.watching import read_state

from .conftest import Week

ASK: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "costs": "zero_one"}


def with_codes(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    ages = np.random.default_rng(seed).integers(20, 80, len(rows))
    return rows.assign(code=(rows["sex"] == "m").astype(int), age=ages)


@pytest.mark.parametrize("cluster", [None, "patient"])
def test_names_and_bands_are_those_of_a_comparison(
    tmp_path: Path, week: Week, cluster: str | None
) -> None:
    weeks = [with_codes(week(seed, f=-0.2, m=0.2), seed) for seed in range(2)]
    meant: dict[str, Any] = {
        "groups": ["code", "age"],
        "labels": {"code": {0: "woman", 1: "man"}},
        "bands": {"age": [40, 60.5]},
    }
    more: dict[str, Any] = {} if cluster is None else {"cluster": cluster}
    state = tmp_path / "s"
    wg.watch(weeks[0], state=state, batch="0", **ASK, **meant, **more)
    found = wg.watch(weeks[1], state=state, batch="1")
    rows = pd.concat(weeks)
    pair = {"generic": rows["p0"], "personalized": rows["p1"]}
    same = wg.compare(
        rows["y"],
        **pair,
        groups=rows[meant["groups"]],
        labels=meant["labels"],
        bands=meant["bands"],
        costs="zero_one",
    )
    columns = ["code", "age", "n", "bop"]
    mine, theirs = (each.table()[columns] for each in (found, same))
    order = ["code", "age"]
    pd.testing.assert_frame_equal(
        mine.sort_values(order, ignore_index=True),
        theirs.sort_values(order, ignore_index=True),
        check_dtype=False,
    )
    assert set(mine["age"]) == {"under 40", "40 to under 60.5", "60.5 and over"}
    # The same said again is no change; another band is one.
    wg.watch(weeks[1], state=state, batch="1", labels=meant["labels"], bands=meant["bands"])
    with pytest.raises(InputError, match="bands is .* was begun with"):
        wg.watch(weeks[1], state=state, batch="2", bands={"age": [40]})
    read = read_state(state)
    assert read is not None
    assert read[0].choices.labels == {"code": {"0": "woman", "1": "man"}}
    assert read[0].choices.bands == {"age": (40.0, 60.5)}


def test_percentages_stay_percentages(tmp_path: Path, week: Week) -> None:
    rows = week(0, f=-0.2)
    percent = rows.assign(**{p: [f"{100 * each:.1f}%" for each in rows[p]] for p in ("p0", "p1")})
    percent.iloc[:150].to_csv(tmp_path / "a.csv", index=False)
    percent.iloc[150:].to_csv(tmp_path / "b.csv", index=False)
    state = tmp_path / "s"
    wg.watch(tmp_path / "a.csv", state=state, groups="sex", percent=True, **ASK)
    found = wg.watch(tmp_path / "b.csv", state=state)
    plain = wg.watch(rows, state=tmp_path / "t", groups="sex", **ASK)
    assert found.table()["bop"].tolist() == pytest.approx(plain.table()["bop"].tolist())
    with pytest.raises(InputError, match="percent is True, and this watch was begun with False"):
        wg.watch(rows, state=tmp_path / "t", batch="more", percent=True)


def test_bands_of_quantiles_would_differ_from_batch_to_batch(tmp_path: Path, week: Week) -> None:
    rows = with_codes(week(0), 0)
    with pytest.raises(InputError, match="quantiles differ"):
        wg.watch(rows, state=tmp_path / "s", groups="age", bands={"age": "q4"}, **ASK)
    assert not (tmp_path / "s").exists()


def test_who_is_left_out_without_a_prediction_is_not_yet_seen(tmp_path: Path, week: Week) -> None:
    rows = week(0, f=-0.3, m=0.3).assign(patient=lambda frame: np.arange(len(frame)))
    first = rows.copy()
    first.loc[:49, "p1"] = np.nan
    ask = {**ASK, "groups": "sex", "cluster": "patient", "drop_missing_predictions": True}
    state = tmp_path / "s"
    wg.watch(first, state=state, batch="0", **ask)
    found = wg.watch(rows, state=state, batch="1")
    # The fifty come with their predictions; all others were there before.
    assert found.data.rows == len(rows)
    assert found.data.rows_returning == len(rows) - 50


def test_a_state_of_before_is_read(tmp_path: Path, week: Week) -> None:
    import json

    from whogains.evidence import checksum

    state = tmp_path / "s"
    before = wg.watch(week(0), state=state, batch="0", groups="sex", **ASK)
    content = json.loads(state.read_text("utf-8"))
    for name in ("labels", "bands", "percent", "drop_missing_predictions"):
        del content["choices"][name]
    content["format_version"] = 1
    del content["checksum"]
    state.write_text(json.dumps({**content, "checksum": checksum(content)}), "utf-8")
    assert wg.watch(state=state).to_dict() == before.to_dict()
    wg.watch(week(1), state=state, batch="1")
    assert json.loads(state.read_text("utf-8"))["format_version"] == 2
