"""What floating point numbers are made of: hand-computed numbers, and what errors say."""

import math

import pytest

import microgradnn as mg

NAN, INF = math.nan, math.inf


def test_numbers_for_what_is_none() -> None:
    x = mg.tensor([NAN, INF, -INF, 1.5], requires_grad=True)
    y = mg.nan_to_num(x, nan=7.0, posinf=8.0, neginf=-8.0)
    assert y.tolist() == [7.0, 8.0, -8.0, 1.5]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 1.0]
    greatest = mg.nan_to_num(mg.tensor([INF, -INF, NAN])).tolist()
    assert greatest == [3.4028234663852886e38, -3.4028234663852886e38, 0.0]
    assert mg.nan_to_num(mg.tensor([3])).tolist() == [3]


def test_heaviside_steps_at_zero() -> None:
    assert mg.heaviside(mg.tensor([-1, 0, 2]), mg.tensor([5])).tolist() == [0, 5, 1]
    with pytest.raises(RuntimeError, match="input has dtype float32, values int64"):
        mg.heaviside(mg.ones(1), mg.tensor([1]))


def test_mantissas_and_exponents() -> None:
    x = mg.tensor([8.0, -0.75, 0.0, 1e-40], requires_grad=True)
    mantissa, exponent = mg.frexp(x)
    assert mantissa[:3].tolist() == [0.5, -0.75, 0.0]
    assert exponent.tolist()[:3] == [4, 0, 0]
    assert mg.ldexp(mantissa, exponent).tolist()[:3] == [8.0, -0.75, 0.0]
    mantissa[:3].sum().backward()
    assert x.grad.tolist() == [0.0625, 1.0, 1.0, 0.0]
    with pytest.raises(RuntimeError, match=r"frexp is for floating types, got microgradnn.int64"):
        mg.frexp(mg.tensor([1]))


def test_the_next_number() -> None:
    x = mg.tensor([1.0], dtype=mg.float64)
    assert mg.nextafter(x, x + 1).item() == 1.0 + 2.0**-52
    assert mg.nextafter(mg.tensor([1.0]), mg.tensor([2.0])).item() == 1.0 + 2.0**-23


def test_angles_of_real_numbers() -> None:
    x = mg.tensor([-2.0, 0.0, 3.0], dtype=mg.float64, requires_grad=True)
    y = mg.angle(x)
    assert y.tolist() == [math.pi, 0.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    assert math.isnan(mg.angle(mg.tensor([NAN])).item())
