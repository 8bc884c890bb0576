"""Two trainings of one network, by hand and by the engine, compared at every step.

The two train independently, each from its own gradients, and their weights are compared after
every update. Gradients are compared at the *same* weights, the engine's: two trainings that
are apart by a rounding error have gradients that are apart by more than one, the more so the nearer
they come to a minimum, and that says nothing about how the gradients were derived.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Pairs = dict[str, tuple[Any, Any]]
"""For each parameter's name, what the hand derivation and what the engine have for it."""

AGREEMENT = 1e-10
"""The largest relative difference at which the two derivations still count as equal."""

# Comparing at once would cost more than the small networks' steps themselves, so the arrays are
# kept and compared a block at a time. A block is also bounded in size for the larger networks.
_BLOCK_STEPS = 512
_BLOCK_NUMBERS = 1_000_000


def relative_difference(by_hand: Array, engine: Array) -> Array:
    """Difference of two arrays relative to their largest entry, for each step of a block.

    Parameters
    ----------
    by_hand, engine
        The same array at consecutive steps, from both derivations: shape (steps, ...).

    Returns
    -------
    array of shape (steps,)
        ``max|a - b| / max(|a|, |b|)``, both maxima over one step's whole array; 0 where both
        arrays are zero throughout, infinity where one of them has a NaN or only one overflows.

    Notes
    -----
    Why the array's largest entry and not each entry by itself: an entry of a gradient is a sum
    of many terms, and rounding leaves an error in proportion to the terms, not to what is left
    of them. An entry that happens to cancel to nearly nothing therefore has no accurate digits
    in either derivation, while its neighbours tell how large the terms were. A gradient with one
    entry is compared entry by entry, as it should be.
    """
    if by_hand.shape != engine.shape:
        raise ValueError(
            f"the hand derivation has shape {by_hand.shape[1:]}, the engine {engine.shape[1:]}: "
            "the two must describe the same parameter (transpose one of them?)"
        )
    a = by_hand.reshape(len(by_hand), -1)
    b = engine.reshape(len(engine), -1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        difference = np.abs(a - b).max(axis=1)
        scale = np.maximum(np.abs(a), np.abs(b)).max(axis=1)
        relative = np.where(scale > 0, difference / scale, 0.0)
    return np.where(np.isnan(relative) | np.isnan(scale), np.inf, relative)


class Lockstep:
    """Collects what both derivations computed and keeps the largest relative difference.

    Examples
    --------
    >>> import numpy as np
    >>> lockstep = Lockstep()
    >>> lockstep.gradients(w=(np.array([2.0, 1.0]), np.array([2.0, 1.0 + 1e-12])))
    >>> 4e-13 < lockstep.largest_gradient_difference < 6e-13
    True
    """

    def __init__(self) -> None:
        self.gradients_compared = 0
        self._worst: dict[str, tuple[float, str]] = {"gradient": (0.0, ""), "weight": (0.0, "")}
        self._kept: dict[tuple[str, str], list[tuple[Array, Array]]] = {}
        self._numbers_kept = 0

    def gradients(self, **pairs: tuple[Any, Any]) -> None:
        """Note one step's gradients: for each parameter the hand's and the engine's."""
        self.gradients_compared += len(pairs)
        self._keep("gradient", pairs)

    def weights(self, **pairs: tuple[Any, Any]) -> None:
        """Note the weights after one update: for each parameter the hand's and the engine's."""
        self._keep("weight", pairs)

    @property
    def largest_gradient_difference(self) -> float:
        """The largest relative difference of any gradient at any step so far."""
        self._compare()
        return self._worst["gradient"][0]

    @property
    def largest_weight_difference(self) -> float:
        """The largest relative difference of any weight after any update so far."""
        self._compare()
        return self._worst["weight"][0]

    @property
    def worst_gradient(self) -> str:
        """The name of the parameter whose gradients differed most (empty if none differed)."""
        self._compare()
        return self._worst["gradient"][1]

    def _keep(self, kind: str, pairs: Pairs) -> None:
        full = False
        for name, (by_hand, engine) in pairs.items():
            kept = self._kept.setdefault((kind, name), [])
            pair = _copied(by_hand), _copied(engine)
            kept.append(pair)
            self._numbers_kept += pair[0].size
            full = full or len(kept) >= _BLOCK_STEPS
        if full or self._numbers_kept >= _BLOCK_NUMBERS:
            self._compare()

    def _compare(self) -> None:
        for (kind, name), kept in self._kept.items():
            relative = relative_difference(
                np.stack([by_hand for by_hand, _ in kept]),
                np.stack([engine for _, engine in kept]),
            )
            largest = float(relative.max())
            if largest > self._worst[kind][0]:
                self._worst[kind] = (largest, name)
        self._kept.clear()
        self._numbers_kept = 0


def _copied(values: Any) -> Array:
    """A float64 copy of an array, a Tensor or a number: both sides go on to change theirs."""
    if hasattr(values, "detach"):
        values = values.detach().numpy()
    return np.array(values, dtype=np.float64)
