"""Losses that ask for a margin, as modules."""

from __future__ import annotations

from collections.abc import Callable

from .._tensor import Tensor
from . import functional as f
from .distance import PairwiseDistance
from .loss import _Loss, _WeightedLoss


class HingeEmbeddingLoss(_Loss):
    """Of distances that are to be small or large; see `functional.hinge_embedding_loss`.

    Parameters
    ----------
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.HingeEmbeddingLoss()(mg.tensor([0.25]), mg.tensor([-1.0]))
    tensor(0.7500)
    """

    def __init__(
        self, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of distances against targets of 1 and -1."""
        return f.hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """Of two numbers, which of them is to be larger; see `functional.margin_ranking_loss`.

    Parameters
    ----------
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> mg.nn.MarginRankingLoss()(mg.tensor([1.0]), mg.tensor([3.0]), mg.tensor([1.0]))
    tensor(2.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input1 - input2`` against targets of 1 and -1."""
        return f.margin_ranking_loss(input1, input2, target, self.margin, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """The lead of the right class over the others; see `functional.multi_margin_loss`.

    Parameters
    ----------
    p : {1, 2}
    margin : float
    weight : Tensor, shape (classes,), optional
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        For another ``p``, or a weight that is no vector.

    Examples
    --------
    >>> mg.nn.MultiMarginLoss()(mg.tensor([[0.5, 0.0, 1.0]]), mg.tensor([0]))
    tensor(0.6667)
    """

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
        size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss: only p == 1 and p == 2 supported, got {p}")
        if weight is not None and weight.dim() != 1:
            raise ValueError(
                f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.dim()}D "
                "instead"
            )
        super().__init__(weight, size_average, reduce, reduction)
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of numbers (batch, classes) against class numbers."""
        return f.multi_margin_loss(
            input, target, self.p, self.margin, self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """The lead of labels that hold over the others; see `functional.multilabel_margin_loss`.

    Parameters
    ----------
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> x, y = mg.tensor([[0.1, 0.2, 0.4, 0.8]]), mg.tensor([[3, 0, -1, 1]])
    >>> mg.nn.MultiLabelMarginLoss()(x, y)
    tensor(0.8500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of numbers (batch, classes) against labels, of the same shape."""
        return f.multilabel_margin_loss(input, target, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """The angle between two vectors; see `functional.cosine_embedding_loss`.

    Parameters
    ----------
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> x, y = mg.tensor([[1.0, 0.0]]), mg.tensor([[0.0, 2.0]])
    >>> mg.nn.CosineEmbeddingLoss()(x, y, mg.tensor([1.0]))
    tensor(1.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of two vectors each against targets of 1 and -1."""
        return f.cosine_embedding_loss(
            input1, input2, target, self.margin, reduction=self.reduction
        )


class TripletMarginLoss(_Loss):
    """Near to one vector, far from another; see `functional.triplet_margin_loss`.

    Parameters
    ----------
    margin : float
        Positive.
    p : float
    eps : float
    swap : bool
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If ``margin`` is not positive.

    Examples
    --------
    >>> a, b, c = mg.tensor([[0.0]]), mg.tensor([[3.0]]), mg.tensor([[1.0]])
    >>> mg.nn.TripletMarginLoss()(a, b, c)
    tensor(3.)
    """

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
        size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        if not margin > 0:
            raise ValueError(
                f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead"
            )
        super().__init__(size_average, reduce, reduction)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of vectors, each with one to be near to and one to be far from."""
        return f.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap,
            reduction=self.reduction,
        )  # fmt: skip


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` for any distance.

    Parameters
    ----------
    distance_function : callable, optional
        Of two Tensors. Default: `PairwiseDistance`.
    margin : float
        Positive.
    swap : bool
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If ``margin`` is not positive.

    Examples
    --------
    >>> a, b, c = mg.tensor([[0.0]]), mg.tensor([[3.0]]), mg.tensor([[1.0]])
    >>> mg.nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).norm())(a, b, c)
    tensor(3.)
    """

    def __init__(
        self, *, distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0, swap: bool = False, reduction: str = "mean",
    ) -> None:  # fmt: skip
        if not margin > 0:
            raise ValueError(
                "TripletMarginWithDistanceLoss: expected margin to be greater than 0, got "
                f"{margin} instead"
            )
        super().__init__(reduction=reduction)
        self.distance_function = distance_function or PairwiseDistance()
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of vectors, each with one to be near to and one to be far from."""
        return f.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function,
            margin=self.margin, swap=self.swap, reduction=self.reduction,
        )  # fmt: skip
