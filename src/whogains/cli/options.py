"""The options that commands share, and how their texts become values."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar, overload

import typer

from whogains.errors import InputError

DEFAULT_MODEL = "gradient_boosting"


class FailOn(StrEnum):
    """Findings that turn the exit status to 1."""

    harm = "harm"
    not_gain = "not-gain"


File = Annotated[Path, typer.Argument(help="CSV or Parquet file.", show_default=False)]
Target = Annotated[str, typer.Option(help="Column of the outcome.", show_default=False)]
Groups = Annotated[
    str | None,
    typer.Option(
        help="Attributes whose crossing makes the groups, separated by commas.",
        show_default=False,
    ),
]
Task = Annotated[
    str | None,
    typer.Option(
        help="classification or regression; else judged from the target and said.",
        show_default=False,
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(help="The target's value that counts as 1.", show_default=False),
]
Model = Annotated[
    str,
    typer.Option(help="Model fitted with and without the attributes: gradient_boosting, linear."),
]
Explainers = Annotated[
    str | None,
    typer.Option(
        help="Explainers, separated by commas: tree_shap, permutation_shap; or none. "
        "Default: what fits the model.",
        show_default=False,
    ),
]
Keep = Annotated[
    str,
    typer.Option(help="Features that an explanation keeps: a share (0.5) or a number of them (3)."),
]
Folds = Annotated[int, typer.Option(help="Folds of the cross-fitting.")]
Costs = Annotated[
    str | None,
    typer.Option(
        help="Prediction costs, separated by commas; all of the task's by default.",
        show_default=False,
    ),
]
Unit = Annotated[
    str | None, typer.Option(help='Unit of the target, such as "mmHg".', show_default=False)
]
Weight = Annotated[str | None, typer.Option(help="Column of sample weights.", show_default=False)]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Column that says which rows depend on each other, such as a patient's id.",
        show_default=False,
    ),
]
Epsilon = Annotated[
    str | None,
    typer.Option(
        help="Smallest effect that matters: a number, or zero_one=.01,brier=.005. "
        "Default: .01, or one point of R² where the cost has a unit.",
        show_default=False,
    ),
]
Alpha = Annotated[float, typer.Option(help="Level of tests; intervals have level 1 - alpha.")]
Method = Annotated[
    str, typer.Option(help="How intervals are computed: auto, t, score, bootstrap or betting.")
]
Correction = Annotated[
    str, typer.Option(help="What Holm's correction covers: within_cost or all_costs.")
]
Convention = Annotated[
    str, typer.Option(help="Error of a test: average of the two error rates, or their sum.")
]
ToleratedError = Annotated[
    float | None,
    typer.Option(
        help="Error up to which a test is good enough. Default: halfway to guessing.",
        show_default=False,
    ),
]
Power = Annotated[float, typer.Option(help="Power at which an effect counts as detectable.")]
MaxLevels = Annotated[int, typer.Option(help="Most levels that one attribute may have.")]
MaxGroups = Annotated[int, typer.Option(help="Most groups that the crossing may make.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Json = Annotated[
    str | None,
    typer.Option("--json", help="Write JSON to this file; - for standard output alone."),
]
Html = Annotated[
    Path | None, typer.Option("--html", help="Write the report to this file.", show_default=False)
]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        help="Exit with 1 when some group is harmed (harm), or when not every group is shown to "
        "gain (not-gain), on any cost.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print no table and no progress.")]


def names(text: str | None) -> list[str]:
    """Split a list of names.

    Parameters
    ----------
    text : str, optional
        Names separated by commas. A name in double quotes may hold a comma, and a quote in it is
        doubled, as in a CSV line.

    Returns
    -------
    list of str
        The names, without spaces around them; empty for no text.

    Examples
    --------
    >>> names('sex, "age, years"')
    ['sex', 'age, years']
    """
    import csv

    if not text:
        return []
    row = next(csv.reader([text], skipinitialspace=True))
    return [name.strip() for name in row if name.strip()]


Chosen = TypeVar("Chosen", bound=str)


@overload
def choice(text: str, allowed: tuple[Chosen, ...], option: str) -> Chosen: ...


@overload
def choice(text: None, allowed: tuple[Chosen, ...], option: str) -> None: ...


@overload
def choice(text: str | None, allowed: tuple[Chosen, ...], option: str) -> Chosen | None: ...


def choice(text: str | None, allowed: tuple[Chosen, ...], option: str) -> Chosen | None:
    """Read an option that has a few values.

    Parameters
    ----------
    text : str or None
        The value given; None stays None.
    allowed : tuple of str
        The values it can have.
    option : str
        The option, for the message.

    Returns
    -------
    str or None
        The value.

    Raises
    ------
    InputError
        If it is another one.
    """
    if text is None:
        return None
    for value in allowed:
        if text == value:
            return value
    raise InputError(f"{option} must be {' or '.join(allowed)}, not {text!r}")


def numbers(text: str, option: str) -> list[float]:
    """Split a list of numbers.

    Parameters
    ----------
    text : str
        Numbers separated by commas.
    option : str
        The option, for the message.

    Returns
    -------
    list of float
        The numbers.

    Raises
    ------
    InputError
        If one of them is no number.

    Examples
    --------
    >>> numbers(".78,.88", "--sd")
    [0.78, 0.88]
    """
    return [_number(part, option) for part in names(text)]


def epsilon(text: str | None) -> float | dict[str, float] | None:
    """Read --epsilon: one number, or a number for each of some costs.

    Parameters
    ----------
    text : str, optional
        As in ``.02`` or ``zero_one=.01,squared_error=4``.

    Returns
    -------
    float, dict or None
        The number, the numbers by cost, or None for no text.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> epsilon("zero_one=.01,brier=.005")
    {'zero_one': 0.01, 'brier': 0.005}
    """
    if text is None:
        return None
    if "=" not in text:
        return _number(text, "--epsilon")
    found: dict[str, float] = {}
    for part in names(text):
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError(f"--epsilon: {part!r} is not COST=NUMBER")
        found[name.strip()] = _number(value, "--epsilon")
    return found


def keep(text: str) -> float | int:
    """Read --keep: a share of the features, or a whole number of them.

    Parameters
    ----------
    text : str
        As in ``0.5`` or ``3``; ``1.0`` is all features and ``1`` is one.

    Returns
    -------
    float or int
        The share or the number.

    Raises
    ------
    InputError
        If it is no number.

    Examples
    --------
    >>> keep("0.5"), keep("3")
    (0.5, 3)
    """
    return int(text) if text.strip().isdigit() else _number(text, "--keep")


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{option}: {text!r} is not a number") from None


def explainers(text: str | None) -> list[str] | None:
    """Read --explainers.

    Parameters
    ----------
    text : str, optional
        Names separated by commas; "none" for no explainer at all.

    Returns
    -------
    list of str or None
        The names; None, for the default, where nothing was said.

    Examples
    --------
    >>> explainers("tree_shap"), explainers("none"), explainers(None)
    (['tree_shap'], [], None)
    """
    return None if text is None else [name for name in names(text) if name != "none"]
