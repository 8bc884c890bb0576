"""Calls of every NumPy function that has a derivative: what the tests differentiate.

``CASES[name]`` are functions of ``(xp, *arrays)``, with the shapes of their arrays. ``xp`` is NumPy
or ``jax.numpy``; the arrays are positive numbers, all different, between 0.3 and 1.9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Call = tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]
CASES: dict[str, list[Call]] = {}


def arrays(shapes: tuple[tuple[int, ...], ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    made = []
    for shape in shapes:
        size = int(np.prod(shape))
        made.append(rng.permutation(np.linspace(0.3, 1.9, size) + 0.01 * len(made)).reshape(shape))
    return made


def case(name: str, *calls: Any) -> None:
    """Enter calls: a function and shapes, or a shape alone for the function of that name itself."""
    found = []
    for call in calls:
        function, shapes = call if callable(call[0]) else (None, call)
        if function is None:
            function = _plain_call(name)
        if not isinstance(shapes[0] if shapes else (), tuple):
            shapes = (shapes,)
        found.append((function, shapes or ((),)))
    CASES[name] = found


def _plain_call(name: str) -> Callable[..., Any]:
    def run(xp: Any, *xs: Any) -> Any:
        function: Any = xp
        for part in name.split("."):
            function = getattr(function, part)
        return function(*xs)

    return run


V, M, T, S = (4,), (3, 4), (2, 3, 4), (3, 3)

for _name in (
    "absolute", "cbrt", "ceil", "cos", "cosh", "deg2rad", "degrees", "exp", "exp2", "expm1", "fabs",
    "floor", "i0", "log", "log10", "log1p", "log2", "negative", "positive", "rad2deg", "radians",
    "reciprocal", "rint", "sign", "sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh", "trunc",
    "arctan", "arcsinh", "fix", "round", "real", "imag", "conjugate", "real_if_close", "nan_to_num",
    "angle",
):  # fmt: skip
    case(_name, (M,), ((),))
for _name in ("arcsin", "arccos", "arctanh"):
    case(_name, (lambda xp, x, f=_name: getattr(xp, f)(x / 2.0), M))
case("arccosh", (lambda xp, x: xp.arccosh(x + 1.0), M))
for _name in (
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "fmax", "fmin", "logaddexp",
    "logaddexp2", "power", "float_power", "arctan2", "hypot", "copysign", "remainder", "fmod",
    "floor_divide", "heaviside", "nextafter",
):  # fmt: skip
    case(_name, (M, M), (V, M), ((), V))
case("ldexp", (lambda xp, x: xp.ldexp(x, np.array([1, 2, -1, 0])), M))
case("divmod", (lambda xp, x, y: xp.divmod(x, y)[1], (M, M)))
case("modf", (lambda xp, x: xp.modf(x)[0], M))
case("matmul", (lambda xp, x, y: xp.matmul(x, y), ((2, 3), (3, 4))),
     (lambda xp, x, y: xp.matmul(x, y), ((3,), (3,))),
     (lambda xp, x, y: xp.matmul(x, y), ((2, 2, 3), (3, 2))))  # fmt: skip
case("linalg.matmul", (lambda xp, x, y: xp.linalg.matmul(x, y), ((2, 3), (3, 4))))
case("vecdot", ((M, M)), ((V, M)))
case("matvec", (lambda xp, x, y: xp.matvec(x, y), (M, V)))
case("vecmat", (lambda xp, x, y: xp.vecmat(x, y), ((3,), M)))
case("linalg.vecdot", (lambda xp, x, y: xp.linalg.vecdot(x, y, axis=-1), (M, M)))

case("reshape", (lambda xp, x: xp.reshape(x, (2, -1)), M),
     (lambda xp, x: xp.reshape(x, (6, 2), order="F"), M))  # fmt: skip
case("ravel", (M,), (lambda xp, x: xp.ravel(x, order="F"), M))
case("transpose", (M,), (lambda xp, x: xp.transpose(x, (1, 0, 2)), T))
case("matrix_transpose", (T,))
case("linalg.matrix_transpose", (T,))
case("swapaxes", (lambda xp, x: xp.swapaxes(x, 0, 2), T))
case("moveaxis", (lambda xp, x: xp.moveaxis(x, (0, 1), (-1, 0)), T))
case("rollaxis", (lambda xp, x: xp.rollaxis(x, 2), T), (lambda xp, x: xp.rollaxis(x, 0, 3), T))
case("expand_dims", (lambda xp, x: xp.expand_dims(x, (0, 2)), M))
case("squeeze", ((1, 3, 1),), (lambda xp, x: xp.squeeze(x, 0), (1, 3, 1)))
case("atleast_1d", ((),), (V,))
case("atleast_2d", ((),), (V,), (T,))
case("atleast_3d", ((),), (V,), (M,), (T,))
case("broadcast_to", (lambda xp, x: xp.broadcast_to(x, (2, 3, 4)), V))
case("broadcast_arrays", (lambda xp, x, y: xp.broadcast_arrays(x, y)[0] * 2.0, (V, (3, 1))))
case("flip", (M,), (lambda xp, x: xp.flip(x, 1), M))
case("flipud", (M,))
case("fliplr", (M,))
case("rot90", *((lambda xp, x, k=k: xp.rot90(x, k), M) for k in range(4)),
     (lambda xp, x: xp.rot90(x, 1, (1, 2)), T))  # fmt: skip
case("roll", (lambda xp, x: xp.roll(x, 5), M), (lambda xp, x: xp.roll(x, (1, 2), (0, 1)), M))
case("fft.fftshift", (M,), (lambda xp, x: xp.fft.fftshift(x, 1), M))
case("fft.ifftshift", (M,))
case("take", (lambda xp, x: xp.take(x, np.array([0, 2, 0])), M),
     (lambda xp, x: xp.take(x, np.array([[0, 1], [1, 1]]), axis=1), M))  # fmt: skip
case(
    "take_along_axis",
    (lambda xp, x: xp.take_along_axis(x, np.array([[0, 2], [1, 1], [3, 0]]), axis=1), M),
)
case("compress", (lambda xp, x: xp.compress(np.array([True, False, True]), x, axis=0), M))
case("extract", (lambda xp, x: xp.extract(np.arange(12).reshape(3, 4) % 2 == 0, x), M))
case("delete", (lambda xp, x: xp.delete(x, 1, axis=0), M))
case("resize", (lambda xp, x: xp.resize(x, (5, 3)), M))
case("repeat", (lambda xp, x: xp.repeat(x, 2), M), (lambda xp, x: xp.repeat(x, 3, axis=1), M),
     (lambda xp, x: xp.repeat(x, np.array([1, 0, 2]), axis=0), M))  # fmt: skip
case("tile", (lambda xp, x: xp.tile(x, 2), M), (lambda xp, x: xp.tile(x, (2, 1, 3)), M))
case("pad", (lambda xp, x: xp.pad(x, 1), M),
     (lambda xp, x: xp.pad(x, ((1, 0), (2, 1)), constant_values=3.0), M),
     *((lambda xp, x, mode=mode: xp.pad(x, ((1, 2), (0, 1)), mode=mode), M)
       for mode in ("edge", "reflect", "symmetric", "wrap")))  # fmt: skip
case("tril", (S,), (lambda xp, x: xp.tril(x, 1), M))
case("triu", (S,), (lambda xp, x: xp.triu(x, -1), M))
case("diagonal", (S,), (lambda xp, x: xp.diagonal(x, 1, 0, 2), T))
case("linalg.diagonal", (T,))
case("diag", (S,), (V,), (lambda xp, x: xp.diag(x, 1), V))
case("diagflat", (lambda xp, x: xp.diagflat(x, -1), (2, 2)))
case("copy", (M,))
case("astype", (lambda xp, x: xp.astype(x, np.float64), M))

for _name in ("concatenate", "concat"):
    case(_name, (lambda xp, x, y, f=_name: getattr(xp, f)((x, y)), (M, (2, 4))),
         (lambda xp, x, y, f=_name: getattr(xp, f)([x, y], axis=1), (M, (3, 1))),
         (lambda xp, x, y, f=_name: getattr(xp, f)([x, y], axis=None), (M, V)))  # fmt: skip
case("stack", (lambda xp, x, y: xp.stack((x, y), axis=-1), (M, M)))
case("unstack", (lambda xp, x: xp.unstack(x)[1], M))
case("vstack", (lambda xp, x, y: xp.vstack((x, y)), (V, M)))
case("row_stack", (lambda xp, x, y: xp.vstack((x, y)), (V, M)))
case("hstack", (lambda xp, x, y: xp.hstack((x, y)), (V, (2,))),
     (lambda xp, x, y: xp.hstack((x, y)), (M, (3, 1))))  # fmt: skip
case("dstack", (lambda xp, x, y: xp.dstack((x, y)), (M, M)))
case("column_stack", (lambda xp, x, y: xp.column_stack((x, y)), ((3,), (3, 2))))
case("block", (lambda xp, x, y: xp.block([[x, y], [y, x]]), (S, S)))
case("append", (lambda xp, x, y: xp.append(x, y), (M, V)),
     (lambda xp, x, y: xp.append(x, y, axis=0), (M, (1, 4))))  # fmt: skip
case("insert", (lambda xp, x: xp.insert(x, 1, 5.0), V),
     (lambda xp, x, y: xp.insert(x, 2, y, axis=1), (M, (3,))))  # fmt: skip
case("array_split", (lambda xp, x: xp.array_split(x, 3, axis=1)[0], M))
case("split", (lambda xp, x: xp.split(x, 2, axis=1)[1], M),
     (lambda xp, x: xp.split(x, [1, 3], axis=1)[1], M))  # fmt: skip
case("hsplit", (lambda xp, x: xp.hsplit(x, 2)[0], M))
case("vsplit", (lambda xp, x: xp.vsplit(x, 3)[2], M))
case("dsplit", (lambda xp, x: xp.dsplit(x, 2)[1], T))
case("meshgrid", (lambda xp, x, y: xp.meshgrid(x, y)[0] * 2.0, (V, (3,))),
     (lambda xp, x, y: xp.meshgrid(x, y, indexing="ij", sparse=True)[1], (V, (3,))))  # fmt: skip

for _name in ("sum", "mean", "max", "min", "amax", "amin", "prod", "ptp"):
    case(_name, (M,), (lambda xp, x, f=_name: getattr(xp, f)(x, axis=(0, 2)), T),
         (lambda xp, x, f=_name: getattr(xp, f)(x, axis=1, keepdims=True), M))  # fmt: skip
for _name in ("var", "std"):
    case(_name, (M,), (lambda xp, x, f=_name: getattr(xp, f)(x, axis=0, ddof=1), M),
         (lambda xp, x, f=_name: getattr(xp, f)(x, axis=1, keepdims=True), M),
         (lambda xp, x, f=_name: getattr(xp, f)(x, axis=1, where=np.arange(4) != 1), M),
    )  # fmt: skip
CASES["sum"].append((lambda xp, x: xp.sum(x, axis=1, where=np.arange(4) != 1), (M,)))
CASES["mean"].append((lambda xp, x: xp.mean(x, axis=1, where=np.arange(4) != 1), (M,)))
CASES["max"].append((lambda xp, x: xp.max(x, axis=0, initial=1.5), (M,)))
for _name in ("cumsum", "cumprod"):
    case(_name, (M,), (lambda xp, x, f=_name: getattr(xp, f)(x, axis=1), M))
case("cumulative_sum", (lambda xp, x: xp.cumulative_sum(x, axis=1, include_initial=True), M))
case("cumulative_prod", (lambda xp, x: xp.cumulative_prod(x, axis=1), M))
for _name in ("nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd"):
    case(_name, (lambda xp, x, f=_name: getattr(xp, f)(
        xp.where(np.arange(12).reshape(3, 4) == 5, np.nan, x), axis=1), M))  # fmt: skip
for _name in ("nancumsum", "nancumprod"):
    case(_name, (lambda xp, x, f=_name: getattr(xp, f)(
        xp.where(np.arange(12).reshape(3, 4) == 5, np.nan, x), axis=1), M))  # fmt: skip
case("average", (lambda xp, x: xp.average(x, axis=1), M),
     (lambda xp, x, w: xp.average(x, axis=1, weights=w), (M, V)))  # fmt: skip
case("trace", (S,), (lambda xp, x: xp.trace(x, 1, 0, 2), T))
case("linalg.trace", (T,))
case("diff", (V,), (lambda xp, x: xp.diff(x, 2, axis=0), M),
     (lambda xp, x: xp.diff(x, axis=1, prepend=0.0, append=1.0), M))  # fmt: skip
case("ediff1d", (M,), (lambda xp, x: xp.ediff1d(x, to_begin=np.array([1.0])), M))
case("gradient", (V,), (lambda xp, x: xp.gradient(x, 0.5, axis=1, edge_order=1), M),
     (lambda xp, x: xp.gradient(x)[0], M))  # fmt: skip
case("trapezoid", (M,), (lambda xp, y, x: xp.trapezoid(y, x), (M, V)),
     (lambda xp, x: xp.trapezoid(x, dx=0.5, axis=0), M))  # fmt: skip
case("cov", (M,), (V,), (lambda xp, x: xp.cov(x, rowvar=False, bias=True), M))
case("corrcoef", (M,))

case("sort", (V,), (lambda xp, x: xp.sort(x, axis=0), M), (lambda xp, x: xp.sort(x, axis=None), M))
case("partition", (lambda xp, x: xp.partition(x, 2), (3,)))
case("median", (M,), (lambda xp, x: xp.median(x, axis=0), M))
case("quantile", (lambda xp, x: xp.quantile(x, 0.3, axis=1), M),
     (lambda xp, x: xp.quantile(x, np.array([0.1, 0.6]), keepdims=True), M))  # fmt: skip
case("percentile", (lambda xp, x: xp.percentile(x, 30.0, axis=0), M))

case(
    "clip", (lambda xp, x: xp.clip(x, 0.5, 1.2), M), (lambda xp, x, y: xp.clip(x, y, None), (M, V))
)
case("where", (lambda xp, x, y: xp.where(np.arange(4) > 1, x, y), (M, V)))
case("select", (lambda xp, x, y: xp.select([x > 1.0, x > 0.6], [x * 2.0, y], 3.0), (M, M)))
case("piecewise", (lambda xp, x: np.piecewise(
    x, [x > 1.0, x <= 1.0], [lambda t: t * t, lambda t: 2.0 * t]), V))  # fmt: skip
case("choose", (lambda xp, x, y: np.choose(np.array([0, 1, 1, 0]), [x, y]), (V, V)))
case("interp", (lambda xp, x, fp: xp.interp(x, np.array([0.0, 0.7, 1.3, 2.0]), fp), ((3,), V)))
case("unwrap", (lambda xp, x: xp.unwrap(x * 8.0), V))
case("linspace", (lambda xp, a, b: xp.linspace(a, b, 5), ((), ())),
     (lambda xp, a, b: xp.linspace(a, b, 4, endpoint=False, axis=1), (V, V)))  # fmt: skip
case("logspace", (lambda xp, a, b: xp.logspace(a, b, 4), ((), ())))
case("geomspace", (lambda xp, a, b: xp.geomspace(a, b, 4), ((), ())))
case("full_like", (lambda xp, x, y: np.full_like(x, y), (M, ())))
case("vander", (V,), (lambda xp, x: xp.vander(x, 3, increasing=True), V))
case("polyval", (lambda xp, p, x: xp.polyval(p, x), (V, M)))

case("dot", (V, V), ((2, 3), (3, 2)), (T, V), (T, (4, 2)), (T, (2, 4, 3)),
     (lambda xp, x, y: xp.dot(x, y), ((), V)))  # fmt: skip
case("vdot", (M, M))
case("inner", (V, M), (M, (2, 4)))
case("outer", (M, V))
case("linalg.outer", (V, V))
case("tensordot", (lambda xp, x, y: xp.tensordot(x, y, 1), (T, (4, 2))),
     (lambda xp, x, y: xp.tensordot(x, y, ((1, 0), (0, 1))), (T, (3, 2))))  # fmt: skip
case("linalg.tensordot", (lambda xp, x, y: xp.linalg.tensordot(x, y, axes=1), (T, (4, 2))))
case("kron", ((2, 2), (2, 3)), ((2,), (2, 3)))
case("einsum", (lambda xp, x, y: xp.einsum("ij,kj->ik", x, y), (M, M)),
     (lambda xp, x: xp.einsum("ii->i", x), S),
     (lambda xp, x, y: xp.einsum("...i,i", x, y), (T, V)))  # fmt: skip
case("cross", (lambda xp, x, y: xp.cross(x, y), ((2, 3), (3,))),
     (lambda xp, x, y: xp.cross(x, y, axis=0), ((3, 2), (3, 2))))  # fmt: skip
case("linalg.cross", (lambda xp, x, y: xp.linalg.cross(x, y), ((2, 3), (2, 3))))
case("convolve", (lambda xp, x, y: xp.convolve(x, y), (V, (3,))),
     (lambda xp, x, y: xp.convolve(x, y, "same"), ((5,), (2,))),
     (lambda xp, x, y: xp.convolve(x, y, "same"), ((3,), (4,))),
     (lambda xp, x, y: xp.convolve(x, y, "valid"), ((5,), (3,))))  # fmt: skip
case("correlate", *((lambda xp, x, y, m=m: xp.correlate(x, y, m), ((5,), (3,)))
                    for m in ("valid", "same", "full")),
     (lambda xp, x, y: xp.correlate(x, y, "full"), ((2,), (4,))))  # fmt: skip


def _spd(xp: Any, x: Any) -> Any:
    return xp.matmul(x, x.T) + 0.5 * np.eye(3)


def _general(xp: Any, x: Any) -> Any:
    return x + 2.0 * np.eye(x.shape[-1])


case("linalg.inv", (lambda xp, x: xp.linalg.inv(_general(xp, x)), S))
case("linalg.det", (lambda xp, x: xp.linalg.det(_general(xp, x)), S))
case("linalg.slogdet", (lambda xp, x: xp.linalg.slogdet(_general(xp, x))[1], S))
case("linalg.solve", (lambda xp, x, y: xp.linalg.solve(_general(xp, x), y), (S, (3,))),
     (lambda xp, x, y: xp.linalg.solve(_general(xp, x), y), (S, (3, 2))))  # fmt: skip
case("linalg.cholesky", (lambda xp, x: xp.linalg.cholesky(_spd(xp, x)), S))
case("linalg.eigh", (lambda xp, x: xp.linalg.eigh(_spd(xp, x))[0], S),
     (lambda xp, x: xp.linalg.eigh(_spd(xp, x))[1] ** 2, S))  # fmt: skip
case("linalg.eigvalsh", (lambda xp, x: xp.linalg.eigvalsh(_spd(xp, x)), S))
case("linalg.svd", (lambda xp, x: xp.linalg.svd(x, full_matrices=False)[1], M),
     (lambda xp, x: xp.linalg.svd(x, full_matrices=False)[0] ** 2, M),
     (lambda xp, x: xp.linalg.svd(x, compute_uv=False), M))  # fmt: skip
case("linalg.svdvals", (M,))
case("linalg.qr", (lambda xp, x: xp.linalg.qr(x)[1] ** 2, (4, 3)),
     (lambda xp, x: xp.linalg.qr(x, mode="r") ** 2, (4, 3)))  # fmt: skip
case("linalg.pinv", (lambda xp, x: xp.linalg.pinv(x), (4, 2)))
case("linalg.lstsq", (lambda xp, x, y: xp.linalg.lstsq(x, y)[0], ((5, 2), (5,))))
case("linalg.matrix_power", (lambda xp, x: xp.linalg.matrix_power(x, 3), S),
     (lambda xp, x: xp.linalg.matrix_power(_general(xp, x), -2), S))  # fmt: skip
case("linalg.multi_dot", (lambda xp, x, y, z: xp.linalg.multi_dot([x, y, z]), (M, (4, 2), (2, 3))))
case("linalg.tensorsolve", (lambda xp, x, y: xp.linalg.tensorsolve(
    x.reshape((2, 2, 4)) + 3.0 * np.eye(4).reshape(2, 2, 4), y), ((4, 4), (2, 2))))  # fmt: skip
case("linalg.tensorinv", (lambda xp, x: xp.linalg.tensorinv(
    x.reshape((2, 2, 4)) + 3.0 * np.eye(4).reshape(2, 2, 4), ind=2), (4, 4)))  # fmt: skip
case("linalg.norm", (V,), (M,), (lambda xp, x: xp.linalg.norm(x, 3, axis=1), M),
     *((lambda xp, x, o=o: xp.linalg.norm(x, o), M) for o in (1, -np.inf, 2, "nuc", "fro")),
     (lambda xp, x: xp.linalg.norm(x, axis=(0, 2), keepdims=True), T))  # fmt: skip
case("linalg.vector_norm", (lambda xp, x: xp.linalg.vector_norm(x, axis=1, ord=1), M))
case("linalg.matrix_norm", (lambda xp, x: xp.linalg.matrix_norm(x, ord=2), T))
case("linalg.cond", (lambda xp, x: xp.linalg.cond(_general(xp, x)), S))
