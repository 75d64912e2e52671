"""A plan as one self-contained page: what these groups could tell, before any data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains._version import __version__
from whogains.report.curve import BOUNDS, curve_view
from whogains.report.page import CITATION, CITATION_URL, flat, render
from whogains.report.words import LABEL_LIMIT, count, guessing, plain, significant

if TYPE_CHECKING:
    from pathlib import Path

    from whogains.limits import Plan


def plan_to_html(plan: Plan, path: str | Path | None = None) -> str:
    """Write a plan as one self-contained page.

    Parameters
    ----------
    plan : Plan
        What to render.
    path : str or Path, optional
        A file to write; none by default.

    Returns
    -------
    str
        The page: the answer in sentences, the error of any test against epsilon, every group, and
        the settings. It loads nothing, and the same plan gives the same bytes.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    return render("plan.html.j2", _context(plan), {"plan": plan.to_dict()}, path)


def _context(plan: Plan) -> dict[str, Any]:
    content = plan.to_dict()
    settings, limits = plan.settings, plan.limits
    return {
        "question": "Can these groups tell whether every group gains?",
        "verdict": limits.verdict,
        "epsilon": None if limits.epsilon is None else significant(limits.epsilon),
        "people": count(sum(group.n for group in plan.groups)),
        "sentences": [plain(sentence, 2000) for sentence in plan.sentences()],
        "guessing": guessing(content["settings"]),
        "tolerated": significant(settings.tolerated_error),
        "family": settings.family,
        "alpha": significant(settings.alpha),
        "power": f"{settings.power:.0%}",
        "curve": curve_view(
            plan.curve,
            epsilon=limits.epsilon,
            tolerated=settings.tolerated_error,
            guessing=float(guessing(content["settings"])),
        ),
        "bounds": BOUNDS,
        "groups": [
            {
                "name": plain(group.group, LABEL_LIMIT),
                "n": count(group.n),
                "sd": significant(group.sd),
                "detectable": significant(group.detectable),
                "required": count(group.required),
                "alone": "untestable" if group.untestable else "testable",
                "sort": {
                    key: value
                    for key, value in {
                        "number": number,
                        "n": group.n,
                        "sd": group.sd,
                        "detectable": group.detectable,
                        "required": group.required,
                    }.items()
                    if value is not None
                },
            }
            for number, group in enumerate(plan.groups)
        ],
        "settings": flat(content["settings"]),
        "version": __version__,
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }
