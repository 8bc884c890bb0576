"""What operations say when their inputs do not fit, and that nothing is changed then."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import ShapeError


def zeros(*shape):
    return mg.zeros(*shape, requires_grad=True)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x, y: x + y, "add"), (lambda x, y: x - y, "sub"), (lambda x, y: x * y, "mul"),
        (lambda x, y: x / y, "div"), (lambda x, y: x**y, "pow"), (mg.maximum, "maximum"),
        (lambda x, y: x < y, "lt"), (lambda x, y: x == y, "eq"), (mg.minimum, "minimum"),
        (np.add, "add"),
    ],
)  # fmt: skip
def test_shapes_that_do_not_broadcast_are_named_with_the_operation(f, name):
    x, y = zeros(2, 3), zeros(2, 4)
    with pytest.raises(ShapeError) as caught:
        f(x, y)
    assert str(caught.value) == (
        f"{name}: x of shape (2, 3), y of shape (2, 4) do not broadcast: the sizes at dimension -1 "
        "are 3 and 4. Counted from the last dimension, sizes must be equal, or one of them 1, or "
        "missing"
    )
    assert isinstance(caught.value, RuntimeError)  # as in PyTorch
    assert isinstance(caught.value, ValueError)  # as in NumPy


def test_where_names_all_three_shapes():
    message = (
        r"where: condition of shape \(5,\), x of shape \(2, 3\), y of shape \(3,\) do not broad"
    )
    with pytest.raises(ShapeError, match=message):
        mg.where(mg.ones(5) > 0, zeros(2, 3), zeros(3))


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ((2, 3), (2, 3), "the left operand is 3, the last but one size of the right one is 2"),
        ((3,), (2,), "the left operand is 3, the only size of the right one is 2"),
        ((2, 3), (2,), "the left operand is 3, the only size of the right one is 2"),
        (
            (4, 2, 3),
            (4, 5, 6),
            "the left operand is 3, the last but one size of the right one is 5",
        ),
    ],
)
def test_shapes_that_do_not_multiply_are_named(x, y, said):
    for f in (lambda a, b: a @ b, mg.matmul, np.matmul):
        with pytest.raises(ShapeError) as caught:
            f(zeros(*x), zeros(*y))
        message = str(caught.value)
        assert message.startswith(f"matmul: x of shape {x}, y of shape {y} cannot be multiplied: ")
        assert said in message
        assert "a transpose, .mT, may be missing" in message


def test_batches_that_do_not_broadcast_are_named():
    with pytest.raises(ShapeError, match=r"matmul: x of shape \(2, 3, 4\), y of shape \(3, 4, 5\)"):
        zeros(2, 3, 4) @ zeros(3, 4, 5)


def test_numbers_are_no_matrices():
    with pytest.raises(ShapeError, match=r"matmul: x of shape \(2, 3\), y of shape \(\)"):
        zeros(2, 3) @ 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: zeros(2).reshape(3), r"reshape: x of shape \(2,\) with shape=\(3,\)"),
        (lambda: zeros(4).reshape(-1, -1), r"reshape: .* only one dimension can be inferred"),
        (lambda: zeros(4).reshape(3, -1), r"reshape: x of shape \(4,\) with shape=\(3, -1\)"),
        (lambda: zeros(2, 3).view(5), r"reshape: x of shape \(2, 3\) with shape=\(5,"),
        (lambda: zeros(2).expand(3), r"expand: x of shape \(2,\)"),
        (lambda: zeros(2, 2).expand(2), r"expand: x of shape \(2, 2\)"),
        (lambda: zeros(2, 3).permute(0, 0), r"permute: \(0, 0\) is no order of the 2 dimensions"),
        (lambda: zeros(2, 3, 4).t(), r"t\(\) takes at most 2 dimensions, this Tensor has 3"),
        (lambda: zeros(2, 3).flatten(1, 0), "flatten: start_dim 1 comes after end_dim 0"),
        (lambda: mg.cat([zeros(2, 3), zeros(2, 4)]), r"cat along dimension 0: .*\(2, 3\) and \(2,"),
        (lambda: mg.cat([mg.tensor(1.0)]), "cat: a 0-d Tensor has no dimension to join along"),
        (lambda: mg.cat([]), "cat needs at least one Tensor"),
        (lambda: mg.stack([zeros(2), zeros(3)]), r"stack: shapes must be equal, got \(2,\) and"),
        (lambda: zeros(3).split([1, 1]), r"split: sizes \[1, 1\] do not add up to the"),
        (lambda: zeros(3).split(0), "split: the size of a piece must be positive, got 0"),
        (lambda: zeros(3).chunk(0), "chunk: the number of pieces must be positive, got 0"),
        (lambda: zeros(2, 3).mm(zeros(3)), r"mm takes Tensors of 2 and 2 dimensions, got shapes"),
        (lambda: zeros(3).gather(0, mg.tensor([[0]])), "gather: the index has 2 dimensions, the"),
        (lambda: zeros(0).max(), r"max\(\): there is no max of no elements: dimension 0 of sh"),
        (lambda: zeros(2).clamp(), "clamp needs min, max or both"),
        (lambda: zeros(2).sum((0, 0)), r"a dimension appears twice in \(0, 0\)"),
        (lambda: mg.zeros(-1), r"sizes must not be negative, got \(-1,\)"),
        (lambda: mg.zeros(2, device="cuda"), "device 'cuda' is not available"),
        (lambda: mg.arange(0, 5, -1), "the step must lead from start to end"),
        (lambda: zeros(2).masked_fill(zeros(2), 1), "masked_fill: the mask must be a Tensor of d"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, message):
    with pytest.raises(RuntimeError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: zeros(2, 0).min(1), r"min\(\): there is no min of no elements: dimension 1 of sh"),
        (lambda: zeros(0).argmax(), r"argmax\(\): there is no argmax of no elements: dimension 0"),
    ],
)  # fmt: skip
def test_a_dimension_of_no_elements_is_named(call, message):
    with pytest.raises(IndexError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "dim", "limits"),
    [
        (lambda x: x.sum(2), 2, "-2 to 1"), (lambda x: x.mean(-3), -3, "-2 to 1"),
        (lambda x: x.max(5), 5, "-2 to 1"), (lambda x: x.argmin(2), 2, "-2 to 1"),
        (lambda x: x.softmax(2), 2, "-2 to 1"), (lambda x: x.transpose(0, 2), 2, "-2 to 1"),
        (lambda x: x.unsqueeze(3), 3, "-3 to 2"), (lambda x: x.squeeze(2), 2, "-2 to 1"),
        (lambda x: x.size(2), 2, "-2 to 1"), (lambda x: x.unbind(2), 2, "-2 to 1"),
        (lambda x: mg.cat([x, x], 2), 2, "-2 to 1"), (lambda x: mg.stack([x, x], 4), 4, "-3 to 2"),
        (lambda x: x.split(1, 2), 2, "-2 to 1"), (lambda x: x.flip(2), 2, "-2 to 1"),
    ],
)  # fmt: skip
def test_a_dimension_that_is_not_there_is_named(call, dim, limits):
    with pytest.raises(IndexError, match=rf"dimension {dim} is out of range .*: expected {limits}"):
        call(zeros(2, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mg.exp(3.0), "exp takes a Tensor, got float"),
        (lambda: mg.maximum(zeros(2), "a"), "maximum takes Tensors and numbers, got str"),
        (lambda: mg.cat([zeros(2), 3.0]), "cat takes a sequence of Tensors, one is a float"),
        (lambda: zeros(2).gather(0, mg.tensor([0.0])), "gather: the index must be a Tensor of int"),
        (lambda: mg.zeros(2, dtype="nonsense"), "'nonsense' is no dtype; use one of"),
        (lambda: mg.zeros(2, dtype=np.str_), "a Tensor holds numbers or truth values"),
        (lambda: mg.where([True], zeros(1), 0.0), "where: the condition must be a Tensor"),
        (lambda: setattr(zeros(2), "data", 3.0), "data must be a Tensor, got float"),
    ],
)  # fmt: skip
def test_what_is_no_tensor_is_said(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_a_failed_call_changes_nothing():
    x, w = zeros(2, 3), zeros(2, 3)
    y = (x * w).sum()
    w.grad = mg.ones(2, 3)
    for wrong in (
        lambda: x + zeros(2),
        lambda: x @ w,
        lambda: x.sum(7),
        lambda: (x * w).backward(),
        lambda: mg.autograd.grad(y, mg.zeros(1)),
        lambda: y.backward(mg.ones(2)),
        lambda: x.detach().add_(mg.ones(5)),
        lambda: x.add_(1),
        lambda: setattr(x, "grad", mg.ones(1)),
        lambda: setattr(x, "data", mg.tensor([1])),
    ):
        with pytest.raises((RuntimeError, IndexError)):
            wrong()
    assert x.tolist() == [[0.0] * 3] * 2
    assert x.shape == (2, 3)
    assert x.grad is None
    assert w.grad.tolist() == [[1.0] * 3] * 2
    y.backward()
    assert w.grad.tolist() == [[1.0] * 3] * 2


def test_the_cause_is_kept():
    with pytest.raises(ShapeError) as caught:
        zeros(2) + zeros(3)
    assert isinstance(caught.value.__cause__, ValueError)
