"""A plan as one self-contained page: what these groups could tell, before any data."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from whogains._version import __version__
from whogains.records import to_dict
from whogains.report.html_page import CITATION, CITATION_URL, fitted, flat, packed, render
from whogains.report.limits_curve import BOUNDS, curve_view
from whogains.report.plan_sentences import sentences
from whogains.report.words import LABEL_LIMIT, count, guessing, plain, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.records import PlannedGroup, PlanRecord

# More groups than this have not been seen to fit into a page.
MOST_GROUPS = 8000


def plan_to_html(plan: PlanRecord) -> str:
    """Write a plan as one self-contained page.

    Parameters
    ----------
    plan : PlanRecord
        What to render.

    Returns
    -------
    str
        The page: the answer in sentences, the error of any test against epsilon, every group, and
        the settings. It loads nothing, is less than 3 MB, and the same plan gives the same bytes.
        Of so many groups that not all fit, it shows those that can tell least.

    """
    content = to_dict(plan)
    data = packed(content)
    return fitted(
        lambda most, _: render("plan.html.j2", {**_context(plan, content, most), "data": data}),
        len(plan.groups),
        1,
        cells=MOST_GROUPS,
        data=len(data or ""),
    )


def _context(plan: PlanRecord, content: dict[str, Any], most: int) -> dict[str, Any]:
    settings, limits = plan.settings, plan.limits
    return {
        "question": "Can these groups tell whether every group gains?",
        "verdict": limits.verdict,
        "epsilon": None if limits.epsilon is None else significant(limits.epsilon),
        "people": count(sum(group.n for group in plan.groups)),
        "sentences": [plain(sentence, 2000) for sentence in sentences(plan)],
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
        "groups_in_all": len(plan.groups),
        "size": count(len(plan.groups)),
        "groups": [
            {
                "name": plain(group.group, LABEL_LIMIT),
                "n": count(group.n),
                "sd": significant(group.sd),
                "detectable": significant(group.detectable),
                "required": count(group.required),
                "every": count(group.required_every_group),
                "alone": "untestable" if group.untestable else "testable",
                "sort": {
                    key: value
                    for key, value in {
                        "number": number,
                        "n": group.n,
                        "sd": group.sd,
                        "detectable": group.detectable,
                        "required": group.required,
                        "every": group.required_every_group,
                    }.items()
                    if value is not None
                },
            }
            for number, group in _first(plan.groups, most)
        ],
        "settings": flat(content["settings"]),
        "version": __version__,
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }


def _first(groups: Sequence[PlannedGroup], most: int) -> list[tuple[int, PlannedGroup]]:
    """Keep the groups that find only the largest effects, in their order."""
    each = sorted(enumerate(groups), key=lambda one: -(one[1].detectable or inf))
    return sorted(each[:most], key=lambda one: one[0])
