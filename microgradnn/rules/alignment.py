"""The loss of sequences whose places are not known: connectionist temporal classification.

Graves and others, 2006. A path names one class, or the blank, for each time step; it spells the
labels if they are left when repetitions are merged and then blanks removed. The probability of the
labels is that of all paths that spell them, summed by recursion over time.

The places on a path are the labels with a blank before, between and behind them. From one place a
path stays, goes to the next one, or leaves out a blank between two labels that differ.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, draw
from .elementwise import where
from .indexing import gather, put_along
from .pairs import logaddexp
from .reductions import logsumexp
from .shapes import cat, stack

NEVER = -1e30
"""The logarithm of no probability at all: finite, so that no difference of two is NaN."""


class _Places:
    """The places that paths go through, and where they may go: constants of the recursion."""

    def __init__(
        self, shape: tuple[int, ...], labels: Any, input_lengths: Any, target_lengths: Any,
        blank: int,
    ) -> None:  # fmt: skip
        steps, batch, _ = shape
        self.classes = np.full((batch, 2 * labels.shape[1] + 1), blank, np.int64)
        self.classes[:, 1::2] = labels
        self.index = np.broadcast_to(self.classes, (steps, *self.classes.shape))
        count = self.classes.shape[1]
        # Added to what comes from two places before: nothing, or the log of no probability.
        self.leap = np.full((batch, count), NEVER)
        self.leap[:, 2:][self.classes[:, 2:] != self.classes[:, :-2]] = 0.0
        last = 2 * target_lengths[:, None]
        places = np.arange(count)
        self.end = np.where((places == last) | (places == last - 1), 0.0, NEVER)
        self.start = np.full((batch, count), NEVER)
        self.start[:, 0] = 0.0
        self.running = np.arange(steps)[:, None, None] < input_lengths[:, None]
        self.edge = np.full((batch, 2), NEVER)


def _logs_of_places(x: Any, p: _Places) -> Any:
    return gather(x, p.index, axis=2)


def _forwards(logs: Any, p: _Places) -> tuple[Any, list[Any]]:
    """The log-probability of all paths, and that of being at each place after each step."""
    now, after = p.start, []
    for t in range(len(logs)):
        wide = cat(p.edge, now, axis=1)
        come = logaddexp(logaddexp(wide[:, 2:], wide[:, 1:-1]), wide[:, :-2] + p.leap)
        now = where(p.running[t], come + logs[t], now)
        after.append(now)
    return logsumexp(now + p.end, axis=1), after


def _backwards(logs: Any, p: _Places) -> list[Any]:
    """The log-probability of ending well from each place after each step."""
    now, after = p.end, [p.end]
    leap = np.concatenate([p.leap[:, 2:], p.edge], 1)  # from a place, not to it
    for t in range(len(logs) - 1, 0, -1):
        wide = cat(now + logs[t], p.edge, axis=1)
        go = logaddexp(logaddexp(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:] + leap)
        now = where(p.running[t], go, p.end)
        after.append(now)
    return after[::-1]


def _ctc(x: Any, labels: Any, input_lengths: Any, target_lengths: Any, blank: int) -> Any:
    p = _Places(x.shape, labels, input_lengths, target_lengths, blank)
    total, _ = _forwards(_logs_of_places(x, p), p)
    return np.where(total < NEVER / 2, np.inf, -total).astype(x.dtype, copy=False)


def _ctc_rule(
    g: Any, x: Any, labels: Any, input_lengths: Any, target_lengths: Any, blank: int
) -> Any:
    """``-g`` times the probability that a path is in a class at a time, given that it fits."""
    p = _Places(x.shape, labels, input_lengths, target_lengths, blank)
    logs = _logs_of_places(x, p)
    total, before = _forwards(logs, p)
    never = total < NEVER / 2  # no path at all: there is no derivative, but for what g ignores
    total = where(never, 0.0, total)
    there = stack(*before, axis=0) + stack(*_backwards(logs, p), axis=0) - total[:, None]
    often = put_along(where(p.running, np.exp(there), 0.0), p.index, axis=2, shape=x.shape)
    return where(p.running, where(never * (g != 0), math.nan, -g)[:, None] * often, 0.0)


def _samples() -> list[Sample]:
    def sample(shape: tuple[int, int, int], labels: Any, given: Any, wanted: Any, k: int) -> Sample:
        params = {
            "labels": np.array(labels), "input_lengths": np.array(given),
            "target_lengths": np.array(wanted), "blank": k % 2,
        }  # fmt: skip
        return Sample((draw(shape, -2.0, 0.0, 70 + k),), params)

    return [
        sample((4, 2, 3), [[1, 2], [2, 2]], [4, 3], [2, 2], 0),
        sample((3, 2, 3), [[0, 2], [2, 0]], [3, 2], [1, 0], 1),
        sample((1, 1, 2), [[1]], [1], [1], 2),
    ]


ctc = define(
    "ctc", "x", _ctc, {"x": _ctc_rule},
    params={"labels": None, "input_lengths": None, "target_lengths": None, "blank": 0},
    mathematics="-log(spelled(x, labels, input_lengths, target_lengths, blank))", symbol="CTC",
    public=False, samples=_samples,
    doc="For each sequence of a batch minus the log-probability of its labels.",
)  # fmt: skip
