"""`Tensor`: what it is made of, Python's operators, NumPy's protocols, copies."""

import copy
import math
import operator
import pickle

import numpy as np
import pytest

import microgradnn as mg


def leaf(*numbers):
    return mg.tensor(list(numbers), dtype=mg.float64, requires_grad=True)


# --- making one ---------------------------------------------------------------------------------


def test_tensor_keeps_the_type_of_its_data_and_copies():
    array = np.array([1.0, 2.0])
    t = mg.tensor(array)
    assert t.dtype is mg.float64
    array[0] = 9.0
    assert t.tolist() == [1.0, 2.0]
    assert mg.tensor([1.0, 2.0]).dtype is mg.float32
    assert mg.tensor([1, 2]).dtype is mg.int64
    assert mg.tensor(mg.ones(2)).tolist() == [1.0, 1.0]
    assert mg.tensor([mg.tensor(1.0), 2.0]).tolist() == [1.0, 2.0]
    assert mg.tensor(range(3)).tolist() == [0, 1, 2]
    assert mg.tensor([[1, 2], [3, 4]], dtype=mg.float16).shape == (2, 2)


def test_the_class_makes_floats_or_sizes():
    assert mg.Tensor([1, 2]).dtype is mg.float32
    assert mg.Tensor(2, 3).shape == (2, 3)
    assert mg.Tensor(mg.Size([4])).shape == (4,)
    assert mg.Tensor(np.arange(3)).tolist() == [0.0, 1.0, 2.0]
    assert mg.Tensor([1, 2], requires_grad=True).requires_grad
    assert mg.Tensor([1, 2], dtype=mg.int64).dtype is mg.int64
    assert mg.Tensor().shape == (0,)
    with pytest.raises(
        TypeError, match=r"several arguments are the sizes.*one list: Tensor\(\[\.\.\."
    ):
        mg.Tensor(1.5, 2.5)


def test_from_numpy_shares_the_memory():
    array = np.array([1.0, 2.0])
    t = mg.from_numpy(array)
    t[0] = 5.0
    assert array[0] == 5.0
    assert t.numpy() is array or np.shares_memory(t.numpy(), array)
    with pytest.raises(TypeError, match=r"from_numpy takes a numpy\.ndarray, got list"):
        mg.from_numpy([1.0])


def test_what_a_tensor_says_about_itself():
    t = mg.zeros(2, 3, 4)
    assert t.shape == t.size() == (2, 3, 4)
    assert isinstance(t.shape, mg.Size)
    assert t.shape.numel() == t.numel() == 24
    assert repr(t.shape) == "microgradnn.Size([2, 3, 4])"
    assert (t.ndim, t.dim(), t.size(-1), len(t)) == (3, 3, 4, 2)
    assert t.is_leaf
    assert t.grad_fn is None
    w = leaf(1.0)
    y = w * 2
    assert w.is_leaf
    assert not y.is_leaf
    assert y.grad_fn.name() == "MulBackward0"
    assert mg.is_tensor(y)
    assert not mg.is_tensor(1.0)


# --- operators ------------------------------------------------------------------------------------


BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
COMPARE = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


@pytest.mark.parametrize("f", BINARY + COMPARE)
@pytest.mark.parametrize("other", [2, 2.5, np.float64(1.5), np.array([1.0, 2.0]), np.int64(3)])
def test_numbers_and_arrays_stand_on_either_side(f, other):
    x = leaf(0.5, 2.0)
    for result, wanted in [
        (f(x, other), f(x.detach().numpy(), other)),
        (f(other, x), f(other, x.detach().numpy())),
    ]:
        assert type(result) is mg.Tensor
        np.testing.assert_allclose(result.detach().numpy(), wanted, rtol=1e-15)
        assert result.requires_grad == (f in BINARY)


def test_matrix_products_with_arrays():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    a = np.ones((2, 2), np.float32)
    assert (x @ a).tolist() == [[3.0, 3.0], [7.0, 7.0]]
    assert (a @ x).tolist() == [[4.0, 6.0], [4.0, 6.0]]
    assert (a @ x).requires_grad


def test_other_operands_are_refused():
    x = mg.ones(2)
    for other in ("s", None, [1.0, 2.0]):
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+"):
            x + other
    assert (x == "s") is False
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError, match="not supported between"):
        assert x < "s"


def test_equality_is_elementwise_and_hash_is_identity():
    x, y = mg.tensor([1.0, 2.0]), mg.tensor([1.0, 3.0])
    assert (x == y).tolist() == [True, False]
    assert {x: "a", y: "b"}[x] == "a"
    assert 2.0 in x
    assert 5 not in x
    assert "s" not in x


def test_truth_and_conversion_need_one_element():
    assert mg.tensor([[3.0]])
    assert not mg.tensor(0.0)
    with pytest.raises(RuntimeError, match=r"shape \(2,\) is ambiguous.*\.any\(\) or \.all\(\)"):
        bool(mg.ones(2))
    with pytest.raises(RuntimeError, match=r"shape \(0,\) is ambiguous"):
        bool(mg.ones(0))
    assert (float(mg.tensor([2.5])), int(mg.tensor(2.7)), round(float(mg.tensor(2.5)))) == (
        2.5,
        2,
        2,
    )
    assert [10, 20, 30][mg.tensor(1)] == 20
    assert list(range(3))[: mg.tensor(2)] == [0, 1]
    with pytest.raises(
        TypeError, match=r"only Tensors of integers can be an index, this one is mic"
    ):
        [1, 2][mg.tensor(1.0)]
    with pytest.raises(
        RuntimeError, match=r"item\(\) needs one element, this Tensor has shape \(2,\)"
    ):
        mg.ones(2).item()
    assert f"{mg.tensor(2.5):.3f}" == "2.500"
    assert type(mg.tensor(2).item()) is int
    assert type(mg.tensor(2.0).item()) is float
    assert type(mg.tensor(True).item()) is bool


def test_transposes():
    x = mg.arange(6).reshape(2, 3)
    assert x.T.tolist() == x.mT.tolist() == x.t().tolist() == [[0, 3], [1, 4], [2, 5]]
    y = mg.zeros(2, 3, 4)
    assert y.mT.shape == (2, 4, 3)
    assert np.shares_memory(x.T.numpy(), x.numpy())


# --- NumPy's protocols ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "sign", "negative", "log1p", "expm1"],
)
def test_numpy_functions_of_a_tensor_keep_the_graph(name):
    x = leaf(0.5, 2.0)
    y = getattr(np, name)(x)
    assert type(y) is mg.Tensor
    np.testing.assert_array_equal(y.detach().numpy(), getattr(np, name)(x.detach().numpy()))
    y.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (np.sum, {}), (np.sum, {"axis": 0}), (np.sum, {"axis": (0, 1), "keepdims": True}),
        (np.mean, {"axis": 1}), (np.max, {"axis": -1}), (np.min, {}), (np.argmax, {"axis": 0}),
        (np.add.reduce, {}), (np.add.reduce, {"axis": None}), (np.maximum.reduce, {"axis": 1}),
        (np.minimum.reduce, {}),
    ],
)  # fmt: skip
def test_numpy_reductions_have_numpys_defaults(f, arguments):
    array = np.random.default_rng(0).random((2, 3))
    x = mg.tensor(array, requires_grad=True)
    y = f(x, **arguments)
    assert type(y) is mg.Tensor
    np.testing.assert_allclose(y.detach().numpy(), f(array, **arguments), rtol=1e-15)
    assert np.add.reduce(mg.tensor(5.0)).item() == 5.0


def test_numpy_functions_of_two():
    x, y = leaf(0.5, 2.0), np.array([1.0, 3.0])
    for f in (np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum):
        for result, wanted in [
            (f(x, y), f(x.detach().numpy(), y)),
            (f(y, x), f(y, x.detach().numpy())),
        ]:
            assert type(result) is mg.Tensor
            assert result.requires_grad
            np.testing.assert_allclose(result.detach().numpy(), wanted)
    assert np.where(y > 2, x, 0.0).tolist() == [0.0, 2.0]
    assert np.matmul(x, y).item() == 6.5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: np.asarray(x), RuntimeError, r"requires grad can't become a plain NumPy array"),
        (lambda x: np.array([x, x]), RuntimeError, r"requires grad can't become a plain NumPy"),
        (lambda x: x.numpy(), RuntimeError, r"can't call numpy\(\) on a Tensor that requires grad"),
        (lambda x: np.exp(x, out=np.zeros(2)), TypeError, r"np\.exp can't write a Tensor's result"),
        (lambda x: operator.iadd(np.zeros(2), x), TypeError, r"np\.add can't write .*gradient wou"),
        (lambda x: np.fft.fft(x), NotImplementedError, r"np\.fft is not implemented .*complex"),
        (lambda x: np.poly(x), NotImplementedError, r"np\.poly is not implemented .*detach"),
        (
            lambda x: np.subtract.accumulate(x),
            NotImplementedError,
            r"is not implemented for Tensors",
        ),
        (lambda x: np.sum(x, out=np.zeros(())), TypeError, "plain array .out=.: the gradient"),
    ],
)
def test_a_gradient_is_never_lost_silently(call, error, message):
    x = leaf(1.0, 2.0)
    with pytest.raises(error, match=message):
        call(x)
    assert x.tolist() == [1.0, 2.0]


def test_arrays_of_what_needs_no_gradient():
    x = mg.ones(2)
    assert type(np.asarray(x)) is np.ndarray
    assert np.shares_memory(x.numpy(), x.detach().numpy())
    assert np.array(x, dtype=np.float64).dtype == np.float64
    assert leaf(1.0).numpy(force=True).tolist() == [1.0]
    assert leaf(1.0).detach().numpy().tolist() == [1.0]


# --- complex numbers are not there yet ----------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda x: mg.tensor(1j), lambda x: mg.tensor([1.0, 2j]), lambda x: mg.Tensor([1j]),
        lambda x: mg.tensor(np.ones(2, complex)), lambda x: mg.from_numpy(np.ones(2, np.complex64)),
        lambda x: mg.as_tensor(np.ones(2, complex)), lambda x: mg.zeros(2, dtype=np.complex64),
        lambda x: x.to(np.complex128), lambda x: x.to(complex), lambda x: x * 1j, lambda x: 1j * x,
        lambda x: x + np.ones(2, complex), lambda x: mg.full((2,), 1j), lambda x: x**1j,
        lambda x: x.__setitem__(0, 1j), lambda x: x.add_(1j), lambda x: x.fill_(1j),
    ],
)  # fmt: skip
def test_complex_numbers_are_not_implemented(make):
    x = mg.ones(2)
    with pytest.raises(NotImplementedError, match=r"complex numbers \(complex\d+\) are not implem"):
        make(x)
    assert x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ("a", TypeError, "a Tensor holds numbers or truth values, not NumPy's <U1"),
        (None, TypeError, "not NumPy's object"),
        ([None], TypeError, "not NumPy's object"),
        (["1"], TypeError, "not NumPy's <U1"),
        ({1: 2}, TypeError, "not NumPy's object"),
        ([[1], [2, 3]], ValueError, "the data is not rectangular"),
        (np.array(["2020"], "datetime64[Y]"), TypeError, "not NumPy's datetime64"),
    ],
)
def test_what_is_no_array_of_numbers_is_said(data, error, message):
    for make in (mg.tensor, mg.Tensor, mg.as_tensor):
        with pytest.raises(error, match=message):
            make(data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: mg.tensor([1, 2], requires_grad=True),
        lambda: mg.tensor([True], requires_grad=True),
        lambda: mg.ones(2, dtype=mg.int32, requires_grad=True),
        lambda: mg.tensor([1]).requires_grad_(),
        lambda: setattr(mg.tensor([1]), "requires_grad", True),
        lambda: mg.arange(3, requires_grad=True),
        lambda: mg.Tensor([1], dtype=mg.int64, requires_grad=True),
    ],
)
def test_integers_have_no_gradient(make):
    message = r"only Tensors of floating point dtype can require gradients, this one is micr.*float"
    with pytest.raises(RuntimeError, match=message):
        make()


def test_integer_results_are_outside_the_graph():
    x = leaf(1.0, 2.0)
    for y in (x.long(), x > 1, x.argmax(), x.bool(), x.to(mg.int8)):
        assert not y.requires_grad
    assert x.half().requires_grad


# --- copies ---------------------------------------------------------------------------------------


def test_deep_copies_and_pickles_of_leaves():
    w = leaf(1.0, 2.0)
    (w * w).sum().backward()
    w.name = "weight"
    for other in (copy.deepcopy(w), pickle.loads(pickle.dumps(w))):
        assert other is not w
        assert other.requires_grad
        assert other.is_leaf
        assert other.tolist() == [1.0, 2.0]
        assert other.name == "weight"
        assert not np.shares_memory(other.detach().numpy(), w.detach().numpy())
        other.grad = None
        (other * 3).sum().backward()
        assert other.grad.tolist() == [3.0, 3.0]
    assert copy.deepcopy(w).grad.tolist() == [2.0, 4.0]
    assert w.grad.tolist() == [2.0, 4.0]
    assert not copy.deepcopy(mg.ones(2)).requires_grad
    y = w * 2
    with pytest.raises(RuntimeError, match=r"only leaf Tensors can be deep-copied; use clone\(\)"):
        copy.deepcopy(y)
    with pytest.raises(RuntimeError, match="only leaf Tensors can be pickled"):
        pickle.dumps(y)


def test_shared_tensors_stay_shared_in_a_deep_copy():
    w = leaf(1.0)
    a, b = copy.deepcopy([w, w])
    assert a is b


def test_clone_keeps_the_graph_and_copies_the_memory():
    w = leaf(1.0, 2.0)
    y = w.clone()
    assert not np.shares_memory(y.detach().numpy(), w.detach().numpy())
    y.mul_(2)
    y.sum().backward()
    assert w.tolist() == [1.0, 2.0]
    assert w.grad.tolist() == [2.0, 2.0]


def test_view_and_reshape_share_memory_where_they_can():
    x = mg.arange(6)
    assert np.shares_memory(x.view(2, 3).numpy(), x.numpy())
    assert np.shares_memory(x.reshape(3, -1).numpy(), x.numpy())
    assert not np.shares_memory(x.reshape(2, 3).T.reshape(6).numpy(), x.numpy())
    assert x.contiguous() is x
    t = x.reshape(2, 3).T
    assert not t.is_contiguous()
    assert t.contiguous().is_contiguous()
    assert t.contiguous().tolist() == t.tolist()


def test_attributes_may_be_set():
    w = leaf(1.0)
    w.note = "mine"
    assert w.note == "mine"


def test_numbers_keep_their_meaning_through_the_constants():
    # Float constants beside tensors are kept; -0.0, NaN and large ones must stay what they are.
    x = mg.ones(1)
    assert math.copysign(1.0, (x * -0.0).item()) == -1.0
    assert math.copysign(1.0, (x * 0.0).item()) == 1.0
    assert math.isnan((x * float("nan")).item())
    assert (x * float("inf")).item() == math.inf
    assert (x * True).item() == 1.0
    assert (x * 1).dtype is mg.float32
    y = mg.ones(1, dtype=mg.float64)
    assert (y * 0.1).item() == 0.1
    assert (x * 0.1).item() == np.float32(0.1)
    assert (y * (2**53 + 1)).item() == 2.0**53


def test_a_gradient_that_was_set_is_there_once_the_tensor_requires_grad():
    w = mg.tensor([1.0])
    w.grad = mg.tensor([5.0])
    w.requires_grad = True
    assert w.grad.tolist() == [5.0]
    (w * 2).sum().backward()
    assert w.grad.tolist() == [7.0]
