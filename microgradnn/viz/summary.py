"""``summary``: what a model is made of, what comes out of each part, and the memory it takes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from .._tensor import Tensor
from ..grad_mode import no_grad
from ..random import fork_rng
from .summary_table import Row, Summary

if TYPE_CHECKING:
    from ..nn.module import Module


def summary(model: Module, *inputs: Any, depth: int | None = None, **keywords: Any) -> Summary:
    """The layers of a model, what comes out of them, their parameters, and the memory they take.

    The model runs once on the input, in evaluation mode and without gradients, and is left as it
    was: its mode, its buffers, its hooks and the random numbers to come, also if it raises.

    Parameters
    ----------
    model : Module
    *inputs
        What the model is called with.
    depth : int, optional
        How deep to look into modules: 1 for the children; all by default. What is not shown is
        counted in what holds it.
    **keywords
        Keyword arguments of the model.

    Returns
    -------
    Summary
        Prints as a table, in notebooks too; ``.markdown()`` is it in Markdown, ``.rows`` and the
        totals are there as numbers.

    Raises
    ------
    TypeError
        If the model is no Module, or is given nothing to run on.
    ValueError
        If it has lazy parameters, which running it would make.

    Examples
    --------
    >>> net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.Tanh(), mg.nn.Linear(3, 1))
    >>> print(mg.viz.summary(net, mg.zeros(4, 2)))
    module      class       output  parameters  activations
    ----------  ----------  ------  ----------  -----------
    Sequential  Sequential  (4, 1)          13
      0         Linear      (4, 3)           9         48 B
      1         Tanh        (4, 3)                     48 B
      2         Linear      (4, 1)           4         16 B
    <BLANKLINE>
    parameters      13, all trainable
    memory          248 B = 52 B parameters + 52 B gradients + 112 B activations + 32 B input
    """
    from ..nn.module import Module
    from ..nn.parameter import is_lazy

    if not isinstance(model, Module):
        raise TypeError(f"summary() takes a Module and its input, got {type(model).__name__}")
    if not inputs and not keywords:
        raise TypeError(
            "summary() needs something to run the model on: summary(model, mg.zeros(1, 3, 32, 32))"
        )
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int)):
        raise TypeError(f"depth is an integer, got {type(depth).__name__}")
    lazy = [name for name, p in model.named_parameters() if is_lazy(p)]
    if lazy:
        raise ValueError(
            f"{lazy[0]!r} has no shape yet, and running the model to summarise it would change it: "
            "call the model once first"
        )
    calls = _run(model, inputs, keywords)
    return _tabulate(model, calls, depth, sum(x.nbytes for x in _arrays((inputs, keywords))))


@dataclass
class _Calls:
    """What was seen of one module."""

    count: int = 0
    shapes: str = ""
    bytes: int = 0


def _run(model: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> dict[Any, _Calls]:
    """Run the model once; what came out of each module that was called."""
    seen = {module: _Calls() for module in model.modules()}
    given = [_base(x) for x in _arrays((inputs, keywords))]
    counted: dict[int, Any] = {id(x): x for x in given}

    def look(module: Any, args: Any, output: Any) -> None:
        calls = seen[module]
        calls.count += 1
        calls.shapes = ", ".join(str(tuple(x.shape)) for x in _arrays(output))
        if any(True for _ in module.children()):
            return
        for x in _arrays(output):
            # A view of what is counted takes no memory. Kept, so that no id is used again.
            owner = _base(x)
            if id(owner) not in counted:
                counted[id(owner)] = owner
                calls.bytes += x.nbytes

    with _as_it_was(model), fork_rng(), no_grad():
        for module in seen:
            module.__dict__["training"] = False
            module.register_forward_hook(look)
        model(*inputs, **keywords)
    return seen


@contextlib.contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Put back every attribute of every module, and what is in the buffers."""
    attributes = [(module.__dict__, dict(module.__dict__)) for module in model.modules()]
    hooks = [
        (value, dict(value))
        for _, before in attributes
        for name, value in before.items()
        if "_hooks" in name and isinstance(value, dict)
    ]
    buffers = [(buffer, buffer._array, buffer._array.copy()) for buffer in model.buffers()]
    try:
        yield
    finally:
        for now, before in attributes + hooks:
            now.clear()
            now.update(before)
        for buffer, array, numbers in buffers:
            array[...] = numbers
            buffer._array = array


def _arrays(things: Any) -> Iterator[Any]:
    """The arrays of Tensors in tuples, lists and dicts of anything."""
    if isinstance(things, Tensor):
        yield things._array
    elif isinstance(things, dict):
        for thing in things.values():
            yield from _arrays(thing)
    elif isinstance(things, list | tuple):
        for thing in things:
            yield from _arrays(thing)


def _base(array: Any) -> Any:
    """The array that owns the memory."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


def _tabulate(model: Any, calls: dict[Any, _Calls], depth: int | None, input_bytes: int) -> Summary:
    """The rows, each parameter counted where it is met first."""
    met: dict[int, str] = {}
    table = Summary(input_bytes=input_bytes)
    open_rows: list[tuple[str, Row]] = []
    placed: dict[Any, str] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        while open_rows and not _is_below(path, open_rows[-1][0]):
            open_rows.pop()
        kind, seen = type(module).__name__, calls[module]
        level = len(open_rows)
        row = Row(path.rsplit(".", 1)[-1] if path else kind, kind, level, path=path)
        if module in placed:
            row.note = f"is {placed[module] or 'the model'}"
        else:
            placed[module] = path
            row.shapes, row.calls, row.activations = seen.shapes, seen.count, seen.bytes
            # A list of modules is never called itself.
            if not any(calls[below].count for below in module.modules()):
                row.note = "not called"
        open_rows.append((path, row))
        if depth is None or level <= depth:
            table.rows.append(row)
        shared = []
        for name, p in module.named_parameters(recurse=False, remove_duplicate=False):
            size, here = prod(p.shape), f"{path}.{name}".lstrip(".")
            if id(p) in met:
                if module in placed and placed[module] == path:
                    shared.append(f"{name} is {met[id(p)]}")
                continue
            met[id(p)] = here
            table.add_parameter(size, p._array.nbytes, p.requires_grad)
            for _, holder in open_rows:
                holder.parameters += size
        row.note = ", ".join(filter(None, (row.note, *shared)))
        _count_below(open_rows, row, depth)
        table.activation_bytes += row.activations
    table.buffer_bytes = sum(buffer._array.nbytes for buffer in model.buffers())
    return table


def _is_below(path: str, holder: str) -> bool:
    return not holder or path.startswith(f"{holder}.")


def _count_below(open_rows: list[tuple[str, Row]], row: Row, depth: int | None) -> None:
    """What a row that is not shown takes is counted in the one that is."""
    if depth is not None and row.level > depth:
        open_rows[depth][1].activations += row.activations
