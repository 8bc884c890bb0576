"""``autograd.Function``: an operation with a backward written by the user, as in PyTorch."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, ClassVar

from .._notes import watch
from .._tensor import Tensor
from ..grad_mode import busy, is_grad_enabled, no_grad, set_grad_enabled
from ..graph import Node, Output


class FunctionCtx:
    """What ``forward`` hands to ``backward``; attributes may be set on it freely.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        One for each argument of ``apply``.
    """

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs
        self._saved: tuple[Tensor | None, ...] = ()
        self._places: list[tuple[Any, Node | None, int | None]] | None = None
        self._node: Any = None  # a weak reference: the node owns this context
        self._not_differentiable: set[int] = set()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs for ``backward``; a change in place meanwhile is noticed.

        Parameters
        ----------
        *tensors : Tensor or None
        """
        self._saved = tensors

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Say that these outputs have no gradient.

        Parameters
        ----------
        *outputs : Tensor
        """
        self._not_differentiable = {id(t) for t in outputs}

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, each Tensor at its place in the graph."""
        if self._places is None:
            return self._saved
        node = self._node()
        tensors: list[Tensor | None] = []
        for array, source, output in self._places:
            if output is not None:
                source = node if node.single else Output(node, output)
            tensors.append(None if array is None else Tensor._wrap(array, source))
        return tuple(tensors)

    def _attach(self, node: Node, args: tuple[Any, ...], outputs: tuple[Tensor, ...]) -> list[Any]:
        """Turn what was saved into arrays and places, so that no Tensor is kept alive."""
        self._node = weakref.ref(node)
        numbers = {id(o): k for k, o in enumerate(outputs)}
        self._places = [
            (None, None, None)
            if t is None
            else (t._array, t._node, None if any(t is a for a in args) else numbers.get(id(t)))
            for t in self._saved
        ]
        self._saved = ()
        return [array for array, _, _ in self._places]


class _FunctionNode(Node):
    """A node made by a user's Function."""

    __slots__ = ("single",)
    single: bool


class _FunctionPrimitive:
    """Stands in a node for a user's Function: its rule is the user's ``backward``."""

    saves: tuple[str, ...] = ()
    saves_arrays = True
    params: tuple[tuple[str, Any], ...] = ()
    outputs = ("ans",)
    variadic = True
    differentiable = True
    symbol = ""

    def __init__(self, function: type[Function]) -> None:
        self.function = function
        self.name = self.node_name = function.__name__
        self.mathematics = f"{function.__name__}(...)"

    def format_symbol(self, params: Iterable[Any]) -> str:
        """The name of the Function."""
        return self.name

    def vjp(self, inputs: Any, saved: Any, params: Any, g: Any) -> list[Any]:
        """Call the user's ``backward`` with Tensors; hand back what the engine passed in."""
        ctx, positions, single, _ = saved
        cotangents = [g] if single else g.dense()
        graph = any(isinstance(c, Tensor) for c in cotangents)
        with set_grad_enabled(graph):
            returned = self.function.backward(
                ctx,
                *[c if c is None or isinstance(c, Tensor) else Tensor._wrap(c) for c in cotangents],
            )
        returned = returned if isinstance(returned, tuple) else (returned,)
        expected = len(ctx.needs_input_grad)
        if len(returned) < expected or any(r is not None for r in returned[expected:]):
            raise RuntimeError(
                f"{self.name}.backward returned {len(returned)} gradients, forward took {expected} "
                "arguments: one gradient for each, None where there is none"
            )
        out: list[Any] = []
        for u, position in zip(inputs, positions, strict=True):
            r = returned[position]
            if r is not None and not isinstance(r, Tensor):
                raise TypeError(
                    f"{self.name}.backward returned a {type(r).__name__} for argument {position}; "
                    "gradients are Tensors"
                )
            if r is not None and u is not None and not _broadcasts(u.shape, r._array.shape):
                raise RuntimeError(
                    f"{self.name}.backward returned a gradient of shape {tuple(r._array.shape)} "
                    f"for argument {position}, which has shape {tuple(u.shape)}; they must be equal"
                )
            out.append(None if r is None or u is None else r if graph else r._array)
        return out


def is_users(prim: Any) -> bool:
    """Whether an operation is a user's Function rather than an entry of the table."""
    return isinstance(prim, _FunctionPrimitive)


def _broadcasts(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether a ``shape`` can be repeated to give the ``wanted`` one."""
    ends = zip(reversed(shape), reversed(wanted), strict=False)
    return len(shape) <= len(wanted) and all(n in (1, m) for n, m in ends)


class Function:
    """Base class of operations with a ``backward`` of their own.

    Define two static methods: ``forward(ctx, *args)`` computes the result, ``backward(ctx,
    *grad_outputs)`` returns one gradient per argument of ``forward``, None where there is none.
    Call it with ``apply``. If ``backward`` is written in Tensor operations, derivatives of higher
    order are there too.

    Examples
    --------
    >>> class Cube(mg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 3 * x * x * g
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    _prim: ClassVar[_FunctionPrimitive]

    def __init_subclass__(cls) -> None:
        cls._prim = _FunctionPrimitive(cls)

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """Compute the result; to be defined by the subclass."""
        raise NotImplementedError("define the static method forward(ctx, *args)")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return one gradient per argument of ``forward``; to be defined by the subclass."""
        raise NotImplementedError("define the static method backward(ctx, *grad_outputs)")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run ``forward`` and record the operation.

        Parameters
        ----------
        *args
            Passed to ``forward``; gradients are possible for the Tensors among them.

        Returns
        -------
        Tensor or tuple of Tensor
            What ``forward`` returned.
        """
        ctx = FunctionCtx(tuple(isinstance(a, Tensor) and a._node is not None for a in args))
        with no_grad():
            result = cls.forward(ctx, *args)
        single = not isinstance(result, tuple)
        outputs = (result,) if single else result
        for o in outputs:
            if not isinstance(o, Tensor):
                raise TypeError(
                    f"{cls.__name__}.forward returned a {type(o).__name__}, not a Tensor"
                )
        if not any(ctx.needs_input_grad) or not is_grad_enabled():
            return result
        positions = tuple(k for k, a in enumerate(args) if isinstance(a, Tensor))
        shapes = tuple(o._array.shape for o in outputs)
        dtypes = tuple(o._array.dtype for o in outputs)
        node = _FunctionNode(
            cls._prim, tuple(args[k]._node for k in positions), (), (),
            shapes[0] if single else shapes, dtypes[0] if single else dtypes,
        )  # fmt: skip
        node.single = single
        node.saved = (ctx, positions, single, ctx._attach(node, args, outputs))
        if busy.watching:
            operands = tuple([args[k]._array for k in positions])
            arrays = tuple([o._array for o in outputs])
            watch(cls._prim, node, arrays[0] if single else arrays, operands, ())
        wrapped = tuple(
            o
            if id(o) in ctx._not_differentiable or o._array.dtype.kind != "f"
            else Tensor._wrap(o._array, node if single else Output(node, k))
            for k, o in enumerate(outputs)
        )
        return wrapped[0] if single else wrapped
