"""Optimizers and schedules in a trace: numbers that change from step to step become cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._tensor import Tensor
from ..optim import elementwise, sgd
from ..optim.adafactor import Adafactor
from ..optim.elementwise import Elementwise
from ..optim.lr_scheduler.scheduler import LRScheduler
from ..optim.muon import Muon
from ..optim.options import numbers as _plain_numbers
from ..optim.options import scalar
from ..optim.sgd import SGD
from .arrays import array_of

if TYPE_CHECKING:
    from .binding import Binding


_UNSTEADY = ("ASGD", "RAdam")
"""Optimizers that treat some steps otherwise than others."""


def changes(binding: Binding) -> list[tuple[Any, str, Any]]:
    """What is to be replaced in the optimizers' classes during a trace."""
    return [
        (SGD, "_factors", _factors(binding, SGD.__dict__["_factors"])),
        (sgd, "numbers", _numbers(binding, _plain_numbers)),
        (Elementwise, "_factors", _factors(binding, Elementwise.__dict__["_factors"])),
        (elementwise, "numbers", _numbers(binding, _plain_numbers)),
        (Elementwise, "_alike_in", _quietly(binding, Elementwise.__dict__["_alike_in"])),
        (SGD, "_update", _update(binding, SGD.__dict__["_update"], ())),
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


class _Merged(dict[str, Any]):
    """What is remembered of several parameters that are updated as one."""

    owns: list[dict[str, Any]]


def _merge(binding: Binding, ready: Any) -> Any:
    """Parameters that lie side by side, all of which have gradients, as one."""
    places = {p._ref: k for k, (_, p, _) in enumerate(ready)}
    for flat in binding.flats:
        tracer = binding.tracer
        stands = [tracer.lift(array_of(p), "external") for p in flat.params]
        numbers = [places.get(stand._ref) for stand in stands]
        if None in numbers:
            continue
        mine = [ready[k] for k in numbers]
        owns = [own for own, _, _ in mine]
        with binding.silence():
            steps = {own["step"].item() for own in owns if "step" in own}
        if len(steps) > 1 or any(key not in own for key in flat.state for own in owns):
            continue
        p = tracer.lift(flat.p, "external")
        g = np.empty_like(p)
        for part, (_, _, slope) in zip(flat.parts(g), mine, strict=True):
            part[...] = slope
        merged = _Merged(owns[0])
        merged.owns = owns
        for key, array in flat.state.items():
            merged[key] = Tensor._wrap(tracer.lift(array, "external"))
        first = min(k for k in numbers if k is not None)
        gone = set(numbers)
        ready = [
            (merged, p, g) if k == first else item
            for k, item in enumerate(ready)
            if k == first or k not in gone
        ]
        places = {p._ref: k for k, (_, p, _) in enumerate(ready)}
    return ready


def _update(binding: Binding, plain: Any, which: Any) -> Any:
    """An update that a replay leaves to the optimizer, or whose parameters are updated as one."""

    def traced_update(self: Any, group: Any, ready: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, group, ready)
        if which is not None and type(self).__name__ not in which:
            return plain(self, group, _merge(binding, ready))
        owns, parameters, slopes = zip(*ready, strict=True)
        tracer = binding.tracer
        for p in parameters:
            tracer._will_write(p, "an optimizer")
        for own in owns:
            _preserve(binding, own)
        update = _Update(plain, self, group, owns)
        with binding.silence():
            update([p._real for p in parameters], [g._real for g in slopes])
        tracer.host(update, (list(parameters), list(slopes)), list(parameters))
        return None

    return traced_update


def _preserve(binding: Binding, own: dict[str, Any]) -> None:
    """Remember what an optimizer remembers."""
    with binding.silence():
        for t in own.values():
            if isinstance(t, Tensor):
                binding.preserve(t._array)


class _Update:
    """One group's update by the optimizer itself."""

    def __init__(self, plain: Any, optimizer: Any, group: Any, owns: Any) -> None:
        self.plain, self.optimizer, self.group, self.owns = plain, optimizer, group, owns
        self.__name__ = f"update_{type(optimizer).__name__.lower()}"

    def __call__(self, parameters: Any, slopes: Any) -> None:
        ready = list(zip(self.owns, parameters, slopes, strict=True))
        self.plain(self.optimizer, self.group, ready)


class _Factors(tuple[Any, ...]):
    """The numbers of an update, and how to get those of the next one."""

    recipe: Callable[[], tuple[Any, ...]]


def _factors(binding: Binding, plain: Any) -> Any:
    """The numbers of an update, which are others at each call."""

    def traced_factors(self: Any, group: Any, own: Any, run: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, group, own, run)
        states = [
            (part, None, None)
            for own, _, _ in run
            for part in (own.owns if type(own) is _Merged else [own])
        ]

        def recipe() -> tuple[Any, ...]:
            found: tuple[Any, ...] = plain(self, group, own, states)
            return found

        for state, _, _ in states:
            _preserve(binding, state)
        with binding.silence():
            found = _Factors(map(scalar, recipe()))
        found.recipe = recipe
        return found

    return traced_factors


def _numbers(binding: Binding, plain: Any) -> Any:
    """The same as arrays that a replay fills anew."""

    def traced_numbers(options: Any, dtype: Any) -> Any:
        arrays = plain(options, dtype)
        if type(options) is not _Factors:
            return arrays
        tracer = binding.tracer
        cells = [None if x is None else tracer.lift(x, "cell") for x in arrays]
        tracer.host(Refill(options.recipe, arrays), (), [c for c in cells if c is not None])
        return cells

    return traced_numbers


class Refill:
    """Computes the numbers of an update again, and fills the cells with them.

    Attributes
    ----------
    cells : list of (int, ndarray)
        Which number goes where.
    """

    def __init__(self, recipe: Callable[[], tuple[Any, ...]], arrays: Any) -> None:
        self.recipe = recipe
        self.cells = [(k, x) for k, x in enumerate(arrays) if x is not None]
        self.absent = tuple([k for k, x in enumerate(arrays) if x is None])
        self.last: Any = None
        self.__name__ = "refill_numbers"

    def keep(self, used: set[int]) -> None:
        """Leave out the cells that nobody reads."""
        self.cells = [(k, x) for k, x in self.cells if id(x) in used]

    def __call__(self) -> None:
        """Fill them."""
        numbers = self.recipe()
        if numbers == self.last:
            return
        for k, cell in self.cells:
            cell[()] = scalar(numbers[k])
        # A Tensor may be changed in place, and would be equal to itself.
        self.last = None if any(isinstance(x, Tensor) for x in numbers) else numbers


def _on_the_host(binding: Binding, plain: Any) -> Any:
    """A method with effects in Python only, called at each replay."""

    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return plain(self, *args, **kwargs)
        groups = [(group, dict(group)) for group in self.optimizer.param_groups]
        before = dict(vars(self))

        def back() -> None:
            vars(self).update(before)
            for group, old in groups:
                group.update(old)

        binding.undo.append(back)
        with binding.silence():
            result = plain(self, *args, **kwargs)
        binding.tracer.host(plain, (self, *args))
        return result

    return traced
