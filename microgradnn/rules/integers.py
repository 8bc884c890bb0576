"""Logic, bits and divisors: elementwise operations whose results have no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import define
from ._samples import PAIRS, Sample, Samples, binary, draw, unary


def _integers(low: int, high: int, second: tuple[int, int] | None = None) -> Samples:
    """Pairs of integer arrays that broadcast."""

    def samples() -> list[Sample]:
        out = []
        for k, (a, b) in enumerate(PAIRS):
            x = np.floor(draw(a, low, high, 2 * k)).astype(np.int64)
            y = np.floor(draw(b, *(second or (low, high)), 2 * k + 1)).astype(np.int64)
            out.append(Sample((np.asarray(x), np.asarray(y))))
        return out

    return samples


def _logic(name: str, function: Any, mathematics: str) -> None:
    define(
        name, "x y", function, {}, mathematics=mathematics, promotes="common",
        symbol=name.removeprefix("logical_"), numpy=function, torch=f"torch.{name}(x, y)",
        samples=binary(), doc="Not differentiable: the result is a truth value.",
    )  # fmt: skip


_logic("logical_and", np.logical_and, "(x != 0) & (y != 0)")
_logic("logical_or", np.logical_or, "(x != 0) | (y != 0)")
_logic("logical_xor", np.logical_xor, "(x != 0) ^ (y != 0)")


def _test(name: str, function: Any, mathematics: str) -> None:
    define(
        name, "x", function, {}, mathematics=mathematics, numpy=function, torch=f"torch.{name}(x)",
        samples=lambda: [*unary()(), Sample((np.array([1.0, np.inf, -np.inf, 0.0]),))],
        doc="Not differentiable: the result is a truth value.",
    )  # fmt: skip


_test("isnan", np.isnan, "x != x")
_test("isinf", np.isinf, "abs(x) == inf")
_test("isfinite", np.isfinite, "abs(x) < inf")


def _refuse_floats(name: str, function: Any) -> Any:
    """NumPy's function, after a message that says what bits are for."""

    def forward(*arrays: Any) -> Any:
        for a in arrays:
            if a.dtype.kind == "f":
                raise RuntimeError(
                    f"{name} works on the bits of integers and truth values, not on {a.dtype}; "
                    "convert with .long() or .bool(), or compare first"
                )
        if "shift" in name and arrays[0].dtype.kind == "b":
            raise RuntimeError(f"{name} is not for truth values; convert with .long()")
        return function(*arrays)

    return forward


def _bits(name: str, function: Any, sign: str, operator: str) -> None:
    second = (0, 5) if "shift" in name else None
    define(
        name, "x y", _refuse_floats(name, function), {}, mathematics=f"x {sign} y", symbol=sign,
        operator=operator, promotes="common", numpy=function, torch=f"torch.{name}(x, y)",
        samples=_integers(-20, 20, second), doc="Not differentiable: on integers.",
    )  # fmt: skip


_bits("bitwise_and", np.bitwise_and, "&", "and")
_bits("bitwise_or", np.bitwise_or, "|", "or")
_bits("bitwise_xor", np.bitwise_xor, "^", "xor")
_bits("bitwise_left_shift", np.left_shift, "<<", "lshift")
_bits("bitwise_right_shift", np.right_shift, ">>", "rshift")

bitwise_not = define(
    "bitwise_not", "x", _refuse_floats("bitwise_not", np.invert), {}, mathematics="~x", symbol="~",
    operator="invert", numpy=np.invert, torch="torch.bitwise_not(x)",
    samples=lambda: [Sample((s.inputs[0],)) for s in _integers(-20, 20)()],
    doc="Not differentiable: on integers.",
)  # fmt: skip

gcd = define(
    "gcd", "x y", np.gcd, {}, mathematics="gcd(x, y)", promotes="common", numpy=np.gcd,
    torch="torch.gcd(x, y)", samples=_integers(-40, 40), doc="Not differentiable: on integers.",
)  # fmt: skip

lcm = define(
    "lcm", "x y", np.lcm, {}, mathematics="lcm(x, y)", promotes="common", numpy=np.lcm,
    torch="torch.lcm(x, y)", samples=_integers(-20, 20), doc="Not differentiable: on integers.",
)  # fmt: skip
