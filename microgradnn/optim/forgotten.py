"""The warning for a forgotten ``zero_grad()``, and `accumulation`, which says that none was.

A step remembers one gradient that it used. If ``backward()`` adds to that one, not set to zero or
dropped in between, the next step would use it a second time: that is what is warned of. Gradients
of several ``backward()`` added up *between* two steps are nobody's mistake.
"""

from __future__ import annotations

import sys
import threading
import warnings
from types import TracebackType
from typing import Any

from ..graph import Leaf, sequence
from ..value import Value, before_backward


class _Declared(threading.local):
    depth = 0


_declared = _Declared()


class accumulation:
    """Declare that gradients are to be added up over several steps: no warning of it.

    Adding up the gradients of several ``backward()`` *between* two steps needs no declaration.

    Examples
    --------
    >>> w = mg.tensor(1.0, requires_grad=True)
    >>> optimizer = mg.optim.SGD([w], lr=0.1)
    >>> with mg.optim.accumulation():
    ...     for _ in range(2):  # the second step uses the sum of both gradients
    ...         (2 * w).backward()
    ...         optimizer.step()
    >>> w
    tensor(0.4000, requires_grad=True)
    """

    def __enter__(self) -> None:
        _declared.depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _declared.depth -= 1


class Reminder:
    """What an optimizer remembers of its latest step, in order to notice a forgotten zero_grad."""

    __slots__ = ("_again", "_param", "_warned")

    def __init__(self) -> None:
        self._param: Any = None
        self._again = False
        self._warned = False

    def remember(self, groups: list[dict[str, Any]]) -> None:
        """After a step: mark the first gradient there is."""
        self._again = False
        for group in groups:
            for param in group["params"]:
                if isinstance(param, Value):
                    if param.grad:
                        self._param = param
                        before_backward[id(self)] = self._look(param, param.grad)
                        return
                    continue
                node = param._node
                if type(node) is Leaf and node.grad is not None:
                    self._param = param
                    node.grad._used = next(sequence)
                    return
        self._param = None

    def forget(self) -> None:
        """After ``zero_grad()``."""
        self._param = None

    def _look(self, param: Value, grad: Any) -> Any:
        """What finds out, before the next ``backward()``, whether the gradient was reset."""

        def look() -> None:
            if self._param is param:
                self._again = param.grad is grad

        return look

    def check(self, name: str) -> None:
        """Before a step: warn if its gradients contain those of the step before."""
        param = self._param
        if param is None:
            return
        if isinstance(param, Value):
            again = self._again
        else:
            grad = param.grad
            again = grad is not None and grad.__dict__.get("_used", 0) < 0
        if not again or self._warned or _declared.depth or _is_pytorch_program():
            return
        self._warned = True
        warnings.warn(
            f"{name}.step() uses gradients that contain those of the step before: backward() has "
            "added to them, and zero_grad() was not called in between. Call "
            "optimizer.zero_grad() once for each step. If the sum over the steps is meant, say "
            "so: with microgradnn.optim.accumulation(): ...",
            UserWarning,
            stacklevel=4,
        )


def _is_pytorch_program() -> bool:
    """Whether PyTorch's programs are being run: PyTorch says nothing, so nothing is said."""
    as_torch = sys.modules.get("microgradnn.as_torch")
    return as_torch is not None and as_torch._finder in sys.meta_path
