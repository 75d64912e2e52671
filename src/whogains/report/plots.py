"""Charts of each kind of result by name, as `plot` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

    from whogains.records import AuditRecord, ChangesRecord, ChoiceRecord, PlanRecord, WatchRecord


class _Charts:
    """What names its charts, where an object is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        charts = [
            (name, getattr(type(self), name).__doc__.partition(";")[0])
            for name in dir(type(self))
            if not name.startswith("_") and callable(getattr(type(self), name))
        ]
        lines = [f"  .{name}(): {words}" for name, words in charts]
        return "\n".join(['Charts, each with .save("name.png") and .svg:', *lines])


@dataclass(frozen=True, slots=True, repr=False)
class AuditPlots(_Charts):
    """Charts of an audit; each saves with ``chart.save("name.png")`` or .svg, without a browser.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    """

    findings: AuditRecord

    def gains(self, cost: int = 0) -> alt.LayerChart:
        """Draw the benefit of every group; see `whogains.report.charts.gains`."""
        from whogains.report.charts import gains

        return gains(self.findings, cost)

    def tradeoff(
        self, prediction: int | None = None, explanation: int | None = None
    ) -> alt.HConcatChart:
        """Draw prediction against explanation; see `whogains.report.charts.tradeoff`."""
        from whogains.report.charts import tradeoff

        return tradeoff(self.findings, prediction, explanation)

    def limits(self, cost: int = 0) -> alt.LayerChart:
        """Draw the error of any test against the effect; see `whogains.report.charts.limits`."""
        from whogains.report.charts import limits

        return limits(self.findings, cost)

    def differences(self, cost: int = 0) -> alt.LayerChart:
        """Draw individual benefits group by group; see `whogains.report.charts.differences`."""
        from whogains.report.charts import differences

        return differences(self.findings, cost)


@dataclass(frozen=True, slots=True, repr=False)
class ChangesPlots(_Charts):
    """Charts of two audits side by side; each saves as those of `AuditPlots` do.

    Parameters
    ----------
    record : ChangesRecord
        The two audits.
    """

    record: ChangesRecord

    def changes(self, cost: int = 0) -> alt.LayerChart:
        """Draw every group before and after; see `whogains.report.changes_chart.changes`."""
        from whogains.report.changes_chart import changes

        return changes(self.record, cost)


@dataclass(frozen=True, slots=True, repr=False)
class ChoicePlots(_Charts):
    """Charts of a choice; each saves as those of `AuditPlots` do.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.
    """

    choice: ChoiceRecord

    def frontier(self) -> alt.LayerChart:
        """Draw burden against gain; see `whogains.report.choice_charts.frontier`."""
        from whogains.report.choice_charts import frontier

        return frontier(self.choice)

    def groups(self) -> alt.LayerChart:
        """Draw what each group is best asked; see `whogains.report.choice_charts.routed`."""
        from whogains.report.choice_charts import routed

        return routed(self.choice)

    def lattice(self) -> alt.LayerChart:
        """Draw the models and their edges; see `whogains.report.choice_charts.lattice`."""
        from whogains.report.choice_charts import lattice

        return lattice(self.choice)


@dataclass(frozen=True, slots=True, repr=False)
class PlanPlots(_Charts):
    """Charts of a plan; each saves as those of `AuditPlots` do.

    Parameters
    ----------
    plan : PlanRecord
        The plan.
    """

    plan: PlanRecord

    def limits(self) -> alt.LayerChart:
        """Draw the error of any test; see `whogains.report.limits_chart.plan_limits`."""
        from whogains.report.limits_chart import plan_limits

        return plan_limits(self.plan)


@dataclass(frozen=True, slots=True)
class WatchPlots:
    """Charts of a watch; each saves as those of `AuditPlots` do.

    Parameters
    ----------
    watch : WatchRecord
        The watch.
    """

    watch: WatchRecord

    def looks(self, cost: int = 0) -> alt.FacetChart:
        """Draw every group over its looks; see `whogains.report.watch_chart.watch_looks`."""
        from whogains.report.watch_chart import watch_looks

        return watch_looks(self.watch, cost)
