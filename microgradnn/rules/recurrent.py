"""Recurrent layers: all steps of a batch of sequences in one primitive.

The rows of all steps lie one below the other: first those of step 0, then those of step 1, and so
on. ``sizes`` says how many rows each step has. It never grows, so that the sequences of a batch may
end at different steps: the row ``b`` of every step belongs to the sequence ``b``. What the steps
take from the input is one product for all of them.

The rules go through the steps the other way round, and collect the cotangent of what is added up in
each; the weights' are then one product too. Step by step costs more calls than all steps at once,
but its arrays are small, and new memory costs more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, draw
from .shapes import cat

Sizes = tuple[int, ...]

_PARAMS: dict[str, Any] = {"sizes": (), "reverse": False}


def _steps(sizes: Sizes, reverse: bool) -> list[tuple[slice, int]]:
    """The rows of each step and their number, in the order in which the steps are computed."""
    steps = []
    start = 0
    for size in sizes:
        steps.append((slice(start, start + size), size))
        start += size
    return steps[::-1] if reverse else steps


def _before(states: Any, first: Any, sizes: Sizes, reverse: bool) -> Any:
    """For each row the state it began with: that of the step before, or the first one."""
    size = sizes[0]
    if sizes[-1] == size:
        if reverse:
            return cat(states[size:], first, axis=0)
        return cat(first, states[: states.shape[0] - size], axis=0)
    steps = _steps(sizes, False)
    parts = []
    if reverse:
        for (_, here), (rows, there) in zip(steps, [*steps[1:], (slice(0, 0), 0)], strict=True):
            parts += [states[rows], first[there:here]]
    else:
        parts.append(first)
        for (rows, _), (_, here) in pairwise(steps):
            parts.append(states[rows.start : rows.start + here])
    return cat(*parts, axis=0)


def _upper(x: Any, size: int) -> Any:
    return x if x.shape[0] == size else x[:size]


def _carried(new: Any, old: Any) -> Any:
    """The state after a step: the sequences that the step does not have keep theirs."""
    size = new.shape[0]
    return new if old.shape[0] == size else cat(new, old[size:], axis=0)


class _Rows:
    """What each step gives, put where its rows are."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.parts: dict[int, Any] = {}
        self.whole: Any = None

    def put(self, rows: slice, x: Any) -> None:
        """Keep what a step gives; raw arrays are written into one, which costs half the memory."""
        if not isinstance(x, np.ndarray):
            self.parts[rows.start] = x
            return
        if self.whole is None:
            self.whole = np.empty((self.count, x.shape[1]), x.dtype)
        self.whole[rows] = x

    def joined(self) -> Any:
        """All rows."""
        if self.whole is not None:
            return self.whole
        return cat(*(self.parts[start] for start in sorted(self.parts)), axis=0)


def _columns(x: Any, count: int) -> list[Any]:
    """Equal parts of the columns: the gates."""
    width = x.shape[1] // count
    return [x[:, k * width : (k + 1) * width] for k in range(count)]


def _squash(x: Any) -> None:
    """The sigmoid, in place; where the exponential overflows it is 0."""
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.divide(1, x, out=x)


def _turned(weight: Any) -> Any:
    """The transpose, written out: products of few rows are then 1.6 times as fast."""
    return np.ascontiguousarray(weight.T)


def _plus(x: Any, *more: Any) -> Any:
    """The sum of what is there."""
    for y in more:
        if y is not None:
            x = x + y
    return x


def _part(x: Any, rows: slice, name: str, arrived: Any) -> Any:
    """A step's rows of a cotangent, None if there is none."""
    return x[rows] if name in arrived else None


def _by_inputs(deltas: Any, needs: Any, x: Any, weight: Any, bias: Sequence[Any]) -> list[Any]:
    """The cotangents of what enters by ``x @ weight.T + bias``, from that of the sum."""
    return [
        deltas @ weight if needs[0] else None,
        deltas.mT @ x if needs[1] else None,
        *[deltas for _ in bias],
    ]


def _samples(cell: int, gates: int, more: Callable[[int], Sequence[Any]], **options: Any) -> Any:
    """Sequences of one length and of several, in both directions, with and without ``more``.

    ``cell`` is the number of states beside h; the last of ``more`` may be a projection.
    """

    def samples() -> list[Sample]:
        out = []
        shapes_of_steps = (
            ((2, 2, 2), False), ((2, 2), True), ((3, 2, 2, 1), False), ((3, 1, 1), True),
            ((1,), False),
        )  # fmt: skip
        for k, (sizes, reverse) in enumerate(shapes_of_steps):
            last = more(k)
            width = 2
            shown = last[-1][0] if last and len(last[-1]) == 2 else width
            states = [(sizes[0], shown), *[(sizes[0], width)] * cell]
            weights = [(gates * width, 3), (gates * width, shown)]
            shapes = [(sum(sizes), 3), *states, *weights, *last]
            inputs = tuple(draw(shape, -1.5, 1.5, 7 * k + j) for j, shape in enumerate(shapes))
            out.append(Sample(inputs, {"sizes": sizes, "reverse": reverse}))
        with_options = [Sample(s.inputs, {**s.params, **options}) for s in out]
        return out + with_options if options else out

    return samples


# --- h = tanh(x @ weight_ih.T + bias + h @ weight_hh.T) -------------------------------------------


def _rnn(*arguments: Any) -> Any:
    x, h, weight_ih, weight_hh, *bias, sizes, reverse, relu = arguments
    hs = x @ weight_ih.T
    if bias:
        hs += bias[0]
    turned = _turned(weight_hh)
    h = np.array(h)
    for rows, size in _steps(sizes, reverse):
        here = hs[rows]
        here += h[:size] @ turned
        if relu:
            np.maximum(here, 0, out=here)
        else:
            np.tanh(here, out=here)
        h[:size] = here
    return hs, h


def _rnn_rule(
    g_hs: Any, g_h: Any, xs: Any, hs: Any, sizes: Sizes, reverse: bool, relu: bool, needs: Any,
    arrived: Any,
) -> list[Any]:  # fmt: skip
    x, first, weight_ih, weight_hh, *bias = xs
    collected = _Rows(x.shape[0])
    for rows, size in _steps(sizes, not reverse):
        here = hs[rows]
        top = _plus(_upper(g_h, size), _part(g_hs, rows, "hs", arrived))
        delta = top * (here > 0) if relu else top * (1.0 - here * here)
        collected.put(rows, delta)
        g_h = _carried(delta @ weight_hh, g_h)
    deltas = collected.joined()
    by_x, by_ih, *by_bias = _by_inputs(deltas, [needs[0], needs[2]], x, weight_ih, bias)
    by_hh = deltas.mT @ _before(hs, first, sizes, reverse) if needs[3] else None
    return [by_x, g_h, by_ih, by_hh, *by_bias]


rnn: Primitive = define(
    "rnn", "*xs", _rnn, {"xs": _rnn_rule}, params={**_PARAMS, "relu": False}, outputs="hs h",
    mathematics="rnn(xs, sizes, reverse, relu)", symbol="RNN", public=False,
    samples=_samples(0, 1, lambda k: ((2,),) if k % 2 else (), relu=True),
    doc="h = tanh(x @ weight_ih.T + bias + h @ weight_hh.T), or max(.., 0), step by step, of x, h, "
        "weight_ih, weight_hh and, if there is one, bias.",
)  # fmt: skip


# --- long short-term memory -----------------------------------------------------------------------


def _lstm(*arguments: Any) -> Any:
    x, h, c, weight_ih, weight_hh, *more, sizes, reverse = arguments
    bias, projection = _bias_and_projection(more)
    width = c.shape[1]
    gates = x @ weight_ih.T
    if bias:
        gates += bias[0]
    turned, turned_projection = _turned(weight_hh), [_turned(w) for w in projection]
    h, c = np.array(h), np.array(c)
    cs = np.empty((x.shape[0], width), x.dtype)
    hs = np.empty((x.shape[0], h.shape[1]), x.dtype)
    with np.errstate(over="ignore"):
        for rows, size in _steps(sizes, reverse):
            gate, cell, out = gates[rows], cs[rows], hs[rows]
            gate += h[:size] @ turned
            i, f, g, o = _columns(gate, 4)
            candidate = np.tanh(g)
            _squash(gate)
            g[...] = candidate
            np.multiply(f, c[:size], out=cell)
            candidate *= i
            cell += candidate
            c[:size] = cell
            np.tanh(cell, out=candidate)
            candidate *= o
            out[...] = candidate @ turned_projection[0] if projection else candidate
            h[:size] = out
    return hs, h, c, cs, gates


def _bias_and_projection(more: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """None or one of each: what has one dimension is the bias."""
    return [w for w in more if w.ndim == 1], [w for w in more if w.ndim == 2]


def _lstm_rule(
    g_hs: Any, g_h: Any, g_c: Any, g_cs: Any, g_gates: Any, xs: Any, hs: Any, cs: Any, gates: Any,
    sizes: Sizes, reverse: bool, needs: Any, arrived: Any,
) -> list[Any]:  # fmt: skip
    x, first_h, first_c, weight_ih, weight_hh, *more = xs
    bias, projection = _bias_and_projection(more)
    i, f, g, o = _columns(gates, 4)
    tanh = np.tanh(cs)
    # The slope of a sigmoid is s (1 - s), that of a tanh 1 - t t.
    slopes = cat(i, f, g + 1.0, o, axis=1) * (1.0 - gates)
    factors = cat(g, _before(cs, first_c, sizes, reverse), i, tanh, axis=1) * slopes
    slope = o * (1.0 - tanh * tanh)
    by_gates = g_gates * slopes if "gates" in arrived else None
    collected, tops = _Rows(x.shape[0]), _Rows(x.shape[0])
    for rows, size in _steps(sizes, not reverse):
        top = _plus(_upper(g_h, size), _part(g_hs, rows, "hs", arrived))
        if projection:
            tops.put(rows, top)
            top = top @ projection[0]
        cell = _plus(_upper(g_c, size), _part(g_cs, rows, "cs", arrived))
        cell = cell + top * slope[rows]
        delta = cat(cell, cell, cell, top, axis=1) * factors[rows]
        delta = _plus(delta, _part(by_gates, rows, "gates", arrived))
        collected.put(rows, delta)
        g_h = _carried(delta @ weight_hh, g_h)
        g_c = _carried(cell * f[rows], g_c)
    deltas = collected.joined()
    by_x, by_ih, *by_more = _by_inputs(deltas, [needs[0], needs[3]], x, weight_ih, bias)
    by_hh = deltas.mT @ _before(hs, first_h, sizes, reverse) if needs[4] else None
    if projection:
        by_more.append(tops.joined().mT @ (o * tanh))
    return [by_x, g_h, g_c, by_ih, by_hh, *by_more]


lstm: Primitive = define(
    "lstm", "*xs", _lstm, {"xs": _lstm_rule}, params=_PARAMS, outputs="hs h c cs gates",
    mathematics="lstm(xs, sizes, reverse)", symbol="LSTM", public=False,
    samples=_samples(1, 4, lambda k: ((), ((8,),), ((8,), (1, 2)), ((1, 2),), ((8,),))[k]),
    doc="i, f, o = sigmoid and g = tanh of x @ weight_ih.T + bias + h @ weight_hh.T; c = f c + i "
        "g; h = o tanh(c), projected if there is a projection; step by step, of x, h, c, "
        "weight_ih, weight_hh and, if there are any, bias and projection.",
)  # fmt: skip


# --- gated recurrent unit -------------------------------------------------------------------------


def _gru(*arguments: Any) -> Any:
    x, h, weight_ih, weight_hh, *bias, sizes, reverse = arguments
    width = h.shape[1]
    gates = x @ weight_ih.T
    if bias:
        gates += bias[0]
    turned = _turned(weight_hh)
    h = np.array(h)
    hs, fed = np.empty((2, x.shape[0], width), x.dtype)
    with np.errstate(over="ignore"):
        for rows, size in _steps(sizes, reverse):
            gate, out = gates[rows], hs[rows]
            product = h[:size] @ turned
            if bias:
                product += bias[1]
            switches, candidate = gate[:, : 2 * width], gate[:, 2 * width :]
            switches += product[:, : 2 * width]
            _squash(switches)
            fed[rows] = product[:, 2 * width :]
            candidate += gate[:, :width] * fed[rows]
            np.tanh(candidate, out=candidate)
            np.subtract(h[:size], candidate, out=out)
            out *= gate[:, width : 2 * width]
            out += candidate
            h[:size] = out
    return hs, h, fed, gates


def _gru_rule(
    g_hs: Any, g_h: Any, g_fed: Any, g_gates: Any, xs: Any, hs: Any, fed: Any, gates: Any,
    sizes: Sizes, reverse: bool, needs: Any, arrived: Any,
) -> list[Any]:  # fmt: skip
    x, first, weight_ih, weight_hh, *bias = xs
    before = _before(hs, first, sizes, reverse)
    # n has another argument on the side of the input than on that of the state.
    from_x, from_h = _Rows(x.shape[0]), _Rows(x.shape[0])
    for rows, size in _steps(sizes, not reverse):
        r, z, n = _columns(gates[rows], 3)
        g_r, g_z, g_n = _columns(g_gates[rows], 3) if "gates" in arrived else (None, None, None)
        top = _plus(_upper(g_h, size), _part(g_hs, rows, "hs", arrived))
        by_n = _plus(top * (1.0 - z), g_n) * (1.0 - n * n)
        by_z = _plus(top * (before[rows] - n), g_z) * (z * (1.0 - z))
        by_r = _plus(by_n * fed[rows], g_r) * (r * (1.0 - r))
        by_fed = _plus(by_n * r, _part(g_fed, rows, "fed", arrived))
        delta = cat(by_r, by_z, by_fed, axis=1)
        from_h.put(rows, delta)
        from_x.put(rows, cat(by_r, by_z, by_n, axis=1))
        g_h = _carried(delta @ weight_hh + top * z, g_h)
    deltas = from_h.joined()
    by_x, by_ih, *by_bias = _by_inputs(
        from_x.joined(), [needs[0], needs[2]], x, weight_ih, bias[:1]
    )
    by_hh = deltas.mT @ before if needs[3] else None
    return [by_x, g_h, by_ih, by_hh, *by_bias, *[deltas for _ in by_bias]]


gru: Primitive = define(
    "gru", "*xs", _gru, {"xs": _gru_rule}, params=_PARAMS, outputs="hs h fed gates",
    mathematics="gru(xs, sizes, reverse)", symbol="GRU", public=False,
    samples=_samples(0, 3, lambda k: ((6,), (6,)) if k % 2 == 0 else ()),
    doc="a, b, d = x @ weight_ih.T + bias_ih; p, q, fed = h @ weight_hh.T + bias_hh; r, z = the "
        "sigmoid of a + p, b + q; n = tanh(d + r fed); h = (1 - z) n + z h, step by step, of x, h, "
        "weight_ih, weight_hh and, if there are any, bias_ih and bias_hh.",
)  # fmt: skip
