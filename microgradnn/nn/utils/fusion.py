"""One layer for a convolution, or a linear map, and the batch norm behind it: for evaluation."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeVar

from ..._tensor import Tensor
from ...functions.likeness import ones_like, zeros_like
from ...grad_mode import no_grad
from ..module import Module
from ..parameter import Parameter

M = TypeVar("M", bound=Module)


def fuse_conv_bn_weights(
    conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
    bn_w: Tensor | None, bn_b: Tensor | None, transpose: bool = False,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """Weight and bias of a convolution that computes what it and a batch norm compute.

    Parameters
    ----------
    conv_w, conv_b : Tensor
        Of the convolution; the bias may be None.
    bn_rm, bn_rv : Tensor, shape (channels,)
        Running mean and variance of the batch norm.
    bn_eps : float
    bn_w, bn_b : Tensor, shape (channels,), or None
    transpose : bool
        Whether the convolution is a transposed one.

    Returns
    -------
    (Parameter, Parameter)

    Examples
    --------
    >>> w, rm, rv = mg.ones(1, 1, 1), mg.tensor([1.0]), mg.tensor([4.0])
    >>> weight, bias = mg.nn.utils.fuse_conv_bn_weights(w, None, rm, rv, 0.0, None, None)
    >>> weight.item(), bias.item()
    (0.5, -0.5)
    """
    with no_grad():
        factor: Any = (bn_rv + bn_eps).rsqrt()
        factor = factor * (ones_like(bn_rm) if bn_w is None else bn_w)
        shape = [1] * conv_w.ndim
        shape[1 if transpose else 0] = -1
        weight: Any = conv_w * factor.reshape(shape)
        bias: Any = (zeros_like(bn_rm) if conv_b is None else conv_b) - bn_rm
        bias = bias * factor + (zeros_like(bn_rm) if bn_b is None else bn_b)
    return (
        Parameter(weight.detach(), conv_w.requires_grad),
        Parameter(bias.detach(), True if conv_b is None else conv_b.requires_grad),
    )


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
    bn_w: Tensor | None, bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """Weight and bias of a linear map that computes what it and a batch norm compute.

    Parameters
    ----------
    linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b
        As for `fuse_conv_bn_weights`.

    Returns
    -------
    (Parameter, Parameter)

    Examples
    --------
    >>> w, rm, rv = mg.ones(1, 1), mg.tensor([1.0]), mg.tensor([4.0])
    >>> weight, bias = mg.nn.utils.fuse_linear_bn_weights(w, None, rm, rv, 0.0, None, None)
    >>> weight.item(), bias.item()
    (0.5, -0.5)
    """
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _fused(layer: M, bn: Any, transpose: bool) -> M:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval! Call eval() on both modules first.")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    fused: Any = deepcopy(layer)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias,
        transpose,
    )  # fmt: skip
    made: M = fused
    return made


def fuse_conv_bn_eval(conv: M, bn: Module, transpose: bool = False) -> M:
    """A convolution that computes, in evaluation, what it and a batch norm compute.

    Parameters
    ----------
    conv : Module
        A convolution.
    bn : Module
        A batch norm with running statistics.
    transpose : bool
        Whether the convolution is a transposed one.

    Returns
    -------
    Module
        A new one.

    Raises
    ------
    AssertionError
        In training mode, or without running statistics.

    Examples
    --------
    >>> conv, bn = mg.nn.Conv1d(2, 3, 1).eval(), mg.nn.BatchNorm1d(3).eval()
    >>> x = mg.ones(1, 2, 4)
    >>> mg.allclose(mg.nn.utils.fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)))
    True
    """
    return _fused(conv, bn, transpose)


def fuse_linear_bn_eval(linear: M, bn: Module) -> M:
    """A linear map that computes, in evaluation, what it and a batch norm compute.

    Parameters
    ----------
    linear : Module
    bn : Module
        A batch norm with running statistics.

    Returns
    -------
    Module
        A new one.

    Raises
    ------
    AssertionError
        In training mode, without running statistics, or if the sizes do not fit.

    Examples
    --------
    >>> linear, bn = mg.nn.Linear(2, 3).eval(), mg.nn.BatchNorm1d(3).eval()
    >>> x = mg.ones(1, 2)
    >>> mg.allclose(mg.nn.utils.fuse_linear_bn_eval(linear, bn)(x), bn(linear(x)))
    True
    """
    sizes: Any = (linear, bn)
    features, channels = sizes[0].out_features, sizes[1].num_features
    if channels not in (features, 1):
        raise AssertionError(
            f"To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={features} and bn.num_features={channels}"
        )
    return _fused(linear, bn, False)
