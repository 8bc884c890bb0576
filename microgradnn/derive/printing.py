"""What all printers of formulas share: reading an operation's spelling out of the table.

``prim.mathematics`` is an expression in Python's syntax. Where it is one operator or one function
of the inputs (``x / y``, ``sum(x, axis, keepdims)``), or operators alone (``x @ weight.T + bias``),
it is printed as it stands; anything longer is printed by the primitive's name (``softmax(z)``).
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from .._primitive import Primitive
from .expression import Apply, Expression, Number, Symbol
from .indices import counts_up

COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
"""How tightly a piece holds together: looser ones take brackets inside tighter ones."""

Piece = Callable[[int], Any]
"""An operand that is still to be printed, given how tight it must be."""

_BINARY = {
    ast.Add: ("+", SUM), ast.Sub: ("-", SUM), ast.Mult: ("*", PRODUCT), ast.Div: ("/", PRODUCT),
    ast.MatMult: ("@", PRODUCT), ast.Pow: ("**", POWER), ast.BitAnd: ("&", COMPARE),
    ast.BitOr: ("|", COMPARE), ast.BitXor: ("^", COMPARE),
}  # fmt: skip
_COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@functools.cache
def spelling(prim: Primitive) -> ast.expr | None:
    """The syntax tree of ``mathematics``; None if the operation goes by its name."""
    tree = ast.parse(prim.mathematics, mode="eval").body
    if prim.variadic or not prim.single:
        return None
    if isinstance(tree, ast.Call):
        plain = all(isinstance(a, ast.Name | ast.Constant) for a in tree.args)
        return tree if plain and prim.name != "relu" else None
    if isinstance(tree, ast.Name):
        return tree
    inner = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    operators = ast.BinOp | ast.UnaryOp | ast.Compare | ast.Attribute | ast.Subscript | ast.Name
    numbers = sum(isinstance(node, ast.Constant) for node in inner)
    if all(isinstance(node, operators | ast.Constant) for node in inner) and (
        not numbers or len(inner) <= 3
    ):
        return tree
    return None


class Printer:
    """Walks formulas; subclasses say how operators, calls and names look."""

    def write(self, e: Expression, level: int = COMPARE) -> Any:
        """One formula, in brackets if it is looser than ``level``."""
        if isinstance(e, Symbol):
            return self._symbol(e, level)
        if isinstance(e, Number):
            return self._number(e.number, level)
        assert isinstance(e, Apply)
        special = getattr(self, f"_write_{e.op}", None)
        if special is not None:
            written = special(e, level)
            if written is not None:
                return written
        tree = spelling(e.prim)
        if tree is None:
            args = [a for a in e.args if a is not None]
            if is_kernel(e.prim):  # of its many arguments only what arrives
                args = [a for a in args if isinstance(a, Symbol) and a.name.startswith("d_")]
            return self._call(e.op, e, args, self.named_params(e))
        return self._tree(tree, e, self._scope(e), level)

    def _scope(self, e: Apply) -> dict[str, Any]:
        scope: dict[str, Any] = dict(zip(e.prim.inputs, e.args, strict=True))
        scope.update(self.named_params(e))
        return scope

    def named_params(self, e: Apply) -> dict[str, Any]:
        """Parameters by name."""
        return dict(zip((name for name, _ in e.prim.params), e.params, strict=True))

    def _tree(self, tree: ast.expr, e: Apply, scope: dict[str, Any], level: int) -> Any:
        if isinstance(tree, ast.Name):
            return self._operand(scope[tree.id], level)
        if isinstance(tree, ast.Constant):
            return self._number(tree.value, level)

        def piece(part: ast.expr) -> Piece:
            return lambda inner: self._tree(part, e, scope, inner)

        if isinstance(tree, ast.BinOp):
            sign, own = _BINARY[type(tree.op)]
            right = tree.right
            if isinstance(right, ast.Name) and right.id in scope and scope[right.id] is None:
                return self._tree(tree.left, e, scope, level)  # no bias
            return self._binary(sign, own, piece(tree.left), piece(right), level, e)
        if isinstance(tree, ast.UnaryOp):
            return self._negative(piece(tree.operand), level, e)
        if isinstance(tree, ast.Compare):
            sign = _COMPARISONS[type(tree.ops[0])]
            return self._binary(
                sign, COMPARE, piece(tree.left), piece(tree.comparators[0]), level, e
            )
        if isinstance(tree, ast.Attribute):
            return self._transposed(piece(tree.value), level)
        if isinstance(tree, ast.Subscript):
            return self._picked(piece(tree.value), scope["index"], level, e)
        assert isinstance(tree, ast.Call)
        assert isinstance(tree.func, ast.Name)
        names = [a.id if isinstance(a, ast.Name) else "" for a in tree.args]
        args = [scope[n] for n in names if n in e.prim.inputs and scope[n] is not None]
        return self._call(tree.func.id, e, args, self.named_params(e))

    def _operand(self, x: Any, level: int) -> Any:
        if isinstance(x, Expression):
            return self.write(x, level)
        return self._number(x, level)

    def _symbol(self, e: Symbol, level: int) -> Any:
        """A name, or its number."""
        raise NotImplementedError

    def _number(self, number: Any, level: int) -> Any:
        """A number in a formula."""
        raise NotImplementedError

    def _binary(self, sign: str, own: int, left: Piece, right: Piece, level: int, e: Apply) -> Any:
        """Two operands with a sign between them; ``own`` is how tight that is."""
        raise NotImplementedError

    def _negative(self, operand: Piece, level: int, e: Apply) -> Any:
        """Minus something (or not something)."""
        raise NotImplementedError

    def _transposed(self, operand: Piece, level: int) -> Any:
        """The transpose of a matrix."""
        raise NotImplementedError

    def _picked(self, operand: Piece, index: Any, level: int, e: Apply) -> Any:
        """Elements by an index."""
        raise NotImplementedError

    def _call(self, word: str, e: Apply, args: list[Expression], params: dict[str, Any]) -> Any:
        """A function of expressions, with the parameters that are not at their defaults."""
        raise NotImplementedError


def is_kernel(prim: Primitive) -> bool:
    """Whether it is a derivative rule that loops over memory, and not in the table."""
    return not prim.chapter


def swaps_last_two(e: Apply) -> bool:
    """Whether a ``transpose`` is that of matrices, perhaps of many."""
    axes = tuple(e.params[0])
    n = len(axes)
    return n >= 2 and axes == (*range(n - 2), n - 1, n - 2)


def is_one_hot(e: Apply) -> bool:
    """Whether a ``put`` writes a 1 into each row of a matrix."""
    ones, index = e.args[0], e.params[0]
    if isinstance(index, tuple) and len(index) == 3 and index[2] is Ellipsis:
        index = index[:2]
    return (
        isinstance(ones, Apply)
        and ones.op == "expand"
        and isinstance(ones.args[0], Number)
        and ones.args[0].number == 1
        and isinstance(index, tuple)
        and len(index) == len(e.params[1]) == 2
        and counts_up(index[0])
        and len(ones.shape) == 1
        and ones.shape[0] == e.params[1][0]
    )
