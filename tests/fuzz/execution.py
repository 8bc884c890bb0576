"""Run a program, statement by statement, on either library."""

import warnings

import numpy as np


def run(lib, program, arrays):
    """What each statement makes, then the gradients; or the error and the statement that raised."""
    scope = {"lib": lib}
    for k, array in enumerate(arrays):
        leaf = lib.tensor(array)
        scope[f"x{k}"] = leaf.requires_grad_() if array.dtype == np.float64 else leaf
    leaves = [scope[f"x{k}"] for k, array in enumerate(arrays) if array.dtype == np.float64]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        statement = ""
        try:
            for statement in program.statements:
                exec(statement, scope)
            results = {k: x for k, x in scope.items() if k[0] == "x"}
            values = {k: described(x) for k, x in results.items()}
            statement = "lib.autograd.grad(loss, leaves)"
            grads = lib.autograd.grad(loss(lib, results), leaves, allow_unused=True)
        except Exception as error:
            return statement, error
    return values | {f"gradient {k}": described(g) for k, g in enumerate(grads)}


def described(x):
    """Data type and a copy of the numbers."""
    return ("None", np.zeros(0)) if x is None else (str(x.dtype), x.numpy(force=True).copy())


def loss(lib, results):
    """All results that have gradients, randomly weighted."""
    rng = np.random.default_rng(0)
    terms = []
    for x in results.values():
        weights = np.asarray(rng.uniform(0.5, 1.5, tuple(x.shape)))
        if x.requires_grad:
            terms.append((x * lib.tensor(weights)).sum())
    return sum(terms)
