"""1,000 random graphs of Values and 1,000 of Tensors: values, first and second derivatives.

The seeds are fixed, so that a failure is a change of ours and not bad luck; a failure prints its
seed and its program.
"""

import random

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.testing import gradcheck, gradgradcheck
from tests.autograd.expression_graphs import scalar_program, tensor_program

CHUNK = 100
CHUNKS = range(0, 1000, CHUNK)
LARGEST = 1e6


def derivatives(lib, grad, program, leaves, directions):
    """The result, its gradients, and the gradients of a weighted sum of those."""
    y = program.run(lib, *leaves)
    options = {"allow_unused": True, "materialize_grads": True}
    first = grad(y, leaves, create_graph=True, **options)
    along = None
    for g, direction in zip(first, directions, strict=True):
        term = (g * direction).sum() if hasattr(g, "sum") else g * direction
        along = term if along is None else along + term
    if not getattr(along, "requires_grad", True) or isinstance(along, float):
        return y, first, None
    return y, first, grad(along, leaves, **options)


def numbers(result):
    """All numbers of a result as one flat array."""
    y, first, second = result
    parts = [y, *first, *(second or [0.0 * g for g in first])]
    return np.concatenate([np.ravel(number(x)) for x in parts])


def number(x):
    if isinstance(x, Value):
        return x.data
    return x.numpy(force=True) if hasattr(x, "detach") else x


def assert_agree(make, ours_of):
    import torch

    compared = 0
    for seed in make["seeds"]:
        program = make["program"](random.Random(seed))
        rng = np.random.default_rng(seed)
        directions = [rng.standard_normal(x.shape) for x in program.leaves]
        theirs = numbers(
            derivatives(
                torch,
                torch.autograd.grad,
                program,
                [torch.tensor(x, requires_grad=True) for x in program.leaves],
                [torch.tensor(d) for d in directions],
            )
        )
        if np.abs(theirs).max() > LARGEST:
            continue
        ours = numbers(ours_of(program, directions))
        compared += 1
        wrong = ~np.isclose(ours, theirs, rtol=1e-9, atol=1e-9)
        assert not wrong.any(), (
            f"seed {seed}: {ours[wrong]} is not PyTorch's {theirs[wrong]} in\n{program}"
        )
    assert compared >= 0.97 * len(make["seeds"])


@pytest.mark.peers
@pytest.mark.parametrize("first", CHUNKS)
def test_values_agree_with_pytorch(first):
    def ours(program, directions):
        leaves = [Value(x) for x in program.leaves]
        return derivatives(mg, mg.autograd.grad, program, leaves, [float(d) for d in directions])

    assert_agree({"program": scalar_program, "seeds": range(first, first + CHUNK)}, ours)


@pytest.mark.peers
@pytest.mark.parametrize("first", CHUNKS)
def test_tensors_agree_with_pytorch(first):
    def ours(program, directions):
        leaves = [mg.tensor(x, requires_grad=True) for x in program.leaves]
        weights = [mg.tensor(d) for d in directions]
        return derivatives(mg, mg.autograd.grad, program, leaves, weights)

    assert_agree({"program": tensor_program, "seeds": range(first, first + CHUNK)}, ours)


def run_alone(program):
    return lambda *leaves: program.run(mg, *leaves)


@pytest.mark.parametrize("seed", range(60))
def test_values_agree_with_differences(seed):
    program = scalar_program(random.Random(seed))
    leaves = used_leaves(program, [Value(x) for x in program.leaves])
    assert gradcheck(run_alone(program), leaves), str(program)
    assert gradgradcheck(run_alone(program), leaves), str(program)


@pytest.mark.parametrize("seed", range(40))
def test_tensors_agree_with_differences(seed):
    program = tensor_program(random.Random(seed))
    leaves = [mg.tensor(x, requires_grad=True) for x in program.leaves]
    leaves = used_leaves(program, leaves)
    assert gradcheck(run_alone(program), leaves), str(program)
    assert gradgradcheck(run_alone(program), leaves), str(program)


def used_leaves(program, leaves):
    """The leaves, with those that the program does not use made constants."""
    used = mg.autograd.grad(program.run(mg, *leaves), leaves, allow_unused=True)
    return [
        x if g is not None else (x.data if isinstance(x, Value) else x.detach())
        for x, g in zip(leaves, used, strict=True)
    ]


@pytest.mark.parametrize("program", [scalar_program, tensor_program])
def test_programs_are_repeatable_and_differ(program):
    once = [str(program(random.Random(seed))) for seed in range(50)]
    assert once == [str(program(random.Random(seed))) for seed in range(50)]
    assert len(set(once)) == 50
