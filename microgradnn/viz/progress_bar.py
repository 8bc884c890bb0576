"""``progress``: a loop with a bar of tqdm that shows the loss, and nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from .charts import need
from .history import as_float
from .live import is_terminal, notebook_display
from .number_text import format_number

T = TypeVar("T")


class Progress(Generic[T]):
    """What `progress` returns: go through it, and `log` the loss."""

    def __init__(
        self, iterable: Iterable[T], description: str, total: float | None, shown: bool | None
    ) -> None:
        self._iterable = iterable
        self._bar: Any = None
        if shown is None:
            shown = is_terminal(sys.stderr) or notebook_display() is not None
        if shown:
            try:
                from tqdm import tqdm
            except ImportError:
                raise need("tqdm", "viz.progress") from None
            self._bar = tqdm(
                iterable, desc=description or None, total=total, file=sys.stderr,
                dynamic_ncols=True, mininterval=0.1,
            )  # fmt: skip

    def __iter__(self) -> Iterator[T]:
        if self._bar is None:
            yield from self._iterable
            return
        try:
            yield from self._bar
        finally:
            self._bar.close()

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]

    def log(self, **numbers: Any) -> None:
        """Show numbers beside the bar: ``bar.log(loss=loss)``.

        Parameters
        ----------
        **numbers : number, Tensor of one element, or Value
        """
        if self._bar is None:
            return
        text = "  ".join(f"{k} {format_number(as_float(k, x))}" for k, x in numbers.items())
        self._bar.set_postfix_str(text, refresh=False)


def progress(
    iterable: Iterable[T],
    description: str = "",
    *,
    total: float | None = None,
    show: bool | None = None,
) -> Progress[T]:
    """Go through ``iterable`` with a progress bar; silent when not at a terminal.

    Parameters
    ----------
    iterable : iterable
        Batches, epochs, ``range(1000)``.
    description : str
        Stands before the bar.
    total : number, optional
        How many there are, where ``len(iterable)`` does not say.
    show : bool, optional
        Whether there is a bar. By default if standard error is a terminal, or in a notebook.

    Returns
    -------
    Progress
        With ``log(loss=...)`` for the numbers beside the bar.

    Raises
    ------
    MissingPackage
        If a bar is to be shown and tqdm is not installed.

    Examples
    --------
    >>> bar = mg.viz.progress(range(3))
    >>> for step in bar:
    ...     bar.log(loss=1 / (step + 1))
    """
    return Progress(iterable, description, total, show)
