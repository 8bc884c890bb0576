"""Sums of products over named axes: einsum, whose derivative is einsum again."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import arrays

SMALL = 2000
"""Up to this many multiplications one loop in C is faster than preparing a matrix product."""


def parts(equation: str) -> tuple[list[str], str]:
    """The labels of each operand and of the result of ``"ij,jk->ik"``."""
    operands, out = equation.split("->")
    return operands.split(","), out


def _einsum(*xs_equation: Any) -> Any:
    *xs, equation = xs_equation
    terms, out = parts(equation)
    if len(xs) < 3:
        result = _contract(xs, terms, out)
    else:
        path = np.einsum_path(equation, *xs, optimize="greedy")[0][1:]
        for positions in path[:-1]:
            group = [(xs.pop(k), terms.pop(k)) for k in sorted(positions, reverse=True)]
            still = set(out).union(*terms)
            kept = "".join(dict.fromkeys(c for _, t in group for c in t if c in still))
            xs.append(_contract([x for x, _ in group], [t for _, t in group], kept))
            terms.append(kept)
        result = _contract(xs, terms, out)
    return result if result.base is None else result.copy()


def _contract(xs: list[Any], terms: list[str], out: str) -> Any:
    """One contraction of a few operands: of two by a matrix product, if that pays."""
    if len(xs) == 2:
        (x, y), (s, t) = xs, terms
        both = [c for c in s if c in t]
        summed = [c for c in both if c not in out]
        known = set(out) | set(both)
        if (
            summed
            and x.size * y.size > SMALL
            and len(set(s)) == len(s)
            and len(set(t)) == len(t)
            and known.issuperset(s + t)
            and all(x.shape[s.index(c)] == y.shape[t.index(c)] for c in both)
        ):
            return _as_product(x, s, y, t, summed, out)
    return np.asarray(np.einsum(",".join(terms) + "->" + out, *xs))


def _as_product(x: Any, s: str, y: Any, t: str, summed: list[str], out: str) -> Any:
    """Two operands with the axes ordered as a batch of matrices, multiplied."""
    size = dict(zip(s + t, x.shape + y.shape, strict=True))
    batch = [c for c in s if c in t and c in out]
    left = [c for c in s if c not in t]
    right = [c for c in t if c not in s]

    def matrices(a: Any, labels: str, *groups: list[str]) -> Any:
        a = a.transpose([labels.index(c) for group in groups for c in group])
        sizes = [int(np.prod([size[c] for c in group], dtype=int)) for group in groups[1:]]
        return a.reshape((*(size[c] for c in batch), *sizes))

    product = np.matmul(matrices(x, s, batch, left, summed), matrices(y, t, batch, summed, right))
    order = batch + left + right
    return product.reshape([size[c] for c in order]).transpose([order.index(c) for c in out])


def _einsum_rule(g: Any, xs: list[Any], equation: str, needs: list[bool]) -> list[Any]:
    """The cotangent of one operand: einsum of ``g`` and the other operands, to its labels.

    A label that occurs in none of them (or only with size 1) is an axis that was summed over: a
    vector of ones stands for it. The second time a label occurs in one operand (a diagonal) an
    identity matrix does.
    """
    terms, out = parts(equation)
    found: list[Any] = []
    for k, (x, term, needed) in enumerate(zip(xs, terms, needs, strict=True)):
        if not needed:
            found.append(None)
            continue
        operands = [g, *xs[:k], *xs[k + 1 :]]
        labels = [out, *terms[:k], *terms[k + 1 :]]
        fresh = (c for c in string.ascii_letters if c not in equation)
        target = ""
        for c, n in zip(term, x.shape, strict=True):
            if c in target:
                target += next(fresh)
                labels.append(c + target[-1])
                operands.append(np.eye(n, dtype=bool))
            else:
                target += c
                sizes = zip(labels, operands, strict=True)
                if not any(c in t and a.shape[t.index(c)] == n for t, a in sizes):
                    labels.append(c)
                    operands.append(np.ones(n, dtype=bool))
        found.append(einsum(*operands, equation=",".join(labels) + "->" + target))
    return found


einsum: Primitive = define(
    "einsum", "*xs", _einsum, {"xs": _einsum_rule}, params={"equation": "->"},
    mathematics="einsum(equation, xs)", symbol="{equation}", kind="multilinear",
    promotes="common", public=False, torch="torch.einsum(equation, *xs)",
    samples=arrays(
        ((2, 3), (3, 4), {"equation": "ij,jk->ik"}), ((3, 3), {"equation": "ii->"}),
        ((2, 3, 3), {"equation": "bii->bi"}), ((2, 3), {"equation": "ij->j"}),
        ((2, 3), {"equation": "ij->ji"}), ((2, 3), (4,), {"equation": "ij,k->ikj"}),
        ((2, 1, 3), (2, 4, 3), {"equation": "bij,bij->bi"}), ((), (2,), {"equation": ",i->i"}),
        ((2, 2), (2, 3), (3, 2), {"equation": "ij,jk,kl->li"}), ((0, 2), {"equation": "ij->j"}),
        ((3, 3), (3,), {"equation": "ii,i->i"}), ((2, 1), (1, 3), {"equation": "ij,ij->i"}),
        ((2, 8, 9), (9, 2, 8), {"equation": "bij,jbk->kbi"}),
    ),
    doc="The cotangent of each operand is einsum again, of g and the others.",
)  # fmt: skip
