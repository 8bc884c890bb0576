"""`compile`: a step that is run, traced, and then replayed."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ..grad_mode import busy, is_watching
from ..nn.module import Module
from .binding import is_tracing
from .capture import Capture
from .compare import compare
from .errors import Changed, Untraceable
from .guards import Guard, inputs_of
from .modules import CompiledModule
from .replay import Replay

MOST = 8
"""How many traces a step may have; then it runs as it is."""


class Options(NamedTuple):
    """How a step is compiled."""

    fullgraph: bool = True
    reorder: bool = True
    most: int = MOST


def compiled(fn: Any, fullgraph: bool | None, options: dict[str, Any]) -> Any:
    """What `microgradnn.compile` returns."""
    if not callable(fn):
        raise TypeError(f"compile takes a function or a module, got a {type(fn).__name__}")
    known = ("reorder", "most")
    # PyTorch's options for its own backends have no meaning here.
    chosen = {name: options[name] for name in known if name in options}
    if isinstance(fn, Module):
        return CompiledModule(fn, Compiled(fn, Options(bool(fullgraph), **chosen)))
    if fullgraph is None:
        # A program of PyTorch's expects that whatever cannot be compiled runs all the same.
        fullgraph = not hasattr(sys.modules.get("torch"), "_target")
    return Compiled(fn, Options(fullgraph, **chosen))


class _Variant:
    """One trace and what it is good for, and its replay once a second trace has confirmed it."""

    def __init__(self, capture: Capture, guard: Guard) -> None:
        self.first: Capture | None = capture
        self.guard = guard
        self.replay: Replay | None = None


def _never(*_: Any) -> None:
    return None


class Compiled:
    """A compiled step: called like the function it was made of.

    Attributes
    ----------
    traces : int
        How often it was traced.
    """

    def __init__(self, fn: Callable[..., Any], options: Options) -> None:
        if isinstance(fn, Module):
            self.__name__ = type(fn).__name__
        else:
            functools.update_wrapper(self, fn, updated=())
            self.__name__ = getattr(fn, "__name__", type(fn).__name__)
        self._fn = fn
        self._options = options
        self._variants: list[_Variant] = []
        self._calls = 0
        self._given_up = ""
        self.traces = 0
        # Those of the replay that was used last.
        self._check: Callable[[Any, Any], Any] = _never
        self._run: Callable[..., Any] = _never

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The step."""
        found = self._check(args, kwargs)
        if found is not None:
            try:
                return self._run(*found)
            except Changed:
                return self._fn(*args, **kwargs)
        return self._look(args, kwargs)

    def _look(self, args: Any, kwargs: Any) -> Any:
        """Find the trace that is good for a call."""
        if is_tracing() or (busy.watching and is_watching()):
            return self._fn(*args, **kwargs)
        for variant in self._variants:
            found = variant.guard.check(args, kwargs)
            if found is not None:
                if variant.replay is not None:
                    self._check, self._run = variant.guard.check, variant.replay.run
                    try:
                        return self._run(*found)
                    except Changed:
                        return self._fn(*args, **kwargs)
                return self._confirm(variant, args, kwargs)
        return self._start(args, kwargs)

    def _start(self, args: Any, kwargs: Any) -> Any:
        """A call that no trace is good for."""
        self._calls += 1
        if self._calls == 1 or self._given_up:
            # What optimizers and lazy layers make at their first step is not part of later ones.
            return self._fn(*args, **kwargs)
        if len(self._variants) >= self._options.most:
            self._give_up(
                f"{self.__name__} was traced {self.traces} times, for as many different shapes, "
                "dtypes, flags or parameters; from now on it runs uncompiled. Pad batches to one "
                "shape, or compile a function for each case. The last trace was not good because "
                f"{self._variants[-1].guard.why(args, kwargs)}"
            )
            return self._fn(*args, **kwargs)
        capture = self._trace(args, kwargs)
        if capture is None:
            return self._fn(*args, **kwargs)
        self._variants.insert(0, _Variant(capture, Guard(capture, args, kwargs)))
        return capture.result

    def _confirm(self, variant: _Variant, args: Any, kwargs: Any) -> Any:
        """The second trace of a variant, compared with the first."""
        capture = self._trace(args, kwargs)
        if capture is None:
            return self._fn(*args, **kwargs)
        try:
            assert variant.first is not None
            compare(variant.first, capture)
        except Untraceable as error:
            if self._options.fullgraph:
                raise
            self._give_up(str(error))
            return capture.result
        variant.guard = Guard(capture, args, kwargs)
        variant.replay = Replay(capture, self._options)
        variant.first = None
        return capture.result

    def _trace(self, args: Any, kwargs: Any) -> Capture | None:
        try:
            self.traces += 1
            return Capture(self._fn, args, kwargs, inputs_of(args, kwargs), self._options.reorder)
        except Untraceable as error:
            if self._options.fullgraph:
                raise
            self._give_up(str(error))
            return None

    def _give_up(self, why: str) -> None:
        self._given_up = why
        self._variants.clear()
        warnings.warn(why, UserWarning, stacklevel=4)

    def source(self) -> str:
        """What runs at each call, as Python source."""
        return self._replay().source

    def plan(self) -> Any:
        """The memory of the step."""
        return self._replay().plan

    def _replay(self) -> Replay:
        for variant in self._variants:
            if variant.replay is not None:
                return variant.replay
        if self._given_up:
            raise RuntimeError(f"{self.__name__} is not compiled: {self._given_up}")
        raise RuntimeError(
            f"{self.__name__} is not compiled yet: its first call runs as it is, the next two are "
            "traced; call it three times"
        )
