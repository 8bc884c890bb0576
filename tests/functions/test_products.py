"""Products of matrices, and sums with them: numbers worked out by hand, and errors."""

import numpy as np
import pytest

import microgradnn as mg

A = [[1.0, 2.0], [3.0, 4.0]]


def matrix(requires_grad=False):
    return mg.tensor(A, requires_grad=requires_grad)


def test_products_of_each_rank():
    x, v = matrix(), mg.tensor([1.0, 10.0])
    assert mg.mm(x, x).tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert mg.mv(x, v).tolist() == [21.0, 43.0]
    assert v.dot(v).item() == v.vdot(v).item() == 101.0
    assert v.outer(v).tolist() == v.ger(v).tolist() == [[1.0, 10.0], [10.0, 100.0]]
    assert mg.bmm(x[None], x[None]).tolist() == [[[7.0, 10.0], [15.0, 22.0]]]


def test_sums_with_products():
    one, x, v = mg.ones(2, 2), matrix(), mg.tensor([1.0, 10.0])
    assert mg.addmm(one, x, x, beta=2, alpha=3).tolist() == [[23.0, 32.0], [47.0, 68.0]]
    assert mg.addmv(v, x, v).tolist() == [22.0, 53.0]
    assert mg.addr(one, v, v, beta=0).tolist() == [[1.0, 10.0], [10.0, 100.0]]
    batch = mg.stack([x, x])
    assert mg.addbmm(one, batch, batch).tolist() == [[15.0, 21.0], [31.0, 45.0]]
    assert mg.baddbmm(one, batch, batch)[1].tolist() == [[8.0, 11.0], [16.0, 23.0]]


def test_an_input_times_zero_is_not_read():
    nan = mg.full((2, 2), float("nan"))
    assert mg.addmm(nan, matrix(), mg.eye(2), beta=0).tolist() == A


def test_in_place_forms():
    x = mg.ones(2, 2)
    assert x.addmm_(mg.eye(2), mg.eye(2)) is x
    assert x.tolist() == [[2.0, 1.0], [1.0, 2.0]]
    x.addr_(mg.tensor([1.0, 0.0]), mg.tensor([0.0, 5.0]))
    assert x.tolist() == [[2.0, 6.0], [1.0, 2.0]]


def test_the_gradient_of_addmm():
    x = matrix(requires_grad=True)
    mg.addmm(mg.zeros(2, 2), x, mg.tensor([[1.0], [2.0]]).expand(2, 2), alpha=2).sum().backward()
    assert x.grad.tolist() == [[4.0, 8.0], [4.0, 8.0]]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: mg.mm(matrix(), mg.ones(2)),
            r"mm takes Tensors of 2 and 2 dimensions, got shapes",
        ),
        (lambda: mg.bmm(mg.ones(2, 1, 1), mg.ones(3, 1, 1)), "equally many matrices"),
        (
            lambda: mg.dot(mg.ones(2), mg.ones(3)),
            r"dot|matmul: x of shape \(2,\), y of shape \(3,\)",
        ),
        (lambda: mg.outer(mg.ones(2, 2), mg.ones(3)), "outer takes Tensors of 1 and 1 dimensions"),
        (lambda: mg.addmm(mg.ones(3, 2, 2), matrix(), matrix()), "does not broadcast to the shape"),
        (lambda: mg.mm(matrix(), matrix().double()), "dtypes float32 and float64"),
    ],
)
def test_errors_say_what_was_given(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


def test_numpy_runs_them():
    x = matrix(requires_grad=True)
    np.matmul(x, x).sum().backward()
    assert x.grad.tolist() == [[7.0, 11.0], [9.0, 13.0]]
