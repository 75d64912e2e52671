"""Files are written whole or not at all, in their own place, and nothing is left beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError, UnwritableError
from whogains.files import check_outputs, write_aside, written_aside


def listed(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def rows(folder: Path) -> Path:
    frame = pd.DataFrame({"y": [0, 1, 1, 0] * 20, "x": [1.0, 2.0, 3.0, 0.0] * 20})
    frame = frame.assign(p0=0.4, p1=0.6, sex=list("ffmm") * 20)
    frame.to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def predicted(source: Path, output: Path) -> None:
    wg.predict_files(
        source,
        output,
        target="y",
        personal="sex",
        features=["x"],
        generic=lambda X: X["x"] / 4,
        personalized=lambda X: (X["x"] > 1.5) * 0.9,
    )


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    source = rows(tmp_path)
    target, link = tmp_path / "real.parquet", tmp_path / "link.parquet"
    link.symlink_to(target)
    # A link to nothing is filled, and stays a link.
    predicted(source, link)
    assert link.is_symlink()
    assert len(pd.read_parquet(target)) == 80
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask
    target.chmod(0o640)
    predicted(source, link)
    assert target.stat().st_mode & 0o777 == 0o640
    assert {each.name for each in tmp_path.iterdir()} == {
        "rows.csv", "real.parquet", "link.parquet",
    }  # fmt: skip


def test_what_is_no_plain_file_stays_and_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnwritableError, match="cannot write"):
        # Nobody reads it; it is not waited for.
        write_aside(pipe, "text")
    content = []
    reader = threading.Thread(target=lambda: content.append(pipe.read_bytes()))
    reader.start()
    while True:
        try:
            write_aside(pipe, "text")
        except UnwritableError:
            continue
        break
    reader.join()
    assert content == [b"text"]
    assert pipe.is_fifo()
    write_aside("/dev/null", "text")
    predicted(rows(tmp_path), Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_asking_whether_a_file_can_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "old").write_text("old")
    at = (tmp_path / "old").stat().st_mtime_ns
    before = listed(tmp_path)
    check_outputs([tmp_path / "dangling", tmp_path / "new", tmp_path / "old", "/dev/null", None])
    assert listed(tmp_path) == before
    assert (tmp_path / "old").stat().st_mtime_ns == at
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for wrong in (tmp_path, tmp_path / "no" / "a", tmp_path / "old" / "a", tmp_path / "loop"):
        with pytest.raises(UnwritableError, match="cannot write"):
            check_outputs([wrong])
    for wrong in (tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(UnwritableError, match="cannot write"):
            check_outputs([wrong])


def test_a_name_as_long_as_a_folder_allows_can_be_written(tmp_path: Path) -> None:
    write_aside(tmp_path / ("x" * 255), "text")
    assert [each.name for each in tmp_path.iterdir()] == ["x" * 255]


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "DATA/rows.csv", "--json", "DATA/rows.csv"],
        ["compare", "DATA", "--json", "DATA/a.csv"],
        ["compare", "DATA/*.csv", "--html", "DATA/a.csv"],
        ["compare", "DATA/rows.csv", "--json", "out", "--html", "out"],
        ["compare", "DATA/rows.csv", "--json", "out", "--html", "link"],
    ],
)
def test_what_is_read_is_not_written_over(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "DATA").mkdir()
    source = rows(tmp_path / "DATA")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    before = source.read_bytes()
    names = ("DATA", "out", "link")
    words = [str(tmp_path / word) if word.startswith(names) else word for word in words]
    columns = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex"]
    assert main([*words, *columns]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert source.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} == {"DATA", "link"}
    assert [each.name for each in (tmp_path / "DATA").iterdir()] == ["rows.csv"]


def test_models_and_audits_that_are_read_are_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = rows(tmp_path)
    audit, model = tmp_path / "a.json", tmp_path / "model.json"
    columns = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex"]
    assert main(["compare", str(source), *columns, "--json", str(audit), "--quiet"]) == 0
    model.write_text("a model")
    models = ["--generic-model", str(model), "--personalized-model", str(model)]
    of_models = [str(source), "--target", "y", "--personal", "sex", *models]
    for words in (
        ["diff", str(audit), str(audit), "--json", str(audit)],
        ["report", str(audit), "--html", str(audit)],
        ["predict", *of_models, "-o", str(model)],
        ["audit", *of_models, "--json", str(model)],
    ):
        kept = audit.read_bytes()
        assert main(words) == 2
        assert "is the file that is read" in capsys.readouterr().err
        assert (audit.read_bytes(), model.read_text()) == (kept, "a model")


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path) -> None:
    program = (
        "import os, sys; from whogains.files import written_aside\n"
        "with written_aside(sys.argv[1]) as aside:\n"
        "    aside.write_text('half'); os.kill(os.getpid(), 9)"
    )
    file = tmp_path / "out.json"
    file.write_text("old")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program, str(file)], check=False)
    assert file.read_text() == "old"
    assert len(listed(tmp_path)) == 2
    # What is being written by somebody else is no leftover.
    with written_aside(file) as aside:
        aside.write_text("slow")
        write_aside(file, "quick")
        assert aside.read_text() == "slow"
        assert file.read_text() == "quick"
    assert file.read_text() == "slow"
    assert listed(tmp_path) == ["out.json"]


def test_a_failure_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def fail() -> None:
        with written_aside(tmp_path / "a") as aside:
            aside.write_text("half")
            raise InputError("no rows")

    with pytest.raises(InputError, match="no rows"):
        fail()
    assert (tmp_path / "a").read_text() == "old"
    assert listed(tmp_path) == ["a"]


def test_many_who_write_one_file_all_succeed(tmp_path: Path) -> None:
    file, failed = tmp_path / "a", []

    def write(who: int) -> None:
        for _ in range(40):
            try:
                check_outputs([file])
                write_aside(file, str(who) * 100)
            except InputError as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(set(file.read_text())) == 1
    assert listed(tmp_path) == ["a"]
