"""Losses of classes, and of answers yes or no, as modules."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .._errors import ShapeError
from .._tensor import Tensor
from . import functional as f
from .linear import Linear
from .loss import _Loss, _WeightedLoss


class CrossEntropyLoss(_WeightedLoss):
    """``-log`` of the softmax's probability of the right class; see `functional.cross_entropy`.

    Parameters
    ----------
    weight : Tensor, shape (classes,), optional
        A factor for each class.
    size_average : bool, optional
        A former argument in place of ``reduction``.
    ignore_index : int
        A class number that costs nothing.
    reduce : bool, optional
        A former argument in place of ``reduction``.
    reduction : {"mean", "sum", "none"}
    label_smoothing : float
        How much of the probability is spread evenly over all classes, from 0 to 1.

    Examples
    --------
    >>> mg.nn.CrossEntropyLoss()(mg.tensor([[0.0, 0.0]]), mg.tensor([1]))  # log(2)
    tensor(0.6931)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None,
        ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
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
        A factor for each class.
    size_average : bool, optional
        A former argument in place of ``reduction``.
    ignore_index : int
        A class number that costs nothing.
    reduce : bool, optional
        A former argument in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.NLLLoss()(mg.log(mg.tensor([[0.25, 0.75]])), mg.tensor([0]))  # log(4)
    tensor(1.3863)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None,
        ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of log-probabilities (batch, classes, ...) against class numbers."""
        return f.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class NLLLoss2d(NLLLoss):
    """A former name of `NLLLoss`, which takes pictures too.

    Parameters
    ----------
    weight, size_average, ignore_index, reduce, reduction
        See `NLLLoss`.
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None,
        ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        warnings.warn(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in "
            "replacement.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class LinearCrossEntropyLoss(_WeightedLoss):
    """A last linear layer and `CrossEntropyLoss`; see `functional.linear_cross_entropy`.

    Parameters
    ----------
    in_features, num_classes : int
    out_features : tuple of int
        Further sizes of what is classified: the logits have shape
        (batch, num_classes, *out_features).
    bias : bool
        Of the layer.
    device : optional
        The CPU.
    dtype : dtype, optional
    reduction : {"mean", "sum", "none"}
    weight : Tensor, shape (num_classes,), optional
    ignore_index : int, optional
    label_smoothing : float
    options : optional
        How PyTorch saves memory; ignored.

    Attributes
    ----------
    linear : Linear

    Raises
    ------
    RuntimeError
        If the weight's shape does not fit, or the smoothing is not between 0 and 1.

    Examples
    --------
    >>> loss = mg.nn.LinearCrossEntropyLoss(5, 4)
    >>> list(loss.state_dict())
    ['linear.weight']
    """

    linear: Linear

    def __init__(
        self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (),
        bias: bool = False, device: Any = None, dtype: Any = None, reduction: str = "mean",
        weight: Tensor | None = None, ignore_index: int | None = None,
        label_smoothing: float = 0.0, options: Any = None,
    ) -> None:  # fmt: skip
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise ShapeError(
                f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}"
            )
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(
                f"expected label_smoothing to be in range [0, 1], got {label_smoothing}"
            )
        super().__init__(weight, reduction=reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.linear = Linear(
            in_features, num_classes * math.prod(out_features), bias, device, dtype
        )
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of features (batch, in_features) against class numbers or probabilities."""
        sizes = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        return f.linear_cross_entropy(
            input, self.linear.weight.reshape(*sizes, -1), target,
            linear_bias=None if bias is None else bias.reshape(sizes), weight=self.weight,
            reduction=self.reduction, ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing, options=self.options,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """All options."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, "
            f"reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )


class KLDivLoss(_Loss):
    """Kullback's and Leibler's divergence; see `functional.kl_div`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "batchmean", "sum", "none"}
    log_target : bool
        Whether the target holds logarithms.

    Examples
    --------
    >>> logs = mg.tensor([[0.5, 0.5]]).log()
    >>> mg.nn.KLDivLoss(reduction="batchmean")(logs, mg.tensor([[1.0, 0.0]]))  # log(2)
    tensor(0.6931)
    """

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean", log_target: bool = False,
    ) -> None:  # fmt: skip
        by_batch = reduction == "batchmean" and size_average is None and reduce is None
        super().__init__(size_average, reduce, "sum" if by_batch else reduction)
        if by_batch:
            self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The divergence of log-probabilities from probabilities, or from their logarithms."""
        return f.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class BCELoss(_WeightedLoss):
    """The cross-entropy of two classes, for probabilities; see `functional.binary_cross_entropy`.

    Parameters
    ----------
    weight : Tensor, optional
        A factor for each element.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
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
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
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
        self, weight: Tensor | None = None, size_average: bool | None = None,
        reduce: bool | None = None, reduction: str = "mean", pos_weight: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logits against targets from 0 to 1, of the same shape."""
        return f.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class SoftMarginLoss(_Loss):
    """``log(1 + exp(-target * input))``; see `functional.soft_margin_loss`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.SoftMarginLoss()(mg.tensor([0.0]), mg.tensor([-1.0]))  # log(2)
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against targets of 1 and -1."""
        return f.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """`BCEWithLogitsLoss` averaged over labels; see `functional.multilabel_soft_margin_loss`.

    Parameters
    ----------
    weight : Tensor, shape (labels,), optional
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> loss = mg.nn.MultiLabelSoftMarginLoss()
    >>> loss(mg.tensor([[0.0, 0.0]]), mg.tensor([[1.0, 0.0]]))  # log(2)
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of logits (..., labels) against 0 and 1."""
        return f.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)
