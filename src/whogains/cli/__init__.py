"""The command line: `whogains demo | audit | compare | plan | report`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from whogains.errors import said_of

if TYPE_CHECKING:
    from typer import Typer

WRONG_INPUT = 2
CRASHED = 3
INTERRUPTED = 130
# Signals that end the program politely.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        The words after the program's name; those of the process by default.

    Returns
    -------
    int
        0 when the command ran, 1 when ``--fail-on`` says so, 2 for wrong usage or bad input,
        3 for a mistake in this program, 130 when interrupted or ended by a signal.
    """
    try:
        with _as_it_was():
            return _main(arguments)
    except KeyboardInterrupt:
        # While the program is still being imported, say.
        sys.stderr.write("whogains: interrupted; nothing more is written\n")
        return INTERRUPTED


def _main(arguments: list[str] | None) -> int:
    for name in ("stdout", "stderr"):
        # Closed before the start: what would be written goes nowhere.
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    from whogains.cli.app import app
    from whogains.cli.output import print_error, reader_may_leave

    try:
        # Help, too, may be read to the first lines only.
        status: int | None = 0
        with reader_may_leave():
            status = _run(app, arguments)
    except SystemExit as error:
        # How rich ends where the reader of the help has gone: not an error of ours.
        if isinstance(error.__context__, BrokenPipeError):
            return 0
        raise
    except KeyboardInterrupt:
        status = INTERRUPTED
    except Exception as error:
        status = _status(error)
    # Typer may have seen Ctrl-C first, and says nothing.
    if status == INTERRUPTED:
        print_error("interrupted; nothing more is written")
    return int(status or 0)


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Put back at the end what a program that calls this one shares with it."""
    hook, streams = sys.excepthook, []
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks is written as its code, and stops nothing.
        if isinstance(stream, TextIOWrapper):
            streams.append((stream, stream.errors))
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        # Typer sets one of its own.
        sys.excepthook = hook
        for stream, errors in streams:
            with suppress(ValueError):
                stream.reconfigure(errors=errors)


def _run(app: Typer, arguments: list[str] | None) -> int | None:
    try:
        found: int | None = app(arguments, prog_name="whogains", standalone_mode=False)
    except OSError as error:
        # What has a name is no standard output.
        told = None if error.filename is None else said_of(error)
        if told is None:
            raise
        raise told from error
    return found


def _status(error: Exception) -> int:
    """Tell what is wrong with the input or the words; what is left is a mistake of ours."""
    from whogains.cli.output import print_error

    said = said_of(error)
    if said is not None:
        print_error(str(said))
        return WRONG_INPUT
    if hasattr(error, "format_message"):
        # Without a command the help is shown, and there is no message.
        context = getattr(error, "ctx", None)
        command = "whogains" if context is None else context.command_path
        print_error(f"{error.format_message() or 'no command'} (see {command} --help)")
        return WRONG_INPUT
    # DuckDB's word for Ctrl-C.
    if type(error).__name__ == "Abort" or "Query interrupted" in str(error):
        return INTERRUPTED
    if os.environ.get("WHOGAINS_TRACEBACK"):
        raise error
    last = traceback.extract_tb(error.__traceback__)[-1]
    print_error(
        f"a mistake in this program, please report it: {type(error).__name__}: {error} "
        f"({Path(last.filename).name}, line {last.lineno}; with WHOGAINS_TRACEBACK=1 it says more)"
    )
    return CRASHED


def run() -> None:
    """Run the command line and leave with its exit status."""
    # On a busy machine threads that spin while they wait made networks five times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Ended politely is interrupted: what is set aside on the disk is deleted.
    for name in ENDING[1:]:
        # A run under nohup goes on when its terminal is closed.
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == signal.SIG_DFL:
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        status = main()
        # All is written. While Python takes itself apart no signal may become an exception: of a
        # thread of a query it would be thrown out of C++, which aborts.
        for each in ENDING:
            if hasattr(signal, each) and signal.getsignal(getattr(signal, each)) != signal.SIG_IGN:
                signal.signal(getattr(signal, each), signal.SIG_DFL)
    except KeyboardInterrupt:
        status = INTERRUPTED
    if status == INTERRUPTED:
        # At once, for the same reason.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    sys.exit(status)
