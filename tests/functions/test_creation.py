"""Making Tensors: sizes, ranges, likenesses, places."""

import math

import pytest

import microgradnn as mg


def test_ranges() -> None:
    assert mg.arange(5).tolist() == [0, 1, 2, 3, 4]
    assert mg.arange(5, 0, -2).tolist() == [5, 3, 1]
    assert mg.arange(0, 1, 0.3).tolist() == pytest.approx([0.0, 0.3, 0.6, 0.9])
    assert mg.arange(mg.tensor(2), 4).dtype is mg.int64
    assert mg.arange(2, dtype=mg.float64).dtype is mg.float64
    with pytest.raises(RuntimeError, match="the step must lead from start to end"):
        mg.arange(0, 5, -1)
    with pytest.raises(RuntimeError, match="the step must lead from start to end"):
        mg.arange(0, 5, 0)


def test_equal_steps_and_ratios() -> None:
    assert mg.linspace(1, 2, 5).tolist() == [1.0, 1.25, 1.5, 1.75, 2.0]
    assert mg.linspace(3, 9, 1).tolist() == [3.0]
    assert mg.linspace(3, 9, 0).shape == (0,)
    assert mg.linspace(0, 10, 4, dtype=mg.int64).tolist() == [0, 3, 6, 10]
    assert mg.logspace(0, 3, 4, base=2).tolist() == [1.0, 2.0, 4.0, 8.0]
    with pytest.raises(RuntimeError, match="the number of steps must not be negative, got -1"):
        mg.linspace(0, 1, -1)


def test_triangles_and_products() -> None:
    assert mg.tril_indices(2, 3, 1).tolist() == [[0, 0, 1, 1, 1], [0, 1, 0, 1, 2]]
    assert mg.triu_indices(2, 3, 1).tolist() == [[0, 0, 1], [1, 2, 2]]
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    pairs = mg.cartesian_prod(x, mg.tensor([5.0, 6.0, 7.0]))
    assert pairs.shape == (6, 2)
    pairs[:, 0].sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    with pytest.raises(RuntimeError, match=r"one dimension, got shape \(1, 1\)"):
        mg.cartesian_prod(mg.ones(1, 1))


def test_likenesses() -> None:
    x = mg.tensor([[1, 2]])
    assert mg.full_like(x, 7, dtype=mg.float64).tolist() == [[7.0, 7.0]]
    assert x.new_full((2,), 3).tolist() == [3, 3]
    assert x.new_zeros((2, 1)).dtype is mg.int64
    assert x.new_ones(2, dtype=mg.float32, requires_grad=True).requires_grad
    assert x.new_empty(3).shape == (3,)
    assert mg.scalar_tensor(2, dtype=mg.int64).item() == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda **place: mg.zeros(2, **place),
        lambda **place: mg.full((2,), 1.0, **place),
        lambda **place: mg.empty_like(mg.ones(2), **place),
        lambda **place: mg.ones(2).new_zeros(2, **place),
        lambda **place: mg.arange(2, **place),
        lambda **place: mg.eye(2, **place),
    ],
)
def test_places(make) -> None:
    assert make(device="cpu", layout="strided", pin_memory=False).shape[0] == 2
    with pytest.raises(RuntimeError, match="device 'cuda:0' is not available"):
        make(device="cuda:0")
    with pytest.raises(NotImplementedError, match=r"layout torch.sparse_coo is not implemented"):
        make(layout="torch.sparse_coo")
    with pytest.raises(RuntimeError, match="pin_memory=True needs a GPU"):
        make(pin_memory=True)


def test_memory_formats_are_names() -> None:
    assert mg.ones(1).double(memory_format="torch.channels_last").dtype is mg.float64
    with pytest.raises(RuntimeError, match="memory_format is one of contiguous_format"):
        mg.ones_like(mg.ones(1), memory_format="upside_down")


def test_strides_of_their_own() -> None:
    x = mg.empty_strided((2, 3), (1, 2))
    assert x.numpy().strides == (4, 8)
    x.copy_(mg.tensor([[1, 2, 3], [4, 5, 6]]))
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert mg.empty_permuted((2, 3, 4), (2, 0, 1)).numpy().strides == (12, 4, 24)
    with pytest.raises(RuntimeError, match="each dimension takes one stride"):
        mg.empty_strided((2, 3), (1,))
    with pytest.raises(RuntimeError, match="names each of the dimensions 0 to 1 once"):
        mg.empty_permuted((2, 3), (0, 0))


def test_types_by_name() -> None:
    x = mg.tensor([1.5])
    assert x.type() == "microgradnn.FloatTensor"
    assert x.type("torch.LongTensor").tolist() == [1]
    assert x.type(mg.float64).dtype is mg.float64
    assert x.char().dtype is mg.int8
    with pytest.raises(ValueError, match="invalid type 'QuadTensor'; there are HalfTensor"):
        x.type("QuadTensor")


def test_conversion_to_another_tensors_dtype_and_copies() -> None:
    x = mg.tensor([1.5])
    assert x.to(mg.zeros(1, dtype=mg.float64)).dtype is mg.float64
    assert x.to("cpu", mg.int64).tolist() == [1]
    assert x.to("cpu") is x
    assert x.to(mg.float32, False, True) is not x
    with pytest.raises(RuntimeError, match="device 'cuda' is not available"):
        x.to("cuda")
    assert mg.fill(x, 2).tolist() == [2.0]
    assert x.tolist() == [1.5]


def test_a_cotangent_of_another_dtype_is_rounded_to_that_of_the_result() -> None:
    x = mg.tensor([1.0], dtype=mg.float64, requires_grad=True)
    g = mg.tensor([0.1257302210933933], dtype=mg.float64)
    for graph in (False, True):
        (found,) = mg.autograd.grad(x.half(), x, g, create_graph=graph)
        assert found.item() == 0.125732421875
    assert math.isclose(g.item(), 0.1257302210933933)


def test_numbers_are_rounded_once_to_the_dtype_asked_for() -> None:
    for x in (
        mg.tensor([0.1], dtype=mg.float64),
        mg.as_tensor([0.1], mg.float64),
        mg.full((1,), 0.1, dtype=mg.float64),
        mg.scalar_tensor(0.1, dtype=mg.float64),
        mg.Tensor([0.1], dtype=mg.float64),
        mg.ones(1, dtype=mg.float64).new_tensor([0.1]),
    ):
        assert x.item() == 0.1
    assert mg.tensor([0.1]).item() == 0.10000000149011612
