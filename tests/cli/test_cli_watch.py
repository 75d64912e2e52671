"""A year of weekly batches through the command line, and what stops a release."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import parse

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main

from .conftest import Run as Cli

FIRST = ["--target", "died", "--generic", "p0", "--personalized", "p1", "--groups", "sex,age"]


def week(place: int, *, drift: float = 0.0, n: int = 160) -> pd.DataFrame:
    """Make a week in which women over 65 get worse predictions by a drift."""
    rng = np.random.default_rng(place)
    sex, age = rng.choice(["f", "m"], n), rng.choice(["18-64", "65+"], n, p=[0.7, 0.3])
    y = rng.integers(0, 2, n)
    far = rng.normal(0, 1, (2, n))
    shift = np.where((sex == "f") & (age == "65+"), -drift, np.where(sex == "m", 0.8, 0.0))
    p0 = 1 / (1 + np.exp(-(2 * y - 1 + far[0])))
    p1 = 1 / (1 + np.exp(-((2 * y - 1) * (1 + shift) + far[0] + 0.3 * far[1])))
    return pd.DataFrame({"died": y, "p0": p0, "p1": p1, "sex": sex, "age": age})


def test_a_year_of_weekly_batches(cli: Cli, tmp_path: Path) -> None:
    state = str(tmp_path / "model.watch")
    first_alarm = None
    for place in range(52):
        file = tmp_path / f"2026-W{place + 1:02}.csv"
        week(place, drift=1.5 if place >= 26 else 0.0).to_csv(file, index=False)
        day = str(np.datetime64("2026-01-05") + 7 * place)
        call = ["watch", file.name, "--state", state, "--date", day, "--fail-on", "harm", "--quiet"]
        if not place:
            call += [*FIRST, "--costs", "zero_one,brier"]
        # A model that is watched as it drifts: anew from the half year on.
        if place == 26:
            call.append("--restart")
        ran = cli(*call, cwd=tmp_path)
        assert ran.status in {0, 1}, ran.err
        if ran.status == 1 and first_alarm is None:
            first_alarm = place
            assert ran.err.startswith("whogains: harm: ")
            assert "f, 65+" in ran.err
        if first_alarm is not None:
            assert ran.status == 1
    assert first_alarm is not None
    assert first_alarm > 26
    out = tmp_path / "year.json"
    page = tmp_path / "year.html"
    ran = cli("watch", "--state", state, "--json", str(out), "--html", str(page), cwd=tmp_path)
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    found = wg.read_json(out)
    assert isinstance(found, wg.Watch)
    assert len(found.batches) == 52
    assert [batch.name for batch in found.batches][-1] == "2026-W52"
    assert {(alarm.group["sex"], alarm.group["age"]) for alarm in found.alarms} == {("f", "65+")}
    assert min(alarm.batch for alarm in found.alarms) == first_alarm
    assert page.read_text("utf-8").count("<polyline") >= 8
    again = cli("report", str(out), "--fail-on", "harm", "--quiet", cwd=tmp_path)
    assert again.status == 1
    # The state is small, and holds no prediction.
    assert Path(state).stat().st_size < 1_000_000


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for place in range(2):
        week(place).to_csv(tmp_path / f"w{place}.csv", index=False)
    assert main(["watch", "w0.csv", "--state", "s", *FIRST, "--quiet", "--margin", ".05"]) == 0
    return tmp_path


def test_what_is_not_known_is_said_and_can_stop(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["watch", "--state", "s", "--fail-on", "harm", "--quiet"]) == 0
    said = capsys.readouterr().err
    assert said.startswith("whogains: passed, but nothing is known of ")
    assert " of 4 groups" in said
    assert main(["watch", "--state", "s", "--fail-on", "harm,unknown", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("whogains: nothing is known: 0-1 loss: ")
    assert main(["watch", "--state", "s", "--fail-on", "not-gain", "--json", "-"]) == 1
    ran = capsys.readouterr()
    assert json.loads(ran.out)["schema"] == 1
    assert "not every group is shown to gain" in ran.err
    assert main(["watch", "--state", "s", "--fail-on", "inferior", "--quiet"]) == 1
    assert "not shown to lose less than the margin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["watch", "w1.csv", "--state", "new"], "the first batch needs target"),
        (["watch", "w1.csv"], "--state"),
        (["watch", "none.csv", "--state", "s"], "none.csv"),
        (["watch", "w1.csv", "--state", "s", "--alpha", ".1"], "was begun with 0.05"),
        (["watch", "w1.csv", "--state", "w1.csv"], "w1.csv"),
        (["watch", "w1.csv", "--state", "s", "--date", "monday"], "2026-03-02"),
        (["watch", "w1.csv", "--state", "s", "--threshold", "base rate"], "base rate"),
        (["watch", "w1.csv", "--state", "s", "--batch", "w0"], "other rows was added before"),
        (["watch", "w1.csv", "--state", "s", "--fail-on", "magic"], "'unknown'"),
    ],
)
def test_wrong_usage_is_one_line_and_changes_nothing(
    started: Path, capsys: pytest.CaptureFixture[str], call: list[str], words: str
) -> None:
    before = (started / "s").read_bytes()
    capsys.readouterr()
    assert main(call) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert (started / "s").read_bytes() == before


def test_a_margin_is_asked_for(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["compare", "w0.csv", *FIRST, "--quiet", "--fail-on", "inferior,unknown"]
    assert main(call) == 2
    assert "give --margin" in capsys.readouterr().err
    assert main([*call, "--margin", "0.9"]) == 1
    said = capsys.readouterr().err
    assert "nothing is known" in said


def test_values_are_meant_as_at_the_first_batch(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in range(2):
        rows = week(place).assign(years=lambda frame: np.arange(len(frame)) % 80)
        rows[["p0", "p1"]] *= 100
        rows.to_csv(f"v{place}.csv", index=False)
    first = [*FIRST[:-1], "sex,years", "--costs", "brier", "--percent"]
    meant = ["--labels", "sex:f=woman,m=man", "--band", "years=40"]
    assert main(["watch", "v0.csv", "--state", "v", *first, *meant, "--quiet"]) == 0
    assert main(["watch", "v1.csv", "--state", "v", "--quiet", "--json", "v.json"]) == 0
    found = wg.read_json("v.json")
    assert isinstance(found, wg.Watch)
    levels = {(each.group["sex"], each.group["years"]) for each in found.costs[0].groups}
    bands = ("under 40", "40 and over")
    assert levels == {(sex, band) for sex in ("woman", "man") for band in bands}
    assert found.data.rows == 320
    capsys.readouterr()
    assert main(["watch", "v1.csv", "--state", "v", "--band", "years=50"]) == 2
    assert "what was chosen at the first batch stays" in capsys.readouterr().err


def test_ci_shows_a_group_as_a_test(started: Path) -> None:
    ask = ["compare", "w0.csv", *FIRST, "--quiet", "--costs", "zero_one,brier", "--junit"]
    assert main([*ask, "a.xml"]) == 0
    suites = parse("a.xml").getroot()
    assert [each.get("name") for each in suites] == ["0-1 loss", "Brier score"]
    assert [each.get("tests") for each in suites] == ["4", "4"]
    assert sum(int(each.get("failures", "")) for each in suites) == 0
    skipped = sum(int(each.get("skipped", "")) for each in suites)
    assert skipped == len(suites.findall(".//skipped")) > 0
    assert main([*ask, "b.xml", "--fail-on", "unknown"]) == 1
    failures = parse("b.xml").getroot().findall(".//failure")
    assert len(failures) == skipped
    assert {each.get("message") for each in failures} == {"unknown"}
    assert main(["watch", "--state", "s", "--quiet", "--junit", "c.xml"]) == 0
    assert parse("c.xml").getroot().findall(".//testcase")[0].get("name") == "f, 18-64"


def test_names_that_break_xml_do_not(started: Path) -> None:
    rows = week(0)
    rows["sex"] = rows["sex"].map({"f": '</testcase>&"\x08', "m": "m"})
    rows.to_parquet("odd.parquet")
    ask = ["compare", "odd.parquet", *FIRST, "--quiet", "--costs", "zero_one", "--junit", "d.xml"]
    assert main(ask) == 0
    assert len(parse("d.xml").getroot().findall(".//testcase")) == 4
