"""What a primitive is, and the table that holds every one of them.

A primitive is one record: what it computes, its derivative, how people write it in
mathematics, and the inputs it is tested on. Every other part of the library reads this table;
none of them names an operation a second time.

How to read a rule
------------------
``rules={"x": lambda g, ans: g * (1.0 - ans * ans)}`` is the textbook formula for tanh. A rule is
a *vector-Jacobian product*: from ``g``, the cotangent of the result (dL/d ans), it makes the
cotangent of one input (dL/dx). Its parameter names say what it needs:

=============  ============================================================================
``g``          the cotangent of the result; ``g_NAME`` if the primitive names its outputs
``ans``        the result itself; ``NAME`` for a named output
an input       that input's value, by the name it has in ``inputs``
``x_shape``    only the shape of input ``x`` (nothing is kept alive for it)
a parameter    its value, by the name it has in ``params``
``needs``      which of the variadic inputs want a cotangent
``arrived``    the names of the outputs that got one; of the others it is zero
=============  ============================================================================

so the engine saves exactly that and frees the rest. Rules are written in operators, in ``np.``
functions and in calls of other primitives, all of which dispatch on what they are given: raw
arrays, Tensors (which records the rule itself: higher derivatives), floats or Values. No branch on
a value, no write in place, and of attributes only ``shape`` and ``ndim``. Summing over broadcast
axes, casting, accumulating and "is it needed at all" are the engine's business, never a rule's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from ._tensor import Tensor
    from .value import Value

Kind = Literal["elementwise", "linear", "multilinear"] | None
"""How forward mode follows from the same record.

*linear*: jointly linear, run forward on the tangents. *multilinear*: linear in each input, sum over
them. *elementwise*: the rule with the tangent in place of ``g``. ``None``: transpose the rule.
"""

Promotion = Literal["float", "common", "common float", "same"] | None
"""Which dtypes the inputs get before ``forward`` sees them (PyTorch's promotion).

*float*: integers become the default float. *common*: the promoted type of all inputs. *common
float*: both. *same*: different dtypes are an error. ``None``: as they are.
"""


Maker = TypeVar("Maker", bound="Callable[[Primitive], Mapping[str, Any]]")


class Sample(NamedTuple):
    """One set of inputs (float64 arrays, or integer arrays where the primitive wants them)."""

    inputs: tuple[Any, ...]
    params: Mapping[str, Any] = MappingProxyType({})


_ONE_CALL = re.compile(r"(?:torch|x)\.(?:nn\.functional\.)?((?:linalg\.|special\.)?\w+)\(")
"""PyTorch's function in what `Primitive.torch` says."""


class _WrittenOnDemand:
    """Functions that are written from a primitive's record when they are first asked for."""

    vjp: Callable[..., Any]
    """``vjp(inputs, saved, params, g)``: a cotangent per input, None where ``inputs`` has None."""
    apply: Callable[..., Tensor]
    """``apply(*tensors, *params)`` on Tensors, by the array engine (a tuple for many outputs)."""
    apply_value: Callable[..., Value]
    """``apply_value(*values, *params)`` on Values, by the scalar engine."""
    value_vjp: Callable[..., Any]
    """``value_vjp(value, g)``: cotangents of its inputs as numbers, by the scalar engine."""
    value_vjp_graph: Callable[..., Any]
    """The same as Values, for derivatives of higher order."""


@dataclass(eq=False, repr=False)
class Primitive(_WrittenOnDemand):
    """One operation: the record that everything else reads. Made by `define`.

    Attributes
    ----------
    name : str
        Unique in the table.
    inputs : tuple of str
        Names of the array inputs, in order. A last name with ``*`` takes any number of inputs
        (``variadic``), one with ``?`` may be None.
    forward : callable
        ``forward(*inputs, *params)`` on NumPy arrays.
    rules : mapping of input name to callable
        One vector-Jacobian product per differentiable input. The rule of a variadic input returns
        one cotangent for each of them. An input without a rule is never differentiated.
    params : tuple of (name, default)
        What is not an array: axes, shapes, strides.
    outputs : tuple of str
        ``("ans",)``, or one name per output, or ``("*parts",)`` for a number that depends on the
        parameters.
    kind : {"elementwise", "linear", "multilinear", None}
        See `Kind`.
    promotes : {"float", "common", "common float", "same", None}
        See `Promotion`.
    scalar : callable, str or None
        The same function on Python floats, if it has a meaning there: a function, or an expression
        in the inputs and parameters, which the scalar engine writes in line.
    mathematics : str
        One evaluable expression in the inputs and parameters: the printed forms come from it.
    symbol : str
        The short form drawn in pictures, a format string over the parameters.
    operator : str
        Python's operator for it: ``"mul"`` for ``__mul__`` and ``__rmul__``.
    samples : callable
        Returns the list of `Sample` that the primitive is tested on.
    numpy : tuple
        The NumPy functions (ufuncs, ``np.add.reduce`` as ``(np.add, "reduce")``) that run this
        primitive when they are given a Tensor or a Value.
    torch : str
        The same in PyTorch, an expression in ``torch``, the inputs and the parameters; empty if
        PyTorch has no such function.
    public : bool
        Whether PyTorch has it under this name, as function, method and in-place method.
    view : bool
        Whether the result may share memory with the first input.
    doc : str
        One line for the page of derivatives.
    chapter : str
        The name of the module that defines it.
    """

    name: str
    inputs: tuple[str, ...]
    forward: Callable[..., Any]
    rules: Mapping[str, Callable[..., Any]]
    mathematics: str
    samples: Callable[[], Sequence[Sample]]
    params: tuple[tuple[str, Any], ...] = ()
    outputs: tuple[str, ...] = ("ans",)
    kind: Kind = None
    promotes: Promotion = None
    scalar: Callable[..., Any] | str | None = None
    symbol: str = ""
    operator: str = ""
    numpy: tuple[Any, ...] = ()
    torch: str = ""
    public: bool = True
    view: bool = False
    doc: str = ""
    chapter: str = ""
    variadic: bool = False
    optional: frozenset[str] = frozenset()
    saves: tuple[str, ...] = field(default=(), init=False)
    """What the rules need beside ``g`` and the parameters: the layout of ``Node.saved``."""
    saves_arrays: bool = field(default=False, init=False)
    """Whether that is more than shapes: something that backward frees."""

    def __getattr__(self, name: str) -> Any:
        """Write the source of a fast path that is asked for, for the first and only time.

        Writing all of them at import would cost more than NumPy's own import allows.
        """
        make = _makers.get(name)
        if make is None:
            own = self.__dict__.get("name")
            raise AttributeError(f"primitive {own!r} has no attribute {name!r}")
        self.__dict__.update(make(self))
        return self.__dict__[name]

    def __repr__(self) -> str:
        return f"<primitive {self.name}: {self.mathematics}>"

    @property
    def differentiable(self) -> bool:
        """Whether any input has a rule."""
        return bool(self.rules)

    @property
    def single(self) -> bool:
        """Whether there is exactly one output, called ``ans``."""
        return self.outputs == ("ans",)

    @property
    def node_name(self) -> str:
        """What PyTorch calls its node: ``Pow`` for ``torch.pow(x, exponent)``.

        Where ``torch`` is more than one call, or nothing, it is made of the primitive's own name.
        """
        call = _ONE_CALL.match(self.torch)
        name = call[1] if call and ")." not in self.torch else self.name
        name = re.sub(r"(^|[_.\d])([a-z])", lambda begin: begin[1] + begin[2].upper(), name)
        return re.sub(r"[_.]", "", name)

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        """Run on whatever the inputs are: Tensors, Values, or plain arrays and numbers."""
        values = [params.pop(name, default) for name, default in self.params]
        if params:
            raise TypeError(
                f"{self.name}() got unknown parameter {next(iter(params))!r}; "
                f"it has {[name for name, _ in self.params]}"
            )
        for x in inputs:
            run = getattr(x, "_run_primitive", None)
            if run is not None:
                return run(self, inputs, values)
        if inputs[0].__class__ is float and callable(self.scalar):
            return self.scalar(*inputs, *values)
        return self.forward(*inputs, *values)

    def format_symbol(self, params: Iterable[Any]) -> str:
        """`symbol` with this application's parameters put in (``**2``)."""
        names = (name for name, _ in self.params)
        return (self.symbol or self.name).format(**dict(zip(names, params, strict=True)))


table: dict[str, Primitive] = {}
"""Every primitive by name, in the order of definition."""

answers: dict[Any, Primitive] = {}
"""NumPy function (or ``(ufunc, method)``) to the primitive that answers it."""

_makers: dict[str, Callable[[Primitive], Mapping[str, Any]]] = {}
_installers: list[Callable[[Primitive], None]] = []


def makes(*names: str) -> Callable[[Maker], Maker]:
    """Mark a function that writes some attributes of a primitive: it returns them by name."""

    def register(make: Maker) -> Maker:
        _makers.update(dict.fromkeys(names, make))
        return make

    return register


def on_define(install: Callable[[Primitive], None]) -> None:
    """Let an engine see each primitive: those that are there and those to come."""
    _installers.append(install)
    for primitive in table.values():
        install(primitive)


def install_lazily(cls: type, primitive: Primitive, methods: Mapping[str, str]) -> None:
    """Make attributes of a primitive methods of a class; each is written when first called.

    ``methods`` maps names of methods to names of attributes.
    """
    for method, attribute in methods.items():

        def first(*args: Any, method: str = method, attribute: str = attribute) -> Any:
            setattr(cls, method, getattr(primitive, attribute))
            return getattr(cls, method)(*args)

        setattr(cls, method, first)


def define(
    name: str,
    inputs: str,
    forward: Callable[..., Any],
    rules: Mapping[str, Callable[..., Any]],
    *,
    mathematics: str,
    samples: Callable[[], Sequence[Sample]],
    params: Mapping[str, Any] | None = None,
    outputs: str = "ans",
    numpy: Any = (),
    **record: Any,
) -> Primitive:
    """Enter one primitive into the table.

    Parameters are those of `Primitive`; ``inputs`` and ``outputs`` are names separated by spaces,
    ``params`` a mapping of names to defaults.

    Raises
    ------
    ValueError
        If the name is taken, or a rule asks for something that the primitive does not have.
    """
    if name in table:
        raise ValueError(f"primitive {name!r} is defined already: one record per primitive")
    words = inputs.split()
    primitive = Primitive(
        name=name,
        inputs=tuple(word.strip("*?") for word in words),
        forward=forward,
        rules=dict(rules),
        mathematics=mathematics,
        samples=samples,
        params=tuple((params or {}).items()),
        outputs=tuple(outputs.split()),
        numpy=numpy if isinstance(numpy, tuple) and not _is_method(numpy) else (numpy,),
        variadic=words[-1].startswith("*"),
        optional=frozenset(word[:-1] for word in words if word.endswith("?")),
        chapter=sys._getframe(1).f_globals["__name__"],
        **record,
    )
    primitive.saves = _what_rules_need(primitive)
    shapes = {f"{x}_shape" for x in primitive.inputs}
    primitive.saves_arrays = not shapes.issuperset(primitive.saves)
    table[name] = primitive
    answers.update(dict.fromkeys(primitive.numpy, primitive))
    for install in _installers:
        install(primitive)
    return primitive


def _is_method(entry: tuple[Any, ...]) -> bool:
    """Whether a tuple is one ``(ufunc, "method")`` rather than several functions."""
    return len(entry) == 2 and isinstance(entry[1], str)


def rule_arguments(rule: Callable[..., Any]) -> tuple[str, ...]:
    """The parameter names of a rule: what it needs."""
    code = rule.__code__
    return tuple(code.co_varnames[: code.co_argcount])


def cotangent_names(primitive: Primitive) -> tuple[str, ...]:
    """How rules call the cotangent of each output: ``g``, or ``g_values``, ``g_indices``."""
    if primitive.single:
        return ("g",)
    return tuple("g_" + name.lstrip("*") for name in primitive.outputs)


def _what_rules_need(primitive: Primitive) -> tuple[str, ...]:
    """The names of what the rules need beside cotangents and parameters, checked."""
    cotangents = cotangent_names(primitive)
    params = [name for name, _ in primitive.params]
    output_names = [name.lstrip("*") for name in primitive.outputs]
    savable = {*primitive.inputs, *(f"{x}_shape" for x in primitive.inputs), *output_names}
    saves: list[str] = []
    for wrt, rule in primitive.rules.items():
        if wrt not in primitive.inputs:
            raise ValueError(f"{primitive.name}: a rule for {wrt!r}, which is no input")
        for argument in rule_arguments(rule):
            if argument in cotangents or argument in params or argument in ("needs", "arrived"):
                continue
            if argument not in savable:
                raise ValueError(
                    f"{primitive.name}: the rule for {wrt!r} asks for {argument!r}; there are "
                    f"{sorted(savable)}, the parameters {params} and the cotangents {cotangents}"
                )
            if argument not in saves:
                saves.append(argument)
    return tuple(saves)


@makes("vjp")
def _write_vjp(primitive: Primitive) -> dict[str, Any]:
    """Write ``vjp`` for one primitive: straight-line source, made once, 70% cheaper than a loop.

    For ``mul`` the source is::

        def vjp(inputs, saved, params, g):
            n0, n1, = inputs
            s0, s1, = saved
            return (None if n0 is None else r0(g, s0), None if n1 is None else r1(g, s1))
    """
    cotangents = cotangent_names(primitive)
    params = [name for name, _ in primitive.params]
    saves = list(primitive.saves)
    variadic = primitive.inputs[-1] if primitive.variadic else None
    scope: dict[str, Any] = {}
    place = _local(saves, params, cotangents, primitive.outputs[0].startswith("*"))
    results = []
    for k, x in enumerate(primitive.inputs):
        if x not in primitive.rules:
            results.append("None")
            continue
        scope[f"r{k}"] = rule = primitive.rules[x]
        call = f"r{k}({', '.join(map(place, rule_arguments(rule)))})"
        if x == variadic:
            results.append(f"*{call}")
        else:
            results.append(f"None if n{k} is None else {call}")
    fixed = [f"n{k}" for k in range(len(primitive.inputs) - primitive.variadic)]
    lines = ["def vjp(inputs, saved, params, g):"]
    if variadic and any("needs" in rule_arguments(rule) for rule in primitive.rules.values()):
        lines.append(f"    needs = [n is not None for n in inputs[{len(fixed)}:]]")
    if fixed:
        lines.append(f"    {', '.join(fixed)}, {'*_,' if variadic else ''} = inputs")
    if saves:
        lines.append(f"    {', '.join(f's{k}' for k in range(len(saves)))}, = saved")
    if params:
        lines.append(f"    {', '.join(f'p{k}' for k in range(len(params)))}, = params")
    if not primitive.single:
        if any("arrived" in rule_arguments(rule) for rule in primitive.rules.values()):
            lines.append(f"    arrived = [{primitive.outputs!r}[k] for k in g.parts]")
        lines.append("    g = g.dense()")
    lines.append(f"    return ({', '.join(results)},)")
    exec("\n".join(lines), scope)
    return {"vjp": scope["vjp"]}


def _local(
    saves: list[str], params: list[str], cotangents: tuple[str, ...], many: bool
) -> Callable[[str], str]:
    """Where a rule's argument is found inside the generated ``vjp``."""

    def place(argument: str) -> str:
        if argument in ("needs", "arrived"):
            return argument
        if argument in params:
            return f"p{params.index(argument)}"
        if argument in saves:
            return f"s{saves.index(argument)}"
        if cotangents == ("g",) or many:
            return "g"
        return f"g[{cotangents.index(argument)}]"

    return place
