"""The explainers by name.

Adding an explainer means adding one entry to `EXPLAINERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from whogains.errors import InputError
from whogains.explain.baselines import Baselines
from whogains.explain.completeness import Completeness, prediction_change
from whogains.explain.given_attributions import GivenAttributions
from whogains.explain.linear import linear_change, linear_shap
from whogains.explain.network import (
    deeplift,
    gradient_shap,
    integrated_gradients,
    score_change,
    shapley_sampling,
)
from whogains.explain.occlusion import occlusion
from whogains.explain.permutation import permutation_shap
from whogains.explain.trees import tree_change, tree_shap
from whogains.models import told
from whogains.types import FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.models import Model

Change = Callable[["Model", FloatArray, FloatArray], FloatArray]


class Attributor(Protocol):
    """What an explainer does: say how much each feature of each row mattered."""

    def __call__(
        self, model: Model, matrix: FloatArray, baseline: FloatArray, random_state: int, /
    ) -> FloatArray:
        """Attribute the predictions for n rows to the p features of the model.

        Parameters
        ----------
        model : Model
            The model to explain.
        matrix : ndarray of float64, shape (n, p)
            Coded rows. What is said of one row may not depend on the others.
        baseline : ndarray of float64, shape (p,)
            The row that stands for "not known".
        random_state : int
            The seed; the same call gives the same answer.

        Returns
        -------
        ndarray of float64, shape (n, p)
            The attributions.
        """


@dataclass(frozen=True, slots=True)
class Explainer:
    """An attributor, the name that it goes by, and what is known of it.

    Parameters
    ----------
    name : str
        The name in settings and results.
    attributor : Attributor
        The function.
    change : callable, optional
        What its attributions add up to: ``change(model, matrix, baseline)``, shape (n,).
    tolerance : float
        The largest gap from adding up, as a share of the change, that is no failure.
    effort : str, optional
        The argument of the attributor that says how much work it does.
    draws : bool
        Whether it draws random numbers, so that another seed gives another answer.
    compares : bool
        Whether it uses the baseline at all.
    quick : bool
        Whether it can be asked once for each combination of personal levels; the others are asked
        about the most frequent one.
    """

    name: str
    attributor: Attributor
    change: Change | None = None
    tolerance: float = 1e-4
    effort: str | None = None
    draws: bool = False
    compares: bool = True
    quick: bool = False

    def baselines(self, every: Baselines, *, marginal: bool) -> Baselines:
        """Choose the rows that it compares with."""
        alone = not self.compares or (marginal and not self.quick)
        return every.first() if alone else every


UserExplainer = Callable[["Model", FloatArray], Any]

EXPLAINERS: dict[str, Explainer] = {
    explainer.name: explainer
    for explainer in (
        Explainer("tree_shap", tree_shap, tree_change, compares=False),
        Explainer("linear_shap", linear_shap, linear_change, quick=True),
        Explainer(
            "permutation_shap",
            permutation_shap,
            prediction_change,
            effort="permutations",
            draws=True,
        ),
        Explainer("occlusion", occlusion),
        Explainer(
            "integrated_gradients",
            integrated_gradients,
            score_change,
            tolerance=0.02,
            effort="steps",
        ),
        Explainer("deeplift", deeplift, score_change, tolerance=1e-3),
        Explainer(
            "shapley_sampling",
            shapley_sampling,
            score_change,
            tolerance=1e-3,
            effort="samples",
            draws=True,
        ),
        # Its sums are right only on average over draws.
        Explainer("gradient_shap", gradient_shap, effort="samples", draws=True),
    )
}


def default_explainer(models: Sequence[Model]) -> str:
    """Choose one explainer for all models of a comparison.

    Parameters
    ----------
    models : sequence of Model
        The models that are compared: another explainer for each would compare explainers.

    Returns
    -------
    str
        ``"tree_shap"`` if every model is made of trees that it can read, ``"linear_shap"`` if
        every model is linear in columns that it can read, ``"integrated_gradients"`` if every
        model is a torch network, else ``"permutation_shap"``.
    """
    if all(model.tree for model in models):
        return "tree_shap"
    if all(model.linear for model in models):
        return "linear_shap"
    if all(model.network for model in models):
        return "integrated_gradients"
    return "permutation_shap"


def find_explainer(
    explainer: str | UserExplainer | GivenAttributions, models: Sequence[Model]
) -> Explainer:
    """Find an explainer by its name, or take a user's own.

    Parameters
    ----------
    explainer : str, callable or GivenAttributions
        A name in `EXPLAINERS`, which may be followed by a colon and how much work to do (the
        steps, samples or permutations, as in ``"integrated_gradients:20"``); ``"auto"`` for
        `default_explainer`; or a function from a model and its coded rows, shape (n, p), to
        attributions, shape (n, p).
    models : sequence of Model
        The models that are compared.

    Returns
    -------
    Explainer
        The explainer and its name; a function goes by its own.

    Raises
    ------
    InputError
        If the name is unknown, or the amount of work is not one.

    Examples
    --------
    >>> find_explainer("integrated_gradients:20", ()).name
    'integrated_gradients:20'
    """
    if isinstance(explainer, GivenAttributions):
        return Explainer(explainer.name, _no_function, compares=False)
    if not isinstance(explainer, str):
        name = getattr(explainer, "__name__", type(explainer).__name__)
        return Explainer(name, _own(explainer, name), compares=False)
    name, colon, work = explainer.partition(":")
    name = default_explainer(models) if name == "auto" else name
    if name not in EXPLAINERS:
        raise InputError(
            f"explainer {name!r} is not known; choose from auto, {', '.join(EXPLAINERS)}"
        )
    found = EXPLAINERS[name]
    if not colon:
        return found
    if found.effort is None:
        raise InputError(f"explainer {explainer!r}: {name} takes no number; write {name!r}")
    if not (work.isdecimal() and int(work) >= 1):
        raise InputError(
            f"explainer {explainer!r}: the number of {found.effort} must be a whole number from 1"
        )
    attributor: Any = partial(found.attributor, **{found.effort: int(work)})
    return replace(found, name=f"{name}:{int(work)}", attributor=attributor)


def find_explainers(
    asked: Sequence[str | UserExplainer | GivenAttributions], models: Sequence[Model]
) -> tuple[Explainer, ...]:
    """Find several explainers, which results are told apart by their names.

    Parameters
    ----------
    asked : sequence of str, callable or GivenAttributions
        Each as for `find_explainer`.
    models : sequence of Model
        The models that are compared.

    Returns
    -------
    tuple of Explainer
        The explainers.

    Raises
    ------
    InputError
        As `find_explainer`, and if two have one name.
    """
    found = tuple(find_explainer(each, models) for each in asked)
    names = [explainer.name for explainer in found]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(
            f"two explainers are called {twice[0]!r}; take one out, or give a function of your own"
            " another __name__"
        )
    return found


def attribute(
    explainer: Explainer,
    model: Model,
    matrix: FloatArray,
    baselines: Baselines | FloatArray,
    random_state: int,
) -> FloatArray:
    """Explain rows, and check what came back.

    Parameters
    ----------
    explainer : Explainer
        The explainer.
    model : Model
        The model to explain.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baselines : Baselines, or ndarray of float64, shape (k, p)
        The rows that stand for "not known"; attributions are averaged over them.
    random_state : int
        The seed of explainers that draw.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The attributions.

    Raises
    ------
    InputError
        If they have another shape, or are missing or infinite.
    """
    total = np.zeros(matrix.shape)
    for baseline, weight in Baselines.of(baselines):
        returned = explainer.attributor(model, matrix, baseline, random_state)
        total += weight * checked_attributions(returned, matrix.shape, explainer.name, model)
    return total


def checked_attributions(
    returned: Any, shape: tuple[int, ...], explainer: str, model: Model
) -> FloatArray:
    """Refuse attributions of another shape, and missing or infinite ones.

    Parameters
    ----------
    returned : array-like
        What an explainer returned.
    shape : tuple of int
        Its shape must be this, (n, p).
    explainer : str
        The name of the explainer.
    model : Model
        The model that was explained.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The attributions.

    Raises
    ------
    InputError
        If they cannot be used.
    """
    try:
        attributions = np.asarray(returned, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the explainer {explainer} returned what is not an array of numbers for the"
            f" {model.name} model: {told(error)}"
        ) from error
    if attributions.shape != shape:
        raise InputError(
            f"the explainer {explainer} returned an array of shape {attributions.shape} for"
            f" the {model.name} model; it must be {shape}, one number per row and feature"
        )
    wrong = np.argwhere(~np.isfinite(attributions))
    if len(wrong):
        row, feature = wrong[0]
        raise InputError(
            f"the explainer {explainer} returned {len(wrong)} missing or infinite"
            f" attributions for the {model.name} model, the first for feature"
            f" {model.names[feature]!r} in row {row} (counting from 0)"
        )
    return attributions


def completeness(
    explainer: Explainer,
    model: Model,
    matrix: FloatArray,
    baselines: Baselines | FloatArray,
    attributions: FloatArray,
) -> Completeness | None:
    """Measure whether attributions add up, where the method says that they do.

    Parameters
    ----------
    explainer, model, matrix, baselines
        As for `attribute`.
    attributions : ndarray of float64, shape (n, p)
        What it returned.

    Returns
    -------
    Completeness or None
        The gaps; None where the explainer promises no sum.
    """
    if explainer.change is None:
        return None
    change = np.zeros(len(matrix))
    for baseline, weight in Baselines.of(baselines):
        change += weight * explainer.change(model, matrix, baseline)
    return Completeness.of(attributions, change)


def _no_function(*_: Any) -> FloatArray:
    raise TypeError("given attributions are looked up, not computed")


def _own(function: UserExplainer, name: str) -> Attributor:
    def attributor(
        model: Model, matrix: FloatArray, _baseline: FloatArray, _random_state: int, /
    ) -> FloatArray:
        try:
            attributions: FloatArray = function(model, matrix)
        except InputError:
            raise
        except Exception as error:
            raise InputError(
                f"the explainer {name} failed on the {model.name} model: {told(error)}"
            ) from error
        return attributions

    return attributor
