"""A few of the kills of `benchmarks/kills.py`, and folders that a killed scan leaves."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from whogains.files import Scratch

ROOT = Path(__file__).parents[1]


def kills(numbers, seed):
    spec = importlib.util.spec_from_file_location("kills", ROOT / "benchmarks" / "kills.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.kills(numbers, seed)


def test_a_killed_command_leaves_the_old_file_or_the_new_one():
    found = list(kills(range(6), seed=3))
    assert [each for each in found if each["wrong"]] == []
    assert any(each["status"] != 0 for each in found)


def test_folders_of_scans_that_were_killed_are_deleted_and_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "whogains-scan-left").mkdir()
    (tmp_path / "whogains-scan-left" / "lock").touch()
    (tmp_path / "whogains-scan-left" / "spilled").touch()
    (tmp_path / "whogains-scan-empty").mkdir()
    alive = Scratch()
    other = Scratch()
    assert {each.name for each in tmp_path.iterdir()} == {
        Path(each.name).name for each in (alive, other)
    }
    for each in (alive, other, alive):
        each.cleanup()
    assert list(tmp_path.iterdir()) == []
