"""What changed between two audits, such as of an old and a new model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from whogains.findings.results import (
    GammaVerdict,
    Interval,
    Levels,
    Number,
    Verdict,
    group_label,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

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
        Level of the intervals for changes: 1 less the alphas of both audits.
    costs : tuple of CostChange
        The costs that both audits have.
    notes : tuple of str
        What could not be compared, and which settings differ.
    target : str
        The outcome of the second audit.
    rows_before, rows_after : int or None
        Rows audited.
    """

    version: str
    created_before: str
    created_after: str
    level: float
    costs: tuple[CostChange, ...]
    notes: tuple[str, ...] = ()
    target: str = ""
    rows_before: int | None = None
    rows_after: int | None = None

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

    def __repr__(self) -> str:
        words = Counter(group.words for cost in self.costs for group in cost.groups)
        counted = "; ".join(f"{said}: {count}" for said, count in words.most_common())
        return (
            f"<Changes {self.target!r:.60}: "
            f"{max((len(cost.groups) for cost in self.costs), default=0)} groups, "
            f"{len(self.costs)} costs; {counted or 'nothing to compare'}>"
        )

    def __str__(self) -> str:
        return self.to_text()
