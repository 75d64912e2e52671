"""Survey designs: errors against a library that computes the same, and calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError

LETTERS = np.array(list("abc"))


def sample(seed: int = 0, n: int = 3000) -> pd.DataFrame:
    """A stratified sample of PSUs with a group that few PSUs have."""
    rng = np.random.default_rng(seed)
    stratum, psu = rng.integers(0, 8, n), rng.integers(0, 3, n)
    group = np.where(stratum < 3, rng.integers(0, 3, n), rng.integers(0, 2, n))
    y = rng.normal(size=n) + 0.3 * rng.normal(size=24)[3 * stratum + psu]
    return pd.DataFrame(
        {
            "y": y,
            "p0": 0.0,
            "p1": 0.3 * y + 0.1 * group,
            "g": LETTERS[group],
            "w": rng.uniform(0.5, 3, n),
            "stratum": stratum,
            "psu": psu,
        }
    )


def compared(frame: pd.DataFrame, **options: Any) -> wg.Findings:
    return wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g"]],
        costs=options.pop("costs", ["squared_error"]),
        **options,
    )


def errors_of(found: wg.Findings) -> list[tuple[float | None, float | None]]:
    (cost,) = found.costs
    return [(each.bop, each.se) for each in (*cost.groups, cost.population)]


def by_library(frame: pd.DataFrame, **design: Any) -> list[tuple[float, float]]:
    """Estimate the same means by svy: of each group, then of everybody."""
    svy = pytest.importorskip("svy", reason="svy computes the same errors; pip install svy")
    polars = pytest.importorskip("polars")
    rows = frame.assign(
        benefit=frame["y"] ** 2 - (frame["y"] - frame["p1"]) ** 2,
        unit=10 * frame["stratum"] + frame["psu"],
    )
    drawn = svy.Sample(polars.from_pandas(rows), svy.Design(wgt="w", **design))
    center = (
        {"variance_center": "estimate", "method": "replication"} if "rep_wgts" in design else {}
    )
    found = drawn.estimation.mean("benefit", by="g", **center).estimates
    found += drawn.estimation.mean("benefit", **center).estimates
    return [(each.est, each.se) for each in found]


def test_errors_of_strata_and_psus_are_the_librarys_to_1e_8() -> None:
    frame = sample()
    found = compared(frame, sample_weight=frame["w"], strata=frame["stratum"], psu=frame["psu"])
    expected = by_library(frame, stratum="stratum", psu="unit")
    np.testing.assert_allclose(errors_of(found), expected, rtol=1e-8)
    (cost,) = found.costs
    # The third group has rows in three strata alone.
    assert [each.psus for each in cost.groups] == [24, 24, 9]
    df = [each.df for each in cost.groups]
    assert df[0] is not None
    assert df[2] is not None
    assert 12 < df[0] <= 16
    assert 4 < df[2] <= 6
    assert found.data.psus == 24
    assert found.data.strata == 8
    assert "24 PSUs of 8 strata" in found.to_text()
    assert "24 PSUs of 8 strata" in found.to_html()


def test_strata_with_one_psu_are_refused_or_centred_as_the_library_does() -> None:
    frame = sample(1)
    frame.loc[frame["stratum"] == 5, "psu"] = 0
    drawn = {"sample_weight": frame["w"], "strata": frame["stratum"], "psu": frame["psu"]}
    with pytest.raises(InputError, match=r"stratum: 1 stratum has one PSU, the first that of row"):
        compared(frame, **drawn)
    found = compared(frame, single_psu="centred", **drawn)
    expected = by_library(frame, stratum="stratum", psu="unit", singleton="center")
    np.testing.assert_allclose(errors_of(found), expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("method", "scale"), [("brr", 1 / 40), ("bootstrap", 1 / 40), ("jackknife", 39 / 40)]
)
def test_errors_of_replicate_weights_are_the_librarys_to_1e_8(method: str, scale: float) -> None:
    frame = sample(2, n=800)
    rng = np.random.default_rng(3)
    replicates = pd.DataFrame(
        frame["w"].to_numpy()[:, None] * rng.uniform(0, 2, (len(frame), 40)),
        columns=[f"r{k}" for k in range(1, 41)],
    )
    given = {"sample_weight": frame["w"], "replicate_weights": replicates}
    found = compared(frame, replicate_method=method, **given)
    svy = pytest.importorskip("svy", reason="svy computes the same errors; pip install svy")
    kinds = {"brr": svy.BrrWgts, "bootstrap": svy.BootstrapWgts, "jackknife": svy.JackknifeWgts}
    expected = by_library(frame.join(replicates), rep_wgts=kinds[method](prefix="r", n_reps=40))
    np.testing.assert_allclose(errors_of(found), expected, rtol=1e-8)
    assert found.costs[0].population.df == 39
    again = compared(frame, replicate_scale=[scale] * 40, **given)
    np.testing.assert_allclose(errors_of(again), errors_of(found), rtol=1e-12)


def test_fays_rho_divides_by_the_square_of_what_it_leaves() -> None:
    frame = sample(2, n=400)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, (400, 12))
    plain, fay = (
        compared(frame, replicate_weights=weights, replicate_method="brr", fay=rho)
        for rho in (0.0, 0.5)
    )
    before, after = (np.array(errors_of(each))[:, 1] for each in (plain, fay))
    np.testing.assert_allclose(after, 2 * before)


def test_psus_without_a_row_of_the_group_or_an_outcome_count() -> None:
    """A PSU whose rows are all left out is still one that was drawn."""
    frame = sample(4)
    alone = (frame["stratum"] == 0) & (frame["psu"] == 0)
    frame.loc[alone, "y"] = np.nan
    found = compared(frame, sample_weight=frame["w"], strata=frame["stratum"], psu=frame["psu"])
    kept = frame[~alone].reset_index(drop=True)
    benefit = kept["y"] ** 2 - (kept["y"] - kept["p1"]) ** 2
    mean = np.average(benefit, weights=kept["w"])
    unit = (3 * kept["stratum"] + kept["psu"]).to_numpy()
    z = np.bincount(unit, kept["w"] * (benefit - mean), minlength=24).reshape(8, 3)
    assert z[0, 0] == 0
    variance = 1.5 * ((z - z.mean(axis=1, keepdims=True)) ** 2).sum() / kept["w"].sum() ** 2
    assert found.costs[0].population.se == pytest.approx(np.sqrt(variance), rel=1e-12)


def test_one_stratum_of_rows_is_a_simple_random_sample() -> None:
    frame = sample(5)
    designed = compared(frame, psu=np.arange(len(frame)))
    plain = compared(frame)
    everybody, alone = (each.costs[0].population for each in (designed, plain))
    assert everybody.se == pytest.approx(alone.se, rel=1e-12)
    assert everybody.df == len(frame) - 1


def test_files_and_the_command_line_give_the_same(tmp_path: Path) -> None:
    from whogains.cli import main

    frame = sample(6)
    path = tmp_path / "survey.csv"
    frame.to_csv(path, index=False)
    drawn = {"sample_weight": "w", "strata": "stratum", "psu": "psu"}
    in_memory = compared(frame, **{key: frame[name] for key, name in drawn.items()})
    named = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
    of_file = wg.compare_files(path, costs=["squared_error"], **named, **drawn)
    np.testing.assert_allclose(errors_of(of_file), errors_of(in_memory), rtol=1e-12)
    written = tmp_path / "found.json"
    command = ["compare", str(path), *(f"--{key}={name}" for key, name in named.items())]
    command += ["--weight", "w", "--strata", "stratum", "--psu", "psu", "--quiet"]
    assert main([*command, "--costs", "squared_error", "--json", str(written)]) == 0
    saved = wg.read_json(written)
    np.testing.assert_allclose(errors_of(saved), errors_of(in_memory), rtol=1e-12)
    assert saved.settings["strata"] == "stratum"
    assert saved.settings["psu"] == "psu"
    with pytest.raises(InputError, match="a scan knows no strata"):
        wg.compare_files(path, rows_in_memory=100, **named, **drawn)
    frame = frame.join(pd.DataFrame({f"r{k}": frame["w"] * (1 + k % 3) for k in range(4)}))
    frame.loc[:99, "r2"] = 0.0
    frame.to_csv(path, index=False)
    names = [f"r{k}" for k in range(4)]
    replicated = wg.compare_files(
        path, costs=["squared_error"], replicate_weights=names, replicate_method="brr", **named
    )
    expected = compared(frame, replicate_weights=frame[names], replicate_method="brr")
    np.testing.assert_allclose(errors_of(replicated), errors_of(expected), rtol=1e-12)


def test_a_fitted_audit_keeps_psus_together_and_has_their_errors() -> None:
    frame = sample(7, n=1200)
    found = wg.audit(
        frame[["p1", "w"]],
        frame["y"],
        personal=frame[["g"]],
        model="linear",
        explainers="none",
        costs=["squared_error"],
        repeats=1,
        placebo=1,
        sample_weight=frame["w"],
        strata=frame["stratum"],
        psu=frame["psu"],
    )
    (cost,) = found.costs
    assert [each.psus for each in cost.groups] == [24, 24, 9]
    over = cost.groups[0].over_placebo
    assert over is not None
    assert over.se is not None
    assert over.se > 0
    assert found.settings["psu"] == "psu"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strata": "stratum", "cluster": "psu"}, "cluster says which rows"),
        ({"psu": "one"}, "one has one value: nothing can be told from one PSU"),
        ({"psu": "holes"}, r"holes is missing in 1 rows, the first in row 3 .*every row its PSU"),
        ({"strata": "holes"}, r"every row its stratum"),
        ({"psu": "psu", "single_psu": "skip"}, "single_psu must be error or centred"),
        ({"psu": "psu", "replicate_weights": ["w", "w2"]}, "give one or the other"),
        ({"replicate_weights": ["w", "w2"]}, "need replicate_method"),
        ({"replicate_weights": ["w"], "replicate_method": "brr"}, "has 1 columns"),
        ({"replicate_weights": ["w", "minus"], "replicate_method": "brr"}, "from 0 to .* -1 in"),
        ({"replicate_weights": ["w", "holes"], "replicate_method": "brr"}, "holes"),
        ({"replicate_method": "brr"}, "are of replicate_weights"),
        ({"replicate_weights": ["w", "w2"], "replicate_scale": [1, 2, 3]}, "one for each of 2"),
        ({"replicate_weights": ["w", "w2"], "replicate_scale": -1}, "must be a positive number"),
        (
            {"replicate_weights": ["w", "w2"], "replicate_method": "bootstrap", "fay": 0.5},
            "is of replicate_method 'brr'",
        ),
        ({"psu": "psu", "method": "bootstrap"}, "takes rows as drawn one by one"),
        (
            {"psu": "psu", "costs": [wg.Metric("gap", value=lambda y, p: float(np.mean(y - p)))]},
            "gap is a metric that was declared",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(given: dict[str, Any], message: str) -> None:
    frame = sample(8, n=300).assign(one=1, minus=-1.0, w2=2.0)
    frame["holes"] = frame["psu"].where(frame.index != 3)
    columns = {"strata", "psu", "cluster", "replicate_weights"}
    options = {key: frame[name] if key in columns else name for key, name in given.items()}
    with pytest.raises(InputError, match=message) as raised:
        compared(frame, **options)
    assert "\n" not in str(raised.value)


def test_noise_earns_no_more_verdicts_than_alpha() -> None:
    """Two predictions that differ by noise, in 15 strata of two PSUs of different sizes."""
    rng = np.random.default_rng(11)
    wrong = given = 0
    for _ in range(40):
        size = rng.poisson(60 * rng.lognormal(-0.18, 0.6, 30)) + 1
        unit = np.repeat(np.arange(30), size)
        n = len(unit)
        moved = 0.3 * rng.normal(size=30)[unit] + rng.normal(size=n)
        y = np.sqrt(0.5) * (rng.normal(size=30)[unit] + rng.normal(size=n))
        frame = pd.DataFrame(
            {"y": y, "p0": 0.3 * moved, "p1": -0.3 * moved, "g": LETTERS[rng.integers(0, 2, n)]}
        )
        found = compared(frame, sample_weight=rng.uniform(1, 3, n), strata=unit // 2, psu=unit)
        (cost,) = found.costs
        given += cost.groups[0].method == "t"
        wrong += any(each.verdict in {"gain", "harm"} for each in cost.groups)
    assert given > 35
    # With .05 a family 40 of them have 7 or more in .003.
    assert wrong <= 6
