"""A network that returns one score per row, ready to be run and differentiated."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from torch import nn
from torch.nn.utils.fusion import fuse_linear_bn_eval

if TYPE_CHECKING:
    import torch

    from whogains.models.model import Output


class ScoreModule(nn.Module):
    """A network with one number per row, whatever shape its own output has.

    Parameters
    ----------
    network : torch.nn.Module
        Returns shape (m,), (m, 1) or, for classification, (m, 2).
    output : {"logit", "probability", "value"}
        What it returns.
    """

    def __init__(self, network: nn.Module, output: Output) -> None:
        super().__init__()
        self.network = network
        self.output = output

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Score m rows, shape (m, q)."""
        returned: torch.Tensor = self.network(rows)
        if returned.ndim == 2 and returned.shape[1] == 1:
            return returned[:, 0]
        if returned.ndim == 2 and returned.shape[1] == 2 and self.output != "value":
            if self.output == "probability":
                return returned[:, 1]
            return returned[:, 1] - returned[:, 0]
        return returned


def score_module(module: nn.Module, output: Output) -> ScoreModule:
    """Copy a network, put it into eval mode, and freeze it; the network is left as it is.

    Batch norms of a plain ``nn.Sequential`` are merged into the linear layers before them.
    """
    own = copy.deepcopy(module).eval().requires_grad_(requires_grad=False)
    return ScoreModule(merged(own), output).eval()


def merged(module: nn.Module) -> nn.Module:
    """Merge each batch norm into the linear layer before it: half the time of a small network.

    Parameters
    ----------
    module : torch.nn.Module
        A network in eval mode.

    Returns
    -------
    torch.nn.Module
        The same function; another module where it is a ``nn.Sequential`` in which nothing hooks in
        and rows stay rows.
    """
    # A subclass may have a forward of its own, and a hook would see other layers.
    if type(module) is not nn.Sequential or any(
        _hooked(part) or _reshapes(part) for part in module.modules()
    ):
        return module
    layers: list[nn.Module] = []
    for layer in module:
        last = layers[-1] if layers else None
        if (
            type(last) is nn.Linear
            and type(layer) is nn.BatchNorm1d
            and layer.running_mean is not None
        ):
            layers[-1] = fuse_linear_bn_eval(last, layer).requires_grad_(requires_grad=False)
        else:
            layers.append(merged(layer))
    return nn.Sequential(*layers).eval()


def _hooked(module: nn.Module) -> bool:
    # torch has no public way to ask.
    return bool(module._forward_hooks or module._forward_pre_hooks)  # noqa: SLF001


def _reshapes(module: nn.Module) -> bool:
    """Say whether a layer may make more than two dimensions of rows.

    A batch norm then runs along another one than the linear layer.
    """
    known = type(module).__module__.partition(".")[0] in {"torch", "whogains"}
    return not known or isinstance(module, nn.Unflatten)
