"""Findings as JUnit XML, so that any CI shows a group that fails as a failed test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.cli.gates import every_group_gains, named_by
from whogains.cli.options import FailOn, Gates

if TYPE_CHECKING:
    from whogains.results import Findings, Watch


def junit_text(found: Findings | Watch, gates: Gates | None) -> str:
    """Write findings as JUnit XML: a suite for each cost, a test for each group.

    Parameters
    ----------
    found : Findings or Watch
        What was found.
    gates : Gates or None
        The findings that count as a failure; a harm where nothing is said.

    Returns
    -------
    str
        The document. A group of which nothing is known is skipped, unless that fails it: it
        passes no test.
    """
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    from whogains.report import group_name, plain, significant

    kinds = (FailOn.harm,) if gates is None else gates.kinds
    suites = Element("testsuites", name="whogains")
    for cost in found.costs:
        suite = SubElement(suites, "testsuite", name=plain(cost.title))
        counts = {"tests": 0, "failures": 0, "skipped": 0}
        for group in cost.groups:
            case = SubElement(
                suite, "testcase", classname=plain(cost.title), name=group_name(group.group)
            )
            counts["tests"] += 1
            failing = [
                kind
                for kind in kinds
                if named_by(kind, group, found)
                and not (kind is FailOn.not_gain and every_group_gains(cost))
            ]
            said = f"{group.verdict}; BoP {significant(group.bop)}"
            if failing:
                counts["failures"] += 1
                SubElement(case, "failure", message=", ".join(failing)).text = said
            elif group.verdict == "cannot tell":
                counts["skipped"] += 1
                SubElement(case, "skipped", message="nothing is known")
        for name, count in counts.items():
            suite.set(name, str(count))
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"
