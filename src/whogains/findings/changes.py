"""Two audits side by side, such as of an old and a new model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from whogains._version import __version__
from whogains.errors import InputError
from whogains.findings.found import Findings
from whogains.findings.results import (
    CostFinding,
    GammaFinding,
    GammaVerdict,
    GroupFinding,
    Interval,
    Levels,
    Number,
    PopulationFinding,
    Verdict,
    group_label,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

Key = tuple[str, str | None, float | int | None]
Kind = Literal["prediction", "explanation"]


@dataclass(frozen=True, slots=True)
class Change:
    """One benefit before and after.

    Parameters
    ----------
    before, after : float or None
        The BoP in each audit.
    ci_before, ci_after : tuple of (float or None)
        Their intervals.
    change : float or None
        The BoP after less the BoP before.
    ci : tuple of (float or None)
        Interval for `change` at `Changes.level`, whether or not the audits share people.
    """

    before: Number
    after: Number
    ci_before: Interval
    ci_after: Interval
    change: Number
    ci: Interval


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What changed for one group on one cost.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n_before, n_after : int or None
        Rows.
    verdict_before, verdict_after : str or None
        The verdicts; None in an audit without that group.
    bop : Change
        The benefit.
    words : str
        The two verdicts in words, such as "was harmed, now gains".
    """

    group: Levels
    n_before: int | None
    n_after: int | None
    verdict_before: Verdict | None
    verdict_after: Verdict | None
    bop: Change
    words: str

    @property
    def label(self) -> str:
        """The levels in one line."""
        return group_label(self.group)


@dataclass(frozen=True, slots=True)
class CostChange:
    """What changed on one cost.

    Parameters
    ----------
    name, kind, label, unit, explainer, keep, epsilon
        As in `CostFinding`; epsilon of the second audit.
    gamma_before, gamma_after : str
        The verdicts on the worst-served group.
    population, gamma : Change
        The benefit of everybody, and of the worst-served group of each audit.
    groups : tuple of GroupChange
        In the order of the second audit, then groups that only the first one has.
    """

    name: str
    kind: Kind
    label: str
    unit: str | None
    explainer: str | None
    keep: float | int | None
    epsilon: float
    gamma_before: GammaVerdict
    gamma_after: GammaVerdict
    population: Change
    gamma: Change
    groups: tuple[GroupChange, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Two audits side by side.

    Parameters
    ----------
    version : str
        The version of whogains that compared them.
    created_before, created_after : str
        When the audits were made.
    level : float
        Level of the intervals for changes.
    costs : tuple of CostChange
        The costs that both audits have.
    notes : tuple of str
        What could not be compared.
    """

    version: str
    created_before: str
    created_after: str
    level: float
    costs: tuple[CostChange, ...]
    notes: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row per cost and group.

        Returns
        -------
        pandas.DataFrame
            Columns: cost, kind, explainer, keep, group, before, after, change, ci_low, ci_high,
            verdict_before, verdict_after, words.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "cost": cost.name,
                    "kind": cost.kind,
                    "explainer": cost.explainer,
                    "keep": cost.keep,
                    "group": group.label,
                    "before": group.bop.before,
                    "after": group.bop.after,
                    "change": group.bop.change,
                    "ci_low": group.bop.ci[0],
                    "ci_high": group.bop.ci[1],
                    "verdict_before": group.verdict_before,
                    "verdict_after": group.verdict_after,
                    "words": group.words,
                }
                for cost in self.costs
                for group in cost.groups
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON values, schema 1."""
        from whogains.findings.json import plain_values

        return {"schema": 1, **plain_values(self)}

    def to_json(self, path: str | Path | None = None) -> str:
        """Write everything as JSON, schema 1.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            The text.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        from whogains.findings.json import as_text, write_text

        text = as_text(self.to_dict())
        if path is not None:
            write_text(path, text)
        return text

    def to_html(self, path: str | Path | None = None) -> str:
        """Write one self-contained page.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            The page.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        from whogains.report import changes_to_html

        return changes_to_html(self, path)

    def to_text(self, width: int = 80) -> str:
        """Render the tables as plain text.

        Parameters
        ----------
        width : int
            Columns of the terminal or page.

        Returns
        -------
        str
            Lines of text without colour.
        """
        from whogains.report import changes_to_text

        return changes_to_text(self, width)

    def __str__(self) -> str:
        return self.to_text()


def diff(before: Findings, after: Findings) -> Changes:
    """Put two audits side by side.

    Parameters
    ----------
    before, after : Findings
        Audits with the same kind of groups, such as of an old and a new model.

    Returns
    -------
    Changes
        For each cost that both have, what changed for everybody, for the worst-served group and
        for every group.

    Raises
    ------
    InputError
        If the audits group by different attributes, or have no cost in common.

    Notes
    -----
    The interval for a change goes from the least to the largest difference between the two
    intervals, at level 1 - alpha_before - alpha_after (Boole's inequality). It holds whether the
    audits share no, some or all people, and is wide where they share all: then comparing the two
    models' predictions row by row with `whogains.compare` can tell more.

    Examples
    --------
    >>> import whogains as wg
    >>> y, groups = [0, 1, 1, 0] * 50, {"sex": list("ffmm") * 50}
    >>> old = wg.compare(y, generic=[.1, .9, .9, .1] * 50, personalized=[.1, .9, .1, .9] * 50,
    ...                  groups=groups, costs="zero_one")
    >>> new = wg.compare(y, generic=[.1, .9, .9, .9] * 50, personalized=[.1, .9, .9, .1] * 50,
    ...                  groups=groups, costs="zero_one")
    >>> wg.diff(old, new).table()[["group", "change", "words"]]
      group  change                   words
    0     f     0.0               unchanged
    1     m     1.5  was harmed, now gains
    """
    if set(before.data.groups) != set(after.data.groups):
        raise InputError(
            f"the audits have different groups: by {', '.join(before.data.groups)}, and by "
            f"{', '.join(after.data.groups)}"
        )
    earlier = {_key(cost): cost for cost in before.costs}
    later = {_key(cost): cost for cost in after.costs}
    shared = [key for key in later if key in earlier]
    if not shared:
        raise InputError("the audits have no cost in common")
    alpha = sum(float(each.settings.get("alpha", 0.05)) for each in (before, after))
    return Changes(
        version=__version__,
        created_before=before.created,
        created_after=after.created,
        level=round(1 - alpha, 12),
        costs=tuple(_cost_change(earlier[key], later[key]) for key in shared),
        notes=_notes(before, after, earlier, later),
    )


def _key(cost: CostFinding) -> Key:
    return cost.name, cost.explainer, cost.keep


def _notes(
    before: Findings,
    after: Findings,
    earlier: Mapping[Key, CostFinding],
    later: Mapping[Key, CostFinding],
) -> tuple[str, ...]:
    notes = [
        f"only the audit {which} has the cost {one[key].title}"
        for which, one, other in (("before", earlier, later), ("after", later, earlier))
        for key in one
        if key not in other
    ]
    notes += [
        f"the unit of {cost.title} differs between the audits"
        for key, cost in later.items()
        if key in earlier and earlier[key].unit != cost.unit
    ]
    notes += [
        f"the {what} differ: {old}, then {new}"
        for what, old, new in (
            ("outcomes", before.data.target, after.data.target),
            ("tasks", before.data.task, after.data.task),
            ("numbers of rows", before.data.rows, after.data.rows),
        )
        if old != new
    ]
    return tuple(notes)


def _cost_change(before: CostFinding, after: CostFinding) -> CostChange:
    earlier = {_levels(group): group for group in before.groups}
    later = {_levels(group): group for group in after.groups}
    return CostChange(
        name=after.name,
        kind=after.kind,
        label=after.label,
        unit=after.unit,
        explainer=after.explainer,
        keep=after.keep,
        epsilon=after.epsilon,
        gamma_before=before.gamma.verdict,
        gamma_after=after.gamma.verdict,
        population=_change(before.population, after.population),
        gamma=_change(before.gamma, after.gamma),
        groups=tuple(
            _group_change(earlier.get(key), later.get(key)) for key in {**later, **earlier}
        ),
    )


def _levels(group: GroupFinding) -> tuple[tuple[str, str | None], ...]:
    # The order of the attributes says nothing.
    return tuple(sorted(group.group.items()))


def _group_change(before: GroupFinding | None, after: GroupFinding | None) -> GroupChange:
    known = after or before
    return GroupChange(
        group={} if known is None else known.group,
        n_before=None if before is None else before.n,
        n_after=None if after is None else after.n,
        verdict_before=None if before is None else before.verdict,
        verdict_after=None if after is None else after.verdict,
        bop=_change(before, after),
        words=change_words(
            None if before is None else before.verdict, None if after is None else after.verdict
        ),
    )


def _change(
    before: GroupFinding | PopulationFinding | GammaFinding | None,
    after: GroupFinding | PopulationFinding | GammaFinding | None,
) -> Change:
    old, new = (None if each is None else each.bop for each in (before, after))
    old_ci, new_ci = ((None, None) if each is None else each.ci for each in (before, after))
    return Change(
        before=old,
        after=new,
        ci_before=old_ci,
        ci_after=new_ci,
        change=_less(new, old),
        ci=(_less(new_ci[0], old_ci[1]), _less(new_ci[1], old_ci[0])),
    )


def _less(one: Number, other: Number) -> Number:
    return None if one is None or other is None else one - other


def change_words(before: Verdict | None, after: Verdict | None) -> str:
    """Say in words how a verdict changed.

    Parameters
    ----------
    before, after : str or None
        Verdicts; None where there was no such group.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> change_words("harm", "cannot tell"), change_words("cannot tell", "harm")
    ('was harmed, no longer shown', 'newly harmed')
    """
    if before is None or after is None:
        return "only in the audit after" if before is None else "only in the audit before"
    if before == after:
        return {"harm": "still harmed", "gain": "still gains"}.get(after, "unchanged")
    if before == "harm":
        return "was harmed, now gains" if after == "gain" else "was harmed, no longer shown"
    if after in {"harm", "gain"}:
        return "newly harmed" if after == "harm" else "now gains"
    return "gained, no longer shown" if before == "gain" else f"now {after}"
