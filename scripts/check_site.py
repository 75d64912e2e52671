"""Build the documentation strictly, and read it in a browser that may not reach any machine.

    python scripts/check_site.py FOLDER

Warnings of the build are errors. Then every page is searched for what a browser would fetch from
elsewhere, and some are opened: no request leaves, no error is logged, and the search finds.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parents[1] / "docs"
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# What is fetched without a click: pictures, programs, styles, fonts; a link to read is none.
FETCHED = re.compile(
    r"""<(?:img|script|iframe|source|video|audio)[^>]+src=["'](?:https?:)?//"""
    r"""|<link(?![^>]+rel=["']canonical)[^>]+href=["'](?:https?:)?//"""
    r"""|@import\s+["'(u]|url\(["']?(?:https?:)?//"""
)
PAGES = ("index", "tutorial", "how-to/read-the-page", "reference/statistics", "calibration")


def build(folder: Path) -> None:
    """Build the site, with warnings as errors."""
    strict = ["-W", "--keep-going", "-q", "-j", "2", "-d", f"{folder}.doctrees"]
    command = [sys.executable, "-m", "sphinx", *strict, "-b", "html", str(DOCS), str(folder)]
    subprocess.run(command, check=True)


def fetched(folder: Path) -> list[str]:
    """Give the places where a page or style fetches from another machine."""
    files = [each for kind in ("*.html", "*.css") for each in folder.rglob(kind)]
    return [
        f"{file.relative_to(folder)}: {match[0]}"
        for file in files
        for match in FETCHED.finditer(file.read_text("utf-8"))
    ]


def read(folder: Path) -> list[str]:
    """Open pages in a browser, search for a word, and give what went wrong."""
    wrong: list[str] = []
    browser_file = next(each for each in BROWSERS if Path(each).exists())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda asked: _note(wrong, asked.url))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        for name in PAGES:
            page.goto((folder / f"{name}.html").as_uri())
        page.goto((folder / "search.html").as_uri() + "?q=placebo")
        page.wait_for_selector("#search-results li a")
        browser.close()
    return wrong


def _note(wrong: list[str], address: str) -> None:
    if not address.startswith(("file:", "data:")):
        wrong.append(f"asks for {address}")


def main(folder: Path) -> None:
    """Build, look, and say what is wrong."""
    build(folder)
    wrong = [*fetched(folder), *read(folder)]
    if wrong:
        sys.exit("\n".join(wrong))
    pages = len(list(folder.rglob("*.html")))
    print(f"{pages} pages in {folder}, none of which asks another machine for anything")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
