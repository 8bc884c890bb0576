"""Optimizers whose update treats each number by itself: most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .._dtypes import get_default_dtype
from .._tensor import Tensor
from .blocks import blocks
from .optimizer import Group, Optimizer, Ready
from .options import numbers, scalar


class Elementwise(Optimizer):
    """An optimizer given by a formula for arrays, `_rule`, and the numbers in it.

    What they have in common is here: the count of steps, ``maximize``, ``weight_decay`` (added to
    the gradient, or taken from the parameter where it is decoupled), and what is remembered,
    which is made when it is first needed. Values come as one vector, large Tensors in pieces.
    """

    _alike: ClassVar[bool] = True
    """Whether all parameters that have made as many steps have the same coefficients."""

    def _first(self, group: Group, name: str) -> float:
        """What a buffer holds before the first step."""
        return 0.0

    def _counters(self, group: Group) -> dict[str, float]:
        """What is remembered as one number, and its start."""
        return {"step": 0.0}

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        """The numbers in the rule at a step, the first of which is number 1."""
        raise NotImplementedError

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        """Update `p` and the buffers in place; `s` may be written into, `g` may not."""
        raise NotImplementedError

    def _memory(self, group: Group, own: dict[str, Any], p: Any) -> list[Any]:
        """The arrays of the buffers, in order, None for one that is not kept."""
        if "step" not in own:
            dtype = np.float64 if get_default_dtype().numpy == np.float64 else np.float32
            for name, number in self._counters(group).items():
                own[name] = Tensor._wrap(np.array(number, dtype))
        kept = self._kept(group)
        for name in kept:
            if name not in own:
                own[name] = Tensor._wrap(np.full_like(p, self._first(group, name)))
        return [own[name]._array if name in kept else None for name in self._buffers]

    def _factors(self, group: Group, own: dict[str, Any], run: Ready) -> tuple[Any, ...]:
        """Count a step of some parameters, and give the numbers in it.

        The last two are the factors of weight decay: for the gradient, and for the parameter. The
        first parameter's ``own`` counts the step, the others' follow.
        """
        step = own["step"]._array.item() + 1
        for state, _, _ in run:
            state["step"]._array.fill(step)
        pull, shrink = group.get("weight_decay", 0), 1.0
        if group.get("decoupled_weight_decay"):
            pull, shrink = 0, 1 - scalar(group["lr"]) * pull
        return (*self._coefficients(group, step, own), pull, shrink)

    def _alike_in(self, ready: Ready) -> Iterator[Ready]:
        """The parameters in runs that share their numbers."""
        run: Ready = []
        known: Any = None
        for item in ready:
            kind = item[1].dtype, item[0]["step"]._array.item()
            if run and (kind != known or not self._alike):
                yield run
                run = []
            known = kind
            run.append(item)
        if run:
            yield run

    @np.errstate(all="ignore")
    def _update(self, group: Group, ready: Ready) -> None:
        uphill = group["maximize"]
        pull, decoupled = group.get("weight_decay", 0), group.get("decoupled_weight_decay")
        memory = [self._memory(group, own, p) for own, p, _ in ready]
        done = 0
        for run in self._alike_in(ready):
            factors = self._factors(group, run[0][0], run)
            *c, decay, keep = numbers(factors, run[0][1].dtype)
            for (_, p, g), buffers in zip(run, memory[done:], strict=False):
                for part, slope, *rest in blocks(p, g, *buffers):
                    if uphill:
                        slope = -slope
                    if pull and decoupled:
                        np.multiply(part, keep, part)
                    elif pull:
                        slope = slope + decay * part
                    self._rule(c, np.empty_like(part), part, slope, *rest)
            done += len(run)
