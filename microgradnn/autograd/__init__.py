"""PyTorch's ``torch.autograd``: gradients on demand, hooks, operations with their own backward."""

from typing import Any

from ..grad_mode import enable_grad as enable_grad
from ..grad_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from ..grad_mode import is_anomaly_enabled as is_anomaly_enabled
from ..grad_mode import no_grad as no_grad
from ..grad_mode import set_grad_enabled as set_grad_enabled
from .anomaly_mode import detect_anomaly as detect_anomaly
from .anomaly_mode import set_detect_anomaly as set_detect_anomaly
from .anomaly_report import AnomalyError as AnomalyError
from .function import Function as Function
from .gradients import backward as backward
from .gradients import grad as grad
from .hooks import RemovableHandle as RemovableHandle
from .tensor_backward import backward as _backward  # noqa: F401  (installs Tensor.backward)
from .variable import Variable as Variable


def __getattr__(name: str) -> Any:
    """Import ``functional`` and the gradient checks when they are asked for."""
    import importlib

    if name == "functional":
        return importlib.import_module(f"{__name__}.functional")
    if name in ("gradcheck", "gradgradcheck"):
        return getattr(importlib.import_module("microgradnn.testing"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
