"""The report on paper, by an installed browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from whogains import report
from whogains.cli import main
from whogains.errors import UnwritableError
from whogains.report import pdf

from .browsers import missing


@pytest.fixture
def saved(findings, tmp_path):
    findings.to_json(tmp_path / "audit.json")
    return tmp_path / "audit.json"


def test_a_report_is_printed(findings, tmp_path, saved):
    if not any(map(shutil.which, pdf.BROWSERS)):
        missing("no browser is installed")
    findings.to_pdf(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_without_a_browser_one_line_says_what_to_do(findings, tmp_path, saved, monkeypatch, capsys):
    monkeypatch.setattr(pdf, "BROWSERS", ("no such browser",))
    monkeypatch.setattr(pdf, "PLACES", ())
    with pytest.raises(UnwritableError, match="print it from any browser"):
        findings.to_pdf(tmp_path / "report.pdf")
    assert main(["report", str(saved), "--pdf", str(tmp_path / "report.pdf"), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no browser that prints to PDF is installed" in said
    assert not (tmp_path / "report.pdf").exists()


def test_a_browser_that_fails_is_told(findings, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "installed_browser", lambda: "false")
    with pytest.raises(UnwritableError, match="printed nothing"):
        findings.to_pdf(tmp_path / "report.pdf")
    monkeypatch.setattr(pdf, "installed_browser", lambda: str(tmp_path / "gone"))
    with pytest.raises(UnwritableError, match="could not print"):
        findings.to_pdf(tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def wanted(command, folder, findings):
    """Give a quick command that ends in a page, without --pdf."""
    findings.to_json(folder / "audit.json")
    rows = pd.DataFrame(
        {"y": [0, 1] * 100, "p0": 0.5, "p1": [0.4, 0.6] * 100, "g": ["a", "a", "b", "b"] * 50}
    )
    rows.to_csv(folder / "rows.csv", index=False)
    audit, table = str(folder / "audit.json"), str(folder / "rows.csv")
    models = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
    evidence = str(folder / "a.evidence")
    if command == "merge":
        assert main(["evidence", table, *models, "-o", evidence, "--quiet"]) == 0
    sets = ["--model", "none=p0", "--model", "g=p1"]
    asked = {
        "plan": ["--n", "100,100", "--epsilon", ".1"],
        "diff": [audit, audit],
        "watch": [table, "--state", str(folder / "model.watch"), *models],
        "merge": [evidence],
        "choose": [table, "--target", "y", "--personal", "g", *sets],
        "report": [audit],
    }
    return [command, *asked[command], "--quiet"]


@pytest.mark.parametrize("command", ["plan", "diff", "watch", "merge", "choose", "report"])
def test_every_command_with_a_page_prints_it(command, findings, tmp_path, monkeypatch):
    printed = []

    def note(page, path):
        printed.append(page)
        Path(path).write_bytes(b"%PDF")

    monkeypatch.setattr(report, "installed_browser", lambda: "browser")
    monkeypatch.setattr(report, "print_page", note)
    arguments = wanted(command, tmp_path, findings)
    assert main([*arguments, "--pdf", str(tmp_path / "page.pdf")]) == 0
    (page,) = printed
    assert page.startswith("<!DOCTYPE html>")
    assert (tmp_path / "page.pdf").exists()


@pytest.mark.parametrize("command", ["plan", "diff", "watch", "merge", "choose", "demo"])
def test_every_command_says_first_that_no_browser_is_there(
    command, findings, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(pdf, "BROWSERS", ("no such browser",))
    monkeypatch.setattr(pdf, "PLACES", ())
    monkeypatch.chdir(tmp_path)
    arguments = ["demo"] if command == "demo" else wanted(command, tmp_path, findings)
    before = sorted(tmp_path.iterdir())
    assert main([*arguments, "--pdf", str(tmp_path / "page.pdf")]) == 2
    assert "no browser that prints to PDF" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
