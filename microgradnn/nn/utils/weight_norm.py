"""Weight normalisation: a weight as length times direction, by a hook before each call."""

from __future__ import annotations

from typing import Any, TypeVar

from ..._tensor import Tensor
from ...functions.linalg_norms import vector_norm
from ..module import Module
from ..parameter import Parameter, is_lazy

M = TypeVar("M", bound=Module)


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """The lengths of the slices along a dimension, that dimension kept; of all of it for -1."""
    if dim == -1:
        return vector_norm(v)
    others = tuple(k for k in range(v.ndim) if k != dim % v.ndim)
    return vector_norm(v, 2.0, others, True) if others else v.abs()


class WeightNorm:
    """The hook: ``weight = g * v / |v|`` is computed anew before each ``forward``.

    Parameters
    ----------
    name : str
        Of the parameter.
    dim : int or None
        The dimension whose slices have a length each; None for one length.
    """

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight, of its present length and direction."""
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        weight: Tensor = v * (g / norm_except_dim(v, self.dim))
        return weight

    def __call__(self, module: Module, args: Any) -> None:
        """Compute the weight."""
        setattr(module, self.name, self.compute_weight(module))


def check_weight(module: Module, name: str, kind: type, what: str) -> Tensor:
    """The parameter that is to be normalised.

    Raises
    ------
    RuntimeError
        If it is already.
    AttributeError, ValueError
        If it is not there, or has no shape yet.
    """
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            raise RuntimeError(
                f"Cannot register two {what} hooks on the same parameter {name} of "
                f"{type(module).__name__}"
            )
    weight = module.get_parameter(name)
    if weight is None:
        raise ValueError(f"{what} cannot be applied as parameter {name!r} is None")
    if is_lazy(weight):
        raise ValueError(
            f"{what}: the module can't have uninitialized parameters; call it once before"
        )
    return weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Replace a parameter by its length and its direction (Salimans and Kingma, 2016).

    The parameter ``weight`` becomes ``weight_g * weight_v / |weight_v|`` with two parameters,
    computed before each call.

    Parameters
    ----------
    module : Module
    name : str
        Of the parameter.
    dim : int, optional
        The dimension whose slices have a length each; None for one length.

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
    >>> layer = mg.nn.utils.weight_norm(mg.nn.Linear(2, 3))
    >>> [(name, tuple(p.shape)) for name, p in layer.named_parameters()]
    [('bias', (3,)), ('weight_g', (3, 1)), ('weight_v', (3, 2))]
    """
    weight = check_weight(module, name, WeightNorm, "weight_norm")
    hook = WeightNorm(name, dim)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight.detach(), hook.dim)))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def take_hook(module: Module, name: str, kind: type, what: str) -> Any:
    """Take a hook away and return it.

    Raises
    ------
    ValueError
        If there is none.
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            del module._forward_pre_hooks[key]
            return hook
    raise ValueError(f"{what} of {name!r} not found in {module}")


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make a parameter of the present length and direction again.

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
    >>> layer = mg.nn.utils.weight_norm(mg.nn.Linear(2, 3))
    >>> list(mg.nn.utils.remove_weight_norm(layer).state_dict())
    ['bias', 'weight']
    """
    hook = take_hook(module, name, WeightNorm, "weight_norm")
    weight = hook.compute_weight(module).detach()
    for attribute in (name, f"{name}_g", f"{name}_v"):
        delattr(module, attribute)
    setattr(module, name, Parameter(weight))
    return module
