"""The benchmark of choosing runs, keeps what is done, and writes its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_it_runs_goes_on_where_it_stopped_and_writes_a_page(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "choosing.py"), "--repeats", "20"]
    command += ["--cache", str(tmp_path / "cells.jsonl"), "--page", str(tmp_path / "page.md")]
    subprocess.run([*command, "--cells", "3"], check=True, capture_output=True, timeout=300)
    first = (tmp_path / "cells.jsonl").read_text("utf-8")
    subprocess.run([*command, "--cells", "8"], check=True, capture_output=True, timeout=300)
    cells = (tmp_path / "cells.jsonl").read_text("utf-8")
    assert cells.startswith(first)
    assert cells.count("\n") == 8
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "| a step wrongly taken for a gain | 160 |" in page
    assert "| trap at the margin, normal, k = 2, n = 1,000 | 20 |" in page
