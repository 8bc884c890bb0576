"""Losses as modules; what they compute is in ``functional``."""

from __future__ import annotations

from .._tensor import Tensor
from . import functional as f
from .functional.losses import check_reduction
from .module import Module


class _Loss(Module):
    """A loss with a way to reduce it."""

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(reduction)
        super().__init__()
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """A loss with a factor for each class or element, kept as a buffer."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.register_buffer("weight", weight)


class MSELoss(_Loss):
    """The squared error; see `functional.mse_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.MSELoss()(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The absolute error; see `functional.l1_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.L1Loss()(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``, of the same shape."""
        return f.l1_loss(input, target, reduction=self.reduction)


class CrossEntropyLoss(_WeightedLoss):
    """``-log`` of the softmax's probability of the right class; see `functional.cross_entropy`.

    Parameters
    ----------
    weight : Tensor, shape (classes,), optional
        A factor for each class.
    ignore_index : int
        A class number that costs nothing.
    reduction : {"mean", "sum", "none"}
    label_smoothing : float
        How much of the probability is spread evenly over all classes, from 0 to 1.

    Examples
    --------
    >>> mg.nn.CrossEntropyLoss()(mg.tensor([[0.0, 0.0]]), mg.tensor([1]))  # log(2)
    tensor(0.6931)
    """

    def __init__(
        self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logits (batch, classes, ...) against class numbers or probabilities."""
        return f.cross_entropy(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )  # fmt: skip


class NLLLoss(_WeightedLoss):
    """Minus the log-probability of the right class; see `functional.nll_loss`.

    Parameters
    ----------
    weight : Tensor, shape (classes,), optional
    ignore_index : int
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.NLLLoss()(mg.log(mg.tensor([[0.25, 0.75]])), mg.tensor([0]))  # log(4)
    tensor(1.3863)
    """

    def __init__(
        self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean"
    ) -> None:
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of log-probabilities (batch, classes, ...) against class numbers."""
        return f.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class BCELoss(_WeightedLoss):
    """The cross-entropy of two classes, for probabilities; see `functional.binary_cross_entropy`.

    Parameters
    ----------
    weight : Tensor, optional
        A factor for each element.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.BCELoss()(mg.tensor([0.5]), mg.tensor([1.0]))  # log(2)
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of probabilities against targets from 0 to 1, of the same shape."""
        return f.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """`BCELoss` of the sigmoid of its input, in one exact step.

    See `functional.binary_cross_entropy_with_logits`.

    Parameters
    ----------
    weight : Tensor, optional
        A factor for each element.
    reduction : {"mean", "sum", "none"}
    pos_weight : Tensor, optional
        A factor for the targets that are 1.

    Examples
    --------
    >>> mg.nn.BCEWithLogitsLoss()(mg.tensor([0.0]), mg.tensor([1.0]))  # log(2)
    tensor(0.6931)
    """

    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logits against targets from 0 to 1, of the same shape."""
        return f.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )
