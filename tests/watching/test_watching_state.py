"""The state: a batch counts once, choices stay, damage is refused, a kill leaves a whole file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError, UnwritableError
from whogains.evidence import checksum
from whogains.watching import read_state, save_state

from .conftest import Week

ASK: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": "sex", "costs": "zero_one",
}  # fmt: skip


def first(folder: Path, week: Week, **more: Any) -> Path:
    file = folder / "model.watch"
    wg.watch(week(0), state=file, batch="w0", **{**ASK, **more})
    return file


def test_a_batch_that_is_named_twice_counts_once(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week)
    before = file.read_bytes()
    again = wg.watch(week(0), state=file, batch="w0")
    assert len(again.batches) == 1
    assert file.read_bytes() == before
    assert wg.watch(state=file) == again


def test_other_rows_under_its_name_and_its_rows_under_another_are_refused(
    tmp_path: Path, week: Week
) -> None:
    file = first(tmp_path, week)
    with pytest.raises(InputError, match="batch 'w0' of other rows was added before"):
        wg.watch(week(1), state=file, batch="w0")
    with pytest.raises(InputError, match="added before, as the batch 'w0'"):
        wg.watch(week(0).iloc[::-1], state=file, batch="w9")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alpha": 0.1}, r"alpha is 0\.1, and this watch was begun with 0\.05"),
        ({"epsilon": 0.02}, "epsilon is"),
        ({"margin": 0.02}, "margin is"),
        ({"groups": "patient"}, "groups is"),
        ({"costs": ["brier"]}, "costs is"),
        ({"min_cell": 5}, "min_cell is 5"),
        ({"cluster": "patient"}, "cluster is"),
        ({"threshold": 0.3}, "threshold is"),
    ],
)
def test_what_was_chosen_at_first_stays(
    tmp_path: Path, week: Week, change: dict[str, Any], words: str
) -> None:
    file = first(tmp_path, week)
    before = file.read_bytes()
    with pytest.raises(InputError, match=words):
        wg.watch(week(1), state=file, batch="w1", **change)
    assert file.read_bytes() == before
    # The same again is no change.
    assert len(wg.watch(week(1), state=file, batch="w1", **ASK, alpha=0.05).batches) == 2


def test_other_outcomes_than_before_are_refused(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week)
    with pytest.raises(InputError, match="counts as 0 is '2' in this batch and was '0' before"):
        wg.watch(week(1).replace({"y": {0: 2}}), state=file, batch="w1")
    # A week in which nobody died is none of these.
    rows = week(1)
    found = wg.watch(rows[rows["y"] == 0], state=file, batch="w1")
    assert len(found.batches) == 2


def test_the_first_batch_says_which_columns_and_a_look_needs_one(
    tmp_path: Path, week: Week
) -> None:
    with pytest.raises(InputError, match="the first batch needs target"):
        wg.watch(week(0), state=tmp_path / "s")
    with pytest.raises(InputError, match="no such file"):
        wg.watch(state=tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_days_are_for_all_batches_or_none(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week)
    with pytest.raises(InputError, match="to every batch or to none"):
        wg.watch(week(1), state=file, batch="w1", day="2026-01-05")
    with pytest.raises(InputError, match="must be a date"):
        wg.watch(week(1), state=file, batch="w1", day="next week")
    with pytest.raises(InputError, match="batch is empty"):
        wg.watch(week(1), state=file, batch=" ")


def _changed(content: Any, rng: random.Random) -> Any:
    """Change one value somewhere."""
    if isinstance(content, dict) and content:
        key = rng.choice(sorted(content))
        return {**content, key: _changed(content[key], rng)}
    if isinstance(content, list) and content:
        place = rng.randrange(len(content))
        return [*content[:place], _changed(content[place], rng), *content[place + 1 :]]
    return rng.choice([None, "x", -1, 1e300, 10**400, True, [], {}, [[]], 0.5])


def test_a_damaged_state_is_refused_in_one_line(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week, cluster="patient", margin=0.05)
    wg.watch(week(1), state=file, batch="w1")
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "secret": "00" * 32}))
    with pytest.raises(InputError, match="its checksum does not fit"):
        read_state(file)
    rng = random.Random(4)
    refused = []
    for _ in range(300):
        changed = _changed(content, rng)
        file.write_text(json.dumps({**changed, "checksum": checksum(changed)}))
        # Nothing but a refusal is raised; a name, or a number that might be so, passes.
        try:
            read_state(file)
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 150
    assert not any("\n" in words for words in refused)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "whogains watch"}', "NaN"])
def test_what_is_no_state_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "s").write_text(text)
    with pytest.raises(InputError, match="state of a watch"):
        wg.watch(state=tmp_path / "s")


def test_two_runs_at_once_do_not_lose_a_batch(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week)
    read = read_state(file)
    assert read is not None
    wg.watch(week(1), state=file, batch="w1")
    with pytest.raises(UnwritableError, match="changed by another run"):
        save_state(read[0], file, version="0", before=read[1])
    assert len(wg.watch(state=file).batches) == 2


def test_the_state_holds_no_row_and_no_name_of_a_patient(tmp_path: Path, week: Week) -> None:
    rows = week(0).assign(patient=[f"Ada Lovelace {i}" for i in range(300)])
    file = tmp_path / "s"
    wg.watch(rows, state=file, batch="w0", cluster="patient", **ASK)
    assert "Lovelace" not in file.read_text()
    other = tmp_path / "t"
    wg.watch(rows, state=other, batch="w0", cluster="patient", **ASK)
    # Each watch has a secret of its own, so that two files do not tell who is in both.
    one, two = (json.loads(each.read_text()) for each in (file, other))
    assert len(one["seen"]) == 300
    assert not set(one["seen"]) & set(two["seen"])


WRITER = """
import sys
from pathlib import Path
from whogains.watching import read_state, save_state
file = Path(sys.argv[1])
first, second = (read_state(Path(each))[0] for each in sys.argv[2:])
print("ready", flush=True)
while True:
    for state in (first, second):
        save_state(state, file, version="0", before=read_state(file)[1])
"""


def test_a_kill_at_any_moment_leaves_the_old_state_or_the_new(tmp_path: Path, week: Week) -> None:
    file = first(tmp_path, week)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(file.read_bytes())
    wg.watch(week(1), state=file, batch="w1")
    two.write_bytes(file.read_bytes())
    rng = random.Random(9)
    lengths = set()
    for _ in range(6):
        run = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), str(one), str(two)], stdout=subprocess.PIPE
        )
        assert run.stdout is not None
        run.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.1))
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        run.stdout.close()
        read = read_state(file)
        assert read is not None
        lengths.add(len(read[0].batches))
    assert lengths <= {1, 2}
    # The next run clears what was left aside.
    wg.watch(week(5), state=file, batch="w5")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.watch", "one", "two"]


@pytest.mark.parametrize("positive", [2, 2.0, "2.0", "02"])
def test_the_positive_value_is_the_same_however_it_is_spelled(
    tmp_path: Path, positive: Any
) -> None:
    def week(seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({"y": rng.integers(1, 3, 60), "p0": 0.5, "g": ["u", "v"] * 30})
        return frame.assign(p1=rng.uniform(0.1, 0.9, 60))

    columns: Any = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
    state = tmp_path / "a.watch"
    wg.watch(week(0), state=state, batch="a", positive="2", **columns)
    found = wg.watch(week(1), state=state, batch="b", positive=positive)
    assert (found.data.positive, found.data.rows) == ("2", 120)
