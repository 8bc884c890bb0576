"""``decision_boundary``: what a classifier says of every point of the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor
from ..functions.creation import tensor
from ..grad_mode import no_grad
from ..value import Value
from .charts import MARKERS, Chart, class_colour, diverging, new_figure, style
from .palette import LIGHT, mixed


def decision_boundary(
    model: Any,
    X: Any,
    y: Any,
    *,
    resolution: int | None = None,
    threshold: float | None = None,
    margin: float = 0.15,
    names: tuple[str, str] = ("x1", "x2"),
    title: str = "",
) -> Chart:
    """The data, and what the model says of the plane around it; the boundary is the dark line.

    Parameters
    ----------
    model : callable
        A module, or a function: of a Tensor of shape (N, 2) it makes scores of shape (N,), (N, 1)
        or (N, C). A network of Values takes one point at a time, and gives one score or C. It is
        asked in evaluation mode, without recording.
    X : array_like, (N, 2)
    y : array_like, (N,) or (N, 1)
        The classes: 0 and 1, -1 and 1, or 0 to C - 1.
    resolution : int, optional
        Points to each side: 200, for Values 50.
    threshold : number, optional
        The score at the boundary of two classes. By default 0.5 if the classes are 0 and 1 and all
        scores lie between these, else 0.
    margin : float
        How far the plane goes beyond the data, as a part of its extent.
    names : tuple of str
        The axes' labels.
    title : str

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        If ``X`` has not two columns, ``y`` has another length or is no list of classes, or the
        scores have another shape.
    MissingPackage
        If matplotlib is not installed.

    Examples
    --------
    >>> X = mg.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> model = mg.nn.Linear(2, 1)
    >>> mg.viz.decision_boundary(model, X, [0, 1, 1, 1])
    <Chart of 5.4 x 4.6 inches; chart.save('chart.png') writes it>
    """
    points, labels = _data(X, y)
    figure = new_figure("viz.decision_boundary", 5.4, 4.6)
    values = _is_of_values(model, points[0])
    side = resolution if resolution is not None else 50 if values else 200
    low, high = points.min(0), points.max(0)
    pad = margin * np.where(high > low, high - low, 1.0)
    horizontal, vertical = (
        np.linspace(a, b, side) for a, b in zip(low - pad, high + pad, strict=True)
    )
    grid = np.stack(np.meshgrid(horizontal, vertical), -1).reshape(-1, 2)
    scores = _scores(model, grid, X, values)

    axes = figure.add_subplot()
    classes = np.unique(labels)
    if scores.ndim == 2:
        _fill_classes(axes, horizontal, vertical, scores, side)
        numbers = {c: int(c) for c in classes}
    else:
        _fill_two(figure, axes, horizontal, vertical, scores, side, classes, threshold)
        numbers = {c: k for k, c in enumerate(classes[::-1])}  # blue is the upper class
    for c in classes:
        chosen = points[labels == c]
        k = numbers[c]
        axes.scatter(
            chosen[:, 0], chosen[:, 1], color=class_colour(k), marker=MARKERS[k % len(MARKERS)],
            s=30, edgecolors=LIGHT.card, linewidths=0.8, label=f"class {c:g}", zorder=3,
        )  # fmt: skip
    style(axes, title, *names)
    axes.legend(
        frameon=False, fontsize=9, labelcolor=LIGHT.ink, loc="lower right", borderaxespad=0.2,
        bbox_to_anchor=(1.0, 1.0), ncols=min(len(classes), 4), handletextpad=0.1, columnspacing=0.9,
    )  # fmt: skip
    axes.set_xlim(horizontal[0], horizontal[-1])
    axes.set_ylim(vertical[0], vertical[-1])
    return Chart(figure)


def _fill_two(
    figure: Any, axes: Any, horizontal: Any, vertical: Any, scores: Any, side: int, classes: Any,
    threshold: float | None,
) -> None:  # fmt: skip
    """One score for each point: a heat map around the threshold, and the line where it is met."""
    if len(classes) > 2:
        raise ValueError(
            f"y has {len(classes)} classes, but the model gives one score for each point; for more "
            "than two classes it must give one score for each class, (N, C)"
        )
    if threshold is None:
        probabilities = classes.min() >= 0 and scores.min() >= 0 and scores.max() <= 1
        threshold = 0.5 if probabilities else 0.0
    plane = scores.reshape(side, side)
    reach = float(np.quantile(np.abs(plane - threshold), 0.98)) or 1.0
    if threshold == 0.5 and scores.min() >= 0 and scores.max() <= 1:
        reach = 0.5
    image = axes.pcolormesh(
        horizontal, vertical, plane, cmap=diverging(), shading="nearest", rasterized=True,
        vmin=threshold - reach, vmax=threshold + reach, alpha=0.55,
    )  # fmt: skip
    bar = figure.colorbar(image, ax=axes, pad=0.02, extend="both" if reach != 0.5 else "neither")
    bar.set_label("score", color=LIGHT.muted, fontsize=9.5)
    bar.ax.tick_params(colors=LIGHT.muted, labelsize=9)
    bar.outline.set_visible(False)
    if plane.min() < threshold < plane.max():
        axes.contour(horizontal, vertical, plane, [threshold], colors=[LIGHT.ink], linewidths=1.8)


def _fill_classes(axes: Any, horizontal: Any, vertical: Any, scores: Any, side: int) -> None:
    """Several scores for each point: the tint of the class that has the highest."""
    from matplotlib.colors import ListedColormap

    winner = scores.argmax(1).reshape(side, side)
    count = scores.shape[1]
    tints = ListedColormap([mixed(class_colour(k), "#ffffff", 0.72) for k in range(count)])
    axes.pcolormesh(
        horizontal, vertical, winner, cmap=tints, vmin=-0.5, vmax=count - 0.5, shading="nearest",
        rasterized=True,
    )  # fmt: skip
    for k in range(count):
        # Where the score of a class is that of the best of the others.
        lead = (scores[:, k] - np.delete(scores, k, 1).max(1)).reshape(side, side)
        if lead.min() < 0 < lead.max():
            axes.contour(horizontal, vertical, lead, [0.0], colors=[LIGHT.ink], linewidths=1.4)


def _data(X: Any, y: Any) -> tuple[Any, Any]:
    points = _numbers(X)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"X has shape {points.shape}; a plane needs points of two numbers, (N, 2)")
    labels = _numbers(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (len(points),):
        raise ValueError(
            f"y has shape {labels.shape}, X has {len(points)} points; one class for each, (N,)"
        )
    if len(np.unique(labels)) > max(20, len(MARKERS)):
        raise ValueError(f"y has {len(np.unique(labels))} different numbers; it must be classes")
    return points, labels


def _numbers(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x._array.astype(np.float64)
    if isinstance(x, list | tuple):
        x = [_numbers(row) if isinstance(row, Tensor | list | tuple) else _number(row) for row in x]
    return np.asarray(x, np.float64)


def _number(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


def _is_of_values(model: Any, point: Any) -> bool:
    """Whether a model takes a list of numbers and makes Values."""
    parameters = model.parameters() if hasattr(model, "parameters") else ()
    first = next(iter(parameters), None)
    return isinstance(first, Value)


def _scores(model: Any, grid: Any, X: Any, values: bool) -> Any:
    """The model's scores of many points: (N,) or (N, C)."""
    training = getattr(model, "training", False)
    if training:
        model.eval()
    try:
        with no_grad():
            if values:
                made = [model(point) for point in grid.tolist()]
                scores = np.array(
                    [[_number(s) for s in m] if isinstance(m, list) else _number(m) for m in made],
                    np.float64,
                )
            else:
                out = model(tensor(grid, dtype=X.dtype) if isinstance(X, Tensor) else _given(grid))
                scores = np.asarray(out._array if isinstance(out, Tensor) else out, np.float64)
    finally:
        if training:
            model.train()
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    if scores.shape[:1] != (len(grid),) or scores.ndim > 2:
        raise ValueError(
            f"of {len(grid)} points the model made scores of shape {scores.shape}; expected "
            f"({len(grid)},), ({len(grid)}, 1) or ({len(grid)}, C)"
        )
    return scores


def _given(grid: Any) -> Tensor:
    """Points for a model when ``X`` was no Tensor: of the default float type."""
    return tensor(grid.tolist())
