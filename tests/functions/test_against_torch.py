"""Functions and methods with all their arguments: what PyTorch returns, or an error as there."""

import numpy as np
import pytest

import microgradnn as mg

pytestmark = pytest.mark.peers

EXPRESSIONS = """
x.sum()  x.sum(0)  x.sum(1, True)  x.sum(-1)  x.sum((0, 2))  x.sum(dim=(0, -1), keepdim=True)
x.sum([1])  x.sum(dtype=lib.float32)  x.sum(())  x.sum(dim=None)  s.sum(0)  n.sum()  n.sum(1)
b.sum()  x.sum(3)  x.sum((0, 0))  e.sum()  e.sum(0)  e.sum(1)  x.mean()  x.mean(1)
x.mean((0, 1), True)  n.mean()  n.mean(dtype=lib.float64)  s.mean()  x.mean(-4)
lib.mean(x, 2)  x.max()  x.max(0)  x.max(-1, True)  x.max(dim=1)  x.min()  x.min(2)
x.min(dim=0, keepdim=True)  s.max()  s.max(0)  n.max()  n.max(1)  e.max()  e.max(0)  e.max(1)
lib.max(y, w)  lib.min(x, y)  x.amax()  x.amax(0)  x.amax((0, 2), True)  x.amin((1,))
x.argmax()  x.argmax(1)  x.argmax(-1, True)  x.argmin(0)  s.argmax()  n.argmin()  e.argmax()
x.argmax(5)  x.logsumexp(0)  x.logsumexp((0, 1), True)  x.softmax(-1)  x.softmax(0)
x.log_softmax(1)  s.softmax(0)  x.softmax(dim=0, dtype=lib.float32)  x.var()  x.var(0)
x.var((0, 1), keepdim=True)  x.std(1)  x.var(unbiased=False)  x.var(1, correction=0)
x.std((0, 2), correction=2)  y.std()  x.var(False)  lib.std(x, 0)  x.std(correction=0)
x.all()  b.any(0)  b.all(1, True)  n.any()  lib.isnan(x)  lib.equal(x, x)  lib.equal(y, w)
lib.allclose(x, x + 1e-9)  x.reshape(-1)  x.reshape(4, 6)  x.reshape((2, -1, 4))
x.reshape(5, 5)  x.reshape(-1, -1)  x.view(3, 8)  x.view(-1, 2)  x.view(24)  x.flatten()
x.flatten(1)  x.flatten(0, 1)  x.flatten(2, 1)  s.flatten()  x.permute(2, 0, 1)
x.permute((1, 0, 2))  x.permute(0, 1)  x.permute(0, 0, 1)  x.transpose(0, 2)
x.transpose(-1, 1)  x.transpose(0, 3)  m.T  m.mT  x.mT  m.t()  y.t()  x.t()  x.squeeze()
o.squeeze()  o.squeeze(0)  o.squeeze(1)  o.squeeze((0, 2))  o.squeeze(-1)  x.unsqueeze(0)
x.unsqueeze(-1)  x.unsqueeze(2)  x.unsqueeze(5)  s.unsqueeze(0)  y.expand(3, 4)
o.expand(-1, -1, 5)  y.expand(2, -1)  y.expand(3, 5)  o.expand_as(x[:, :, :1] * 0 + 1)
s.expand(2, 2)  lib.broadcast_to(y, (2, 4))  x.flip(0)  x.flip((0, 2))  x.flip(0, 1)
lib.cat([x, x])  lib.cat((x, x * 2), 1)  lib.cat([x, x], dim=-1)  lib.cat([x, y])  lib.cat([])
lib.cat([e2, x[0]])  lib.cat([s, s])  lib.cat([y, n[0].double()])  lib.stack([y, w])
lib.stack([y, w], 1)  lib.stack([y, w], dim=-1)  lib.stack([x, y])  lib.stack([s, s])
x.split(1)  x.split(2, 1)  x.split([1, 3], dim=2)  x.split([1, 1], 2)  x.split(0)  x.chunk(2)
x.chunk(3, 2)  x.chunk(5, -1)  x.chunk(0)  x.unbind()  x.unbind(-1)  lib.where(x > 0, x, y)
lib.where(x > 0, x, 0.0)  lib.where(b, n, 7)  x.where(x > 0, y)  lib.where(b)
x.masked_fill(x > 0, 9.0)  x.masked_fill(n > 0, 1)  y.masked_fill(y > 9, s)
x.clamp(-0.5, 0.5)  x.clamp(min=0)  x.clamp(max=0.2)  x.clamp()  x.clamp(y, y + 1)
x.clip(0, 1)  x.clamp(1, -1)  n.clamp(0, 1)  x.gather(0, i3)  x.gather(2, i3 * 3)
y.gather(0, i)  x.gather(0, i)  y.gather(0, i + 9)  x.index_select(1, i)  y.index_select(0, i)
x.index_select(0, i * 0)  m @ m.mT  x @ y  y @ w  x @ x.mT  m @ y  y @ m  lib.matmul(m, m.mT)
m.mm(m.mT)  m.mv(y[:2])  y.dot(w)  x.bmm(x.mT)  m.mm(y)  s @ s  x @ lib.ones(2, 4, 3)
m.dot(y)  x.matmul(y)  lib.add(x, y)  lib.add(x, y, alpha=3)  lib.sub(x, 2, alpha=0.5)
x.add(1)  lib.mul(2, x)  lib.div(x, y)  x.div(2)  lib.maximum(x, y)  lib.pow(x * x, 1.5)
lib.pow(2, x)  x.pow(3)  (x * x).pow(y)  lib.pow(n, 2)  lib.pow(n, 2.0)  x ** n.abs()
2 ** n.abs()  x.square()  x.reciprocal()  x.abs().sqrt()  lib.relu(x)  x.eq(y)  x.lt(0)
lib.ge(n, 1)  x != x  x.neg()  -n  abs(x)  +x  x.float()  x.double()  x.half()  x.long()
x.int()  x.bool()  x.to(lib.float32)  x.to(dtype=lib.int64)  x.to(y)  x.type_as(n)  n.float()
x.clone()  x.item()  s.item()  o[0, 0, 0].item()  x.tolist()  x.size()  x.size(1)  x.size(5)
x.dim()  x.numel()  len(x)  x.shape[0]  bool(s)  bool(x)  int(s)  x.is_contiguous()
x.mT.is_contiguous()  x.mT.contiguous().is_contiguous()  x.is_floating_point()
x.element_size()  3.5 in x  x.new_zeros(2, 3)  n.new_ones(2)  x.new_tensor([1, 2])
lib.zeros_like(x)  lib.ones_like(n)  lib.full_like(y, 3)  lib.zeros(2, 3)  lib.zeros((2, 3))
lib.ones(2, dtype=lib.int64)  lib.full((2,), 2)  lib.full((2, 2), 2.5)  lib.full((1,), True)
lib.arange(5)  lib.arange(2, 8, 3)  lib.arange(1.0)  lib.arange(0, 1, 0.1)
lib.arange(5, 0, -2)  lib.arange(0, 5, -1)  lib.linspace(0, 1, 5)  lib.linspace(2, -2, 4)
lib.eye(3)  lib.eye(2, 3)  lib.tensor([[1, 2], [3, 4]])  lib.tensor(3)  lib.tensor([])
lib.tensor([1, 2.5])  lib.tensor([[1], [2, 3]])  lib.tensor([True, False])  lib.is_tensor(x)
lib.zeros(0).sum()
""".replace("\n", "  ")
CASES = [part.strip() for part in EXPRESSIONS.split("  ") if part.strip()]


def names(lib):
    """What the expressions are written in: tensors of several ranks and dtypes."""
    rng = np.random.default_rng(0)

    def leaf(*shape):
        return lib.tensor(np.asarray(rng.standard_normal(shape)), requires_grad=True)

    floats = {
        "x": leaf(2, 3, 4), "y": leaf(4), "w": leaf(4), "m": leaf(4, 2), "s": leaf(),
        "o": leaf(1, 3, 1), "e": leaf(0, 3), "e2": leaf(0),
    }  # fmt: skip
    others = {
        "n": lib.tensor(rng.integers(-2, 3, (2, 3))),
        "b": lib.tensor(rng.random((2, 3)) > 0.5),
        "i": lib.tensor([2, 0, 2]),
        "i3": lib.tensor(rng.integers(0, 2, (2, 3, 4))),
    }
    return floats, others


def outcome(lib, expression):
    """The result, or "an error"; and the gradients of a weighted sum of it."""
    floats, others = names(lib)
    try:
        with np.errstate(all="ignore"):
            result = eval(expression, {"lib": lib}, {**floats, **others})
    except (RuntimeError, ValueError, IndexError, TypeError, NotImplementedError):
        return "an error", []
    results = result if isinstance(result, tuple | list) else (result,)
    total = 0.0
    for k, out in enumerate(results):
        if isinstance(out, lib.Tensor) and out.requires_grad:
            weights = np.linspace(1, 2, out.numel()).reshape(tuple(out.shape)) + k
            total = total + (out.double() * lib.tensor(weights)).sum()
    gradients = []
    if getattr(total, "requires_grad", False):
        leaves = list(floats.values())
        found = lib.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True)
        gradients = [g.numpy() for g in found]
    return result, gradients


def assert_equal(ours, theirs):
    if hasattr(theirs, "detach"):
        assert isinstance(ours, mg.Tensor)
        assert tuple(ours.shape) == tuple(theirs.shape)
        assert repr(ours.dtype).split(".")[1] == repr(theirs.dtype).split(".")[1]
        assert ours.requires_grad == theirs.requires_grad
        tolerance = {"float32": 1e-6, "float16": 1e-3}.get(repr(theirs.dtype).split(".")[1], 1e-13)
        np.testing.assert_allclose(
            ours.detach().numpy(), theirs.detach().numpy(), rtol=tolerance, atol=tolerance
        )
    elif isinstance(theirs, tuple | list) and not isinstance(ours, mg.Size):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_equal(a, b)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-13)
    else:
        assert ours == theirs
        assert isinstance(ours, mg.Size) or type(ours) is type(theirs)


@pytest.mark.parametrize("expression", CASES)
def test_expressions(expression):
    import torch

    ours, our_gradients = outcome(mg, expression)
    theirs, their_gradients = outcome(torch, expression)
    assert isinstance(ours, str) == isinstance(theirs, str), (ours, theirs)
    if not isinstance(theirs, str):
        assert_equal(ours, theirs)
    tolerance = 1e-6 if "float32" in expression else 1e-12
    for a, b in zip(our_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_max_and_min_name_their_results():
    x = mg.tensor([[1.0, 5.0], [7.0, 2.0]])
    assert x.max(1).values.tolist() == [5.0, 7.0]
    assert x.max(1).indices.tolist() == [1, 0]
    assert x.min(0).indices.tolist() == [0, 1]
