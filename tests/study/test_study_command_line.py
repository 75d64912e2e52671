"""`whogains reproduce`, from options to files, without the long run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import whogains.study
from whogains.cli import main
from whogains.study import sources


@pytest.fixture
def offline(monkeypatch, people):
    """Put these people in the place of the real data; the networks and files are real."""

    def found(**places):
        return [whogains.study.Source("people", lambda _: people())]

    monkeypatch.setattr(whogains.study, "sources", found)


def test_it_writes_the_page_the_numbers_and_the_audits(tmp_path, capfd, offline):
    pytest.importorskip("captum")
    out = tmp_path / "made" / "here"
    options = ["--seeds", "1", "--explainers", "integrated_gradients:5", "--folds", "2"]
    assert main(["reproduce", "--out", str(out), *options]) == 0
    said = capfd.readouterr()
    assert {path.name for path in out.iterdir()} == {"audits", "reproduce.html", "reproduce.json"}
    content = json.loads((out / "reproduce.json").read_text("utf-8"))
    assert content["settings"]["model"] == "mlp"
    assert content["settings"]["folds"] == 2
    network = {"name": "paper", "hidden": [512, 256, 64], "dropout": 0.2}
    assert content["studies"][0]["network"] == network
    costs = {(cost["name"], cost["explainer"]) for cost in content["studies"][0]["costs"]}
    assert ("sufficiency", "integrated_gradients:5") in costs
    assert "1 audits: " in said.err
    assert "expected on two cores" in said.err
    assert max(map(len, said.out.splitlines())) <= 80 or str(tmp_path) in said.out
    page = (out / "reproduce.html").read_bytes()
    assert b"network (hidden layers 512-256-64, batch norm and dropout 0.2" in page
    assert b"quick trial" not in page

    # Once more, to standard output: nothing else is printed there, and no audit is run again.
    assert main(["reproduce", "--out", str(out), "--json", "-", *options]) == 0
    again = capfd.readouterr()
    assert json.loads(again.out).keys() == content.keys()
    assert "none is run again" in again.err

    assert main(["reproduce", "--out", str(out), "--quiet", *options]) == 0
    assert capfd.readouterr() == ("", "")


WRONG = {
    "--seeds 0": "seeds must be at least 1, not 0",
    "--seed -1": "the seed must be at least 0, not -1",
    "--network big": "network 'big' is unknown; use paper or small",
    "--keep much": "--keep: 'much' is not a number",
    "--folds 1": "folds",
    "--explainers tree_shap": "tree_shap",
    "--epsilon 1e999": "epsilon",
    "--alpha 2": "alpha must be above 0 and below 0.5, not 2.0",
}


@pytest.mark.parametrize("options", WRONG)
def test_wrong_options_are_told_in_one_line(tmp_path, capfd, offline, options):
    pytest.importorskip("captum")
    out = tmp_path / "out"
    assert main(["reproduce", "--quiet", "--out", str(out), *options.split()]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert WRONG[options] in said.err
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert not list(out.rglob("*.json"))


@pytest.mark.parametrize("option", ["--mimic3", "--heart", "--hsls"])
def test_data_that_are_not_there_are_told_before_the_work(tmp_path, capfd, option):
    pytest.importorskip("captum")
    missing = tmp_path / "nowhere"
    out = tmp_path / "out"
    assert main(["reproduce", "--out", str(out), option, str(missing)]) == 2
    said = capfd.readouterr()
    assert "nowhere" in said.err
    assert said.err.count("\n") == 1
    assert not list(out.rglob("*"))


def test_the_attributes_of_mimic_are_those_asked_for(tmp_path, capfd, monkeypatch, people):
    pytest.importorskip("captum")
    asked = []

    def found(folder, *, task, personal, progress):
        asked.append((folder.name, task, tuple(personal)))
        return people(f"mimic3/{task}")

    monkeypatch.setattr("whogains.datasets.mimic3", found)
    options = ["--mimic3", "ward", "--explainers", "none", "--network", "small", "--seeds", "1"]
    options += ["--folds", "2", "--quiet", "--out", str(tmp_path)]
    assert main(["reproduce", *options]) == 0
    assert main(["reproduce", *options, "--mimic3-personal", "sex, race"]) == 0
    tasks = ("long_stay", "length_of_stay")
    assert asked == [
        ("ward", task, names) for names in (("age", "race"), ("sex", "race")) for task in tasks
    ]
    assert capfd.readouterr() == ("", "")


def test_without_torch_it_says_what_to_install(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("whogains.models.extras.find_spec", lambda _: None)
    assert main(["reproduce", "--out", str(tmp_path / "out")]) == 2
    assert "pip install 'whogains[torch]'" in capfd.readouterr().err


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    assert main(["reproduce", "--out", str(tmp_path / "file" / "out")]) == 2
    assert "cannot make the folder" in capfd.readouterr().err


def test_every_place_gives_both_outcomes():
    here = Path()
    assert len(sources(mimic3=here, heart=here, hsls=here)) == 6
    assert len(sources(heart=here)) == 2
    assert {source.load(None).name for source in sources()} == {
        "nhanes/systolic",
        "nhanes/hypertension",
    }
