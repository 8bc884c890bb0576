"""The eager fast path: ``primitive.apply(*tensors, *params)``, written once per primitive.

For ``mul`` the source is, in short::

    def apply(x, y):
        a0, a1 = x._array, y._array
        if a0.dtype is not a1.dtype: a0, a1 = promote((a0, a1))
        out = forward(a0, a1)
        t = new(Tensor); t._array = out; t._base = None
        n0, n1 = x._node, y._node
        if (n0 is not None or n1 is not None) and (not busy.count or is_grad_enabled()):
            t._node = n = new(Node)
            n.saved = (None if n0 is None else a1, None if n1 is None else a0)
            ...

Straight-line source is 70% cheaper per operation than a loop over the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _mutation
from ._errors import rescue
from ._primitive import Primitive, rule_arguments
from ._promotion import FLOATS, common, common_float, refuse_mixed, to_float
from .grad_mode import busy, is_grad_enabled
from .graph import Node, Output

if TYPE_CHECKING:
    from ._tensor import Tensor


def write_apply(
    Tensor: type[Tensor], as_operand: Any, mark_view: Any, watch: Any, prim: Primitive
) -> dict[str, Any]:
    """Write ``apply`` and, for two inputs, the operators of one primitive.

    Parameters
    ----------
    Tensor : type
        The class of results.
    as_operand : callable
        ``as_operand(x, like)``: a Tensor for a number or array beside ``like``, or None.
    mark_view : callable
        ``mark_view(result, source)``: remember that the result may share the source's memory.
    watch : callable
        ``watch(prim, node, out, arrays, params)``: what ``record()`` and ``detect_anomaly()`` do.
    prim : Primitive

    Returns
    -------
    dict
        ``apply``, and for binary operators ``tensor_operator`` and ``tensor_reflected``.
    """
    scope: dict[str, Any] = {
        "Node": Node, "Output": Output, "Tensor": Tensor, "as_operand": as_operand,
        "asarray": np.asarray, "busy": busy,
        "common": common, "common_float": common_float, "FLOATS": FLOATS, "rescue": rescue,
        "forward": prim.forward, "is_grad_enabled": is_grad_enabled,
        "mark_view": mark_view, "ndarray": np.ndarray, "new": object.__new__, "watch": watch,
        "prim": prim, "refuse_mixed": refuse_mixed, "sequence": _mutation.sequence,
        "to_float": to_float,
    }  # fmt: skip
    source = _variadic(prim) if prim.variadic else _fixed(prim, "apply", prim.inputs)
    if prim.operator and len(prim.inputs) == 2:
        # Operators get a body of their own: a second call would cost a tenth of the operation.
        x, y = prim.inputs
        source += _fixed(prim, "tensor_operator", (x, y), _OPERAND.format(other=y, like=x))
        source += _fixed(prim, "tensor_reflected", (y, x), _OPERAND.format(other=x, like=y))
    exec(source, scope)
    return {
        name: scope[name]
        for name in ("apply", "tensor_operator", "tensor_reflected")
        if name in scope
    }


_OPERAND = """\
    if {other}.__class__ is not Tensor and not isinstance({other}, Tensor):
        {other} = as_operand({other}, {like})
        if {other} is None:
            return NotImplemented"""


def _fixed(prim: Primitive, name: str, arguments: tuple[str, ...], begin: str = "") -> str:
    """Source for a primitive with a fixed number of inputs."""
    names = prim.inputs
    params = [name for name, _ in prim.params]
    lines = [f"def {name}({', '.join([*arguments, *params])}):"]
    if begin:
        lines.append(begin)
    for k, x in enumerate(names):
        optional = f" if {x} is not None else None" if x in prim.optional else ""
        lines.append(f"    a{k} = {x}._array{optional}")
    lines += _promotion(prim)
    call = ", ".join([*(f"a{k}" for k in range(len(names))), *params])
    lines += [
        "    try:",
        f"        out = forward({call})",
        "    except Exception as error:",
        f"        out = rescue(error, prim, ({''.join(f'a{k}, ' for k in range(len(names)))}), "
        f"({''.join(f'{p}, ' for p in params)}))",
    ]
    differentiable = [k for k, x in enumerate(names) if x in prim.rules]
    nodes = []
    for k in differentiable:
        x = names[k]
        optional = f" if {x} is not None else None" if x in prim.optional else ""
        nodes.append(f"    n{k} = {x}._node{optional}")
    inputs = "".join(f"n{k}, " if k in differentiable else "None, " for k in range(len(names)))
    condition = " or ".join(f"n{k} is not None" for k in differentiable)
    arrays = "".join(f"a{k}, " for k in range(len(names)))
    lines += _finish(prim, nodes, condition, inputs, _saved(prim), params, arrays, names[0])
    return "\n".join(lines) + "\n"


def _variadic(prim: Primitive) -> str:
    """Source for a primitive that takes any number of inputs (after some fixed ones)."""
    params = [name for name, _ in prim.params]
    *fixed, rest = prim.inputs
    signature = ", ".join([*fixed, f"*{rest}", *(f"{p}" for p in params)])
    lines = [f"def apply({signature}):" if not params else f"def apply(*{rest}):"]
    if params:
        # Positional parameters come last, as for every primitive.
        lines.append(f"    {''.join(f'{p}, ' for p in params)} = {rest}[-{len(params)}:]")
        lines.append(f"    {rest} = {rest}[:-{len(params)}]")
        if fixed:
            lines.append(f"    {', '.join(fixed)}, *{rest} = {rest}")
    tensors = f"({''.join(f'{x}, ' for x in fixed)}*{rest},)" if fixed else rest
    lines.append(f"    arrays = [x._array for x in {tensors}]")
    if prim.promotes:
        lines.append("    first = arrays[0].dtype if arrays else None")
        lines.append("    for a in arrays:")
        lines.append("        if a.dtype is not first:")
        lines.append("            arrays = list(common(arrays))")
        lines.append("            break")
    lines += [
        "    try:",
        f"        out = forward(*arrays{''.join(f', {p}' for p in params)})",
        "    except Exception as error:",
        f"        out = rescue(error, prim, arrays, ({''.join(f'{p}, ' for p in params)}))",
    ]
    nodes = [f"    nodes = [x._node for x in {tensors}]"]
    saved = []
    for name in prim.saves:
        if name == "ans":
            saved.append("out")
        elif name == rest:
            saved.append(f"arrays[{len(fixed)}:]")
        elif name == f"{rest}_shape":
            saved.append(f"[a.shape for a in arrays[{len(fixed)}:]]")
        elif name in prim.outputs:
            saved.append(f"out[{prim.outputs.index(name)}]")
        elif name in fixed:
            saved.append(f"arrays[{fixed.index(name)}]")
        else:
            saved.append(f"arrays[{fixed.index(name.removesuffix('_shape'))}].shape")
    return "\n".join(
        lines
        + _finish(
            prim, nodes, "nodes.count(None) < len(nodes)", "*nodes, ",
            "".join(f"{s}, " for s in saved), params, "*arrays, ", "",
        )
    )  # fmt: skip


def _promotion(prim: Primitive) -> list[str]:
    """Lines that give the inputs the dtypes the primitive asks for."""
    last = len(prim.inputs)
    skip = 1 if prim.inputs[0] == "condition" else 0
    pair = [k for k in range(skip, last) if prim.inputs[k] not in prim.optional]
    if prim.promotes == "float":
        return ["    if a0.dtype not in FLOATS:", "        a0 = to_float(a0)"]
    if prim.promotes in ("common", "common float") and len(pair) == 2:
        i, j = pair
        convert = "common" if prim.promotes == "common" else "common_float"
        lines = [
            f"    if a{i}.dtype is not a{j}.dtype:",
            f"        a{i}, a{j} = {convert}((a{i}, a{j}))",
        ]
        if prim.promotes == "common float":
            lines += [
                f"    elif a{i}.dtype not in FLOATS:",
                f"        a{i}, a{j} = to_float(a{i}), to_float(a{j})",
            ]
        return lines
    if prim.promotes == "same":
        i, j = pair
        return [f"    if a{i}.dtype is not a{j}.dtype:", f"        refuse_mixed(prim, a{i}, a{j})"]
    return []


def _saved(prim: Primitive) -> str:
    """The tuple a node saves: each item only if a rule that will run needs it."""
    outputs = {name: k for k, name in enumerate(prim.outputs)}
    positions = {x: k for k, x in enumerate(prim.inputs)}
    with_rules = [x for x in prim.inputs if x in prim.rules]
    items = []
    for name in prim.saves:
        readers = [x for x in with_rules if name in rule_arguments(prim.rules[x])]
        if name in outputs:
            item = "out" if prim.single else f"out[{outputs[name]}]"
        elif name in positions:
            item = f"a{positions[name]}"
        else:
            x = name.removesuffix("_shape")
            item = f"a{positions[x]}.shape"
            if x in prim.optional:
                item = f"(None if a{positions[x]} is None else {item})"
        if len(readers) < len(with_rules):
            unread = " and ".join(f"n{positions[x]} is None" for x in readers)
            item = f"None if {unread} else {item}"
        items.append(f"{item}, ")
    return "".join(items)


def _finish(
    prim: Primitive,
    nodes: list[str],
    condition: str,
    inputs: str,
    saved: str,
    params: list[str],
    arrays: str,
    source: str,
) -> list[str]:
    """Lines that wrap the result and, if a gradient may be wanted, make its node."""
    many = not prim.single
    shape = "tuple([o.shape for o in out])" if many else "out.shape"
    dtype = "tuple([o.dtype for o in out])" if many else "out.dtype"
    node = [
        "        n = new(Node)",
        "        n.prim = prim",
        f"        n.inputs = ({inputs})",
        f"        n.saved = ({saved})",
        f"        n.params = ({''.join(f'{p}, ' for p in params)})",
        f"        n.shape = {shape}",
        f"        n.dtype = {dtype}",
        "        n.seq = next(sequence)",
        "        n.notes = None",
    ]
    given = f"({arrays}), ({''.join(f'{p}, ' for p in params)})"
    check = f"    if ({condition}) and (not busy.count or is_grad_enabled()):" if condition else ""
    mark = [f"        mark_view(t, {source})"] if prim.view else []
    if many:
        lines = [
            "    out = tuple([o if o.__class__ is ndarray else asarray(o) for o in out])",
            *nodes,
        ]
        lines += [check, *node, "    else:", "        n = None"] if condition else ["    n = None"]
        lines += [
            "    if busy.watching:",
            f"        watch(prim, n, out, {given})",
            "    result = []",
            "    for k, o in enumerate(out):",
            "        t = new(Tensor)",
            "        t._array = o",
            "        t._base = None",
            "        t._node = Output(n, k) if n is not None and o.dtype.kind == 'f' else None",
            *mark,
            "        result.append(t)",
            "    return tuple(result)",
        ]
        return lines
    lines = [
        "    if out.__class__ is not ndarray:",
        "        out = asarray(out)",
        "    t = new(Tensor)",
        "    t._array = out",
        "    t._base = None",
        *nodes,
    ]
    if condition:
        lines += [check, *node, "        t._node = n", "    else:", "        t._node = None"]
    else:
        lines.append("    t._node = None")
    lines += ["    if busy.watching:", f"        watch(prim, t._node, out, {given})"]
    if prim.view:
        lines += [f"    mark_view(t, {source})"]
    lines.append("    return t")
    return lines
