"""Distances and similarities: by hand, their derivatives, PyTorch's numbers."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck
from tests.nn.peer import draw, same_twice


def test_by_hand():
    x, y = mg.tensor([[0.0, 0.0], [1.0, 1.0]]), mg.tensor([[3.0, 4.0], [1.0, 1.0]])
    assert mg.pairwise_distance(x, y, eps=0.0).tolist() == [5, 0]
    assert mg.pairwise_distance(x, y).tolist() == pytest.approx([5, 1e-6 * math.sqrt(2)])
    assert mg.pairwise_distance(x[0], y, p=math.inf, eps=0.0).tolist() == [4, 1]
    assert mg.cosine_similarity(y, mg.tensor([[3.0, 0.0]])).tolist() == pytest.approx(
        [0.6, math.sqrt(0.5)]
    )
    assert mg.pdist(mg.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]), 1).tolist() == [7, 1, 6]
    assert mg.pdist(mg.zeros(1, 3)).shape == (0,)
    assert mg.pdist(mg.zeros(3, 0)).tolist() == [0, 0, 0]


def test_derivatives():
    x, y = (mg.tensor(draw(4, 3, seed=k), requires_grad=True) for k in (1, 2))
    gradcheck(lambda x, y: mg.pairwise_distance(x, y, 3.0), [x, y])
    gradcheck(lambda x, y: mg.cosine_similarity(x, y, 0), [x, y])
    gradcheck(mg.pdist, [x])


def test_vectors_without_length_have_derivatives():
    x = mg.zeros(1, 3, requires_grad=True)
    mg.cosine_similarity(x, mg.ones(1, 3)).sum().backward()
    assert np.isfinite(x.grad.numpy()).all()
    pair = mg.ones(2, 3, requires_grad=True)
    mg.pdist(pair).sum().backward()
    assert not pair.grad.any()


def test_what_does_not_fit():
    with pytest.raises(RuntimeError, match=r"takes a matrix, got a Tensor of shape \(3,\)"):
        mg.pdist(mg.zeros(3))
    with pytest.raises(RuntimeError, match="p must not be negative, got -1"):
        mg.pdist(mg.zeros(2, 3), -1)
    with pytest.raises(RuntimeError, match=r"takes floating point numbers, got microgradnn\.int64"):
        mg.pdist(mg.ones(2, 3, dtype=mg.int64))
    with pytest.raises(
        RuntimeError, match=r"expected common dtype to be floating point.* is int64"
    ):
        mg.cosine_similarity(mg.tensor([[1]]), mg.tensor([[1]]))
    with pytest.raises(IndexError):
        mg.cosine_similarity(mg.ones(3), mg.ones(3))


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0, math.inf])
def test_peer_distances(torch, p):
    x, y = draw(4, 3), draw(4, 3, seed=1)
    same_twice(torch, lambda m, x, y: m.pairwise_distance(x, y, p), x, y)
    same_twice(torch, lambda m, x, y: m.pairwise_distance(x, y, p, 0.1, True), x[0], y)
    ours, theirs = (m.pdist(m.tensor(x), p).numpy() for m in (mg, torch))
    np.testing.assert_allclose(ours, theirs, rtol=1e-13)


@pytest.mark.peers
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_peer_cosine(torch, dim):
    for a, b in (((2, 3), (2, 3)), ((4, 1, 3), (2, 3)), ((2, 3), (1,))):
        same_twice(
            torch, lambda m, x, y: m.cosine_similarity(x, y, dim), draw(*a), draw(*b, seed=1)
        )
    same_twice(
        torch, lambda m, x, y: m.cosine_similarity(x, y, dim, 3.0), draw(2, 3), draw(2, 3, seed=1)
    )


@pytest.mark.peers
def test_peer_bilinear(torch):
    for before in ((), (5,), (2, 5)):
        same_twice(
            torch, lambda m, *x: m.bilinear(*x),
            draw(*before, 3), draw(*before, 4, seed=1), draw(2, 3, 4, seed=2), draw(2, seed=3),
        )  # fmt: skip
