"""Results as pandas tables."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from whogains.records import CostFinding, GammaFinding, GroupFinding, Levels, OverPlacebo
from whogains.report.watch_words import _NUMBERS

if TYPE_CHECKING:
    import pandas as pd

    from whogains.records import (
        AuditRecord,
        ChangesRecord,
        CostChange,
        Interval,
        LimitsCurve,
        PlanRecord,
        WatchLately,
        WatchRecord,
    )

COST_COLUMNS = ("cost", "kind", "explainer", "keep")


# What most readers of a table look for, beside the cost and the attributes.
SHORT = (
    *("n", "cost_generic", "cost_personalized", "bop", "se", "ci_low", "ci_high"),
    *("method", "verdict", "required"),
)


def group_table(findings: AuditRecord, *, every: bool = True) -> pd.DataFrame:
    """One row per cost and group; see `Findings.table`.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    every : bool
        Whether to give all columns; else those of `SHORT`, and of the cost's only those that tell
        one cost from another.

    Returns
    -------
    pandas.DataFrame
        The numbers.
    """
    frame = _frame(
        findings, [(c, group.group, group) for c in findings.costs for group in c.groups]
    )
    if every or frame.empty:
        return frame
    attributes = _attributes(findings, set(number_columns()))
    names = [cost.name for cost in findings.costs]
    several = len(set(names)) < len(names)
    apart = [c for c in ("explainer", "keep") if several and frame[c].nunique(dropna=False) > 1]
    short = [*SHORT] if findings.data.clusters is None else [*SHORT[:1], "clusters", *SHORT[1:]]
    return frame[["cost", *apart, *attributes.values(), *short]]


def gamma_table(findings: AuditRecord) -> pd.DataFrame:
    """One row per cost: the worst-served group; see `Findings.gamma`."""
    return _frame(findings, [(cost, cost.gamma.group or {}, cost.gamma) for cost in findings.costs])


def changes_table(changes: ChangesRecord) -> pd.DataFrame:
    """One row per cost and group of two audits.

    Parameters
    ----------
    changes : ChangesRecord
        The audits.

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
            for cost in changes.costs
            for group in cost.groups
        ]
    )


def plan_table(plan: PlanRecord) -> pd.DataFrame:
    """One row per group of a plan, with the fields of `whogains.records.PlannedGroup`."""
    import pandas as pd

    return pd.DataFrame([asdict(group) for group in plan.groups])


def before_after_table(cost: CostChange) -> pd.DataFrame:
    """One row per group and audit: what `Changes.plot.changes` draws.

    Parameters
    ----------
    cost : CostChange
        One cost of two audits.

    Returns
    -------
    pandas.DataFrame
        Columns: group, audit ("before" or "after"), n, clusters (where there are any), bop, ci_low,
        ci_high, verdict; bop and its interval, of the audit's own level, in the cost's unit.
    """
    import pandas as pd

    rows = [
        (group.label, audit, n, clusters, bop, *ci, verdict)
        for group in cost.groups
        for audit, n, clusters, bop, ci, verdict in (
            (
                "before",
                group.n_before,
                group.clusters_before,
                group.bop.before,
                group.bop.ci_before,
                group.verdict_before,
            ),
            (
                "after",
                group.n_after,
                group.clusters_after,
                group.bop.after,
                group.bop.ci_after,
                group.verdict_after,
            ),
        )
    ]
    columns = ["group", "audit", "n", "clusters", "bop", "ci_low", "ci_high", "verdict"]
    found = pd.DataFrame(rows, columns=columns)
    return found if found["clusters"].notna().any() else found.drop(columns="clusters")


def curve_table(curve: LimitsCurve) -> pd.DataFrame:
    """One row per effect: what the chart of the limits draws.

    Parameters
    ----------
    curve : LimitsCurve
        Bounds on the error of any test.

    Returns
    -------
    pandas.DataFrame
        Columns: epsilon, paper, weighted, below, above, verdict.
    """
    import pandas as pd

    names = ("epsilon", "paper", "weighted", "below", "above")
    verdict = curve.verdict or (None,) * len(curve.epsilon)
    return pd.DataFrame({name: getattr(curve, name) for name in names} | {"verdict": verdict})


def _frame(
    findings: AuditRecord, rows: list[tuple[CostFinding, Levels, GroupFinding | GammaFinding]]
) -> pd.DataFrame:
    import pandas as pd

    columns = _attributes(findings, {name for *_, finding in rows for name in _numbers(finding)})
    return pd.DataFrame(
        [
            {
                "cost": cost.name,
                "kind": cost.kind,
                "explainer": cost.explainer,
                "keep": cost.keep,
                **{column: _level(levels, name) for name, column in columns.items()},
                **_numbers(finding),
            }
            for cost, levels, finding in rows
        ]
    )


def number_columns() -> list[str]:
    """Name the columns of `group_table` that follow those of the attributes.

    Returns
    -------
    list of str
        The names, the same for every audit.
    """
    numbers = [name for name in _fields(GroupFinding) if name != "group"]
    place = numbers.index("ci")
    numbers[place : place + 1] = ["ci_low", "ci_high"]
    place = numbers.index("over_placebo")
    numbers[place : place + 1] = _PLACEBO_COLUMNS.values()
    return _beside_n(numbers)


def _beside_n(names: list[str]) -> list[str]:
    """Move the numbers of clusters and PSUs beside that of rows, where they belong."""
    for name in ("psus", "clusters"):
        if name in names:
            names.insert(names.index("n") + 1, names.pop(names.index(name)))
    return names


def _attributes(findings: AuditRecord, numbers: set[str]) -> dict[str, str]:
    """Name the column of each attribute."""
    # An attribute may have the name of a number; neither may hide the other.
    taken = {*COST_COLUMNS} | numbers
    return {name: f"{name} (group)" if name in taken else name for name in findings.data.groups}


def _level(levels: Levels, name: str) -> str | None:
    """Give a level, a missing one in words; None where there is no group."""
    if name not in levels:
        return None
    level = levels[name]
    return f"{name} missing" if level is None else level


def _fields(kind: type[GroupFinding | GammaFinding]) -> list[str]:
    return [field.name for field in fields(kind)]


# The columns of an `OverPlacebo`, by its fields; of an interval by its two ends.
_PLACEBO_COLUMNS = {
    "bop": "over_placebo",
    "se": "over_placebo_se",
    "ci_low": "over_placebo_ci_low",
    "ci_high": "over_placebo_ci_high",
    "method": "over_placebo_method",
    "p_gain": "over_placebo_p_gain",
    "p_harm": "over_placebo_p_harm",
    "p_gain_adjusted": "over_placebo_p_gain_adjusted",
    "p_harm_adjusted": "over_placebo_p_harm_adjusted",
    "verdict": "over_placebo_verdict",
    "placebo_bop": "placebo_bop",
    "placebo_sd": "placebo_sd",
}


def _placebo_numbers(beside: OverPlacebo | None) -> dict[str, Any]:
    if beside is None:
        return dict.fromkeys(_PLACEBO_COLUMNS.values())
    low, high = beside.ci
    given = {"ci_low": low, "ci_high": high}
    return {
        column: given[name] if name in given else getattr(beside, name)
        for name, column in _PLACEBO_COLUMNS.items()
    }


def _numbers(finding: GroupFinding | GammaFinding) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name in _beside_n(_fields(type(finding))):
        value = getattr(finding, name)
        if name == "ci":
            numbers["ci_low"], numbers["ci_high"] = value
        elif name == "over_placebo":
            numbers |= _placebo_numbers(value)
        elif name != "group":
            numbers[name] = value
    return numbers


def ends(prefix: str, interval: Interval) -> dict[str, float | None]:
    """Name the ends of an interval as two columns."""
    low, high = interval
    return {f"{prefix}low": low, f"{prefix}high": high}


def watch_table(watch: WatchRecord) -> pd.DataFrame:
    """One row per cost and group of a watch.

    Parameters
    ----------
    watch : WatchRecord
        The watch.

    Returns
    -------
    pandas.DataFrame
        Columns: cost, one per attribute, then the fields of `whogains.records.WatchGroup` but its
        looks, with the interval as ci_low and ci_high and `since` by the name of the batch; and,
        where a window was asked for, those of `WatchLately` with lately_ before them.
    """
    import pandas as pd

    rows = []
    for cost in watch.costs:
        for group in cost.groups:
            row: dict[str, Any] = {"cost": cost.name}
            for name, level in group.group.items():
                taken = name in _NUMBERS or name == "cost"
                row[f"{name} (group)" if taken else name] = (
                    f"{name} missing" if level is None else level
                )
            for name in _NUMBERS:
                if name in {"ci_low", "ci_high"}:
                    row[name] = group.ci[name == "ci_high"]
                elif name == "since":
                    row[name] = None if group.since is None else watch.batches[group.since].name
                else:
                    row[name] = getattr(group, name)
            if group.lately is not None:
                row |= _lately_row(watch, group.lately)
            rows.append(row)
    return pd.DataFrame(rows)


def _lately_row(watch: WatchRecord, lately: WatchLately) -> dict[str, Any]:
    begin = lately.begin
    return {
        "lately_since": None if begin is None else watch.batches[begin].name,
        "lately_n": lately.n,
        "lately_bop": lately.bop,
        "lately_ci_low": lately.ci[0],
        "lately_ci_high": lately.ci[1],
        "lately_p_gain_adjusted": lately.p_gain_adjusted,
        "lately_p_harm_adjusted": lately.p_harm_adjusted,
        "lately_verdict": lately.verdict,
    }
