"""``gradient_flow``: how large the gradients are from the first layer to the last."""

from __future__ import annotations

from typing import Any

import numpy as np

from .charts import Chart, new_figure, style
from .number_text import format_number
from .palette import LIGHT
from .weight_maps import named_parameters

_SMALLEST = 1e-12


def gradient_flow(model: Any, *, title: str = "", max_rows: int = 60) -> Chart:
    """A bar for each parameter: the mean size of its gradient's numbers, and a tick at the largest.

    In the order of the model, first layer on top, on a logarithmic axis: where bars shrink from the
    bottom to the top, gradients vanish on their way back. No gradient, a gradient of zeros, NaN and
    Inf are written out.

    Parameters
    ----------
    model : Module, mapping of str to Tensor, or a sequence of Tensors or Values
        After ``backward()``.
    title : str
    max_rows : int
        Of more parameters, so many are drawn, evenly chosen.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        If there are no parameters.
    MissingPackage
        If matplotlib is not installed.

    Examples
    --------
    >>> model = mg.nn.Linear(3, 2)
    >>> model(mg.ones(4, 3)).sum().backward()
    >>> mg.viz.gradient_flow(model)
    <Chart of ... inches; chart.save('chart.png') writes it>
    """
    found = [(name, _sizes(p.grad)) for name, p in named_parameters(model)]
    if not found:
        raise ValueError(f"{type(model).__name__} has no parameters")
    if len(found) > max_rows:
        chosen = sorted({round(k) for k in np.linspace(0, len(found) - 1, max_rows)})
        title = f"{title}  ({len(chosen)} of {len(found)} parameters)".strip()
        found = [found[k] for k in chosen]
    figure = new_figure("viz.gradient_flow", 6.4, max(1.6, 0.26 * len(found) + 1.1))
    axes = figure.add_subplot()
    drawn = [s for _, s in found if isinstance(s, tuple)]
    floor = max(min((s[0] for s in drawn), default=1e-3) / 3, _SMALLEST)
    for row, (_, size) in enumerate(found):
        if isinstance(size, str):
            axes.text(
                0.01, row, size, va="center", fontsize=9, color=LIGHT.ink, style="italic",
                transform=axes.get_yaxis_transform(),
            )  # fmt: skip
            continue
        mean, largest = size
        axes.barh(row, mean - floor, left=floor, color=LIGHT.gradient, height=0.62)
        axes.plot([largest, largest], [row - 0.31, row + 0.31], color=LIGHT.ink, linewidth=2)
    top = max((s[1] for s in drawn), default=1.0)
    axes.set_xscale("log")
    axes.set_xlim(floor, top * 2)
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_yticks(range(len(found)), [name for name, _ in found], parse_math=False)
    style(axes, title, "size of the gradient: bar = mean, tick = largest")
    axes.grid(axis="x", color=LIGHT.parameter, linewidth=1)
    axes.set_axisbelow(True)
    return Chart(figure)


def _sizes(grad: Any) -> tuple[float, float] | str:
    """Mean and largest absolute number of a gradient, or what there is to say instead."""
    if grad is None:
        return "no gradient"
    array = np.abs(np.asarray(getattr(grad, "_array", grad), np.float64))
    bad = int(array.size - np.isfinite(array).sum())
    if bad:
        kind = "NaN" if np.isnan(array).any() else "Inf"
        return f"{kind}: {format_number(bad)} of {format_number(array.size)} numbers"
    if not array.any():
        return "zero"
    return max(float(array.mean()), _SMALLEST), max(float(array.max()), _SMALLEST)
