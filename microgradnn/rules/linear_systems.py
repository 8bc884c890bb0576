"""Linear equations, inverses, determinants and the exponential of a matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._lapack import lapack
from ._samples import Sample, Samples, arrays, draw
from .shapes import cat

_SQUARE = ((3, 3), (1, 1), (2, 2, 2), (0, 0), (0, 2, 2), (2, 0, 0))


def regular(shape: tuple[int, ...], seed: int) -> Any:
    """Matrices far from singular, not symmetric."""
    return draw(shape, -1.0, 1.0, seed) + 2.0 * np.eye(shape[-2], shape[-1])


def squares(**params: Any) -> Samples:
    """Samples of square matrices far from singular."""
    return lambda: [Sample((regular(s, k),), params) for k, s in enumerate(_SQUARE)]


def _solve_samples() -> list[Sample]:
    shapes: list[Any] = [
        ((3, 3), (3, 2)),
        ((2, 2, 2), (2, 1)),
        ((2, 2), (3, 2, 1)),
        ((0, 0), (0, 2)),
    ]
    return [Sample((regular(a, k), draw(b, -2.0, 2.0, 9 + k))) for k, (a, b) in enumerate(shapes)]


solve: Primitive = define(
    "solve", "a b", lapack("is singular")(np.linalg.solve),
    {
        "a": lambda g, ans, a: -(solve(a.mT, g) @ ans.mT),
        "b": lambda g, a: solve(a.mT, g),
    },
    mathematics="solve(a, b)", symbol="solve", promotes="same", public=False,
    torch="torch.linalg.solve(a, b)", samples=_solve_samples,
    doc="The matrix x for which a @ x = b.",
)  # fmt: skip


def triangle(n: int, m: int, upper: bool, k: int = 0) -> Any:
    """Where the upper or lower triangle is; k = 1 leaves the diagonal out."""
    return ~np.tri(n, m, k - 1, dtype=bool) if upper else np.tri(n, m, -k, dtype=bool)


def _solve_triangular(a: Any, b: Any, upper: bool, unit: bool) -> Any:
    n = a.shape[-1]
    a = np.where(
        triangle(n, n, upper, unit), a, np.eye(n, dtype=a.dtype) if unit else a.dtype.type(0)
    )
    # Elimination of an upper triangle exchanges no rows and is substitution alone.
    try:
        return (
            np.linalg.solve(a, b)
            if upper
            else np.linalg.solve(a[..., ::-1, ::-1], b[..., ::-1, :])[..., ::-1, :]
        )
    except np.linalg.LinAlgError:  # a 0 on the diagonal divides, as in PyTorch
        return _substitute(a, b, upper)


def _substitute(a: Any, b: Any, upper: bool) -> Any:
    """Row by row, where LAPACK refuses."""
    n = a.shape[-1]
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    out = np.zeros((*batch, *b.shape[-2:]), b.dtype)
    with np.errstate(all="ignore"):
        for k in range(n - 1, -1, -1) if upper else range(n):
            known = slice(k + 1, None) if upper else slice(0, k)
            rest = b[..., k, :] - (a[..., k, None, known] @ out[..., known, :])[..., 0, :]
            out[..., k, :] = rest / a[..., k, k, None]
    return out


def _triangular_samples() -> list[Sample]:
    shapes: list[Any] = [
        ((3, 3), (3, 2)),
        ((2, 2, 2), (2, 1)),
        ((2, 2), (3, 2, 1)),
        ((0, 0), (0, 2)),
    ]
    return [
        Sample(
            (regular(a, k), draw(b, -2.0, 2.0, 9 + k)),
            {"upper": k % 2 == 0, "unit": unit},
        )
        for unit in (False, True)
        for k, (a, b) in enumerate(shapes)
    ]


solve_triangular: Primitive = define(
    "solve_triangular", "a b", lapack("")(_solve_triangular),
    {
        "a": lambda g, ans, a, upper, unit: -(
            solve_triangular(a.mT, g, upper=not upper, unit=unit) @ ans.mT
        ) * triangle(a.shape[-1], a.shape[-1], upper, unit),
        "b": lambda g, a, upper, unit: solve_triangular(a.mT, g, upper=not upper, unit=unit),
    },
    params={"upper": True, "unit": False},
    mathematics="solve(triangle(a, upper, unit), b)", symbol="solve", promotes="same",
    public=False,
    torch="torch.linalg.solve_triangular(a, b, upper=upper, unitriangular=unit)",
    samples=_triangular_samples, doc="Reads one triangle of a; unit takes its diagonal as 1.",
)  # fmt: skip

inv: Primitive = define(
    "inv", "x", lapack("is singular")(np.linalg.inv),
    {"x": lambda g, ans: -(ans.mT @ g @ ans.mT)},
    mathematics="inv(x)", symbol="⁻¹", public=False, numpy=np.linalg.inv,
    torch="torch.linalg.inv(x)", samples=squares(),
)  # fmt: skip


@lapack("")
def _cofactor(x: Any) -> Any:
    # U diag(products of the other singular values) V^T: no division, so singular x is no exception.
    u, s, vh = np.linalg.svd(x)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), s.dtype.type(1), s[..., None, :]).prod(-1)
    turn = np.linalg.det(u) * np.linalg.det(vh)
    return (u * (turn[..., None] * others)[..., None, :]) @ vh


def _cofactor_rule(g: Any, ans: Any, x: Any) -> Any:
    inner = np.add.reduce(ans * g, axis=(-2, -1), keepdims=True)
    return (inner * ans - ans @ g.mT @ ans) / det(x)[..., None, None]


cofactor = define(
    "cofactor", "x", _cofactor, {"x": _cofactor_rule},
    mathematics="cofactor(x)", public=False, torch="torch.linalg.det(x)[..., None, None] * "
    "torch.linalg.inv(x).mT", samples=lambda: squares()()[:-1],
    doc="det(x) inv(x)^T, of singular matrices too: the derivative of the determinant.",
)  # fmt: skip

det = define(
    "det", "x", lapack("")(np.linalg.det), {"x": lambda g, x: g[..., None, None] * cofactor(x)},
    mathematics="det(x)", public=False, numpy=np.linalg.det, torch="torch.linalg.det(x)",
    samples=squares(),
)  # fmt: skip

slogdet = define(
    "slogdet", "x", lapack("")(lambda x: tuple(np.linalg.slogdet(x))),
    {"x": lambda g_logabsdet, x: g_logabsdet[..., None, None] * inv(x).mT},
    outputs="sign logabsdet", mathematics="(sign(det(x)), log(abs(det(x))))", public=False,
    numpy=np.linalg.slogdet, torch="torch.linalg.slogdet(x)", samples=squares(),
    doc="The sign is flat wherever it has a derivative.",
)  # fmt: skip


@lapack("has singular values that were not found: it holds NaN or inf")
def _pinv(x: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    if hermitian:
        x = np.where(np.tri(x.shape[-1], dtype=bool), x, x.mT)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    largest = s.max(-1, initial=0.0)
    limit = np.maximum(atol, rtol * largest)[..., None]
    kept = s > limit
    inverse = np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0).astype(s.dtype, copy=False)
    return (vh.mT * inverse[..., None, :]) @ u.mT


def _pinv_rule(g: Any, ans: Any, x: Any) -> Any:
    # Golub and Pereyra: of x with a rank that does not change nearby.
    p, h = ans, g.mT
    first = h @ p
    second = p @ h
    out = -(p.mT @ g @ p.mT)
    out = out + (first - x @ (p @ first)) @ p.mT
    return out + p.mT @ (second - (second @ p) @ x)


pinv = define(
    "pinv", "x", _pinv, {"x": _pinv_rule}, params={"atol": 0.0, "rtol": 1e-15, "hermitian": False},
    mathematics="pinv(x)", symbol="⁺", public=False,
    torch="torch.linalg.pinv(x, atol=atol, rtol=rtol)",
    samples=arrays(
        ((3, 3), {}), ((3, 2), {}), ((2, 3), {}), ((2, 3, 1), {}), ((0, 2), {}), ((2, 0), {}),
    ),
    doc="Of a matrix whose rank does not change nearby; singular values up to "
        "max(atol, rtol * largest) count as 0. hermitian: of the symmetric matrix of which x "
        "has the lower triangle; the derivative is the same, as in PyTorch.",
)  # fmt: skip

_PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0,
    129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0,
    960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip


@lapack("holds NaN or inf")
def _matrix_exp(x: Any) -> Any:
    """Scaling and squaring, with the diagonal Padé approximant of order 13 (Higham 2005)."""
    n = x.shape[-1]
    if not x.size:
        return x.copy()
    size = float(np.abs(x).sum(-2).max())
    squarings = max(0, math.ceil(math.log2(size / 5.37))) if 0.0 < size < math.inf else 0
    x = x * x.dtype.type(2.0**-squarings)
    b = [x.dtype.type(c / _PADE[0]) for c in _PADE]  # divided by the first: float32 holds them all
    one = np.eye(n, dtype=x.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    odd = x @ (
        x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one
    )
    even = (
        x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * one
    )
    out = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        out = out @ out
    return out


def _matrix_exp_rule(g: Any, x: Any) -> Any:
    # exp([[A, G], [0, A]]) has the derivative of exp at A in the direction G in its corner.
    n, last = x.shape[-1], g.ndim - 1
    a = x.mT
    rows = cat(a, g, axis=last), cat(np.zeros(g.shape, bool), a, axis=last)
    return matrix_exp(cat(*rows, axis=last - 1))[..., :n, n:]


matrix_exp: Primitive = define(
    "matrix_exp", "x", _matrix_exp, {"x": _matrix_exp_rule},
    mathematics="matrix_exp(x)", symbol="exp", public=False, torch="torch.linalg.matrix_exp(x)",
    samples=arrays(((2, 2), {}), ((3, 3), {}), ((2, 1, 1), {}), ((0, 0), {}), ((0, 2, 2), {}),
                   low=-2.0, high=2.0),
    doc="Differentiated by the exponential of a matrix twice the size.",
)  # fmt: skip
