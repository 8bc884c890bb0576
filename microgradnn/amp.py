"""PyTorch's ``torch.amp`` on a CPU without half precision: switched off, it lets programs through.

Examples
--------
>>> with mg.amp.autocast("cpu", enabled=False):
...     mg.ones(1).dtype
microgradnn.float32
"""

from __future__ import annotations

import warnings
from typing import Any

from ._tensor import Tensor


class autocast:
    """A context in which operations would choose a lower precision.

    Parameters
    ----------
    device_type : str
        A GPU's name switches it off, as in PyTorch where there is no GPU.
    dtype : dtype, optional
    enabled : bool
    cache_enabled : bool, optional

    Raises
    ------
    NotImplementedError
        If it would change anything: computing in bfloat16 on the CPU.
    """

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:  # fmt: skip
        if enabled and device_type == "cpu":
            raise NotImplementedError(
                "autocast('cpu') computes in bfloat16, which NumPy has not; use enabled=False, "
                "everything is computed in its own dtype then"
            )
        if enabled:
            warnings.warn(
                f"autocast is disabled: there is no {device_type!r} here", UserWarning, stacklevel=2
            )

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to go back to."""

    def __call__(self, f: Any) -> Any:
        """As a decorator: the function itself."""
        return f


class GradScaler:
    """Scales losses so that half-precision gradients do not vanish: by 1, without a GPU.

    Examples
    --------
    >>> scaler = mg.amp.GradScaler(enabled=False)
    >>> scaler.scale(mg.tensor(2.0))
    tensor(2.)
    """

    def __init__(
        self, device: str = "cuda", init_scale: float = 65536.0, growth_factor: float = 2.0,
        backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True,
    ) -> None:  # fmt: skip
        if enabled:
            warnings.warn(
                f"GradScaler is disabled: there is no {device!r} here", UserWarning, stacklevel=2
            )

    def is_enabled(self) -> bool:
        """False."""
        return False

    def scale(self, outputs: Tensor) -> Tensor:
        """The outputs, unscaled."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing: gradients were never scaled."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """``optimizer.step(...)``."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing."""

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def state_dict(self) -> dict[str, Any]:
        """Nothing is remembered."""
        return {}

    def load_state_dict(self, state_dict: Any) -> None:
        """Nothing is taken over."""
