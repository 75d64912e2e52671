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
    module = importlib.import_module("watching")
    yield module
    sys.modules.pop("watching", None)


def test_it_goes_on_where_it_was_stopped_and_writes_its_page(benchmark, tmp_path, monkeypatch):
    # A few looks are enough to see it run.
    monkeypatch.setattr(benchmark, "LOOKS", 6)
    page, cache = tmp_path / "page.md", tmp_path / "cache.jsonl"
    page.write_text(f"before {benchmark.MARKS[0]} was here {benchmark.MARKS[1]} after")
    call = ["watching.py", "--page", str(page), "--cache", str(cache), "--streams"]
    monkeypatch.setattr(sys, "argv", [*call, "1"])
    benchmark.main()
    once = cache.read_text().splitlines()
    assert len(once) == len(list(benchmark.cells()))
    monkeypatch.setattr(sys, "argv", [*call, "2"])
    benchmark.main()
    twice = cache.read_text().splitlines()
    # What was there is not run again; a harm takes a quarter of the streams.
    assert twice[: len(once)] == once
    assert len(twice) == len(once) + 6
    row = json.loads(once[0])
    assert benchmark.stream(row["cost"], row["groups"], row["effect"], 0) == row
    text = page.read_text()
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "| zero_one | 2 | 2 |" in text
    assert "was here" not in text
