"""The progress bar in a terminal of 80 columns."""

import io
import sys

from whogains.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_numbers_are_not_cut_by_a_long_stage(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    for name, value in (("COLUMNS", "80"), ("TERM", "xterm"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    stage = "fold 1 of 5: integrated_gradients:400 of the personalized model, 1,234 rows/s"
    with progress_bar(shown=True) as progress:
        progress(stage, 1999, 2000)
    shown = terminal.getvalue()
    assert "1999/2000 0:00:00 left" in shown
    assert "rows/s" in shown
    assert "…" not in shown


def test_none_where_nobody_watches(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar(shown=True) as progress:
        assert progress is None
