"""Logic, bits and questions about elements: hand-computed answers, and what errors say."""

import math

import pytest

import microgradnn as mg

NAN, INF = math.nan, math.inf


def test_logic_of_numbers() -> None:
    x, y = mg.tensor([0.0, 0.5, NAN, 0.0]), mg.tensor([0, 0, 3, -1])
    assert mg.logical_and(x, y).tolist() == [False, False, True, False]
    assert mg.logical_or(x, y).tolist() == [False, True, True, True]
    assert mg.logical_xor(x, y).tolist() == [False, True, False, True]
    assert x.logical_not_().tolist() == [1.0, 0.0, 0.0, 1.0]


def test_bits_and_their_operators() -> None:
    x, y = mg.tensor([12, -1]), mg.tensor([10, 6])
    assert (x & y).tolist() == [8, 6]
    assert (x | y).tolist() == [14, -1]
    assert (x ^ y).tolist() == [6, -7]
    assert (~x).tolist() == [-13, 0]
    assert (x << 2).tolist() == [48, -4]
    assert (x >> 1).tolist() == [6, -1]
    assert (5 & x).tolist() == [4, 5]
    assert (1 << mg.tensor([3])).tolist() == [8]
    flags = mg.tensor([True, False])
    assert (flags | True).tolist() == [True, True]
    assert (~flags).tolist() == [False, True]
    flags &= mg.tensor([False, True])
    assert flags.tolist() == [False, False]
    assert mg.gcd(x, y).tolist() == [2, 1]
    assert mg.lcm(x, y).tolist() == [60, 6]


def test_floats_have_no_bits() -> None:
    with pytest.raises(RuntimeError, match=r"bitwise_and works on the bits .* not on float32"):
        mg.ones(2) & mg.tensor([1, 2])


def test_kinds_of_numbers() -> None:
    x = mg.tensor([1.0, INF, -INF, NAN, -0.0])
    assert mg.isnan(x).tolist() == [False, False, False, True, False]
    assert mg.isinf(x).tolist() == [False, True, True, False, False]
    assert mg.isfinite(x).tolist() == [True, False, False, False, True]
    assert mg.isposinf(x).tolist() == [False, True, False, False, False]
    assert mg.isneginf(x).tolist() == [False, False, True, False, False]
    assert mg.signbit(x).tolist()[4] is True
    assert mg.isreal(x).all()
    assert mg.isnan(mg.tensor([1])).tolist() == [False]
    with pytest.raises(TypeError, match="signbit takes Tensors, got list"):
        mg.signbit([1.0])


def test_closeness() -> None:
    x = mg.tensor([1.0, INF, NAN, 100.0])
    y = mg.tensor([1.0 + 1e-6, INF, NAN, 101.0])
    assert mg.isclose(x, y).tolist() == [True, True, False, False]
    assert mg.isclose(x, y, rtol=0.01, equal_nan=True).tolist() == [True] * 4
    with pytest.raises(RuntimeError, match="dtypes float32 and int64 differ"):
        mg.isclose(x, mg.tensor([1]))
    with pytest.raises(RuntimeError, match="must not be negative"):
        mg.isclose(x, y, rtol=-1.0)


def test_membership() -> None:
    x = mg.tensor([[1, 2], [2, 5]])
    assert mg.isin(x, mg.tensor([2, 7])).tolist() == [[False, True], [True, False]]
    assert mg.isin(x, 5, invert=True).tolist() == [[True, True], [True, False]]
    assert mg.isin(2, x).item() is True
    assert mg.isin(x, mg.tensor([2, 2]), assume_unique=True).tolist()[0] == [False, True]
    with pytest.raises(TypeError, match="isin needs a Tensor"):
        mg.isin(1, 2)


def test_comparisons_in_place() -> None:
    x = mg.tensor([1.0, 3.0])
    assert x.gt_(2).tolist() == [0.0, 1.0]
