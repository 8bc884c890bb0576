"""Placing cards in layers, in plain Python: for machines where Graphviz is there in no form.

The four steps of Sugiyama, Tagawa and Toda (1981): a rank for each card, so that every wire goes
forward; an order within each rank with few crossings (each card at the mean place of its
neighbours, in sweeps there and back); positions as straight as the order allows (least squares, by
pooling neighbours that would overlap); curves through the gaps that long wires were kept.
Everything is laid out from left to right here; `layout` turns it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
_SWEEPS, _SWEEPS_OF_MANY, _MANY = 12, 3, 4000
_PASSES = 8
_WIRE = 8.0
"""The height kept for a wire that passes a rank."""


@dataclass
class _Item:
    """A card, or the place where a wire passes a rank (``card`` is -1)."""

    card: int
    rank: int
    height: float
    before: list[_Item]
    after: list[_Item]
    place: float = 0.0
    y: float = 0.0


def lay_out_in_layers(
    sizes: Sequence[tuple[float, float]],
    wires: Sequence[tuple[int, int]],
    rank_gap: float,
    card_gap: float,
) -> tuple[float, float, list[Point], list[list[Point]]]:
    """Centres of cards and paths of wires.

    Parameters
    ----------
    sizes : sequence of (width, height)
        Widths along the direction of the wires.
    wires : sequence of (source, target)
        By position in ``sizes``. There is no cycle.
    rank_gap, card_gap : float
        Free room between ranks, and between the cards of a rank.

    Returns
    -------
    width, height : float
    centres : list of (x, y)
    paths : list of list of (x, y)
        A start, then three points for each cubic curve.

    Examples
    --------
    >>> lay_out_in_layers([(10, 10), (10, 10)], [(0, 1)], 30.0, 5.0)[2]
    [(5.0, 5.0), (45.0, 5.0)]
    """
    ranks = _ranks(len(sizes), wires)
    items, chains = _items(sizes, wires, ranks)
    layers: list[list[_Item]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for item in items:
        layers[item.rank].append(item)
    _order(layers, len(items))
    _spread(layers, card_gap)
    lefts, width = [], 0.0
    thickness = [max(sizes[item.card][0] for item in layer if item.card >= 0) for layer in layers]
    for thick in thickness:
        lefts.append(width)
        width += thick + rank_gap
    top = min((item.y - item.height / 2 for item in items), default=0.0)
    height = max((item.y + item.height / 2 for item in items), default=0.0) - top
    for item in items:
        item.y -= top
    centres: list[Point] = [(0.0, 0.0)] * len(sizes)
    for item in items:
        if item.card >= 0:
            centres[item.card] = (lefts[item.rank] + thickness[item.rank] / 2, item.y)
    paths = [_path(chain, lefts, thickness, sizes) for chain in chains]
    return max(width - rank_gap, 0.0), height, centres, paths


def _ranks(count: int, wires: Sequence[tuple[int, int]]) -> list[int]:
    """Each card behind all that it uses; what uses nothing right before its first use."""
    targets: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in wires:
        targets[source].append(target)
        waiting[target] += 1
    leaves = [n == 0 for n in waiting]
    ranks = [0] * count
    ready = [k for k in range(count) if leaves[k]]
    for k in ready:  # grows while it is walked
        for target in targets[k]:
            ranks[target] = max(ranks[target], ranks[k] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for k in range(count):
        if leaves[k] and targets[k]:
            ranks[k] = min(ranks[target] for target in targets[k]) - 1
    used = {rank: new for new, rank in enumerate(sorted(set(ranks)))}
    return [used[rank] for rank in ranks]


def _items(
    sizes: Sequence[tuple[float, float]], wires: Sequence[tuple[int, int]], ranks: Sequence[int]
) -> tuple[list[_Item], list[list[_Item]]]:
    """Cards and places of passing wires; for each wire the items that it goes through."""
    items = [_Item(k, ranks[k], sizes[k][1], [], []) for k in range(len(sizes))]
    chains = []
    for source, target in wires:
        chain = [items[source]]
        for rank in range(ranks[source] + 1, ranks[target]):
            passing = _Item(-1, rank, _WIRE, [], [])
            items.append(passing)
            chain.append(passing)
        chain.append(items[target])
        for a, b in itertools.pairwise(chain):
            a.after.append(b)
            b.before.append(a)
        chains.append(chain)
    return items, chains


def _order(layers: list[list[_Item]], count: int) -> None:
    """Sweep there and back; the order with the fewest crossings is kept."""
    for layer in layers:
        _number(layer)
    best, fewest = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(_SWEEPS if count < _MANY else _SWEEPS_OF_MANY):
        backwards = sweep % 2 == 0
        for layer in reversed(layers) if backwards else layers:
            for item in layer:
                near = item.after if backwards else item.before
                if near:
                    item.place = sum(n.place for n in near) / len(near)
            layer.sort(key=_place)
            _number(layer)
        crossings = _crossings(layers)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
        if not fewest:
            break
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _place(item: _Item) -> float:
    return item.place


def _number(layer: list[_Item]) -> None:
    """Places from 0 to 1, so that long and short ranks can be compared."""
    for k, item in enumerate(layer):
        item.place = (k + 0.5) / len(layer)


def _crossings(layers: list[list[_Item]]) -> int:
    """How many pairs of wires cross: inversions, counted with a Fenwick tree."""
    total = 0
    for layer, following in itertools.pairwise(layers):
        position = {id(item): k for k, item in enumerate(following)}
        tree = [0] * (len(following) + 1)
        seen = 0
        for item in layer:
            ends = sorted(position[id(b)] for b in item.after)
            for end in ends:
                k, not_after = end + 1, 0
                while k:
                    not_after += tree[k]
                    k &= k - 1
                total += seen - not_after
            for end in ends:
                k = end + 1
                while k < len(tree):
                    tree[k] += 1
                    k += k & -k
            seen += len(ends)
    return total


def _spread(layers: list[list[_Item]], gap: float) -> None:
    """Positions across: each item as near to its neighbours' mean as the order allows."""
    for layer in layers:
        y = 0.0
        for item in layer:
            item.y = y + item.height / 2
            y += item.height + gap
        middle = (y - gap) / 2
        for item in layer:
            item.y -= middle
    for round_ in range(_PASSES):
        forwards = round_ % 2 == 0
        for layer in layers if forwards else reversed(layers):
            wishes = []
            for item in layer:
                near = item.before if forwards else item.after
                near = near or [*item.before, *item.after]
                wishes.append(sum(n.y for n in near) / len(near) if near else item.y)
            _settle(layer, wishes, gap)


def _settle(layer: list[_Item], wishes: list[float], gap: float) -> None:
    """The positions nearest to the wishes (least squares) at which nothing overlaps.

    Without the room that items take this is a monotone regression: neighbours whose wishes are in
    the wrong order share their mean.
    """
    offsets, room = [], 0.0
    for k, item in enumerate(layer):
        if k:
            room += (layer[k - 1].height + item.height) / 2 + gap
        offsets.append(room)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        total, count = wish - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    places = [total / count for total, count in pools for _ in range(count)]
    for item, place, offset in zip(layer, places, offsets, strict=True):
        item.y = place + offset


def _path(
    chain: list[_Item],
    lefts: list[float],
    thickness: list[float],
    sizes: Sequence[tuple[float, float]],
) -> list[Point]:
    """From the right edge of the first card to the left edge of the last."""
    first, last = chain[0], chain[-1]
    x = lefts[first.rank] + (thickness[first.rank] + sizes[first.card][0]) / 2
    points: list[Point] = [(x, first.y)]
    for item in chain[1:]:
        is_end = item is last
        inset = (thickness[item.rank] - sizes[item.card][0]) / 2 if is_end else 0.0
        end = lefts[item.rank] + inset
        _curve(points, (end, item.y))
        if not is_end:
            _curve(points, (end + thickness[item.rank], item.y))
    return points


def _curve(points: list[Point], end: Point) -> None:
    """A curve that leaves and arrives along the direction of the wires."""
    (x, y), (x2, y2) = points[-1], end
    half = (x2 - x) / 2
    points += [(x + half, y), (x2 - half, y2), end]
