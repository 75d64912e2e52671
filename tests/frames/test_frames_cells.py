"""No message quotes a name: every way to meet a cell of a table that is not what it should be."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import cell, said_of, without_cells
from whogains.models.model import told

NAME, BORN, NUMBER = "Mrs Jones", "1951-03-02", "0176 1234567"
COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]


def rows(n: int = 60) -> pd.DataFrame:
    draw = np.random.default_rng(0)
    made = {"y": draw.integers(0, 2, n), "p0": draw.random(n), "p1": draw.random(n)}
    return pd.DataFrame({**made, "g": list("ab") * (n // 2), "w": 1.0, "c": range(n)}).astype(str)


@pytest.mark.parametrize(
    ("secret", "column"), [*product([NAME, BORN, NUMBER], ["y", "p0"]), (NAME, "w")]
)
@pytest.mark.parametrize("more", [[], ["--rows-in-memory", "0"], ["--percent"]])
@pytest.mark.parametrize("task", [[], ["--task", "regression"], ["--task", "classification"]])
def test_a_cell_of_one_person(
    tmp_path: Path,
    secret: str,
    column: str,
    more: list[str],
    task: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    frame = rows()
    frame.loc[40, column] = secret
    frame.to_csv(tmp_path / "rows.csv", index=False)
    words = ["compare", str(tmp_path / "rows.csv"), *COLUMNS, "--weight", "w", *more, *task]
    assert main([*words, "--quiet"]) == 2
    said = capsys.readouterr().err
    for part in (secret, *secret.split()):
        assert part not in said


@pytest.mark.parametrize("line", [f"1,0.5,{NAME}", f"1,0.5,0.5,a,1,{NAME},7", f'1,"{NAME}'])
@pytest.mark.parametrize("more", [[], ["--rows-in-memory", "0"]])
def test_a_line_that_cannot_be_read(
    tmp_path: Path, line: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = rows().to_csv(index=False).splitlines()
    text.insert(30, line)
    (tmp_path / "rows.csv").write_text("\n".join(text))
    assert main(["compare", str(tmp_path / "rows.csv"), *COLUMNS, *more, "--quiet"]) == 2
    assert "Jones" not in capsys.readouterr().err


def test_labels_and_classes() -> None:
    frame = rows()
    p = frame["p0"].astype(float)
    names = pd.Series([f"{NAME} {i}" for i in range(60)])
    given = {"generic": p, "personalized": p, "groups": frame[["g"]]}
    calls = [
        lambda: wg.compare(frame["y"].astype(int), **{**given, "groups": {"who": names}},
                           labels={"who": {"x": "y"}}),
        lambda: wg.compare(frame["y"].astype(int),
                           **{**given, "generic": names.where(names.index == 3, "yes")}),
        lambda: wg.compare(names.where(names.index == 3, p), task="classification", **given),
        lambda: wg.compare(names, **given),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(wg.InputError) as found:
            call()
        assert "Jones" not in str(found.value)


def test_what_libraries_say() -> None:
    with pytest.raises(ValueError, match="Jones") as found:
        pd.Series([NAME]).astype(float)
    assert "Jones" not in told(found.value)
    with pytest.raises(ValueError, match="Jones") as found:
        pd.to_numeric(pd.Series([NAME]))
    assert told(found.value).endswith("at position 0")
    for said in ("invalid value 'Mrs Jones'", 'Could not convert string "Mrs Jones" to DOUBLE'):
        assert "Jones" not in without_cells(said)
    broken = UnicodeDecodeError("utf-8", NAME.encode(), 0, 1, "bad")
    assert "Jones" not in str(said_of(broken))


def test_what_helps_is_still_quoted() -> None:
    for text in ("?", ".", "N/A", "missing", "88.5%", "0,5", "-99", "1 000", "<0.1"):
        assert cell(text) == repr(text)
    for text in ("12.3.1951", "1234567", "Smith", "A. Smith", "a@b.org", "x" * 300):
        assert cell(text) == f"text of {len(text)} characters"
