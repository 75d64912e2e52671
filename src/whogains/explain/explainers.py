"""The explainers by name.

Adding an explainer means adding one entry to `EXPLAINERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.explain.permutation import permutation_shap
from whogains.explain.trees import tree_shap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.models import Model

FloatArray = npt.NDArray[np.float64]


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
    """An attributor and the name that it goes by.

    Parameters
    ----------
    name : str
        The name in settings and results.
    attributor : Attributor
        The function.
    """

    name: str
    attributor: Attributor


UserExplainer = Callable[["Model", FloatArray], Any]

EXPLAINERS: dict[str, Attributor] = {
    "tree_shap": tree_shap,
    "permutation_shap": permutation_shap,
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
        ``"tree_shap"`` if every model is made of trees that it can read, else
        ``"permutation_shap"``.
    """
    return "tree_shap" if all(model.tree for model in models) else "permutation_shap"


def find_explainer(explainer: str | UserExplainer, models: Sequence[Model]) -> Explainer:
    """Find an explainer by its name, or take a user's own.

    Parameters
    ----------
    explainer : str or callable
        A name in `EXPLAINERS`; ``"auto"`` for `default_explainer`; or a function from a model
        and its coded rows, shape (n, p), to attributions, shape (n, p).
    models : sequence of Model
        The models that are compared.

    Returns
    -------
    Explainer
        The explainer and its name; a function goes by its own.

    Raises
    ------
    InputError
        If the name is unknown.
    """
    if not isinstance(explainer, str):
        return Explainer(getattr(explainer, "__name__", type(explainer).__name__), _own(explainer))
    name = default_explainer(models) if explainer == "auto" else explainer
    if name not in EXPLAINERS:
        raise InputError(
            f"explainer {name!r} is not known; choose from auto, {', '.join(EXPLAINERS)}"
        )
    return Explainer(name, EXPLAINERS[name])


def attribute(
    explainer: Explainer,
    model: Model,
    matrix: FloatArray,
    baseline: FloatArray,
    random_state: int,
) -> FloatArray:
    """Explain rows, and check what came back.

    Parameters
    ----------
    explainer : Explainer
        The explainer.
    model, matrix, baseline, random_state
        As for `Attributor`.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The attributions.

    Raises
    ------
    InputError
        If they have another shape, or are missing or infinite.
    """
    returned = explainer.attributor(model, matrix, baseline, random_state)
    attributions = np.asarray(returned, dtype=np.float64)
    if attributions.shape != matrix.shape:
        raise InputError(
            f"the explainer {explainer.name} returned an array of shape {attributions.shape} for"
            f" the {model.name} model; it must be {matrix.shape}, one number per row and feature"
        )
    wrong = np.argwhere(~np.isfinite(attributions))
    if len(wrong):
        row, feature = wrong[0]
        raise InputError(
            f"the explainer {explainer.name} returned {len(wrong)} missing or infinite"
            f" attributions for the {model.name} model, the first for feature"
            f" {model.names[feature]!r} in row {row} (counting from 0)"
        )
    return attributions


def _own(function: UserExplainer) -> Attributor:
    def attributor(
        model: Model, matrix: FloatArray, _baseline: FloatArray, _random_state: int, /
    ) -> FloatArray:
        attributions: FloatArray = function(model, matrix)
        return attributions

    return attributor
