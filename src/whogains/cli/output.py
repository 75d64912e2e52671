"""Where results go: the terminal, JSON and HTML files, and the one line of an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.cli.gates import told
from whogains.cli.junit import junit_text
from whogains.cli.option_values import names
from whogains.cli.options import Gates
from whogains.errors import UnwritableError, one_line
from whogains.files import check_outputs, json_text, write_aside

if TYPE_CHECKING:
    from rich.console import Console

    from whogains.results import Findings

STDOUT = "-"


def check_writable(
    paths: Iterable[str | Path | None], *, sources: Iterable[str | Path | None] = ()
) -> None:
    """Find out before the work whether files can be written, as `check_outputs` does.

    Parameters
    ----------
    paths : iterable of (str, Path or None)
        Files to be written; None and "-" are passed over.
    sources : iterable of (str, Path or None)
        Files, folders and patterns that are read, and are not to be written over.

    Raises
    ------
    UnwritableError
        If one of them is read, named twice or cannot be written. No file is made or changed.
    """
    check_outputs((path for path in paths if str(path) != STDOUT), sources)


def check_pdf(pdf: Path | None) -> None:
    """Find out before the work whether a report can be printed, where that is asked for.

    Parameters
    ----------
    pdf : Path or None
        The file asked for.

    Raises
    ------
    UnwritableError
        If no browser is installed that prints.
    """
    if pdf is not None:
        from whogains.report import installed_browser

        installed_browser()


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
    text = json_text(content)
    if path != STDOUT:
        write_aside(path, text)
        return
    with reader_may_leave():
        sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace"))
        sys.stdout.buffer.flush()


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Write to standard output, whose reader may have gone, as in ``whogains ... | head``.

    What is left then goes nowhere, and the command goes on: files are still to be written, and
    the exit status still says what was found.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Also at the very end, where Python itself would try again.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UnwritableError(
                f"cannot write to standard output: {error.strerror or error}"
            ) from error


def show(printer: Callable[[Console], None]) -> None:
    """Print tables to the terminal.

    Parameters
    ----------
    printer : callable
        Prints to the console that it is given.
    """
    from rich.console import Console

    class Terminal(Console):
        """A console that leaves a closed pipe to us; rich would end the command with 1."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    with reader_may_leave():
        printer(Terminal())


def print_line(text: str) -> None:
    """Write text and a line end to standard output.

    Parameters
    ----------
    text : str
        What to write. Control characters and marks of direction, which a name of a file can
        hold, become spaces; what UTF-8 does not have is written as its code.
    """
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in _coded(text))
    with reader_may_leave():
        sys.stdout.write(kept + "\n")


def _coded(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def print_notice(message: str) -> None:
    """Write one line to standard error that is no error, such as what is about to run.

    Parameters
    ----------
    message : str
        What a reader must know. Line ends and control characters become spaces.
    """
    print_error(message)


def print_error(message: str) -> None:
    """Write one line to standard error.

    Parameters
    ----------
    message : str
        What is wrong. Line ends and control characters, which can come from data, become spaces.
    """
    # There is nowhere left to say that standard error is full or closed.
    with suppress(OSError, ValueError):
        sys.stderr.write(f"whogains: {one_line(message)}\n")
        sys.stderr.flush()


def write(
    found: Findings,
    *,
    json: str | None,
    html: Path | None,
    pdf: Path | None = None,
    junit: Path | None = None,
    quiet: bool,
    fail_on: Gates | None,
    allow: str | None = None,
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
    pdf : Path or None
        A file for the report on paper.
    junit : Path or None
        A file for JUnit XML.
    quiet : bool
        Whether to leave the table out.
    fail_on : Gates or None
        The findings that count as a failure.
    allow : str or None
        The names of warnings that are no failure, separated by commas.

    Returns
    -------
    int
        The exit status: 1 for a failure, else 0.

    Raises
    ------
    UnwritableError
        If a file cannot be written.
    """
    # Files first: standard output may be full or closed, and its reader may have gone.
    if json is not None and json != STDOUT:
        write_json(found.to_dict(), json)
    if junit is not None:
        write_aside(junit, junit_text(found, fail_on))
    silent = quiet or json == STDOUT
    if html is not None:
        from whogains.report import make_page

        page, whole = make_page(found)
        write_aside(html, page)
        if not whole:
            print_error(
                f"{html} is without its downloads: this audit is too large for a page. "
                "--json writes it."
            )
    if pdf is not None:
        found.to_pdf(pdf)
    if json == STDOUT:
        write_json(found.to_dict(), json)
    if not silent:
        from whogains.report import show as report

        show(lambda console: report(found, console))
    failures, others = told(found, fail_on, names(allow))
    if silent:
        for line in (*failures, *others):
            print_error(line)
    return 1 if failures else 0
