"""``weights``: the parameters of a model as heat maps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..value import Value
from .charts import Chart, diverging, new_figure, style
from .number_text import format_number
from .palette import LIGHT


def weights(model: Any, *, max_panels: int = 16, title: str = "") -> Chart:
    """A heat map for each parameter: blue is positive, orange negative, white zero.

    A matrix is drawn as it is, a row for each output. The kernels of a convolution lie side by
    side: a row for each output channel, in it a kernel for each input channel. Above each map stand
    its shape, its range, and how many of its numbers are NaN or Inf (they are black).

    Parameters
    ----------
    model : Module, mapping of str to Tensor or array, or a sequence of Values
    max_panels : int
        Of more parameters only so many are drawn, the largest; the last line says so.
    title : str

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
    >>> mg.viz.weights(mg.nn.Linear(3, 2))
    <Chart of ... inches; chart.save('chart.png') writes it>
    """
    arrays = dict(_named_arrays(model, "_array"))
    if not arrays:
        raise ValueError(f"{type(model).__name__} has no parameters to draw")
    left_out = len(arrays) - max_panels
    if left_out > 0:
        largest = sorted(arrays, key=lambda name: -arrays[name].size)[:max_panels]
        arrays = {name: a for name, a in arrays.items() if name in largest}
        title = f"{title}  (the {max_panels} largest; {left_out} more)".strip()
    columns = min(4, math.ceil(math.sqrt(len(arrays))))
    rows = -(-len(arrays) // columns)
    figure = new_figure("viz.weights", 3.3 * columns, 2.7 * rows)
    for k, (name, array) in enumerate(arrays.items()):
        _panel(figure, figure.add_subplot(rows, columns, k + 1), name, array)
    if title:
        figure.suptitle(title, fontsize=11, color=LIGHT.ink, parse_math=False)
    return Chart(figure)


def _panel(figure: Any, axes: Any, name: str, array: Any) -> None:
    finite = array[np.isfinite(array)]
    reach = float(np.abs(finite).max()) if finite.size else 0.0
    colours = diverging().with_extremes(bad=LIGHT.ink)
    shown = np.where(np.isfinite(array), array, np.nan)
    image = axes.imshow(
        _flat(shown), cmap=colours, vmin=-(reach or 1.0), vmax=reach or 1.0, aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    bad = array.size - finite.size
    about = f"{'×'.join(map(str, array.shape)) or 'one number'}"
    if finite.size:
        about += f", {format_number(finite.min(), 3)} to {format_number(finite.max(), 3)}"
    style(axes, name, f"{about}, {bad} NaN or Inf" if bad else about)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
    bar = figure.colorbar(image, ax=axes, pad=0.03, shrink=0.9)
    bar.ax.tick_params(colors=LIGHT.muted, labelsize=8)
    bar.outline.set_visible(False)


def _flat(array: Any) -> Any:
    """An array of any number of dimensions as rows and columns."""
    if array.ndim < 2:
        return array.reshape(1, -1)
    if array.ndim == 2:
        return array
    *_, height, width = array.shape if array.ndim > 3 else (*array.shape[:2], 1, array.shape[2])
    blocks = array.reshape(array.shape[0], -1, height, width)
    gap = np.full((blocks.shape[0], blocks.shape[1], height + 1, width + 1), 0.0, array.dtype)
    gap[:, :, :height, :width] = blocks
    sheet = gap.transpose(0, 2, 1, 3)
    return sheet.reshape(sheet.shape[0] * sheet.shape[1], -1)[:-1, :-1]


def named_parameters(model: Any) -> Iterator[tuple[str, Any]]:
    """Names and parameters of a module, a mapping, or a sequence."""
    if hasattr(model, "named_parameters"):
        yield from model.named_parameters()
        return
    items = model.parameters() if hasattr(model, "parameters") else model
    if hasattr(items, "items"):
        yield from items.items()
        return
    for k, p in enumerate(items):
        yield getattr(p, "label", "") or str(k), p


def _named_arrays(model: Any, attribute: str) -> Iterator[tuple[str, Any]]:
    """Parameters as arrays; Values together, as one row."""
    values: list[float] = []
    for name, p in named_parameters(model):
        if isinstance(p, Value):
            values.append(float(p.data))
        else:
            yield name, np.asarray(getattr(p, attribute, p), np.float64)
    if values:
        yield f"{len(values)} Values", np.array(values)
