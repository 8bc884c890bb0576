"""PyTorch's ``torch.cuda`` where there is no GPU: questions are answered, wishes refused.

Programs that ask first (``"cuda" if cuda.is_available() else "cpu"``) run unchanged.

Examples
--------
>>> mg.cuda.is_available()
False
"""

from __future__ import annotations

from typing import Any

from .._device import check_device
from . import amp as amp


def is_available() -> bool:
    """False: microgradnn computes on the CPU."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Accepted, as PyTorch does without a GPU: there is no generator to seed."""


manual_seed_all = manual_seed


def empty_cache() -> None:
    """Accepted: there is nothing to empty."""


def _no_bytes(device: Any = None) -> int:
    """0: no memory of a GPU is used."""
    return 0


memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = _no_bytes


def reset_peak_memory_stats(device: Any = None) -> None:
    """Accepted: there is nothing to count."""


def _refuse(*args: Any, **kwargs: Any) -> Any:
    """Needs a GPU.

    Raises
    ------
    RuntimeError
        Always.
    """
    check_device("cuda")


synchronize = set_device = current_device = get_device_name = get_device_properties = _refuse
get_device_capability = mem_get_info = current_stream = Stream = Event = _refuse
