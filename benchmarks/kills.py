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
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression

from whogains.cli import main as whogains

SIGNALS = ("SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
COMMANDS: dict[str, list[str]] = {
    "compare": ["compare", *COLUMNS, "--quiet", "--json"],
    "scan": ["compare", *COLUMNS, "--rows-in-memory", "0", "--quiet", "--json"],
    "page": ["compare", *COLUMNS, "--costs", "brier", "--quiet", "--html"],
    "evidence": ["evidence", *COLUMNS, "--quiet", "-o"],
    "choose": ["choose", "--target", "y", "--personal", "g", "--model", "none=p0", "--model",
               "g=p1", "--quiet", "--json"],
    "watch": ["watch", "--batch", "2", "--quiet", "--state"],
    "merge": ["merge", "FOLDER/2.json", "--quiet", "--json"],
    "predict": ["predict", "--target", "y", "--personal", "p1", "--features", "p0",
                "--trust-pickle",
                "--generic-model", "FOLDER/0.pkl", "--personalized-model", "FOLDER/1.pkl",
                "--quiet", "-o"],
}  # fmt: skip
READ = {"merge": "1.json"}
OLD = b"what was there before\n"


def write_rows(file: Path, seed: int = 0) -> None:
    """Write a table of two models' predictions."""
    draw = np.random.default_rng(seed)
    lines = [f"{y},{p:.3f},{q:.3f},{g}" for y, p, q, g in zip(
        draw.integers(0, 2, 400), *draw.random((2, 400)), "ab" * 200, strict=True)]  # fmt: skip
    file.write_text("\n".join(["y,p0,p1,g", *lines]))


def words_of(name: str, folder: Path) -> list[str]:
    """Write the words of a command in a folder."""
    command, *options = (word.replace("FOLDER", str(folder)) for word in COMMANDS[name])
    return [command, str(folder / READ.get(name, "rows.csv")), *options, str(folder / "out")]


def content_of(file: Path) -> str | None:
    """Read an output, without its time; None where it is no whole one."""
    raw = file.read_bytes()
    if raw == OLD:
        return "old"
    if raw.startswith(b"PAR1"):
        try:
            return str(pq.read_table(file).to_pydict())
        except pa.ArrowException:
            return None
    try:
        text = raw.decode()
        if text.lstrip().startswith("<"):
            return "page" if text.rstrip().endswith("</html>") else None
        found = json.loads(text)
    except ValueError:
        return None
    return json.dumps({key: value for key, value in found.items() if key != "created"})


def _quietly(words: list[str]) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return whogains(words)


def prepare(folder: Path) -> tuple[dict[str, str | None], float]:
    """Make what commands read, and run each once: what it writes, and how long the slowest takes.

    Beside the rows lie what `COMMANDS` names, and "before", the state of a watch with one batch.
    """
    for name, seed in (("rows.csv", 0), ("earlier.csv", 1)):
        write_rows(folder / name, seed)
    for name, seed in (("1.json", "rows.csv"), ("2.json", "earlier.csv")):
        words = ["evidence", str(folder / seed), *COLUMNS, "--quiet", "-o", str(folder / name)]
        if _quietly(words):
            raise RuntimeError(f"{words} failed")
    words = ["watch", str(folder / "earlier.csv"), *COLUMNS, "--batch", "1", "--quiet", "--state"]
    if _quietly([*words, str(folder / "before")]):
        raise RuntimeError(f"{words} failed")
    draw = np.random.default_rng(0)
    for columns in (1, 2):
        fitted = LogisticRegression().fit(draw.normal(size=(60, columns)), [0, 1] * 30)
        joblib.dump(fitted, folder / f"{columns - 1}.pkl")
    whole, longest = {}, 0.0
    for name in COMMANDS:
        if name == "watch":
            shutil.copy(folder / "before", folder / "out")
        began = time.monotonic()
        process = _start(words_of(name, folder), folder)
        said = process.communicate()[1]
        longest = max(longest, time.monotonic() - began)
        if process.returncode:
            raise RuntimeError(f"{name} ended with {process.returncode}: {said}")
        whole[name] = content_of(folder / "out")
        (folder / "out").unlink()
    return whole, longest


def _start(words: list[str], temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from whogains.cli import run; run()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def kill(
    number: int, seed: int, made: Path, whole: dict[str, str | None], longest: float
) -> dict[str, Any]:
    """Kill one command, run it again, and say what is wrong with what is left."""
    rng = random.Random(f"{seed} {number}")
    name, sent = rng.choice(list(COMMANDS)), rng.choice(SIGNALS)
    delay = rng.random() * longest
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        folder, temporary = Path(place, "rows"), Path(place, "temporary")
        shutil.copytree(made, folder)
        temporary.mkdir()
        (folder / "out").write_bytes(OLD)
        if name == "watch":
            shutil.copy(folder / "before", folder / "out")
        before = content_of(folder / "out")
        held = {each.name for each in folder.iterdir()}
        words = words_of(name, folder)
        process = _start(words, temporary)
        try:
            said, status = process.communicate(timeout=delay)[1], process.returncode
        except subprocess.TimeoutExpired:
            process.send_signal(getattr(signal, sent))
            said, status = process.communicate()[1], process.returncode
        if content_of(folder / "out") not in {before, whole[name]}:
            wrong.append("neither the old file nor the new one")
        if status not in {0, 130, -getattr(signal, sent)}:
            wrong.append(f"ended with {status}: {said[-300:]}")
        wrong += [f"after the next run: {each}" for each in _again(words, folder, temporary, held)]
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


def _again(words: list[str], folder: Path, temporary: Path, held: set[str]) -> Iterator[str]:
    """Run to the end, here and with the same folder of temporary files."""
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    try:
        status = _quietly(words)
    finally:
        tempfile.tempdir = before
    if status:
        yield f"it ended with {status}"
    left = sorted({each.name for each in folder.iterdir()} - held)
    # Only a scan spills, and sweeps what scans have spilled.
    if words[0] in {"evidence", "predict", "watch"} or "--rows-in-memory" in words:
        left += sorted(each.name for each in temporary.iterdir())
    if left:
        yield f"left {left}"


def kills(numbers: range, seed: int) -> Iterator[dict[str, Any]]:
    """Kill one command after the other."""
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Path(place, "made")
        made.mkdir()
        whole, longest = prepare(made)
        for number in numbers:
            yield kill(number, seed, made, whole, longest)


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
