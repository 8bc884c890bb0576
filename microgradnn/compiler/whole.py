"""Rules that look at numbers, run as a whole: one instruction, on arrays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from ..graph import Parts


def arguments_of(node: Any, saved: Any, g: Any, inputs: Any) -> tuple[Any, ...]:
    """What `run_rules` takes, without the nodes of the graph."""
    wanted = tuple([None if u is None else True for u in inputs])
    parts = dict(g.parts) if isinstance(g, Parts) else g
    return node.prim, wanted, saved, node.params, parts, (node.shape, node.dtype)


def has_rule(prim: Any, wanted: Any) -> list[bool]:
    """For which inputs there is a cotangent."""
    last = len(prim.inputs) - 1
    return [w is not None and prim.inputs[min(k, last)] in prim.rules for k, w in enumerate(wanted)]


def run_rules(
    prim: Any, wanted: Any, saved: Any, params: Any, g: Any, facts: Any
) -> tuple[Any, ...]:
    """The cotangents that are wanted, by the primitive's rules."""
    if isinstance(g, dict):
        source: Any = SimpleNamespace(shape=facts[0], dtype=facts[1])
        g = Parts(source, g)
    pulled = prim.vjp(wanted, saved, params, g)
    have = has_rule(prim, wanted)
    return tuple([np.asarray(c) for c, has in zip(pulled, have, strict=True) if has])
