"""Batch normalisation, and what every layer with running statistics shares."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor
from ..functions.creation import tensor, zeros
from . import init
from .functional import batch_norm
from .linear import empty_parameter
from .module import Module
from .parameter import Parameter


class NormBase(Module):
    """Weight, bias and running statistics: one number of each for each channel.

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
    running_mean, running_var : Tensor, shape (num_features,), or None
    num_batches_tracked : Tensor of int64, or None
    """

    _version = 2

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1,
        affine: bool = True, track_running_stats: bool = True, device: Any = None,
        dtype: Any = None, *, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            value = empty_parameter((num_features,), dtype, device) if wanted else None
            self.register_parameter(name, value)
        running = track_running_stats
        for name in ("running_mean", "running_var"):
            buffer = zeros(num_features, dtype=dtype, device=device) if running else None
            self.register_buffer(name, buffer)
        self.register_buffer("num_batches_tracked", tensor(0) if running else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Mean 0, variance 1, no batches seen."""
        if self.track_running_stats:
            assert self.running_mean is not None
            assert self.running_var is not None
            assert self.num_batches_tracked is not None
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, and no statistics."""
        self.reset_running_stats()
        if self.affine:
            assert self.weight is not None
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    dimensions: tuple[int, ...]
    """How many dimensions an input has."""

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in self.dimensions:
            wanted = " or ".join(f"{k}D" for k in self.dimensions)
            raise ValueError(
                f"{type(self).__name__} expected {wanted} input (got {input.ndim}D input of shape "
                f"{tuple(input.shape)})"
            )

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any],
        *lists: Any,
    ) -> None:  # fmt: skip
        version = local_metadata.get("version")
        key = f"{prefix}num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            # The oldest states do not count batches.
            counted = self.num_batches_tracked
            state_dict[key] = np.array(0) if counted is None else counted
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *lists)

    def extra_repr(self) -> str:
        """The channels and all options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(NormBase):
    """Batch normalisation over inputs of any number of dimensions."""

    def forward(self, input: Tensor) -> Tensor:
        """For an input of shape (batch, num_features, ...)."""
        self._check_input_dim(input)
        training, momentum = self.training, self.momentum
        tracked = self.num_batches_tracked
        if training and self.track_running_stats and tracked is not None:
            tracked.add_(1)
            if momentum is None:  # the mean over all batches
                momentum = 1.0 / float(tracked)
        mean, variance = self.running_mean, self.running_var
        if training and not self.track_running_stats:
            mean = variance = None
        by_batch = training or (mean is None and variance is None)
        return batch_norm(
            input, mean, variance, self.weight, self.bias, by_batch, momentum or 0.0, self.eps
        )


class BatchNorm1d(_BatchNorm):
    """Each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    In training mode by the statistics of the batch, which running averages follow, else by the
    running averages; see `functional.batch_norm`.

    Parameters
    ----------
    num_features : int
        Channels: the size of dimension 1.
    eps : float
        Added to the variance.
    momentum : float or None
        How far running statistics move towards those of a batch; None for the mean over all
        batches.
    affine : bool
        Whether there are weight (first 1) and bias (first 0).
    track_running_stats : bool
        Whether there are running statistics.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.
    bias : bool

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
    running_mean, running_var : Tensor, shape (num_features,), or None
    num_batches_tracked : Tensor of int64, or None

    Examples
    --------
    >>> layer = mg.nn.BatchNorm1d(2)
    >>> layer(mg.tensor([[1.0, 10.0], [3.0, 30.0]])).round()
    tensor([[-1., -1.],
            [ 1.,  1.]], grad_fn=<RoundBackward0>)
    >>> layer.running_mean
    tensor([0.2000, 2.0000])
    """

    dimensions = (2, 3)


class BatchNorm2d(_BatchNorm):
    """`BatchNorm1d` for images: (batch, channels, height, width).

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `BatchNorm1d`.

    Examples
    --------
    >>> mg.nn.BatchNorm2d(3)(mg.ones(2, 3, 4, 4)).shape
    microgradnn.Size([2, 3, 4, 4])
    """

    dimensions = (4,)


class BatchNorm3d(_BatchNorm):
    """`BatchNorm1d` for volumes: (batch, channels, depth, height, width).

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `BatchNorm1d`.

    Examples
    --------
    >>> mg.nn.BatchNorm3d(3)(mg.ones(2, 3, 4, 4, 4)).shape
    microgradnn.Size([2, 3, 4, 4, 4])
    """

    dimensions = (5,)


class SyncBatchNorm(_BatchNorm):
    """Not available: there is one process. It says so when it is made.

    Raises
    ------
    NotImplementedError
        Always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "SyncBatchNorm computes statistics over several processes, which microgradnn does not "
            "have; use BatchNorm1d, BatchNorm2d or BatchNorm3d"
        )

    @classmethod
    def convert_sync_batchnorm(cls, module: Any, process_group: Any = None) -> Any:
        """Not available: a NotImplementedError."""
        return cls()
