"""Special functions under PyTorch's names: ``mg.special.erf(x)``.

``erf``, ``erfc``, ``erfinv``, ``gammaln`` and ``psi`` need NumPy only; the others of the gamma,
error and Bessel families are computed by SciPy, which is asked for when one is first called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._methods import functions as _functions
from ._primitive import table as _table
from .functions.elementwise import table_function as _table_function
from .functions.polynomials import polynomials as _polynomials
from .functions.special import ndtr as ndtr
from .functions.special import numeric as _numeric
from .functions.special import xlog1py as xlog1py

_SAME = (
    "digamma", "erf", "erfc", "erfinv", "exp2", "expm1", "i0", "log1p", "log_softmax", "logit",
    "logsumexp", "polygamma", "round", "sinc", "softmax", "xlogy",
)  # fmt: skip
_RENAMED = {
    "expit": "sigmoid", "gammainc": "igamma", "gammaincc": "igammac", "gammaln": "lgamma",
    "multigammaln": "mvlgamma", "psi": "digamma",
}  # fmt: skip
_FROM_TABLE = ("entr", "erfcx", "i0e", "i1", "i1e", "log_ndtr", "ndtri")
_NUMERIC = {
    "airy_ai": ("airy", "Airy's function Ai."),
    "bessel_j0": ("j0", "Bessel's function of the first kind, of order 0."),
    "bessel_j1": ("j1", "Bessel's function of the first kind, of order 1."),
    "bessel_y0": ("y0", "Bessel's function of the second kind, of order 0."),
    "bessel_y1": ("y1", "Bessel's function of the second kind, of order 1."),
    "modified_bessel_i0": ("i0", "The modified Bessel function of the first kind, of order 0."),
    "modified_bessel_i1": ("i1", "The modified Bessel function of the first kind, of order 1."),
    "modified_bessel_k0": ("k0", "The modified Bessel function of the second kind, of order 0."),
    "modified_bessel_k1": ("k1", "The modified Bessel function of the second kind, of order 1."),
    "scaled_modified_bessel_k0": ("k0e", "``exp(x) k0(x)``."),
    "scaled_modified_bessel_k1": ("k1e", "``exp(x) k1(x)``."),
    "spherical_bessel_j0": ("spherical_jn", "``sin(x) / x``."),
    "zeta": ("zeta", "Hurwitz's zeta function, the sum of ``(other + k) ** -input`` over k >= 0."),
}

globals().update({name: _functions[name] for name in _SAME})
globals().update({name: _functions[known] for name, known in _RENAMED.items()})
globals().update({name: _table_function(_table[name]) for name in _FROM_TABLE})
globals().update({name: _numeric(name, *entry) for name, entry in _NUMERIC.items()})
globals().update(_polynomials)


def __getattr__(name: str) -> Callable[..., Any]:
    """Say what is missing; type checkers read here that names are filled in."""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
