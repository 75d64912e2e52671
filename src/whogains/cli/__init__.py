"""The command line: `whogains demo | audit | compare | plan | report`."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper

from whogains.errors import InputError

WRONG_INPUT = 2
INTERRUPTED = 130


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
        130 when interrupted or ended by a signal.
    """
    from whogains.cli.app import app
    from whogains.cli.output import print_error, reader_may_leave

    # On a busy machine threads that spin while they wait made networks five times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks is written as its code, and stops nothing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Help, too, may be read to the first lines only.
        status: int | None = 0
        with reader_may_leave():
            status = app(arguments, prog_name="whogains", standalone_mode=False)
    except InputError as error:
        print_error(str(error))
        return WRONG_INPUT
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


def _status(error: Exception) -> int:
    """Tell what typer raises for wrong usage; raise what is an error of ours."""
    from whogains.cli.output import print_error

    if hasattr(error, "format_message"):
        # Without a command the help is shown, and there is no message.
        context = getattr(error, "ctx", None)
        command = "whogains" if context is None else context.command_path
        print_error(f"{error.format_message() or 'no command'} (see {command} --help)")
        return WRONG_INPUT
    if type(error).__name__ == "Abort":
        return INTERRUPTED
    raise error


def run() -> None:
    """Run the command line and leave with its exit status."""
    # Ended politely is interrupted: what is set aside on the disk is deleted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
