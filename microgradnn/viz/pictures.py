"""``draw``: from a result to the picture of how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from .._tensor import Tensor
from ..graph import Node
from ..value import Value

if TYPE_CHECKING:
    from .drawing import Drawing
    from .records import GraphRecord

RANKS_CROSSED = 24_000
"""How many ranks the edges may cross together before Graphviz searches for minutes."""
_RANKS_PER_NODE = 12
_IN_PART = 40
"""Cards of a part, shown where nothing can be folded: such a graph is a tangle."""

Direction = Literal["LR", "TB", "RL", "BT"]


def draw(
    root: Value | Tensor | Node,
    format: str = "svg",
    rankdir: Direction = "LR",
    *,
    show: Literal["both", "forward", "backward"] = "both",
    depth: int | None = None,
    expand: Sequence[str] = (),
    path_from: Any = None,
    around: Any = None,
    radius: int = 2,
    names: Mapping[str, Any] | None = None,
    parameters: Any = None,
    show_values: bool | None = None,
    show_grads: bool | None = None,
    show_saved: bool | None = None,
    show_arrays: bool = True,
    theme: Literal["light", "dark"] = "light",
    precision: int = 4,
    max_nodes: int = 150,
) -> Drawing:
    """The graph of everything that ``root`` was made of, as a picture.

    In a notebook the picture shows itself. ``.render("file.svg")`` (or ``.png``, ``.pdf``,
    ``.html``) writes it, ``.pipe()`` returns its bytes, ``.source`` is the graph in the DOT
    language (``.save("file.gv")``).

    Parameters of a model are hexagons, inputs are pills, numbers inside the computation are dashed
    pills, operations are boxes with the operation's symbol where the operands arrive, boxes that
    hold many nodes are stacked, the root has a double line. Blue is the value; orange, after ``∂``,
    the gradient, with a bar for its sign and size (six decades): an empty dashed one where it is
    zero. A gradient that has not been computed is left empty. Arrays are small heat maps (blue is
    positive, orange negative) or histograms. NaN and Inf are hatched, and named. The tooltip has
    everything in full.

    Tensor graphs keep no intermediate values: compute inside ``with mg.record():`` to see them, the
    constants, the names of a model's parameters, and its modules.

    A graph of more than ``max_nodes`` nodes is folded: into its modules if they were recorded,
    blocks that repeat into one box, "× 12"; else into boxes of what only one result needs. Nodes
    are never merged into one node: a box holds them all, ``expand=`` and ``max_nodes=`` open it.
    What is too big even so is shown in part, with cards that say how many more there are.

    Parameters
    ----------
    root : Value, Tensor or Node
        The result, usually the loss.
    format : str
        What ``render()`` and ``pipe()`` make unless told otherwise: "svg", "png", "pdf", "html",
        "gv" or "dot" (and all that the program ``dot`` makes, where it is installed).
    rankdir : {"LR", "TB", "RL", "BT"}
        The direction from the leaves to the root.
    show : {"both", "forward", "backward"}
        Values; or gradients, with what the backward pass reads and arrows that run to the leaves;
        or values and gradients.
    depth : int, optional
        How deep to look into modules: 0 for a box per model, 1 for boxes of what its ``forward``
        calls. Given, it folds graphs of any size.
    expand : sequence of str
        Paths, as ``named_modules()`` says them, of modules to open whatever the depth:
        ``expand=["blocks.0"]``.
    path_from : Value, Tensor, or a list of them, optional
        The ways from these to the root stand out, the rest steps back.
    around : Value, Tensor or Node, optional
        Show only what is near this one.
    radius : int
        How many steps away from ``around``.
    names : mapping of str to Value, Tensor, or lists, dicts and modules of them, optional
        Names for what has no label: ``names=locals()``, ``names=dict(model.named_parameters())``.
    parameters : Values or Tensors, or a module, optional
        The leaves to draw as parameters; the others are inputs then. By default every leaf that
        has a gradient is one.
    show_values, show_grads, show_saved : bool, optional
        What to write on the cards, if other than ``show`` says.
    show_arrays : bool
        Whether arrays have heat maps and histograms.
    theme : {"light", "dark"}
        Of the picture. HTML has both, and shows what the reader's system asks for.
    precision : int
        Significant digits, 1 to 17.
    max_nodes : int
        The most cards: beyond it the graph is folded.

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
        If a Tensor has no graph, an option has no such value, or modules are asked for that were
        not recorded.

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
    from .palette import DARK, LIGHT
    from .reading import read_graph

    check_format(format)
    _check_choice("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    _check_choice("show", show, ("both", "forward", "backward"))
    _check_choice("theme", theme, ("light", "dark"))
    _check_count("precision", precision, 1, 17)
    _check_count("max_nodes", max_nodes, 1)
    _check_count("radius", radius, 0)
    if depth is not None:
        _check_count("depth", depth, 0)
    if isinstance(expand, str):
        expand = [expand]

    graph = read_graph(root, Names(names), nodes_of(parameters))
    if path_from is not None:
        _mark(graph, path_from)
    graph = _readable(graph, depth, expand, around, radius, max_nodes)
    style = Style(
        show_values=show != "backward" if show_values is None else show_values,
        show_grads=show != "forward" if show_grads is None else show_grads,
        precision=precision,
        show_saved=show == "backward" if show_saved is None else show_saved,
        show_arrays=show_arrays,
    )
    picture = Picture(
        make_cards(graph, style),
        make_wires(graph),
        rankdir,
        hurry=graph.ranks_crossed() > 2000,
        backward=show == "backward",
        palette=DARK if theme == "dark" else LIGHT,
    )
    return Drawing.of(picture, format)


def _readable(
    graph: GraphRecord,
    depth: int | None,
    expand: Sequence[str],
    around: Any,
    radius: int,
    max_nodes: int,
) -> GraphRecord:
    """The part or the folded form of a graph that can be looked at."""
    from .folding import fold
    from .neighbourhood import neighbourhood, place_of

    if around is not None:
        return neighbourhood(graph, place_of(graph, _node_of(around)), radius, max_nodes)
    if depth is not None or expand or _is_too_much(graph, max_nodes):
        graph = fold(graph, depth, expand, max_nodes)
    if _is_too_much(graph, max_nodes):
        root = next(k for k, node in enumerate(graph.nodes) if node.is_root)
        graph = neighbourhood(graph, root, None, min(max_nodes, _IN_PART))
    return graph


def _is_too_much(graph: GraphRecord, max_nodes: int) -> bool:
    return len(graph.nodes) > max_nodes or graph.ranks_crossed() > max(
        RANKS_CROSSED, _RANKS_PER_NODE * max_nodes
    )


def _mark(graph: GraphRecord, path_from: Any) -> None:
    from .neighbourhood import place_of
    from .paths import mark_paths

    starts = path_from if isinstance(path_from, list | tuple) else [path_from]
    mark_paths(graph, [place_of(graph, _node_of(start)) for start in starts])


def _node_of(thing: Any) -> Any:
    """What stands for a Value, Tensor or node in a graph; a Tensor without one is its array."""
    if isinstance(thing, Tensor):
        return thing._array if thing._node is None else thing._node
    if isinstance(thing, Value | Node):
        return thing
    raise TypeError(
        f"around= and path_from= take a Value, a Tensor or a node, got {type(thing).__name__}"
    )


def _check_choice(name: str, given: object, choices: tuple[str, ...]) -> None:
    if given not in choices:
        *most, last = map(repr, choices)
        raise ValueError(f"{name}={given!r}; there are {', '.join(most)} and {last}")


def _check_count(name: str, number: object, least: int, most: int | None = None) -> None:
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{name} is an integer, got {type(number).__name__}")
    if number < least or (most is not None and number > most):
        raise ValueError(
            f"{name}={number}: at least {least}" + (f", at most {most}" if most else "")
        )
