"""PyTorch's ``torch.onnx``, present to be imported: nothing is exported.

Many training programs import it for an option that is seldom chosen.
"""

from __future__ import annotations

from typing import Any

__all__ = ["export", "is_in_onnx_export"]


def export(model: Any, args: Any = (), f: Any = None, **kwargs: Any) -> Any:
    """Would write a model as an ONNX file.

    Raises
    ------
    NotImplementedError
        Always. ``mg.save(model.state_dict(), "model.pt")`` writes a file that PyTorch reads, and
        PyTorch can export.
    """
    raise NotImplementedError(
        "onnx.export is not implemented; save(model.state_dict(), 'model.pt') writes a file that "
        "PyTorch reads, and PyTorch can export"
    )


def is_in_onnx_export() -> bool:
    """Whether an export is under way: never.

    Examples
    --------
    >>> mg.onnx.is_in_onnx_export()
    False
    """
    return False
