"""A progress bar on standard error: what runs, and what is left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Progress | None]:
    """Show a bar for the length of a block.

    Parameters
    ----------
    shown : bool
        Whether to show it at all. It is never drawn where standard error is not a terminal.

    Yields
    ------
    callable or None
        ``progress(stage, done, total)``, to be called as the work goes on; None when not shown.
    """
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )
    from rich.table import Column

    with Bar(
        # What is long takes a second line, so that the numbers are never cut.
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1)),
        BarColumn(bar_width=10),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        expand=True,
    ) as bar:
        tasks = [bar.add_task("starting", total=None)]

        def progress(stage: str, done: int, total: int) -> None:
            if stage.startswith("note: "):
                # It stays above the bar, which moves on.
                bar.console.print(stage, markup=False, highlight=False)
                return
            bar.update(tasks[0], description=stage, completed=done, total=total)

        yield progress
