"""``axis`` and ``keepdims``, NumPy's names, are taken wherever ``dim`` and ``keepdim`` are."""

import inspect

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import _methods, fft, linalg, special
from microgradnn._late import load_late
from microgradnn._numpy_names import with_numpy_names

load_late()

DATA = np.array([[3.0, 1.0, 2.0], [9.0, 7.0, 5.0]])

REDUCTIONS = ["sum", "mean", "prod", "amax", "amin", "all", "any"]


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_reduction_is_numpys(name, axis, keepdims):
    expected = getattr(np, name)(DATA, axis=axis, keepdims=keepdims)
    x = mg.tensor(DATA)
    for f in (lambda *dim, **named: getattr(mg, name)(x, *dim, **named), getattr(x, name)):
        np.testing.assert_allclose(f(axis=axis, keepdims=keepdims).numpy(), expected, rtol=1e-15)
        np.testing.assert_allclose(f(axis=axis, keepdim=keepdims).numpy(), expected, rtol=1e-15)
        np.testing.assert_allclose(f(axis, keepdims=keepdims).numpy(), expected, rtol=1e-15)


def test_other_functions_are_numpys():
    x, a = mg.tensor(DATA), DATA
    pairs = [
        (x.argmax(axis=0, keepdims=True), a.argmax(axis=0, keepdims=True)),
        (x.argmin(axis=1), a.argmin(axis=1)),
        (x.max(axis=1, keepdims=True)[0], a.max(axis=1, keepdims=True)),
        (x.min(axis=0)[0], a.min(axis=0)),
        (x.var(axis=0, correction=0), a.var(axis=0)),
        (mg.std(x, axis=(0, 1), correction=0, keepdims=True), a.std(axis=(0, 1), keepdims=True)),
        (mg.cat([x, x], axis=1), np.concatenate([a, a], axis=1)),
        (mg.concatenate([x, x], axis=1), np.concatenate([a, a], axis=1)),
        (mg.stack([x, x], axis=-1), np.stack([a, a], axis=-1)),
        (x.cumsum(axis=0), a.cumsum(axis=0)),
        (mg.cumprod(x, axis=1), a.cumprod(axis=1)),
        (x.clone().cumsum_(axis=1), a.cumsum(axis=1)),
        (x.unsqueeze(axis=1), np.expand_dims(a, axis=1)),
        (x[:, None].squeeze(axis=1), a),
        (x.sort(axis=0)[0], np.sort(a, axis=0)),
        (mg.argsort(x, axis=1), np.argsort(a, axis=1)),
        (x.diff(axis=1), np.diff(a, axis=1)),
        (x.softmax(axis=1).sum(axis=1), np.ones(2)),
        (x.log_softmax(axis=0).exp().sum(axis=0), np.ones(3)),
        (x.gather(axis=1, index=mg.tensor([[2], [0]])), [[2.0], [9.0]]),
        (x.unbind(axis=1)[2], a[:, 2]),
        (linalg.norm(x, axis=0, keepdims=True), np.linalg.norm(a, axis=0, keepdims=True)),
        (fft.fftshift(x, axis=1), np.fft.fftshift(a, axes=1)),
        (special.logsumexp(x, axis=0), np.logaddexp(a[0], a[1])),
    ]
    for ours, expected in pairs:
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-14)


def test_no_axis_means_all_where_no_dim_does():
    x = mg.tensor(DATA)
    assert x.sum(axis=None).item() == DATA.sum()
    assert x.argmax(axis=None).item() == 3
    assert x.mean(axis=None, keepdims=True).shape == (1, 1)


X = mg.tensor(DATA)
CLASHES = {
    "sum": lambda: X.sum(0, axis=1),
    "sum by name": lambda: X.sum(dim=0, axis=0),
    "sum keepdim": lambda: X.sum(axis=0, keepdim=True, keepdims=True),
    "softmax": lambda: X.softmax(0, axis=0),
    "cat": lambda: mg.cat([X, X], 1, axis=1),
    "stack": lambda: mg.stack([X, X], 1, axis=1),
    "max": lambda: X.max(0, axis=0),
    "argmin": lambda: X.argmin(1, axis=0),
    "squeeze": lambda: X.squeeze(0, axis=0),
    "unsqueeze": lambda: X.unsqueeze(0, axis=0),
    "var": lambda: X.var(0, axis=0),
    "var by name": lambda: X.var(dim=0, axis=0),
    "amax keepdim": lambda: X.amax(0, True, keepdims=True),
    "var keepdim": lambda: X.var(0, keepdim=False, keepdims=True),
    "cumsum_": lambda: X.cumsum_(0, axis=0),
}


@pytest.mark.parametrize("call", CLASHES.values(), ids=CLASHES)
def test_both_names_of_one_argument_are_refused(call):
    with pytest.raises(TypeError, match=r"'(dim|keepdim)' and '(axis|keepdims)': two names of one"):
        call()
    np.testing.assert_array_equal(X.numpy(), DATA)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "unsqueeze", "cumsum", "logsumexp"])
def test_a_dimension_that_is_needed_is_missed(name):
    with pytest.raises(TypeError, match=rf"{name}\(\) missing 1 required .* argument: 'dim'"):
        getattr(mg, name)(X)


def test_a_function_without_dimensions_stays_as_it_is():
    def f(x, other):
        return x

    assert with_numpy_names(f) is f
    assert with_numpy_names(len) is len
    with pytest.raises(TypeError, match="axis"):
        mg.exp(X, axis=0)


def test_no_function_with_a_dim_is_left_out():
    spaces = {**_methods.functions, **vars(linalg), **vars(special), **vars(fft)}
    methods = {f"Tensor.{n}": getattr(mg.Tensor, n) for n in dir(mg.Tensor) if n[0] != "_"}
    seen = 0
    for name, f in {**spaces, **methods}.items():
        if not inspect.isfunction(f) or name.startswith("_") or name == "one_dim":
            continue
        own = inspect.signature(f).parameters
        named = inspect.unwrap(f, stop=lambda f: hasattr(f, "numpy_names"))
        names = {*own, *getattr(named, "numpy_names", ())}
        if "dim" in own:
            assert "axis" in names, name
            seen += 1
        if "keepdim" in own:
            assert "keepdims" in names, name
    assert seen > 150


PEERS = """
lib.all(x, axis=0, keepdims=True)  lib.amax(x, axis=0, keepdims=True)  x.amin(axis=(0, 1))
lib.aminmax(x, axis=0, keepdims=True)  x.any(axis=1, keepdims=True)
lib.argmax(x, axis=0, keepdims=True)  x.argmin(axis=0, keepdims=True)  x.argsort(axis=0)
lib.cat([x, x], axis=1)  lib.chunk(x, 2, axis=1)  lib.concat([x, x], axis=1)
lib.concatenate([x, x], axis=1)  lib.cosine_similarity(x, y, axis=0)  x.count_nonzero(axis=0)
lib.cross(x, y, axis=0)  x.cummax(axis=0)  x.cummin(axis=0)  x.cumprod(axis=0)  x.cumsum(axis=0)
x.clone().cumprod_(axis=0)  x.clone().cumsum_(axis=0)  lib.cumulative_trapezoid(x, axis=0)
x.diff(axis=0)  x.gather(axis=0, index=j)  lib.gradient(x, axis=0)
x.index_add(axis=0, index=i, source=y)  x.index_copy(axis=0, index=i, source=y)
x.index_fill(axis=0, index=i, value=2.0)  x.clone().index_add_(axis=0, index=i, source=y)
x.clone().index_copy_(axis=0, index=i, source=y)  x.clone().index_fill_(axis=0, index=i, value=2.0)
x.index_reduce(axis=0, index=i, source=y, reduce="amax")
x.clone().index_reduce_(axis=0, index=i, source=y, reduce="amax")
x.index_select(axis=1, index=i)  x.kthvalue(2, axis=0, keepdims=True)  x.log_softmax(axis=0)
x.logcumsumexp(axis=0)  x.logsumexp(axis=0, keepdims=True)  x.max(axis=0, keepdims=True)
x.mean(axis=0, keepdims=True)  x.median(axis=0, keepdims=True)  x.min(axis=0, keepdims=True)
x.mode(axis=0, keepdims=True)  x.nanmean(axis=0, keepdims=True)  x.nansum(axis=0, keepdims=True)
x.nanmedian(axis=0, keepdims=True)  x.nanquantile(0.3, axis=0, keepdims=True)
x.quantile(0.3, axis=0, keepdims=True)  x.narrow(axis=1, start=1, length=2)
lib.narrow_copy(x, axis=1, start=1, length=2)  lib.pairwise_distance(x, y, keepdims=True)
x.prod(axis=0, keepdims=True)  x.renorm(2, axis=0, maxnorm=0.5)
x.clone().renorm_(2, axis=0, maxnorm=0.5)  x.repeat_interleave(2, axis=1)
x.scatter(axis=0, index=j, src=y)  x.scatter(axis=0, index=j, value=1.5)
x.scatter_add(axis=0, index=j, src=y)  x.scatter_reduce(axis=0, index=j, src=y, reduce="sum")
x.clone().scatter_(axis=0, index=j, src=y)  x.clone().scatter_add_(axis=0, index=j, src=y)
x.clone().scatter_reduce_(axis=0, index=j, src=y, reduce="sum")  x.select(axis=1, index=2)
lib.select_copy(x, axis=1, index=2)  x.select_scatter(y[0], axis=0, index=1)
lib.slice_copy(x, axis=1, start=1)  x.slice_scatter(y[:1], axis=0, start=1, end=2)
x.softmax(axis=0)  x.sort(axis=0)  lib.split_copy(x, 2, axis=1)
lib.split_with_sizes(x, [1, 2], axis=1)  lib.split_with_sizes_copy(x, [1, 2], axis=1)
x[None].squeeze(axis=0)  lib.squeeze_copy(x[None], axis=0)  lib.stack([x, y], axis=1)
x.std(axis=0, keepdims=True)  lib.std_mean(x, axis=0, keepdims=True)  x.sum(axis=0, keepdims=True)
x.take_along_dim(j, axis=0)  x.tensor_split(2, axis=1)  x.topk(2, axis=0)
lib.trapezoid(x, axis=0)  lib.trapz(x, axis=0)  x.unbind(axis=1)  lib.unbind_copy(x, axis=1)
lib.unflatten(x, axis=0, sizes=(3, 1))  lib.unsafe_chunk(x, 2, axis=1)
lib.unsafe_split(x, 2, axis=1)  x.unsqueeze(axis=1)  lib.unsqueeze_copy(x, axis=1)
x.var(axis=0, keepdims=True)  lib.var_mean(x, axis=0, keepdims=True)  x.size(axis=0)
x.stride(axis=0)  lib.linalg.cross(x, y, axis=0)  lib.linalg.matrix_norm(x, keepdims=True)
lib.linalg.norm(x, axis=0, keepdims=True)  lib.linalg.vecdot(x, y, axis=0)
lib.linalg.vector_norm(x, axis=0, keepdims=True)  lib.special.log_softmax(x, axis=0)
lib.special.logsumexp(x, axis=0, keepdims=True)  lib.special.softmax(x, axis=0)
lib.fft.fftshift(x, axis=0)  lib.fft.ifftshift(x, axis=0)
x.sum(axis=None)  x.mean(axis=None, keepdims=True)  x.argmax(axis=None)  x.sum(axis=(0, 1))
x.cumsum(axis=5)  x.sum(axis=3)  lib.cat([x], axis=None)  x.softmax(axis=None)
x.sum(0, axis=0)  x.sum(dim=0, axis=1)  x.var(0, axis=0)  lib.gather(x, 0, axis=0, index=j)
x.exp(axis=0)  x.flip(axis=0)  lib.roll(x, 1, axis=0)  lib.transpose(x, axis0=0, axis1=1)
""".replace("\n", "  ")
PEERS = [part.strip() for part in PEERS.split("  ") if part.strip()]


def outcome(lib, expression):
    """What an expression makes of the same numbers, as arrays; or "an error"."""
    rng = np.random.default_rng(7)
    names = {
        "lib": lib,
        "x": lib.tensor(rng.standard_normal((3, 3))),
        "y": lib.tensor(rng.standard_normal((3, 3))),
        "i": lib.tensor([2, 0, 1]),
        "j": lib.tensor([[2, 0, 1], [0, 1, 2]]),
    }
    try:
        result = eval(expression, names)
    except (RuntimeError, TypeError, IndexError, ValueError):
        return "an error"
    return [np.asarray(r) for r in (result if isinstance(result, tuple | list) else [result])]


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:index_reduce")
@pytest.mark.parametrize("expression", PEERS)
def test_pytorch_takes_the_name_and_makes_the_same_of_it(expression):
    import torch

    ours, theirs = outcome(mg, expression), outcome(torch, expression)
    assert isinstance(ours, str) == isinstance(theirs, str), (ours, theirs)
    if not isinstance(theirs, str):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert a.dtype == b.dtype
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.peers
def test_every_function_that_pytorch_lets_take_axis_is_among_these():
    """PyTorch's parser says which: it complains of the missing, not of the name."""
    import torch

    text = " ".join(PEERS)
    missing = []
    for name, f in _methods.functions.items():
        theirs = getattr(torch, name, None)
        if theirs is None or "dim" not in inspect.signature(f).parameters:
            continue
        try:
            theirs(torch.ones(3, 3), axis=0)
        except TypeError as error:
            if "unexpected keyword argument 'axis'" in str(error):
                continue  # those that PyTorch writes in Python
        except RuntimeError:
            pass  # an axis, and something else is amiss
        if f"{name}(" not in text:
            missing.append(name)
    # These two hand what they are given to functions of other names.
    assert set(missing) <= {"unique", "unique_consecutive"}
