"""The report on paper, by an installed browser."""

from __future__ import annotations

import shutil

import pytest

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
