"""Every primitive, forward and backward, compiled: the bits of the eager engine."""

import functools

import numpy as np
import pytest

import microgradnn as mg
import microgradnn.nn.functional
from microgradnn import rules
from microgradnn._primitive import table
from microgradnn.compiler import Compiled, Options

rules.load_late()
PRIMITIVES = list(table)


def tensors_of(sample, prim):
    out = []
    for k, x in enumerate(sample.inputs):
        if x is None:
            out.append(None)
            continue
        t = mg.tensor(np.asarray(x))
        name = prim.inputs[min(k, len(prim.inputs) - 1)]
        if t.dtype.is_floating_point and name in prim.rules:
            t.requires_grad = True
        out.append(t)
    return out


def run(f, inputs, seeds):
    """Results and gradients."""
    for t in inputs:
        if t is not None:
            t.grad = None
    results = f()
    results = results if isinstance(results, tuple) else (results,)
    total = None
    for k, r in enumerate(results):
        if r.requires_grad:
            if k not in seeds:
                generator = np.random.default_rng(k)
                seeds[k] = mg.tensor(generator.uniform(0.5, 1.5, r.shape))
            part = (r * seeds[k]).sum()
            total = part if total is None else total + part
    if total is not None:
        total.backward()
    grads = [None if t is None else t.grad for t in inputs]
    return [r.detach() for r in results], grads


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.filterwarnings("ignore")
def test_eager_and_compiled_are_equal(name):
    prim = table[name]
    for sample in prim.samples():
        params = [sample.params.get(p, default) for p, default in prim.params]
        inputs = tensors_of(sample, prim)
        eager = functools.partial(prim.apply, *inputs, *params)
        f = Compiled(eager, Options(reorder=False))
        seeds = {}
        expected, slopes = run(eager, inputs, seeds)
        for k in range(4):
            found, grads = run(f, inputs, seeds)
            for a, b in zip([*expected, *slopes], [*found, *grads], strict=True):
                if a is None:
                    assert b is None
                    continue
                a, b = a.numpy(), b.numpy()
                assert (a.shape, a.dtype) == (b.shape, b.dtype), (sample, k)
                assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), (sample, k, a, b)
        assert f.traces == 2
