"""Commands that are killed at any moment: the old file or the new one, and nothing else is left.

    python benchmarks/kills.py [--kills 200] [--seed 0] [--log kills.jsonl]

Kill number i depends on the seed and i alone, but for how fast the machine is. A run that was
stopped goes on after the last line of the log. After every kill the same command is run to its end,
and then the folder holds its input and its output, and the folder of temporary files nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from whogains.cli import main as whogains

SIGNALS = ("SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
COMMANDS: dict[str, list[str]] = {
    "compare": ["compare", *COLUMNS, "--quiet", "--json"],
    "scan": ["compare", *COLUMNS, "--rows-in-memory", "0", "--quiet", "--json"],
    "page": ["compare", *COLUMNS, "--costs", "brier", "--quiet", "--html"],
    "evidence": ["evidence", *COLUMNS, "--quiet", "-o"],
}
OLD = "what was there before\n"


def write_rows(file: Path) -> None:
    """Write a table of two models' predictions."""
    draw = np.random.default_rng(0)
    lines = [f"{y},{p:.3f},{q:.3f},{g}" for y, p, q, g in zip(
        draw.integers(0, 2, 400), *draw.random((2, 400)), "ab" * 200, strict=True)]  # fmt: skip
    file.write_text("\n".join(["y,p0,p1,g", *lines]))


def words_of(name: str, folder: Path) -> list[str]:
    """Write the words of a command in a folder."""
    command, *options = COMMANDS[name]
    return [command, str(folder / "rows.csv"), *options, str(folder / "out")]


def content_of(file: Path) -> str | None:
    """Read an output, without its time; None where it is no whole one."""
    text = file.read_text()
    if text == OLD:
        return OLD
    if text.lstrip().startswith("<"):
        return "page" if text.rstrip().endswith("</html>") else None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return json.dumps({key: value for key, value in found.items() if key != "created"})


def prepare(folder: Path) -> tuple[dict[str, str | None], float]:
    """Run every command once to its end: what it writes, and how long the slowest takes."""
    write_rows(folder / "rows.csv")
    whole, longest = {}, 0.0
    for name in COMMANDS:
        began = time.monotonic()
        status = _start(words_of(name, folder), folder).wait()
        longest = max(longest, time.monotonic() - began)
        if status:
            raise RuntimeError(f"{name} ended with {status}")
        whole[name] = content_of(folder / "out")
    return whole, longest


def _start(words: list[str], temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from whogains.cli import run; run()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def kill(number: int, seed: int, whole: dict[str, str | None], longest: float) -> dict[str, Any]:
    """Kill one command, run it again, and say what is wrong with what is left."""
    rng = random.Random(f"{seed} {number}")
    name, sent = rng.choice(list(COMMANDS)), rng.choice(SIGNALS)
    delay = rng.random() * longest
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        folder, temporary = Path(place, "rows"), Path(place, "temporary")
        for each in (folder, temporary):
            each.mkdir()
        write_rows(folder / "rows.csv")
        (folder / "out").write_text(OLD)
        words = words_of(name, folder)
        process = _start(words, temporary)
        try:
            said, status = process.communicate(timeout=delay)[1], process.returncode
        except subprocess.TimeoutExpired:
            process.send_signal(getattr(signal, sent))
            said, status = process.communicate()[1], process.returncode
        if content_of(folder / "out") not in {OLD, whole[name]}:
            wrong.append("neither the old file nor the new one")
        if status not in {0, 130, -getattr(signal, sent)}:
            wrong.append(f"ended with {status}: {said[-300:]}")
        wrong += [f"after the next run: {each}" for each in _again(words, folder, temporary)]
        if content_of(folder / "out") != whole[name]:
            wrong.append("the next run did not write the new file")
    return {
        "number": number,
        "command": name,
        "signal": sent,
        "delay": round(delay, 3),
        "status": status,
        "wrong": wrong,
    }


def _again(words: list[str], folder: Path, temporary: Path) -> Iterator[str]:
    """Run to the end, here and with the same folder of temporary files."""
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = whogains(words)
    finally:
        tempfile.tempdir = before
    if status:
        yield f"it ended with {status}"
    left = sorted({each.name for each in folder.iterdir()} - {"rows.csv", "out"})
    # Only a scan spills, and sweeps what scans have spilled.
    if words[0] == "evidence" or "--rows-in-memory" in words:
        left += sorted(each.name for each in temporary.iterdir())
    if left:
        yield f"left {left}"


def kills(numbers: range, seed: int) -> Iterator[dict[str, Any]]:
    """Kill one command after the other."""
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole, longest = prepare(Path(place))
        for number in numbers:
            yield kill(number, seed, whole, longest)


def main() -> int:
    """Run what the log does not hold yet."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--log", type=Path)
    asked = options.parse_args()
    done, wrong = 0, 0
    if asked.log is not None and asked.log.exists():
        held = [json.loads(line) for line in asked.log.read_text().splitlines()]
        done, wrong = len(held), sum(bool(each["wrong"]) for each in held)
    for found in kills(range(done, asked.kills), asked.seed):
        if asked.log is not None:
            with asked.log.open("a") as file:
                file.write(json.dumps(found) + "\n")
        if found["wrong"]:
            wrong += 1
            sys.stdout.write(f"{json.dumps(found)}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{wrong} of {asked.kills} kills left something wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
