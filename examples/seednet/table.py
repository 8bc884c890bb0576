"""The demo's one table."""

from __future__ import annotations

from collections.abc import Iterable

from seednet.network import Result, SeedNetwork

_HEADINGS = (
    "network",
    "figure",
    "published",
    "by hand",
    "engine",
    "largest gradient difference",
    "seconds",
)
# Text to the left, numbers to the right.
_ALIGNED = "<<>>>>>"


def table(results: Iterable[tuple[SeedNetwork, Result]]) -> str:
    """Lay out the results: a line for each figure, the network named on its first."""
    rows: list[tuple[str, ...]] = []
    for network, result in results:
        for index, figure in enumerate(result.figures):
            first = index == 0
            rows.append(
                (
                    f"{network.id:<4} {network.title}" if first else "",
                    figure.name,
                    figure.published,
                    figure.by_hand,
                    figure.engine + ("" if figure.agrees else " (differs)"),
                    f"{result.lockstep.largest_gradient_difference:.1e}" if first else "",
                    f"{result.seconds:.2f}" if first else "",
                )
            )
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    rule = "  ".join("-" * width for width in widths)
    lines = [_line(_HEADINGS, widths), rule]
    for row in rows:
        lines.append(_line(row, widths))
    return "\n".join(lines)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        f"{cell:{aligned}{width}}"
        for cell, aligned, width in zip(cells, _ALIGNED, widths, strict=True)
    ).rstrip()
