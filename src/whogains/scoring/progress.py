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
        self._since = perf_counter()
        # Rows and seconds of each stage so far, over all folds.
        self._spent: dict[str, tuple[int, float]] = {}
        self._noted: set[str] = set()
        self.prefix = ""

    def begin(self, stage: str, rows: int = 0) -> None:
        """Tell that a step begins.

        Parameters
        ----------
        stage : str
            What it does; a stage comes again in each fold.
        rows : int
            How many rows it does it for.
        """
        now = perf_counter()
        done, passed = self._spent.get(self._stage, (0, 0.0))
        self._spent[self._stage] = done + self._rows, passed + now - self._since
        self._stage, self._rows, self._since = stage, rows, now
        if self._progress is not None:
            done, passed = self._spent.get(stage, (0, 0.0))
            speed = f", {done / passed:,.0f} rows/s" if done and passed > 0 else ""
            self._progress(f"{self.prefix}{stage}{speed}", self._begun, self._total)
        self._begun += 1

    def note(self, text: str) -> None:
        """Tell something that a person should know before the work goes on, once.

        Parameters
        ----------
        text : str
            What to tell; it is told as a stage that begins with "note: ".
        """
        if self._progress is not None and not self._noted:
            self._progress(f"note: {text}", self._begun, self._total)
        self._noted.add(text)

    def end(self) -> None:
        """Tell that all is done."""
        if self._progress is not None:
            self._progress("done", self._total, self._total)
