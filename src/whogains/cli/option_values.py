"""How the texts of options become values."""

from __future__ import annotations

from typing import Literal, TypeVar, overload

from whogains.errors import InputError

BaselineName = Literal["marginal", "mean", "zeros"]
BASELINES: tuple[BaselineName, ...] = ("marginal", "mean", "zeros")


def names(text: str | None) -> list[str]:
    """Split a list of names at commas.

    A name in double quotes may hold a comma, and a quote in it is doubled, as in a CSV line.

    Raises
    ------
    InputError
        If a double quote is not closed, or a line ends.

    Examples
    --------
    >>> names('sex, "age, years"')
    ['sex', 'age, years']
    """
    import csv

    if not text:
        return []
    if text.count('"') % 2:
        raise InputError(f"{text!r:.60} has a double quote that is not closed")
    try:
        row = next(csv.reader([text], skipinitialspace=True))
    except csv.Error as error:
        raise InputError(f"{text!r:.60} is no list of names: {error}") from None
    return [name.strip() for name in row if name.strip()]


Chosen = TypeVar("Chosen", bound=str)


@overload
def choice(text: str, allowed: tuple[Chosen, ...], option: str) -> Chosen: ...


@overload
def choice(text: None, allowed: tuple[Chosen, ...], option: str) -> None: ...


@overload
def choice(text: str | None, allowed: tuple[Chosen, ...], option: str) -> Chosen | None: ...


def choice(text: str | None, allowed: tuple[Chosen, ...], option: str) -> Chosen | None:
    """Read an option that has a few values; None stays None.

    Raises
    ------
    InputError
        If it is another value.
    """
    if text is None:
        return None
    for value in allowed:
        if text == value:
            return value
    raise InputError(f"{option} must be {' or '.join(allowed)}, not {text!r}")


def numbers(text: str, option: str) -> list[float]:
    """Split a list of numbers at commas.

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


def per_cost(text: str | None, option: str) -> float | dict[str, float] | None:
    """Read --epsilon or --margin: one number, or a number for each of some costs.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> per_cost("zero_one=.01,brier=.005", "--epsilon")
    {'zero_one': 0.01, 'brier': 0.005}
    """
    if text is None:
        return None
    if "=" in text:
        found = pairs(text, option, "COST=NUMBER") or {}
        return {name: _number(value, option) for name, value in found.items()}
    try:
        return float(text)
    except ValueError:
        meant = text.replace(":", "=") if ":" in text else "brier=.01"
        raise InputError(
            f"{option}: {text!r} is not a number; for single costs write COST=NUMBER, as in {meant}"
        ) from None


def threshold(text: str | None) -> float | str | None:
    """Read --threshold: a number, or the base rate.

    Parameters
    ----------
    text : str, optional
        As in ``.04`` or ``base rate``.

    Returns
    -------
    float, str or None
        The number, or "base rate"; None for no text.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> threshold(".04"), threshold("base-rate")
    (0.04, 'base rate')
    """
    if text is None:
        return None
    if text.strip().replace("-", " ").replace("_", " ") == "base rate":
        return "base rate"
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"--threshold must be a number above 0 and below 1, or 'base rate', not {text!r}"
        ) from None


def ranges(text: str | None) -> dict[str, tuple[float, float]] | None:
    """Read --cost-range: two numbers for each of some costs.

    Parameters
    ----------
    text : str, optional
        As in ``squared_error=0,400,absolute_error=0,20``.

    Returns
    -------
    dict or None
        The ranges by cost; None for no text.

    Raises
    ------
    InputError
        If a cost has not two numbers.

    Examples
    --------
    >>> ranges("squared_error=0,400, absolute_error=0,20")
    {'squared_error': (0.0, 400.0), 'absolute_error': (0.0, 20.0)}
    """
    if text is None:
        return None
    found: dict[str, list[float]] = {}
    ends: list[float] = []
    for part in names(text):
        name, equals, value = part.rpartition("=")
        if equals:
            ends = []
            found[name.strip()] = ends
        ends.append(_number(value.strip(), "--cost-range"))
    if not found or any(len(each) != 2 for each in found.values()):
        raise InputError(f"--cost-range: {text!r} is not COST=LOW,HIGH, as in squared_error=0,400")
    return {name: (each[0], each[1]) for name, each in found.items()}


def pairs(text: str | None, option: str, form: str = "COLUMN=GROUP") -> dict[str, str] | None:
    """Read a list of names with what each is set to; only a name may hold an equals sign.

    Raises
    ------
    InputError
        If a part has no equals sign, or nothing on one side of it.

    Examples
    --------
    >>> pairs("fiber_g=diet, sugars_g=diet", "--feature-groups")
    {'fiber_g': 'diet', 'sugars_g': 'diet'}
    """
    if text is None:
        return None
    found: dict[str, str] = {}
    for part in names(text):
        name, _, value = part.rpartition("=")
        if not name.strip() or not value.strip():
            raise InputError(f"{option}: {part!r} is not {form}")
        found[name.strip()] = value.strip()
    return found


def keep(text: str) -> list[float | int]:
    """Read --keep: shares of the features, or whole numbers of them.

    ``1.0`` is all features and ``1`` is one.

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


def baseline(text: str) -> BaselineName | int:
    """Read --baseline: a name, or a number of background rows.

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
    """Read --memory: bytes with a unit, of powers of 1,000, with an i of 1,024.

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
    """Read --explainers: names, "none" for no explainer at all, None for the default.

    Examples
    --------
    >>> explainers("tree_shap"), explainers("none"), explainers(None)
    (['tree_shap'], [], None)
    """
    return None if text is None else [name for name in names(text) if name != "none"]
