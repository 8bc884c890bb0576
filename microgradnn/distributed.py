"""PyTorch's ``torch.distributed`` in a world of one process: it is not available, and says so.

Examples
--------
>>> mg.distributed.is_available()
False
"""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """False: programs run in one process."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def init_process_group(*args: Any, **kwargs: Any) -> None:
    """Would join several processes.

    Raises
    ------
    NotImplementedError
        Always.
    """
    raise NotImplementedError(
        "training in several processes is not implemented; run the program in one, without torchrun"
    )


destroy_process_group = get_rank = get_world_size = barrier = all_reduce = init_process_group
