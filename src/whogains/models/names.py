"""Which columns a fitted model takes, in its own order, by the names that it keeps of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError

if TYPE_CHECKING:
    from whogains.frames import Column

# Where libraries keep the names: scikit-learn, CatBoost, LightGBM (estimator, Booster), XGBoost.
KEPT = ("feature_names_in_", "feature_names_", "feature_name_", "feature_name", "feature_names")
# Where an estimator keeps another one that it passes the columns on to.
INSIDE = ("best_estimator_", "regressor_", "estimator_", "estimator")
# What libraries call the columns of an array, by their place.
BY_PLACE: tuple[Callable[[int], str], ...] = (
    lambda j: f"Column_{j}",
    lambda j: f"f{j}",
    str,
    lambda j: f"x{j}",
    lambda j: f"x{j + 1}",
)
# What statsmodels calls a column of ones.
CONSTANT = "const"


def kept_names(estimator: Any) -> tuple[str, ...]:
    """Find the names of the columns that a model was fitted on, wherever it keeps them.

    Parameters
    ----------
    estimator : object
        A fitted model of scikit-learn, LightGBM, XGBoost, CatBoost, statsmodels or alike.

    Returns
    -------
    tuple of str
        The names in its order; empty where it keeps none, or has called the columns of an array by
        their places.

    Examples
    --------
    >>> class Boosted:
    ...     feature_names_ = ["bmi", "age"]
    >>> kept_names(Boosted())
    ('bmi', 'age')
    """
    names = _listed(estimator) or _of_parts(estimator)
    inner = [name for name in names if name != CONSTANT]
    called = any(inner == [call(j) for j in range(len(inner))] for call in BY_PLACE)
    return () if called else names


def has_formula(estimator: Any) -> bool:
    """Say whether a result of statsmodels finds its columns in a frame by its formula."""
    return getattr(getattr(estimator, "model", None), "formula", None) is not None


def matched(
    names: Sequence[str], columns: Sequence[Column], name: str
) -> tuple[tuple[Column, ...], int | None]:
    """Put columns into the order of a model's names.

    Parameters
    ----------
    names : sequence of str
        The model's names.
    columns : sequence of Column
        The columns that there are.
    name : str
        What to call the model in an error.

    Returns
    -------
    columns : tuple of Column
        Those that the model takes, in its order.
    constant : int or None
        Where a column of ones stands among them.

    Raises
    ------
    InputError
        If a name is none of a column's, or of two columns'.

    Notes
    -----
    Some libraries write an underscore for a blank, or small letters: names that differ in nothing
    else are matched, as long as only one column has each.
    """
    there = {column.name: column for column in columns}
    constant = names.index(CONSTANT) if CONSTANT in names and CONSTANT not in there else None
    wanted = [each for j, each in enumerate(names) if j != constant]
    alike: dict[str, list[Column]] = {}
    for column in columns:
        alike.setdefault(_plain(column.name), []).append(column)
    found = []
    for each in wanted:
        if each in there:
            found.append(there[each])
            continue
        others = alike.get(_plain(each), [])
        if not others:
            raise InputError(
                f"the {name} model was fitted with the column {each!r}, which is not among its"
                f" {len(columns)} columns here"
            )
        if len(others) > 1:
            raise InputError(
                f"the {name} model was fitted with the column {each!r}, which may be"
                f" {others[0].name!r} or {others[1].name!r} here; rename one"
            )
        found.append(others[0])
    if len({column.name for column in found}) < len(found):
        twice = next(each for j, each in enumerate(wanted) if found[j] in found[:j])
        raise InputError(
            f"the {name} model was fitted with two columns that are one here: {twice!r}; give it"
            " the columns that it was fitted on"
        )
    return tuple(found), constant


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name).casefold()


def _listed(estimator: Any) -> tuple[str, ...]:
    for place in KEPT:
        # A property may refuse to answer where nothing was fitted on names.
        with suppress(Exception):
            found = getattr(estimator, place)
            found = found() if callable(found) else found
            if found is not None and not isinstance(found, str) and len(found):
                return tuple(str(each) for each in found)
    exogenous = getattr(getattr(estimator, "model", None), "exog_names", None)
    return () if exogenous is None else tuple(str(each) for each in exogenous)


def _of_parts(estimator: Any) -> tuple[str, ...]:
    """Ask the model inside, that gets the columns as they are."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        first = next((step for _, step in steps if step not in (None, "passthrough")), None)
        return () if first is None else _listed(first) or _of_parts(first)
    parts = [getattr(estimator, place, None) for place in INSIDE]
    folds = getattr(estimator, "calibrated_classifiers_", None)
    parts += [getattr(fold, "estimator", None) for fold in folds or ()][:1]
    for part in parts:
        if part is not None and hasattr(part, "predict"):
            names = _listed(part) or _of_parts(part)
            if names:
                return names
    return ()
