"""Writes the tables of a run into README.md, between two markers, and the plots beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .peers import PEERS
from .plots import plot
from .statistics import exponent, median_wall, ratio
from .tables import duration, kinds, operations_table, peers_table, ratios_to_pytorch, table

BEGIN = "<!-- Written by `python -m benchmarks report`; edit nothing below this line. -->\n"


def write(results: dict[str, Any], folder: Path) -> None:
    """README.md keeps what stands above the marker."""
    readme = folder / "README.md"
    kept, marker, _ = readme.read_text().partition(BEGIN)
    if not marker:
        raise SystemExit(f"{readme.name} has lost the line {BEGIN.strip()!r}")
    workloads = results["workloads"]
    parts = [machine(results["machine"])]
    if training := against_pytorch(workloads):
        parts.append(training)
    parts += [section(name, result) for name, result in workloads.items()]
    if chains := {name: w for name, w in workloads.items() if name.startswith("w10.")}:
        parts.append(chain_exponents(chains))
    for title, picture in plot(workloads, folder / "plots"):
        parts.append(f"![{title}](plots/{picture})\n")
    readme.write_text(kept + BEGIN + "\n" + "\n".join(parts))


def machine(about: dict[str, Any]) -> str:
    """What it ran on."""
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    busy = "" if about["load"] is None else f"; load average at the start {about['load']:.1f}"
    return (
        f"## Results\n\n{about['processor']}, {about['cores']} cores, {about['system']}, Python "
        f"{about['python']}; {about['threads']} thread(s) for every peer, {about['rounds']} "
        f"rounds{busy}.\n\n{versions}.\n"
    )


def against_pytorch(workloads: dict[str, Any]) -> str:
    """Ratios of the training steps and means of those of the operations, in one table."""
    columns = ["microgradnn", "numpy", "torch.compile", "jax.jit", "autograd", "mygrad"]
    rows = []
    for name, result in workloads.items():
        if name.startswith("w8."):
            for kind in kinds(result["times"]):
                means = ratios_to_pytorch(result["times"], kind)
                rows.append([f"{name} {kind}", *(cell(means.get(peer)) for peer in columns)])
        elif name.startswith(("w2.", "w3.", "w4.", "w5.")):
            times = next(iter(result["times"].values()))
            found = {peer: ratio(times[peer], times["pytorch"]) for peer in times}
            rows.append([name, *(cell(found.get(peer)) for peer in columns)])
    if not rows:
        return ""
    head = ["time / PyTorch eager's", *(PEERS[peer].title for peer in columns)]
    return "### In short\n\nLess than 1 is quicker than PyTorch eager.\n\n" + table(head, rows)


def cell(number: float | None) -> str:
    """A ratio, or nothing."""
    return "" if number is None else f"{number:.3g}"


def section(name: str, result: dict[str, Any]) -> str:
    """One workload."""
    text = f"### {name}: {result['title']}\n\n"
    text += f"Results agree to a relative {result['difference']:.0e}."
    text += f" Not here: {result['absent']}\n\n" if result["absent"] else "\n\n"
    if name.startswith("w8."):
        return text + operations_table(result["times"])
    if name.startswith("w11."):
        return text + imports(result)
    if name.startswith("w12."):
        return text + series(result)
    for label, times in result["times"].items():
        if len(result["times"]) > 1:
            text += f"{label}:\n\n"
        reference = "micrograd" if "micrograd" in times else "pytorch"
        text += peers_table(times, result["memory"], reference) + "\n"
    return text.rstrip("\n") + "\n"


def imports(result: dict[str, Any]) -> str:
    """Times over Python's own and over NumPy's, sizes."""
    times = result["times"]["step"]
    medians = {peer: median_wall(rounds) for peer, rounds in times.items()}
    rows = []
    for peer, median in sorted(medians.items(), key=lambda item: item[1]):
        size = result["facts"][peer]["step"]["megabytes"]
        rows.append(
            [
                PEERS[peer].title if peer != "numpy" else "NumPy",
                duration(median),
                f"{(median - medians['python']) * 1e3:.0f} ms",
                f"{(median - medians['numpy']) * 1e3:.0f} ms",
                f"{size:.1f} MB" if size else "",
            ]
        )
    return table(["", "median", "over Python", "over NumPy", "installed, itself"], rows)


def series(result: dict[str, Any]) -> str:
    """Times by size, and the exponents of all sizes and of the larger half."""
    sizes = [float(label) for label in result["times"]]
    peers = list(next(iter(result["times"].values())))
    rows, half = [], len(sizes) // 2
    for peer in peers:
        medians = [median_wall(times[peer]) for times in result["times"].values()]
        rows.append(
            [
                PEERS[peer].title,
                *(duration(median) for median in medians),
                f"{exponent(sizes, medians):.2f}",
                f"{exponent(sizes[half:], medians[half:]):.2f}",
            ]
        )
    return table(["", *result["times"], "exponent", "of the larger half"], rows)


def chain_exponents(chains: dict[str, Any]) -> str:
    """How the whole time grows with the number of nodes: 1 is linear."""
    times: dict[str, list[tuple[float, float]]] = {}
    for name, result in chains.items():
        nodes = float(name.partition(".")[2])
        for peer, rounds in result["times"]["step"].items():
            times.setdefault(peer, []).append((nodes, nodes * median_wall(rounds)))
    rows = [
        [PEERS[peer].title, f"{exponent(*zip(*found, strict=True)):.2f}"]
        for peer, found in times.items()
        if len(found) > 1
    ]
    if not rows:
        return ""
    return "### w10: exponent of time over nodes\n\n" + table(["", "exponent"], rows)
