"""Spectral normalisation: a weight divided by its largest singular value, by a hook."""

from __future__ import annotations

from typing import Any, TypeVar

from ..._tensor import Tensor
from ...functions.creation import empty
from ...grad_mode import no_grad
from ..convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..functional import normalize
from ..module import Module
from ..parameter import Parameter
from .weight_norm import check_weight, take_hook

M = TypeVar("M", bound=Module)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """A weight as a matrix whose rows are the slices along a dimension."""
    if dim:
        weight = weight.permute(dim, *(k for k in range(weight.ndim) if k != dim))
    return weight.reshape(weight.shape[0], -1)


def drawn(size: int, like: Tensor, eps: float) -> Tensor:
    """A vector of length 1 in a random direction."""
    return normalize(empty(size, dtype=like.dtype).normal_(0, 1), dim=0, eps=eps)


def output_dim(module: Module, dim: int | None) -> int:
    """The dimension of the outputs in a weight: 1 for transposed convolutions, else 0."""
    if dim is not None:
        return dim
    return int(isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d))


class SpectralNorm:
    """The hook: ``weight = original / sigma`` is computed anew before each ``forward``.

    Parameters
    ----------
    name : str
        Of the parameter.
    n_power_iterations : int
        In training mode, how often the singular vectors are improved.
    dim : int
        The dimension of the outputs.
    eps : float
    """

    def __init__(
        self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.dim = dim
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """The weight divided by ``u @ weight @ v``, of singular vectors that are not learned."""
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    normalize(matrix.T @ u, dim=0, eps=self.eps, out=v)
                    normalize(matrix @ v, dim=0, eps=self.eps, out=u)
                u, v = u.clone(), v.clone()  # a second call before backward() changes them
        result: Tensor = weight / (u @ (matrix @ v))
        return result

    def __call__(self, module: Module, args: Any) -> None:
        """Compute the weight."""
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
    dim: int | None = None,
) -> M:  # fmt: skip
    """Divide a parameter by its largest singular value (Miyato et al., 2018).

    The singular vectors are buffers, improved by power iteration in each call in training mode.

    Parameters
    ----------
    module : Module
    name : str
        Of the parameter.
    n_power_iterations : int
    eps : float
        Keeps denominators away from 0.
    dim : int, optional
        The dimension of the outputs; default: 1 for transposed convolutions, else 0.

    Returns
    -------
    Module
        The same.

    Raises
    ------
    RuntimeError
        If that parameter is normalised already.

    Examples
    --------
    >>> layer = mg.nn.utils.spectral_norm(mg.nn.Linear(2, 3))
    >>> list(layer.state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    weight = check_weight(module, name, SpectralNorm, "spectral_norm")
    hook = SpectralNorm(name, n_power_iterations, output_dim(module, dim), eps)
    with no_grad():
        height, width = as_matrix(weight, hook.dim).shape
        u, v = drawn(height, weight, eps), drawn(width, weight, eps)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)  # type: ignore[arg-type]
    setattr(module, name, weight.detach())
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make a parameter of the normalised weight again.

    Parameters
    ----------
    module : Module
    name : str

    Returns
    -------
    Module
        The same.

    Raises
    ------
    ValueError
        If that parameter is not normalised.

    Examples
    --------
    >>> layer = mg.nn.utils.spectral_norm(mg.nn.Linear(2, 3))
    >>> list(mg.nn.utils.remove_spectral_norm(layer).state_dict())
    ['bias', 'weight']
    """
    hook = take_hook(module, name, SpectralNorm, "spectral_norm")
    with no_grad():
        weight = hook.compute_weight(module, do_power_iteration=False)
    for attribute in (name, f"{name}_u", f"{name}_v", f"{name}_orig"):
        delattr(module, attribute)
    module.register_parameter(name, Parameter(weight.detach()))
    return module
