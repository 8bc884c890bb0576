"""Devices: PyTorch programs name the place of their Tensors; here it is always the CPU."""

from __future__ import annotations

from types import TracebackType
from typing import Any

_TYPES = ("cpu", "cuda", "mps", "xpu", "meta", "hpu", "mtia", "ipu", "xla")


class device:
    """A place where Tensors could be: a type and, where there may be several, a number.

    Naming another device than the CPU is allowed, so that programs can ask and choose; making a
    Tensor there raises. As a context manager, it is where creating functions make Tensors.

    Parameters
    ----------
    type : str or device or int
        ``"cpu"``, ``"cuda:1"``, ...; a number is one of the GPU.
    index : int, optional

    Attributes
    ----------
    type : str
    index : int or None

    Raises
    ------
    RuntimeError
        If there is no such type.

    Examples
    --------
    >>> mg.device("cuda", 1)
    device(type='cuda', index=1)
    >>> mg.zeros(1).device == mg.device("cpu")
    True
    """

    __slots__ = ("index", "type")

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        elif isinstance(type, int) and not isinstance(type, bool):
            type, index = "cuda", type
        elif not isinstance(type, str):
            raise TypeError(f"a device is a string like 'cpu' or 'cuda:1', got {type!r}")
        name, colon, number = type.partition(":")
        if name not in _TYPES or (colon and not number.isdigit()) or (colon and index is not None):
            raise RuntimeError(
                f"invalid device {type!r}: expected one of {', '.join(_TYPES)}, and after a colon "
                "its number. microgradnn computes on the CPU"
            )
        self.type: str = name
        self.index: int | None = int(number) if colon else index

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        return (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> Any:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        check_device(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to go back to."""


CPU = device("cpu")


def check_device(wanted: Any) -> None:
    """Raise RuntimeError for a device where no Tensor can be: any but the CPU."""
    if wanted is None or wanted is CPU or wanted == "cpu":
        return
    place = device(wanted)
    if place.type != "cpu":
        raise RuntimeError(
            f"device {str(place)!r} is not available: microgradnn computes on the CPU. Choose with "
            '"cuda" if cuda.is_available() else "cpu"'
        )
