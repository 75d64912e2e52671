"""Thresholds, known ranges, approximate intervals and single labels, in every form."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.report.charts import gains
from whogains.report.markdown import to_markdown

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


@pytest.fixture(scope="module")
def few() -> wg.Findings:
    rng = np.random.default_rng(0)
    n = 320
    y = rng.normal(0, 10, n)
    frame = pd.DataFrame({"y": y, "p0": y + rng.normal(0, 5, n), "p1": y + rng.normal(0, 3, n)})
    frame["g"] = np.where(np.arange(n) % 8 < 6, "large", "small")
    return wg.compare_files(
        frame, **COLUMNS, unit="mm", cost_range={"absolute_error": (0, 30)}, task="regression"
    )


@pytest.fixture(scope="module")
def silent() -> wg.Findings:
    rng = np.random.default_rng(1)
    n = 3000
    p = rng.uniform(0.01, 0.1, n)
    frame = pd.DataFrame({"y": (rng.random(n) < p) * 1, "p0": 0.05, "p1": p})
    frame["g"] = rng.choice(["u", "v"], n)
    frame.loc[0, "p0"] = float(1 - frame.loc[0, "y"])
    frame.loc[frame.index[-1], "p1"] = 0.9
    frame.loc[frame.index[[0, -1]], "g"] = "v"
    return wg.compare_files(frame, **COLUMNS)


def once(text: str) -> str:
    return " ".join(text.split())


def test_approximate_intervals_are_marked_everywhere(few: wg.Findings) -> None:
    large, small = few.costs[0].groups
    assert (large.method, small.method) == ("t", "approximate")
    terminal, markdown = once(str(few)), once(to_markdown(few))
    for text in (terminal, markdown):
        assert text.count("≈ ") == 1
        assert "≈: an approximate interval" in text
        assert "No test, no verdict and nothing else rests on it" in text
        assert "intervals approximate, no test (groups: 1)" in text
    rows = list(csv.DictReader(StringIO(few.to_csv())))
    assert [row["method"] for row in rows][:2] == ["t", "approximate"]
    assert rows[1]["approximate_error"] == "0.045"
    assert rows[1]["p_gain"] == ""
    shown = gains(few).to_dict()
    rows = [row for data in shown["datasets"].values() for row in data if "opacity" in row]
    assert [row["opacity"] for row in rows] == [1.0, 0.35]


def test_the_page_draws_approximate_intervals_with_a_broken_line(
    few: wg.Findings, tmp_path: Path
) -> None:
    few.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(re.findall(r'class="strip unknown faint"', page)) == 1
    assert "It is drawn with a broken line." in page
    assert "approximate: an end errs up to 0.045" in page
    assert page.count("≈ ") == 1
    assert "Known range</dt><dd>0 to 30 mm in every row, as asked" in page
    # Where there is none nothing is said of it.
    wide = wg.compare(
        [0, 1, 1, 0] * 500,
        generic=[0.4, 0.6, 0.4, 0.6] * 500,
        personalized=[0.1, 0.9, 0.8, 0.6] * 500,
        groups={"s": list("ffmm") * 500},
    )
    wide.to_html(tmp_path / "wide.html")
    said = (tmp_path / "wide.html").read_text(encoding="utf-8")
    assert "broken line" not in said
    assert "faint" not in re.sub(r"<style>.*?</style>", "", said, flags=re.DOTALL)
    assert "Known range" not in said


def test_a_known_range_is_said(few: wg.Findings) -> None:
    assert "range 0 to 30 mm in every row, as asked" in once(str(few))
    assert "Known range: 0 to 30 mm in every row, as asked" in once(to_markdown(few))


def test_one_label_and_the_threshold_are_said(silent: wg.Findings, tmp_path: Path) -> None:
    silent.to_html(tmp_path / "page.html")
    page = re.sub(r"<[^>]+>", " ", (tmp_path / "page.html").read_text(encoding="utf-8"))
    for text in (once(str(silent)), once(to_markdown(silent)), once(page)):
        assert "cannot tell: one label" in text
        assert "0.5 (the default): a probability of that or more is a prediction of 1" in text
        assert "u: 0-1 loss changes by less" not in text
        assert re.search(r"log loss: predictions that give what happened a probability of 0", text)
    assert "every row the label 0: a cost of labels cannot tell them apart" in once(page)
    assert "One label: at the threshold from which on" in once(page)


@pytest.mark.parametrize(
    ("threshold", "why"),
    [
        (0.04, r"0\.04 \(as asked\)"),
        ("base rate", r"0\.0\d+ \(the base rate of the rows audited\)"),
    ],
)
def test_a_threshold_comes_with_its_reason(threshold: float | str, why: str) -> None:
    rng = np.random.default_rng(2)
    p = rng.uniform(0.01, 0.1, 2000)
    found = wg.compare(
        (rng.random(2000) < p) * 1,
        generic=np.full(2000, 0.05),
        personalized=p,
        groups={"g": rng.choice(["u", "v"], 2000)},
        costs="zero_one",
        threshold=threshold,
    )
    text = once(str(found))
    assert re.search(rf"threshold {why}: a probability of that or more", text)


def test_saved_audits_keep_all_of_it(few: wg.Findings, silent: wg.Findings, tmp_path: Path) -> None:
    for found in (few, silent):
        found.to_json(tmp_path / "audit.json")
        assert wg.read_json(tmp_path / "audit.json") == found
