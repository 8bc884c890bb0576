"""``scipy.special``: its ufuncs on Tensors. Imported when SciPy first calls one.

SciPy's ufuncs ask the classes of their arguments, so ``scipy.special.gammaln(tensor)`` keeps the
graph. SciPy's other functions (``scipy.stats``, ``scipy.linalg``, ``scipy.signal``,
``scipy.special.logsumexp``) make plain arrays of what they are given: for these there is
``microgradnn.scipy``, with the same names.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sc

from .._primitive import table
from .registry import answers, outside_the_graph, tensor

_PRIMITIVES = {
    "erf": "erf", "erfc": "erfc", "erfcx": "erfcx", "erfinv": "erfinv", "ndtri": "ndtri",
    "log_ndtr": "log_ndtr", "entr": "entr", "gammaln": "lgamma", "psi": "digamma",
    "gammainc": "igamma", "gammaincc": "igammac", "i0": "i0", "i0e": "i0e", "i1": "i1",
    "i1e": "i1e", "expit": "sigmoid", "logit": "logit", "xlogy": "xlogy",
}  # fmt: skip


def _enter() -> None:
    import importlib

    importlib.import_module("microgradnn.rules.special")
    for name, known in _PRIMITIVES.items():
        prim = table[known]

        def run(*xs: Any, _prim: Any = prim) -> Any:
            like = next((x for x in xs if hasattr(x, "_array")), None)
            return _prim.apply(*[tensor(x, like) for x in xs])

        run.__doc__ = f"The primitive ``{known}``."
        answers(getattr(sc, name))(run)


_enter()


@answers(sc.gamma)
def gamma(z: Any) -> Any:
    """Γ: its sign times the exponential of its logarithm."""
    return tensor(sc.gammasgn(z._array)) * np.exp(table["lgamma"].apply(z))


@answers(sc.rgamma)
def rgamma(z: Any) -> Any:
    """1 / Γ."""
    return tensor(sc.gammasgn(z._array)) * np.exp(-table["lgamma"].apply(z))


@answers(sc.betaln)
def betaln(a: Any, b: Any) -> Any:
    """The logarithm of the beta function."""
    a, b = tensor(a, b), tensor(b, a)
    return _lgamma(a) + _lgamma(b) - _lgamma(a + b)


def _lgamma(x: Any) -> Any:
    return table["lgamma"].apply(x)


@answers(sc.beta)
def beta(a: Any, b: Any) -> Any:
    """The beta function of positive numbers."""
    return np.exp(betaln(a, b))


@answers(sc.ndtr)
def ndtr(x: Any) -> Any:
    """The distribution function of the normal distribution."""
    return table["erfc"].apply(x * -math.sqrt(0.5)) * 0.5


@answers(sc.erfcinv)
def erfcinv(y: Any) -> Any:
    """The inverse of erfc."""
    return table["ndtri"].apply(y * 0.5) * -math.sqrt(0.5)


@answers(sc.xlog1py)
def xlog1py(x: Any, y: Any) -> Any:
    """``x * log(1 + y)``, 0 for x = 0."""
    x, y = tensor(x, y), tensor(y, x)
    return np.where(x == 0.0, 0.0, x * np.log1p(y))


@answers(sc.log_expit)
def log_expit(x: Any) -> Any:
    """The logarithm of the sigmoid."""
    return -table["softplus"].apply(-x)


@answers(sc.rel_entr)
def rel_entr(x: Any, y: Any) -> Any:
    """``x * log(x / y)``."""
    x, y = tensor(x, y), tensor(y, x)
    return table["xlogy"].apply(x, x) - table["xlogy"].apply(x, y)


@answers(sc.cosdg)
def cosdg(x: Any) -> Any:
    """The cosine of degrees."""
    return np.cos(np.deg2rad(x))


@answers(sc.sindg)
def sindg(x: Any) -> Any:
    """The sine of degrees."""
    return np.sin(np.deg2rad(x))


@answers(sc.exp10)
def exp10(x: Any) -> Any:
    """10 ** x."""
    return np.exp(x * math.log(10.0))


outside_the_graph(sc.gammasgn)
