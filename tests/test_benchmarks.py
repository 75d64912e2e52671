"""The calibration benchmark in small: it runs, goes on after a stop, and `auto` holds."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from whogains.inference import APPROXIMATE_ERRORS

ROOT = Path(__file__).parents[1]


def started(*options, cwd=ROOT):
    command = [sys.executable, str(ROOT / "benchmarks" / "calibration.py"), "--quick", *options]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def calibrate(folder, *options):
    places = ("--out", str(folder / "table.md"), "--cache", str(folder / "cache.jsonl"))
    done = started(*options, *places)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("calibration")
    calibrate(made)
    return made


@pytest.fixture(scope="module")
def rows(folder):
    lines = (folder / "cache.jsonl").read_text().splitlines()
    return [row for line in lines if line for row in json.loads(line)["rows"]]


@pytest.fixture
def invalid_rules(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("invalid_rules")


def tolerated(nominal, count):
    return nominal + 3.3 * (nominal * (1 - nominal) / count) ** 0.5


def test_automatic_choices_hold_their_level(rows):
    judged = [row for row in rows if row["given"] >= 200]
    auto = [row for row in judged if row["method"] == "auto" or row["kind"] == "groups"]
    assert len(auto) >= 30
    for row in auto:
        for name, nominal in (("low", 0.025), ("high", 0.025), ("gain", 0.05), ("harm", 0.05)):
            assert row.get(name, 0.0) <= tolerated(nominal, row["given"]), row
        if "low" in row:
            assert row["low"] + row["high"] <= tolerated(0.05, row["given"]), row


def test_every_method_is_measured(rows):
    found = {row["method"] for row in rows}
    expected = {
        "auto",
        "t",
        "t with skewness",
        "score, corrected",
        "score, as published",
        "bootstrap, studentized",
        "bootstrap, bca",
        "betting",
        "betting, rows",
        "sign",
        "equivalence by score",
        "equivalence by t with skewness",
        "non-inferiority by score",
        "non-inferiority by t with skewness",
        "gamma, one without gain",
        "every group gains, one without gain",
        "harm by Holm, all alike",
        "DeLong, t with skewness",
        "R2, t with skewness",
        "paper's rule",
        "sign test over bootstrap replicates",
        "percentile bootstrap of the minimum",
    }
    assert expected <= found


def test_rules_that_are_no_tests_are_seen_to_fail(rows):
    by_method = {row["method"]: row for row in rows if row["kind"] == "comparisons"}
    assert by_method["paper's rule"]["gain"] > 0.1
    assert by_method["sign test over bootstrap replicates"]["gain"] > 0.2
    assert by_method["percentile bootstrap of the minimum"]["high"] > 0.5


def test_page_names_every_method_and_cell(folder, rows):
    page = (folder / "table.md").read_text()
    assert (folder / "table.svg").read_text().startswith("<svg")
    assert "Out of tolerance: 0." in page
    for row in rows:
        if row["kind"] not in ("groups", "comparisons", "AUC, smallest class"):
            assert row["cost"] in page
            assert row["method"] in page or row["method"] == "auto"


def test_stopped_run_goes_on_and_gives_the_same_page(folder, tmp_path):
    page = (folder / "table.md").read_text()
    # A copy: the other tests read the folder in any order.
    cache = tmp_path / "cache.jsonl"
    cache.write_text((folder / "cache.jsonl").read_text())
    lines = cache.read_text()
    kept = [line for line in lines.splitlines() if line]
    # All but the last line, and that one cut off as by a kill.
    cache.write_text("\n".join(kept[:-1]) + "\n" + kept[-1][:40])
    calibrate(tmp_path)
    strip = [line for line in cache.read_text().splitlines() if line.endswith("}")]
    assert len(strip) == len(kept)

    def numbers(text):
        """Drop the one time that was measured anew."""
        rows = json.loads(text)["rows"]
        return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]

    assert numbers(strip[-1]) == numbers(kept[-1])
    assert len((tmp_path / "table.md").read_text().splitlines()) == len(page.splitlines())


def test_some_cells_alone_are_those_of_the_whole_run(rows, tmp_path):
    calibrate(tmp_path, "--only", "clusters: skewed, 5 rows each, n = 200")
    alone = [
        json.loads(line) for line in (tmp_path / "cache.jsonl").read_text().split("\n") if line
    ]
    (cell,) = alone
    whole = [
        row for row in rows if (row["kind"], row["cost"], row["n"]) == ("clusters", "skewed", 200)
    ]

    def numbers(row):
        return {key: value for key, value in row.items() if key != "seconds"}

    assert list(map(numbers, cell["rows"])) == list(map(numbers, whole))
    page = (tmp_path / "table.md").read_text()
    assert "calibration.py --quick --only 'clusters: skewed" in page
    assert "`auto` was judged in 1 cells" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "clusters"), "--only gives a page of its own: say where with --out"),
        (("--only", "nothing like it", "--out", "table.md"), "no cell's name holds 'nothing like"),
    ],
)
def test_some_cells_never_overwrite_the_page_of_all(tmp_path, options, said):
    done = started(*options, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_that_auto_picks_is_out_of_tolerance_on_the_committed_page():
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    part = page.split("## What `auto` does")[1].split("## The smaller class of an AUC")[0]
    judged, given = re.search(r"judged in (\d+) cells and gave .*\n(\d+) of them", part).groups()
    assert "Out of tolerance: 0." in part
    tables = part.split("### How it does")[1]
    verdicts = re.findall(r"^\|.* \| ([^|]+) \|$", tables, flags=re.MULTILINE)
    assert verdicts.count("holds") == int(given) == len(verdicts) - verdicts.count("verdict")
    nothing = sum(
        map(int, re.findall(r"^In (\d+) more cells it gave no interval", tables, re.MULTILINE))
    )
    assert int(given) + nothing == int(judged)


def test_sign_test_over_bootstrap_rejects_far_too_often(invalid_rules):
    rng = np.random.default_rng(5)
    rejected = [
        invalid_rules.sign_test_over_bootstrap(rng.standard_normal(60), random_state=i) < 0.05
        for i in range(200)
    ]
    assert 0.3 < np.mean(rejected) < 0.6


def test_percentile_bootstrap_of_the_minimum_does_not_cover(invalid_rules):
    rng = np.random.default_rng(6)
    covered = 0
    for i in range(60):
        found = invalid_rules.percentile_bootstrap_of_minimum(
            list(rng.standard_normal((8, 100))), replicates=199, random_state=i
        )
        covered += bool(found.lower <= 0 <= found.upper)
    assert covered <= 6


def table_rows(page, first):
    """Return the cells of the lines that begin with this one."""
    lines = re.findall(rf"^\| {re.escape(first)}.*\|$", page, flags=re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_committed_page_bears_out_the_constants_of_t():
    page = (ROOT / "docs" / "t-ends.md").read_text(encoding="utf-8")
    ((_, _, over, *_, largest, monotone),) = table_rows(page, "Cornish-Fisher, x 2.5 (in use)")
    assert over == "0"
    assert float(largest) < 2
    assert monotone == "yes"
    for (low, high), said in APPROXIMATE_ERRORS.items():
        ((_, _, errors, *_),) = table_rows(page, f"{low} to {high - 1}")
        assert float(errors.split(" to ")[1]) < said
    ((_, *titles),) = [row for row in table_rows(page, "cell") if "k = 4" in row]
    # The head of the first table has this word too.
    (measured,) = [row for row in table_rows(page, "largest") if len(row) == len(titles) + 1]
    ratios = dict(zip(titles, map(float, measured[1:]), strict=True))
    for groups in (4, 8, 16, 64):
        # 1.2 times its level is the tolerance of a test in the calibration.
        assert ratios[f"penalized, k = {groups}"] <= 1.2
    assert ratios["k = 64"] > 1.2


def test_ends_of_t_are_compared_in_small(tmp_path):
    out = tmp_path / "ends.md"
    command = [sys.executable, str(ROOT / "benchmarks" / "t_ends.py"), "--scale", "0.01"]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert "with 0.01 of its repeats" in page
    for title in ("Hall, x 1.5 (before)", "Johnson", "Cornish-Fisher, x 2.5 (in use)"):
        assert table_rows(page, title)


def test_bounds_of_clusters_that_agree_hold_in_small(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    agreeing = importlib.import_module("agreeing_clusters")
    for sizes in agreeing.SIZES:
        for how in agreeing.HOW:
            cell = agreeing.Cell(sizes, 100, 0.03, "any cluster", how)
            found = agreeing.score_errors(cell, 800)
            assert max(found["lower"], found["upper"]) <= tolerated(0.025, 800)
            assert max(found.get("gain", 0), found.get("harm", 0)) <= tolerated(0.05, 800)
            rng = np.random.default_rng(0)
            size, gains, harms = agreeing.draw(cell, 2000, rng)
            mean = (gains.sum() - harms.sum()) / size.sum()
            assert mean == pytest.approx(cell.benefit, abs=0.002)
    assert agreeing.beside_ends(10, 0.05) <= 1.0001
    page = (ROOT / "docs" / "agreeing-clusters.md").read_text(encoding="utf-8")
    tables = [row for name in agreeing.SIZES for row in table_rows(page, name) if len(row) == 6]
    assert len(tables) >= 20
    for name, count, _, lower, upper, *_ in tables:
        # Of 30 clusters some samples hold no large one.
        if (name, count) != ("1 row, or 1 in 10 of 20", "30"):
            assert max(float(lower), float(upper)) <= 0.035
