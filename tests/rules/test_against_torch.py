"""Every primitive equals PyTorch's: values, dtypes, first and second derivatives."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._primitive import table
from tests.rules.cases import CASES, DIFFERENTIABLE, cotangents

pytestmark = pytest.mark.peers

HAVE_PEER = [case for case in CASES if case.prim.torch]


# PyTorch's polygamma keeps nine digits, and with it the derivatives of digamma and lgamma.
COARSE = {"polygamma", "digamma", "lgamma"}


def in_torch(case, dtype=None, requires_grad=True):
    """The same sample in PyTorch: its inputs and its outputs."""
    import torch

    inputs = []
    for k, x in enumerate(case.inputs):
        if x is None:
            inputs.append(None)
            continue
        t = torch.from_numpy(np.array(x, dtype if x.dtype.kind == "f" else None))
        inputs.append(t.requires_grad_(requires_grad and k in case.wrt))
    names = dict(case.all_params)
    *fixed, last = case.prim.inputs
    names.update(zip(fixed, inputs, strict=False))
    names[last] = inputs[len(fixed) :] if case.prim.variadic else inputs[-1]
    result = eval(case.prim.torch, {"torch": torch}, names)
    return inputs, tuple(result) if isinstance(result, tuple | list) else (result,)


def dtype_name(dtype):
    return repr(dtype).split(".")[1]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", HAVE_PEER, ids=str)
def test_values_and_dtypes(case, dtype):
    arrays = [x if x is None or x.dtype.kind != "f" else x.astype(dtype) for x in case.inputs]
    outputs = case.run(*case.tensors(arrays=arrays))
    _, wanted = in_torch(case, dtype)
    assert len(outputs) == len(wanted)
    tolerance = 1e-13 if dtype is np.float64 else 3e-6
    if case.prim.name == "polygamma":
        tolerance = max(tolerance, 3e-9)
    for out, want in zip(outputs, wanted, strict=True):
        assert dtype_name(out.dtype) == dtype_name(want.dtype)
        assert tuple(out.shape) == tuple(want.shape)
        np.testing.assert_allclose(
            out.detach().numpy(), want.detach().numpy(), rtol=tolerance, atol=tolerance
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", [c for c in DIFFERENTIABLE if c.prim.torch], ids=str)
def test_first_and_second_derivatives(case, dtype):
    import torch

    tolerance = 1e-11 if dtype is np.float64 else 2e-4
    if case.prim.name in COARSE:
        tolerance = max(tolerance, 3e-9)
    ours = case.tensors(dtype)
    theirs, their_outputs = in_torch(case, dtype)
    our_outputs = [out for out in case.run(*ours) if out.requires_grad]
    their_outputs = [out for out in their_outputs if out.requires_grad]
    weights = [w.numpy() for w in cotangents(our_outputs)]
    x, u = [ours[k] for k in case.wrt], [theirs[k] for k in case.wrt]

    def leaf(w):
        return mg.tensor(w, requires_grad=True), torch.tensor(w, requires_grad=True)

    g, h = zip(*map(leaf, weights), strict=True)
    first = mg.autograd.grad(our_outputs, x, list(g), create_graph=True)
    peers = torch.autograd.grad(their_outputs, u, list(h), create_graph=True)
    for a, b in zip(first, peers, strict=True):
        assert dtype_name(a.dtype) == dtype_name(b.dtype)
        np.testing.assert_allclose(
            a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance
        )
    again = [w.numpy() for w in cotangents(list(first), seed=1)]
    options = {"allow_unused": True, "materialize_grads": True}
    second = mg.autograd.grad(list(first), [*x, *g], [mg.tensor(w) for w in again], **options)
    recorded = [k for k, b in enumerate(peers) if b.requires_grad]  # not the gradient of sign
    seconds = torch.autograd.grad(
        [peers[k] for k in recorded],
        [*u, *h],
        [torch.from_numpy(again[k]) for k in recorded],
        **options,
    )
    for a, b in zip(second, seconds, strict=True):
        np.testing.assert_allclose(
            a.numpy(), b.numpy(force=True), rtol=10 * tolerance, atol=10 * tolerance
        )


def test_which_primitives_have_no_peer():
    # Indexing is compared through its operators (test_indexing), the neuron's sum is a sum. The
    # signs of singular vectors and eigenvectors are anyone's choice: the operator database compares
    # what does not depend on them. PyTorch numbers a maximum in its plane, not in its window: the
    # functions are compared in tests/nn/functional/test_max_pooling.py. Recurrent layers are
    # compared as modules, which do not show their gates.
    assert {p.name for p in table.values() if not p.torch} == {
        "max_pool", "max_pool_pick", "max_pool_spread",
        "getitem", "put", "setitem", "affine", "delay", "recurrence", "svd", "eigh",
        "rnn", "lstm", "gru", "ctc",
    }  # fmt: skip
