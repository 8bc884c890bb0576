"""Fixed mutation operators on Python source: one mistake at one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

OPERATORS = ("sign", "factor", "transpose", "sum", "path", "index")


@dataclass
class Mutant:
    """Source with one mistake in it."""

    operator: str
    source: ast.Module
    what: str
    """The line, before and after."""


def mutants(source: ast.Module, forward: frozenset[str], seed: int) -> Iterator[Mutant]:
    """Each operator at each place of the backward statements."""
    random = np.random.default_rng(seed)
    text = ast.unparse(source)
    names = {n.id for n in ast.walk(source) if isinstance(n, ast.Name)}
    names |= {a.arg for a in ast.walk(source) if isinstance(a, ast.arg)}
    for number, statement in enumerate(_statements(source)):
        if not _is_backward(statement, forward):
            continue
        for operator, change in _changes(statement, names, random):
            mutated = ast.parse(text)
            place = _statements(mutated)[number]
            change(place)
            ast.fix_missing_locations(mutated)
            if isinstance(place, ast.AugAssign) and getattr(place, "gone", False):
                after = "(nothing)"
                _remove(mutated, place)
            else:
                after = ast.unparse(place)
            yield Mutant(operator, mutated, f"{ast.unparse(statement)}  ->  {after}")


def without_one_term(left: Any, right: Any, which: int) -> Any:
    """A matrix product whose sum leaves out one term."""
    kept = np.arange(np.shape(left)[-1]) != which % np.shape(left)[-1]
    return left[..., kept] @ right[kept]


def without_one_row(x: Any, which: int, axis: Any = None) -> Any:
    """A sum that leaves out one element."""
    x = x.ravel() if axis is None else x
    axis = 0 if axis is None else axis
    return np.delete(x, which % x.shape[axis], axis).sum(axis=axis)


HELPERS = {"without_one_term": without_one_term, "without_one_row": without_one_row}


def _statements(source: ast.Module) -> list[ast.stmt]:
    kinds = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
    return [n for n in ast.walk(source) if isinstance(n, kinds)]


def _is_backward(statement: ast.stmt, forward: frozenset[str]) -> bool:
    """Whether a statement is part of the chain rule."""
    if isinstance(statement, ast.Expr):
        call = statement.value
        return isinstance(call, ast.Call) and "gradients" in ast.unparse(call.func)
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Return):
        return True
    stored = {
        n.id for t in targets for n in ast.walk(t)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    } or {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}  # fmt: skip
    return bool(stored - forward)


Change = Callable[[ast.stmt], None]


def _changes(
    statement: ast.stmt, names: set[str], random: np.random.Generator
) -> Iterator[tuple[str, Change]]:
    """Each operator at each place of one statement."""
    if isinstance(statement, ast.AugAssign):
        yield from _of_augmented(statement)
    roots = {id(r) for r in _roots(statement)}
    within = {
        id(n) for s in _expressions(statement) if isinstance(s, ast.Subscript)
        for n in ast.walk(s.slice)
    }  # fmt: skip
    for number, node in enumerate(_expressions(statement)):
        for operator, new in _replacements(node, id(node) in roots, names, random):
            if id(node) in within and operator != "index":
                continue

            def change(place: ast.stmt, number: int = number, new: Any = new) -> None:
                old = _expressions(place)[number]
                _replace(place, old, new(old))

            yield operator, change


def _of_augmented(statement: ast.AugAssign) -> Iterator[tuple[str, Change]]:
    def gone(place: ast.stmt) -> None:
        place.gone = True  # type: ignore[attr-defined]

    def other(place: ast.stmt) -> None:
        assert isinstance(place, ast.AugAssign)
        place.op = ast.Add() if isinstance(place.op, ast.Sub) else ast.Sub()

    if isinstance(statement.op, ast.Add | ast.Sub):
        yield "path", gone
        yield "sign", other
    else:
        yield "factor", gone


def _roots(statement: ast.stmt) -> list[ast.expr]:
    """The whole right sides: each of a tuple, and of what is returned."""
    waiting = [getattr(statement, "value", None)]
    found: list[ast.expr] = []
    while waiting:
        e = waiting.pop()
        if isinstance(e, ast.Tuple | ast.List):
            waiting += e.elts
        elif isinstance(e, ast.Dict):
            waiting += e.values
        elif isinstance(e, ast.Call) and isinstance(statement, ast.Return | ast.Expr):
            waiting += e.args
        elif e is not None and not (isinstance(statement, ast.Return) and isinstance(e, ast.Name)):
            found.append(e)
    if isinstance(statement, ast.AugAssign):
        return []
    return [e for e in found if not isinstance(e, ast.Constant)]


def _expressions(statement: ast.stmt) -> list[ast.expr]:
    value = getattr(statement, "value", None)
    return [n for n in ast.walk(value) if isinstance(n, ast.expr)] if value is not None else []


New = Callable[[Any], ast.expr]


def _replacements(
    node: ast.expr, root: bool, names: set[str], random: np.random.Generator
) -> Iterator[tuple[str, New]]:
    """What may stand instead of one expression, by operator."""
    if root:
        yield "sign", lambda e: ast.UnaryOp(ast.USub(), e)
        yield "factor", lambda e: ast.BinOp(ast.Constant(2), ast.Mult(), e)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", lambda e: e.operand
    if isinstance(node, ast.BinOp):
        yield from _of_operator(node, random)
        if root and any(_is(n, ast.MatMult) for n in ast.walk(node)):
            yield "transpose", lambda e: ast.Attribute(e, "T", ast.Load())
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield "transpose", lambda e: e.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "transpose":
            yield "transpose", lambda e: e.func.value
        if node.func.attr == "sum":
            yield "sum", lambda e: e.func.value
            which = ast.Constant(int(random.integers(1000)))
            yield (
                "path",
                lambda e: ast.Call(
                    ast.Name("without_one_row", ast.Load()), [e.func.value, which], e.keywords
                ),
            )
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        pattern = re.sub(r"\\?\d", r"\\d", re.escape(node.id)) if re.search(r"\d", node.id) else ""
        twins = sorted(n for n in names if pattern and re.fullmatch(pattern, n) and n != node.id)
        if twins:
            twin = str(random.choice(twins))
            yield "index", lambda e: ast.Name(twin, ast.Load())
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Tuple | ast.Slice):
        step = 1 if isinstance(node.slice, ast.Constant) and node.slice.value == 0 else -1
        yield (
            "index",
            lambda e: ast.Subscript(
                e.value, ast.BinOp(e.slice, ast.Add(), ast.Constant(step)), ast.Load()
            ),
        )


def _of_operator(node: ast.BinOp, random: np.random.Generator) -> Iterator[tuple[str, New]]:
    if _is(node, ast.Add) or _is(node, ast.Sub):
        other = ast.Sub() if _is(node, ast.Add) else ast.Add()
        yield "sign", lambda e: ast.BinOp(e.left, other, e.right)
    if _is(node, ast.Add):
        yield "path", lambda e: e.left
        yield "path", lambda e: e.right
    if _is(node, ast.Mult):
        yield "factor", lambda e: e.left
        yield "factor", lambda e: e.right
    if _is(node, ast.Div) or _is(node, ast.Pow):
        yield "factor", lambda e: e.left
    if _is(node, ast.MatMult):
        for side in ("left", "right"):
            if not isinstance(getattr(node, side), ast.Attribute):
                yield "transpose", lambda e, side=side: _transposed(e, side)
        which = ast.Constant(int(random.integers(1000)))
        yield (
            "path",
            lambda e: ast.Call(
                ast.Name("without_one_term", ast.Load()), [e.left, e.right, which], []
            ),
        )


def _transposed(e: ast.BinOp, side: str) -> ast.BinOp:
    parts = {"left": e.left, "right": e.right}
    parts[side] = ast.Attribute(parts[side], "T", ast.Load())
    return ast.BinOp(parts["left"], e.op, parts["right"])


def _is(node: ast.AST, kind: type[ast.operator]) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, kind)


def _replace(statement: ast.stmt, old: ast.expr, new: ast.expr) -> None:
    for parent in ast.walk(statement):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return
            if isinstance(value, list) and any(v is old for v in value):
                setattr(parent, field, [new if v is old else v for v in value])
                return


def _remove(source: ast.Module, statement: ast.stmt) -> None:
    for parent in ast.walk(source):
        body = getattr(parent, "body", None)
        if isinstance(body, list) and statement in body:
            body.remove(statement)
