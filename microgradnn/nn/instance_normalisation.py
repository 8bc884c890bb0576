"""Instance normalisation: each channel of each image for itself."""

from __future__ import annotations

import warnings
from typing import Any

from .._tensor import Tensor
from .batch_normalisation import NormBase
from .functional import instance_norm


class _InstanceNorm(NormBase):
    """Instance normalisation over inputs with or without a batch."""

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
        track_running_stats: bool = False, device: Any = None, dtype: Any = None, *,
        bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def forward(self, input: Tensor) -> Tensor:
        """For an input of shape (batch, num_features, ...), or without batch."""
        self._check_input_dim(input)
        unbatched = input.ndim == self.dimensions[0]
        axis = 0 if unbatched else 1
        found = input.shape[axis]
        if found != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={axis} to match num_features "
                    f"({self.num_features}), but got: {found}."
                )
            warnings.warn(
                f"input's size at dim={axis} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False",
                UserWarning,
                stacklevel=2,
            )
        x = input.unsqueeze(0) if unbatched else input
        out = instance_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum or 0.0, self.eps,
        )  # fmt: skip
        return out.squeeze(0) if unbatched else out


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each sequence brought to mean 0 and variance 1.

    See `functional.instance_norm`.

    Parameters
    ----------
    num_features : int
        Channels.
    eps : float
        Added to the variance.
    momentum : float
        How far running statistics move towards those of a batch.
    affine : bool
        Whether there are weight (first 1) and bias (first 0).
    track_running_stats : bool
        Whether there are running statistics, which are then used in evaluation.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.
    bias : bool

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
    running_mean, running_var : Tensor, shape (num_features,), or None

    Examples
    --------
    >>> mg.nn.InstanceNorm1d(1, eps=0.0)(mg.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.,  1.]]])
    """

    dimensions = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """`InstanceNorm1d` for images: (batch, channels, height, width), or without batch.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `InstanceNorm1d`.

    Examples
    --------
    >>> mg.nn.InstanceNorm2d(3)(mg.ones(2, 3, 4, 4)).shape
    microgradnn.Size([2, 3, 4, 4])
    """

    dimensions = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """`InstanceNorm1d` for volumes: (batch, channels, depth, height, width), or without batch.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `InstanceNorm1d`.

    Examples
    --------
    >>> mg.nn.InstanceNorm3d(3)(mg.ones(3, 4, 4, 4)).shape
    microgradnn.Size([3, 4, 4, 4])
    """

    dimensions = (4, 5)
