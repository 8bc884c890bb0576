"""What groups may set: ranges of numbers, misspelt names, choices that are not implemented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .._tensor import Tensor

NOT_OPTIONS = ("params", "param_names")
"""Keys of a group that every group may have."""


def scalar(option: Any) -> Any:
    """An option as a plain number: learning rates and betas may be Tensors of one element."""
    return option.item() if isinstance(option, Tensor) else option


def numbers(options: Iterable[Any], dtype: Any) -> list[Any]:
    """Options as 0-d arrays of a dtype, twice as fast in arithmetic as Python's floats."""
    return [None if x is None else np.array(scalar(x), dtype) for x in options]


def check_range(name: str, value: Any, low: float = 0.0, below: float | None = None) -> None:
    """Raise ValueError unless ``low <= value`` (and ``value < below``)."""
    number = scalar(value)
    if not number >= low or (below is not None and not number < below):
        upper = "" if below is None else f" and under {below}"
        raise ValueError(f"Invalid {name} value: {value}; it must be at least {low}{upper}")


def check_common(group: Mapping[str, Any], *names: str) -> None:
    """Check the learning rate, the betas if there are any, and that the `names` are not negative.

    Raises
    ------
    ValueError
        If one is out of range, or a Tensor that should be a number has more elements.
    """
    lr = group["lr"]
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, got shape {tuple(lr.shape)}")
    check_range("learning rate", lr)
    for k, beta in enumerate(group.get("betas", ())):
        if isinstance(beta, Tensor) and beta.numel() != 1:
            raise ValueError(f"Tensor betas[{k}] must be 1-element, got shape {tuple(beta.shape)}")
        check_range(f"beta parameter at index {k}", beta, below=1.0)
    for name in names:
        check_range("epsilon" if name == "eps" else name, group[name])


def check_implementation(
    differentiable: bool = False, foreach: bool | None = None, fused: bool | None = None
) -> None:
    """Refuse what PyTorch refuses, and steps that are to be differentiated.

    Raises
    ------
    NotImplementedError
        For ``differentiable=True``.
    RuntimeError
        For ``foreach`` and ``fused`` together.
    """
    if differentiable:
        raise NotImplementedError(
            "differentiable=True is not implemented: steps are not recorded. Write the update "
            "w = w - lr * g with gradients from autograd.grad(..., create_graph=True)."
        )
    if foreach and fused:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def refuse_misspelt(optimizer: str, group: Iterable[str], defaults: Iterable[str]) -> None:
    """Raise TypeError for keys that mean an option but are none; others are the user's own.

    So are names made of an option's, such as ``weight_decay_scale``.
    """
    from difflib import get_close_matches

    options = list(defaults)
    for key in group:
        if key in options or key in NOT_OPTIONS or key in MADE_BY_SCHEDULES:
            continue
        if any(key.startswith(f"{option}_") for option in options):
            continue
        meant = ["lr"] if key == "learning_rate" else get_close_matches(key, options, 1, 0.7)
        if meant:
            raise TypeError(
                f"{optimizer} has no option {key!r}; {meant[0]!r} is meant, perhaps. "
                f"It has {', '.join(options)}"
            )


MADE_BY_SCHEDULES = (
    "initial_lr", "max_lr", "min_lr", "swa_lr", "base_momentum", "max_momentum",
)  # fmt: skip
"""What learning rate schedules keep in a group."""
