"""Gates: which findings turn the exit status to 1, and what is said where an audit passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whogains.cli.options import FailOn, Gates
from whogains.errors import InputError

if TYPE_CHECKING:
    from whogains.records import (
        CostFinding,
        GroupFinding,
        Levels,
        WarningFinding,
        WatchCost,
        WatchGroup,
    )
    from whogains.results import Choice, Findings, Watch


def check_margin(gates: Gates | None, margin: object) -> None:
    """Refuse a gate that asks about a margin which nobody gave.

    Parameters
    ----------
    gates : Gates or None
        The findings that count as a failure.
    margin : object
        What was said of the margin; None for nothing.

    Raises
    ------
    InputError
        If `inferior` is asked for without one.
    """
    if gates is not None and FailOn.inferior in gates.kinds and not margin:
        raise InputError("--fail-on inferior asks how much loss is tolerated: give --margin")


def told(
    found: Findings | Watch, gates: Gates | None, allowed: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """Say what fails, warnings included, and what else a reader must know.

    Parameters
    ----------
    found : Findings or Watch
        What was found.
    gates : Gates or None
        The findings that count as a failure.
    allowed : sequence of str
        The names of warnings that are no failure.

    Returns
    -------
    tuple of two lists of str
        What fails, one line each, and the rest.

    Raises
    ------
    InputError
        If a gate asks about a margin that there is not.
    """
    failures: list[str] = []
    if gates is not None:
        check_margin(gates, all(cost.margin is not None for cost in found.costs))
        failures = [line for kind in gates.kinds for line in failed(found, kind)]
    stopped, others = of_warnings(found.warnings, gates, allowed)
    failures += stopped
    if gates is not None and not failures:
        others += unknown(found)
    return failures, others


def of_warnings(
    warnings: Sequence[WarningFinding], gates: Gates | None, allowed: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Say which warnings fail, where there is a gate, and which are only told.

    Parameters
    ----------
    warnings : sequence of WarningFinding
        Those raised.
    gates : Gates or None
        The findings that count as a failure.
    allowed : sequence of str
        The names of warnings that are none.

    Returns
    -------
    tuple of two lists of str
        One line each.
    """
    failures, others = [], []
    for each in warnings:
        if gates is None or each.name in allowed:
            others.append(f"warning ({each.name}): {each.text}")
        else:
            failures.append(f"warning, which --allow {each.name} lets pass: {each.text}")
    return failures, others


def unknown(found: Findings | Watch) -> list[str]:
    """Say of which groups nothing is known, where a gate lets something pass.

    Parameters
    ----------
    found : Findings or Watch
        What was found.

    Returns
    -------
    list of str
        One line, or none where something is shown of every group on every cost.

    Notes
    -----
    That no harm is shown is no reason to be at ease where these data could show none.
    """
    from whogains.report import listing, nothing_known, plain

    said = []
    for cost in found.costs:
        of = nothing_known(cost)
        silent = [group.group for group in cost.groups if group.verdict == "cannot tell"]
        if of:
            named = "" if len(silent) == len(cost.groups) else f" ({_named(silent, most=3)})"
            said.append(f"{of}{named} on {plain(cost.title)}")
    return [f"passed, but {listing(said, most=8)}"] if said else []


def failed(found: Findings | Watch, kind: FailOn) -> list[str]:
    """Say on which costs something fails, and for which groups.

    Parameters
    ----------
    found : Findings or Watch
        What was found.
    kind : FailOn
        The finding that counts as a failure.

    Returns
    -------
    list of str
        One line for each cost that fails; none where all pass.
    """
    from whogains.records import CostFinding
    from whogains.report import plain

    lines = []
    for cost in found.costs:
        named = [group.group for group in cost.groups if named_by(kind, group, found)]
        fails = bool(named)
        if kind is FailOn.not_gain:
            fails = not every_group_gains(cost)
        elif isinstance(cost, CostFinding) and kind is FailOn.harm:
            fails = fails or cost.gamma.verdict == "some group is harmed"
        if fails:
            worst = cost.gamma.group if isinstance(cost, CostFinding) else None
            lines.append(
                f"{_WORDS[kind]}: {plain(cost.title)}: {_named(named or [worst], most=20)}"
            )
    return lines


def every_group_gains(cost: CostFinding | WatchCost) -> bool:
    """Tell whether every group is shown to gain on a cost."""
    from whogains.records import CostFinding

    if isinstance(cost, CostFinding):
        return cost.gamma.verdict == "every group gains"
    return cost.every_group_gains


def named_by(kind: FailOn, group: GroupFinding | WatchGroup, found: Findings | Watch) -> bool:
    """Tell whether a group is among those that a gate names.

    Parameters
    ----------
    kind : FailOn
        The finding that counts as a failure.
    group : GroupFinding or WatchGroup
        The group.
    found : Findings or Watch
        What it is a part of.

    Returns
    -------
    bool
        Whether it is.
    """
    from whogains.records import WatchGroup

    if kind is FailOn.harm:
        lately = group.lately if isinstance(group, WatchGroup) else None
        return group.verdict == "harm" or (lately is not None and lately.verdict == "harm")
    if kind is FailOn.not_gain:
        return group.verdict != "gain"
    if kind is FailOn.unknown:
        return group.verdict == "cannot tell"
    if isinstance(group, WatchGroup):
        return not group.non_inferior
    p = group.p_non_inferior_adjusted
    return p is None or p > float(found.settings.get("alpha", 0.05))


_WORDS = {
    FailOn.harm: "harm",
    FailOn.not_gain: "not every group is shown to gain",
    FailOn.inferior: "not shown to lose less than the margin",
    FailOn.unknown: "nothing is known",
}


def _named(groups: Sequence[Levels | None], *, most: int) -> str:
    from whogains.report import group_name, listing

    return listing((group_name(group) for group in groups), most=most)


def choice_failed(found: Choice, gates: Gates) -> list[str]:
    """Say why a choice fails.

    Parameters
    ----------
    found : Choice
        The choice.
    gates : Gates
        The findings that count as a failure.

    Returns
    -------
    list of str
        One line for each; none where it passes.

    Raises
    ------
    InputError
        If a gate is not one of a choice.
    """
    lines = []
    for kind in gates.kinds:
        if kind is FailOn.not_gain:
            if not any(group.certified for group in found.routing):
                lines.append("not-gain: no set of attributes is certified for any group")
        elif kind is FailOn.harm:
            # The way that asks most.
            everybody = (each for each in found.policies if each.kind == "everybody")
            most = max(everybody, key=lambda policy: len(policy.asked))
            if most.rational == "no":
                lines.append("harm: asking everybody everything is shown to harm some group")
        else:
            raise InputError(
                f"--fail-on {kind} is for audits and watches; of a choice: harm, not-gain"
            )
    return lines
