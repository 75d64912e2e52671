"""Charts of one audit by name, as `Findings.plot` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

    from whogains.records import AuditRecord


@dataclass(frozen=True, slots=True)
class Plots:
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
