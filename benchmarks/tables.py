"""Results as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .peers import PEERS
from .statistics import geometric_mean, median_cpu, median_wall, ratio, spread


def duration(seconds: float) -> str:
    """With a unit that suits: ``12.3 us``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def peers_table(times: dict[str, Any], memory: dict[str, int], reference: str = "pytorch") -> str:
    """One row for each peer: median, spread, CPU time, ratio to PyTorch eager, peak memory."""
    head = ["", "median", "least to most", "CPU time"]
    other = times.get(reference)
    if other:
        head.append(f"/ {PEERS[reference].title}")
    if memory:
        head.append("peak memory")
    rows = []
    for peer, rounds in sorted(times.items(), key=lambda item: median_wall(item[1])):
        low, high = spread(rounds)
        row = [
            PEERS[peer].title,
            duration(median_wall(rounds)),
            f"{duration(low)} to {duration(high)}",
            duration(median_cpu(rounds)),
        ]
        if other:
            row.append(f"{ratio(rounds, other):.3g}")
        if memory:
            row.append(f"{memory[peer] / 1e6:.0f} MB")
        rows.append(row)
    return table(head, rows)


def operations_table(times: dict[str, Any]) -> str:
    """One row for each operation of each kind; geometric means of the ratios to PyTorch."""
    peers = list(next(iter(times.values())))
    head = ["", *(PEERS[peer].title for peer in peers), "microgradnn / PyTorch eager"]
    rows = []
    for kind in kinds(times):
        for label, found in of_kind(times, kind).items():
            ours = ratio(found["microgradnn"], found["pytorch"])
            cells = [duration(median_wall(found[p])) if p in found else "" for p in peers]
            rows.append([label, *cells, f"{ours:.2f}"])
        means = ratios_to_pytorch(times, kind)
        cells = [f"{means[peer]:.2f} times" if peer in means else "" for peer in peers]
        name = f"**geometric mean, {kind}, of the ratios to PyTorch eager**"
        rows.append([name, *cells, f"**{means['microgradnn']:.2f}**"])
    return table(head, rows)


def kinds(times: dict[str, Any]) -> list[str]:
    """What follows the operation's name in a label, in order."""
    return list(dict.fromkeys(label.partition(" ")[2] for label in times))


def of_kind(times: dict[str, Any], kind: str) -> dict[str, Any]:
    """The times of one kind."""
    return {label: found for label, found in times.items() if label.partition(" ")[2] == kind}


def ratios_to_pytorch(times: dict[str, Any], kind: str) -> dict[str, float]:
    """Of each peer that has it, the geometric mean over the operations of one kind."""
    chosen = list(of_kind(times, kind).values())
    return {
        peer: geometric_mean([ratio(found[peer], found["pytorch"]) for found in chosen])
        for peer in chosen[0]
    }
