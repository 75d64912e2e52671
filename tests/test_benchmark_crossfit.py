"""The benchmark of repeated cross-fitting in small: a stopped run goes on where it was."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def started(cache):
    command = [sys.executable, str(ROOT / "benchmarks" / "crossfit.py"), "--samples", "3"]
    command += ["--only", "ridge, labels, n = 300, 2", "--cache", str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_finished_cell_is_not_run_again_and_one_cut_off_is_the_same(tmp_path):
    cache = tmp_path / "cells.jsonl"
    assert "ridge, labels, n = 300, 2 groups" in started(cache)
    first = cache.read_text().strip()
    assert not started(cache)
    assert cache.read_text().strip() == first
    cache.write_text(first[:-9])
    assert started(cache)
    again = json.loads(cache.read_text().strip().splitlines()[-1])
    cell = json.loads(first)
    assert again | {"seconds": 0} == cell | {"seconds": 0}
    assert len(cell["estimate_10"]) == 3
    assert len(cell["truth"]) == 3
