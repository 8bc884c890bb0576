"""`Generator`: a source of random numbers, and the streams that are drawn from it.

The source is the Mersenne Twister, seeded and read as PyTorch's CPU build does it, so that the same
seed gives the same numbers. `Generator` holds the twister and one spare normal number; its other
methods, which start with an underscore, turn 32-bit outputs into arrays. None of them loops over
elements in Python.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _device
from ._box_muller import exponential, fused, normal_blocks, normal_pairs
from ._tensor import Tensor

if TYPE_CHECKING:
    from numpy.random import MT19937

DEFAULT_SEED = 67280421310721
"""The seed of a new Generator."""

# PyTorch's state: seed, how many outputs are left, whether seeded, the position, the twister's 624
# words, three numbers of an older format (the second one now holds the spare normal number),
# whether there is one, and a spare float that the CPU never has.
_STATE = struct.Struct("<Qii Q 624Q ddd i4x f?3x")
_LONG_SHUFFLE = 4096
"""From this length on a shuffle by rounds is faster than one element by element."""


class Generator:
    """A source of random numbers with a state of its own.

    Its streams equal those of ``torch.Generator()`` on a CPU, number by number.

    Parameters
    ----------
    device : str
        The CPU.

    Examples
    --------
    >>> g = mg.Generator().manual_seed(1337)
    >>> mg.rand(2, generator=g)
    tensor([0.0783, 0.4956])
    """

    def __init__(self, device: Any = "cpu") -> None:
        _device.check_device(device)
        self._seed = DEFAULT_SEED
        self._twister: MT19937 | None = None
        self._spare: float | None = None

    @property
    def device(self) -> _device.device:
        """Where it draws its numbers: the CPU."""
        return _device.CPU

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of a seed.

        Parameters
        ----------
        seed : int
            From -2**63 to 2**64 - 1. Only the lowest 32 bits make a difference.

        Returns
        -------
        Generator
            Itself.

        Raises
        ------
        ValueError
            If the seed is out of range.

        Examples
        --------
        >>> mg.Generator().manual_seed(7).initial_seed()
        7
        """
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"{seed} is no seed: a seed lies from -2**63 to 2**64 - 1")
        self._seed = seed % 2**64
        self._twister = self._spare = None
        return self

    def initial_seed(self) -> int:
        """The seed that the present stream began with."""
        return self._seed

    def seed(self) -> int:
        """Start the stream of a seed taken from the operating system, and return that seed."""
        return self.manual_seed(int.from_bytes(os.urandom(8), "little")).initial_seed()

    def get_state(self) -> Tensor:
        """Everything that decides the numbers to come, in the format of PyTorch.

        Returns
        -------
        Tensor of uint8, shape (5056,)

        Examples
        --------
        >>> g = mg.Generator()
        >>> state = g.get_state()
        >>> first = mg.randn(3, generator=g)
        >>> g.set_state(state)
        >>> mg.equal(first, mg.randn(3, generator=g))
        True
        """
        twister = self._bits().state["state"]
        position = int(twister["pos"])
        left = 625 - position  # outputs until the twister turns, this one included
        spare = self._spare
        packed = _STATE.pack(
            self._seed, left, 1, position, *twister["key"].tolist(),
            0.0, spare or 0.0, 0.0, spare is not None, 0.0, False,
        )  # fmt: skip
        return Tensor._wrap(np.frombuffer(packed, np.uint8).copy())

    def set_state(self, new_state: Tensor) -> None:
        """Go on from a state that `get_state`, here or in PyTorch, has returned.

        Parameters
        ----------
        new_state : Tensor of uint8, shape (5056,)

        Raises
        ------
        TypeError, RuntimeError
            If it is no such state. The generator goes on as before then.
        """
        array = getattr(new_state, "_array", None)
        if array is None or array.dtype != np.uint8:
            given = getattr(new_state, "dtype", type(new_state).__name__)
            raise TypeError(f"the state of a Generator is a Tensor of uint8, got {given}")
        if array.shape != (_STATE.size,):
            raise RuntimeError(
                f"the state of a Generator has shape ({_STATE.size},), got {tuple(array.shape)}"
            )
        seed, left, seeded, position, *rest = _STATE.unpack(array.tobytes())
        key, (_, spare, _, has_spare, *_) = rest[:624], rest[624:]
        if seeded != 1 or not 1 <= left <= 624 or position > 624 or max(key) >= 2**32:
            raise RuntimeError("these bytes are no state of a Mersenne Twister")
        twister = np.random.MT19937()
        twister.state = {
            "bit_generator": "MT19937",
            "state": {"key": np.array(key, np.uint32), "pos": 624 if left == 1 else position},
        }
        self._seed, self._twister, self._spare = seed, twister, spare if has_spare else None

    def __repr__(self) -> str:
        return f"<microgradnn.Generator seed={self._seed}>"

    # --- streams ----------------------------------------------------------------------------

    def _bits(self) -> MT19937:
        if self._twister is None:  # numpy.random costs 25 ms to import: not before it is needed
            self._twister = np.random.MT19937()
            np.random.RandomState(self._twister).seed(self._seed % 2**32)
        return self._twister

    def _words(self, n: int) -> Any:
        """The next n outputs, 32 bits each, as uint64."""
        return self._bits().random_raw(n)

    def _long_words(self, n: int) -> Any:
        """N numbers of 64 bits, made of two outputs each, the upper half first."""
        words = self._words(2 * n)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def _uniform64(self, n: int) -> Any:
        """N numbers in [0, 1), float64: 53 bits of two outputs each."""
        return (self._long_words(n) & np.uint64(2**53 - 1)) * 2.0**-53

    def _uniform32(self, n: int) -> Any:
        """N numbers in [0, 1), float32: 24 bits of one output each."""
        return ((self._words(n) & np.uint64(2**24 - 1)) * 2.0**-24).astype(np.float32)

    def _uniform(self, n: int, dtype: Any, low: float = 0.0, high: float = 1.0) -> Any:
        """N numbers in [low, high)."""
        if dtype == np.float64:
            unit = self._uniform64(n)
            return unit if (low, high) == (0.0, 1.0) else fused(unit, high - low, low)
        unit = self._uniform32(n)
        if (low, high) != (0.0, 1.0):
            start, width = np.float32(low), np.float32(high) - np.float32(low)
            unit = (unit.astype(np.float64) * np.float64(width) + np.float64(start)).astype(
                np.float32
            )
        out = unit.astype(dtype, copy=False)
        out[out == dtype.type(high)] = dtype.type(low)  # reached by rounding only
        return out

    def _normal(self, n: int, dtype: Any, mean: float, std: float, contiguous: bool = True) -> Any:
        """N normal numbers: by blocks of 16, or by pairs where they are few or lie scattered."""
        if n < 16 or not contiguous:
            return fused(self._normal_by_pairs(n), std, mean).astype(dtype, copy=False)
        uniform = self._uniform64 if dtype == np.float64 else self._uniform32
        rest = n % 16
        if not rest:
            return normal_blocks(uniform(n), mean, std).astype(dtype, copy=False)
        # The last 16 are drawn afresh, whatever they were. float16 never draws those beyond the
        # last full block in the first place.
        drawn = uniform(n - rest if dtype == np.float16 else n)
        out = np.empty(n, drawn.dtype)
        out[: n - rest] = normal_blocks(drawn[: n - rest], mean, std)
        out[n - 16 :] = normal_blocks(uniform(16), mean, std)
        return out.astype(dtype, copy=False)

    def _normal_by_pairs(self, n: int) -> Any:
        """N standard normal numbers, float64; an odd one out is kept for the next call."""
        out = np.empty(n)
        if not n:
            return out
        first = 0
        if self._spare is not None:
            out[0], self._spare, first = self._spare, None, 1
        pairs = (n - first + 1) // 2
        u = self._uniform64(2 * pairs)
        cosines, sines = normal_pairs(u[0::2], u[1::2])
        out[first::2] = cosines
        out[first + 1 :: 2] = sines[: (n - first) // 2]
        if (n - first) % 2:
            self._spare = float(sines[-1])
        return out

    def _integers(self, n: int, low: int, high: int) -> Any:
        """N integers in [low, high), int64: the remainder of one output, or of two."""
        span = high - low
        words = self._words(n) if span < 2**28 else self._long_words(n)
        return (words % np.uint64(span)).astype(np.int64) + low

    def _bernoulli(self, n: int, p: Any, wide: bool = True) -> Any:
        """N truth values, True with probability p (a number, or n of them)."""
        return (self._uniform64(n) if wide else self._uniform32(n)) < p

    def _exponential(self, n: int, rate: float) -> Any:
        """N numbers with density ``rate * exp(-rate * x)``, float64."""
        return exponential(self._uniform64(n), rate)

    def _permutation(self, n: int) -> Any:
        """0 to n - 1 shuffled: each place i swaps with place i + output % (n - i)."""
        places = np.arange(max(n - 1, 0))
        spans = np.arange(n, 1, -1, dtype=np.uint64)
        draw = self._words if n < (2**32 - 1) // 20 else self._long_words
        words = draw(len(places))
        partners = (words % spans).astype(np.int64) + places
        return _swap_by_rounds(partners, n) if n >= _LONG_SHUFFLE else _swap_in_order(partners, n)


def _swap_in_order(partners: Any, n: int) -> Any:
    order = list(range(n))
    for i, j in enumerate(partners.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)


def _swap_by_rounds(partners: Any, n: int) -> Any:
    """The same swaps with the same result, many at a time.

    A swap may go ahead once no earlier one that is still to come touches either of its places. In
    each round every waiting swap puts its number on both places, the earliest wins a place, and
    who has won both goes: about log n rounds.
    """
    order = np.arange(n)
    winner = np.empty(n, np.int64)
    waiting = np.arange(n - 1)
    while waiting.size:
        partner = partners[waiting]
        winner[waiting] = waiting
        winner[partner[::-1]] = waiting[::-1]  # the last one written, the earliest swap, stays
        free = (winner[waiting] == waiting) & (winner[partner] == waiting)
        i, j = waiting[free], partner[free]
        order[i], order[j] = order[j], order[i]
        waiting = waiting[~free]
    return order


default_generator = Generator()
"""What functions draw from that are not given a generator. Seeded by the operating system."""
default_generator.seed()
