"""Activations that are ``x`` for large ``x``, as modules: ReLU and its variants."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from . import functional as f
from . import init
from .linear import empty_parameter
from .module import Module
from .parameter import Parameter


class InPlace(Module):
    """An activation that may write its result into its input.

    Parameters
    ----------
    inplace : bool
    """

    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The options, and whether it works in place."""
        options = [f"{name}={getattr(self, name)}" for name in self._shown]
        return ", ".join(options + ["inplace=True"] * self.inplace)

    _shown: tuple[str, ...] = ()
    """The options that printing shows."""


class ReLU(InPlace):
    """``max(x, 0)``.

    Parameters
    ----------
    inplace : bool
        Whether the result is written into the input.

    Examples
    --------
    >>> mg.nn.ReLU()(mg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.relu(input, self.inplace)


class LeakyReLU(InPlace):
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    Parameters
    ----------
    negative_slope : float
    inplace : bool

    Examples
    --------
    >>> mg.nn.LeakyReLU(0.1)(mg.tensor([-1.0, 2.0]))
    tensor([-0.1000,  2.0000])
    """

    _shown = ("negative_slope",)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.leaky_relu(input, self.negative_slope, self.inplace)


class RReLU(InPlace):
    """``x`` where it is positive, ``x`` times a slope elsewhere: a random one in training mode.

    Parameters
    ----------
    lower, upper : float
        Between them the slopes are drawn; in evaluation mode all are ``(lower + upper) / 2``.
    inplace : bool

    Examples
    --------
    >>> mg.nn.RReLU().eval()(mg.tensor([-24.0, 2.0]))
    tensor([-5.5000,  2.0000])
    """

    _shown = ("lower", "upper")

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__(inplace)
        self.lower = lower
        self.upper = upper

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class PReLU(Module):
    """``x`` where it is positive, ``weight * x`` elsewhere.

    Parameters
    ----------
    num_parameters : int
        How many slopes are learned: one for all, or one for each channel (the second dimension).
    init : float
        What they begin with.
    device : optional
        The CPU.
    dtype : dtype, optional

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)

    Examples
    --------
    >>> mg.nn.PReLU()(mg.tensor([-1.0, 2.0])).detach()
    tensor([-0.2500,  2.0000])
    """

    weight: Parameter

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = empty_parameter((num_parameters,), dtype, device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the slopes to ``init``."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many slopes there are."""
        return f"num_parameters={self.num_parameters}"


class ELU(InPlace):
    """``x`` where it is positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Parameters
    ----------
    alpha : float
    inplace : bool

    Examples
    --------
    >>> mg.nn.ELU()(mg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    _shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.elu(input, self.alpha, self.inplace)


class CELU(InPlace):
    """``x`` where it is positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere: smooth at 0.

    Parameters
    ----------
    alpha : float
    inplace : bool

    Examples
    --------
    >>> mg.nn.CELU(2.0)(mg.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.0000])
    """

    _shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.celu(input, self.alpha, self.inplace)


class SELU(InPlace):
    """`ELU` with the factors that keep mean 0 and variance 1 from layer to layer.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.SELU()(mg.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.selu(input, self.inplace)


class SiLU(InPlace):
    """``x * sigmoid(x)``, also called swish.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.SiLU()(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.silu(input, self.inplace)


class GELU(Module):
    """``x`` times the probability that a standard normal number is smaller than ``x``.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        Whether that probability is taken from a hyperbolic tangent; see `functional.gelu`.

    Examples
    --------
    >>> mg.nn.GELU()(mg.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """The approximation."""
        return f"approximate={self.approximate!r}"


class Mish(InPlace):
    """``x * tanh(softplus(x))``.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.Mish()(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.mish(input, self.inplace)


class Hardswish(InPlace):
    """``x * relu6(x + 3) / 6``.

    Parameters
    ----------
    inplace : bool

    Examples
    --------
    >>> mg.nn.Hardswish()(mg.tensor([1.0, 4.0]))
    tensor([0.6667, 4.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Threshold(InPlace):
    """``x`` where it is larger than ``threshold``, ``value`` elsewhere.

    Parameters
    ----------
    threshold, value : float
    inplace : bool

    Examples
    --------
    >>> mg.nn.Threshold(0.3, -1.0)(mg.tensor([0.1, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    _shown = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold = threshold
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.threshold(input, self.threshold, self.value, self.inplace)


class Softplus(Module):
    """``log(1 + exp(beta x)) / beta``.

    Parameters
    ----------
    beta : float
    threshold : float
        Where ``beta x`` is larger than this, the result is ``x``.

    Examples
    --------
    >>> mg.nn.Softplus()(mg.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """Elementwise."""
        return f.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Both numbers."""
        return f"beta={self.beta}, threshold={self.threshold}"
