"""Odd inputs to every command, 200 of them; benchmarks/fuzz.py runs more."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def fuzz():
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "benchmarks" / "fuzz.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_odd_inputs_end_well():
    found = list(fuzz().fuzz(range(200), seed=7))
    wrong = [(each["words"], each["wrong"], each["said"]) for each in found if each["wrong"]]
    assert not wrong
    # The inputs are of all kinds: some are fine, and most commands are there.
    assert {0, 2} <= {each["status"] for each in found}
    assert len({each["words"][0] for each in found}) >= 7


def test_a_stopped_run_goes_on_after_the_last_line(tmp_path):
    log = tmp_path / "log.jsonl"

    def run(inputs):
        words = [sys.executable, str(ROOT / "benchmarks" / "fuzz.py"), "--inputs", str(inputs)]
        done = subprocess.run([*words, "--log", str(log)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout
        return [json.loads(line) for line in log.read_text().splitlines()]

    first = run(3)
    assert [each["number"] for each in run(6)] == list(range(6))
    assert run(6)[:3] == first
