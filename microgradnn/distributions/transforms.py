"""Functions that turn one distribution into another, with PyTorch's names."""

from __future__ import annotations

import math
from typing import Any

from .._size import Size
from ..functions.creation import tensor
from ..functions.elementwise import softmax
from ..functions.likeness import full_like
from ..functions.views import broadcast_shapes
from ..linalg import cholesky
from ..nn.functional import logsigmoid, pad, softplus
from . import constraints
from ._parameters import broadcast_all, float_limits
from ._transform import ComposeTransform as ComposeTransform
from ._transform import IndependentTransform as IndependentTransform
from ._transform import Transform as Transform
from ._transform import identity_transform as identity_transform


class ExpTransform(Transform):
    """``y = exp(x)``.

    Examples
    --------
    >>> from microgradnn.distributions.transforms import ExpTransform
    >>> ExpTransform().inv(mg.tensor([1.0]))
    tensor([0.])
    """

    domain, codomain = constraints.real, constraints.positive
    bijective, sign = True, 1

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``x``."""
        return x


class _Broadcasting(Transform):
    """A transform with parameters that broadcast with what it is given."""

    def forward_shape(self, shape: Any) -> Size:
        shapes = [getattr(argument, "shape", ()) for argument in self._arguments()]
        return Size(broadcast_shapes(shape, *shapes))

    inverse_shape = forward_shape


class PowerTransform(_Broadcasting):
    """``y = x ** exponent``.

    Parameters
    ----------
    exponent : float or Tensor
    cache_size : {0, 1}
    """

    domain, codomain = constraints.positive, constraints.positive
    bijective = True

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        (self.exponent,) = broadcast_all(exponent)

    def _arguments(self) -> tuple[Any, ...]:
        return (self.exponent,)

    @property
    def sign(self) -> Any:
        """That of the exponent."""
        return self.exponent.sign()

    def _call(self, x: Any) -> Any:
        return x.pow(self.exponent)

    def _inverse(self, y: Any) -> Any:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``log |exponent y / x|``."""
        return (self.exponent * y / x).abs().log()


def _clipped_sigmoid(x: Any) -> Any:
    limits = float_limits(x)
    return x.sigmoid().clamp(float(limits.tiny), 1.0 - float(limits.eps))


class SigmoidTransform(Transform):
    """``y = 1 / (1 + exp(-x))``, kept a rounding away from 0 and 1."""

    domain, codomain = constraints.real, constraints.unit_interval
    bijective, sign = True, 1

    def _call(self, x: Any) -> Any:
        return _clipped_sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        limits = float_limits(y)
        y = y.clamp(float(limits.tiny), 1.0 - float(limits.eps))
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``log(y (1 - y))``."""
        return -softplus(-x) - softplus(x)


class SoftplusTransform(Transform):
    """``y = log(1 + exp(x))``."""

    domain, codomain = constraints.real, constraints.positive
    bijective, sign = True, 1

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inverse(self, y: Any) -> Any:
        return (-y).expm1().neg().log() + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``log(sigmoid(x))``."""
        return -softplus(-x)


class TanhTransform(Transform):
    """``y = tanh(x)``.

    Examples
    --------
    >>> from microgradnn.distributions.transforms import TanhTransform
    >>> TanhTransform()(mg.tensor([0.0]))
    tensor([0.])
    """

    domain, codomain = constraints.real, constraints.interval(-1.0, 1.0)
    bijective, sign = True, 1

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inverse(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``log(1 - y**2)``, exact where ``y`` is close to 1."""
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class AbsTransform(Transform):
    """``y = |x|``: no bijection; its inverse gives the positive one."""

    domain, codomain = constraints.real, constraints.positive

    def _call(self, x: Any) -> Any:
        return x.abs()

    def _inverse(self, y: Any) -> Any:
        return y


class AffineTransform(_Broadcasting):
    """``y = loc + scale * x``.

    Parameters
    ----------
    loc, scale : float or Tensor
    event_dim : int
        How many of the last dimensions make one event.
    cache_size : {0, 1}
    """

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc = loc
        self.scale = scale
        self._event_dim = event_dim
        space = constraints.independent(constraints.real, event_dim)
        self.domain = self.codomain = space if event_dim else constraints.real

    def _arguments(self) -> tuple[Any, ...]:
        return self.loc, self.scale, self._event_dim

    @property
    def sign(self) -> Any:
        """That of the scale."""
        if isinstance(self.scale, int | float):
            return (self.scale > 0) - (self.scale < 0)
        return self.scale.sign()

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """``log |scale|``, summed over an event."""
        if isinstance(self.scale, int | float):
            change = full_like(x, math.log(abs(self.scale)))
        else:
            change = self.scale.abs().log()
        last = self._event_dim
        if last:
            change = change.reshape(*change.shape[: change.ndim - last], -1).sum(-1)
        return change.expand(*x.shape[: x.ndim - last])


class SoftmaxTransform(Transform):
    """``y = softmax(x)`` along the last dimension: no bijection, ``log(y)`` undoes it."""

    domain, codomain = constraints.real_vector, constraints.simplex

    def _call(self, x: Any) -> Any:
        return softmax(x, -1)

    def _inverse(self, y: Any) -> Any:
        return y.log()


def _pieces_left(n: int, like: Any) -> Any:
    """How many pieces of a stick there are still to be when each of n is broken off."""
    return tensor([float(n - k) for k in range(n)]).to(like)


class StickBreakingTransform(Transform):
    """``n`` numbers to ``n + 1`` positive ones that sum to 1: pieces broken off a stick.

    Each number says, through a sigmoid, which share of the rest is broken off.
    """

    domain, codomain = constraints.real_vector, constraints.simplex
    bijective = True

    def _call(self, x: Any) -> Any:
        z = _clipped_sigmoid(x - _pieces_left(x.shape[-1], x).log())
        rest = (1 - z).cumprod(-1)
        return pad(z, [0, 1], value=1) * pad(rest, [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        shares = y[..., :-1]
        rest = (1 - shares.cumsum(-1)).clamp(min=float(float_limits(y).tiny))
        return shares.log() - rest.log() + _pieces_left(shares.shape[-1], y).log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum of the pieces' own changes."""
        x = x - _pieces_left(x.shape[-1], x).log()
        return (-x + logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> Size:
        """One more in the last dimension."""
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Any) -> Size:
        """One less in the last dimension."""
        return Size((*shape[:-1], shape[-1] - 1))


class LowerCholeskyTransform(Transform):
    """A square matrix to a lower triangular one with a positive diagonal."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """A square matrix to a positive definite one."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite

    def _call(self, x: Any) -> Any:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Any) -> Any:
        return LowerCholeskyTransform().inv(cholesky(y))


class ReshapeTransform(Transform):
    """Events of one shape to events of another.

    Parameters
    ----------
    in_shape, out_shape : sequence of int
    cache_size : {0, 1}

    Raises
    ------
    ValueError
        If they have not equally many elements.
    """

    bijective, sign = True, 1

    def __init__(self, in_shape: Any, out_shape: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.in_shape, self.out_shape = Size(in_shape), Size(out_shape)
        if self.in_shape.numel() != self.out_shape.numel():
            raise ValueError(
                f"in_shape {tuple(in_shape)} and out_shape {tuple(out_shape)} have different "
                "numbers of elements"
            )
        self.domain = constraints.independent(constraints.real, len(self.in_shape))
        self.codomain = constraints.independent(constraints.real, len(self.out_shape))

    def _arguments(self) -> tuple[Any, ...]:
        return self.in_shape, self.out_shape

    def _call(self, x: Any) -> Any:
        return x.reshape(self.forward_shape(x.shape))

    def _inverse(self, y: Any) -> Any:
        return y.reshape(self.inverse_shape(y.shape))

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """0: elements only move."""
        return full_like(x.reshape(*_before(x.shape, self.in_shape), -1)[..., 0], 0.0)

    def forward_shape(self, shape: Any) -> Size:
        """The shape with the new event."""
        return Size((*_before(shape, self.in_shape), *self.out_shape))

    def inverse_shape(self, shape: Any) -> Size:
        """The shape with the old event."""
        return Size((*_before(shape, self.out_shape), *self.in_shape))


def _before(shape: Any, event: Size) -> tuple[int, ...]:
    """A shape without the event that it must end with."""
    cut = len(shape) - len(event)
    if cut < 0 or tuple(shape[cut:]) != tuple(event):
        raise ValueError(f"the shape {tuple(shape)} does not end with {tuple(event)}")
    return tuple(shape[:cut])
