"""Python floats: a dtype that is asked for gets every digit that was given."""

from collections.abc import Callable

import pytest

import microgradnn as mg

F64 = mg.float64
MAKERS: dict[str, Callable[[float], mg.Tensor]] = {
    "tensor": lambda x: mg.tensor([x], dtype=F64),
    "tensor of a number": lambda x: mg.tensor(x, dtype=F64),
    "as_tensor": lambda x: mg.as_tensor([x], dtype=F64),
    "Tensor": lambda x: mg.Tensor([x], dtype=F64),
    "full": lambda x: mg.full((1,), x, dtype=F64),
    "full_like": lambda x: mg.full_like(mg.zeros(1, dtype=F64), x),
    "new_tensor": lambda x: mg.zeros(1, dtype=F64).new_tensor([x]),
    "fill_": lambda x: mg.zeros(1, dtype=F64).fill_(x),
    "of Tensors": lambda x: mg.tensor([mg.tensor(x, dtype=F64)], dtype=F64),
    "linspace": lambda x: mg.linspace(x, 1, 1, dtype=F64),
    "arange": lambda x: mg.arange(x, 1, dtype=F64),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_python_float_keeps_its_digits_in_float64(make: Callable[[float], mg.Tensor]) -> None:
    t = make(0.1)
    assert t.dtype is F64
    assert t.item() == 0.1


def test_a_large_float_keeps_its_digits_in_int64() -> None:
    assert mg.tensor([16777217.0], dtype=mg.int64).tolist() == [16777217]


def test_without_a_dtype_python_floats_are_of_the_default_type() -> None:
    assert mg.tensor([0.1]).dtype is mg.float32
    assert mg.full((2,), 0.1).dtype is mg.float32
    assert mg.tensor([1]).dtype is mg.int64
    assert mg.tensor([True], dtype=mg.float16).dtype is mg.float16


def test_complex_numbers_are_refused_whatever_the_dtype() -> None:
    with pytest.raises(NotImplementedError, match="complex numbers"):
        mg.tensor([1j], dtype=F64)
    with pytest.raises(TypeError, match="holds numbers or truth values"):
        mg.tensor(["1"], dtype=F64)
