"""torch networks as models: what they return is declared, and they are used in eval mode."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.models.model import Model, NetworkView, Output, told
from whogains.types import QUANTITIES, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from whogains.frames import Column
    from whogains.types import Task


OUTPUTS: dict[Task, tuple[Output, ...]] = {
    "classification": ("logit", "probability"),
    "regression": ("value",),
    "counts": ("value",),
}

# Rows of one pass: enough for the matrix products, few enough for the caches.
PASS_ROWS = {"cpu": 2048}
PASS_ROWS_ELSEWHERE = 65_536


@dataclass(frozen=True, slots=True)
class TorchModel:
    """A torch network, and what it returns.

    Parameters
    ----------
    module : torch.nn.Module
        From m rows, shape (m, p), all of them numbers and in the order of the columns, to one
        number per row, shape (m,) or (m, 1); or for classification to two, shape (m, 2), for the
        negative and the positive value.
    output : {"logit", "probability", "value"}
        What the numbers are: log-odds or probabilities for classification, values for
        regression. Of two logits per row, the second less the first is the log-odds.
    device : str, optional
        Where to run it, such as "cpu" or "cuda"; by default where its parameters are.

    Notes
    -----
    The module is copied, moved and put into eval mode; the original is left as it is. In a plain
    ``nn.Sequential`` a batch norm is merged into the linear layer before it, which changes its
    output by rounding only.

    Examples
    --------
    >>> TorchModel(module=None, output="logit").output
    'logit'
    """

    module: Any
    output: Output
    device: str | None = None


def is_network(model: object) -> bool:
    """Say whether a model is a torch network, without importing torch.

    Parameters
    ----------
    model : object
        Anything.

    Returns
    -------
    bool
        Whether it is a `TorchModel` or a ``torch.nn.Module``.
    """
    torch = sys.modules.get("torch")
    return isinstance(model, TorchModel) or (
        torch is not None and isinstance(model, torch.nn.Module)
    )


def from_network(given: Any, name: str, task: Task, columns: tuple[Column, ...]) -> Model:
    """Put a torch network behind the interface of a model.

    Parameters
    ----------
    given : TorchModel or torch.nn.Module
        The network. A bare module needs no declaration for regression, nor for classification
        where it is a ``nn.Sequential`` that ends in ``nn.Sigmoid``.
    name : str
        What to call the model in an error.
    task : {"classification", "regression"}
        What it predicts.
    columns : tuple of Column, length p
        The columns that it takes, all of them numbers.

    Returns
    -------
    Model
        The model, with its network.

    Raises
    ------
    InputError
        If it is not said what a classifier returns, or what is said contradicts the task or the
        last layer; if a column is not a number; or if the device is not there.
    """
    if not isinstance(given, TorchModel):
        given = TorchModel(given, _known_output(given, name, task))
    if not is_network(given.module):
        raise InputError(
            f"the {name} model's module is a {type(given.module).__name__}; give a torch.nn.Module"
        )
    if given.output not in OUTPUTS[task]:
        raise InputError(
            f"the {name} model's output is declared as {given.output!r}; for {task} it must be"
            f" {' or '.join(repr(output) for output in OUTPUTS[task])}"
        )
    if given.output == "logit" and _ends_in_sigmoid(given.module):
        raise InputError(
            f"the {name} model's output is declared as 'logit', but its last layer is a sigmoid;"
            " declare 'probability'"
        )
    texts = [column.name for column in columns if column.categories is not None]
    if texts:
        raise InputError(
            f"the {name} model is a torch network and column {texts[0]!r} is not a number; hand"
            " over the numbers that it was trained on"
        )
    return network_model(name, task, columns, given, encode=_same, source=np.arange(len(columns)))


def network_model(
    name: str,
    task: Task,
    columns: tuple[Column, ...],
    given: TorchModel,
    *,
    encode: Callable[[FloatArray], FloatArray],
    source: IntArray,
) -> Model:
    """Make a model of a network and the encoding of its inputs.

    Parameters
    ----------
    name, task, columns
        As for `Model`.
    given : TorchModel
        The network and what it returns.
    encode, source
        As for `NetworkView`.

    Returns
    -------
    Model
        The model.
    """
    view = _view(given, name, encode, source)
    logit = given.output == "logit"

    def predict(matrix: FloatArray) -> Any:
        from scipy.special import expit

        found = network_scores(view, matrix)
        return expit(found) if logit else found

    return Model(name, task, columns, predict, network=view)


def network_scores(view: NetworkView, matrix: FloatArray) -> FloatArray:
    """Run a network without gradients, a few rows at a time.

    Parameters
    ----------
    view : NetworkView
        The network.
    matrix : ndarray of float64, shape (m, p)
        Coded rows of the model.

    Returns
    -------
    ndarray of float64, shape (m,)
        What the network returns.
    """
    import torch

    step = PASS_ROWS.get(view.device.type, PASS_ROWS_ELSEWHERE)
    with torch.inference_mode():
        parts = [
            view.module(network_rows(view, matrix[start : start + step])).cpu().numpy()
            for start in range(0, max(1, len(matrix)), step)
        ]
    return np.concatenate(parts).astype(np.float64)


def network_rows(view: NetworkView, matrix: FloatArray) -> torch.Tensor:
    """Encode rows for a network, on its device.

    Parameters
    ----------
    view : NetworkView
        The network.
    matrix : ndarray of float64, shape (m, p)
        Coded rows of the model.

    Returns
    -------
    torch.Tensor, shape (m, q)
        Its inputs.
    """
    import torch

    encoded = view.encode(matrix)
    # torch warns of memory that it may not write to.
    encoded = encoded if encoded.flags.writeable else encoded.copy()
    return torch.as_tensor(encoded).to(device=view.device, dtype=view.dtype)


def _view(
    given: TorchModel,
    name: str,
    encode: Callable[[FloatArray], FloatArray],
    source: IntArray,
) -> NetworkView:
    from whogains.models.torch_score import score_module

    first = next(given.module.parameters(), None)
    try:
        module = score_module(given.module, given.output)
        module = module if given.device is None else module.to(checked_device(given.device, name))
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"the {name} model cannot be copied: {told(error)}") from error
    import torch

    if first is None:
        device = torch.device(given.device or "cpu")
        return NetworkView(module, encode, source, torch.float32, device)
    moved = next(module.parameters())
    return NetworkView(module, encode, source, moved.dtype, moved.device)


def checked_device(device: str, name: str) -> torch.device:
    """Find a device, and refuse one that is not there.

    Parameters
    ----------
    device : str
        As torch names it: "cpu", "cuda", "cuda:1".
    name : str
        What to call the model in an error.

    Returns
    -------
    torch.device
        The device.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    import torch

    try:
        found = torch.device(device)
        torch.zeros(1, device=found)
    except Exception as error:
        raise InputError(
            f"device={device!r} was asked for the {name} model and is not there"
            f" ({told(error)}); use device='cpu'"
        ) from error
    return found


def _known_output(module: Any, name: str, task: Task) -> Output:
    if task in QUANTITIES:
        return "value"
    if _ends_in_sigmoid(module):
        return "probability"
    raise InputError(
        f"the {name} model is a torch network, and whether it returns log-odds or probabilities"
        " cannot be seen; say so: TorchModel(module, output='logit') or output='probability'"
    )


def _ends_in_sigmoid(module: Any) -> bool:
    from torch import nn

    while type(module) is nn.Sequential and len(module):
        module = module[-1]
    return isinstance(module, nn.Sigmoid)


def _same(matrix: FloatArray) -> FloatArray:
    return matrix
