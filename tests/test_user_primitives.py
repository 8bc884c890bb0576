"""Operations of the user's own: at once usable everywhere, and checked when they are defined."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import func
from microgradnn._primitive import table
from microgradnn.user_primitives import PrimitiveError


def cube(**changes):
    options = {
        "rule": lambda g, x: g * (3.0 * x * x),
        "mathematics": "x ** 3",
        "kind": "elementwise",
        "samples": [np.array([0.5, -2.0]), 1.5],
    }

    def cube(x):
        """The third power."""
        return x * x * x

    return mg.primitive(cube, **{**options, **changes})


@mg.primitive(
    rules={
        "x": lambda g, y, scale: scale * (g @ y.mT),
        "y": lambda g, x, scale: scale * (x.mT @ g),
    },
    mathematics="scale * (x @ y)",
    kind="multilinear",
    samples=[(np.ones((2, 3)), np.arange(6.0).reshape(3, 2)),
             ((np.ones((2, 3)), np.arange(6.0).reshape(3, 2)), {"scale": -0.5})],
)  # fmt: skip
def scaled_product(x, y, *, scale=2.0):
    return scale * np.matmul(x, y)


def test_on_tensors_values_arrays_and_numbers():
    f = cube()
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    f(x).sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]
    v = mg.Value(2.0)
    y = f(v)
    y.backward()
    assert (y.data, v.grad, y.op) == (8.0, 12.0, "cube")
    assert f(np.array([2.0])).tolist() == [8.0]
    assert f(2.0) == 8.0
    assert "cube" not in table


def test_in_transforms_of_functions():
    f = cube()
    assert func.grad(func.grad(func.grad(f)))(2.0) == 6.0
    assert func.jvp(f, (2.0,), (1.0,)) == (8.0, 12.0)
    assert func.vmap(func.grad(f))(np.array([1.0, 2.0])).tolist() == [3.0, 12.0]
    assert func.hessian(lambda x: f(x).sum())(np.array([1.0, 2.0])).tolist() == [[6, 0], [0, 12]]


def test_several_inputs_and_parameters():
    x, y = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
    gx, gy = func.grad(lambda x, y: scaled_product(x, y, scale=3.0).sum(), (0, 1))(x, y)
    assert gx.tolist() == [[6.0] * 3] * 2
    assert gy.tolist() == [[9.0] * 2, [15.0] * 2, [21.0] * 2]
    with pytest.raises(TypeError, match="unknown parameter 'factor'"):
        scaled_product(mg.ones(2, 3), mg.ones(3, 2), factor=1.0)


def test_in_pictures_and_messages():
    x = mg.tensor(2.0, requires_grad=True)
    y = cube()(x)
    assert y.grad_fn.name() == "CubeBackward0"
    with mg.record():
        y = cube()(x)
    assert "x ** 3" in mg.derive(y).text().replace("³", " ** 3").replace("^3", " ** 3")
    assert "cube" in mg.viz.draw(y).source
    with pytest.raises(RuntimeError, match="scaled_product: x of shape"):
        scaled_product(mg.ones(2, 3), mg.ones(2, 3))


def half_wrong(g, x):
    """A rule that is right at first order only."""
    return g * (3.0 * x.detach() ** 2 if isinstance(x, mg.Tensor) else 3.0 * x * x)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rule": lambda g, x: g * (2.0 * x * x)}, PrimitiveError, "sample 0: the rule for 'x'"),
        ({"rule": half_wrong}, PrimitiveError, "the derivative of the rules by 'x'"),
        ({"kind": "linear"}, PrimitiveError, "forward mode by kind='linear'"),
        ({"mathematics": "x ** 2"}, PrimitiveError, r"mathematics 'x \*\* 2' gives"),
        ({"mathematics": "x **"}, PrimitiveError, "invalid syntax"),
        ({"samples": []}, PrimitiveError, "no samples"),
        ({"rule": lambda g, z: g * z}, ValueError, "the rule for 'x' asks for 'z'"),
        ({"rule": None}, TypeError, "give rules="),
        ({"rule": None, "rules": {"z": lambda g: g}}, ValueError, "a rule for 'z', which is no in"),
    ],
)  # fmt: skip
def test_contradictions_are_found_at_definition(changes, error, message):
    with pytest.raises(error, match=message):
        cube(**changes)


def test_unchecked_if_asked():
    wrong = cube(rule=lambda g, x: g * 0.0, samples=(), check=False)
    assert func.grad(wrong)(2.0) == 0.0


def test_signatures_that_are_none():
    with pytest.raises(TypeError, match="has no inputs"):
        mg.primitive(lambda: 1.0, rules={})
    with pytest.raises(TypeError, match="neither an input"):
        mg.primitive(lambda x, k=2: x, rules={})
    with pytest.raises(TypeError, match="rule= is for one input"):
        mg.primitive(lambda x, y: x, rule=lambda g: g)
