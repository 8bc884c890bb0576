"""The scalar fast path: what applies a primitive to Values, and what runs its rules on them.

For ``mul`` the source is, in short::

    def apply_value(x, y):
        v = new(Value)
        v._data = x._data * y._data
        v.prim, v.inputs, ... = prim, (x, y), ...
        return v

    def value_vjp(v, g):
        x, y = v.inputs
        return (rule_x(g, y._data), rule_y(g, x._data))

Nothing is saved: rules read the inputs. As with Tensors, straight-line source costs a fraction of a
loop over the record.
"""

from __future__ import annotations

import re
from typing import Any

from . import _mutation
from ._notes import watch_value
from ._primitive import Primitive, makes, rule_arguments
from .grad_mode import busy

_APPLY = """\
def {name}({arguments}):
    {convert}
    try:
        data = {forward}
    except (ArithmeticError, ValueError) as error:
        raise explain(error, prim, ({inputs}), ({params})) from None
    v = new(Value)
    v._data = data
    v.grad = 0
    v.prim = prim
    v.inputs = ({inputs})
    v.params = ({params})
    v.label = ""
    v.seq = next(sequence)
    if busy.watching:
        watch(v)
    return v
"""

_CONVERT = """\
if {0}.__class__ is not Value:
        {0} = constant({0})
        if {0} is None:
            return NotImplemented
"""


def _explain(error: Exception, prim: Primitive, inputs: Any, params: Any) -> Exception:
    """The same kind of error, saying which operation met which numbers."""
    operands = ", ".join(str(x.data) for x in inputs)
    return type(error)(f"{prim.format_symbol(params)} of {operands}: {error}")


def _names(prim: Primitive) -> tuple[list[str], str | None, list[str]]:
    """Names of the fixed inputs, of the variadic one if there is one, and of the parameters."""
    names, params = list(prim.inputs), [name for name, _ in prim.params]
    rest = names.pop() if prim.variadic else None
    return names, rest, params


def write_apply(Value: Any, constant: Any, prim: Primitive) -> dict[str, Any]:
    """Write ``apply_value`` and, for two inputs, the operators of one primitive.

    Parameters
    ----------
    Value : type
        The class of results.
    constant : callable
        Makes a Value of a plain number, None of what is no number.
    prim : Primitive
        With a ``scalar`` form.

    Returns
    -------
    dict
        ``apply_value``, and for binary primitives ``value_operator`` and ``value_reflected``.
    """
    fixed, rest, params = _names(prim)
    scope: dict[str, Any] = {
        "Value": Value, "prim": prim, "new": object.__new__, "constant": constant,
        "sequence": _mutation.sequence, "scalar": prim.scalar, "explain": _explain,
        "busy": busy, "watch": watch_value,
    }  # fmt: skip
    if isinstance(prim.scalar, str):
        forward = re.sub(rf"\b({'|'.join(fixed)})\b", r"\1._data", prim.scalar)
    else:
        data = [f"{x}._data" for x in fixed]
        if rest:
            data.append(f"*[t._data for t in {rest}]")
        forward = f"scalar({', '.join([*data, *params])})"
    template = {
        "arguments": ", ".join([*fixed, *params, *([f"*{rest}"] if rest else [])]),
        "forward": forward,
        "inputs": "".join(f"{x}, " for x in fixed) + (f"*{rest}" if rest else ""),
        "params": "".join(f"{p}, " for p in params),
    }
    source = _APPLY.format(name="apply_value", convert="pass", **template)
    if len(fixed) == 2 and not rest and not params:
        x, y = fixed
        swapped = {**template, "arguments": f"{y}, {x}"}
        source += _APPLY.format(name="value_operator", convert=_CONVERT.format(y), **template)
        source += _APPLY.format(name="value_reflected", convert=_CONVERT.format(x), **swapped)
    exec(source, scope)
    names = ("apply_value", "value_operator", "value_reflected")
    return {name: scope[name] for name in names if name in scope}


@makes("value_vjp")
def _write_vjp(prim: Primitive) -> dict[str, Any]:
    """Write the runner of a primitive's rules on numbers."""
    return {"value_vjp": _run_rules(prim, "._data", "v._data")}


@makes("value_vjp_graph")
def _write_vjp_graph(prim: Primitive) -> dict[str, Any]:
    """Write the runner of a primitive's rules on Values."""
    return {"value_vjp_graph": _run_rules(prim, "", "v")}


def _run_rules(prim: Primitive, read: str, whole: str) -> Any:
    """A function ``(v, g)`` that calls each rule with what it needs of ``v`` and its inputs."""
    fixed, rest, params = _names(prim)
    scope: dict[str, Any] = {}
    results = []
    for x in prim.inputs:
        rule = prim.rules.get(x)
        if rule is None:
            results.append("None")
            continue
        scope[f"rule_{x}"] = rule
        arguments = []
        for argument in rule_arguments(rule):
            if argument == "ans":
                argument = whole
            elif argument == rest:
                argument = f"[t{read} for t in {rest}]"
            elif argument in fixed:
                argument += read
            elif argument == "needs":
                argument = f"[True] * len({rest})"
            elif argument.endswith("_shape"):
                argument = "()"
            arguments.append(argument)
        call = f"rule_{x}({', '.join(arguments)})"
        if read and "np" in rule.__code__.co_names:
            # np.cos(float) is an np.float64, which makes all that follows ten times slower.
            call = f"float({call})"
        results.append(f"*{call}" if x == rest else call)
    lines = [
        "def run(v, g):",
        f"    {''.join(f'{x}, ' for x in fixed)}{f'*{rest},' if rest else ''} = v.inputs",
    ]
    if params:
        lines.append(f"    {', '.join(params)}, = v.params")
    lines.append(f"    return ({', '.join(results)},)")
    exec("\n".join(lines), scope)
    return scope["run"]
