"""What a type checker makes of expressions: ``make lint`` checks this file, pytest runs it.

``assert_type`` is an error for mypy where the type differs. A ``type: ignore`` is one where mypy
finds nothing to ignore, so those show that wrong programs are refused.
"""

from typing import Any, assert_type

import numpy as np
import pytest

import microgradnn as mg


def test_operators_on_tensors() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    assert_type(x, mg.Tensor)
    assert_type(x + 1, mg.Tensor)
    assert_type(2.0 * x, mg.Tensor)
    assert_type(1 - x, mg.Tensor)
    assert_type(x / x, mg.Tensor)
    assert_type(x + np.float32(1), mg.Tensor)
    assert_type(x * np.ones(2, np.float32), mg.Tensor)
    assert_type(x**2, mg.Tensor)
    assert_type(2**x, mg.Tensor)
    assert_type(-x, mg.Tensor)
    assert_type(abs(x), mg.Tensor)
    assert_type(x @ x, mg.Tensor)
    assert_type(x > 0, mg.Tensor)
    assert_type(x == 1.0, mg.Tensor)
    assert_type(x != x, mg.Tensor)
    assert_type(x[0], mg.Tensor)
    y = x.detach()
    y += 1
    assert_type(y, mg.Tensor)


def test_methods_of_tensors() -> None:
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert_type(x.sum(dim=0), mg.Tensor)
    assert_type(x.sum(dim=(0, 1), keepdim=True), mg.Tensor)
    assert_type(x.reshape(4).exp().mean(), mg.Tensor)
    assert_type(x.multiply(3), mg.Tensor)
    assert_type(x.T, mg.Tensor)
    assert_type(x.float(), mg.Tensor)
    assert_type(x.numel(), int)
    assert_type(x.split(1), tuple[mg.Tensor, ...])
    assert_type(x.max(), mg.Tensor)
    assert_type(x.max(dim=1).indices, mg.Tensor)
    assert_type(x.size(), mg.Size)
    assert_type(x.size(0), int)
    assert_type(x.detach().numpy(), np.ndarray[Any, Any])
    assert_type(x.to(mg.float64), mg.Tensor)
    assert_type(x.shape, mg.Size)
    assert_type(x.dtype, mg.dtype)
    assert_type(x.grad, mg.Tensor | None)
    assert_type(x.sum().backward(), None)


def test_an_in_place_method_returns_what_it_was_called_on() -> None:
    class Weights(mg.Tensor):
        pass

    w = Weights([1.0, 2.0])
    assert_type(w.mul_(2.0), Weights)
    assert_type(w.zero_(), Weights)
    assert w.add_(1) is w


def test_functions() -> None:
    x = mg.ones(2)
    assert_type(mg.exp(x), mg.Tensor)
    assert_type(mg.maximum(x, 0.5), mg.Tensor)
    assert_type(mg.multiply(x, x), mg.Tensor)
    assert_type(mg.cat([x, x]), mg.Tensor)
    assert_type(mg.add(x, 1, alpha=2), mg.Tensor)
    assert_type(mg.float, mg.dtype)
    assert_type(mg.allclose(x, x), bool)
    assert_type(mg.where(x > 0), tuple[mg.Tensor, ...])
    assert_type(mg.where(x > 0, x, 0), mg.Tensor)
    assert_type(mg.zeros(2, 3, dtype=mg.int64), mg.Tensor)
    assert_type(mg.zeros((2, 3), dtype=float), mg.Tensor)


def test_values() -> None:
    a, b = mg.Value(1.0, label="a"), mg.Value(2)
    assert_type(a * 2, mg.Value)
    assert_type(2 - a, mg.Value)
    assert_type(a / b, mg.Value)
    assert_type(a**2, mg.Value)
    assert_type(-a, mg.Value)
    assert_type((a * b).tanh(), mg.Value)
    assert_type(a < b, bool)
    assert_type(a.backward(), None)
    assert_type(mg.Value(np.float64(1.0)).exp(), mg.Value)


def test_wrong_programs_are_refused() -> None:
    x, a = mg.ones(2), mg.Value(1.0)
    with pytest.raises(AttributeError):
        x.summ()  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        mg.summ(x)  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        x.sum(axes=0)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        x + "1"  # type: ignore[operator]
    with pytest.raises(TypeError):
        a * "2"  # type: ignore[operator]
    with pytest.raises(TypeError):
        mg.Value("1")  # type: ignore[arg-type]
