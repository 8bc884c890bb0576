"""Plots of a run: each curve's cost against size, and the ratios to PyTorch eager."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .peers import PEERS
from .statistics import median_wall, ratio


def plot(workloads: dict[str, Any], folder: Path) -> list[tuple[str, str]]:
    """Write the plots that the results have data for; returns titles and file names."""
    import matplotlib

    matplotlib.use("svg")
    # The same results give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "benchmarks"
    folder.mkdir(exist_ok=True)
    made = []
    for name, result in workloads.items():
        if name.startswith("w12."):
            axis = name.partition(".")[2]
            made.append((result["title"], curves(result, axis, folder / f"{axis}.svg")))
    steps = {
        name: next(iter(result["times"].values()))
        for name, result in workloads.items()
        if name.startswith(("w2.", "w3.", "w4.", "w5."))
    }
    if steps:
        made.insert(0, ("Training steps beside PyTorch eager", bars(steps, folder / "steps.svg")))
    return made


def curves(result: dict[str, Any], axis: str, file: Path) -> str:
    """Time over size in logarithms, one curve for each peer."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    sizes = [float(label) for label in result["times"]]
    for peer in next(iter(result["times"].values())):
        medians = [median_wall(times[peer]) * 1e6 for times in result["times"].values()]
        axes.loglog(sizes, medians, "o-", label=PEERS[peer].title)
    axes.set(xlabel=axis, ylabel="one step, microseconds", title=result["title"])
    axes.grid(alpha=0.3)
    axes.legend()
    return save(figure, file)


def bars(steps: dict[str, Any], file: Path) -> str:
    """Ratios to PyTorch eager: one group of bars for each network."""
    import matplotlib.pyplot as plt

    peers = [peer for peer in next(iter(steps.values())) if peer != "pytorch"]
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    width = 0.8 / len(peers)
    for k, peer in enumerate(peers):
        ratios = [ratio(times[peer], times["pytorch"]) for times in steps.values()]
        places = [n + (k - (len(peers) - 1) / 2) * width for n in range(len(steps))]
        axes.bar(places, ratios, width, label=PEERS[peer].title)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xticks(range(len(steps)), list(steps))
    axes.set(ylabel="time / PyTorch eager's", title="Training steps beside PyTorch eager")
    axes.legend(ncols=3, fontsize="small")
    return save(figure, file)


def save(figure: Any, file: Path) -> str:
    """As SVG, without the date."""
    import matplotlib.pyplot as plt

    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
    return file.name
