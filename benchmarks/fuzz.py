"""Odd inputs to every command: a run ends in 0, 1 by --fail-on, or 2 with one line.

    python benchmarks/fuzz.py [--inputs 2000] [--seed 0] [--log LOG] [--commands merge,report]

Input number i depends on the seed and i alone. Each is run in a folder of its own, and what came of
it is a line of the log; a run that was stopped goes on after the last line. What is wrong is
printed with the words to run it again, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import os
import random
import shlex
import sys
import tempfile
import warnings
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from whogains.cli import main as whogains
from whogains.evidence import checksum

ROWS = (0, 1, 9, 24, 60)
LONGEST = 300 + len("whogains: ")
COMMANDS = ("compare", "compare", "evidence", "audit", "predict", "merge", "report", "diff", "plan",
            "choose", "watch", "watch", "demo", "reproduce")  # fmt: skip

NUMBERS = ("0", "-1", "1", "3", "1e308", "1e999", "nan", "inf", "-inf", "", "x", "0x10", "1_000",
           "99999999999999999999", ".5", "1,2", " 7", "\u0663")  # fmt: skip
WORDS = ("", "x", '"', "'", ",", "a,b", "y", "p0", "g", "\x1b[31m", "\u202e", "\udcff", "a\nb",
         "=1+1", "*", "é" * 200, "null", "true", "../..", "-", "--")  # fmt: skip
OF_NUMBERS = ("--alpha", "--epsilon", "--margin", "--power", "--min-cell", "--max-levels",
              "--max-groups", "--seed", "--rows-in-memory", "--memory", "--tolerated-error",
              "--folds", "--keep", "--baseline", "--batch-rows")  # fmt: skip
OF_WORDS = ("--task", "--positive", "--costs", "--unit", "--weight", "--cluster", "--method",
            "--correction", "--rule", "--convention", "--groups", "--drop", "--features",
            "--fail-on", "--explainers", "--model", "--feature-groups")  # fmt: skip
NAMES = ("out.json", "no/out.json", "n" * 300, "\x1b]0;x", "a\nb", "\udcff.json", ".", "/dev/null",
         "/dev/full")  # fmt: skip

COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
FITTED = ["--target", "y", "--personal", "g"]
OF_ROWS = {
    "compare": COLUMNS,
    "evidence": COLUMNS,
    "audit": [*FITTED, "--model", "linear", "--explainers", "none"],
    "choose": [*FITTED, "--model", "none=p0", "--model", "g=p1"],
    "predict": [*FITTED, "--generic-model", "MODEL", "--personalized-model", "MODEL"],
}


def column(rng: random.Random, rows: int) -> pa.Array:
    """Make a column of a random kind."""
    few = [rng.choice(("f", "m", "é", "", " ", "0", "1", "nan")) for _ in range(rows)]
    ones = [rng.randrange(2) for _ in range(rows)]
    floats = [rng.choice((0.0, 1.0, 0.3, 7.5, -2.0, 1e300)) for _ in range(rows)]
    odd = [rng.choice((0.0, 1.0, float("nan"), float("inf"), None, -0.0)) for _ in range(rows)]
    kinds: list[Any] = [
        lambda: pa.array(ones, pa.int64()),
        lambda: pa.array([bool(one) for one in ones]),
        lambda: pa.array([rng.random() for _ in range(rows)]),
        lambda: pa.array(floats, pa.float64()),
        lambda: pa.array(odd, pa.float64()),
        lambda: pa.array(few, pa.string()),
        lambda: pa.array([None if one else text for one, text in zip(ones, few, strict=True)]),
        lambda: pa.nulls(rows),
        lambda: pa.array([2**63 + one for one in ones], pa.uint64()),
        lambda: pa.array([Decimal(one) / 4 for one in ones], pa.decimal128(38, 10)),
        lambda: pa.array([date(2020, 1, 1 + one) for one in ones]),
        lambda: pa.array([one * 10**9 for one in ones], pa.duration("ns")),
        lambda: pa.array(ones, pa.time64("us")),
        lambda: pa.array([[one, one] for one in ones], pa.list_(pa.int64())),
        lambda: pa.array([{"a": one} for one in ones], pa.struct([("a", pa.int64())])),
        lambda: pa.array([[("k", one)] for one in ones], pa.map_(pa.string(), pa.int64())),
        lambda: pa.array([bytes([one, 255]) for one in ones], pa.binary()),
        lambda: pa.array(few).dictionary_encode(),
        lambda: pa.array(ones, pa.float16() if rows < 0 else pa.float32()),
    ]
    return rng.choice(kinds)()


def table(rng: random.Random) -> pa.Table:
    """Make a table that most often can be audited, with columns of any kind in between."""
    rows = rng.choice(ROWS)
    draw = np.random.default_rng(rng.randrange(2**32))
    fine = {
        "y": pa.array(draw.integers(0, 2, rows)),
        "p0": pa.array(draw.random(rows)),
        "p1": pa.array(draw.random(rows)),
        "g": pa.array(draw.choice(["a", "b"], rows).tolist(), pa.string()),
        "x": pa.array(draw.normal(size=rows)),
        "w": pa.array(draw.random(rows) + 0.1),
    }
    for name in fine:
        if rng.random() < 0.2:
            fine[name] = column(rng, rows)
    return pa.table(fine)


def write(rng: random.Random, folder: Path) -> str:
    """Write a table as a file of a random kind, sometimes damaged, and name it in some way."""
    content, kind = table(rng), rng.choice(("parquet", "csv", "csv.gz"))
    file = folder / f"rows.{kind}"
    if kind == "parquet":
        pq.write_table(content, file)
    else:
        text = io.StringIO()
        names = content.column_names
        if rng.random() < 0.05:
            names = [*names[:-1], names[0]]
        text.write(rng.choice((",", ",", ",", ";", "\t")).join(names) + "\n")
        for row in zip(*(each.to_pylist() for each in content.columns), strict=True):
            text.write(",".join("" if value is None else str(value) for value in row) + "\n")
        raw = text.getvalue().encode(rng.choice(("utf-8", "utf-8", "utf-16")), "surrogateescape")
        file.write_bytes(raw if kind == "csv" else gzip.compress(raw, mtime=0))
    if rng.random() < 0.15 and file.stat().st_size:
        damaged = bytearray(file.read_bytes())
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        file.write_bytes(bytes(damaged[: rng.choice((len(damaged), len(damaged) // 2))]))
    (folder / "dangling.csv").symlink_to(folder / "nothing")
    (folder / "loop").symlink_to(folder / "loop")
    other = ("dangling.csv", "loop", "missing.csv", "", "*.csv", "**", "x" * 300, "\udcff.csv")
    return str(folder / rng.choice(other)) if rng.random() < 0.1 else str(file)


def tampered(rng: random.Random, value: Any) -> Any:
    """Change one value somewhere in JSON."""
    if isinstance(value, dict | list) and value and rng.random() < 0.9:
        key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
        copy: Any = dict(value) if isinstance(value, dict) else list(value)
        if rng.random() < 0.05:
            del copy[key]
        else:
            copy[key] = tampered(rng, value[key])
        return copy
    others = (None, -5, 0, 1e300, "x", True, [], {}, [1], 0.5, "1", 10**30, -1.0, "\udcff", 3)
    return rng.choice(others)


def put(rng: random.Random, file: Path, place: Path) -> None:
    """Write what a command has saved, most often with one value changed, or not at all a file."""
    if rng.random() < 0.03:
        os.mkfifo(place)
        return
    content = json.loads(file.read_text())
    changed = tampered(rng, content) if rng.random() < 0.8 else content
    if isinstance(changed, dict) and "checksum" in changed and rng.random() < 0.5:
        # By somebody who knows how it is made.
        with contextlib.suppress(ValueError, TypeError):
            changed = {**changed, "checksum": checksum(changed)}
    place.write_text(json.dumps(changed), errors="surrogatepass")


def options_of(command: str) -> tuple[str, ...]:
    """List the options of a command that are tried."""
    from whogains.cli.app import app

    made = typer.main.get_command(app)
    known = {word for each in made.commands[command].params for word in each.opts}
    return tuple(option for option in OF_NUMBERS + OF_WORDS if option in known) or ("--quiet",)


def words_of(
    rng: random.Random, folder: Path, made: Path, commands: tuple[str, ...] = COMMANDS
) -> list[str]:
    """Draw a command with its files and options."""
    command = rng.choice(commands)
    if command in OF_ROWS:
        chosen = [command, write(rng, folder), *OF_ROWS[command]]
    elif command in {"merge", "report", "diff"}:
        chosen = [command, *_saved(rng, folder, made, command)]
    else:
        chosen = [command, *OTHERS[command](rng, folder, made)]
    if command == "predict":
        (folder / "model.onnx").write_bytes(rng.randbytes(40))
        chosen = [word.replace("MODEL", str(folder / "model.onnx")) for word in chosen]
    if command in {"evidence", "predict"}:
        chosen += ["-o", str(folder / rng.choice(NAMES))]
    elif rng.random() < 0.5:
        chosen += [rng.choice(("--json", "--html")), str(folder / rng.choice(NAMES))]
    known = options_of(command) if rng.random() < 0.9 else OF_NUMBERS + OF_WORDS
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        option = rng.choice(known)
        chosen += [option, rng.choice(NUMBERS if option in OF_NUMBERS else WORDS)]
    return chosen


def _saved(rng: random.Random, folder: Path, made: Path, command: str) -> list[str]:
    kinds = ("e.json",) if command == "merge" else ("a.json", "a.json", "c.json", "w.json")
    places = [folder / name for name in ("1.json", "2.json")[: 1 if command == "report" else 2]]
    for place in places:
        put(rng, made / rng.choice(kinds), place)
    return [str(place) for place in places]


def _watch(rng: random.Random, folder: Path, made: Path) -> list[str]:
    state = folder / "s.watch"
    if rng.random() < 0.7:
        put(rng, made / "s.watch", state)
    rows = [write(rng, folder)] if rng.random() < 0.5 else []
    return [*rows, "--state", str(state), *([] if state.exists() else COLUMNS)]


def _demo(rng: random.Random, folder: Path, _: Path) -> list[str]:
    outcome, place = rng.choice(("systolic", *WORDS)), str(folder / rng.choice(NAMES))
    return [outcome, "--model", "linear", "--folds", "2", "--repeats", "1", "--placebo", "0",
            "--explainers", "none", "--out", place]  # fmt: skip


def _reproduce(rng: random.Random, folder: Path, _: Path) -> list[str]:
    # What is found before the work starts: the work itself takes minutes.
    return ["--heart", str(folder / "missing"), "--out", str(folder / rng.choice(NAMES))]


def _plan(rng: random.Random, _: Path, __: Path) -> list[str]:
    sizes = rng.choice(("100,100", "40", "1,2,3", *NUMBERS))
    return ["--n", sizes, "--sd", "1", "--epsilon", rng.choice(("0.1", *NUMBERS))]


OTHERS = {"watch": _watch, "demo": _demo, "reproduce": _reproduce, "plan": _plan}


def run(number: int, seed: int, made: Path, commands: tuple[str, ...] = COMMANDS) -> dict[str, Any]:
    """Run one input, and say what is wrong with how it ended."""
    rng = random.Random(f"{seed} {number}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        chosen = words_of(rng, folder, made, commands)
        before = sorted(each.name for each in Path(place).iterdir())
        out, err = Captured(), Captured()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status: int | str = whogains(chosen)
            except BaseException as error:  # What escapes is what is looked for.
                status = f"{type(error).__name__}: {error}"
        after = sorted(each.name for each in Path(place).iterdir())
        said = err.getvalue()
    return {
        "number": number,
        "status": status,
        "wrong": list(_wrong(status, chosen, said, before, after)),
        "said": said[:1000],
        "words": [word.replace(place, "DIR") for word in chosen],
    }


class Captured(io.StringIO):
    """Standard output or error, kept; not even a lone surrogate may come through."""

    def write(self, text: str) -> int:
        """Keep text that can be written as UTF-8."""
        text.encode()
        return super().write(text)


def _wrong(
    status: int | str, chosen: list[str], said: str, before: list[str], after: list[str]
) -> Iterator[str]:
    if status not in {0, 1, 2}:
        yield f"ended with {status}"
    if status == 1 and "--fail-on" not in chosen:
        yield "ended with 1 without --fail-on"
    if any(not (c.isprintable() or c == "\n") for c in said):
        yield "control characters in what is said"
    if status == 2:
        lines = said.splitlines()
        if len(lines) != 1 or len(said) > LONGEST + 1:
            yield f"said {len(lines)} lines, {len(said)} characters"
        if before != after:
            yield f"left {sorted(set(after) ^ set(before))}"
    beside = [name for name in after if name.startswith((".whogains", ".out"))]
    if beside:
        yield f"left {beside}"


def prepare(folder: Path) -> None:
    """Make a saved audit, choice and watch, evidence and a state of a watch to tamper with."""
    draw = np.random.default_rng(0)
    lines = [f"{y},{p:.3f},{q:.3f},{g}" for y, p, q, g in zip(
        draw.integers(0, 2, 80), *draw.random((2, 80)), "ab" * 40, strict=True)]  # fmt: skip
    (folder / "rows.csv").write_text("\n".join(["y,p0,p1,g", *lines]))
    rows = [str(folder / "rows.csv"), *COLUMNS, "--quiet"]
    for words in (
        ["compare", *rows, "--json", str(folder / "a.json")],
        ["evidence", *rows, "-o", str(folder / "e.json")],
        ["choose", rows[0], *OF_ROWS["choose"], "--quiet", "--json", str(folder / "c.json")],
        ["watch", *rows, "--state", str(folder / "s.watch"), "--json", str(folder / "w.json")],
    ):  # fmt: skip
        if whogains(words):
            raise RuntimeError(f"what is to be tampered with was not made: {words}")


def fuzz(
    inputs: range, seed: int, commands: tuple[str, ...] = COMMANDS
) -> Iterator[dict[str, Any]]:
    """Run inputs one after the other."""
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Path(place)
        prepare(made)
        for number in inputs:
            yield run(number, seed, made, commands)


def main() -> int:
    """Run what the log does not hold yet."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=2000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--log", type=Path)
    options.add_argument("--commands", default=",".join(COMMANDS))
    asked = options.parse_args()
    done, wrong = 0, 0
    if asked.log is not None and asked.log.exists():
        held = [json.loads(line) for line in asked.log.read_text().splitlines()]
        done, wrong = len(held), sum(bool(each["wrong"]) for each in held)
    for found in fuzz(range(done, asked.inputs), asked.seed, tuple(asked.commands.split(","))):
        if asked.log is not None:
            with asked.log.open("a") as file:
                file.write(json.dumps(found) + "\n")
        if found["wrong"]:
            wrong += 1
            sys.stdout.write(f"{found['number']}: {'; '.join(found['wrong'])}\n")
            sys.stdout.write(f"   {shlex.join(found['words'])!a}\n   {found['said']!a}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{wrong} of {asked.inputs} inputs ended wrongly\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
