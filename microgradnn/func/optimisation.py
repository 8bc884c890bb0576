"""`to_scipy`: a function of anything nested as ``scipy.optimize`` wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from .jacobians import hessian, hvp
from .pytrees import flatten, unflatten
from .reverse import value_and_grad


class ScipyFunction:
    """A function of one flat float64 array, with its gradient. Made by `to_scipy`.

    Attributes
    ----------
    x0 : ndarray
        The starting point, flat.
    """

    def __init__(self, func: Callable[..., Any], start: Any) -> None:
        self._func = func
        self._leaves, self._structure = flatten(start)
        arrays = [x._array if isinstance(x, Tensor) else np.asarray(x) for x in self._leaves]
        for k, a in enumerate(arrays):
            if a.dtype.kind not in "fiu":
                raise TypeError(
                    f"to_scipy: part {k} of the start is a {type(self._leaves[k]).__name__}; "
                    "Tensors, arrays and numbers can be optimised"
                )
        self._shapes = [a.shape for a in arrays]
        self._ends = np.cumsum([a.size for a in arrays])
        self._dtypes = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in arrays]
        self.x0 = self.flatten(start)

    def flatten(self, tree: Any) -> Any:
        """One flat float64 array of something nested as the start."""
        leaves, structure = flatten(tree)
        if not self._structure.same(structure):
            raise ValueError(f"nested as {structure}, the start as {self._structure}")
        arrays = [x.detach()._array if isinstance(x, Tensor) else np.asarray(x) for x in leaves]
        flat = [a.reshape(-1).astype(np.float64) for a in arrays]
        return np.concatenate(flat) if flat else np.zeros(0)

    def unflatten(self, x: Any) -> Any:
        """What a flat array stands for, nested as the start and of the same kinds."""
        parts = np.split(np.asarray(x), self._ends[:-1])
        leaves: list[Any] = []
        for part, shape, dtype, like in zip(
            parts, self._shapes, self._dtypes, self._leaves, strict=True
        ):
            array = part.reshape(shape).astype(dtype)
            if isinstance(like, Tensor):
                leaves.append(Tensor._wrap(array))
            else:
                leaves.append(array if isinstance(like, np.ndarray) else float(array))
        return unflatten(self._structure, leaves)

    def __call__(self, x: Any, *args: Any) -> tuple[float, Any]:
        """Value and gradient: for ``minimize(f, f.x0, jac=True)``."""
        value, gradient = value_and_grad(self._func)(self.unflatten(x), *args)
        return float(value), self.flatten(gradient)

    def fun(self, x: Any, *args: Any) -> float:
        """The value alone."""
        return self(x, *args)[0]

    def jac(self, x: Any, *args: Any) -> Any:
        """The gradient alone."""
        return self(x, *args)[1]

    def hess(self, x: Any, *args: Any) -> Any:
        """The Hessian, a square array: for ``minimize(..., hess=f.hess)``."""
        flat = hessian(lambda z: self._func(self._nested(z), *args))
        return flat(np.asarray(x, np.float64))

    def hessp(self, x: Any, p: Any, *args: Any) -> Any:
        """The Hessian times a vector: for ``minimize(..., hessp=f.hessp)``."""
        x, p = np.asarray(x, np.float64), np.asarray(p, np.float64)
        return hvp(lambda z: self._func(self._nested(z), *args), (x,), (p,))

    def _nested(self, z: Tensor) -> Any:
        """`unflatten` of a Tensor that is being differentiated by."""
        leaves, begin = [], 0
        for shape, dtype, end in zip(self._shapes, self._dtypes, self._ends, strict=True):
            leaves.append(z[begin : int(end)].reshape(shape).to(dtype))
            begin = int(end)
        return unflatten(self._structure, leaves)


def to_scipy(func: Callable[..., Any], start: Any) -> ScipyFunction:
    """A function for ``scipy.optimize.minimize``: value and gradient, of one flat array.

    Parameters
    ----------
    func : callable
        With one number as result; its first argument is what is optimised, nested in any way,
        further ones come from ``args=`` of SciPy's function.
    start : Tensor, ndarray, float, or a tree of them
        Where to begin; also says how arguments are nested.

    Returns
    -------
    ScipyFunction
        Called with a flat array it returns ``(value, gradient)``. It has ``x0``, the
        start, flat; ``hess`` and ``hessp`` for methods that use second derivatives; and
        ``unflatten``, which makes of SciPy's answer what it stands for.

    Examples
    --------
    >>> from scipy.optimize import minimize
    >>> f = mg.func.to_scipy(lambda p: (p["a"] - 1.0) ** 2 + (p["b"] ** 2).sum(),
    ...                      {"a": 0.0, "b": np.ones(2)})
    >>> answer = f.unflatten(minimize(f, f.x0, jac=True, method="BFGS").x)
    >>> round(answer["a"], 3)
    1.0
    """
    if not callable(func):
        raise TypeError(f"to_scipy takes a function, got a {type(func).__name__}")
    return ScipyFunction(func, start)
