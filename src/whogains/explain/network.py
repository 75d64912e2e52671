"""Explainers of torch networks, by their gradients and by sampling.

All of them explain the network's own score (log-odds where it returns those), and take one
number that sets how much work they do: steps or samples.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.explain.deeplift import elementwise, secant_gradients
from whogains.explain.encoded_columns import by_source
from whogains.models import TORCH_STATE, needed, network_rows, network_scores
from whogains.types import FloatArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from whogains.models import Model, NetworkView


STEPS = 50
SAMPLES = 25

# Evaluations of the network in one pass: enough for the matrix products, few enough for caches.
PASS_ROWS = {"cpu": 2048}
PASS_ROWS_ELSEWHERE = 65_536


def network_of(model: Model, explainer: str) -> NetworkView:
    """Find the network in a model, or say why there is none for the explainer that needs it.

    Raises
    ------
    InputError
        If the model is no torch network.
    """
    if model.network is None:
        raise InputError(
            f"{explainer} needs the gradients of a torch network, and the {model.name} model is"
            " none; use permutation_shap"
        )
    return model.network


def score_change(model: Model, matrix: FloatArray, baseline: FloatArray) -> FloatArray:
    """Compute what attributions of a network's score add up to: it less the baseline's, (n,)."""
    view = network_of(model, "completeness")
    return network_scores(view, matrix) - network_scores(view, baseline[None, :])


def integrated_gradients(
    model: Model,
    matrix: FloatArray,
    baseline: FloatArray,
    _random_state: int,
    steps: int = STEPS,
) -> FloatArray:
    """Integrate a network's gradients on the straight way from the baseline to each row.

    Parameters
    ----------
    model : Model
        A model with a network.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        Where the way begins.
    _random_state : int
        Not used: the values are exact but for the quadrature.
    steps : int
        Nodes of the Gauss-Legendre quadrature.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in the score; each row adds up, but for the quadrature, to the
        difference of its score from the baseline's.

    Raises
    ------
    InputError
        If the model has no network.

    Notes
    -----
    The same numbers as ``captum.attr.IntegratedGradients`` with its default method, several
    times as fast: many nodes of few rows are one pass that fits the caches.

    References
    ----------
    .. [1] Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", ICML 2017,
       equation 1.
    """
    view = network_of(model, "integrated_gradients")
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    return _path_gradients(view, matrix, baseline, (1 + nodes) / 2, weights / 2)


def gradient_shap(
    model: Model,
    matrix: FloatArray,
    baseline: FloatArray,
    random_state: int,
    samples: int = SAMPLES,
) -> FloatArray:
    """Average a network's gradients at random places between the baseline and each row.

    Parameters
    ----------
    model : Model
        A model with a network.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        One background row; the average over several is taken by `attribute`.
    random_state : int
        The seed of the places.
    samples : int
        How many places.

    Returns
    -------
    ndarray of float64, shape (n, p)
        Expected gradients: the part of each feature in the score.

    Raises
    ------
    InputError
        If the model has no network.

    Notes
    -----
    All rows share the places, unlike in ``captum.attr.GradientShap`` (whose expectation this
    has), so that the explanation of one row does not depend on the others.

    References
    ----------
    .. [1] Erion, Janizek, Sturmfels, Lundberg, Lee, "Improving performance of deep learning
       models with axiomatic attribution priors and expected gradients", Nature Machine
       Intelligence 3, 2021, equation 3.
    """
    view = network_of(model, "gradient_shap")
    places = np.random.default_rng(random_state).random(samples)
    return _path_gradients(view, matrix, baseline, places, np.full(samples, 1 / samples))


def deeplift(
    model: Model, matrix: FloatArray, baseline: FloatArray, _random_state: int
) -> FloatArray:
    """Attribute a network's score by DeepLIFT's rescale rule.

    Parameters
    ----------
    model : Model
        A model with a network.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        The reference.
    _random_state : int
        Not used: the values are exact.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in the score.

    Raises
    ------
    InputError
        If the model has no network, or captum is needed and cannot read it.

    Notes
    -----
    The same numbers as ``captum.attr.DeepLift``, which is used for networks with a softmax or
    pooling inside; see `secant_gradients` for the others. The rule is applied to layers that are
    modules (``nn.ReLU``); for functions such as ``torch.relu`` the bare gradient is taken, and
    the attributions then do not add up, which is reported.

    References
    ----------
    .. [1] Shrikumar, Greenside, Kundaje, "Learning Important Features Through Propagating
       Activation Differences", ICML 2017, section 3.5.1.
    """
    view = network_of(model, "deeplift")
    reference = network_rows(view, baseline[None, :])
    found = []
    for part in _parts(view, matrix, 1):
        rows = network_rows(view, part)
        if elementwise(view.module):
            gradients = secant_gradients(view.module, rows, reference)
            found.append(_array(gradients * (rows - reference)))
        else:
            found.append(_array(_captum_deeplift(view, rows, reference)))
    return by_source(np.concatenate(found), view.source, matrix.shape[1])


def _captum_deeplift(
    view: NetworkView, rows: torch.Tensor, reference: torch.Tensor
) -> torch.Tensor:
    needed("captum", "deeplift of a network with a softmax or pooling", extra="torch")
    from captum.attr import DeepLift

    with warnings.catch_warnings():
        # captum tells that it hooks into the network, which is a copy.
        warnings.simplefilter("ignore")
        found: torch.Tensor = DeepLift(view.module).attribute(rows, reference)
    return found


def shapley_sampling(
    model: Model,
    matrix: FloatArray,
    baseline: FloatArray,
    random_state: int,
    samples: int = SAMPLES,
) -> FloatArray:
    """Sample Shapley values of a network's score, through captum.

    Parameters
    ----------
    model : Model
        A model with a network.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        What a feature is set to while it is not yet known.
    random_state : int
        The seed of the orders, which all rows share.
    samples : int
        How many orders are drawn. Each costs p passes.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in the score; each row adds up to the difference of its score
        from the baseline's.

    Raises
    ------
    InputError
        If the model has no network.

    References
    ----------
    .. [1] Castro, Gómez, Tejada, "Polynomial calculation of the Shapley value based on
       sampling", Computers & Operations Research 36, 2009, section 3.
    """
    view = network_of(model, "shapley_sampling")
    needed("captum", "shapley_sampling", extra="torch")
    import torch
    from captum.attr import ShapleyValueSampling

    explainer = ShapleyValueSampling(view.module)
    reference = network_rows(view, baseline[None, :])
    # The columns that a category was encoded as come and go together.
    together = torch.as_tensor(view.source, device=view.device)[None, :]
    _, first = np.unique(view.source, return_index=True)
    found = []
    for part in _parts(view, matrix, 1):
        with TORCH_STATE, torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(random_state)
            values = explainer.attribute(
                network_rows(view, part),
                reference,
                feature_mask=together,
                n_samples=samples,
            )
        found.append(_array(values)[:, first])
    return np.concatenate(found)


def _path_gradients(
    view: NetworkView,
    matrix: FloatArray,
    baseline: FloatArray,
    places: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Average gradients at given places between the baseline and each row."""
    import torch

    at = torch.as_tensor(places, dtype=view.dtype, device=view.device)[:, None, None]
    weight = torch.as_tensor(weights, dtype=view.dtype, device=view.device)
    reference = network_rows(view, baseline[None, :])
    found = []
    for part in _parts(view, matrix, len(places)):
        way = network_rows(view, part) - reference
        points = (reference + at * way).requires_grad_()
        scores = view.module(points.flatten(0, 1))
        (gradients,) = torch.autograd.grad(scores.sum(), points)
        found.append(_array(torch.tensordot(weight, gradients, dims=1) * way))
    return by_source(np.concatenate(found), view.source, matrix.shape[1])


def _parts(view: NetworkView, matrix: FloatArray, evaluations: int) -> Iterator[FloatArray]:
    """Split rows so that one pass holds a bounded number of evaluations."""
    most = PASS_ROWS.get(view.device.type, PASS_ROWS_ELSEWHERE)
    step = max(1, most // evaluations)
    return (matrix[start : start + step] for start in range(0, len(matrix), step))


def _array(values: torch.Tensor | Any) -> FloatArray:
    found: FloatArray = values.detach().cpu().numpy().astype(np.float64)
    return found
