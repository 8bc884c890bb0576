"""Losses as modules, and those of numbers; what they compute is in ``functional``."""

from __future__ import annotations

from .._tensor import Tensor
from . import functional as f
from .functional.reduction import chosen
from .module import Module


class _Loss(Module):
    """A loss with a way to reduce it.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        For another reduction.
    """

    reduction: str

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        reduction = chosen(reduction, size_average, reduce)
        super().__init__()
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """A loss with a factor for each class or element, kept as a buffer."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class L1Loss(_Loss):
    """The absolute error; see `functional.l1_loss`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.L1Loss()(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """The squared error; see `functional.mse_loss`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.MSELoss()(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared for differences up to ``beta``; see `functional.smooth_l1_loss`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}
    beta : float

    Examples
    --------
    >>> mg.nn.SmoothL1Loss()(mg.tensor([0.0]), mg.tensor([3.0]))
    tensor(2.5000)
    """

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean", beta: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Squared for differences up to ``delta``; see `functional.huber_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    delta : float

    Raises
    ------
    TypeError
        If ``delta`` is no number.

    Examples
    --------
    >>> mg.nn.HuberLoss(delta=2.0)(mg.tensor([0.0]), mg.tensor([3.0]))
    tensor(4.)
    """

    def __init__(
        self, reduction: str = "mean", delta: float = 1.0,
    ) -> None:  # fmt: skip
        if not isinstance(delta, float | int):
            raise TypeError(f"delta must be a float or int, got: {type(delta).__name__}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.huber_loss(input, target, self.reduction, self.delta)


class PoissonNLLLoss(_Loss):
    """Minus the log-likelihood of counts; see `functional.poisson_nll_loss`.

    Parameters
    ----------
    log_input : bool
        Whether the input is the logarithm of the expected count.
    full : bool
        Whether ``log(target!)`` is added.
    size_average : bool, optional
        A former argument in place of ``reduction``.
    eps : float
    reduce : bool, optional
        A former argument in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.PoissonNLLLoss()(mg.tensor([0.0]), mg.tensor([2.0]))
    tensor(1.)
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: bool | None = None,
        eps: float = 1e-8, reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss of expected counts, or their logarithms, against counts."""
        return f.poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps,
            reduction=self.reduction,
        )  # fmt: skip


class GaussianNLLLoss(_Loss):
    """Minus the log-likelihood of numbers; see `functional.gaussian_nll_loss`.

    Parameters
    ----------
    full : bool
        Whether the constant ``log(2 pi) / 2`` is added.
    eps : float
        What smaller variances count as.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.GaussianNLLLoss()(mg.tensor([1.0]), mg.tensor([3.0]), mg.tensor([1.0]))
    tensor(2.)
    """

    def __init__(
        self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """The loss of means and variances against numbers."""
        return f.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )
