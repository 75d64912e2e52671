"""Findings as pandas tables."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from whogains.findings.found import Findings
    from whogains.findings.results import CostFinding, GammaFinding, GroupFinding, Levels


def group_table(findings: Findings) -> pd.DataFrame:
    """One row per cost and group.

    Parameters
    ----------
    findings : Findings
        The audit.

    Returns
    -------
    pandas.DataFrame
        See `Findings.table`.
    """
    return _frame(findings, [(c, group.group, group) for c in findings.costs for group in c.groups])


def gamma_table(findings: Findings) -> pd.DataFrame:
    """One row per cost, about the worst-served group.

    Parameters
    ----------
    findings : Findings
        The audit.

    Returns
    -------
    pandas.DataFrame
        See `Findings.gamma`.
    """
    return _frame(findings, [(cost, cost.gamma.group or {}, cost.gamma) for cost in findings.costs])


def _frame(
    findings: Findings, rows: list[tuple[CostFinding, Levels, GroupFinding | GammaFinding]]
) -> pd.DataFrame:
    import pandas as pd

    taken = {"cost", "kind", "explainer", "keep"} | {name for *_, f in rows for name in _numbers(f)}
    # An attribute may have the name of a number; neither may hide the other.
    columns = {name: f"{name} (group)" if name in taken else name for name in findings.data.groups}
    return pd.DataFrame(
        [
            {
                "cost": cost.name,
                "kind": cost.kind,
                "explainer": cost.explainer,
                "keep": cost.keep,
                **{column: levels.get(name) for name, column in columns.items()},
                **_numbers(finding),
            }
            for cost, levels, finding in rows
        ]
    )


def _numbers(finding: GroupFinding | GammaFinding) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for field in fields(finding):
        value = getattr(finding, field.name)
        if field.name == "ci":
            numbers["ci_low"], numbers["ci_high"] = value
        elif field.name != "group":
            numbers[field.name] = value
    return numbers
