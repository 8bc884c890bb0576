"""What holds for every primitive on every kind of array: dtypes, layouts, no input changed."""

import numpy as np
import pytest

from tests.rules.cases import CASES, DIFFERENTIABLE, gradients


@pytest.mark.parametrize("case", CASES, ids=str)
def test_float32_stays_float32(case):
    inputs = [x if x is None or x.dtype.kind != "f" else x.astype(np.float32) for x in case.inputs]
    outputs = case.run(*case.tensors(arrays=inputs))
    wanted = case.run(*case.tensors())
    for out, want in zip(outputs, wanted, strict=True):
        if want.dtype.is_floating_point:
            expected = np.float64 if case.prim.name == "cast" else np.float32
            assert out.dtype.numpy == expected
            np.testing.assert_allclose(
                out.detach().numpy(), want.detach().numpy(), rtol=3e-5, atol=3e-6
            )
        else:
            assert out.dtype is want.dtype


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_gradients_have_the_shape_and_dtype_of_their_input(case, dtype):
    for create_graph in (False, True):
        tensors = case.tensors(dtype)
        _, found = gradients(case, tensors, create_graph)
        for k, g in zip(case.wrt, found, strict=True):
            assert g.shape == tensors[k].shape
            assert g.dtype is tensors[k].dtype
            assert g.numpy(force=True).dtype == dtype


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_float32_gradients_are_those_of_float64(case):
    _, single = gradients(case, case.tensors(np.float32))
    _, double = gradients(case, case.tensors())
    for a, b in zip(single, double, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=3e-4, atol=3e-4)


def strange(x, k):
    """The same numbers, reversed in memory, with gaps, not to be written to."""
    if x is None:
        return None
    memory = np.zeros((*(2 * n for n in x.shape[::-1]),), x.dtype)
    steps = slice(None, None, -2) if k % 2 else slice(1, None, 2)
    view = memory.T[(*[steps] * x.ndim, ...)]
    view[...] = x
    view.flags.writeable = False
    return view


@pytest.mark.parametrize("case", CASES, ids=str)
def test_any_layout_of_memory_will_do_and_none_is_written_to(case):
    usual = case.tensors()
    arrays = [strange(x, k) for k, x in enumerate(case.inputs)]
    unusual = case.tensors(arrays=arrays)
    outputs, wanted = case.run(*unusual), case.run(*usual)
    for out, want in zip(outputs, wanted, strict=True):
        np.testing.assert_allclose(
            out.detach().numpy(), want.detach().numpy(), rtol=1e-13, atol=1e-14
        )
    if case.wrt:
        for graph in (False, True):
            _, found = gradients(case, case.tensors(arrays=arrays), graph)
            for a, b in zip(found, gradients(case, usual)[1], strict=True):
                np.testing.assert_allclose(a.detach().numpy(), b.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_inputs_are_never_changed(case):
    before = [None if x is None else x.copy() for x in case.inputs]
    arrays = [None if x is None else x.copy() for x in case.inputs]
    tensors = case.tensors(arrays=arrays)
    case.run(*tensors)
    if case.wrt:
        for create_graph in (False, True):
            gradients(case, tensors, create_graph)
    for x, y in zip(arrays, before, strict=True):
        assert x is None or np.array_equal(x, y)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_no_gradient_shares_its_memory(case):
    tensors = case.tensors()
    _, found = gradients(case, tensors)
    others = [x for x in case.inputs if x is not None]
    for k, g in enumerate(found):
        for other in [*others, *(h.numpy() for h in found[:k])]:
            assert not np.shares_memory(g.numpy(), other)
        assert g.numpy().flags.writeable
