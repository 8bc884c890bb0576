"""Indexing of every kind, read and written: NumPy's elements, and the right gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnn as mg
from tests.rules.index_strategies import as_given, shapes_and_indices


def numbered(shape):
    """An array whose elements are their own positions."""
    return np.arange(int(np.prod(shape))).reshape(shape)


def picked_by(index, shape):
    """The positions that an index picks, as for PyTorch: integers are no arrays, but done first."""
    array = numbered(shape)
    parts = list(index) if isinstance(index, tuple) else [index]
    if not any(isinstance(part, np.ndarray) for part in parts):
        return np.asarray(array[index])
    axis, rest = 0, []
    for part in parts:
        if isinstance(part, int):
            array = np.take(array, part, axis)
            continue
        rest.append(part)
        axis += (
            part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else part is not None
        )
        if part is Ellipsis:
            axis -= 1  # it comes last here
    return np.asarray(array[tuple(rest)])


def leaf(shape, seed=0):
    x = np.random.default_rng(seed).standard_normal(shape)
    return x, mg.tensor(np.asarray(x), requires_grad=True)


@given(shapes_and_indices(), st.sampled_from(["array", "list", "tensor"]))
def test_reading(shape_and_index, kind):
    shape, index = shape_and_index
    x, t = leaf(shape)
    picked = picked_by(index, shape)
    out = t[as_given(index, kind)]
    assert tuple(out.shape) == np.shape(picked)
    np.testing.assert_array_equal(out.detach().numpy(), np.ravel(x)[picked])
    g = np.random.default_rng(1).standard_normal(np.shape(picked))
    (found,) = mg.autograd.grad(out, t, mg.tensor(np.asarray(g)))
    # Each element gets the cotangents of all its copies.
    expected = np.bincount(np.ravel(picked), np.ravel(g), minlength=x.size).reshape(shape)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-13, atol=1e-14)


@given(shapes_and_indices(), st.sampled_from(["array", "list", "tensor"]))
def test_reading_twice_differentiated(shape_and_index, kind):
    shape, index = shape_and_index
    _, t = leaf(shape)
    given_index = as_given(index, kind)
    (first,) = mg.autograd.grad((t[given_index] ** 3).sum(), t, create_graph=True)
    (second,) = mg.autograd.grad(first.sum(), t, materialize_grads=True)
    counts = np.bincount(np.ravel(picked_by(index, shape)), minlength=int(np.prod(shape)))
    expected = 6 * t.detach().numpy() * counts.reshape(shape)
    np.testing.assert_allclose(second.numpy(), expected, rtol=1e-12, atol=1e-13)


@given(shapes_and_indices(), st.data())
def test_writing(shape_and_index, data):
    shape, index = shape_and_index
    x, t = leaf(shape)
    picked = picked_by(index, shape)
    if len(np.unique(picked)) < picked.size:
        return  # which of two writes to one place is last, nobody promises
    # What is written broadcasts to the place: some leading axes left out, some of size 1.
    keep = data.draw(st.integers(0, picked.ndim))
    ones = data.draw(st.lists(st.booleans(), min_size=keep, max_size=keep))
    y_shape = tuple(
        1 if one else n for one, n in zip(ones, picked.shape[picked.ndim - keep :], strict=True)
    )
    y, u = leaf(y_shape, seed=1)
    target = t * 1
    target[as_given(index, data.draw(st.sampled_from(["array", "list", "tensor"])))] = u

    expected = x.copy()
    expected.reshape(-1)[picked] = np.broadcast_to(y, picked.shape)
    np.testing.assert_array_equal(target.detach().numpy(), expected)
    g = np.random.default_rng(2).standard_normal(shape)
    by_t, by_u = mg.autograd.grad(target, [t, u], mg.tensor(np.asarray(g)))
    overwritten = np.zeros(int(np.prod(shape)), bool)
    overwritten[picked.ravel()] = True
    np.testing.assert_array_equal(by_t.numpy(), np.where(overwritten.reshape(shape), 0.0, g))
    sources = np.broadcast_to(numbered(y_shape), picked.shape)
    expected = np.bincount(
        sources.ravel(), np.ravel(g)[picked.ravel()], minlength=int(np.prod(y_shape))
    )
    np.testing.assert_allclose(by_u.numpy(), expected.reshape(y_shape), rtol=1e-13, atol=1e-14)


@given(shapes_and_indices())
def test_basic_indices_give_views_and_others_copies(shape_and_index):
    shape, index = shape_and_index
    x, t = leaf(shape)
    t = t.detach()
    out = t[index]
    parts = index if isinstance(index, tuple) else (index,)
    basic = not any(isinstance(part, np.ndarray) and part.ndim for part in parts)
    if out.numel() and not any(isinstance(p, np.ndarray) and p.dtype == bool for p in parts):
        assert np.shares_memory(out.numpy(), t.numpy()) == basic
    np.testing.assert_array_equal(out.numpy(), np.ravel(x)[picked_by(index, shape)])


@pytest.mark.peers
@given(shapes_and_indices(), st.booleans())
def test_reading_and_writing_equal_pytorchs(shape_and_index, write):
    import torch

    shape, index = shape_and_index
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(p, slice) and (p.step or 1) < 0 for p in parts):
        return  # PyTorch has no negative steps
    picked = picked_by(index, shape)
    if write and len(np.unique(picked)) < picked.size:
        return
    x, _ = leaf(shape)
    found = []
    for lib in (mg, torch):
        t = lib.tensor(np.asarray(x), requires_grad=True)
        own = tuple(lib.tensor(p) if isinstance(p, np.ndarray) else p for p in parts)
        own = own if isinstance(index, tuple) else own[0]
        h = t * 2
        if write:
            h[own] = h[own] * 3
            out = h
        else:
            out = h[own]
        (g,) = lib.autograd.grad((out * out).sum(), t)
        found.append((out.detach().numpy(), g.numpy()))
    for ours, theirs in zip(*found, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (5, IndexError, "index 5 is out of bounds for dimension 0 with size 2: expected -2 to 1"),
        ((0, 7), IndexError, "index 7 is out of bounds"),
        ((0, 0, 0), IndexError, "too many indices"),
        (1.5, IndexError, r"1\.5 is no index: integers, slices, masks, None and \.\.\. are"),
        (mg.tensor([1.5]), IndexError, "a Tensor of dtype float32 is no index"),
        (np.array([0.5]), IndexError, "a Tensor of dtype float64 is no index"),
        (mg.tensor([True, False, True]), IndexError, "boolean index did not match"),
        ("a", IndexError, "only integers, slices"),
    ],
)
def test_what_is_no_index_is_said(index, error, message):
    x = mg.zeros(2, 3)
    with pytest.raises(error, match=message):
        x[index]
    with pytest.raises(error, match=message):
        x[index] = 1.0
    assert x.sum().item() == 0.0


def test_names_the_operation_and_the_shape():
    with pytest.raises(IndexError, match=r"getitem: x of shape \(2,\) with index="):
        mg.zeros(2)[5]
    with pytest.raises(IndexError, match=r"setitem: x of shape \(2,\)"):
        mg.zeros(2)[5] = 1.0


def test_iteration_and_length():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert len(x) == 2
    first, second = x
    (first * second).sum().backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    with pytest.raises(TypeError, match=r"len\(\) of a 0-d Tensor"):
        len(mg.tensor(1.0))
    with pytest.raises(TypeError, match="iteration over a 0-d Tensor"):
        list(mg.tensor(1.0))
