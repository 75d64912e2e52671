"""Levels of personal attributes are what was written, whoever reads the file for models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import whogains as wg
from whogains.cli.file_values import group_options
from whogains.errors import InputError
from whogains.files import Format, read_table

LIFT = {"01": 2.0, "1": -2.0, "02": 0.0}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=900), "site": rng.choice([*LIFT], 900)})
    odds = frame["x"] + frame["site"].map(LIFT)
    frame["y"] = (rng.random(900) < 1 / (1 + np.exp(-odds))).astype(int)
    path = tmp_path_factory.mktemp("sites") / "sites.csv"
    frame.to_csv(path, index=False)
    return path, frame


def test_models_that_are_run_on_a_file_see_what_is_written(
    tmp_path: Path, sites: tuple[Path, pd.DataFrame]
) -> None:
    path, frame = sites
    encoded = make_column_transformer((OneHotEncoder(), ["site"]), remainder="passthrough")
    generic = LogisticRegression().fit(frame[["x"]], frame["y"])
    personalized = make_pipeline(encoded, LogisticRegression()).fit(
        frame[["x", "site"]], frame["y"]
    )
    p0 = generic.predict_proba(frame[["x"]])[:, 1]
    p1 = personalized.predict_proba(frame[["x", "site"]])[:, 1]
    right = ((p0 - frame["y"]) ** 2 - (p1 - frame["y"]) ** 2).groupby(frame["site"]).mean()
    made = wg.predict_files(
        path,
        tmp_path / "out.parquet",
        target="y",
        personal="site",
        generic=generic,
        personalized=personalized,
    )
    found = wg.compare_files(
        made.path,
        target="y",
        generic="generic",
        personalized="personalized",
        groups="site",
        costs="brier",
    )
    assert {each.group["site"]: each.bop for each in found.costs[0].groups} == pytest.approx(
        right.to_dict()
    )


@pytest.mark.parametrize("command", ["audit", "choose"])
def test_models_that_are_fitted_to_a_file_tell_them_apart(
    cli: Callable[..., Any], sites: tuple[Path, pd.DataFrame], tmp_path: Path, command: str
) -> None:
    path, _ = sites
    options = ["--target", "y", "--personal", "site", "--model", "linear", "--repeats", "1"]
    options += ["--placebo", "0", "--explainers", "none"] if command == "audit" else []
    ran = cli(
        command, str(path), *options, "--costs", "brier", "--json", "found.json", cwd=tmp_path
    )
    assert ran.status == 0, ran.err
    found = wg.read_json(tmp_path / "found.json")
    # Read as the number 1, two sites that differ as much as can be would be one.
    if command == "audit":
        assert found.costs[0].population.bop > 0.05
        assert [each.group["site"] for each in found.costs[0].groups] == ["01", "1", "02"]
    else:
        assert found.value.everything > 0.05


@pytest.mark.parametrize(
    ("values", "right"),
    [
        (["01", "1"], ["01", "1"]),
        (["007", "12"], ["007", "12"]),
        (["1", "2.5"], [1.0, 2.5]),
        (["1", "10"], [1, 10]),
        (["+1", "1"], ["+1", "1"]),
    ],
)
def test_a_column_of_levels_is_numbers_where_all_are_written_as_numbers_are(
    tmp_path: Path, values: list[str], right: list[Any]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("site\n" + "\n".join(values) + "\n")
    assert read_table(path, levels=["site"])["site"].tolist() == right
    # A feature is a quantity where it can be, as in every other program.
    numbers = [float(value) for value in values]
    assert read_table(path, form=Format())["site"].tolist() == numbers


def test_labels_that_another_mark_separates_are_refused() -> None:
    asked = "sex:0=male,1=female;site:a=North"
    with pytest.raises(InputError, match="'1=female;site:a=North' is not COLUMN:CODE=LABEL"):
        group_options(asked, None)


def test_labels_and_bands_make_the_groups_of_a_choice(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    n = 2000
    frame = pd.DataFrame({"sex": rng.integers(0, 2, n), "age": rng.integers(20, 90, n)})
    lift = 2.0 * frame["sex"]
    frame["y"] = lift + rng.normal(size=n)
    frame["none"] = frame["by_age"] = 1.0
    frame["by_sex"] = frame["by_both"] = lift
    path = tmp_path / "scored.csv"
    frame.assign(x=rng.normal(size=n)).to_csv(path, index=True)
    # A column that is there twice and that nobody asks for.
    path.write_text(
        "\n".join(
            f"{line},{word},{word}"
            for line, word in zip(path.read_text().splitlines(), ["twice", *["1"] * n], strict=True)
        )
    )
    given = ("choose", str(path), "--target", "y", "--personal", "sex,age")
    shape = ("--labels", "sex:0=male,1=female", "--band", "age=45,65")
    sets = ("none=none", "sex=by_sex", "age=by_age", "sex+age=by_both")
    models = [word for each in sets for word in ("--model", each)]
    ran = cli(*given, *shape, *models, "--json", "c.json", "--quiet", cwd=tmp_path)
    assert ran.status == 0, ran.err
    found = wg.read_json(tmp_path / "c.json")
    sexes = frame["sex"].map({0: "male", 1: "female"})
    ages = pd.cut(
        frame["age"], [0, 44, 64, 99], labels=["under 45", "45 to under 65", "65 and over"]
    )
    right = frame.groupby([sexes, ages.astype(str)]).size().to_dict()
    assert {(each.group["sex"], each.group["age"]): each.n for each in found.routing} == right
    by_call = wg.choose_from(
        frame["y"],
        models={"none": frame["none"], "sex": lift, "age": frame["by_age"], "sex+age": lift},
        personal=frame[["sex", "age"]],
        labels={"sex": {0: "male", 1: "female"}},
        bands={"age": [45, 65]},
    )
    assert by_call.routing == found.routing
    fitted = cli(
        *given, *shape, "--model", "linear", "--repeats", "1", "--json", "d.json", cwd=tmp_path
    )
    assert fitted.status == 0, fitted.err
    # Models see the attributes as they are.
    own = wg.read_json(tmp_path / "d.json")
    assert {(each.group["sex"], each.group["age"]): each.n for each in own.routing} == right
    assert own.settings["features"] == ["none", "by_age", "by_sex", "by_both", "x"]
    assert any(
        "more than one column named 'twice' and a column without a name" in note
        for note in own.notes
    )
    refused = cli(*given, *models, "--band", "bmi=25", cwd=tmp_path)
    assert (refused.status, "'bmi', which is no group" in refused.err) == (2, True)
