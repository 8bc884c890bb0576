"""Activations that are bounded, or that shrink their input, as modules."""

from __future__ import annotations

import warnings

from .._tensor import Tensor
from . import functional as f
from .module import Module
from .rectifier import InPlace


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> mg.nn.Sigmoid()(mg.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.sigmoid(input)


class Hardsigmoid(InPlace):
    """``relu6(x + 3) / 6``.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.Hardsigmoid()(mg.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class LogSigmoid(Module):
    """``log(sigmoid(x))``.

    Examples
    --------
    >>> mg.nn.LogSigmoid()(mg.tensor([0.0]))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent.

    Examples
    --------
    >>> mg.nn.Tanh()(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.tanh(input)


class Hardtanh(InPlace):
    """``x`` between two limits, the limit beyond them.

    Parameters
    ----------
    min_val, max_val : float
    inplace : bool
    min_value, max_value : float, optional
        Former names of the limits.

    Raises
    ------
    AssertionError
        If the limits are not in order.

    Examples
    --------
    >>> mg.nn.Hardtanh()(mg.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    _shown: tuple[str, ...] = ("min_val", "max_val")

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
        min_value: float | None = None, max_value: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(inplace)
        for old, value in (("min_value", min_value), ("max_value", max_value)):
            if value is not None:
                warnings.warn(
                    f"keyword argument `{old}` is deprecated and renamed to `{old[:-2]}`",
                    FutureWarning,
                    stacklevel=2,
                )
        min_val = min_val if min_value is None else min_value
        max_val = max_val if max_value is None else max_value
        if not min_val < max_val:
            raise AssertionError(f"max_val ({max_val}) must be greater than min_val ({min_val})")
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.hardtanh(input, self.min_val, self.max_val, self.inplace)


class ReLU6(Hardtanh):
    """``min(max(x, 0), 6)``.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.ReLU6()(mg.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """

    _shown = ()

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)


class Softsign(Module):
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> mg.nn.Softsign()(mg.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.softsign(input)


class Tanhshrink(Module):
    """``x - tanh(x)``.

    Examples
    --------
    >>> mg.nn.Tanhshrink()(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.tanhshrink(input)


class Softshrink(Module):
    """``x`` moved towards 0 by ``lambd``, and not beyond.

    Parameters
    ----------
    lambd : float

    Examples
    --------
    >>> mg.nn.Softshrink()(mg.tensor([-1.0, 0.2, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """How far it moves."""
        return f"{self.lambd}"


class Hardshrink(Module):
    """0 between ``-lambd`` and ``lambd``, ``x`` beyond them.

    Parameters
    ----------
    lambd : float

    Examples
    --------
    >>> mg.nn.Hardshrink()(mg.tensor([-1.0, 0.2]))
    tensor([-1.,  0.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The limit."""
        return f"{self.lambd}"


class GLU(Module):
    """One half of the input times the sigmoid of the other.

    Parameters
    ----------
    dim : int
        The dimension that is halved.

    Examples
    --------
    >>> mg.nn.GLU()(mg.tensor([3.0, 8.0, 0.0, 0.0]))
    tensor([1.5000, 4.0000])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Half as large along ``dim``."""
        return f.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"
