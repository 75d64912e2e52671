"""Two people's ways from a file as it is to a page, on the command line."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest


def test_an_auditor_with_a_file_of_excel_and_predictions_of_yes_and_no(
    tmp_path: Path, cli: Callable[..., Any]
) -> None:
    """Semicolons, UTF-16, German words, ages, a row without a prediction."""
    draw = random.Random(4)
    rows = [("Rückfall", "ohne", "mit", "Geschlecht", "Alter")]
    wrong: dict[str, list[int]] = {"männlich": [0, 0, 0], "weiblich": [0, 0, 0]}
    for i in range(600):
        y = draw.random() < 0.4
        sex = draw.choice(["männlich", "weiblich"])
        generic = y if draw.random() < 0.7 else not y
        right = draw.random() < (0.95 if sex == "weiblich" else 0.7)
        personalized = y if right else not y
        words = ["Ja" if each else "Nein" for each in (y, generic, personalized)]
        if i == 17:
            words[2] = "."
        else:
            for j, add in enumerate((1, generic != y, personalized != y)):
                wrong[sex][j] += add
        rows.append((*words, sex, str(draw.randrange(18, 90))))
    path = tmp_path / "befund.csv"
    path.write_text("\n".join(map(";".join, rows)), "utf-16")
    given = ["compare", path, "--target", "Rückfall", "--generic", "ohne", "--personalized", "mit"]

    stopped = cli(*given, "--groups", "Geschlecht")
    assert stopped.status == 2
    # The error says the way out, twice.
    assert "if '.' means missing, say na='.' (--na .)" in stopped.err
    stopped = cli(*given, "--groups", "Geschlecht", "--na", ".")
    assert stopped.status == 2
    assert "--drop-missing-predictions" in stopped.err
    given += ["--na", ".", "--drop-missing-predictions"]

    files = ["--json", tmp_path / "a.json", "--html", tmp_path / "a.html"]
    ran = cli(*given, "--groups", "Geschlecht", *files)
    assert ran.status == 0, ran.err
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    (cost,) = found["costs"]
    for group in cost["groups"]:
        n, generic, personalized = wrong[group["group"]["Geschlecht"]]
        assert group["n"] == n
        assert group["bop"] == pytest.approx((generic - personalized) / n)
    assert found["data"]["positive"] == "Ja"
    assert found["data"]["rows_dropped"] == 1
    notes = found["notes"]
    said = (
        "befund.csv is read with fields separated by semicolons, text in UTF-16, also missing: '.'"
    )
    assert said in notes
    assert "mit: 'Ja' counts as 1 and 'Nein' as 0" in notes
    assert any(note.startswith("1 row with an outcome and without a prediction") for note in notes)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "weiblich" in page
    assert "separated by semicolons" in page
    assert "separated by semicolons" in " ".join(ran.out.split())

    ran = cli(*given, "--groups", "Alter,Geschlecht", "--band", "Alter=40,65", *files)
    assert ran.status == 0, ran.err
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    bands = list(dict.fromkeys(g["group"]["Alter"] for g in found["costs"][0]["groups"]))
    assert bands == ["under 40", "40 to under 65", "65 and over"]


def _study(path: Path) -> pd.DataFrame:
    """Make 240 patients with three visits each, as a data set with labelled codes."""
    draw = random.Random(9)
    rows = []
    for person in range(240):
        sex, age = draw.randrange(2), draw.randrange(20, 80)
        level = draw.gauss(0, 4)
        for _ in range(3):
            systolic = 120 + 6 * sex + age / 5 + level + draw.gauss(0, 6)
            rows.append((person + 1, sex + 1, age, draw.gauss(0, 1), round(systolic, 1)))
    frame = pd.DataFrame(rows, columns=["subjid", "sex", "age", "dose", "sysbp"]).astype(float)
    frame.loc[5, "sysbp"] = None
    labels: Any = {"sex": {1: "Male", 2: "Female"}}
    if path.suffix == ".dta":
        pyreadstat.write_dta(frame, os.fspath(path), variable_value_labels=labels)
    else:
        pyreadstat.write_xport(frame, os.fspath(path), file_format_version=8)
    return frame


@pytest.mark.parametrize("kind", [".xpt", ".dta"])
def test_a_biostatistician_with_repeated_persons(
    tmp_path: Path, cli: Callable[..., Any], kind: str
) -> None:
    """SAS transport files have codes without labels, Stata's have them."""
    path = tmp_path / f"visits{kind}"
    frame = _study(path)
    given = ["audit", path, "--target", "sysbp", "--personal", "sex", "--model", "linear"]
    given += ["--explainers", "none", "--repeats", "1", "--placebo", "0", "--band", "age=50"]
    given += ["--groups", "sex,age"]
    files = ["--json", tmp_path / "a.json", "--html", tmp_path / "a.html"]
    labels = ["--labels", "sex:1=Male,2=Female"] if kind == ".xpt" else []
    # Who forgets that persons come back is told so.
    careless = cli(*given, *labels, "--drop", "subjid")
    assert careless.status == 0, careless.err
    assert "subjid" in careless.out

    ran = cli(*given, *labels, "--cluster", "subjid", *files)
    assert ran.status == 0, ran.err
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert found["data"]["rows"] == len(frame) - 1
    assert found["data"]["rows_dropped"] == 1
    known = frame[frame["sysbp"].notna()]
    right = {
        (sex, band): int(((known["sex"] == code) & ((known["age"] >= 50) == old)).sum())
        for code, sex in ((1, "Male"), (2, "Female"))
        for old, band in ((False, "under 50"), (True, "50 and over"))
    }
    sizes = {(g["group"]["sex"], g["group"]["age"]): g["n"] for g in found["costs"][0]["groups"]}
    assert sizes == right
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "50 and over" in page
    if kind == ".dta":
        assert any("with the labels of the values of sex" in note for note in found["notes"])
