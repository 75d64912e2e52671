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

import numpy as np
import pandas as pd
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
        many = Path(folder) / "many.html"
        many_groups().to_html(many)
        photograph(many.as_uri(), {"report-64-groups": SCREENS["report"]}, sections=())
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


def many_groups() -> wg.Findings:
    """Compare two models made up on 64 groups and six costs, of which one group is harmed.

    Returns
    -------
    Findings
        The comparison.
    """
    rng = np.random.default_rng(0)
    n = 30_000
    people = pd.DataFrame(
        {
            "hospital": rng.choice([f"hospital {k}" for k in range(1, 9)], n),
            "age": rng.choice([f"{10 * k} to {10 * k + 9}" for k in range(1, 9)], n),
        }
    )
    risk = rng.normal(size=n)
    harmed = (people["hospital"] == "hospital 3") & (people["age"] == "60 to 69")
    helped = people["hospital"] == "hospital 5"
    y = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(int)

    def model(noise: Any) -> Any:
        return 1 / (1 + np.exp(-(risk + noise * rng.normal(size=n))))

    personalized = model(np.where(harmed, 2.5, np.where(helped, 0.1, 0.8)))
    costs = ["zero_one", "brier", "log_loss", "auc", "sensitivity", "specificity"]
    return wg.compare(y, generic=model(0.8), personalized=personalized, groups=people, costs=costs)


def photograph(
    address: str,
    screens: dict[str, dict[str, Any]] = SCREENS,
    *,
    sections: tuple[str, ...] = SECTIONS,
) -> None:
    """Take the first screen in every dress, and each section as it is on a desktop.

    Parameters
    ----------
    address : str
        The page.
    screens : dict
        The dresses, by the name of their picture.
    sections : tuple of str
        The sections to take too.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit(f"no browser is installed ({', '.join(BROWSERS)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, options in screens.items():
            page = browser.new_page(**options)
            page.goto(address)
            shot = {"type": "jpeg", "quality": 85}
            page.screenshot(path=PICTURES / f"{name}.jpg", **shot)
            if name == "report":
                for section in sections:
                    place = PICTURES / f"report-{section}.jpg"
                    page.locator(f"#{section}").screenshot(path=place, **shot)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
