"""Prove that the code in this working tree gives the same output as that of another commit.

    python scripts/same_numbers.py COMMIT
    python scripts/same_numbers.py COMMIT --keep FOLDER --quiet    # COMMIT is run once

Runs the commands and calls of `same_numbers_cases.py` with the package of each tree, and compares
all that they print and write, byte for byte but for the version of whogains and the dates on which
it ran. What threads add up in a scan may differ in its last digits from run to run of one program:
such an output may be "same to 1e-9", in every number that it holds, and then says so.

Prints a line for each output, and exits with 1 if one differs. Takes two to three minutes
on two idle cores; needs the extra `test`.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import math
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from same_numbers_cases import cases
from same_numbers_run import make_data

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RELATIVE, NEAR_ZERO = 1e-9, 1e-12
SAME, CLOSE, DIFFERS = "same", "same to 1e-9", "DIFFERS"

# In a page, in a page that a notebook's frame holds as text, and in JSON.
ENDS = r"whogains |whogains</dt><dd>|whogains&lt;/dt&gt;&lt;dd&gt;"
VERSION = re.compile(rf'({ENDS}|"version":\s*")\d[\w.+-]*')
# The names of the audits that `reproduce` keeps end in a digest of settings and versions.
DIGEST = re.compile(r"(-seed-\d+-)[0-9a-f]{10}\b")
DATE = re.compile(r"\b20\d\d-\d\d-\d\d(T\d\d:\d\d:\d\d(\+00:00|Z))?")
EMBEDDED = re.compile(r"data:[\w/+.-]+(?:;charset=[\w-]+)?;base64,([A-Za-z0-9+/=]+)")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def main() -> int:
    """Run both trees and compare.

    Returns
    -------
    int
        0 if all outputs are the same, else 1.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("--keep", type=Path, help="folder that keeps the outputs of commits")
    parser.add_argument("--tree", type=Path, default=ROOT, help="another tree than this one")
    parser.add_argument("--quiet", action="store_true", help="print only what is not the same")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        before, after = run_both(asked.commit, asked.tree.resolve(), Path(scratch), asked.keep)
        counted = dict.fromkeys((SAME, CLOSE, DIFFERS), 0)
        for case in cases():
            for name, verdict, why in compare(before / case.name, after / case.name, case.scan):
                counted[verdict] += 1
                if not asked.quiet or verdict != SAME:
                    print(f"{verdict:12}  {case.name}/{name}{why}")
        print(", ".join(f"{count} {verdict}" for verdict, count in counted.items()))
    return 1 if counted[DIFFERS] else 0


def run_both(commit: str, tree: Path, scratch: Path, keep: Path | None) -> tuple[Path, Path]:
    """Run all cases with the package of a commit and with that of a tree, side by side.

    Parameters
    ----------
    commit : str
        The commit, as git names it.
    tree : Path
        The tree.
    scratch : Path
        An empty folder.
    keep : Path, optional
        Where the outputs of the commit are looked for first, and kept.

    Returns
    -------
    tuple of Path
        The folders of both, each with a folder for each case.
    """
    whole = _git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    programs = sorted(HERE.glob("same_numbers_*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in programs)).hexdigest()
    kept = None if keep is None else keep.resolve() / f"{whole[:12]}-{digest[:12]}"
    after = scratch / "after"
    if kept is not None and kept.exists():
        shutil.copytree(kept / "data", after / "data")
        _wait(_start(tree, after, 1), after)
        return kept, after
    before, source = scratch / "before", scratch / "source"
    with tarfile.open(fileobj=io.BytesIO(_git("archive", whole, "src"))) as archive:
        archive.extractall(source, filter="data")
    make_data(before / "data")
    shutil.copytree(before / "data", after / "data")
    first, second = _start(source, before, 0), _start(tree, after, 1)
    _wait(first, before)
    _wait(second, after)
    for case in cases():
        status = before / case.name / "status"
        if not status.exists() or status.read_text().strip() == "exception":
            sys.exit(f"{case.name} fails in {commit}, so that it compares nothing")
    if kept is not None:
        # Aside, then renamed: what is there is whole.
        unfinished = kept.with_suffix(f".{os.getpid()}")
        shutil.copytree(before, unfinished)
        unfinished.rename(kept)
    return before, after


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", ROOT, *words], check=True, stdout=subprocess.PIPE).stdout


def _start(tree: Path, folder: Path, seed: int) -> subprocess.Popen[bytes]:
    """Start all cases with one tree. Hashes differ, so that no output may hang on their order."""
    fixed = {"COLUMNS": "80", "TERM": "dumb", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **fixed, **one, "PYTHONHASHSEED": str(seed)}
    environment["PYTHONPATH"] = str(tree / "src")
    words = [sys.executable, HERE / "same_numbers_run.py", tree, folder]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    if process.wait():
        sys.exit(f"the cases could not be run:\n{(folder / 'log').read_text()[-2000:]}")


def compare(before: Path, after: Path, scan: bool) -> list[tuple[str, str, str]]:
    """Compare the outputs of one case.

    Parameters
    ----------
    before, after : Path
        The case's folder of each tree.
    scan : bool
        Whether numbers may differ in their last digits.

    Returns
    -------
    list of tuple of str
        For each output its name, the verdict, and what differs first.
    """
    names = {
        path.relative_to(side).as_posix()
        for side in (before, after)
        for path in side.rglob("*")
        if path.is_file()
    }
    # Without a status the case was ended from outside.
    return [
        (name, *_compare_files(before / name, after / name, scan))
        for name in sorted({*names, "status"})
    ]


def _compare_files(before: Path, after: Path, scan: bool) -> tuple[str, str]:
    for side, path in (("before", before), ("after", after)):
        if not path.is_file():
            return DIFFERS, f": there is none {side}"
    first, second = before.read_bytes(), after.read_bytes()
    if first == second:
        return SAME, ""
    try:
        old, new = readable(first), readable(second)
    except UnicodeDecodeError:
        return DIFFERS, f": bytes, {len(first):,} before and {len(second):,} after"
    if old == new:
        return SAME, ""
    if scan and close(old, new):
        return CLOSE, ""
    return DIFFERS, _first_difference(old, new)


def readable(content: bytes) -> str:
    """Give an output as text: what is embedded in it unpacked, versions and dates masked.

    Parameters
    ----------
    content : bytes
        The output, in UTF-8 or by gzip.

    Returns
    -------
    str
        The text.
    """
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    text = EMBEDDED.sub(lambda found: readable(base64.b64decode(found[1])), content.decode())
    for pattern, mask in ((VERSION, r"\1<version>"), (DIGEST, r"\1<digest>"), (DATE, "<date>")):
        text = pattern.sub(mask, text)
    return text


def close(old: str, new: str) -> bool:
    """Say whether two texts are the same but for the last digits of numbers.

    Parameters
    ----------
    old, new : str
        The texts.

    Returns
    -------
    bool
        Whether all but the numbers is the same, and each number the same to 1e-9.
    """
    if NUMBER.split(old) != NUMBER.split(new):
        return False
    return all(
        math.isclose(float(a), float(b), rel_tol=RELATIVE, abs_tol=NEAR_ZERO)
        for a, b in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    )


def _first_difference(old: str, new: str) -> str:
    """Show the first line that differs, around where it does."""
    lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    shared = zip(*lines, strict=False)
    row = next((j for j, (a, b) in enumerate(shared) if a != b), min(map(len, lines)))
    a, b = (side[row] if row < len(side) else "<end>" for side in lines)
    either = min(len(a), len(b))
    place = next((j for j in range(either) if a[j] != b[j]), either)
    shown = [repr(side[max(0, place - 50) : place + 70]) for side in (a, b)]
    return f": line {row + 1}, character {place + 1}\n  before {shown[0]}\n  after  {shown[1]}"


if __name__ == "__main__":
    sys.exit(main())
