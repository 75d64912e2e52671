"""Count the files, functions and hops that three trips through the package pass.

    python benchmarks/trips.py                      # this tree
    python benchmarks/trips.py --src PATH           # the package in PATH, such as ../other/src
    python benchmarks/trips.py --before COMMIT      # a commit and this tree (or PATH), side by side
    python benchmarks/trips.py --list "audit FILE"  # each hop of one trip, by pair of files

The trips, each in a new process, under `sys.setprofile`:

- `audit FILE`: the command on the NHANES demo's table of systolic pressure, with ``--model linear
  --quiet``, its usual explainers, and nothing written;
- `compare`: `whogains.compare` of arrays in memory, 3,000 rows of a classification, default costs;
- `compare FILE`: the command on a Parquet file of the same rows with ``--rows-in-memory 0``, its
  table printed.

What is counted, of the package's files alone, from the call to its return:

- files: those in which something ran, and, beside it, with those that were first imported then;
- functions: functions and methods called at least once; the comprehensions, generator expressions
  and lambdas inside of them are not counted for themselves;
- hops: pairs of a function and a function in another file that it called directly;
- pairs of files: the same hops, counted once for each pair of files that they join.

Calls through a library (a callback, a decorator of another package) are no hop. By this count the
commit d998929 has 62 files, 295 functions and 199 hops for `audit FILE`, and 65 (78 with imports),
350 and 256 for `compare FILE`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
TRIPS = ("audit FILE", "compare", "compare FILE")
COUNTS = ("files", "with imports", "functions", "hops", "pairs of files")


def main() -> None:
    """Profile the trips, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--src", type=Path, default=ROOT / "src", help="folder of the package")
    parser.add_argument("--before", metavar="COMMIT", help="a commit to compare with")
    parser.add_argument("--list", choices=TRIPS, help="a trip whose hops are listed")
    parser.add_argument("--trip", choices=TRIPS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.trip:
        print(json.dumps(profile(asked.trip, asked.src.resolve())))
        return
    if asked.list:
        print_hops(measure(asked.src, (asked.list,))[asked.list]["listed"])
        return
    if asked.before is None:
        print_table({"": measure(asked.src)})
        return
    words = ["git", "-C", ROOT, "archive", asked.before, "src"]
    content = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
        print_table({"before": measure(Path(folder) / "src"), "after": measure(asked.src)})


def measure(source: Path, trips: tuple[str, ...] = TRIPS) -> dict[str, dict[str, Any]]:
    """Profile trips with the package of one folder.

    Parameters
    ----------
    source : Path
        The folder that holds the package.
    trips : tuple of str
        Some of `TRIPS`.

    Returns
    -------
    dict of str to dict
        For each trip, each count, and the list of its hops.
    """
    source = source.resolve()
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "0"}
    found = {}
    for trip in trips:
        words = [sys.executable, __file__, "--src", source, "--trip", trip]
        ran = subprocess.run(words, check=True, env=environment, stdout=subprocess.PIPE)
        found[trip] = json.loads(ran.stdout)
    return found


def print_hops(listed: list[list[str]]) -> None:
    """Print the hops of one trip by pair of files, those with most first.

    Parameters
    ----------
    listed : list of list of str
        Caller's file, caller, called file, called, for each hop.
    """
    pairs: dict[tuple[str, str], list[str]] = {}
    for from_file, caller, to_file, called in listed:
        pairs.setdefault((from_file, to_file), []).append(f"{caller} → {called}")
    for (from_file, to_file), hops in sorted(pairs.items(), key=lambda pair: -len(pair[1])):
        print(f"{len(hops):3}  {from_file} → {to_file}:", ", ".join(sorted(hops)))


def print_table(found: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Print a table of the counts, with the change where there are two of each.

    Parameters
    ----------
    found : dict
        The counts of each tree, by its name.
    """
    print("| trip |", " | ".join(COUNTS), "|")
    print("|---|" + "---|" * len(COUNTS))
    for trip in TRIPS:
        cells = []
        for count in COUNTS:
            values = [counts[trip][count] for counts in found.values()]
            change = f" ({values[1] / values[0] - 1:+.0%})" if len(values) == 2 else ""
            cells.append(" → ".join(map(str, values)) + change)
        print(f"| `{trip}` |", " | ".join(cells), "|")


def profile(trip: str, source: Path) -> dict[str, Any]:
    """Run one trip in this process, and count.

    Parameters
    ----------
    trip : str
        One of `TRIPS`.
    source : Path
        The folder that the package must come from.

    Returns
    -------
    dict
        Each count, and under ``listed`` the hops.
    """
    import whogains

    package = Path(whogains.__file__).parent
    if package.parent != source:
        sys.exit(f"{package} is not in {source}")
    with tempfile.TemporaryDirectory() as folder:
        run = _trip(trip, whogains, Path(folder))
        with redirect_stdout(io.StringIO()):
            calls = _called(run, f"{package}{os.sep}")
    ran = {(caller, called) for caller, called in calls if called.name != "<module>"}
    crossing = {
        (caller, called)
        for caller, called in ran
        if caller is not None and caller.name != "<module>" and caller.file != called.file
    }

    def inside(code: Code) -> str:
        return Path(code.file).relative_to(package).as_posix()

    return {
        "files": len({called.file for _, called in ran}),
        "with imports": len({called.file for _, called in calls}),
        "functions": len({called for _, called in ran if not called.name.startswith("<")}),
        "hops": len(crossing),
        "pairs of files": len({(a.file, b.file) for a, b in crossing if a is not None}),
        "listed": sorted(
            (inside(caller), caller.name, inside(called), called.name)
            for caller, called in crossing
            if caller is not None
        ),
    }


class Code(NamedTuple):
    """A function, or the body of a file; code objects are equal across files, these are not."""

    file: str
    line: int
    name: str

    @classmethod
    def of(cls, frame: FrameType) -> Code:
        """Name what a frame runs."""
        code = frame.f_code
        return cls(code.co_filename, code.co_firstlineno, code.co_name)


def _called(run: Callable[[], Any], inside: str) -> set[tuple[Code | None, Code]]:
    """Give what was called in files of a folder, with who called it where that is there too."""
    calls: set[tuple[Code | None, Code]] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(inside):
            caller = frame.f_back
            ours = caller is not None and caller.f_code.co_filename.startswith(inside)
            calls.add((Code.of(caller) if caller and ours else None, Code.of(frame)))

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls


def _trip(trip: str, wg: Any, folder: Path) -> Callable[[], Any]:
    """Make a trip's data, and give what is to be profiled."""
    from whogains.cli import main as command

    file = folder / "rows.parquet"
    if trip == "audit FILE":
        data = wg.datasets.nhanes("systolic")
        pd.concat([data.X, data.personal, data.y.rename("systolic")], axis=1).to_parquet(file)
        personal = ",".join(data.personal)
        words = f"audit {file} --target systolic --personal {personal} --model linear --quiet"
        return lambda: _succeeds(command(words.split()))
    draw = np.random.default_rng(0)
    n = 3000
    rows = pd.DataFrame(
        {
            "died": draw.integers(0, 2, n),
            "p0": draw.random(n),
            "p1": draw.random(n),
            "sex": draw.choice(["Female", "Male"], n),
            "race": draw.choice(["a", "b"], n),
        }
    )
    if trip == "compare":
        groups = rows[["sex", "race"]]
        return lambda: wg.compare(
            rows["died"], generic=rows["p0"], personalized=rows["p1"], groups=groups
        )
    rows.to_parquet(file)
    words = f"compare {file} --target died --generic p0 --personalized p1 --groups sex,race"
    return lambda: _succeeds(command([*words.split(), "--rows-in-memory", "0"]))


def _succeeds(status: int) -> None:
    if status:
        raise RuntimeError(f"the command ended with {status}")


if __name__ == "__main__":
    main()
