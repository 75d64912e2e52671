"""The options that say how a survey's sample was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

import whogains.cli.option_values as read
from whogains.cli.options import DATA

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whogains.frames import SurveyOptions

StrataOption = Annotated[
    str | None,
    typer.Option(
        "--strata",
        help="Column of the strata of a survey's sample.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
PsuOption = Annotated[
    str | None,
    typer.Option(
        "--psu",
        help="Column of the primary sampling units (PSUs) of a survey, numbered anew in every "
        "stratum or not. All of the sample count, whatever groups they have.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
SinglePsuOption = Annotated[
    str,
    typer.Option(
        "--single-psu",
        help="Strata with one PSU: error, or centred (at the mean of all PSUs).",
        rich_help_panel=DATA,
    ),
]
ReplicateWeights = Annotated[
    str | None,
    typer.Option(
        help="Columns of replicate weights, in place of --strata and --psu.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
ReplicateMethodOption = Annotated[
    str | None,
    typer.Option(
        "--replicate-method",
        help="How replicate weights were made: brr, bootstrap or jackknife.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
ReplicateScale = Annotated[
    str | None,
    typer.Option(
        help="What the squared deviation of each replicate counts, one number or one for each, in "
        "place of --replicate-method.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Fay = Annotated[
    float, typer.Option(help="Fay's rho, of --replicate-method brr.", rich_help_panel=DATA)
]


def survey_options(
    strata: str | None,
    psu: str | None,
    single_psu: str,
    replicate_weights: str | None,
    replicate_method: str | None,
    replicate_scale: str | None,
    fay: float,
) -> SurveyOptions:
    """Read these options as keywords of `whogains.compare_files`.

    Raises
    ------
    InputError
        If one has a value that it cannot have.

    Examples
    --------
    >>> survey_options("stratum", "psu", "error", None, None, None, 0.0)
    {'strata': 'stratum', 'psu': 'psu', 'single_psu': 'error'}
    """
    from whogains.frames import REPLICATE_METHODS, SINGLE_PSU

    found: SurveyOptions = {
        "strata": strata,
        "psu": psu,
        "single_psu": read.choice(single_psu, SINGLE_PSU, "--single-psu"),
    }
    method = read.choice(replicate_method, REPLICATE_METHODS, "--replicate-method")
    if (replicate_weights, method, replicate_scale, fay) == (None, None, None, 0):
        return found
    scale = None if replicate_scale is None else read.numbers(replicate_scale, "--replicate-scale")
    return found | {
        "replicate_weights": read.names(replicate_weights) or None,
        "replicate_method": method,
        "replicate_scale": scale[0] if scale and len(scale) == 1 else scale,
        "fay": fay,
    }


def columns_of(survey: SurveyOptions) -> list[str]:
    """Name the columns that these options name."""
    one = [survey.get("strata"), survey.get("psu")]
    return [*(name for name in one if name), *(survey.get("replicate_weights") or ())]


def with_columns(survey: SurveyOptions, column: Callable[[Any], Any]) -> SurveyOptions:
    """Take columns for their names, as keywords of `whogains.audit`."""
    found = survey.copy()
    if found.get("strata") is not None:
        found["strata"] = column(found["strata"])
    if found.get("psu") is not None:
        found["psu"] = column(found["psu"])
    if found.get("replicate_weights") is not None:
        found["replicate_weights"] = column(found["replicate_weights"])
    return found
