"""Which dtype comes out: PyTorch's promotion, for every pair of dtypes and kinds of operand."""

import itertools
import operator

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._promotion import result_type

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
OPERANDS = [(kind, name) for kind in ("1-d", "0-d") for name in NAMES] + [
    ("number", 2), ("number", 2.5), ("number", True),
]  # fmt: skip
OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "**": operator.pow, "<": operator.lt, "==": operator.eq, "@": operator.matmul,
}  # fmt: skip


def make(lib, kind, what):
    if kind == "number":
        return what
    dtype = getattr(lib, what)
    return lib.tensor([1, 1] if kind == "1-d" else 1, dtype=dtype)


def name_of(result):
    return repr(result.dtype).split(".")[1]


def outcome(lib, f, *operands):
    try:
        return name_of(f(*(make(lib, *operand) for operand in operands)))
    except (RuntimeError, TypeError, NotImplementedError, ValueError):
        return "an error"


PAIRS = [
    (a, b) for a, b in itertools.product(OPERANDS, repeat=2) if "number" not in (a[0], b[0])
] + [
    pair
    for a, b in itertools.product(OPERANDS[:-3], OPERANDS[-3:])
    for pair in ((a, b), (b, a))
]  # fmt: skip


def assert_same(f_of, pairs=PAIRS):
    import torch

    wrong = []
    for pair in pairs:
        ours, theirs = (outcome(lib, f_of(lib), *pair) for lib in (mg, torch))
        # PyTorch refuses to subtract from truth values and to raise them to powers; NumPy does not.
        if ours != theirs and theirs != "an error":
            wrong.append((*pair, f"ours {ours}", f"PyTorch's {theirs}"))
    assert not wrong


@pytest.mark.peers
@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_promote_as_pytorch(symbol):
    # There bool ** True is bool.
    odd = [((kind, "bool"), ("number", True)) for kind in ("1-d", "0-d")] if symbol == "**" else []
    assert_same(lambda lib: OPERATORS[symbol], [pair for pair in PAIRS if pair not in odd])


@pytest.mark.peers
@pytest.mark.parametrize("name", ["maximum", "minimum", "add", "mul", "div", "sub"])
def test_functions_promote_as_pytorch(name):
    import torch

    for a, b in itertools.product(OPERANDS[:-3], repeat=2):
        ours, theirs = (outcome(lib, getattr(lib, name), a, b) for lib in (mg, torch))
        assert theirs in (ours, "an error"), (a, b)


@pytest.mark.peers
def test_where_and_cat_promote_as_pytorch():
    assert_same(lambda lib: lambda x, y: lib.where(lib.tensor([True, False]), x, y))
    import torch

    for a, b in itertools.product([("1-d", name) for name in NAMES], repeat=2):
        ours, theirs = (
            outcome(lib, lambda x, y, lib=lib: lib.cat([x, y]), a, b) for lib in (mg, torch)
        )
        assert ours == theirs
        ours, theirs = (
            outcome(lib, lambda x, y, lib=lib: lib.stack([x, y]), a, b) for lib in (mg, torch)
        )
        assert ours == theirs


@pytest.mark.peers
@pytest.mark.parametrize(
    "name",
    [
        "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "neg", "sign",
        "square", "reciprocal", "log1p", "expm1", "sum", "mean", "max", "min", "argmax", "argmin",
        "any", "all", "logical_not", "var", "std", "clone", "isnan",
    ],
)  # fmt: skip
def test_functions_of_one_tensor_promote_as_pytorch(name):
    import torch

    for kind, dtype in itertools.product(("1-d", "0-d"), NAMES):
        if name in ("any", "all") and dtype == "uint8":
            continue  # bool here; PyTorch keeps uint8 for what was written before it had bool
        if name == "sign" and dtype == "bool":
            continue
        if name in ("var", "std") and kind == "0-d":
            continue  # there is no variance of one number
        ours, theirs = (
            outcome(lib, lambda x: getattr(x, name)(), (kind, dtype)) for lib in (mg, torch)
        )
        assert theirs in (ours, "an error"), (kind, dtype)


@pytest.mark.peers
def test_result_type_is_pytorchs():
    import torch

    for a, b in itertools.product(OPERANDS[:-3], repeat=2):
        ours = mg.result_type(make(mg, *a), make(mg, *b))
        theirs = torch.result_type(make(torch, *a), make(torch, *b))
        assert repr(ours).split(".")[1] == repr(theirs).split(".")[1]


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ([("1-d", "float32"), ("0-d", "float64")], "float32"),
        ([("0-d", "float32"), ("0-d", "float64")], "float64"),
        ([("1-d", "int32"), ("0-d", "float64")], "float64"),
        ([("1-d", "uint8"), ("1-d", "int8")], "int16"),
        ([("1-d", "float16"), ("1-d", "int64")], "float16"),
        ([("1-d", "bool"), ("0-d", "int16")], "int16"),
        ([("1-d", "int8"), ("0-d", "int64")], "int8"),
    ],
)
def test_the_rule_itself(operands, expected):
    arrays = [make(mg, *operand).numpy() for operand in operands]
    assert result_type(arrays) == np.dtype(expected)
    assert result_type(arrays[::-1]) == np.dtype(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda: mg.tensor([1.5]), "float32"), (lambda: mg.tensor([1]), "int64"),
        (lambda: mg.tensor([True]), "bool"), (lambda: mg.tensor(np.float64(1.5)), "float64"),
        (lambda: mg.tensor([1, 2.5]), "float32"), (lambda: mg.tensor([1]) * 2.0, "float32"),
        (lambda: mg.tensor([1]) / 2, "float32"), (lambda: mg.tensor([True]) + 1, "int64"),
        (lambda: mg.tensor([True]) ** 2, "int64"), (lambda: mg.tensor([2]) ** 2.0, "float32"),
        (lambda: mg.tensor([1], dtype=mg.uint8).sum(), "int64"),
        (lambda: mg.tensor([True, True]).sum(), "int64"),
        (lambda: mg.tensor([1.5], dtype=mg.float16) * 2.5, "float16"),
        (lambda: mg.ones(1) * np.float64(2), "float32"),
        (lambda: mg.ones(1) * np.ones(1), "float64"),
        (lambda: np.ones(1) * mg.ones(1), "float64"),
        (lambda: np.float64(2) * mg.ones(1), "float32"),
    ],
)  # fmt: skip
def test_python_and_numpy_numbers(value, expected):
    assert name_of(value()) == expected


def test_the_default_float_can_be_set():
    before = mg.get_default_dtype()
    try:
        mg.set_default_dtype(mg.float64)
        assert mg.tensor([1.5]).dtype is mg.float64
        assert (mg.tensor([1]) / 2).dtype is mg.float64
        assert mg.zeros(2).dtype is mg.float64
        assert mg.Tensor([1, 2]).dtype is mg.float64
    finally:
        mg.set_default_dtype(before)
    assert mg.tensor([1.5]).dtype is mg.float32
    with pytest.raises(TypeError, match="the default dtype must be a floating type, got"):
        mg.set_default_dtype(mg.int64)
    assert mg.get_default_dtype() is mg.float32


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda x: x.mean(), RuntimeError, r"mean\(\) needs a floating point dtype, got micro"),
        (lambda x: x.var(), RuntimeError, r"the dtype must be a floating type"),
        (lambda x: x @ x.float(), RuntimeError, "matmul: operands have dtypes int64 and float32"),
        (lambda x: x ** -1, RuntimeError, "Integers to negative integer powers are not allowed"),
        (lambda x: x.bool() - x.bool(), TypeError, "sub: .*dtype bool: truth values are not"),
    ],
)  # fmt: skip
def test_what_has_no_dtype_is_said(compute, error, message):
    with pytest.raises(error, match=message):
        compute(mg.tensor([1, 2]))
