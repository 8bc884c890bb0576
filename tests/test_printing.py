"""Tensors print as PyTorch's do: PyTorch 2.13's own texts, and random Tensors beside PyTorch."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import microgradnn as mg

INF, NAN = float("inf"), float("nan")


@pytest.fixture(autouse=True)
def _default_options() -> Iterator[None]:
    mg.set_printoptions(profile="default")
    yield
    mg.set_printoptions(profile="default")


def leaf(data: Any, **kwargs: Any) -> mg.Tensor:
    return mg.tensor(data, requires_grad=True, **kwargs)


ON_ONE_LINE: list[tuple[Callable[[], mg.Tensor], str]] = [
    (lambda: mg.tensor(3.5), "tensor(3.5000)"),
    (lambda: mg.tensor(7), "tensor(7)"),
    (lambda: mg.tensor(True), "tensor(True)"),
    (lambda: mg.tensor([1.0, 2.0]), "tensor([1., 2.])"),
    (lambda: mg.tensor([1.5, -2.25]), "tensor([ 1.5000, -2.2500])"),
    (lambda: mg.tensor([True, False]), "tensor([ True, False])"),
    (lambda: mg.tensor([1, -20, 300]), "tensor([  1, -20, 300])"),
    (lambda: mg.arange(1000)[-4:], "tensor([996, 997, 998, 999])"),
    # Zeros, infinities and NaN don't count for the width.
    (lambda: mg.tensor([0.0, -0.0]), "tensor([0., -0.])"),
    (lambda: mg.tensor([-0.0, 0.5]), "tensor([-0.0000, 0.5000])"),
    (lambda: mg.tensor([NAN, INF, -INF]), "tensor([nan, inf, -inf])"),
    (lambda: mg.tensor([NAN, 1.0, -2.0]), "tensor([nan,  1., -2.])"),
    (lambda: mg.tensor([INF, 0.125, -2.0]), "tensor([    inf,  0.1250, -2.0000])"),
    # With an exponent: a ratio above 1000, a number above 1e8, or a fraction below 1e-4.
    (lambda: mg.tensor([1e-5, 1.0]), "tensor([1.0000e-05, 1.0000e+00])"),
    (lambda: mg.tensor([0.00005]), "tensor([5.0000e-05])"),
    (lambda: mg.tensor([0.0005]), "tensor([0.0005])"),
    (lambda: mg.tensor([1e-4], dtype=mg.float64), "tensor([0.0001], dtype=microgradnn.float64)"),
    (lambda: mg.tensor([0.5, 500.0]), "tensor([  0.5000, 500.0000])"),
    (lambda: mg.tensor([0.5, 501.0]), "tensor([5.0000e-01, 5.0100e+02])"),
    (lambda: mg.tensor([1.0, 1000.0]), "tensor([   1., 1000.])"),
    (lambda: mg.tensor([1.0, 1001.0]), "tensor([1.0000e+00, 1.0010e+03])"),
    (lambda: mg.tensor([1e8, 2e8]), "tensor([1.0000e+08, 2.0000e+08])"),
    (lambda: mg.tensor([1e8, 1e8]), "tensor([100000000., 100000000.])"),
    (lambda: mg.tensor([123456789.0]), "tensor([1.2346e+08])"),
    # dtypes that the numbers don't tell
    (lambda: mg.tensor([1 / 3], dtype=mg.float64), "tensor([0.3333], dtype=microgradnn.float64)"),
    (lambda: mg.tensor([1.0], dtype=mg.float16), "tensor([1.], dtype=microgradnn.float16)"),
    (lambda: mg.tensor([1, 2], dtype=mg.int32), "tensor([1, 2], dtype=microgradnn.int32)"),
    (lambda: mg.tensor([1, 255], dtype=mg.uint8), "tensor([  1, 255], dtype=microgradnn.uint8)"),
    # without elements
    (lambda: mg.tensor([]), "tensor([])"),
    (lambda: mg.tensor([], dtype=mg.int64), "tensor([], dtype=microgradnn.int64)"),
    (lambda: mg.zeros(0, 3), "tensor([], size=(0, 3))"),
    (lambda: mg.zeros(2, 0, dtype=mg.bool_), "tensor([], size=(2, 0), dtype=microgradnn.bool)"),
    # gradients
    (lambda: leaf([1.0, 2.0]), "tensor([1., 2.], requires_grad=True)"),
    (lambda: leaf([1.0]) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
    (lambda: leaf([1.0]).exp(), "tensor([2.7183], grad_fn=<ExpBackward0>)"),
    (lambda: leaf([]), "tensor([], requires_grad=True)"),
    (
        lambda: leaf([1.0], dtype=mg.float64),
        "tensor([1.], dtype=microgradnn.float64, requires_grad=True)",
    ),
    # shortened
    (lambda: mg.arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
    (
        lambda: mg.arange(1001.0) / 8,
        "tensor([  0.0000,   0.1250,   0.2500,  ..., 124.7500, 124.8750, 125.0000])",
    ),
    (lambda: mg.zeros(1, 1, 1, 1), "tensor([[[[0.]]]])"),
]

ON_SEVERAL_LINES: list[tuple[Callable[[], mg.Tensor], str]] = [
    (
        lambda: mg.tensor([[1.0, 2.0], [3.0, 4.0]]),
        """\
tensor([[1., 2.],
        [3., 4.]])""",
    ),
    (
        lambda: mg.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        """\
tensor([[[1, 2],
         [3, 4]],

        [[5, 6],
         [7, 8]]])""",
    ),
    (
        lambda: mg.ones(2, 1, 1, 2),
        """\
tensor([[[[1., 1.]]],


        [[[1., 1.]]]])""",
    ),
    (
        lambda: mg.arange(30),
        """\
tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])""",
    ),
    (
        lambda: mg.arange(30.0).reshape(1, 30),
        """\
tensor([[ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,
         14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 24., 25., 26., 27.,
         28., 29.]])""",
    ),
    (
        lambda: mg.zeros(40, 40),
        """\
tensor([[0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        ...,
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.]])""",
    ),
    (
        lambda: mg.arange(2000).reshape(2, 1000),
        """\
tensor([[   0,    1,    2,  ...,  997,  998,  999],
        [1000, 1001, 1002,  ..., 1997, 1998, 1999]])""",
    ),
    (
        lambda: mg.arange(11.0).requires_grad_(),
        """\
tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10.],
       requires_grad=True)""",
    ),
    (
        lambda: leaf([[0.5] * 7] * 2) * 1,
        """\
tensor([[0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000],
        [0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000]],
       grad_fn=<MulBackward0>)""",
    ),
    (
        lambda: mg.arange(12.0).double().requires_grad_(),
        """\
tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11.],
       dtype=microgradnn.float64, requires_grad=True)""",
    ),
]


@pytest.mark.parametrize(
    ("make", "text"),
    ON_ONE_LINE + ON_SEVERAL_LINES,
    ids=[text.splitlines()[0] for _, text in ON_ONE_LINE + ON_SEVERAL_LINES],
)
def test_a_tensor_prints_as_in_pytorch(make: Callable[[], mg.Tensor], text: str) -> None:
    assert repr(make()) == text
    assert str(make()) == text


def test_a_parameter_prints_as_a_tensor_below_a_heading() -> None:
    p = mg.nn.Parameter(mg.tensor([1.0]))
    assert repr(p) == "Parameter containing:\ntensor([1.], requires_grad=True)"


def test_a_subclass_prints_under_its_name() -> None:
    class Weights(mg.Tensor):
        pass

    assert repr(Weights([[1.0], [2.0]])) == "Weights([[1.],\n         [2.]])"


def test_the_default_dtype_is_not_told() -> None:
    mg.set_default_dtype(mg.float64)
    try:
        assert repr(mg.tensor([0.5])) == "tensor([0.5000])"
        assert repr(mg.zeros(1, dtype=mg.float32)) == "tensor([0.], dtype=microgradnn.float32)"
    finally:
        mg.set_default_dtype(mg.float32)


def test_options_change_the_text() -> None:
    x = mg.tensor([1 / 3, -20.0])
    mg.set_printoptions(precision=2)
    assert repr(x) == "tensor([  0.33, -20.00])"
    mg.set_printoptions(sci_mode=True)
    assert repr(x) == "tensor([ 3.33e-01, -2.00e+01])"
    mg.set_printoptions(linewidth=20)  # and sci_mode is undone
    assert repr(x) == "tensor([  0.33,\n        -20.00])"
    mg.set_printoptions(threshold=4, edgeitems=1)
    assert repr(mg.arange(5)) == "tensor([0,  ..., 4])"


def test_only_more_elements_than_the_threshold_are_shortened() -> None:
    assert "..." not in repr(mg.arange(1000))
    assert "..." in repr(mg.arange(1001))


def test_a_remark_that_does_not_fit_goes_to_the_next_line() -> None:
    x = leaf([1.0, 2.0])
    mg.set_printoptions(linewidth=37)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    mg.set_printoptions(linewidth=36)
    assert repr(x) == "tensor([1., 2.],\n       requires_grad=True)"
    mg.set_printoptions(edgeitems=0, threshold=1, linewidth=36)
    assert repr(x) == "tensor([...], size=(2,),\n       requires_grad=True)"
    mg.set_printoptions(linewidth=35)
    assert repr(leaf([[1.0, 2.0]] * 3)) == "tensor([...], size=(3, 2),\n       requires_grad=True)"
    mg.set_printoptions(linewidth=23)
    assert repr(x) == "tensor([...],\n       size=(2,),\n       requires_grad=True)"


def test_profiles() -> None:
    mg.set_printoptions(precision=7, linewidth=40)
    mg.set_printoptions(profile="short")
    assert repr(mg.arange(1001.0) / 3) == "tensor([0.00e+00, 3.33e-01,  ..., 3.33e+02, 3.33e+02])"
    mg.set_printoptions(profile="full")
    assert "..." not in repr(mg.zeros(2000))
    mg.set_printoptions(profile="full", precision=1)
    assert repr(mg.tensor(0.25)) == "tensor(0.2)"
    mg.set_printoptions(profile="default")
    assert repr(mg.tensor(0.25)) == "tensor(0.2500)"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"precision": 2, "profile": "long"},
            "profile 'long' is unknown: there are default, short",
        ),
        ({"precision": 2, "linewidth": -1}, "linewidth must be an integer .*negative, got -1"),
        ({"precision": 2, "threshold": NAN}, "threshold must be .*, got nan"),
        ({"edgeitems": "3"}, "edgeitems must be .*, got '3'"),
        ({"precision": 2.5}, "precision must be .*, got 2.5"),
    ],
)
def test_wrong_options_change_nothing(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mg.set_printoptions(**wrong)
    assert repr(mg.tensor(0.25)) == "tensor(0.2500)"


# --- beside PyTorch -------------------------------------------------------------------------------

SPECIAL = [NAN, INF, -INF, 0.0, -0.0, 1.0, 1e-4, 1e8]


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """Arrays of every dtype, whose numbers are whole, fractions, of one or of many magnitudes."""
    large = draw(st.booleans())
    shape = draw(
        hnp.array_shapes(
            min_dims=0, max_dims=2 if large else 4, min_side=0, max_side=40 if large else 8
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = np.asarray(rng.standard_normal(shape))
    exponents = st.integers(-7, 10)
    match draw(st.sampled_from(["fractions", "whole", "scaled", "mixed magnitudes"])):
        case "whole":
            x = np.round(x * 10.0 ** draw(st.integers(0, 9)))
        case "scaled":
            x = x * 10.0 ** draw(exponents)
        case "mixed magnitudes":
            x = x * 10.0 ** rng.integers(-7, 10, shape)
    kind = draw(st.sampled_from(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "?"]))
    if kind[0] == "f":
        if draw(st.booleans()):
            x = np.where(rng.random(shape) < draw(st.floats(0, 1)), rng.choice(SPECIAL, shape), x)
    elif kind[0] in "iu":
        limits = np.iinfo(kind)
        x = np.clip(x, max(limits.min, -(2**52)), min(limits.max, 2**52))
    with np.errstate(over="ignore"):
        return np.asarray(x).astype(kind)


OPTIONS = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "precision": st.integers(0, 8),
            "threshold": st.sampled_from([0, 5, 20, 1000]),
            "edgeitems": st.integers(0, 4),
            "linewidth": st.sampled_from([10, 20, 30, 40, 80, 120]),
            "sci_mode": st.sampled_from([None, True, False]),
        }
    ),
)


def on_one_line(text: str) -> str:
    """What follows the numbers put on one line: our names of dtypes are longer than PyTorch's."""
    return re.sub(r",\s+(size|dtype|requires_grad|grad_fn)=", r", \1=", text)


@pytest.mark.peers
@settings(max_examples=500)
@given(array=arrays(), options=OPTIONS, grad=st.sampled_from(["none", "leaf", "result"]))
def test_random_tensors_print_as_in_pytorch(array: Any, options: Any, grad: str) -> None:
    import torch

    ours, theirs = mg.from_numpy(array.copy()), torch.from_numpy(array.copy())
    if array.dtype.kind == "f" and grad != "none":
        ours.requires_grad_()
        theirs.requires_grad_()
        if grad == "result":
            ours, theirs = ours + 0, theirs + 0
    try:
        mg.set_printoptions(profile="default")
        mg.set_printoptions(**options)
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**options)
        text, expected = repr(ours), repr(theirs).replace("torch.", "microgradnn.")
    finally:
        mg.set_printoptions(profile="default")
        torch.set_printoptions(profile="default")
    if "dtype=" in text:
        text, expected = on_one_line(text), on_one_line(expected)
    assert text == expected


@pytest.mark.peers
def test_the_literal_texts_are_pytorchs() -> None:
    import torch

    for make, text in ON_ONE_LINE + ON_SEVERAL_LINES:
        x = make()
        peer = torch.from_numpy(x.detach().numpy().copy())
        if x.requires_grad and x.is_leaf:
            peer.requires_grad_()
        expected = repr(peer).replace("torch.", "microgradnn.")
        cut = re.compile(r",\s+grad_fn=<\w+>\)$")  # the peer was not made by the operation
        assert on_one_line(cut.sub(")", text)) == on_one_line(expected)


@pytest.mark.peers
def test_parameters_print_as_in_pytorch() -> None:
    import torch

    x = torch.nn.Parameter(torch.tensor([[1.0, -0.5]]))
    assert repr(mg.nn.Parameter(mg.tensor([[1.0, -0.5]]))) == repr(x)


@pytest.mark.peers
def test_subclasses_print_as_in_pytorch() -> None:
    import torch

    class Weights(torch.Tensor):
        pass

    peer = torch.tensor([[1.0], [2.0]]).as_subclass(Weights)
    assert repr(peer) == "Weights([[1.],\n         [2.]])"
