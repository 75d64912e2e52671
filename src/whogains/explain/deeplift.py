"""DeepLIFT's rescale rule as the gradient of a network whose activations are secants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import nn

# Nearer to the reference than this the secant is the tangent, as in captum.
NEAR = 1e-10

# Layers that act on each number alone and are not linear.
ACTIVATIONS = ("ReLU", "ELU", "LeakyReLU", "Sigmoid", "Tanh", "Softplus")

# What captum gives a rule of its own.
OTHERS = ("Softmax", "MaxPool1d", "MaxPool2d", "MaxPool3d")


def elementwise(module: nn.Module) -> bool:
    """Say whether layers that need a rule act on single numbers, as `secant_gradients` asks."""
    return not any(type(part).__name__ in OTHERS for part in module.modules())


def secant_gradients(
    module: nn.Module, rows: torch.Tensor, reference: torch.Tensor
) -> torch.Tensor:
    """Differentiate a network in which each activation is its secant from the reference.

    Parameters
    ----------
    module : torch.nn.Module
        From m rows, shape (m, q), to m scores, shape (m,).
    rows : torch.Tensor, shape (m, q)
        The rows.
    reference : torch.Tensor, shape (1, q)
        The reference.

    Returns
    -------
    torch.Tensor, shape (m, q)
        DeepLIFT's multipliers.

    Notes
    -----
    An activation a(z) is replaced by a(z0) + s (z - z0) with the constant slope
    s = (a(z) - a(z0)) / (z - z0), z0 being its input for the reference. It has the same value,
    and its gradient is the rescale rule. The reference passes once, rather than once for each
    row.
    """
    import torch

    at_reference: list[tuple[torch.Tensor, torch.Tensor]] = []

    def remember(_layer: nn.Module, given: tuple[torch.Tensor, ...], returned: Any) -> None:
        at_reference.append((given[0].detach(), returned.detach()))

    def replace(_layer: nn.Module, given: tuple[torch.Tensor, ...], returned: Any) -> Any:
        # Layers are called in the same order again, also one that is called twice.
        z0, a0 = next(order)
        distance = given[0].detach() - z0
        near = distance.abs() < NEAR
        slope = (returned.detach() - a0) / torch.where(near, 1.0, distance)
        secant = slope * (given[0] - z0) + a0
        return torch.where(near, returned, secant) if bool(near.any()) else secant

    layers = [part for part in module.modules() if type(part).__name__ in ACTIVATIONS]
    with torch.no_grad():
        _hooked(module, layers, remember, reference)
    order = iter(at_reference)
    rows = rows.detach().requires_grad_()
    scores = _hooked(module, layers, replace, rows)
    (gradients,) = torch.autograd.grad(scores.sum(), rows)
    return gradients


def _hooked(module: nn.Module, layers: list[nn.Module], hook: Any, rows: torch.Tensor) -> Any:
    """Run a network with a hook on some of its layers."""
    handles = [layer.register_forward_hook(hook) for layer in layers]
    try:
        return module(rows)
    finally:
        for handle in handles:
            handle.remove()
