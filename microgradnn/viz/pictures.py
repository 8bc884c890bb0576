"""``draw``: from a result to the picture of how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._tensor import Tensor
from ..value import Value

if TYPE_CHECKING:
    from .drawing import Drawing

RANKS_PER_NODE = 12
"""How many ranks the edges may cross together, for each of ``max_nodes``."""


def draw(
    root: Value | Tensor,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    names: Mapping[str, Any] | None = None,
    parameters: Any = None,
    show_values: bool = True,
    show_grads: bool = True,
    precision: int = 4,
    max_nodes: int = 2000,
) -> Drawing:
    """The graph of everything that ``root`` was made of, as a picture.

    In a notebook the picture shows itself. ``.render("file.svg")`` (or ``.png``, ``.pdf``) writes
    it, ``.pipe()`` returns its bytes, ``.source`` is the graph in the DOT language.

    Parameters of a model are hexagons, inputs are pills, numbers inside the computation are dashed
    pills, operations are boxes with the operation's symbol where the operands arrive, the root has
    a double line. Blue is the value; orange, after ``∂``, the gradient, with a bar for its sign and
    size (six decades). A gradient that has not been computed is left empty. The tooltip has
    everything in full.

    Tensor graphs keep no intermediate values: compute inside ``with mg.record():`` to see them, and
    the constants.

    Parameters
    ----------
    root : Value or Tensor
        The result, usually the loss.
    format : str
        What ``render()`` and ``pipe()`` make unless told otherwise: "svg", "png" or "pdf" (and all
        that the program ``dot`` makes, where it is installed).
    rankdir : {"LR", "TB", "RL", "BT"}
        The direction from the leaves to the root.
    names : mapping of str to Value, Tensor, or lists, dicts and modules of them, optional
        Names for what has no label: ``names=locals()``, ``names=dict(model.named_parameters())``.
    parameters : Values or Tensors, or a module, optional
        The leaves to draw as parameters; the others are inputs then. By default every leaf that
        has a gradient is one.
    show_values, show_grads : bool
        What to write on the cards.
    precision : int
        Significant digits, 1 to 17.
    max_nodes : int
        The size above which the answer is an error, not a picture.

    Returns
    -------
    Drawing
        A ``graphviz.Digraph``.

    Raises
    ------
    TypeError
        If ``root`` is neither a Value nor a Tensor, or ``names`` or ``parameters`` hold other
        things.
    ValueError
        If a Tensor has no graph, the graph is too big, or an option has no such value.

    Examples
    --------
    >>> a, b = mg.Value(2.0, label="a"), mg.Value(-3.0, label="b")
    >>> picture = mg.viz.draw(a * b + a)
    >>> picture
    <Drawing of 4 nodes and 4 edges; picture.render("graph.svg") writes it>
    """
    from .cards import Picture, Style, make_cards, make_wires
    from .drawing import Drawing, check_format
    from .naming import Names, nodes_of
    from .reading import read_graph

    check_format(format)
    if rankdir not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"rankdir={rankdir!r}; there are 'LR', 'TB', 'RL' and 'BT'")
    for name, number, most in (("precision", precision, 17), ("max_nodes", max_nodes, None)):
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"{name} is an integer, got {type(number).__name__}")
        if number < 1 or (most is not None and number > most):
            raise ValueError(f"{name}={number}: at least 1" + (f", at most {most}" if most else ""))

    graph = read_graph(root, Names(names), nodes_of(parameters), max_nodes)
    crossed = graph.ranks_crossed()
    if crossed > RANKS_PER_NODE * max_nodes:
        raise ValueError(
            f"the graph has {len(graph.nodes):,} nodes, and its {len(graph.edges):,} edges cross "
            f"{crossed:,} ranks, because something is used again and again far from where it was "
            f"made; at most {RANKS_PER_NODE * max_nodes:,} are drawn (max_nodes={max_nodes:,}): "
            "Graphviz would search minutes for a way to lead them. Draw a part of it (an inner "
            "result: draw(h)), or the same computation in fewer steps; or allow it: "
            f"draw(root, max_nodes={-(-crossed // RANKS_PER_NODE)})"
        )
    style = Style(show_values, show_grads, precision)
    hurry = crossed > 2000
    picture = Picture(make_cards(graph, style), make_wires(graph), rankdir, hurry)
    return Drawing.of(picture, format)
