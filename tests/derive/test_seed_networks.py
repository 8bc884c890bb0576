"""Each seed network, trained by its derivation's code and by the engine: the same weights."""

import ast

import numpy as np
import pytest
from seednet.catalogue import networks

import microgradnn as mg
from tests.derive.seed_cases import CASES


def number_of(weight):
    return weight.data if isinstance(weight, mg.Value) else weight.numpy(force=True).copy()


def engine_step(case, given, velocities):
    loss = case.loss(**given)
    grads = mg.autograd.grad(loss, list(case.weights.values()))
    with mg.no_grad():
        for (name, weight), g in zip(case.weights.items(), grads, strict=True):
            v = velocities[name] = case.momentum * velocities[name] + g
            if isinstance(weight, mg.Value):
                weight.data -= case.rate * float(v)
            else:
                weight.sub_(case.rate * v)
    return loss


def as_operands(case, given):
    """What a batch is to the engine: Tensors, or labelled Values."""
    if isinstance(next(iter(case.weights.values())), mg.Value):
        return {k: mg.Value(x, label=k) for k, x in given.items()}
    return {k: mg.tensor(x) if isinstance(x, np.ndarray) else x for k, x in given.items()}


def derivation_of(case):
    given = as_operands(case, case.batches(0))
    with mg.record():
        loss = case.loss(**given)
    things = {k: x for k, x in given.items() if not isinstance(x, int)}
    wanted = list(case.weights.values())
    return mg.derive(loss, wanted, names={**case.weights, **things})


def identifiers(derivation, case):
    """What the code calls each weight."""
    nodes = {w if isinstance(w, mg.Value) else w._node: n for n, w in case.weights.items()}
    arguments = derivation._system.arguments
    return {nodes[v.node]: v.name for v in arguments if v.node in nodes}


@pytest.mark.parametrize("name", CASES)
def test_its_code_trains_it_to_the_engines_weights(name):
    case = CASES[name]()
    derivation = derivation_of(case)
    assert derivation.agrees
    called = identifiers(derivation, case)
    gradients = derivation.function()
    weights = {called[n]: number_of(w) for n, w in case.weights.items()}
    velocities = dict.fromkeys(weights, 0.0)
    engine_velocities = dict.fromkeys(case.weights, 0.0)
    for step in range(case.steps):
        given = case.batches(step)
        engine_step(case, as_operands(case, given), engine_velocities)
        batch = {n: x for n, x in given.items() if n in derivation.arguments}
        assert batch.keys() | weights.keys() == derivation.arguments.keys()
        _, found = gradients(**batch, **weights)
        for n, g in found.items():
            velocities[n] = case.momentum * velocities[n] + g
            weights[n] = weights[n] - case.rate * velocities[n]
    for n, weight in case.weights.items():
        engine, own = np.asarray(number_of(weight)), np.asarray(weights[called[n]])
        assert own.shape == engine.shape
        scale = np.abs(engine).max()
        assert np.abs(own - engine).max() <= 1e-10 * scale, n
        if name not in ("S2b", "S3b"):
            assert np.isfinite(scale)


@pytest.mark.parametrize("name", CASES)
def test_its_code_is_plain_numpy(name):
    code = derivation_of(CASES[name]()).numpy_code()
    imports = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert {a.name for n in imports for a in n.names} <= {"numpy", "math"}
    assert "microgradnn" not in code


def test_no_seed_network_is_left_out():
    assert {network.id for network in networks()} == set(CASES)
