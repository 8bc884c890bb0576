"""PyTorch's ``torch.accelerator`` where there is none: the CPU does the work.

Examples
--------
>>> mg.accelerator.is_available(), mg.accelerator.current_accelerator()
(False, None)
"""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """False: there is no accelerator."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: there is no accelerator."""
    return


def _refuse(*args: Any, **kwargs: Any) -> Any:
    """Needs an accelerator.

    Raises
    ------
    RuntimeError
        Always.
    """
    raise RuntimeError(
        "there is no accelerator: microgradnn computes on the CPU. Ask accelerator.is_available() "
        "first"
    )


class device_index:
    """A context in which another accelerator is current: with None, nothing changes.

    Raises
    ------
    RuntimeError
        On entering, for a number.
    """

    def __init__(self, device: int | None) -> None:
        self.idx = device

    def __enter__(self) -> None:
        if self.idx is not None:
            _refuse()

    def __exit__(self, *error: object) -> None:
        """Nothing to go back to."""


current_device_index = set_device_index = current_device_idx = set_device_idx = _refuse
synchronize = current_stream = set_stream = _refuse
