"""A study that goes on where it was, and never takes what another one left."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from whogains.api import read_json
from whogains.errors import InputError, UnwritableError
from whogains.study import study_to_html
from whogains.study.runs import find_run, made_from, paths


def without_time(found):
    return {key: value for key, value in found.to_dict().items() if key != "created"}


def page_of(found, drawn):
    return study_to_html(replace(found, created="now"), drawn)


def test_a_resumed_study_gives_the_same_bytes(tmp_path, reproduced, run):
    _, (whole, drawn) = reproduced
    said: list[str] = []
    run(tmp_path, seeds=1)
    found, again = run(tmp_path, say=said.append)
    assert "1 of them here already" in said[0]
    assert len(said) == 2
    assert json.dumps(without_time(found)) == json.dumps(without_time(whole))
    assert page_of(found, again) == page_of(whole, drawn)


def test_a_finished_study_runs_nothing(reproduced, run):
    folder, (whole, _) = reproduced
    said: list[str] = []
    files = {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")}
    found, _ = run(folder, say=said.append)
    assert said == ["All 2 audits are here already; none is run again."]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")} == files
    assert without_time(found) == without_time(whole)


def test_only_finished_audits_are_left_and_each_can_be_read(reproduced):
    folder, (found, _) = reproduced
    names = {path.name for path in (folder / "audits").iterdir()}
    (study,) = found.studies
    assert names == {name for file in study.files for name in (file, file[:-5] + ".fits.json")}
    audit = read_json(folder / "audits" / study.files[0])
    assert audit.settings["seed"] == 0
    assert audit.data.rows == study.rows == 300


CHANGES = ("alpha", "folds", "people", "levels", "seed")


@pytest.fixture
def changed(request, settings, people):
    return {
        "alpha": {"settings": replace(settings, alpha=0.01)},
        "folds": {"settings": replace(settings, folds=4)},
        "people": {"datasets": [people(n=290)]},
        "levels": {"datasets": [people(levels=("A", "C"))]},
        "seed": {"random_state": 2},
    }[request.param]


@pytest.mark.parametrize("changed", CHANGES, indirect=True)
def test_an_audit_of_other_settings_is_not_reused(tmp_path, reproduced, run, changed):
    folder = shutil.copytree(reproduced[0], tmp_path / "study")
    said: list[str] = []
    run(folder, seeds=1, say=said.append, **changed)
    assert said[0].startswith("1 audits:")


@pytest.fixture
def one_audit(tmp_path, run, people, settings):
    run(tmp_path, seeds=1)
    key = made_from(people(), settings, 0)
    return key, *paths(tmp_path / "audits", key)


def test_a_file_is_checked_and_not_only_its_name(tmp_path, one_audit):
    key, audit, record = one_audit
    assert find_run(tmp_path / "audits", key) is not None
    other = key | {"alpha": 0.01}
    for path, like in zip(paths(tmp_path / "audits", other), (audit, record), strict=True):
        path.write_bytes(like.read_bytes())
    assert find_run(tmp_path / "audits", other) is None


@pytest.mark.parametrize("part", [1, 2])
def test_a_damaged_or_changed_file_is_not_reused(tmp_path, one_audit, part):
    key, place = one_audit[0], one_audit
    text = place[part].read_text("utf-8")
    for damaged in (text[: len(text) // 2], text.replace('"seed": 0', '"seed": 5'), "[]", ""):
        assert damaged != text
        place[part].write_text(damaged, "utf-8")
        assert find_run(tmp_path / "audits", key) is None
    place[part].unlink()
    assert find_run(tmp_path / "audits", key) is None


def test_what_cannot_be_studied_is_refused(tmp_path, run, people):
    with pytest.raises(InputError, match="seeds must be at least 1, not 0"):
        run(tmp_path, seeds=0)
    with pytest.raises(InputError, match="seed must be at least 0, not -1"):
        run(tmp_path, random_state=-1)
    with pytest.raises(InputError, match="two data sets are named 'people'"):
        run(tmp_path, datasets=[people(), people()])
    with pytest.raises(InputError, match="no data set"):
        run(tmp_path, datasets=[])
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableError, match="cannot make the folder"):
        run(tmp_path / "file")


def test_a_killed_audit_leaves_nothing_that_counts(tmp_path, reproduced, run):
    def stop(stage, done, total):
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, progress=stop)
    # The first audit was finished, the second was not.
    found, _ = run(tmp_path, say=(said := []).append)
    assert "1 of them here already" in said[0]
    assert not (tmp_path / "audits" / "unfinished").exists()
    assert without_time(found) == without_time(reproduced[1][0])


def test_a_trial_is_a_part_of_the_rows_and_says_so(tmp_path, run, people):
    found, drawn = run(tmp_path, datasets=[people(n=1200)], seeds=1, trial=True)
    assert found.trial
    assert (found.studies[0].rows, found.studies[0].rows_of) == (800, 1200)
    assert "Its numbers mean nothing" in study_to_html(found, drawn)
