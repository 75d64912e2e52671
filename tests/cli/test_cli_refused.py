"""What was once accepted in silence is refused in one line, and a crash has a status of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import whogains as wg
from whogains import cli
from whogains.cli import main
from whogains.errors import InputError

PLAN = ["plan", "--n", "100,100", "--sd", "1", "--epsilon", "0.1"]


@pytest.mark.parametrize(
    "words",
    [
        [*PLAN, "--design-effect", "0"],
        [*PLAN, "--seed", "-1"],
        [*PLAN, "--shares", ""],
        ["compare", "ROWS", "--groups", '"'],
        ["compare", "ROWS", "--groups", "g", "--rows-in-memory", "-1"],
        ["audit", "ROWS", "--drop", "y"],
        ["audit", "ROWS", "--drop", "g"],
    ],
)
def test_a_bad_value_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{i % 2},{i % 7 / 7:.3f},{i % 5 / 5:.3f},{'ab'[i % 3 % 2]}" for i in range(90)]
    (tmp_path / "ROWS.csv").write_text("\n".join(["y,p0,p1,g", *lines]))
    words = [str(tmp_path / "ROWS.csv") if word == "ROWS" else word for word in words]
    if words[0] == "compare":
        words += ["--target", "y", "--generic", "p0", "--personalized", "p1"]
    if words[0] == "audit":
        words += ["--target", "y", "--personal", "g", "--model", "linear", "--explainers", "none"]
    assert main(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("given", [{"margin": True}, {"unit": 5}, {"min_cell": True}])
def test_a_value_of_the_wrong_type_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(given))):
        wg.compare(
            [0, 1] * 40, generic=[0.4] * 80, personalized=[0.6] * 80,
            groups={"g": list("aabb") * 20}, **given,
        )  # fmt: skip


def test_a_crash_ends_with_3_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("Mrs Jones\nof ward 7" * 100)

    monkeypatch.setattr("whogains.api.plan", broken)
    assert main(PLAN) == 3
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert len(said) <= 311
    assert "KeyError" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "UTF-8"),
    ],
)
def test_what_the_system_says_is_bad_input(
    error: Exception,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("whogains.api.plan", broken)
    assert main(PLAN) == cli.WRONG_INPUT
    assert words in capsys.readouterr().err


def test_files_are_written_where_standard_output_is_full(tmp_path: Path) -> None:
    program = "import sys; from whogains.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", program, *PLAN, "--html", str(tmp_path / "plan.html")]
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "whogains: cannot write to standard output: No space left on device\n"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.html"]
