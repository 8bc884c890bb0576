"""Losses of sequences, as modules."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from . import functional as f
from .loss import _Loss


class CTCLoss(_Loss):
    """Connectionist temporal classification; see `functional.ctc_loss`.

    Parameters
    ----------
    blank : int
        The class that is the blank.
    reduction : {"mean", "sum", "none"}
        For the mean each loss is divided by its number of labels first.
    zero_infinity : bool
        Whether a sequence too short for its labels costs nothing, rather than infinity.

    Examples
    --------
    >>> logs = mg.full((2, 1, 2), 0.5).log()  # of the paths --, -a, a-, aa all but one spell a
    >>> mg.nn.CTCLoss()(logs, mg.tensor([[1]]), [2], [1]).exp()
    tensor(1.3333)
    """

    def __init__(
        self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False
    ) -> None:
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(
        self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any
    ) -> Tensor:
        """The loss of log-probabilities (time, batch, classes) against labels."""
        return f.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
            self.zero_infinity,
        )  # fmt: skip
