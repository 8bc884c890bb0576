"""``explore``: from a result to the page on which its backward pass is followed step by step."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..._tensor import Tensor
    from ...value import Value


@dataclass(frozen=True, repr=False)
class Exploration:
    """The page of one computation; in a notebook it shows itself.

    Attributes
    ----------
    html : str
        The whole page.
    nodes : int
        How many cards it has.
    path : str
        Where it was written; empty if it was not.
    """

    html: str
    nodes: int
    path: str = ""

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the page: all of it, or the old file stays as it was.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        str
            The path.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from ..files import write_atomically

        write_atomically(path, self.html.encode())
        return os.fspath(path)

    def __repr__(self) -> str:
        where = f"in {self.path!r}" if self.path else "; .save('backprop.html') writes it"
        return f"<Exploration of {self.nodes} nodes {where}>".replace(" ;", ";")

    def _repr_html_(self) -> str:
        from .page import framed

        return framed(self.html)


def explore(
    root: Value | Tensor,
    path: str | os.PathLike[str] | None = None,
    *,
    names: Mapping[str, Any] | None = None,
    parameters: Any = None,
    title: str = "",
    theme: str = "auto",
    max_nodes: int = 10_000,
) -> Exploration:
    """A page on which the forward and the backward pass of ``root`` are followed step by step.

    One file, that opens in any browser without a server or a network, and shows itself in a
    notebook. Each step shows the operation, its rule, and the numbers: upstream gradient times
    local derivative is the contribution to an operand; where paths meet, contributions add up.
    Clicking a card writes out the chain from it to the result. Graphs of Values can be recomputed
    in the page, by sliders on their leaves.

    The gradients are those of ``root`` alone; ``backward()`` need not have been called, and nothing
    is changed.

    Parameters
    ----------
    root : Value or Tensor
        The result, usually the loss: one number. A Tensor must have been computed inside ``with
        mg.record():``.
    path : str or path, optional
        The file to write.
    names : mapping of str to Value, Tensor, or lists, dicts and modules of them, optional
        Names for what has no label: ``names=locals()``.
    parameters : Values or Tensors, or a module, optional
        The leaves to show as parameters; the others are inputs then.
    title : str
        Of the page.
    theme : {"auto", "light", "dark"}
        ``auto`` is the reader's own choice.
    max_nodes : int
        The size above which the answer is an error. From 150 cards on the page shows groups, and
        around each step its neighbourhood.

    Returns
    -------
    Exploration

    Raises
    ------
    TypeError
        If ``root`` is neither a Value nor a Tensor, or an option has the wrong type.
    ValueError
        If a Tensor has no graph, was not recorded, or has several elements; if the graph is too
        big; if ``theme`` is another.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> a, b = mg.Value(2.0, label="a"), mg.Value(-3.0, label="b")
    >>> page = mg.viz.explore(a * b + a)
    >>> page
    <Exploration of 4 nodes; .save('backprop.html') writes it>
    """
    from ... import __version__
    from ...value import Value
    from ..naming import Names, nodes_of
    from .data import collect
    from .page import fill
    from .recording import record_computation

    if theme not in ("auto", "light", "dark"):
        raise ValueError(f"theme={theme!r}; there are 'auto', 'light' and 'dark'")
    if not isinstance(title, str):
        raise TypeError(f"title is a string, got {type(title).__name__}")
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
        raise TypeError(f"max_nodes is an integer, got {type(max_nodes).__name__}")
    if max_nodes < 1:
        raise ValueError(f"max_nodes={max_nodes}: at least 1")
    entries = record_computation(root, Names(names), nodes_of(parameters), max_nodes)
    data = collect(entries, title or "Backpropagation", __version__, isinstance(root, Value))
    made = Exploration(fill(entries, data, theme), len(entries))
    if path is None:
        return made
    return Exploration(made.html, made.nodes, made.save(path))
