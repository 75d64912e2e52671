"""Run the command line as its own process, without paying for the imports every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

# Reads one JSON line per command, and runs each in a fork of a process that has imported all.
SERVER = """
import gc, json, os, sys
from whogains.cli import app, run
import pyarrow.parquet, rich.console, whogains.report
gc.freeze()
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        for name, number in (("out", 1), ("err", 2)):
            os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(job["cwd"])
        sys.argv = ["whogains", *job["arguments"]]
        try:
            run()
        except SystemExit as end:
            status = end.code or 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    _, ended = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(ended), flush=True)
"""

# Threads that wait for each other are slow where tests share the processors.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def script() -> list[str]:
    """Name the installed command, or what it runs where it is not on the path."""
    beside = Path(sys.executable).parent / "whogains"
    if beside.exists():
        return [str(beside)]
    return [sys.executable, "-c", "from whogains.cli import run; run()"]


def environment() -> dict[str, str]:
    """Give the environment of a user without a terminal, 80 columns wide."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"FORCE_COLOR", "COLUMNS", "CLICOLOR_FORCE"}
    }
    return {**kept, "COLUMNS": "80", "PYTHONUTF8": "1", **ONE_THREAD}


@pytest.fixture(scope="session")
def spawn() -> Run:
    """Give the function that runs the installed command in a new process."""

    def run(*arguments: object, cwd: Path | None = None) -> Ran:
        done = subprocess.run(
            [*script(), *map(str, arguments)],
            capture_output=True,
            cwd=cwd,
            encoding="utf-8",
            env=environment(),
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory, spawn: Run) -> Iterator[Run]:
    """Give the function that runs a command in a fork of a process with the imports done."""
    if not hasattr(os, "fork"):
        yield spawn
        return
    folder = tmp_path_factory.mktemp("cli")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    )

    def run(*arguments: object, cwd: Path | None = None) -> Ran:
        job = {
            "arguments": [str(argument) for argument in arguments],
            "cwd": str(cwd or folder),
            "out": str(folder / "out"),
            "err": str(folder / "err"),
        }
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return Ran(status, *((folder / name).read_text("utf-8") for name in ("out", "err")))

    with server:
        yield run
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    """Make 300 people: an outcome, features, attributes, and two models' predictions.

    The outcome depends on sex, which only the personalized predictions know.
    """
    rng = np.random.default_rng(20)
    n = 300
    sex, race = rng.choice(["Female", "Male"], n), rng.choice(["A", "B"], n)
    x, z = rng.normal(size=n), rng.normal(size=n)
    shift = np.where(sex == "Female", 1.5, -1.5)

    def chance(score: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-score))

    generic, personalized = chance(x), chance(x + shift)
    y = (rng.uniform(size=n) < personalized).astype(int)
    return pd.DataFrame(
        {
            "y": y,
            "x": x,
            "z": z,
            "sex": sex,
            "race": race,
            "p0": generic.round(4),
            "p1": personalized.round(4),
        }
    )


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, people: pd.DataFrame) -> Path:
    """Give a folder with these people in people.csv and people.parquet."""
    folder = tmp_path_factory.mktemp("people")
    people.to_csv(folder / "people.csv", index=False)
    people.to_parquet(folder / "people.parquet")
    return folder
