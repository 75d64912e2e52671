"""Make the pictures in docs/pictures: the report in three dresses, and the charts.

    python scripts/make_pictures.py [audit.json]

Without a saved audit it runs that of ``whogains demo``. Needs Chromium and the extra ``test``; no
file is larger than 300 kB.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

import whogains as wg

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LARGEST = 300_000
SCREENS: dict[str, dict[str, Any]] = {
    "report": {"viewport": {"width": 1280, "height": 800}},
    "report-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "report-phone": {"viewport": {"width": 390, "height": 844}},
}
SECTIONS = ("plane", "groups", "why", "limits", "people")


def main(arguments: list[str]) -> None:
    """Make every picture anew.

    Parameters
    ----------
    arguments : list of str
        A saved audit, or nothing.
    """
    found = wg.read_json(arguments[0]) if arguments else demo()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        found.to_html(page)
        photograph(page.as_uri())
    charts = {
        "gains": found.plot.gains(),
        "tradeoff": found.plot.tradeoff(),
        "limits": found.plot.limits(),
        "differences": found.plot.differences(),
    }
    for name, chart in charts.items():
        chart.save(PICTURES / f"chart-{name}.png", scale_factor=1.2)
    for picture in sorted(PICTURES.iterdir()):
        size = picture.stat().st_size
        print(f"{picture.name}: {size / 1000:.0f} kB")
        if size > LARGEST:
            sys.exit(f"{picture} is larger than {LARGEST / 1000:.0f} kB")


def demo() -> wg.Findings:
    """Audit the blood pressure model of ``whogains demo``.

    Returns
    -------
    Findings
        The audit.
    """
    data = wg.datasets.nhanes("systolic")
    return wg.audit(data.X, data.y, personal=data.personal, task=data.task, unit=data.unit)


def photograph(address: str) -> None:
    """Take the first screen in every dress, and each section as it is on a desktop.

    Parameters
    ----------
    address : str
        The page.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit(f"no browser is installed ({', '.join(BROWSERS)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, options in SCREENS.items():
            page = browser.new_page(**options)
            page.goto(address)
            shot = {"type": "jpeg", "quality": 85}
            page.screenshot(path=PICTURES / f"{name}.jpg", **shot)
            if name == "report":
                for section in SECTIONS:
                    place = PICTURES / f"report-{section}.jpg"
                    page.locator(f"#{section}").screenshot(path=place, **shot)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
