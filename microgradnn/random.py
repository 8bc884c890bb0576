"""Seeding: the default generator, which random functions and methods draw from.

After the same ``manual_seed`` they give the numbers of PyTorch's CPU build, bit for bit. One
reserve: depending on the processor, a PyTorch built with Intel's MKL may take Bernoulli numbers of
one probability (dropout) and exponential ones from that library. Here they are, everywhere, those
of PyTorch's own algorithm.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ._generator import Generator as Generator
from ._generator import default_generator as default_generator
from ._methods import function
from ._tensor import Tensor


@function
def manual_seed(seed: int) -> Generator:
    """Start the default generator on the stream of a seed; see `Generator.manual_seed`.

    Examples
    --------
    >>> generator = mg.manual_seed(1337)
    >>> mg.randn(2)
    tensor([-2.0260, -2.0655])
    """
    return default_generator.manual_seed(seed)


@function
def seed() -> int:
    """Start the default generator on a stream that nobody can foresee; returns its seed."""
    return default_generator.seed()


@function
def initial_seed() -> int:
    """The seed that the default generator's stream began with."""
    return default_generator.initial_seed()


@function
def get_rng_state() -> Tensor:
    """The state of the default generator; see `Generator.get_state`."""
    return default_generator.get_state()


@function
def set_rng_state(new_state: Tensor) -> None:
    """Set the state of the default generator; see `Generator.set_state`."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(*_: Any, enabled: bool = True, **__: Any) -> Iterator[None]:
    """Let the default generator go on after the block as if nothing had been drawn inside.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> with mg.random.fork_rng():
    ...     inside = mg.rand(3)
    >>> mg.equal(inside, mg.rand(3))
    True
    """
    state = default_generator.get_state()
    try:
        yield
    finally:
        if enabled:
            default_generator.set_state(state)
