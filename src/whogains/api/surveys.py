"""How a sample was drawn, from what users say to what is computed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence import Design, Replicates, Strata
from whogains.frames import (
    Survey,
    SurveyOptions,
    Target,
    as_list,
    check_column,
    name_of,
    to_pandas,
)
from whogains.types import FloatArray

if TYPE_CHECKING:
    import pandas as pd


def design_of(
    survey: Survey,
    target: Target,
    *,
    costs: Sequence[Cost] = (),
    cluster: Any,
    exposure: FloatArray | None,
) -> Design | None:
    """Read how the sample was drawn, from all of its rows.

    Parameters
    ----------
    survey : Survey
        What was said.
    target : Target
        The outcome of n rows; those where it is missing are of the sample too.
    costs : sequence of Cost
        Costs that are refused beside a design, as by `check_design`.
    cluster : array-like or None
        Clusters, which nothing is said of beside a design.
    exposure : ndarray of float, shape (n,), optional
        By what weights are multiplied, and so replicate weights.

    Returns
    -------
    Strata or Replicates or None
        The design of n rows; None where nothing was said.

    Raises
    ------
    InputError
        If something cannot be used as given.
    """
    check_design(survey, costs)
    if not survey.given:
        return None
    if cluster is not None:
        raise InputError(
            "cluster says which rows depend on each other, as psu does in a survey: give the "
            "largest units that were drawn as psu, and no cluster"
        )
    if survey.replicate_weights is None:
        return Strata(*survey.units(target))
    weights, scale = survey.replicates(target)
    return Replicates(weights if exposure is None else weights * exposure[:, None], scale)


def check_design(survey: Survey, costs: Sequence[Cost]) -> None:
    """Refuse costs whose error no design is known to give: metrics that a user declared.

    Raises
    ------
    InputError
        If there is one.
    """
    wrong = [cost.name for cost in costs if cost.value is not None] if survey.given else []
    if wrong:
        raise InputError(
            f"{wrong[0]} is a metric that was declared, judged by leaving rows out one by one, "
            "which a survey's design does not allow; leave it out, or strata, psu and "
            "replicate_weights"
        )


def named_design(survey: Survey) -> dict[str, Any]:
    """Name the columns of a design for the settings, where there is one."""
    if not survey.given:
        return {}
    if survey.replicate_weights is None:
        given = {"strata": survey.strata, "psu": survey.psu}
        named = {
            key: None if each is None else name_of(each, "given") for key, each in given.items()
        }
        return {**named, "single_psu": survey.single_psu}
    scale = survey.replicate_scale
    return {
        "replicate_weights": len(to_pandas(survey.replicate_weights, "replicate_weights").columns),
        "replicate_method": survey.replicate_method,
        "replicate_scale": None if scale is None else np.asarray(scale, np.float64).tolist(),
        "fay": survey.fay,
    }


def columns_of_survey(survey: Survey, event: str | None = None) -> dict[str, tuple[str, ...]]:
    """Name the columns of how rows were drawn, and of events, as keywords of `tables.Columns`.

    Raises
    ------
    InputError
        If something else than a name was given.
    """
    check_column(strata=survey.strata, psu=survey.psu)
    replicates: tuple[str, ...] = ()
    if survey.replicate_weights is not None:
        replicates = tuple(as_list(survey.replicate_weights, "replicate_weights"))
        for each in replicates:
            check_column(replicate_weights=each)
    drawn = tuple(name for name in (survey.strata, survey.psu) if name is not None)
    return {"survey": drawn, "numbers": replicates if event is None else (*replicates, event)}


def survey_of_columns(survey: Survey, frame: pd.DataFrame) -> SurveyOptions:
    """Take the columns of a file for their names, as keywords of `compare`."""
    if not survey.given:
        return {}
    if survey.replicate_weights is not None:
        return {
            "replicate_weights": frame[list(columns_of_survey(survey)["numbers"])],
            "replicate_method": survey.replicate_method,
            "replicate_scale": survey.replicate_scale,
            "fay": survey.fay,
        }
    found: SurveyOptions = {"single_psu": survey.single_psu}
    if survey.strata is not None:
        found["strata"] = frame[survey.strata]
    if survey.psu is not None:
        found["psu"] = frame[survey.psu]
    return found
