"""`History`: the numbers of a training run, shown while it goes on and written when it is done."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Sequence
from typing import Any

from .charts import SERIES, Chart, new_figure, style
from .files import write_atomically
from .live import Live, open_live
from .number_text import format_number
from .palette import LIGHT
from .user_text import escape_xml

_ROLE = re.compile(r"^(train|training|val|valid|validation|test|eval)[ _/.-](.+)$")
_LARGEST_RATIO = 50.0
"""Numbers that span more than this are drawn on a logarithmic axis."""


class History:
    """Losses, metrics, gradient norms and learning rates of a training run.

    Parameters
    ----------
    model : Module, optional
        Each `log` also notes ``grad_norm``, the length of the gradient by all its parameters.
    optimizer : Optimizer, optional
        Each `log` also notes ``lr``: of several groups, ``lr_0``, ``lr_1``, ...
    live : bool or None
        Whether to show the latest numbers while training goes on: a line of a terminal that is
        written again and again, or the chart in a notebook. None: if there is one of the two.
    step : str
        What the horizontal axis counts.

    Examples
    --------
    >>> history = mg.viz.History(step="epoch")
    >>> for loss in (0.9, 0.5, 0.3):
    ...     history.log(loss=loss, accuracy=1 - loss)
    >>> history["loss"]
    [0.9, 0.5, 0.3]
    >>> history.last["accuracy"]
    0.7
    >>> history
    <History of 3 epochs: loss 0.3, accuracy 0.7>
    """

    def __init__(
        self, model: Any = None, optimizer: Any = None, *, live: bool | None = None,
        step: str = "step",
    ) -> None:  # fmt: skip
        self.steps: list[float] = []
        self.step = step
        self._rows: list[dict[str, float]] = []
        self._names: list[str] = []
        self._model, self._optimizer = model, optimizer
        self._live: Live | None = open_live(live)

    def log(self, *, at: float | None = None, **numbers: Any) -> None:
        """Note the numbers of one step or epoch.

        Parameters
        ----------
        at : number, optional
            Where on the horizontal axis; one after the latest by default.
        **numbers : number, Tensor of one element, or Value
            By name. ``train_loss`` and ``val_loss`` share a panel of the chart.

        Raises
        ------
        TypeError
            For what is not one number. Nothing is noted then.
        """
        row = {name: as_float(name, number) for name, number in numbers.items()}
        if self._model is not None:
            row.setdefault("grad_norm", gradient_norm(self._model))
        if self._optimizer is not None:
            groups = self._optimizer.param_groups
            for k, group in enumerate(groups):
                row.setdefault("lr" if len(groups) == 1 else f"lr_{k}", float(group["lr"]))
        if at is None:
            at = self.steps[-1] + 1 if self.steps else 1
        self.steps.append(as_float("at", at))
        self._rows.append(row)
        self._names += [name for name in row if name not in self._names]
        if self._live is not None:
            self._live.update(self)

    @property
    def names(self) -> list[str]:
        """What has been noted, in the order in which it first was."""
        return list(self._names)

    @property
    def last(self) -> dict[str, float]:
        """The latest number of each name."""
        found: dict[str, float] = {}
        for row in self._rows:
            found.update(row)
        return {name: found[name] for name in self._names}

    def __getitem__(self, name: str) -> list[float]:
        """The numbers of a name, in order; steps that did not note it are left out."""
        if name not in self._names:
            raise KeyError(f"{name!r} has not been logged; there are {self._names}")
        return [row[name] for row in self._rows if name in row]

    def __len__(self) -> int:
        return len(self._rows)

    def series(self, name: str) -> tuple[list[float], list[float]]:
        """Steps and numbers of a name."""
        self[name]
        pairs = [
            (at, row[name]) for at, row in zip(self.steps, self._rows, strict=True) if name in row
        ]
        return [at for at, _ in pairs], [number for _, number in pairs]

    # --- showing --------------------------------------------------------------------------------

    def plot(self, names: Sequence[str] | None = None) -> Chart:
        """The chart: a panel for each kind of number.

        Parameters
        ----------
        names : sequence of str, optional
            Only these.

        Raises
        ------
        MissingPackage
            If matplotlib is not installed.
        KeyError
            For a name that has not been logged.
        """
        wanted = self.names if names is None else list(names)
        panels = _panels(wanted)
        columns = min(2, max(len(panels), 1))
        rows = max(-(-len(panels) // columns), 1)
        figure = new_figure("viz.History.plot", 5.2 * columns, 2.9 * rows)
        for k, (title, members) in enumerate(panels.items()):
            axes = figure.add_subplot(rows, columns, k + 1)
            logarithmic = True
            for m, name in enumerate(members):
                colour, dashes = SERIES[m % len(SERIES)]
                steps, numbers = self.series(name)
                few = "o" if len(numbers) < 30 else ""
                axes.plot(
                    steps, numbers, color=colour, linestyle=dashes, linewidth=1.8,
                    label=_legend(name, title), marker=few, markersize=3.2,
                )  # fmt: skip
                for at, number in zip(steps, numbers, strict=True):
                    if not math.isfinite(number):
                        axes.axvline(at, color=LIGHT.ink, linewidth=1.2, linestyle=":")
                        axes.annotate(
                            format_number(number), (at, 0.97), xycoords=("data", "axes fraction"),
                            fontsize=9, color=LIGHT.ink, va="top", ha="left",
                            xytext=(3, 0), textcoords="offset points",
                        )  # fmt: skip
                        break
                logarithmic = logarithmic and _spans_orders(numbers)
            if logarithmic:
                axes.set_yscale("log")
            style(axes, title, self.step)
            axes.grid(axis="y", color=LIGHT.parameter, linewidth=1)
            axes.set_axisbelow(True)
            if len(members) > 1 or members[0] != title:
                axes.legend(frameon=False, fontsize=9, labelcolor=LIGHT.ink)
        return Chart(figure)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the chart (``.png``, ``.svg``, ``.pdf``) or the numbers (``.csv``).

        Parameters
        ----------
        path : str or path

        Raises
        ------
        ValueError
            For another ending.
        OSError
            If the file cannot be written; an older one stays as it was.
        """
        if os.fspath(path).lower().endswith(".csv"):
            write_atomically(path, self.csv().encode())
        else:
            self.plot().save(path)

    def csv(self) -> str:
        """The numbers as comma-separated values, every digit of them.

        Examples
        --------
        >>> history = mg.viz.History(live=False)
        >>> history.log(loss=0.5)
        >>> history.csv().splitlines()
        ['step,loss', '1.0,0.5']
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([self.step, *self._names])
        for at, row in zip(self.steps, self._rows, strict=True):
            writer.writerow([repr(at), *(repr(row[n]) if n in row else "" for n in self._names)])
        return text.getvalue()

    def close(self) -> None:
        """End the live display; the latest numbers stay on the terminal."""
        if self._live is not None:
            self._live.close(self)
            self._live = None

    def __enter__(self) -> History:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def line(self) -> str:
        """The latest numbers in one line."""
        numbers = [f"{name} {format_number(number)}" for name, number in self.last.items()]
        where = f"{self.step} {format_number(self.steps[-1])}" if self.steps else f"no {self.step}"
        return "  ".join([where, *numbers])

    def _repr_html_(self) -> str:
        try:
            picture = self.plot().render("svg").decode()
        except ImportError:
            return self._table()
        return picture[picture.index("<svg") :]

    def _table(self) -> str:
        """The latest numbers, where there is no matplotlib for a chart."""
        rows = "".join(
            f"<tr><th>{escape_xml(name)}</th><td>{format_number(number)}</td></tr>"
            for name, number in self.last.items()
        )
        return f"<table><caption>{escape_xml(self.step)} {len(self)}</caption>{rows}</table>"

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name} {format_number(x)}" for name, x in self.last.items())
        plural = "" if len(self) == 1 else "s"
        return f"<History of {len(self)} {self.step}{plural}{': ' if numbers else ''}{numbers}>"


def gradient_norm(model: Any) -> float:
    """The length of the gradient by all parameters of a model; 0 where there is none yet.

    Parameters
    ----------
    model : Module, or a sequence of Tensors or Values

    Examples
    --------
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> (w * mg.tensor([3.0, 4.0])).sum().backward()
    >>> mg.viz.gradient_norm([w])
    5.0
    """
    import numpy as np

    parameters = model.parameters() if hasattr(model, "parameters") else model
    total = 0.0
    for p in parameters:
        g = p.grad
        if g is not None:
            g = np.asarray(getattr(g, "_array", g), np.float64)
            total += float(np.vdot(g, g))
    return math.sqrt(total)


def as_float(name: str, number: Any) -> float:
    """One number of any kind as a float.

    Raises
    ------
    TypeError
        For what is not one number.
    """
    try:
        return float(number.item() if hasattr(number, "item") else number)
    except (TypeError, ValueError, RuntimeError):
        shape = f" of shape {tuple(number.shape)}" if hasattr(number, "shape") else ""
        raise TypeError(
            f"{name} is a {type(number).__name__}{shape}, not one number; reduce it first: "
            ".mean(), .item()"
        ) from None


def _panels(names: Sequence[str]) -> dict[str, list[str]]:
    """Which names share a panel: ``train_loss`` and ``val_loss``, ``lr_0`` and ``lr_1``."""
    panels: dict[str, list[str]] = {}
    for name in names:
        role = _ROLE.match(name)
        title = role[2] if role else re.sub(r"^(lr)_\d+$", r"\1", name)
        panels.setdefault(title, []).append(name)
    return panels


def _legend(name: str, title: str) -> str:
    role = _ROLE.match(name)
    return role[1] if role and name != title else name


def _spans_orders(numbers: Sequence[float]) -> bool:
    finite = [x for x in numbers if math.isfinite(x)]
    return bool(finite) and min(finite) > 0 and max(finite) / min(finite) > _LARGEST_RATIO
