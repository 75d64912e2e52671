"""The benchmark of watching in small: it runs, goes on after a stop, and writes its page."""

import importlib
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield importlib.import_module("watching")
    for name in ("watching", "watching_others", "watching_page", "watching_worlds"):
        sys.modules.pop(name, None)


def test_it_goes_on_where_it_was_stopped_and_writes_its_page(benchmark, tmp_path, monkeypatch):
    page, cache = tmp_path / "page.md", tmp_path / "cache.jsonl"
    begin, end = benchmark.page.MARKS
    page.write_text(f"before {begin} was here {end} after")
    call = ["watching.py", "--page", str(page), "--cache", str(cache), "--effects", "none"]
    monkeypatch.setattr(sys, "argv", [*call, "--streams", "1"])
    benchmark.main()
    once = cache.read_text().splitlines()
    cells = [cell for cell in benchmark.cells() if cell.effect == "none"]
    assert len(once) == len(cells)
    monkeypatch.setattr(sys, "argv", [*call, "--streams", "2"])
    benchmark.main()
    twice = cache.read_text().splitlines()
    # What was there is not run again.
    assert twice[: len(once)] == once
    assert len(twice) == 2 * len(once)
    assert json.loads(json.dumps(benchmark.play(cells[0], 0))) == json.loads(once[0])
    assert json.loads(once[0])["watch"] == {"told": None, "false": False}
    text = page.read_text()
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "was here" not in text
