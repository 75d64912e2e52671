"""Where results go: the terminal, JSON and HTML files, and the one line of an error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whogains.cli.options import FailOn
from whogains.errors import UnwritableError
from whogains.findings import Findings
from whogains.findings.json import as_text, write_text

STDOUT = "-"


def check_writable(paths: Iterable[str | Path | None], *, source: Path | None = None) -> None:
    """Find out before the work whether files can be written.

    Parameters
    ----------
    paths : iterable of (str, Path or None)
        Files to be written; None and "-" are passed over.
    source : Path, optional
        A file that is read, and not to be written over.

    Raises
    ------
    UnwritableError
        If one of them is the source or cannot be opened for writing. No file is left behind or
        changed.
    """
    for path in paths:
        if path is None or str(path) == STDOUT:
            continue
        target = Path(path)
        existed = target.exists()
        if source is not None and existed and source.exists() and target.samefile(source):
            raise UnwritableError(f"{path} is the file that is read; write to another one")
        try:
            with target.open("ab"):
                pass
        except OSError as error:
            raise UnwritableError(f"cannot write {path}: {error.strerror or error}") from error
        if not existed:
            target.unlink()


@contextmanager
def output_folder(path: Path) -> Iterator[None]:
    """Make a folder to write into, and take it away where the block fails and left it empty.

    Parameters
    ----------
    path : Path
        The folder; its parents are made too.

    Raises
    ------
    UnwritableError
        If it cannot be made.
    """
    made = not path.exists()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(
            f"cannot make the folder {path}: {error.strerror or error}"
        ) from error
    try:
        yield
    finally:
        if made and not any(path.iterdir()):
            path.rmdir()


def write_json(content: dict[str, Any], path: str) -> None:
    """Write JSON to a file or to standard output, in UTF-8 whatever the locale.

    Parameters
    ----------
    content : dict
        JSON values.
    path : str
        The file; "-" for standard output.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    text = as_text(content)
    if path != STDOUT:
        write_text(path, text)
        return
    sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace"))
    sys.stdout.buffer.flush()


def print_line(text: str) -> None:
    """Write text and a line end to standard output.

    Parameters
    ----------
    text : str
        What to write.
    """
    sys.stdout.write(text + "\n")


def print_error(message: str) -> None:
    """Write one line to standard error.

    Parameters
    ----------
    message : str
        What is wrong. Line ends and control characters, which can come from data, become spaces.
    """
    line = "".join(c if c.isprintable() else " " for c in message)
    sys.stderr.write(f"whogains: {line}\n")


def print_warning(message: str | None) -> None:
    """Write one line of warning to standard error.

    Parameters
    ----------
    message : str or None
        What to heed; nothing is written for None.
    """
    if message is not None:
        print_error(f"warning: {message}")


def write(
    found: Findings,
    *,
    json: str | None,
    html: Path | None,
    quiet: bool,
    fail_on: FailOn | None,
) -> int:
    """Write findings where asked.

    Parameters
    ----------
    found : Findings
        What was found.
    json : str or None
        A file for JSON; "-" for standard output, which then gets nothing else.
    html : Path or None
        A file for the report.
    quiet : bool
        Whether to leave the table out.
    fail_on : FailOn or None
        The findings that count as a failure.

    Returns
    -------
    int
        The exit status: 1 for a failure, else 0.

    Raises
    ------
    UnwritableError
        If a file cannot be written.
    """
    if json is not None:
        write_json(found.to_dict(), json)
    if json != STDOUT and not quiet:
        from rich.console import Console

        from whogains.report import print_findings

        print_findings(found, Console())
    if html is not None:
        found.to_html(html)
    verdicts = {cost.gamma.verdict for cost in found.costs} | {
        group.verdict for cost in found.costs for group in cost.groups
    }
    gammas = {cost.gamma.verdict for cost in found.costs}
    failed = (fail_on is FailOn.harm and verdicts & {"harm", "some group is harmed"}) or (
        fail_on is FailOn.not_gain and gammas != {"every group gains"}
    )
    return 1 if failed else 0
