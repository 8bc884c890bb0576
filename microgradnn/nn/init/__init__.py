"""Filling parameters with their first numbers: PyTorch's names and, after one seed, its numbers.

Each function fills its Tensor in place, outside the graph, and returns it.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from .fills import constant_ as constant_
from .fills import normal_ as normal_
from .fills import ones_ as ones_
from .fills import trunc_normal_ as trunc_normal_
from .fills import uniform_ as uniform_
from .fills import zeros_ as zeros_
from .scaled import _calculate_correct_fan as _calculate_correct_fan
from .scaled import _calculate_fan_in_and_fan_out as _calculate_fan_in_and_fan_out
from .scaled import calculate_gain as calculate_gain
from .scaled import kaiming_normal_ as kaiming_normal_
from .scaled import kaiming_uniform_ as kaiming_uniform_
from .scaled import xavier_normal_ as xavier_normal_
from .scaled import xavier_uniform_ as xavier_uniform_
from .structured import dirac_ as dirac_
from .structured import eye_ as eye_
from .structured import orthogonal_ as orthogonal_
from .structured import sparse_ as sparse_


def _former(fill: Callable[..., Any]) -> Callable[..., Any]:
    """The name without the underscore, which PyTorch keeps for old programs."""
    old = fill.__name__.rstrip("_")

    @functools.wraps(fill)
    def deprecated(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{fill.__name__}`.",
            FutureWarning,
            stacklevel=2,
        )
        return fill(*args, **kwargs)

    return deprecated


uniform, normal, constant = _former(uniform_), _former(normal_), _former(constant_)
xavier_uniform, xavier_normal = _former(xavier_uniform_), _former(xavier_normal_)
kaiming_uniform, kaiming_normal = _former(kaiming_uniform_), _former(kaiming_normal_)
eye, dirac, orthogonal, sparse = (
    _former(eye_), _former(dirac_), _former(orthogonal_), _former(sparse_)
)  # fmt: skip
