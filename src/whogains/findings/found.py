"""The result of an audit or a comparison as one object: save it, show it, compare it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.findings.distributions import Profile
from whogains.findings.results import CostFinding, DataFinding

if TYPE_CHECKING:
    import pandas as pd

    from whogains.report.plots import Plots


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of an audit or a comparison: save it, render it, compare it.

    Parameters
    ----------
    version : str
        The version of whogains that computed it.
    created : str
        When, in UTC, ISO 8601; the only thing in which two equal runs differ.
    settings : mapping of str to JSON values
        Every setting that a number depends on.
    data : DataFinding
        What was audited.
    costs : tuple of CostFinding
        One for each cost, explainer and share kept.
    notes : tuple of str
        Warnings and choices that a reader must know.
    profiles : tuple of Profile
        Base rates and calibration of both models, one for each group in the order of the costs'
        groups; empty where the audit has none.
    """

    version: str
    created: str
    settings: Mapping[str, Any]
    data: DataFinding
    costs: tuple[CostFinding, ...]
    notes: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row per cost and group, with every number of the group.

        Returns
        -------
        pandas.DataFrame
            Columns: cost, kind, explainer, keep, one per attribute, then the fields of
            `GroupFinding` with the interval as ci_low and ci_high. Where an attribute is missing,
            its level reads "NAME missing", with the attribute's name.
        """
        from whogains.findings.tables import group_table

        return group_table(self)

    def to_frame(self) -> pd.DataFrame:
        """Give `table` under the name that frame libraries use.

        Returns
        -------
        pandas.DataFrame
            See `table`.
        """
        return self.table()

    def gamma(self) -> pd.DataFrame:
        """One row per cost: the worst-served group, what it gets, and the verdict.

        Returns
        -------
        pandas.DataFrame
            Columns: cost, kind, explainer, keep, one per attribute, then the fields of
            `GammaFinding` with the interval as ci_low and ci_high.
        """
        from whogains.findings.tables import gamma_table

        return gamma_table(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON values, schema 1."""
        from whogains.findings.json import to_dict

        return to_dict(self)

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
        from whogains.findings.json import to_json

        return to_json(self, path)

    def to_csv(self, path: str | Path | None = None) -> str:
        """Write `table` as CSV that a spreadsheet opens as text and numbers, never as formulas.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            One line for each cost and group, after a line of names, numbers in full precision.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        from whogains.report import to_csv

        return to_csv(self, path)

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the report as one self-contained page.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            The page, of less than 3 MB. Of an audit that does not fit it shows the groups that
            matter most, and says so.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        from whogains.report import to_html

        return to_html(self, path)

    def to_text(self, width: int = 80) -> str:
        """Render the tables and verdicts as plain text.

        Parameters
        ----------
        width : int
            Columns of the terminal or page.

        Returns
        -------
        str
            Lines of text without colour.
        """
        from whogains.report import to_text

        return to_text(self, width)

    def to_markdown(self) -> str:
        """Render the verdicts and tables as Markdown, for a model card.

        Returns
        -------
        str
            A section for each cost; names from the data are text.
        """
        from whogains.report import to_markdown

        return to_markdown(self)

    @property
    def plot(self) -> Plots:
        """Charts that save to PNG and SVG without a browser, such as ``found.plot.gains()``."""
        from whogains.report.plots import Plots

        return Plots(self)

    def __repr__(self) -> str:
        verdicts = Counter(group.verdict for cost in self.costs for group in cost.groups)
        counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        return (
            f"<Findings {self.data.target!r:.60}: {self.data.rows} rows, "
            f"{max((len(cost.groups) for cost in self.costs), default=0)} groups, "
            f"{len(self.costs)} costs; verdicts: {counted or 'none'}>"
        )

    def _repr_html_(self) -> str:
        from whogains.report import to_notebook

        return to_notebook(self)

    def __str__(self) -> str:
        return self.to_text()
