"""What rectifies: functions that are x for large x, and flat or nearly so for small x."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, Samples, draw, unary
from .activations import sigmoid
from .elementwise import _BITS, only_where, where
from .special import erf


def either(condition: Any, x: Any, y: Any) -> Any:
    """``x`` where a condition holds, ``y`` elsewhere; for rules and for forward passes.

    Of arrays the bits are picked, which from some thousand elements on takes a third of the time
    that np.where takes.
    """
    if condition.__class__ is bool:
        return x if condition else y
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and x.dtype is y.dtype:
        bits, mask = _BITS[x.dtype], -condition.view(np.int8)
        return ((x.view(bits) & mask) | (y.view(bits) & ~mask)).view(x.dtype)
    return where(condition, x, y)


def _with(*params: dict[str, Any], avoid: tuple[float, ...] = (0.0,)) -> Samples:
    def samples() -> list[Sample]:
        first, *rest = params
        out = [Sample(s.inputs, first) for s in unary(avoid=avoid)()]
        return out + [
            Sample((draw((3, 4), -2.0, 2.0, 40 + k, avoid),), p) for k, p in enumerate(rest)
        ]

    return samples


def _leaky_relu(x: Any, negative_slope: float) -> Any:
    if 0 < negative_slope <= 1:
        return np.maximum(x, x * negative_slope)
    return either(x > 0, x, x * negative_slope)


leaky_relu = define(
    "leaky_relu", "x", _leaky_relu,
    {"x": lambda g, x, negative_slope: either(x > 0, g, g * negative_slope)},
    params={"negative_slope": 0.01}, mathematics="where(x > 0, x, negative_slope * x)",
    symbol="LeakyReLU", scalar="x if x > 0 else negative_slope * x", kind="elementwise",
    promotes="float", public=False, torch="torch.nn.functional.leaky_relu(x, negative_slope)",
    samples=_with({}, {"negative_slope": 0.3}, {"negative_slope": 0.0}, {"negative_slope": 2.0},
                  {"negative_slope": -0.5}),
    doc="At the kink, 0, the derivative is the slope on the left.",
)  # fmt: skip


def _elu(x: Any, alpha: float, scale: float, input_scale: float) -> Any:
    # min, so that no exponential of a large number is asked for.
    left = np.expm1(np.minimum(x, 0) * input_scale) * (alpha * scale)
    return either(x > 0, x if scale == 1 else x * scale, left)


def _elu_scalar(x: float, alpha: float, scale: float, input_scale: float) -> float:
    return x * scale if x > 0 else math.expm1(x * input_scale) * (alpha * scale)


elu = define(
    "elu", "x", _elu,
    {"x": lambda g, ans, x, alpha, scale, input_scale: either(
        x > 0, g * scale, g * ((ans + alpha * scale) * input_scale))},
    params={"alpha": 1.0, "scale": 1.0, "input_scale": 1.0},
    mathematics="scale * where(x > 0, x, alpha * (exp(min(x, 0.0) * input_scale) - 1))",
    symbol="ELU", scalar=_elu_scalar, kind="elementwise", promotes="float", public=False,
    torch="torch._C._nn.elu(x, alpha, scale, input_scale)",
    samples=_with({}, {"alpha": 0.7}, {"alpha": 1.6, "scale": 1.05},
                  {"alpha": 2.0, "input_scale": 0.5}),
    doc="ELU, with a scale SELU, with an input scale of 1 / alpha CELU.",
)  # fmt: skip


def _hardtanh(x: Any, low: float, high: float) -> Any:
    return np.minimum(np.maximum(x, low), high)


hardtanh = define(
    "hardtanh", "x", _hardtanh,
    {"x": lambda g, x, low, high: only_where(g, (x > low) * (x < high))},
    params={"low": -1.0, "high": 1.0}, mathematics="clip(x, low, high)", kind="elementwise",
    public=False,
    torch="torch.nn.functional.hardtanh(x, low, high)",
    samples=_with({}, {"low": -0.5, "high": 1.3}, avoid=(-1.0, 1.0, -0.5, 1.3)),
    doc="Clamping whose derivative is 0 on the limits too, as in PyTorch.",
)  # fmt: skip


def _silu_rule(g: Any, x: Any) -> Any:
    s = sigmoid(x)
    return g * (s * (1.0 + x * (1.0 - s)))


silu = define(
    "silu", "x", lambda x: x * sigmoid.forward(x), {"x": _silu_rule},
    mathematics="x / (1 + exp(-x))", symbol="SiLU", scalar=lambda x: x * sigmoid(x),
    kind="elementwise", promotes="float", public=False, torch="torch.nn.functional.silu(x)",
    samples=unary(-4.0, 4.0),
)  # fmt: skip


def _gelu(x: Any) -> tuple[Any, Any]:
    share = np.asarray(erf.forward(x * math.sqrt(0.5)))
    share += 1.0
    share *= 0.5
    return x * share, share


def _gelu_rule(g_result: Any, g_share: Any, x: Any, share: Any, arrived: Any) -> Any:
    density = np.exp((x * x) * -0.5) * math.sqrt(0.5 / math.pi)
    if "share" not in arrived:
        return g_result * (x * density + share)
    return g_result * (x * density + share) + g_share * density


gelu = define(
    "gelu", "x", _gelu, {"x": _gelu_rule}, outputs="result share",
    mathematics="(x * (1 + erf(x / sqrt(2))) / 2, (1 + erf(x / sqrt(2))) / 2)", symbol="GELU",
    promotes="float", public=False,
    torch="(torch.nn.functional.gelu(x), torch.special.ndtr(x))", samples=unary(-4.0, 4.0),
    doc="x times its share, the probability that a standard normal number is smaller. The share is "
        "an output, so that the rule has no error function to compute.",
)  # fmt: skip

_STEEP, _CUBIC = math.sqrt(2.0 / math.pi), 0.044715


def _gelu_tanh(x: Any) -> Any:
    inner = x * x
    inner *= _STEEP * _CUBIC
    inner += _STEEP
    inner *= x
    out = np.asarray(np.tanh(inner))
    out += 1.0
    out *= x
    out *= 0.5
    return out


def _gelu_tanh_rule(g: Any, x: Any) -> Any:
    square = x * x
    t = np.tanh(x * (_STEEP + (_STEEP * _CUBIC) * square))
    steepness = _STEEP + (3.0 * _STEEP * _CUBIC) * square
    return g * (0.5 * (1.0 + t) + (0.5 * x) * ((1.0 - t * t) * steepness))


gelu_tanh = define(
    "gelu_tanh", "x", _gelu_tanh, {"x": _gelu_tanh_rule},
    mathematics="x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x**3))) / 2", symbol="GELU",
    scalar=lambda x: (math.tanh((x * x * (_STEEP * _CUBIC) + _STEEP) * x) + 1.0) * x * 0.5,
    kind="elementwise", promotes="float", public=False,
    torch="torch.nn.functional.gelu(x, approximate='tanh')", samples=unary(-1.0, 4.0),
    doc="GELU with a hyperbolic tangent in place of the error function.",
)  # fmt: skip
