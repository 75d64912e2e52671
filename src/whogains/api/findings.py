"""Where `audit` and `compare` begin and end: from columns to rows, and from scores to findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from platform import python_version
from typing import Any

import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.evidence import Rows, Score, attributes, cross, evidence_from_scores
from whogains.frames import Target, check_rows, cluster_codes, name_of, positive_weights
from whogains.judging import PlaceboScores, ScoredRows, Settings, build_findings, small_groups
from whogains.records import DataFinding, WarningFinding
from whogains.results import Findings
from whogains.types import BoolArray


def audited_rows(
    target: Target,
    groups: pd.DataFrame,
    *,
    sample_weight: Any,
    cluster: Any,
    min_cell: int,
    max_levels: int,
    max_groups: int,
) -> tuple[Rows, BoolArray]:
    """Put the rows whose outcome is known into groups, and leave out those of small groups.

    Parameters
    ----------
    target : Target
        The outcome of n rows, and where it is missing.
    groups : pandas.DataFrame, n rows
        The attributes whose crossing makes the groups.
    sample_weight, cluster : array-like of n values, or None
        Weights, and which rows depend on each other.
    min_cell : int
        The disclosure threshold: the fewest rows, or clusters, of a group that is audited.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.

    Returns
    -------
    rows : Rows
        The m rows that are audited, without predictions.
    audited : ndarray of bool, shape (n,)
        Which of the n rows they are.

    Raises
    ------
    InputError
        If an attribute is constant or has too many levels, there are too many groups, or numbers
        of rows differ.
    """
    observed = target.observed
    check_rows(groups, "groups", target)
    found = attributes(groups.loc[observed], max_levels=max_levels)
    for each in found:
        if len(each.levels) == 1:
            raise InputError(f"column {each.name!r} is constant: it makes no groups")
    grouping, codes = cross(found, max_groups=max_groups)
    weight = units = None
    if sample_weight is not None:
        name = name_of(sample_weight, "sample_weight")
        weight = positive_weights(sample_weight, name)
        check_rows(weight, name, target)
        weight = weight[observed]
    if cluster is not None:
        name = name_of(cluster, "cluster")
        units = cluster_codes(cluster, name)
        check_rows(units, name, target)
        units = units[observed]
    small = small_groups(codes, len(grouping), min_cell, units)
    if small.all():
        raise InputError(
            f"every group has fewer than {min_cell} {'rows' if units is None else 'clusters'}, "
            "too few to be shown (min_cell)"
        )
    # Nothing that follows, models included, sees the rows of a group that is not shown.
    kept = ~small[codes]
    audited = observed.copy()
    audited[observed] = kept
    rows = Rows(
        y_true=target.values[audited],
        grouping=grouping,
        codes=codes[kept],
        sample_weight=None if weight is None else weight[kept],
        cluster=None if units is None else units[kept],
    )
    return rows, audited


def base_rate(rows: Rows) -> float:
    """Find the share of rows, with weights of weight, whose outcome is 1."""
    return float(np.average(rows.y_true, weights=rows.sample_weight))


def findings_of(
    rows: Rows,
    scores: Sequence[Score],
    settings: Settings,
    target: Target,
    *,
    target_name: str,
    personal: Sequence[str] = (),
    unit: str | None,
    random_state: int,
    run: Mapping[str, Any],
    notes: Sequence[str],
    warnings: Sequence[WarningFinding] = (),
    placebo: PlaceboScores | None = None,
) -> Findings:
    """Sum and judge the scores of two models.

    Parameters
    ----------
    rows : Rows
        The rows that are audited, with both models' predictions.
    scores : sequence of Score
        Their costs.
    settings : Settings
        Levels, epsilon, corrections.
    target : Target
        The outcome of all rows.
    target_name : str
        What it is called.
    personal : sequence of str
        The attributes that the personalized model adds.
    unit : str or None
        Unit of the outcome.
    random_state : int
        Seed of methods that draw random numbers.
    run : mapping
        What else the numbers depend on, for the settings of the findings.
    notes : sequence of str
        Warnings and choices that a reader must know.
    warnings : sequence of WarningFinding
        Signs of nonsense that the costs do not show.
    placebo : PlaceboScores, optional
        The same costs beside placebos.

    Returns
    -------
    Findings
        Numbers and verdicts.

    Raises
    ------
    InputError
        If weights or settings do not fit.
    """
    evidence = evidence_from_scores(
        tuple(scores),
        rows.grouping,
        rows.codes,
        rows.y_true,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
    )
    record = build_findings(
        evidence,
        settings,
        DataFinding(
            rows=len(rows),
            rows_dropped=int((~target.observed).sum()),
            personal=tuple(personal),
            groups=rows.grouping.names,
            target=target_name,
            task=target.task,
            positive=None if target.positive is None else str(target.positive),
        ),
        rows=ScoredRows(rows, tuple(scores), random_state=random_state),
        placebo=placebo,
        unit=unit,
        run={"seed": random_state, **run, "versions": versions()},
        notes=notes,
        warnings=(*target_warnings(target, target_name), *warnings),
    )
    return Findings.of(record)


def named_columns(sample_weight: Any, cluster: Any) -> dict[str, str | None]:
    """Name the columns of weights and clusters; None where there are none."""
    given = {"sample_weight": sample_weight, "cluster": cluster}
    return {key: None if each is None else name_of(each, "given") for key, each in given.items()}


def versions() -> dict[str, str]:
    """Say which versions of Python and of the libraries that numbers depend on are at work.

    Returns
    -------
    dict of str to str
        Versions by name.
    """
    libraries = ("numpy", "scipy", "pandas", "scikit-learn", "shap")
    return {"python": python_version(), **{name: version(name) for name in libraries}}


def target_warnings(target: Target, name: str) -> tuple[WarningFinding, ...]:
    """Warn where an outcome that was taken for a quantity looks like codes of classes.

    Parameters
    ----------
    target : Target
        The outcome.
    name : str
        What it is called.

    Returns
    -------
    tuple of WarningFinding
        At most one.
    """
    if not target.codes:
        return ()
    return (
        WarningFinding(
            "class_codes",
            f"{name} has the {target.codes} whole numbers from {target.first_code} on, which look "
            "like codes of classes, and is audited as a quantity; say task='regression' (--task "
            "regression) if it is one, and else audit one class against the others",
        ),
    )
