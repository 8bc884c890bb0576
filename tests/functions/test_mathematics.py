"""Elementwise mathematics with options: hand-computed numbers, and what errors say."""

import pytest

import microgradnn as mg


def test_quotients_rounded_down_and_towards_zero() -> None:
    x = mg.tensor([7, -7, 7, -7])
    y = mg.tensor([2, 2, -2, -2])
    assert mg.div(x, y, rounding_mode="floor").tolist() == [3, -4, -4, 3]
    assert mg.div(x, y, rounding_mode="trunc").tolist() == [3, -3, -3, 3]
    assert mg.div(x, y).tolist() == [3.5, -3.5, -3.5, 3.5]
    assert (x // y).tolist() == [3, -4, -4, 3]
    assert (x % y).tolist() == [1, 1, -1, -1]
    assert mg.fmod(x, y).tolist() == [1, -1, 1, -1]
    assert (7 // mg.tensor([2, 3])).tolist() == [3, 2]
    assert (7 % mg.tensor([2, 4])).tolist() == [1, 3]
    assert mg.div(mg.tensor([-7.0]), 2, rounding_mode="trunc").tolist() == [-3.0]


def test_a_rounding_mode_that_is_none() -> None:
    with pytest.raises(RuntimeError, match="None, 'trunc' or 'floor', but found 'up'"):
        mg.div(mg.ones(1), 2, rounding_mode="up")


@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod"])
def test_integers_by_zero(name: str) -> None:
    with pytest.raises(RuntimeError, match=f"{name} of integers by zero has no result"):
        getattr(mg, name)(mg.tensor([1, 2]), mg.tensor([1, 0]))


def test_quotients_in_place() -> None:
    x = mg.tensor([7.0, 9.0])
    x //= 2
    assert x.tolist() == [3.0, 4.0]
    x %= 3
    assert x.tolist() == [0.0, 1.0]
    assert x.div_(2, rounding_mode="floor").tolist() == [0.0, 0.0]


def test_rounding() -> None:
    assert mg.tensor([0.5, 1.5, 2.5, -0.6]).round().tolist() == [0.0, 2.0, 2.0, -1.0]
    assert mg.tensor([1234.0]).round(decimals=-2).tolist() == [1200.0]
    assert mg.tensor([1, 2]).round().dtype is mg.int64
    assert mg.tensor([1, 2]).floor().dtype is mg.int64
    x = mg.tensor([1.3], requires_grad=True)
    x.round().backward()
    assert x.grad.tolist() == [0.0]


def test_limits() -> None:
    x = mg.tensor([1, 2, 3])
    assert x.clamp(min=2).tolist() == [2, 2, 3]
    assert x.clamp(min=2).dtype is mg.int64
    assert x.clamp(min=1.5).tolist() == [1.5, 2.0, 3.0]
    assert x.clamp(min=1.5).dtype is mg.float32
    assert x.clip(max=mg.tensor([0, 5, 2])).tolist() == [0, 2, 2]
    assert x.clamp_min(3).tolist() == [3, 3, 3]
    assert mg.clamp_max(x, 1).tolist() == [1, 1, 1]
    with pytest.raises(RuntimeError, match="clamp needs min, max or both"):
        x.clamp()


def test_mixtures_and_their_gradients() -> None:
    a = mg.tensor([1.0, 2.0], requires_grad=True)
    b = mg.tensor([3.0, 4.0], requires_grad=True)
    w = mg.tensor([0.25, 0.5], requires_grad=True)
    y = mg.lerp(a, b, w)
    assert y.tolist() == [1.5, 3.0]
    y.sum().backward()
    assert a.grad.tolist() == [0.75, 0.5]
    assert b.grad.tolist() == [0.25, 0.5]
    assert w.grad.tolist() == [2.0, 2.0]
    assert mg.addcmul(a, b, w, value=2).tolist() == [2.5, 6.0]
    assert mg.addcdiv(a, b, w, value=2).tolist() == [25.0, 18.0]
    with pytest.raises(RuntimeError, match=r"addcdiv does not divide integers .*\.float\(\)"):
        mg.addcdiv(mg.ones(1), mg.tensor([1]), mg.tensor([2]))
    with pytest.raises(RuntimeError, match=r"lerp: end has dtype microgradnn\.float64"):
        mg.lerp(mg.ones(1), mg.ones(1, dtype=mg.float64), 0.5)


def test_a_nan_loses_in_fmax_and_fmin() -> None:
    nan = float("nan")
    for f, of_numbers in ((mg.fmax, 3.0), (mg.fmin, 2.0)):
        x = mg.tensor([nan, 2.0, 2.0, nan], requires_grad=True)
        y = mg.tensor([1.0, nan, 3.0, nan], requires_grad=True)
        out = f(x, y)
        assert out[:3].tolist() == [1.0, 2.0, of_numbers]
        out.sum().backward()
        first = 1.0 if f is mg.fmin else 0.0
        assert x.grad.tolist() == [0.0, 1.0, first, 1.0]
        assert y.grad.tolist() == [1.0, 0.0, 1.0 - first, 0.0]


def test_zero_times_the_logarithm_of_anything_is_zero() -> None:
    x = mg.tensor([0.0, 2.0, 0.0], requires_grad=True)
    out = mg.xlogy(x, mg.tensor([0.0, 1.0, -1.0]))
    assert out.tolist() == [0.0, 0.0, 0.0]
    out.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    assert mg.xlogy(mg.tensor([0.0]), mg.tensor([float("inf")])).item() == 0.0
    z = mg.special.xlog1py(mg.tensor([0.0, 2.0]), mg.tensor([-1.0, 0.0]))
    assert z.tolist() == [0.0, 0.0]


def test_sinc_at_its_top() -> None:
    x = mg.tensor([0.0], requires_grad=True)
    y = mg.sinc(x)
    y.backward()
    assert (y.item(), x.grad.item()) == (1.0, 0.0)


def test_powers_in_double() -> None:
    assert mg.float_power(mg.tensor([2]), mg.tensor([-1])).tolist() == [0.5]
    assert mg.float_power(2, mg.tensor([3])).tolist() == [8.0]
    with pytest.raises(TypeError, match="float_power needs a Tensor"):
        mg.float_power(2, 3)


def test_aliases_are_the_same_operations() -> None:
    x = mg.tensor([0.5])
    for name, alias in (("acos", "arccos"), ("asinh", "arcsinh"), ("trunc", "fix")):
        assert getattr(mg, name)(x).tolist() == getattr(mg, alias)(x).tolist()
        assert getattr(x, alias + "_")() is x
        x = mg.tensor([0.5])
    assert mg.rsub(mg.tensor([1.0]), 5, alpha=2).tolist() == [3.0]
