"""Matrices taken apart: Cholesky, LU, QR, singular values, eigenvalues.

Each output has a cotangent of its own. Where one was not used, the terms that would divide by
differences of equal singular values or eigenvalues are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._lapack import lapack
from ._samples import Sample, draw
from .indexing import gather
from .linear_systems import regular, solve_triangular, triangle
from .shapes import broadcast, cat


def unused(g: Any) -> bool:
    """Whether no cotangent arrived: the engine stands zeros in for it."""
    return isinstance(g, np.ndarray) and not g.any()


def symmetric(x: Any) -> Any:
    """The symmetric part: what a symmetric decomposition is a function of."""
    return (x + x.mT) * x.dtype.type(0.5)


_SQUARE = ((3, 3), (1, 1), (2, 2, 2), (0, 0))


def _positive_samples() -> list[Sample]:
    roots = [regular(s, k) for k, s in enumerate(_SQUARE)]
    return [Sample((a @ a.mT,)) for a in roots]


def _cholesky_rule(g: Any, ans: Any) -> Any:
    n = ans.shape[-1]
    m = ans.mT @ g
    m = m * triangle(n, n, False) + (m * triangle(n, n, False, 1)).mT
    half = solve_triangular(ans.mT, m * 0.5, upper=True)
    return solve_triangular(ans.mT, half.mT, upper=True).mT


cholesky = define(
    "cholesky", "x", lapack("is not positive definite")(lambda x: np.linalg.cholesky(symmetric(x))),
    {"x": _cholesky_rule}, mathematics="cholesky(symmetric(x))", public=False,
    numpy=np.linalg.cholesky, torch="torch.linalg.cholesky((x + x.mT) / 2)",
    samples=_positive_samples,
)  # fmt: skip


def _upper_solve(a: Any, r: Any) -> Any:
    """``a @ inv(r).mT`` for an upper triangle r."""
    return solve_triangular(r, a.mT, upper=True).mT


def _qr_rule(g_q: Any, g_r: Any, q: Any, r: Any, x: Any, mode: str) -> Any:
    m, n = x.shape[-2:]
    if mode == "r":
        raise NotImplementedError(
            "the derivative of qr needs Q, which mode='r' does not compute; use mode='reduced'"
        )
    if mode == "complete" and m > n:
        raise NotImplementedError(
            f"qr with mode='complete' has no derivative for more rows than columns ({m} x {n}): "
            "the last columns of Q can be any; use mode='reduced'"
        )
    if m >= n:
        return _tall(g_q, g_r, q, r)
    # x = [left, right] and r = [u, v]: the left part is square, v = q.T @ right.
    right = x[..., m:]
    g_u, g_v = g_r[..., :m], g_r[..., m:]
    left = _tall(g_q + right @ g_v.mT, g_u, q, r[..., :m])
    return cat(left, q @ g_v, axis=g_r.ndim - 1)


def _tall(g_q: Any, g_r: Any, q: Any, r: Any) -> Any:
    n = r.shape[-1]
    m = r @ (g_r * triangle(n, n, True)).mT - g_q.mT @ q
    m = m * triangle(n, n, False) + (m * triangle(n, n, False, 1)).mT
    return _upper_solve(g_q + q @ m, r)


def _qr(x: Any, mode: Any) -> tuple[Any, Any]:
    if mode == "r":
        return np.zeros((0,), x.dtype), np.linalg.qr(x, "r")
    q, r = np.linalg.qr(x, mode)
    return q, r


def _qr_samples() -> list[Sample]:
    shapes = ((3, 3), (4, 2), (2, 4), (2, 3, 2), (1, 1), (0, 2))
    out = [Sample((draw(s, -2.0, 2.0, k),), {"mode": "reduced"}) for k, s in enumerate(shapes)]
    return [*out, Sample((draw((2, 3), -2.0, 2.0, 9),), {"mode": "complete"})]


qr = define(
    "qr", "x", lapack("holds NaN or inf")(_qr), {"x": _qr_rule}, params={"mode": "reduced"},
    outputs="q r", mathematics="qr(x, mode)", public=False, torch="torch.linalg.qr(x, mode)",
    samples=_qr_samples, doc="No derivative where the first min(n, m) columns are dependent.",
)  # fmt: skip


def _differences(x: Any) -> Any:
    """``x[j] - x[i]``, and 1 on the diagonal."""
    return x[..., None, :] - x[..., :, None] + np.eye(x.shape[-1], dtype=bool)


def _svd_rule(g_u: Any, g_s: Any, g_vh: Any, u: Any, s: Any, vh: Any) -> Any:
    k = s.shape[-1]
    out = (u[..., :k] * g_s[..., None, :]) @ vh[..., :k, :]
    no_u, no_v = unused(g_u), unused(g_vh)
    if no_u and no_v:
        return out
    u, vh, g_u, g_vh = u[..., :k], vh[..., :k, :], g_u[..., :k], g_vh[..., :k, :]
    # (s_j - s_i)(s_j + s_i), which is more precise than the difference of squares.
    gaps = _differences(s) * (s[..., None, :] + s[..., :, None] + np.eye(k, dtype=bool))
    gaps = gaps * ~np.eye(k, dtype=bool) + np.eye(k, dtype=bool)
    core: Any = 0.0
    if not no_u:
        w = u.mT @ g_u
        core = core + (w - w.mT) / gaps * s[..., None, :]
    if not no_v:
        w = vh @ g_vh.mT
        core = core + s[..., :, None] * ((w - w.mT) / gaps)
    out = out + u @ core @ vh
    if not no_u and u.shape[-2] > k:
        outside = g_u - u @ (u.mT @ g_u)
        out = out + (outside / s[..., None, :]) @ vh
    if not no_v and vh.shape[-1] > k:
        outside = g_vh - (g_vh @ vh.mT) @ vh
        out = out + u @ (outside / s[..., :, None])
    return out


def _svd_samples() -> list[Sample]:
    shapes = ((3, 3), (4, 2), (2, 3, 3), (1, 1), (2, 3))
    out = [Sample((draw(s, -2.0, 2.0, k),), {"full_matrices": False}) for k, s in enumerate(shapes)]
    return [*out, Sample((regular((3, 3), 2),), {"full_matrices": True})]


_NOT_FOUND = "has singular values that were not found: it holds NaN or inf"

svd: Primitive = define(
    "svd", "x", lapack(_NOT_FOUND)(lambda x, full: tuple(np.linalg.svd(x, full))),
    {"x": _svd_rule}, params={"full_matrices": True}, outputs="u s vh",
    mathematics="svd(x, full_matrices)", public=False, numpy=np.linalg.svd,
    samples=_svd_samples,
    doc="The derivatives of u and vh exist where no two singular values are equal, none 0 (of a "
        "square matrix, no two 0), and no sign is fixed: use results that don't depend on it.",
)  # fmt: skip


def _svdvals_rule(g: Any, x: Any) -> Any:
    u, _, vh = svd(x, full_matrices=False)
    return (u * g[..., None, :]) @ vh


svdvals = define(
    "svdvals", "x", lapack(_NOT_FOUND)(lambda x: np.linalg.svd(x, compute_uv=False)),
    {"x": _svdvals_rule}, mathematics="svd(x, False)[1]", public=False,
    torch="torch.linalg.svdvals(x)", samples=lambda: [Sample(s.inputs) for s in _svd_samples()],
)  # fmt: skip


def _eigh_rule(g_values: Any, g_vectors: Any, values: Any, vectors: Any) -> Any:
    out = (vectors * g_values[..., None, :]) @ vectors.mT
    if unused(g_vectors):
        return out
    w = vectors.mT @ g_vectors
    return out + vectors @ ((w - w.mT) * 0.5 / _differences(values)) @ vectors.mT


_NO_EIGENVALUES = "has eigenvalues that were not found: it holds NaN or inf"

eigh: Primitive = define(
    "eigh", "x", lapack(_NO_EIGENVALUES)(lambda x: tuple(np.linalg.eigh(symmetric(x)))),
    {"x": _eigh_rule}, outputs="values vectors", mathematics="eigh(symmetric(x))", public=False,
    numpy=np.linalg.eigh, samples=_positive_samples,
    doc="The derivatives of the vectors exist where no two eigenvalues are equal.",
)  # fmt: skip


def _eigvalsh_rule(g: Any, x: Any) -> Any:
    _, vectors = eigh(x)
    return (vectors * g[..., None, :]) @ vectors.mT


eigvalsh = define(
    "eigvalsh", "x", lapack(_NO_EIGENVALUES)(lambda x: np.linalg.eigvalsh(symmetric(x))),
    {"x": _eigvalsh_rule}, mathematics="eigh(symmetric(x))[0]", public=False,
    numpy=np.linalg.eigvalsh, torch="torch.linalg.eigvalsh((x + x.mT) / 2)",
    samples=_positive_samples,
)  # fmt: skip

_PANEL = 24


@lapack("")
def _lu(x: Any) -> tuple[Any, Any, Any]:
    """Gaussian elimination with the largest pivot of each column, panel by panel."""
    m, n = x.shape[-2:]
    k = min(m, n)
    lu = (
        np.array(x).reshape((-1, m, n))
        if x.size
        else np.zeros((int(np.prod(x.shape[:-2])), m, n), x.dtype)
    )
    batch = np.arange(len(lu))
    pivots = np.zeros((len(lu), k), np.int32)
    order = np.tile(np.arange(m), (len(lu), 1))
    with np.errstate(all="ignore"):
        for start in range(0, k, _PANEL):
            stop = min(start + _PANEL, k)
            for j in range(start, stop):
                best = j + np.abs(lu[:, j:, j]).argmax(1) if len(lu) else batch
                pivots[:, j] = best + 1
                for a in (lu, order):
                    a[batch, best], a[:, j] = a[:, j].copy(), a[batch, best]
                pivot = lu[:, j, j, None]
                lu[:, j + 1 :, j] /= np.where(pivot == 0, pivot.dtype.type(1), pivot)
                lu[:, j + 1 :, j + 1 : stop] -= (
                    lu[:, j + 1 :, j, None] * lu[:, j, None, j + 1 : stop]
                )
            here, below, right = slice(start, stop), slice(stop, None), slice(stop, None)
            if stop < n:
                lower = lu[:, here, here] * triangle(stop - start, stop - start, False, 1)
                lower += np.eye(stop - start, dtype=lu.dtype)
                lu[:, here, right] = np.linalg.solve(lower, lu[:, here, right])
                lu[:, below, right] -= lu[:, below, here] @ lu[:, here, right]
    order = np.argsort(order, axis=1)
    shape = x.shape[:-2]
    return lu.reshape(x.shape), pivots.reshape((*shape, k)), order.reshape((*shape, m))


def _lu_rule(g_lu: Any, lu: Any, order: Any) -> Any:
    m, n = lu.shape[-2:]
    k = min(m, n)
    lower, upper = g_lu[..., :k] * triangle(m, k, False, 1), g_lu[..., :k, :] * triangle(k, n, True)
    top, square = lu[..., :k, :k], slice(0, k)
    g_lower, g_upper = lower[..., square, :], upper[..., square]
    beside: Any = None
    below: Any = None
    if m > k:  # the rows below are (rows of x) @ inv(u)
        below = solve_triangular(top, lower[..., k:, :].mT, upper=True).mT
        g_upper = g_upper - lu[..., k:, :].mT @ below * triangle(k, k, True)
    if n > k:  # the columns beside are inv(l) @ (columns of x)
        beside = _unit_solve(top, upper[..., k:])
        g_lower = g_lower - beside @ lu[..., :k, k:].mT * triangle(k, k, False, 1)
    ones = np.eye(k, dtype=bool)
    inner = ((top * triangle(k, k, False, 1) + ones).mT @ g_lower) * triangle(k, k, False, 1)
    inner = inner + (g_upper @ (top * triangle(k, k, True)).mT) * triangle(k, k, True)
    out = _unit_solve(top, solve_triangular(top, inner.mT, upper=True).mT)
    if below is not None:
        # What reaches the top through u: already in g_upper.
        out = cat(out, below, axis=g_lu.ndim - 2)
    if beside is not None:
        out = cat(out, beside, axis=g_lu.ndim - 1)
    index = broadcast(order[..., None], out.shape)
    return gather(out, index, axis=g_lu.ndim - 2)


def _unit_solve(lu: Any, b: Any) -> Any:
    """``inv(l).mT @ b`` for the lower triangle of lu with ones on its diagonal."""
    return solve_triangular(lu.mT, b, upper=True, unit=True)


def _lu_samples() -> list[Sample]:
    shapes = ((3, 3), (4, 2), (2, 4), (2, 3, 3), (1, 1), (0, 2), (2, 0))
    return [Sample((draw(s, -2.0, 2.0, 40 + k),)) for k, s in enumerate(shapes)]


lu = define(
    "lu", "x", _lu, {"x": _lu_rule}, outputs="lu pivots order",
    mathematics="lu(x)", public=False, samples=_lu_samples,
    torch="(*torch.linalg.lu_factor(x), torch.linalg.lu(x)[0].argmax(-1) if x.numel() else "
    "torch.zeros(x.shape[:-1], dtype=torch.int64) + torch.arange(x.shape[-2]))",
    doc="x = (l @ u)[order]; both triangles in one matrix, the ones on l's diagonal left out.",
)  # fmt: skip
