"""The results that people hold: a record below, and one way to show, save and draw it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from whogains.files import json_text, write_aside
from whogains.records import (
    AuditRecord,
    ChangesRecord,
    ChoiceRecord,
    PlanRecord,
    Record,
    WatchRecord,
    to_dict,
)
from whogains.report import (
    AuditPlots,
    ChangesPlots,
    ChoicePlots,
    PlanPlots,
    WatchPlots,
    as_csv,
    as_markdown,
    as_notebook,
    as_page,
    as_plots,
    as_table,
    as_text,
    in_short,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


Plots = TypeVar("Plots")


class Result(Record, Generic[Plots]):
    """What every result can do; `whogains.report` draws it from the record that it is."""

    __slots__ = ()

    @classmethod
    def of(cls, record: Any) -> Self:
        """Give a record the methods of a result.

        Parameters
        ----------
        record : AuditRecord, ChangesRecord, ChoiceRecord, PlanRecord or WatchRecord
            Frozen numbers and verdicts.

        Returns
        -------
        Result
            The same numbers and verdicts.
        """
        return cls(**{field.name: getattr(record, field.name) for field in fields(record)})

    def table(self, *, every: bool = False) -> pd.DataFrame:
        """Give the numbers as a pandas table, one row per group (and cost, where there are any).

        Parameters
        ----------
        every : bool
            Whether to give all columns of an audit, as `to_csv` does; by default those that
            matter. Other results have one table.

        Returns
        -------
        pandas.DataFrame
            Of an audit: cost (with explainer and keep where these tell one from another), one
            column per attribute, n, cost_generic, cost_personalized, bop, se, ci_low, ci_high,
            method, verdict and required. With ``every=True``: cost, kind, explainer, keep, one
            column per attribute, then the fields of `whogains.records.GroupFinding` with the
            interval as ci_low and ci_high. Where an attribute is missing, its level reads "NAME
            missing". Of a comparison of two audits: the benefit before and after, and the
            verdicts. Of a choice: for each group what it is asked, and what it gains. Of a plan:
            the sizes, and what they can tell. Of a watch: the verdicts, since when, and how long
            the rest takes.
        """
        return as_table(self, every=every)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON values, schema 1: NaN and infinity are null."""
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
        return _written(json_text(self.to_dict()), path)

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the report as one self-contained page.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            The page, of less than 3 MB. Where not everything fits, it shows the groups that
            matter most, and says so.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        return _written(as_page(self), path)

    def to_pdf(self, path: str | Path) -> None:
        """Print the report to a PDF file by an installed Chromium, Chrome or Edge.

        Parameters
        ----------
        path : str or Path
            The file to write.

        Raises
        ------
        UnwritableError
            If no such browser is installed, or the file cannot be written.
        """
        from whogains.report import print_page

        print_page(as_page(self), path)

    def to_text(self, width: int = 80) -> str:
        """Render tables and sentences as plain text.

        Parameters
        ----------
        width : int
            Columns of the terminal or page.

        Returns
        -------
        str
            Lines of text without colour.
        """
        return as_text(self, width)

    def to_markdown(self) -> str:
        """Render tables and sentences as Markdown, for a model card.

        Returns
        -------
        str
            The text; names from the data are text.
        """
        return as_markdown(self)

    def to_csv(self, path: str | Path | None = None) -> str:
        """Write the table as CSV that a spreadsheet opens as text and numbers, never as formulas.

        Parameters
        ----------
        path : str or Path, optional
            A file to write; none by default.

        Returns
        -------
        str
            A line of names, then one line for each row of the table with all its columns, numbers
            in full precision.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        return _written(as_csv(self), path)

    def log_mlflow(self, *, run_id: str | None = None, prefix: str = "whogains") -> str:
        """Log numbers, verdicts, page, JSON and Markdown to a run of MLflow.

        Parameters
        ----------
        run_id : str, optional
            The run; by default the active one, or a new one that is ended afterwards.
        prefix : str
            What the names of metrics, tags and artifacts begin with.

        Returns
        -------
        str
            The id of the run.

        Raises
        ------
        InputError
            If MLflow is not installed.

        Notes
        -----
        Where it goes is for MLflow's own settings to say (``mlflow.set_tracking_uri``). Metrics
        are those of audits and watches: ``prefix/cost/group/number``, without groups that are too
        small to be shown. Characters that MLflow does not take are underscores. MLflow sends usage
        data of its own where it was imported before without ``MLFLOW_DISABLE_TELEMETRY=true``;
        this method does not let it begin to.
        """
        from whogains.report import log_to_mlflow

        files = {
            "result.json": json_text(self.to_dict()),
            "report.html": as_page(self),
            "report.md": as_markdown(self),
        }
        return log_to_mlflow(self, files, run_id=run_id, prefix=prefix)

    @property
    def plot(self) -> Plots:
        """Charts that save to PNG and SVG without a browser, such as ``found.plot.gains()``.

        Of an audit: gains, tradeoff, limits, differences. Of a comparison of two audits: changes.
        Of a choice: lattice, frontier, groups. Of a plan: limits. Of a watch: looks.
        """
        plots: Plots = as_plots(self)
        return plots

    def _repr_html_(self) -> str:
        return as_notebook(self)

    def __str__(self) -> str:
        return self.to_text()


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Result[AuditPlots], AuditRecord):
    """The result of an audit or a comparison: save it, show it, compare it.

    Its numbers are those of `whogains.records.AuditRecord`: `costs`, each with its groups, `data`,
    `settings`, `notes` and `profiles`.
    """

    def gamma(self) -> pd.DataFrame:
        """One row per cost: the worst-served group, what it gets, and the verdict.

        Returns
        -------
        pandas.DataFrame
            Columns: cost, kind, explainer, keep, one per attribute, then the fields of
            `whogains.records.GammaFinding` with the interval as ci_low and ci_high.
        """
        from whogains.report import gamma_table

        return gamma_table(self)

    def to_frame(self, *, every: bool = False) -> pd.DataFrame:
        """Give `table` under the name that frame libraries use."""
        return self.table(every=every)

    def __repr__(self) -> str:
        return "\n".join(in_short(self))


@dataclass(frozen=True, slots=True, repr=False)
class Changes(Result[ChangesPlots], ChangesRecord):
    """Two audits side by side, such as of an old and a new model.

    Its numbers are those of `whogains.records.ChangesRecord`: `costs`, each with its groups.
    """

    def __repr__(self) -> str:
        words = Counter(group.words for cost in self.costs for group in cost.groups)
        counted = "; ".join(f"{said}: {count}" for said, count in words.most_common())
        return (
            f"<Changes {self.target!r:.60}: "
            f"{max((len(cost.groups) for cost in self.costs), default=0)} groups, "
            f"{len(self.costs)} costs; {counted or 'nothing to compare'}>"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Choice(Result[ChoicePlots], ChoiceRecord):
    """Which attributes to ask, and of whom.

    Its numbers are those of `whogains.records.ChoiceRecord`: `requests`, `routing`, `necessity`,
    `everybody`, `policies`, `value`, `lattice` and `edges`.
    """

    def sentences(self) -> list[str]:
        """Say in three plain sentences whom to ask for what, what for not, and what it is worth."""
        from whogains.report import choice_sentences

        return choice_sentences(self)

    def what_it_buys(self) -> pd.DataFrame:
        """Say what telling one more attribute gives whom: one row per cost, edge and group.

        Returns
        -------
        pandas.DataFrame
            Columns: cost, explainer, keep, told, tells, one per attribute, then the fields of
            `whogains.records.EdgeGroup` with the interval as ci_low and ci_high.
        """
        from whogains.report import edges_table

        return edges_table(self)

    def __repr__(self) -> str:
        asked = sum(bool(group.asked) for group in self.routing)
        return (
            f"<Choice {self.data.target!r:.60}: {self.data.rows} rows, {len(self.routing)} groups, "
            f"{asked} with a certified set>"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Plan(Result[PlanPlots], PlanRecord):
    """What groups of given sizes can tell, before any data.

    Its numbers are those of `whogains.records.PlanRecord`: `limits`, `solved`, `groups`, `curve`.
    """

    def sentences(self) -> list[str]:
        """Say in plain words what these groups can tell, and what it would take to tell more."""
        from whogains.report import sentences

        return sentences(self)

    def __repr__(self) -> str:
        people = sum(group.n for group in self.groups)
        said = self.limits.verdict or "no epsilon asked about"
        return f"<Plan of {len(self.groups)} groups, {people:,} people: {said}>"


@dataclass(frozen=True, slots=True, repr=False)
class Watch(Result[WatchPlots], WatchRecord):
    """What is known of a model in use after its last batch.

    Its numbers are those of `whogains.records.WatchRecord`: `batches`, `alarms`, and `costs`, each
    with its groups and their looks.
    """

    def sentences(self) -> list[str]:
        """Say in plain sentences who is harmed, who gains, and of whom nothing is known."""
        from whogains.report import watch_sentences

        return watch_sentences(self)

    def __repr__(self) -> str:
        verdicts = Counter(group.verdict for cost in self.costs for group in cost.groups)
        counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        return (
            f"<Watch {self.data.target!r:.60}: {len(self.batches)} batches, {self.data.rows} rows; "
            f"verdicts: {counted or 'none'}>"
        )


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        write_aside(path, text)
    return text
