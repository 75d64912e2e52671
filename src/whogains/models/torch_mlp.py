"""The default network: standardized inputs, batch norm, early stopping, the same bytes again."""

from __future__ import annotations

import copy
import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from torch import nn

from whogains.errors import InputError
from whogains.models.model import Output
from whogains.models.threads import TORCH_STATE
from whogains.models.torch_module import TorchModel, checked_device
from whogains.types import BoolArray, FloatArray

# Below, no part of the rows can be set aside to stop early.
FEWEST_ROWS = 10


class Standardize(nn.Module):
    """Subtract a mean from each column and divide by a scale.

    Parameters
    ----------
    mean, scale : torch.Tensor, shape (q,)
        The constants.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, mean: torch.Tensor, scale: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Standardize m rows, shape (m, q)."""
        return (rows - self.mean) / self.scale


class NeuralNetwork(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron with one output; see its two subclasses.

    Parameters
    ----------
    hidden : tuple of int
        Widths of the hidden layers: each is linear, batch norm, ReLU.
    dropout : float
        Share of each hidden layer's outputs that a training step leaves out; the fitted network
        has no such layer.
    learning_rate, weight_decay : float
        Of Adam with decoupled weight decay.
    batch_rows : int
        Fewest rows of one step.
    max_epochs, patience : int
        Training stops when the validation loss has not improved for `patience` epochs, or after
        `max_epochs`; the best weights are kept.
    validation : float
        Share of the rows given to `fit` that is set aside to decide when to stop.
    device : str
        Where to train and run.
    random_state : int, optional
        Seed of the weights, the validation rows and the order of rows; None is 0.

    Notes
    -----
    Inputs are standardized with the mean and standard deviation of the rows that steps are made
    on, for regression the outcome with those of all rows given to `fit`. The network contains
    that step, so that it takes and returns plain units. One thread is used, so that on one
    machine the same rows and seed give the same bytes.
    """

    output: Output

    def __init__(
        self,
        *,
        hidden: tuple[int, ...] = (64, 32),
        dropout: float = 0.0,
        learning_rate: float = 3e-3,
        weight_decay: float = 1e-2,
        batch_rows: int = 128,
        max_epochs: int = 200,
        patience: int = 12,
        validation: float = 0.15,
        device: str = "cpu",
        random_state: int | None = None,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_rows = batch_rows
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation = validation
        self.device = device
        self.random_state = random_state

    def network(self) -> TorchModel:
        """Give the fitted network, with what it returns."""
        return TorchModel(self.module_, self.output)

    def _fit(self, X: FloatArray, y: FloatArray, strata: FloatArray, loss: nn.Module) -> None:
        if len(y) < FEWEST_ROWS:
            raise InputError(f"mlp needs at least {FEWEST_ROWS} training rows, and has {len(y)}")
        device = checked_device(self.device, "mlp")
        seed = self.random_state or 0
        aside = set_aside(strata, self.validation, seed)
        rows = torch.as_tensor(X, dtype=torch.float32, device=device)
        target = torch.as_tensor(y, dtype=torch.float32, device=device)
        _compiler()
        draws = _Draws(seed, device)
        with _one_thread():
            trained = self._trained(
                rows, target, torch.as_tensor(aside, device=device), loss, draws
            )
        self.n_features_in_ = X.shape[1]
        self.module_ = trained.eval()

    def _trained(
        self,
        rows: torch.Tensor,
        target: torch.Tensor,
        aside: torch.Tensor,
        loss: nn.Module,
        draws: _Draws,
    ) -> nn.Sequential:
        """Train until the loss on the rows set aside no longer improves."""
        rows, held, target, held_target = rows[~aside], rows[aside], target[~aside], target[aside]
        scale, mean = torch.std_mean(rows, dim=0, correction=0)
        before = Standardize(mean, torch.where(scale > 0, scale, 1.0))
        rows, held = before(rows), before(held)
        layers = _layers(rows.shape[1], self.hidden, self.dropout, draws)
        body = nn.Sequential(*layers).to(rows.device)
        optimizer = torch.optim.AdamW(
            body.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        batches = max(1, len(rows) // self.batch_rows)
        best, best_state, waited = float("inf"), copy.deepcopy(body.state_dict()), 0
        for _ in range(self.max_epochs):
            body.train()
            # On the CPU whatever the device, so that the order depends on the seed alone.
            order = torch.randperm(len(rows), generator=draws.order).to(rows.device)
            for at in torch.tensor_split(order, batches):
                optimizer.zero_grad()
                loss(body(rows[at])[:, 0], target[at]).backward()
                optimizer.step()
            body.eval()
            with torch.inference_mode():
                now = float(loss(body(held)[:, 0], held_target))
            waited += 1
            if now < best:
                best, best_state, waited = now, copy.deepcopy(body.state_dict()), 0
            if waited >= self.patience:
                break
        body.load_state_dict(best_state)
        # Dropout is for training only, and explainers need not know it.
        kept = [layer for layer in body if not isinstance(layer, Dropout)]
        return nn.Sequential(before, *kept)

    def _scores(self, X: FloatArray) -> FloatArray:
        with torch.inference_mode():
            rows = torch.as_tensor(X, dtype=torch.float32, device=self.device)
            found: FloatArray = self.module_(rows)[:, 0].double().cpu().numpy()
        return found


class MLPClassifier(ClassifierMixin, NeuralNetwork):  # type: ignore[misc]  # as above
    """A multilayer perceptron for two classes; parameters as `NeuralNetwork`.

    Parameters
    ----------
    **parameters
        As for `NeuralNetwork`.
    """

    output: Output = "logit"

    def fit(self, X: FloatArray, y: npt.NDArray[Any]) -> MLPClassifier:
        """Fit on n rows, shape (n, q), and their classes, shape (n,)."""
        self.classes_ = np.unique(y)
        positive = np.asarray(y == self.classes_[-1], dtype=np.float64)
        self._fit(X, positive, positive, nn.BCEWithLogitsLoss())
        return self

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Give the probabilities of both classes, shape (m, 2)."""
        from scipy.special import expit

        scores = self._scores(X)
        return np.column_stack([expit(-scores), expit(scores)])

    def predict(self, X: FloatArray) -> npt.NDArray[Any]:
        """Give the more probable class, shape (m,)."""
        labels: npt.NDArray[Any] = self.classes_[(self._scores(X) >= 0).astype(np.intp)]
        return labels


class MLPRegressor(RegressorMixin, NeuralNetwork):  # type: ignore[misc]  # as above
    """A multilayer perceptron for numbers; parameters as `NeuralNetwork`.

    Parameters
    ----------
    **parameters
        As for `NeuralNetwork`.
    """

    output: Output = "value"

    def fit(self, X: FloatArray, y: FloatArray) -> MLPRegressor:
        """Fit on n rows, shape (n, q), and their outcomes, shape (n,)."""
        y = np.asarray(y, dtype=np.float64)
        mean, scale = float(y.mean()), float(y.std()) or 1.0
        self._fit(X, (y - mean) / scale, np.zeros(len(y)), nn.MSELoss())
        state = self.module_.state_dict()
        weight, bias = list(state)[-2:]
        # The last layer takes the outcome's units over.
        state[weight].mul_(scale)
        state[bias].mul_(scale).add_(mean)
        return self

    def predict(self, X: FloatArray) -> FloatArray:
        """Give the values, shape (m,)."""
        return self._scores(X)


def set_aside(strata: FloatArray, share: float, seed: int) -> BoolArray:
    """Choose validation rows, the same share of each stratum.

    Parameters
    ----------
    strata : ndarray of float64, shape (n,)
        The stratum of each row.
    share : float
        How much of each is set aside, rounded to whole rows and at least one in all.
    seed : int
        The seed of the draw.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether the row is set aside.
    """
    rng = np.random.default_rng(seed)
    aside = np.zeros(len(strata), dtype=np.bool_)
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        aside[rows[: round(share * len(rows))]] = True
    if not aside.any():
        aside[rng.integers(len(strata))] = True
    return aside


class _Draws:
    """Generators of one training alone: no other thread draws from them, or sees them."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self.order = torch.Generator().manual_seed(seed)
        own = device.type == "cpu"
        self.dropout = self.order if own else torch.Generator(device).manual_seed(seed)


class Dropout(nn.Module):
    """Leave out a share of the inputs while training, as `torch.nn.Dropout` does.

    Parameters
    ----------
    share : float
        How much is left out.
    generator : torch.Generator
        What the draws come from; torch's own layer has none but the global one.
    """

    def __init__(self, share: float, generator: torch.Generator) -> None:
        super().__init__()
        self.share, self.generator = share, generator

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Leave out inputs, and scale the others so that their mean stays."""
        if not self.training:
            return rows
        kept = 1 - self.share
        return rows * torch.empty_like(rows).bernoulli_(kept, generator=self.generator).div_(kept)


def _layers(width: int, hidden: tuple[int, ...], dropout: float, draws: _Draws) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for wide in hidden:
        layers += [_linear(width, wide, draws.order), nn.BatchNorm1d(wide), nn.ReLU()]
        layers += [Dropout(dropout, draws.dropout)] if dropout else []
        width = wide
    return [*layers, _linear(width, 1, draws.order)]


def _linear(width: int, wide: int, generator: torch.Generator) -> nn.Module:
    """Make a linear layer as torch does, with the same draws, from a generator of its own."""
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, width, wide)  # type: ignore[no-untyped-call]
    nn.init.kaiming_uniform_(layer.weight, a=sqrt(5), generator=generator)
    nn.init.uniform_(layer.bias, -1 / sqrt(width), 1 / sqrt(width), generator=generator)
    return layer


@cache
def _compiler() -> None:
    """Import what torch imports with its first layers and optimizer, and put back what that sets.

    It names a folder for compiled code in the environment, and brings a filter of warnings.
    """
    with TORCH_STATE, warnings.catch_warnings():
        before = dict(os.environ)
        importlib.import_module("torch._dynamo")
        for name in {*os.environ} - {*before}:
            del os.environ[name]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Add up in one order; torch's number of threads is one for the whole process."""
    with TORCH_STATE:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
