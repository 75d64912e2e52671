"""A disk that is full: one line, exit 2, the old file or none, and nothing beside it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from whogains.cli import main
from whogains.files import written_aside

resource = pytest.importorskip("resource")

COLUMNS = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]


@contextmanager
def no_more_than(size: int) -> Iterator[None]:
    """Let no file grow over so many bytes: writing then fails as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def prepare(folder: Path) -> None:
    """Write rows, evidence, an audit and two models."""
    draw = np.random.default_rng(0)
    lines = [f"{y},{p:.3f},{q:.3f},{g}" for y, p, q, g in zip(
        draw.integers(0, 2, 400), *draw.random((2, 400)), "ab" * 200, strict=True)]  # fmt: skip
    (folder / "rows.csv").write_text("\n".join(["y,p0,p1,g", *lines]))
    rows = [str(folder / "rows.csv"), *COLUMNS, "--quiet"]
    assert main(["evidence", *rows, "-o", str(folder / "e.json")]) == 0
    assert main(["compare", *rows, "--costs", "brier", "--json", str(folder / "a.json")]) == 0
    for columns in (1, 2):
        fitted = LogisticRegression().fit(draw.normal(size=(60, columns)), [0, 1] * 30)
        (folder / f"{columns}.pkl").write_bytes(pickle.dumps(fitted))


@pytest.mark.skipif(os.name == "nt", reason="no limit of file sizes")
def test_every_writer_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(tmp_path)
    capsys.readouterr()
    rows = [str(tmp_path / "rows.csv"), *COLUMNS, "--quiet"]
    audit, out = str(tmp_path / "a.json"), tmp_path / "out"
    models = ["--generic-model", str(tmp_path / "1.pkl")]
    models += ["--personalized-model", str(tmp_path / "2.pkl"), "--trust-pickle"]
    commands = [
        ["compare", *rows, "--costs", "brier", "--json"],
        ["compare", *rows, "--rows-in-memory", "0", "--costs", "brier", "--json"],
        ["report", audit, "--quiet", "--html"],
        ["diff", audit, audit, "--quiet", "--json"],
        ["evidence", *rows, "-o"],
        ["merge", str(tmp_path / "e.json"), "--quiet", "-o"],
        ["watch", *rows, "--state"],
        ["choose", rows[0], "--target", "y", "--personal", "g", "--model", "none=p0", "--model",
         "g=p1", "--quiet", "--json"],
        ["plan", "--n", "100,100", "--sd", "1", "--epsilon", ".1", "--json"],
        ["predict", rows[0], "--target", "y", "--personal", "p1", "--features", "p0", *models,
         "--quiet", "-o"],
    ]  # fmt: skip
    held = {each.name for each in tmp_path.iterdir()}
    for words in commands:
        with no_more_than(700):
            status = main([*words, str(out)])
        said = capsys.readouterr().err
        assert (status, said.count("\n")) == (2, 1), (words, said)
        assert "cannot write" in said
        assert "File too large" in said
        assert {each.name for each in tmp_path.iterdir()} == held, words


def test_the_old_file_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    with (
        pytest.raises(ValueError, match="too large"),
        no_more_than(1000),
        written_aside(target) as to,
    ):
        to.write_bytes(bytes(2000))
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_standard_output_that_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What is written to a device is written there, and told when the device is full.
    assert main(["plan", "--n", "100", "--sd", "1", "--epsilon", ".1", "--json", "/dev/full"]) == 2
    assert "No space left on device" in capsys.readouterr().err
