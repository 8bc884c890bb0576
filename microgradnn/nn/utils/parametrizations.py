"""Well-known parametrisations: weight norm, spectral norm, orthogonal matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...functions.creation import zeros
from ...functions.joining import cat
from ...functions.linalg_reflections import geqrf, orgqr
from ...functions.linalg_systems import solve
from ...functions.ranges import eye
from ...functions.sampling import randn
from ...grad_mode import no_grad
from ..functional import normalize
from ..module import Module
from .parametrize import register_parametrization
from .spectral_norm import as_matrix, drawn, output_dim
from .weight_norm import norm_except_dim


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        """Length times direction."""
        result: Tensor = weight_v * (weight_g / norm_except_dim(weight_v, self.dim))
        return result

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The length and the direction of a weight."""
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Let a parameter be length times direction (Salimans and Kingma, 2016).

    Parameters
    ----------
    module : Module
    name : str
        Of the parameter.
    dim : int, optional
        The dimension whose slices have a length each; None for one length.

    Returns
    -------
    Module
        The same.

    Examples
    --------
    >>> layer = mg.nn.utils.parametrizations.weight_norm(mg.nn.Linear(2, 3))
    >>> list(layer.state_dict())
    ['bias', 'parametrizations.weight.original0', 'parametrizations.weight.original1']
    """
    made = register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_old_names(state: dict[str, Any], prefix: str, *_: Any) -> None:
        """States of the hook of the same name have other names for the two."""
        old = [f"{prefix}{name}_{part}" for part in "gv"]
        if all(key in state for key in old):
            for k, key in enumerate(old):
                state[f"{prefix}parametrizations.{name}.original{k}"] = state.pop(key)

    module._register_load_state_dict_pre_hook(take_old_names)
    return made


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(
        self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}] but got "
                f"{dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            with no_grad():
                matrix = as_matrix(weight, self.dim)
                self.register_buffer("_u", drawn(matrix.shape[0], weight, eps))
                self.register_buffer("_v", drawn(matrix.shape[1], weight, eps))
            self._improve(matrix, 15)

    def _improve(self, matrix: Tensor, times: int) -> None:
        """Power iteration: the singular vectors of the largest singular value, in place."""
        with no_grad():
            for _ in range(times):
                normalize(matrix @ self._v, dim=0, eps=self.eps, out=self._u)
                normalize(matrix.T @ self._u, dim=0, eps=self.eps, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight divided by its largest singular value."""
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._improve(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next call changes them
        result: Tensor = weight / (u @ (matrix @ v))
        return result

    def right_inverse(self, value: Tensor) -> Tensor:
        """The weight itself."""
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
    dim: int | None = None,
) -> Module:  # fmt: skip
    """Let a parameter be divided by its largest singular value (Miyato et al., 2018).

    Parameters
    ----------
    module : Module
    name : str
        Of the parameter.
    n_power_iterations : int
        In training mode, how often the singular vectors are improved at each look.
    eps : float
        Keeps denominators away from 0.
    dim : int, optional
        The dimension of the outputs; default: 1 for transposed convolutions, else 0.

    Returns
    -------
    Module
        The same.

    Examples
    --------
    >>> layer = mg.nn.utils.parametrizations.spectral_norm(mg.nn.Linear(2, 3))
    >>> round(mg.linalg.matrix_norm(layer.weight, 2).item(), 4)
    1.0
    """
    weight = _weight_of(module, name)
    made = _SpectralNorm(weight, n_power_iterations, output_dim(module, dim), eps)
    return register_parametrization(module, name, made)


def _weight_of(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


# --- orthogonal matrices --------------------------------------------------------------------------


def _unique_q(a: Tensor) -> Tensor:
    """The factor Q of QR for which the diagonal of R is positive."""
    x, tau = geqrf(a)
    signs: Tensor = x.diagonal(0, -2, -1).sign().unsqueeze(-2)
    q: Tensor = orgqr(x, tau) * signs
    return q


def _is_orthogonal(q: Tensor) -> bool:
    size = q.shape[-1]
    eps = 10 * size * float(np.finfo(q._array.dtype).eps)
    close: Any = (q.mT @ q - eye(size, dtype=q.dtype)).abs() <= eps
    return bool(close.all())


class _Orthogonal(Module):
    base: Tensor | None

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        """A matrix with orthonormal columns, or rows if there are more columns."""
        transposed = x.shape[-2] < x.shape[-1]
        x = x.mT if transposed else x
        q = self._reflections(x) if self.orthogonal_map == "householder" else self._rotation(x)
        base = self.__dict__.get("base")
        if base is not None:
            q = base @ q
        return q.mT if transposed else q

    def _rotation(self, x: Tensor) -> Tensor:
        """Of the skew-symmetric matrix of the numbers below the diagonal."""
        rows, columns = x.shape[-2:]
        x = x.tril()
        if rows != columns:
            x = cat([x, zeros(*x.shape[:-1], rows - columns, dtype=x.dtype)], -1)
        a = x - x.mT
        q: Tensor
        if self.orthogonal_map == "matrix_exp":
            q = a.matrix_exp()
        else:
            unit = eye(rows, dtype=a.dtype)
            q = solve(unit - 0.5 * a, unit + 0.5 * a)
        return q if rows == columns else q[..., :columns]

    def _reflections(self, x: Tensor) -> Tensor:
        """A product of reflections, by the vectors below the diagonal; the diagonal has signs."""
        a = x.tril(-1)
        tau = 2.0 / (1.0 + (a * a).sum(-2))
        signs = x.detach().diagonal(0, -2, -1).int().unsqueeze(-2)
        q: Tensor = orgqr(a, tau) * signs
        return q

    def right_inverse(self, q: Tensor) -> Tensor:
        """What to start from to get a matrix; it is made orthogonal if it is not."""
        with no_grad():
            return self._inverse(q)

    def _inverse(self, q: Tensor) -> Tensor:
        if q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {tuple(self.shape)}. Got a "
                f"tensor of shape {tuple(q.shape)}."
            )
        first = q
        transposed = q.shape[-2] < q.shape[-1]
        q = q.mT if transposed else q
        rows, columns = q.shape[-2:]
        if "base" not in self._kinds:
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley "
                    "parametrizations when use_trivialization=False."
                )
            a, tau = geqrf(q)
            signs: Any = a.diagonal(0, -2, -1).sign()
            signs = signs * (1 - 2 * (tau == 0).to(signs.dtype))
            a = a.clone()
            a.diagonal(0, -2, -1).copy_(signs)
            return a.mT if transposed else a
        if rows != columns:
            more = randn(*q.shape[:-2], rows, rows - columns, dtype=q.dtype)
            q = _unique_q(cat([q, more], -1))
        else:
            q = q.clone() if _is_orthogonal(q) else _unique_q(q)
        self.base = q
        start = zeros(*first.shape, dtype=first.dtype)
        start.diagonal(0, -2, -1).fill_(-1.0)
        return start


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *,
    use_trivialization: bool = True,
) -> Module:  # fmt: skip
    """Let a parameter be an orthogonal matrix.

    Parameters
    ----------
    module : Module
    name : str
        Of the parameter, a matrix or several.
    orthogonal_map : {"matrix_exp", "cayley", "householder"}, optional
        How it is computed; default: the first for square matrices, else the last.
    use_trivialization : bool
        Whether it is that times a constant matrix, the present one.

    Returns
    -------
    Module
        The same.

    Raises
    ------
    ValueError
        If there is no such parameter, or it is no matrix, or for another map.

    Examples
    --------
    >>> layer = mg.nn.utils.parametrizations.orthogonal(mg.nn.Linear(3, 3))
    >>> mg.allclose(layer.weight.T @ layer.weight, mg.eye(3), atol=1e-6)
    True
    """
    weight = _weight_of(module, name)
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    square = weight.shape[-2] == weight.shape[-1]
    chosen = orthogonal_map or ("matrix_exp" if square else "householder")
    if chosen not in ("matrix_exp", "cayley", "householder"):
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    made = _Orthogonal(weight, chosen, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
