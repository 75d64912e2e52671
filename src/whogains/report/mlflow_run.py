"""A result in a run of MLflow: numbers as metrics, verdicts as tags, page and JSON as artifacts."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError, one_line, without_cells
from whogains.records import AuditRecord, Verdict, WatchRecord
from whogains.report.words import plain

if TYPE_CHECKING:
    from types import ModuleType

    from whogains.records import (
        CostFinding,
        GroupFinding,
        PopulationFinding,
        WatchCost,
        WatchGroup,
    )

# What MLflow takes in the name of a metric, and how long it may be.
NAME = re.compile(r"[^A-Za-z0-9_\-. :]")
LONGEST = 250
# Metrics that MLflow takes in one request.
BATCH = 1000
LONGEST_TAG = 5000
NUMBERS = ("n", "cost_generic", "cost_personalized", "bop", "se")
TESTS = ("p_gain_adjusted", "p_harm_adjusted")
VERDICTS: tuple[Verdict, ...] = ("gain", "harm", "no material difference", "cannot tell")


def as_metrics(record: Any, prefix: str = "whogains") -> dict[str, float]:
    """Give the numbers of an audit or a watch under names that MLflow takes.

    Parameters
    ----------
    record : Record
        The result. Others than audits and watches have no metrics.
    prefix : str
        What every name begins with.

    Returns
    -------
    dict of str to float
        ``prefix/cost/group/number``; what is not known, or is hidden, is not there. Two names
        that MLflow could not tell apart are numbered.
    """
    found: dict[str, float] = {}
    if isinstance(record, AuditRecord):
        for cost in record.costs:
            whole = f"{prefix}/{_part(_name(record, cost))}"
            _add(found, f"{whole}/everybody", _numbers(cost.population))
            if cost.gamma.bop is not None:
                _add(found, whole, {"gamma": cost.gamma.bop})
    if isinstance(record, AuditRecord | WatchRecord):
        for each in record.costs:
            for group in each.groups:
                place = f"{prefix}/{_part(_name(record, each))}/{_part(_levels(group))}"
                _add(found, place, _numbers(group))
    return found


def _name(record: AuditRecord | WatchRecord, cost: CostFinding | WatchCost) -> str:
    """Name a cost: by its title where explainers or keeps tell one from another."""
    return cost.name if [each.name for each in record.costs].count(cost.name) == 1 else cost.title


def _levels(group: GroupFinding | WatchGroup) -> str:
    return ", ".join("missing" if level is None else level for level in group.group.values())


def as_tags(record: Any, prefix: str = "whogains") -> dict[str, str]:
    """Say what was found in tags: how many groups have each verdict, and which are harmed.

    Parameters
    ----------
    record, prefix
        As for `as_metrics`.

    Returns
    -------
    dict of str to str
        For an audit or a watch, by cost; and the version that made it.
    """
    found = {f"{prefix}.version": str(record.version)}
    if not isinstance(record, AuditRecord | WatchRecord):
        return found
    harmed = []
    for cost in record.costs:
        name = _name(record, cost)
        counts = Counter(group.verdict for group in cost.groups)
        found[f"{prefix}.{_part(name)}"[:LONGEST]] = "; ".join(
            f"{counts[verdict]} {verdict}" for verdict in VERDICTS
        )
        harmed += [f"{name}: {_levels(each)}" for each in cost.groups if each.verdict == "harm"]
    found[f"{prefix}.harmed"] = plain("; ".join(harmed) or "no group", LONGEST_TAG)
    return found


def log_to_mlflow(
    record: Any,
    files: Mapping[str, str],
    *,
    run_id: str | None = None,
    prefix: str = "whogains",
) -> str:
    """Log a result to the active run of MLflow, to a named one, or to a new one.

    Parameters
    ----------
    record : Record
        The result.
    files : mapping of str to str
        Texts by file name, which become artifacts in the folder ``prefix``.
    run_id : str, optional
        The run; by default the active one, or a new one that is ended afterwards.
    prefix : str
        What names begin with.

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    InputError
        If MLflow is not installed, or does not take it, such as a run that is not there.
    """
    for name, value in (("run_id", run_id), ("prefix", prefix)):
        if value is not None and not (isinstance(value, str) and value.isprintable()):
            raise InputError(f"{name} must be text of one line, not {value!r:.60}")
    mlflow = _mlflow()
    try:
        return _logged(mlflow, record, files, run_id, prefix)
    except mlflow.exceptions.MlflowException as error:
        raise InputError(f"MLflow cannot log it: {one_line(without_cells(error))}") from error


def _logged(
    mlflow: Any, record: Any, files: Mapping[str, str], run_id: str | None, prefix: str
) -> str:
    active = mlflow.active_run()
    begun = run_id is None and active is None
    run = run_id or (mlflow.start_run() if begun else active).info.run_id
    client = mlflow.MlflowClient()
    try:
        metrics = list(as_metrics(record, prefix).items())
        for start in range(0, len(metrics), BATCH):
            mlflow.log_metrics(dict(metrics[start : start + BATCH]), run_id=run)
        for name, value in as_tags(record, prefix).items():
            client.set_tag(run, name, value)
        for name, text in files.items():
            client.log_text(run, text, f"{prefix}/{name}")
    finally:
        if begun:
            mlflow.end_run()
    return str(run)


def _numbers(finding: PopulationFinding | GroupFinding | WatchGroup) -> dict[str, float]:
    """List the numbers that are known."""
    named = {name: getattr(finding, name, None) for name in (*NUMBERS, *TESTS)}
    named["ci_low"], named["ci_high"] = finding.ci
    return {name: float(value) for name, value in named.items() if value is not None}


def _part(text: str) -> str:
    """Make a part of a name that MLflow takes; no folder above, and none that is empty."""
    return NAME.sub("_", text).strip(" .") or "_"


def _add(found: dict[str, float], place: str, numbers: Mapping[str, float]) -> None:
    """Add numbers at a place that no other has."""
    room = LONGEST - max(map(len, numbers), default=0) - len("/ 99999")
    clean = place[:room].rstrip("/ .")
    unlike, number = clean, 2
    while any(f"{unlike}/{name}" in found for name in numbers):
        unlike, number = f"{clean} {number}", number + 1
    found.update({f"{unlike}/{name}": value for name, value in numbers.items()})


def _mlflow() -> ModuleType:
    try:
        with _silent():
            import mlflow
    except ImportError as error:
        raise InputError(
            "MLflow is not installed; pip install 'whogains[mlflow]', or mlflow itself"
        ) from error
    module: ModuleType = mlflow
    return module


@contextmanager
def _silent() -> Iterator[None]:
    """Keep MLflow from sending usage data where it is not loaded yet and nothing is said of it."""
    name = "MLFLOW_DISABLE_TELEMETRY"
    if "mlflow" in sys.modules or name in os.environ:
        yield
        return
    os.environ[name] = "true"
    try:
        yield
    finally:
        del os.environ[name]
