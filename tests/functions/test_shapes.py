"""Shapes, views and memory: numbers computed by hand, and what errors say."""

import numpy as np
import pytest

import microgradnn as mg


def grid(*shape):
    """0, 1, 2, ... as floats, outside of the leaves: what may be changed in place."""
    n = int(np.prod(shape))
    x = mg.arange(float(n)).reshape(*shape)
    x.requires_grad = True
    return x, x * 1.0


VIEWS = {
    "view": lambda x: x.view(6, 4),
    "reshape": lambda x: x.reshape(-1),
    "mT": lambda x: x.mT,
    "permute": lambda x: x.permute(2, 0, 1),
    "movedim": lambda x: x.movedim(0, 2),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "squeeze": lambda x: x.unsqueeze(0).squeeze(),
    "flatten": lambda x: x.flatten(1),
    "unflatten": lambda x: x.unflatten(2, (2, 2)),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "select": lambda x: x.select(2, -1),
    "unfold": lambda x: x.unfold(2, 2, 2),
    "diagonal": lambda x: x.diagonal(1, 0, 2),
    "split": lambda x: x.split([1, 2], 1)[1],
    "unbind": lambda x: x.unbind(1)[2],
    "tensor_split": lambda x: x.tensor_split([1], 2)[0],
    "as_strided": lambda x: x.as_strided((2, 3), (8, 2), 3),
    "expand to its own shape": lambda x: x.expand(2, -1, 4),
    "a view of a view": lambda x: x.mT.diagonal(0, 0, 1)[1:],
}
COPIES = {
    "flip": lambda x: x.flip(0),
    "roll": lambda x: x.roll(1, 0),
    "rot90": lambda x: x.rot90(),
    "repeat": lambda x: x.repeat(1, 1, 1),
    "tile": lambda x: x.tile(1),
    "repeat_interleave": lambda x: x.repeat_interleave(1),
    "permute_copy": lambda x: mg.permute_copy(x, (1, 0, 2)),
    "diag": lambda x: x[0].diag(),
    "channel_shuffle": lambda x: mg.channel_shuffle(x, 3),
    "pad": lambda x: mg.constant_pad_nd(x, (0, 0)),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_change_of_a_view_reaches_its_base_and_its_gradient(view):
    x, y = grid(2, 3, 4)
    part = view(y)
    inside = view(mg.arange(24).reshape(2, 3, 4)).numpy()
    part.mul_(3.0)
    wanted = np.ones(24)
    wanted[np.unique(inside)] = 3.0
    wanted = wanted.reshape(2, 3, 4)
    np.testing.assert_array_equal(y.detach().numpy(), wanted * x.detach().numpy())
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), wanted)


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_change_of_a_copy_does_not(copy):
    x, y = grid(2, 3, 4)
    copy(y).mul_(3.0)
    assert y.tolist() == x.tolist()


def test_expanded_elements_are_not_changed_in_place():
    x = mg.zeros(2, 1)
    with pytest.raises(RuntimeError, match=r"read-only or shared by repeated elements \(expand\)"):
        x.expand(2, 3).add_(1)
    assert x.tolist() == [[0.0], [0.0]]


def test_expanded_gradients_add_up():
    x = mg.tensor([[1.0], [2.0]], requires_grad=True)
    (x.expand(3, 2, 2) * mg.arange(12.0).reshape(3, 2, 2)).sum().backward()
    assert x.grad.tolist() == [[0 + 1 + 4 + 5 + 8 + 9.0], [2 + 3 + 6 + 7 + 10 + 11.0]]


def test_as_strided_looks_at_the_memory_of_the_base():
    x, y = grid(12)
    part = y[3:9]
    assert part.storage_offset() == 3
    assert part.as_strided((2, 2), (1, 2)).tolist() == [[3.0, 5.0], [4.0, 6.0]]
    found = part.as_strided((2, 2), (1, 1), 0)
    assert found.tolist() == [[0.0, 1.0], [1.0, 2.0]]
    found.sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 1.0] + [0.0] * 9
    across = mg.arange(6).reshape(2, 3).T
    assert across.stride() == (1, 3)
    assert across.as_strided((3,), (2,), 1).tolist() == [1, 3, 5]
    with pytest.raises(RuntimeError, match="reach elements 11 to 13 of a memory of 12"):
        part.as_strided((3,), (1,), 11)


def test_as_strided_scatter_and_its_gradients():
    # PyTorch's gradient by the input is that of the elements that were replaced.
    x = mg.tensor([0.0, 1, 2, 3], requires_grad=True)
    s = mg.ones(2, requires_grad=True)
    out = x.as_strided_scatter(s, (2,), (2,), 1)
    assert out.tolist() == [0.0, 1.0, 2.0, 1.0]
    first, second = mg.autograd.grad(out, [x, s], mg.tensor([10.0, 20, 30, 40]))
    assert first.tolist() == [10.0, 0.0, 30.0, 0.0]
    assert second.tolist() == [20.0, 40.0]


def test_resizing_keeps_the_elements_in_order():
    x = mg.tensor([[1, 2, 3], [4, 5, 6]])
    assert x.resize_(4) is x
    assert x.tolist() == [1, 2, 3, 4]
    assert x.resize_(2, 3).shape == (2, 3)
    with pytest.raises(RuntimeError, match="a Tensor that requires grad"):
        mg.ones(2, requires_grad=True).resize_(1)


def test_iterating_gives_views_and_one_gradient():
    x, y = grid(3)
    a, _, c = y
    (a * 2 + c * 5).backward()
    assert x.grad.tolist() == [2.0, 0.0, 5.0]
    z = mg.zeros(2, 2)
    for k, row in enumerate(z):
        row.add_(k + 1)
    assert z.tolist() == [[1.0, 1.0], [2.0, 2.0]]


@pytest.mark.parametrize("name", ["reshape", "view", "permute", "flip", "expand", "repeat", "tile"])
def test_sizes_that_are_no_integers_are_refused(name):
    with pytest.raises(TypeError, match=f"{name} takes integers, or one sequence of them, got a"):
        getattr(mg.zeros(2, 2), name)("a", 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: x.mT.view(6), RuntimeError, r"view: a Tensor of shape \(3, 2\) .* use reshape"),
        (lambda x: x.reshape(4), RuntimeError, "reshape: x of shape"),
        (lambda x: x.unflatten(1, (2, 2)), RuntimeError, r"sizes \(2, 2\) do not multiply to 3"),
        (lambda x: x.flatten(1, 0), RuntimeError, "start_dim 1 comes after end_dim 0"),
        (lambda x: x.movedim((0, 1), 0), RuntimeError, r"2 dimensions \(0, 1\) can't be moved"),
        (lambda x: x.movedim((0, 0), (0, 1)), RuntimeError, "a dimension is repeated"),
        (lambda x: x.expand(2, 4), RuntimeError, "a size of 3 can't be expanded to 4"),
        (lambda x: x.expand(-1, 2, 3), RuntimeError, "-1 in .* stands for a dimension"),
        (lambda x: mg.broadcast_shapes((2,), (3,)), RuntimeError, r"\(2,\), \(3,\) do not fit"),
        (lambda x: x.narrow(1, 2, 2), RuntimeError, "start 2 and length 2 go beyond dimension 1"),
        (lambda x: x.narrow(1, 4, 0), IndexError, "start 4 is out of range for dimension 1 of"),
        (lambda x: x.select(0, 2), IndexError, "index 2 is out of range for dimension 0"),
        (lambda x: x.unfold(1, 4, 1), RuntimeError, "a window of 4 does not fit into dimension 1"),
        (lambda x: x.unfold(1, 1, 0), RuntimeError, "the step must be positive, got 0"),
        (lambda x: x.diagonal(0, 1, -1), RuntimeError, "dimensions 1 and -1 are the same"),
        (lambda x: x[0].diag_embed(0, 0, 0), RuntimeError, "dimensions 0 and 0 are the same"),
        (lambda x: x[0].tril(), RuntimeError, r"tril takes a Tensor of at least 2 .* shape \(3,\)"),
        (lambda x: x[0].mT, RuntimeError, r"\.mT takes matrices, this Tensor has shape \(3,\)"),
        (lambda x: x.expand(2, 2, 3).H, RuntimeError, r"\.H takes a matrix, .* 3 dimensions"),
        (lambda x: x.expand(2, 2, 3).t(), RuntimeError, r"t\(\) takes at most 2 dimensions"),
        (lambda x: x.as_strided((2,), (1, 1)), RuntimeError, "one size and one stride"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, error, message):
    x = mg.arange(6.0).reshape(2, 3)
    with pytest.raises(error, match=message):
        call(x)
    assert x.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
