"""From scores to findings: group, sum, judge. Both `audit` and `compare` end here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from whogains.api.metrics import metric_score
from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence import Grouping, Score, attributes, cross, evidence_from_scores
from whogains.findings import DataFinding, Findings, Rows, Settings, build_findings
from whogains.findings.disclosure import small_groups
from whogains.frames import Target, to_series, to_vector

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Whom the scores are about.

    Parameters
    ----------
    target : Target
        The outcome of n rows, and where it is missing.
    target_name : str
        What it is called.
    groups : pandas.DataFrame, n rows
        The attributes whose crossing makes the groups.
    personal : tuple of str
        The attributes that the personalized model adds.
    unit : str or None
        Unit of the outcome.
    sample_weight, cluster : array-like of n values, or None
        Weights, and which rows depend on each other.
    min_cell : int
        The fewest rows, or clusters, with which a group is audited.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    """

    target: Target
    target_name: str
    groups: pd.DataFrame
    personal: tuple[str, ...]
    unit: str | None
    sample_weight: Any
    cluster: Any
    min_cell: int
    max_levels: int
    max_groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """The rows that are audited, in groups: the outcome is known, and the group large enough.

    Parameters
    ----------
    subject : Subject
        Whom the rows are about.
    rows : ndarray of bool, shape (n,)
        Which of the subject's rows they are.
    grouping : Grouping
        The d groups.
    codes : ndarray of int, shape (m,)
        Each row's group.
    sample_weight : ndarray of float, shape (m,), or None
        Weights.
    cluster : ndarray of int, shape (m,), or None
        Clusters.
    """

    subject: Subject
    rows: BoolArray
    grouping: Grouping
    codes: IntArray
    sample_weight: FloatArray | None
    cluster: IntArray | None


def group(subject: Subject) -> Grouped:
    """Put the rows whose outcome is known into groups, and leave out those of small groups.

    Parameters
    ----------
    subject : Subject
        Whom the rows are about.

    Returns
    -------
    Grouped
        The rows.

    Raises
    ------
    InputError
        If an attribute is constant or has too many levels, there are too many groups, or numbers
        of rows differ.
    """
    target, rows = subject.target, subject.target.observed
    check_rows(subject.groups, "groups", target)
    found = attributes(subject.groups.loc[rows], max_levels=subject.max_levels)
    for each in found:
        if len(each.levels) == 1:
            raise InputError(f"column {each.name!r} is constant: it makes no groups")
    grouping, codes = cross(found, max_groups=subject.max_groups)
    weight = _known_rows(subject.sample_weight, "sample_weight", target, positive_weights)
    cluster = _known_rows(subject.cluster, "cluster", target, cluster_codes)
    small = small_groups(codes, len(grouping), subject.min_cell, cluster)
    if small.all():
        raise InputError(
            f"every group has fewer than {subject.min_cell} "
            f"{'rows' if cluster is None else 'clusters'}, too few to be shown (min_cell)"
        )
    # Nothing that follows, models included, sees the rows of a group that is not shown.
    kept = ~small[codes]
    audited = rows.copy()
    audited[rows] = kept
    return Grouped(
        subject,
        audited,
        grouping,
        codes[kept],
        None if weight is None else weight[kept],
        None if cluster is None else cluster[kept],
    )


def judge(
    grouped: Grouped,
    scores: Sequence[Score],
    settings: Settings,
    *,
    predictions: tuple[FloatArray, FloatArray],
    random_state: int,
    run: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> Findings:
    """Sum and judge scores.

    Parameters
    ----------
    grouped : Grouped
        The rows that the scores are of.
    scores : sequence of Score
        The costs of the rows whose outcome is known, in their order.
    settings : Settings
        Levels, epsilon, corrections.
    predictions : tuple of two ndarray of float, shape (m,)
        Of the generic and the personalized model.
    random_state : int
        Seed of methods that draw random numbers.
    run : mapping, optional
        What else the numbers depend on, for the settings of the findings.
    notes : sequence of str
        Warnings and choices that a reader must know.

    Returns
    -------
    Findings
        Numbers and verdicts.

    Raises
    ------
    InputError
        If weights or settings do not fit.
    """
    subject, target = grouped.subject, grouped.subject.target
    y_true = target.values[grouped.rows]
    evidence = evidence_from_scores(
        tuple(scores),
        grouped.grouping,
        grouped.codes,
        y_true,
        sample_weight=grouped.sample_weight,
        cluster=grouped.cluster,
    )
    return build_findings(
        evidence,
        settings,
        DataFinding(
            rows=len(y_true),
            rows_dropped=int((~target.observed).sum()),
            personal=subject.personal,
            groups=grouped.grouping.names,
            target=subject.target_name,
            task=target.task,
            positive=None if target.positive is None else str(target.positive),
        ),
        rows=Rows(
            tuple(scores),
            grouped.codes,
            grouped.sample_weight,
            grouped.cluster,
            random_state,
            y_true,
            *predictions,
        ),
        unit=subject.unit,
        run={"seed": random_state, **_columns(subject), **(run or {}), "versions": versions()},
        notes=notes,
    )


def _columns(subject: Subject) -> dict[str, str | None]:
    """Name the columns of weights and clusters; None where there are none."""
    given = {"sample_weight": subject.sample_weight, "cluster": subject.cluster}
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


def prediction_scores(
    costs: Sequence[Cost], grouped: Grouped, generic: FloatArray, personalized: FloatArray
) -> list[Score]:
    """Score predictions.

    Parameters
    ----------
    costs : sequence of Cost
        Prediction costs.
    grouped : Grouped
        The rows whose outcome is known.
    generic, personalized : ndarray of float, shape (m,)
        Both models' predictions for them.

    Returns
    -------
    list of Score
        One per cost.
    """
    y_true = grouped.subject.target.values[grouped.rows]
    return [
        metric_score(
            cost,
            grouped.codes,
            len(grouped.grouping),
            y_true,
            (generic, personalized),
            sample_weight=grouped.sample_weight,
        )
        if cost.metric
        else Score(cost, cost.rows(y_true, generic), cost.rows(y_true, personalized))
        for cost in costs
    ]


def name_of(values: Any, otherwise: str) -> str:
    """Find what a column is called.

    Parameters
    ----------
    values : series or anything
        What a user handed over.
    otherwise : str
        The name of what has none.

    Returns
    -------
    str
        Its own name, or the other.
    """
    name = getattr(values, "name", None)
    return name if isinstance(name, str) and name else otherwise


def check_rows(values: Any, name: str, target: Target) -> None:
    """Refuse values that are not for the same rows as the target.

    Parameters
    ----------
    values : sized
        One entry per row.
    name : str
        What to call them.
    target : Target
        The outcome.

    Raises
    ------
    InputError
        If the numbers of rows differ.
    """
    if len(values) != len(target.values):
        raise InputError(
            f"{name} has {len(values)} rows and the target {len(target.values)}; give both for the"
            " same rows"
        )


def cluster_codes(cluster: Any, name: str = "cluster") -> IntArray:
    """Give each cluster a number.

    Parameters
    ----------
    cluster : array-like, shape (n,)
        Which rows depend on each other.
    name : str
        What to call it.

    Returns
    -------
    ndarray of int, shape (n,)
        Equal numbers for rows of one cluster.

    Raises
    ------
    InputError
        If a row has no cluster.
    """
    series = to_series(cluster, name)
    missing = series.isna().to_numpy()
    if missing.any():
        raise InputError(
            f"{name} is missing in {int(missing.sum())} rows, the first in row "
            f"{int(np.argmax(missing))} (counting from 0); give every row its cluster"
        )
    return np.asarray(pd.factorize(series)[0], dtype=np.int64)


def positive_weights(weights: Any, name: str = "sample_weight") -> FloatArray:
    """Read weights.

    Parameters
    ----------
    weights : array-like, shape (n,)
        Weights of rows.
    name : str
        What to call them.

    Returns
    -------
    ndarray of float, shape (n,)
        The weights.

    Raises
    ------
    InputError
        If one is missing, infinite, zero or negative.
    """
    found = to_vector(weights, name)
    wrong = found <= 0
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(
            f"{name} must be positive, and is not in {int(wrong.sum())} rows, the first "
            f"({found[first]:g}) in row {first} (counting from 0); leave rows of weight zero out"
        )
    return found


def _known_rows(
    values: Any, name: str, target: Target, read: Callable[[Any, str], npt.NDArray[Number]]
) -> npt.NDArray[Number] | None:
    if values is None:
        return None
    name = name_of(values, name)
    found = read(values, name)
    check_rows(found, name, target)
    return found[target.observed]
