"""Optimizers with their options, and steps by gradients that both libraries are given."""

import numpy as np
import pytest

import microgradnn as mg

COMMON = [{}, {"maximize": True}, {"weight_decay": 0.05}]
OPTIONS = {
    "Adam": [
        *COMMON, {"amsgrad": True}, {"betas": (0.5, 0.7), "eps": 1e-3},
        {"weight_decay": 0.05, "decoupled_weight_decay": True},
        {"amsgrad": True, "weight_decay": 0.05, "maximize": True},
    ],
    "AdamW": [*COMMON, {"amsgrad": True}, {"weight_decay": 0}],
    "Adagrad": [*COMMON, {"lr_decay": 0.1}, {"initial_accumulator_value": 0.5, "eps": 1e-2}],
    "Adadelta": [*COMMON, {"rho": 0.5, "eps": 1e-3}, {"rho": 1.0}],
    "Adamax": [*COMMON, {"betas": (0.5, 0.7), "eps": 1e-3}],
    "NAdam": [
        *COMMON, {"momentum_decay": 0.1}, {"betas": (0.5, 0.7), "eps": 1e-3},
        {"weight_decay": 0.05, "decoupled_weight_decay": True},
    ],
    "RAdam": [
        *COMMON, {"betas": (0.5, 0.7), "eps": 1e-3},
        {"weight_decay": 0.05, "decoupled_weight_decay": True},
    ],
    "RMSprop": [
        *COMMON, {"momentum": 0.9}, {"centered": True}, {"alpha": 0.7, "eps": 1e-3},
        {"momentum": 0.5, "centered": True, "weight_decay": 0.05, "maximize": True},
    ],
    "Rprop": [{}, {"maximize": True}, {"etas": (0.3, 1.7)}, {"step_sizes": (1e-3, 0.02)}],
    "ASGD": [
        *COMMON, {"t0": 10.0}, {"lambd": 0.01, "alpha": 0.5, "t0": 5.0, "weight_decay": 0.05},
    ],
}  # fmt: skip
CASES = [(name, options) for name, several in OPTIONS.items() for options in several]
NAMES = [f"{name}-{'-'.join(options) or 'plain'}" for name, options in CASES]
every_case = pytest.mark.parametrize(("name", "options"), CASES, ids=NAMES)
every_optimizer = pytest.mark.parametrize("name", OPTIONS)

LR = 0.02


SHAPES = ((4, 3), (4,), (2, 4), (), (3,))


def start(m, dtype="float64"):
    """Parameters, the last of which never gets a gradient."""
    rng = np.random.default_rng(8)
    return [m.tensor(rng.normal(size=s).astype(dtype)).requires_grad_() for s in SHAPES]


def step(m, optimizer, params, k):
    """One step, with gradients that depend on its number and a little on where we are.

    So that differences in rounding do not grow, as they do where a network is trained.
    """
    rng = np.random.default_rng(k)
    optimizer.zero_grad()
    for p in params[:-1]:
        g = rng.normal(size=tuple(p.shape)) + 0.1 * p.detach().numpy()
        p.grad = m.tensor(np.asarray(g, p.detach().numpy().dtype))
    optimizer.step()


def flat(params):
    return np.concatenate([p.detach().numpy().ravel() for p in params])


def from_torch(item):
    """A state_dict of PyTorch's with our Tensors in it."""
    if hasattr(item, "numpy"):
        return mg.tensor(item.numpy())
    if isinstance(item, dict):
        return {key: from_torch(one) for key, one in item.items()}
    return type(item)(map(from_torch, item)) if isinstance(item, list | tuple) else item
