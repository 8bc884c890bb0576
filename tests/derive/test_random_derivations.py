"""500 random graphs: every printed factor, and the generated code, against the engine.

A failure prints its seed and its program.
"""

import random
import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.derive.rows import all_agree
from tests.autograd.expression_graphs import scalar_program, tensor_program

CHUNK = 25


def gradients_by_engine(root, leaves):
    return mg.autograd.grad(root, leaves, retain_graph=True, allow_unused=True)


def assert_code_agrees(derivation, root, leaves, names, style, message):
    value, found = derivation.function(style)(**derivation.arguments)
    expected = root.data if isinstance(root, Value) else root.numpy(force=True)
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=message)
    engine = gradients_by_engine(root, leaves)
    for name, leaf, g in zip(names, leaves, engine, strict=True):
        if g is None or (isinstance(leaf, Value) and name not in found):
            continue
        number = g if isinstance(g, float | int) else g.numpy()
        scale = max(np.abs(number).max(initial=0.0), np.abs(np.asarray(expected)).max(initial=0.0))
        np.testing.assert_allclose(
            found[name], number, rtol=1e-8, atol=1e-9 * (1 + scale), err_msg=f"{name} {message}"
        )
        assert np.shape(found[name]) == np.shape(number), f"{name} {message}"


@pytest.mark.parametrize("first", range(0, 250, CHUNK))
def test_derivations_of_values(first):
    for seed in range(first, first + CHUNK):
        program = scalar_program(random.Random(seed))
        names = [f"x{k}" for k in range(len(program.leaves))]
        leaves = [Value(float(x), label=n) for x, n in zip(program.leaves, names, strict=True)]
        root = program.run(mg, *leaves)
        if not root.inputs:
            continue
        message = f"seed {seed}\n{program}"
        derivation = mg.derive(root)
        assert all_agree(derivation._system), message
        assert "DIFFERS" not in derivation.text(), message
        for style in ("adjoints", "factors"):
            assert_code_agrees(derivation, root, leaves, names, style, message)


@pytest.mark.parametrize("first", range(0, 250, CHUNK))
def test_derivations_of_tensors(first):
    for seed in range(first, first + CHUNK):
        program = tensor_program(random.Random(seed))
        names = [f"x{k}" for k in range(len(program.leaves))]
        leaves = [mg.tensor(x, requires_grad=True) for x in program.leaves]
        with mg.record():
            root = program.run(mg, *leaves)
        message = f"seed {seed}\n{program}"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            derivation = mg.derive(root, names=dict(zip(names, leaves, strict=True)))
            assert all_agree(derivation._system), message
            assert "DIFFERS" not in derivation.text(), message
            assert_code_agrees(derivation, root, leaves, names, "adjoints", message)
