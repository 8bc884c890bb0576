"""Optimizers and schedules in a trace: numbers that change from step to step become cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..optim.adafactor import Adafactor
from ..optim.elementwise import Elementwise
from ..optim.lr_scheduler.scheduler import LRScheduler
from ..optim.muon import Muon
from ..optim.sgd import SGD

if TYPE_CHECKING:
    from .binding import Binding


_UNSTEADY = ("ASGD", "RAdam")
"""Optimizers that treat some steps otherwise than others."""


def changes(binding: Binding) -> list[tuple[Any, str, Any]]:
    """What is to be replaced in the optimizers' classes during a trace."""
    return [
        (SGD, "_cells", _cells(binding, SGD.__dict__["_cells"])),
        (Elementwise, "_cells", _cells(binding, Elementwise.__dict__["_cells"])),
        (Elementwise, "_alike_in", _quietly(binding, Elementwise.__dict__["_alike_in"])),
        (Elementwise, "_update", _update(binding, Elementwise.__dict__["_update"], _UNSTEADY)),
        (Adafactor, "_update", _update(binding, Adafactor.__dict__["_update"], None)),
        (Muon, "_update", _update(binding, Muon.__dict__["_update"], None)),
        (LRScheduler, "step", _on_the_host(binding, LRScheduler.__dict__["step"])),
    ]


def _quietly(binding: Binding, plain: Any) -> Any:
    """A generator method that looks at numbers which are the same at each call."""

    def quietly(self: Any, *args: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, *args)
        with binding.silence():
            return list(plain(self, *args))

    return quietly


def _update(binding: Binding, plain: Any, which: Any) -> Any:
    """An update that a replay leaves to the optimizer."""

    def traced_update(self: Any, group: Any, ready: Any) -> Any:
        if binding.quiet or binding._elsewhere() or not (
            which is None or type(self).__name__ in which
        ):
            return plain(self, group, ready)
        owns, parameters, slopes = zip(*ready, strict=True)
        tracer = binding.tracer
        for p in parameters:
            tracer._will_write(p, "an optimizer")
        update = _Update(plain, self, group, owns)
        with binding.silence():
            update([p._real for p in parameters], [g._real for g in slopes])
        tracer.host(update, (list(parameters), list(slopes)), list(parameters))
        return None

    return traced_update


class _Update:
    """One group's update by the optimizer itself."""

    def __init__(self, plain: Any, optimizer: Any, group: Any, owns: Any) -> None:
        self.plain, self.optimizer, self.group, self.owns = plain, optimizer, group, owns
        self.__name__ = f"update_{type(optimizer).__name__.lower()}"

    def __call__(self, parameters: Any, slopes: Any) -> None:
        ready = list(zip(self.owns, parameters, slopes, strict=True))
        self.plain(self.optimizer, self.group, ready)


def _cells(binding: Binding, plain: Any) -> Any:
    """The numbers of an update, as arrays that a replay fills anew."""

    def traced_cells(self: Any, group: Any, own: Any, dtype: Any, owns: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, group, own, dtype, owns)
        states = [(own, None, None) for own, _, _ in owns]
        with binding.silence():
            numbers = plain(self, group, own, dtype, states)
        tracer = binding.tracer
        cells = [None if x is None else tracer.lift(x, "cell") for x in numbers]
        given = [c for c in cells if c is not None]
        tracer.host(_Refill(plain, self, group, own, dtype, states), (given,), given)
        return cells

    return traced_cells


class _Refill:
    """Computes the numbers of an update again, and fills the cells with them."""

    def __init__(self, plain: Any, *args: Any) -> None:
        self.plain, self.args = plain, args
        self.__name__ = f"refill_{type(args[0]).__name__.lower()}"

    def __call__(self, cells: Any) -> None:
        numbers = self.plain(*self.args)
        for cell, number in zip(cells, [x for x in numbers if x is not None], strict=True):
            cell[()] = number


def _on_the_host(binding: Binding, plain: Any) -> Any:
    """A method with effects in Python only, called at each replay."""

    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, *args, **kwargs)
        with binding.silence():
            result = plain(self, *args, **kwargs)
        binding.tracer.host(plain, (self, *args))
        return result

    return traced
