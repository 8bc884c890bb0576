"""A softmax over very many classes: frequent ones first, rare ones in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .._errors import ShapeError
from .._tensor import Tensor
from ..functions.joining import cat
from . import functional as f
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module


class ASMoutput(NamedTuple):
    """What `AdaptiveLogSoftmaxWithLoss` returns."""

    output: Tensor
    """The log-probability of each target."""
    loss: Tensor
    """Minus their mean."""


class AdaptiveLogSoftmaxWithLoss(Module):
    """The logarithm of a softmax over very many classes, and its loss.

    Grave and others, 2017. Classes are numbered by falling frequency. The head decides between the
    first ones, the shortlist, and the clusters of the others; the tail decides within a cluster, on
    features of which there are the fewer the rarer the classes are.

    Parameters
    ----------
    in_features, n_classes : int
    cutoffs : sequence of int
        At which classes the clusters begin.
    div_value : float
        By which factor the features of a cluster are fewer than those of the one before.
    head_bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional

    Attributes
    ----------
    head : Linear
    tail : ModuleList
        Two linear maps for each cluster.

    Raises
    ------
    ValueError
        If the cutoffs are not rising integers from 1 to n_classes - 1.

    Examples
    --------
    >>> softmax = mg.nn.AdaptiveLogSoftmaxWithLoss(32, 20, cutoffs=[4, 10])
    >>> softmax.log_prob(mg.zeros(3, 32)).shape
    microgradnn.Size([3, 20])
    """

    head: Linear
    tail: ModuleList

    def __init__(
        self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
        head_bias: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        ends = list(cutoffs)
        rising = all(int(b) == b and a < b for a, b in pairwise([0, *ends, n_classes]))
        if not ends or not rising:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing "
                "order, where each value is between 1 and n_classes-1; got "
                f"{ends} for {n_classes} classes"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*ends, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = ends[0]
        self.n_clusters = len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for k, (first, end) in enumerate(pairwise(self.cutoffs)):
            hidden = int(in_features // div_value ** (k + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, False, device, dtype),
                    Linear(hidden, end - first, False, device, dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for down, out in self.tail:
            down.reset_parameters()
            out.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> ASMoutput:
        """The log-probability of each target, and minus their mean.

        Parameters
        ----------
        input : Tensor, shape (batch, in_features) or (in_features,)
        target : Tensor of integers, shape (batch,) or ()

        Raises
        ------
        RuntimeError
            If shapes or class numbers do not fit.
        """
        shape, wanted = tuple(input.shape), target._array
        if wanted.ndim > 1 or len(shape) != wanted.ndim + 1 or shape[:-1] != wanted.shape:
            raise ShapeError(
                "AdaptiveLogSoftmaxWithLoss takes an input of shape (batch, in_features) with a "
                "target of shape (batch,), or (in_features,) with one class number: input and "
                f"target should have the same size in the batch dimension; got {shape} and "
                f"{tuple(wanted.shape)}"
            )
        x, classes = (input, wanted) if wanted.ndim else (input.unsqueeze(0), wanted[None])
        if classes.size and not 0 <= classes.min() <= classes.max() < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{classes.min()}, {classes.max()}] were found"
            )
        choice = classes.astype(np.int64)  # in the head: a class or a cluster
        rows, logs = [], []
        for k, (first, end) in enumerate(pairwise(self.cutoffs)):
            (here,) = np.nonzero((classes >= first) & (classes < end))
            if not here.size:
                continue
            inside = f.log_softmax(self.tail[k](x[Tensor._wrap(here)]), 1)
            rows.append(here)
            logs.append(_pick(inside, choice[here] - first))
            choice[here] = self.shortlist_size + k
        output = _pick(f.log_softmax(self.head(x), 1), choice)
        if rows:
            places = Tensor._wrap(np.concatenate(rows))
            output = output.index_add(0, places, cat(logs))
        loss = (-output).mean()
        return ASMoutput(output if wanted.ndim else output.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities (batch, n_classes) of all classes, for inputs (batch, in_features).

        Examples
        --------
        >>> softmax = mg.nn.AdaptiveLogSoftmaxWithLoss(32, 20, cutoffs=[4, 10])
        >>> softmax.log_prob(mg.ones(1, 32)).exp().sum().detach()
        tensor(1.0000)
        """
        return self._all(input, self.head(input))

    def _all(self, input: Tensor, head: Tensor) -> Tensor:
        logs = f.log_softmax(head, 1)
        parts = [logs[:, : self.shortlist_size]]
        for k, cluster in enumerate(self.tail):
            chosen = logs[:, self.shortlist_size + k].unsqueeze(1)
            parts.append(f.log_softmax(cluster(input), 1) + chosen)
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The likeliest class of each input: looked for in the tail only where the head says so.

        Examples
        --------
        >>> softmax = mg.nn.AdaptiveLogSoftmaxWithLoss(32, 20, cutoffs=[4, 10])
        >>> softmax.predict(mg.zeros(3, 32)).shape
        microgradnn.Size([3])
        """
        head = self.head(input)
        best: Tensor = head.argmax(1)
        (rare,) = np.nonzero(best._array >= self.shortlist_size)
        if rare.size:
            rows = Tensor._wrap(rare)
            best = best.clone()
            best[rows] = self._all(input[rows], head[rows]).argmax(1)
        return best


def _pick(logs: Tensor, classes: Any) -> Tensor:
    """One log-probability of each row."""
    return logs.gather(1, Tensor._wrap(classes[:, None])).squeeze(1)
