"""The options that commands share, and how their texts become values."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar, overload

import typer

from whogains.errors import InputError

DEFAULT_MODEL = "gradient_boosting"
BASELINES: tuple[Literal["mean", "zeros"], ...] = ("mean", "zeros")


class FailOn(StrEnum):
    """Findings that turn the exit status to 1."""

    harm = "harm"
    not_gain = "not-gain"


File = Annotated[Path, typer.Argument(help="CSV or Parquet file.", show_default=False)]
Table = Annotated[
    Path,
    typer.Argument(
        help="CSV or Parquet file, or a folder or glob of either, of any size.", show_default=False
    ),
]
Generic = Annotated[
    str, typer.Option(help="Column of the generic model's predictions.", show_default=False)
]
Personalized = Annotated[
    str, typer.Option(help="Column of the personalized model's predictions.", show_default=False)
]
Memory = Annotated[
    str | None,
    typer.Option(
        help="Most memory of a scan, as in 2GB; what needs more goes to disk. Default: a quarter "
        "of the machine's.",
        show_default=False,
    ),
]
RowsInMemory = Annotated[
    int,
    typer.Option(
        help="Up to so many rows are loaded, for betting, distributions and calibration; more are "
        "summed by a scan."
    ),
]
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
    typer.Option(
        help="Model fitted with and without the attributes: gradient_boosting, linear, mlp."
    ),
]
Explainers = Annotated[
    str | None,
    typer.Option(
        help="Explainers, separated by commas: tree_shap, linear_shap, permutation_shap, "
        "occlusion; for mlp integrated_gradients, deeplift, gradient_shap, shapley_sampling; or "
        "none. NAME:20 sets how many steps or samples. Default: what fits the model.",
        show_default=False,
    ),
]
Keep = Annotated[
    str,
    typer.Option(
        help="Features that an explanation keeps: a share (0.5) or a number of them (3). Several, "
        "separated by commas, make a curve and its mean."
    ),
]
Baseline = Annotated[
    str,
    typer.Option(
        help="What a hidden feature is set to: mean, zeros, or a number of background rows to "
        "average over."
    ),
]
ExplainerRepeats = Annotated[
    int,
    typer.Option(help="Runs of explainers that draw, to tell how much of the result is noise."),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="Folder that keeps what is explained, so that a killed run continues there.",
        show_default=False,
    ),
]
BatchRows = Annotated[
    int | None,
    typer.Option(
        help="Rows explained at a time, which bounds the memory. Default: chosen.",
        show_default=False,
    ),
]
Folds = Annotated[int, typer.Option(help="Folds of the cross-fitting.")]
Costs = Annotated[
    str | None,
    typer.Option(
        help="Prediction costs, separated by commas; all of the task's but R² by default.",
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
MinCell = Annotated[
    int,
    typer.Option(
        help="Fewest rows with which a group is shown; the rows of smaller groups are left out of "
        "every number, so that none can be found by subtraction. 0: show every group."
    ),
]
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


def keep(text: str) -> list[float | int]:
    """Read --keep: shares of the features, or whole numbers of them.

    Parameters
    ----------
    text : str
        As in ``0.5``, ``3`` or ``0.2,0.5``; ``1.0`` is all features and ``1`` is one.

    Returns
    -------
    list of float or int
        The shares or numbers.

    Raises
    ------
    InputError
        If one of them is no number.

    Examples
    --------
    >>> keep("0.2,0.5"), keep("3")
    ([0.2, 0.5], [3])
    """
    return [int(part) if part.isdigit() else _number(part, "--keep") for part in names(text)]


def baseline(text: str) -> Literal["mean", "zeros"] | int:
    """Read --baseline: a name, or a number of background rows.

    Parameters
    ----------
    text : str
        As in ``mean``, ``zeros`` or ``20``.

    Returns
    -------
    str or int
        The name or the number.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> baseline("zeros"), baseline("20")
    ('zeros', 20)
    """
    if text.strip().isdigit():
        return int(text)
    return choice(text, BASELINES, "--baseline (or a number of rows)")


def memory(text: str | None) -> int | None:
    """Read --memory: a number of bytes with a unit.

    Parameters
    ----------
    text : str, optional
        As in ``2GB``, ``512 MiB`` or ``1.5g``; units are powers of 1,000, with an i of 1,024.

    Returns
    -------
    int or None
        Bytes; None for no text.

    Raises
    ------
    InputError
        If it is no such number.

    Examples
    --------
    >>> memory("2GB"), memory("512 MiB")
    (2000000000, 536870912)
    """
    import re

    if text is None:
        return None
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([kmgt]?)(i?)b?\s*", text, re.IGNORECASE)
    size = 0
    if found:
        number, unit, binary = found.groups()
        size = int(float(number) * (1024 if binary else 1000) ** " kmgt".index(unit.lower() or " "))
    if size <= 0:
        raise InputError(f"--memory: {text!r} is no amount of memory; say it as in 2GB")
    return size


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
