"""The words of linear algebra in the table's ``mathematics``, as plainly as they can be said.

Elimination, determinants and inverses are computed in fractions, that is exactly; singular values
and eigenvalues by Jacobi's rotations. What a definition leaves free, the signs of vectors, is taken
as LAPACK gives it, and nothing else.
"""

import itertools
import math
from fractions import Fraction

import numpy as np


def fractions(x):
    """A matrix as a list of rows of exact numbers."""
    return [[Fraction(float(element)) for element in row] for row in np.asarray(x)]


def floats(rows, shape):
    return np.array([[float(e) for e in row] for row in rows], np.float64).reshape(shape)


def times(a, b):
    return [[sum((p * q for p, q in zip(row, column, strict=True)), Fraction(0))
             for column in zip(*b, strict=True)] for row in a]  # fmt: skip


def turned(a):
    return [list(column) for column in zip(*a, strict=True)]


def over_matrices(f):
    """Apply to each matrix of a batch; results may be several."""

    def applied(x, *others):
        x = np.asarray(x)
        batch = np.broadcast_shapes(x.shape[:-2], *(np.shape(o)[:-2] for o in others))
        arrays = [np.broadcast_to(a, (*batch, *np.shape(a)[-2:])) for a in (x, *others)]
        results = {place: f(*(a[place] for a in arrays)) for place in np.ndindex(batch)}
        like = f(*(np.eye(*a.shape[-2:]) for a in arrays))
        if not isinstance(like, tuple):
            like, results = (like,), {place: (r,) for place, r in results.items()}
        out = [np.empty((*batch, *np.shape(a)), np.asarray(a).dtype) for a in like]
        for place, parts in results.items():
            for whole, part in zip(out, parts, strict=True):
                whole[place] = part
        return out[0] if len(out) == 1 else tuple(out)

    return applied


def exact_solve(a, b):
    """Gauss and Jordan, on rows of fractions."""
    n = len(a)
    rows = [[*left, *right] for left, right in zip(a, b, strict=True)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [e / rows[k][k] for e in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [e - rows[i][k] * f for e, f in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def solve(a, b):
    return floats(exact_solve(fractions(a), fractions(b)), b.shape)


def unit(n):
    return [[Fraction(i == j) for j in range(n)] for i in range(n)]


def inv(x):
    return floats(exact_solve(fractions(x), unit(len(x))), x.shape)


def exact_det(rows):
    """Leibniz: the sum over permutations of signed products."""
    total = Fraction(0)
    for p in itertools.permutations(range(len(rows))):
        swaps = sum(p[i] > p[j] for i, j in itertools.combinations(range(len(p)), 2))
        term = Fraction((-1) ** swaps)
        for i, j in enumerate(p):
            term *= rows[i][j]
        total += term
    return total


def cofactor(x):
    rows = fractions(x)

    def minor(i, j):
        return [[e for c, e in enumerate(row) if c != j] for r, row in enumerate(rows) if r != i]

    n = range(len(rows))
    return floats([[(-1) ** (i + j) * exact_det(minor(i, j)) for j in n] for i in n], x.shape)


def pinv(x):
    a, at = fractions(x), turned(fractions(x))
    m, n = x.shape
    if not m or not n:
        return np.zeros((n, m))
    if m >= n:
        return floats(exact_solve(times(at, a), at), (n, m))
    return floats(turned(exact_solve(times(a, at), a)), (n, m))


def matrix_exp(x):
    """The series, exactly, up to a term that no float64 can hold beside the sum."""
    a = fractions(x)
    term = total = unit(len(a))
    for k in range(1, 60):
        term = [[e / k for e in row] for row in times(term, a)] if len(a) else a
        total = [
            [p + q for p, q in zip(r, s, strict=True)] for r, s in zip(total, term, strict=True)
        ]
    return floats(total, x.shape)


def triangle(a, upper, unit):
    out = np.zeros(a.shape)
    for *batch, i, j in np.ndindex(a.shape):
        if (i < j if upper else i > j) or i == j:
            out[(*batch, i, j)] = 1.0 if unit and i == j else a[(*batch, i, j)]
    return out


def symmetric(x):
    x = np.asarray(x)
    out = np.empty(x.shape)
    for *batch, i, j in np.ndindex(x.shape):
        out[(*batch, i, j)] = (x[(*batch, i, j)] + x[(*batch, j, i)]) / 2
    return out


def cholesky(x):
    """L D L^T exactly, then the roots of D."""
    a, n = fractions(x), len(x)
    lower, d = unit(n), [Fraction(0)] * n
    for j in range(n):
        d[j] = a[j][j] - sum((lower[j][k] ** 2 * d[k] for k in range(j)), Fraction(0))
        for i in range(j + 1, n):
            inner = sum((lower[i][k] * lower[j][k] * d[k] for k in range(j)), Fraction(0))
            lower[i][j] = (a[i][j] - inner) / d[j]
    out = [[float(lower[i][j]) * math.sqrt(d[j]) for j in range(n)] for i in range(n)]
    return floats(out, x.shape)


def qr(x, mode):
    """Gram and Schmidt, exactly until the lengths are divided out."""

    def one(a):
        m, n = a.shape
        k = min(m, n)
        columns, q = turned(fractions(a)) if m else [], []
        for column in columns[:k]:
            for other in q:
                inner = sum(p * r for p, r in zip(column, other, strict=True))
                square = sum(p * p for p in other)
                column = [p - inner / square * r for p, r in zip(column, other, strict=True)]
            q.append(column)
        lengths = [math.sqrt(sum(p * p for p in column)) for column in q]
        sign = np.sign(np.diagonal(np.linalg.qr(a)[1]))
        basis = np.array([[float(p) / length * s for p in column]
                          for column, length, s in zip(q, lengths, sign, strict=True)])  # fmt: skip
        r = np.zeros((k, n))
        for i, j in np.ndindex(k, n):
            if i <= j:
                inner = sum((p * e for p, e in zip(q[i], columns[j], strict=True)), Fraction(0))
                r[i, j] = float(inner) / lengths[i] * sign[i]
        return basis.reshape(k, m).T, r

    return over_matrices(one)(x)


def svd(x, full_matrices):
    """One-sided Jacobi: rotate pairs of columns until all are orthogonal."""

    def one(a):
        if a.shape[0] < a.shape[1]:
            u, s, vh = one(a.T)
            return with_signs(vh.T, s, u.T, a)
        w, v = np.array(a, np.float64), np.eye(a.shape[1])
        for _ in range(30):
            for i, j in itertools.combinations(range(a.shape[1]), 2):
                p, q, r = (
                    math.fsum(w[:, i] ** 2),
                    math.fsum(w[:, j] ** 2),
                    math.fsum(w[:, i] * w[:, j]),
                )
                angle = 0.5 * math.atan2(2 * r, p - q)
                turn = np.array([[math.cos(angle), -math.sin(angle)],
                                 [math.sin(angle), math.cos(angle)]])  # fmt: skip
                w[:, [i, j]] = w[:, [i, j]] @ turn
                v[:, [i, j]] = v[:, [i, j]] @ turn
        s = np.array([math.sqrt(math.fsum(w[:, k] ** 2)) for k in range(a.shape[1])])
        order = np.argsort(-s)
        return with_signs((w / s)[:, order], s[order], v[:, order].T, a)

    def with_signs(u, s, vh, a):
        like = np.linalg.svd(a, full_matrices=False)[0]
        sign = np.sign((u * like).sum(0))
        return u * sign, s, vh * sign[:, None]

    return over_matrices(one)(x)


def eigh(x):
    """Jacobi: rotate pairs of rows and columns until nothing is left beside the diagonal."""

    def one(a):
        n = len(a)
        d, v = np.array(a, np.float64), np.eye(n)
        for _ in range(30):
            for i, j in itertools.combinations(range(n), 2):
                angle = 0.5 * math.atan2(2 * d[i, j], d[i, i] - d[j, j])
                turn = np.eye(n)
                turn[i, i] = turn[j, j] = math.cos(angle)
                turn[j, i], turn[i, j] = math.sin(angle), -math.sin(angle)
                d, v = turn.T @ d @ turn, v @ turn
        order = np.argsort(np.diagonal(d))
        v = v[:, order]
        sign = np.sign((v * np.linalg.eigh(a)[1]).sum(0))
        return np.diagonal(d)[order], v * sign

    return over_matrices(one)(x)


def lu(x):
    """Elimination, exactly; each step takes the largest element of its column."""

    def one(a):
        m, n = a.shape
        rows, pivots, order = fractions(a), [], list(range(m))
        for k in range(min(m, n)):
            best = max(range(k, m), key=lambda i: abs(rows[i][k]))
            pivots.append(best + 1)
            for items in (rows, order):
                items[k], items[best] = items[best], items[k]
            for i in range(k + 1, m):
                factor = rows[i][k] / rows[k][k]
                rest = [e - factor * f for e, f in zip(rows[i][k:], rows[k][k:], strict=True)]
                rows[i] = [*rows[i][:k], factor, *rest[1:]]
        place = [order.index(i) for i in range(m)]
        return floats(rows, a.shape), np.array(pivots, np.int32), np.array(place, np.int64)

    return over_matrices(one)(x)


def einsum(equation, xs):
    """The sum, over every number that each letter can stand for, of the product of elements."""
    left, out = equation.split("->")
    terms = left.split(",")
    size = {}
    for term, x in zip(terms, xs, strict=True):
        for letter, n in zip(term, x.shape, strict=True):
            size[letter] = max(size.get(letter, 1), n) if n else 0
    result = {place: [] for place in np.ndindex(tuple(size[c] for c in out))}
    for numbers in itertools.product(*map(range, size.values())):
        at = dict(zip(size, numbers, strict=True))
        product = 1.0
        for term, x in zip(terms, xs, strict=True):
            product *= x[tuple(0 if n == 1 else at[c] for c, n in zip(term, x.shape, strict=True))]
        result[tuple(at[c] for c in out)].append(float(product))
    return np.array([math.fsum(r) for r in result.values()]).reshape([size[c] for c in out])


def cross(x, y, axis):
    x, y = (np.moveaxis(np.asarray(a), axis, 0) for a in np.broadcast_arrays(x, y))
    parts = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]
    return np.moveaxis(np.array(parts), 0, axis)


def norm(elements, ord):
    sizes = [abs(float(e)) for e in elements]
    if ord == 0:
        return float(sum(e != 0 for e in sizes))
    if math.isinf(ord):
        return max(sizes) if ord > 0 else min(sizes)
    return math.fsum(e**ord for e in sizes) ** (1 / ord)


LINEAR_ALGEBRA = {
    "solve": over_matrices(solve),
    "inv": over_matrices(inv),
    "det": over_matrices(lambda x: float(exact_det(fractions(x)))),
    "cofactor": over_matrices(cofactor),
    "pinv": over_matrices(pinv),
    "matrix_exp": over_matrices(matrix_exp),
    "triangle": triangle,
    "symmetric": symmetric,
    "cholesky": over_matrices(cholesky),
    "qr": qr,
    "svd": svd,
    "eigh": eigh,
    "lu": lu,
    "einsum": einsum,
    "cross": cross,
}
