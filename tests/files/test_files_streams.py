"""Whatever reads a file refuses pipes, devices and folders in one line, and waits for nobody."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import whogains as wg
from whogains.cli import main
from whogains.datasets import heart, hsls
from whogains.errors import InputError

COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
FITTED = ["--target", "y", "--personal", "g"]


def made(folder: Path, kind: str) -> Path:
    """Make a pipe that nobody writes to, a folder, or name a device, with the end of a CSV."""
    place = folder / "odd.csv"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/zero")
    return place


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_every_command_refuses_what_is_no_file(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(made(tmp_path, kind))
    commands = [
        ["report", place],
        ["merge", place],
        ["diff", place, place],
        ["compare", place, *COLUMNS],
        ["compare", place, *COLUMNS, "--rows-in-memory", "0"],
        ["evidence", place, *COLUMNS, "-o", str(tmp_path / "e.json")],
        ["audit", place, *FITTED],
        ["choose", place, *FITTED],
        ["watch", "--state", place],
        ["watch", place, *COLUMNS, "--state", str(tmp_path / "s.watch")],
        ["predict", place, *FITTED, "--generic-model", place, "--personalized-model", place, "-o",
         str(tmp_path / "p.parquet")],
        ["compare", place, *COLUMNS, "--cost-module", f"{place}:late"],
        ["reproduce", "--heart", place, "--out", str(tmp_path / "out"), "--quiet"],
        ["reproduce", "--hsls", place, "--out", str(tmp_path / "out"), "--quiet"],
        ["reproduce", "--mimic3", place, "--out", str(tmp_path / "out"), "--quiet"],
    ]  # fmt: skip
    held = sorted(each.name for each in tmp_path.iterdir())
    for words in commands:
        status = main(words)
        said = capsys.readouterr().err
        assert (status, said.count("\n")) == (2, 1), (words, said)
        assert len(said) < 320
        assert sorted(each.name for each in tmp_path.iterdir()) == held, words


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize(
    "read",
    [wg.read_json, lambda path: wg.merge([path]), heart, hsls,
     lambda path: wg.watch(state=path)],
)  # fmt: skip
def test_so_does_every_function(tmp_path: Path, kind: str, read: Callable[[Path], object]) -> None:
    with pytest.raises(InputError, match=f"is a {kind}"):
        read(made(tmp_path, kind))
