"""How far a run has come."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

Progress = Callable[[str, int, int], None]


class Steps:
    """Count the steps of a known total, and tell when one begins and how fast rows go.

    Parameters
    ----------
    progress : callable or None
        Called as ``progress(stage, done, total)``.
    total : int
        The number of all steps.
    """

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._begun = 0
        self._total = total
        self._stage = ""
        self._rows = 0
        self._since = 0.0
        self.prefix = ""

    def begin(self, stage: str, rows: int = 0) -> None:
        """Tell that a step begins.

        Parameters
        ----------
        stage : str
            What it does; steps of one stage follow each other.
        rows : int
            How many rows it does it for.
        """
        now = perf_counter()
        if stage != self._stage:
            self._stage, self._rows, self._since = stage, 0, now
        if self._progress is not None:
            passed = now - self._since
            speed = f", {self._rows / passed:,.0f} rows/s" if self._rows and passed > 0 else ""
            self._progress(f"{self.prefix}{stage}{speed}", self._begun, self._total)
        self._rows += rows
        self._begun += 1

    def end(self) -> None:
        """Tell that all is done."""
        if self._progress is not None:
            self._progress("done", self._total, self._total)
