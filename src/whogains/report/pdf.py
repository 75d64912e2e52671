"""A page on paper: printed to PDF by a browser that is installed, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from whogains.errors import UnwritableError, one_line
from whogains.files import written_aside

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
# Where programs are not on the path: macOS and Windows.
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 180


def installed_browser() -> str:
    """Find a browser that prints to PDF.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    UnwritableError
        If none is installed; the message says what to do instead.
    """
    found = [path for path in map(shutil.which, BROWSERS) if path]
    found += [place for place in PLACES if Path(place).is_file()]
    if not found:
        raise UnwritableError(
            "no browser that prints to PDF is installed (Chromium, Chrome or Edge): write the page "
            "with --html or to_html and print it from any browser"
        )
    return found[0]


def print_page(page: str, path: str | Path) -> None:
    """Print a page to a PDF file.

    Parameters
    ----------
    page : str
        A self-contained page.
    path : str or Path
        The file.

    Raises
    ------
    UnwritableError
        If no browser is installed, it fails, or the file cannot be written.
    """
    browser = installed_browser()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8", errors="backslashreplace")
        # Chromium refuses root its sandbox, as in containers; our own page loads nothing.
        root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        command = [
            browser,
            *FLAGS,
            *root,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={printed}",
            source.as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own page, a browser found by name
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnwritableError(f"{browser} could not print: {one_line(error)}") from error
        if not printed.is_file() or not printed.stat().st_size:
            raise UnwritableError(f"{browser} printed nothing (exit status {done.returncode})")
        with written_aside(path) as aside:
            shutil.copyfile(printed, aside)
