"""PyTorch's own operator database, run on microgradnn.

PyTorch carries a record of sample inputs for each of its operators. Here every float64 sample of an
operator is given to PyTorch and to the function of the same name, and values, dtypes, shapes, first
and second gradients are compared.

    python -m tests.opdb.runner            # all operators that microgradnn has: a line each
    python -m tests.opdb.runner sum cat    # these, with the first differences in full
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import microgradnn as mg

RTOL, ATOL = 1e-7, 1e-9


def seeded(name: str) -> Any:
    """A function of nn.functional that draws numbers, begun where the database begins."""

    def run(*args: Any, **kwargs: Any) -> Any:
        mg.manual_seed(42)
        return getattr(mg.nn.functional, name)(*args, **kwargs)

    return run


ADAPTED: dict[str, Any] = {
    "einsum": lambda operands, equation: mg.einsum(equation, operands),
    "linalg.lstsq (grad_oriented)": lambda a, b, driver: mg.linalg.lstsq(a, b, driver=driver)[:2],
    "linalg.pinv (singular)": lambda a, b: mg.linalg.pinv(a @ b.mT),
    "nn.functional.alpha_dropout": seeded("alpha_dropout"),
    "nn.functional.dropout": seeded("dropout"),
    "nn.functional.dropout2d": seeded("dropout2d"),
    "nn.functional.dropout3d": seeded("dropout3d"),
    "nn.functional.embedding": lambda w, x, **kw: mg.nn.functional.embedding(x, w, **kw),
    "nn.functional.embedding_bag": lambda w, x, **kw: mg.nn.functional.embedding_bag(x, w, **kw),
    "nn.functional.feature_alpha_dropout": seeded("feature_alpha_dropout"),
    "nn.functional.fractional_max_pool2d": seeded("fractional_max_pool2d"),
    "nn.functional.fractional_max_pool3d": seeded("fractional_max_pool3d"),
    "nn.functional.triplet_margin_with_distance_loss": (
        lambda *x, distance_function, **options: mg.nn.functional.triplet_margin_with_distance_loss(
            *x, distance_function=mg.nn.PairwiseDistance(), **options
        )
    ),
    "polygamma": lambda x, n: mg.polygamma(n, x),
    "special.polygamma": lambda x, n: mg.special.polygamma(n, x),
    "where": lambda x, condition, other: mg.where(condition, x, other),
    "zero_": lambda x: mg.zero_(x.clone()),
}
"""Operators whose entry in the database is not the function of its name."""

UNINITIALISED = {
    "empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided",
}  # fmt: skip
"""Operators of whose results only shape and dtype are given."""


class DifferenceError(AssertionError):
    """What microgradnn computed is not what PyTorch computed."""


@dataclass
class Outcome:
    """How the samples of one operator fared."""

    name: str
    total: int = 0
    passed: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.passed / self.total if self.total else 1.0


def find(name: str) -> Any:
    """Our function of an operator's name: a path in the namespace, else a method of Tensor."""
    if name in ADAPTED:
        return ADAPTED[name]
    target: Any = mg
    for part in name.split("."):
        target = getattr(target, part, None)
        if target is None:
            break
    if callable(target) and not isinstance(target, type | mg.dtype):
        return target
    method = getattr(mg.Tensor, name, None)
    if isinstance(method, property):
        return method.fget
    return method


def ours(x: Any, memo: dict[int, Any]) -> Any:
    """A sample's argument for microgradnn: Tensors for Tensors, dtypes for dtypes."""
    import torch

    if isinstance(x, torch.Tensor):
        if id(x) not in memo:
            t = mg.tensor(x.detach().resolve_conj().numpy().copy())
            if x.requires_grad:
                t.requires_grad = True
            memo[id(x)] = t
        return memo[id(x)]
    if isinstance(x, torch.dtype):
        return getattr(mg, str(x).removeprefix("torch.").replace("bool", "bool_"))
    if isinstance(x, torch.Size):
        return tuple(x)
    if isinstance(x, torch.device):
        return str(x)
    if isinstance(x, torch.layout | torch.memory_format):
        return x
    if isinstance(x, list | tuple) and type(x) in (list, tuple):
        return type(x)(ours(item, memo) for item in x)
    if isinstance(x, dict):
        return {k: ours(v, memo) for k, v in x.items()}
    return x


def leaves(result: Any) -> list[Any]:
    """All results, in order, however nested."""
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


def compare(mine: Any, theirs: Any, what: str, values: bool = True) -> None:
    """Raise `DifferenceError` unless two results are equal in kind, shape, dtype and value."""
    import torch

    if theirs is None or mine is None:
        if mine is not None and np.any(np.abs(mine.numpy(force=True)) > ATOL):
            raise DifferenceError(f"{what}: PyTorch has none")
        if theirs is not None and torch.any(theirs.abs() > ATOL):
            raise DifferenceError(f"{what}: microgradnn has none")
        return
    if not isinstance(theirs, torch.Tensor):
        a, b = np.asarray(mine), np.asarray(theirs)
    else:
        if not isinstance(mine, mg.Tensor):
            raise DifferenceError(f"{what}: a {type(mine).__name__}, not a Tensor")
        a, b = mine.numpy(force=True), theirs.detach().resolve_conj().numpy(force=True)
        if a.dtype != b.dtype:
            raise DifferenceError(f"{what}: dtype {a.dtype}, in PyTorch {b.dtype}")
    if a.shape != b.shape:
        raise DifferenceError(f"{what}: shape {a.shape}, in PyTorch {b.shape}")
    # Some samples have a float32 beside their float64: PyTorch's own tolerance for that.
    rtol, atol = (1.3e-6, 1e-5) if b.dtype == np.float32 else (RTOL, ATOL)
    if values and not np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True):
        raise DifferenceError(f"{what}:\n{a}\nin PyTorch\n{b}")


def run_sample(op: Any, f: Any, sample: Any) -> None:
    """Compare one sample; raises what goes wrong."""
    import torch

    memo: dict[int, Any] = {}
    args = ours((sample.input, *sample.args), memo)
    kwargs = ours(dict(sample.kwargs), memo)
    expected = sample.output_process_fn_grad(op(sample.input, *sample.args, **sample.kwargs))
    found = sample.output_process_fn_grad(f(*args, **kwargs))
    theirs, mine = leaves(expected), leaves(found)
    if len(theirs) != len(mine):
        raise DifferenceError(f"{len(mine)} results, in PyTorch {len(theirs)}")
    for k, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        compare(a, b, f"result {k}", op.name not in UNINITIALISED)
    if not op.supports_autograd:
        return

    pairs = [
        (a, b)
        for a, b in zip(mine, theirs, strict=True)
        if isinstance(b, torch.Tensor) and b.requires_grad
    ]
    inputs = [
        t for t in leaves([sample.input, *sample.args, *sample.kwargs.values()])
        if isinstance(t, torch.Tensor) and t.requires_grad
    ]  # fmt: skip
    if not pairs or not inputs:
        return
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(tuple(b.shape)) for _, b in pairs]
    my_inputs = [memo[id(t)] for t in inputs]
    gradients = [
        _gradients(mg, [a for a, _ in pairs], my_inputs, [mg.tensor(w) for w in weights]),
        _gradients(torch, [b for _, b in pairs], inputs, [torch.tensor(w) for w in weights]),
    ]
    for k, (a, b) in enumerate(zip(*gradients, strict=True)):
        compare(a, b, f"gradient by input {k}")
    if not op.supports_gradgrad:
        return
    try:
        their_second = _second(torch, gradients[1], inputs, rng_seed=1)
    except RuntimeError as error:  # the database has not noticed
        if "is not implemented" in str(error):
            return
        raise
    seconds = [_second(mg, gradients[0], my_inputs, rng_seed=1), their_second]
    for k, (a, b) in enumerate(zip(*seconds, strict=True)):
        compare(a, b, f"second gradient by input {k}")


def _gradients(library: Any, outputs: Any, inputs: Any, weights: Any) -> Any:
    return library.autograd.grad(outputs, inputs, weights, create_graph=True, allow_unused=True)


def _second(library: Any, gradients: Any, inputs: Any, rng_seed: int) -> Any:
    """Gradients of a random weighting of the gradients; None where there is no second order."""
    rng = np.random.default_rng(rng_seed)
    outs, weights = [], []
    for g in gradients:
        w = None if g is None else rng.standard_normal(tuple(g.shape))
        if g is not None and g.requires_grad:
            outs.append(g)
            weights.append(library.tensor(w))
    if not outs:
        return [None] * len(inputs)
    return library.autograd.grad(outs, inputs, weights, allow_unused=True)


def run_operator(op: Any, verbose: bool = False, limit: int | None = None) -> Outcome:
    """Run the samples of one entry of the database."""
    import torch

    name = op.name + (f" ({op.variant_test_name})" if op.variant_test_name else "")
    outcome = Outcome(name)
    f = ADAPTED.get(name) or find(op.name)
    dtype = torch.float64 if torch.float64 in op.dtypes else torch.int64
    samples = op.sample_inputs(
        "cpu", dtype, requires_grad=dtype.is_floating_point and op.supports_autograd
    )
    for k, sample in enumerate(samples):
        if limit is not None and k >= limit:
            break
        outcome.total += 1
        try:
            run_sample(op, f, sample)
            outcome.passed += 1
        except Exception as error:
            key = f"{type(error).__name__}: {error}".split("\n")[0][:160]
            if verbose and key not in outcome.failures:
                print(f"--- {name}, sample {k}: {sample.summary()}")
                traceback.print_exc(limit=-4)
            outcome.failures[key] += 1
    return outcome


def database() -> list[Any]:
    """The entries of PyTorch's operator database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import op_db

    return list(op_db)


def main(names: list[str]) -> None:
    """Print a line for each operator."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    entries = database()
    present = absent = good = 0
    for op in entries:
        if names and op.name not in names:
            continue
        if find(op.name) is None:
            absent += 1
            if names:
                print(f"absent   {op.name}")
            continue
        outcome = run_operator(op, verbose=bool(names))
        present += 1
        good += outcome.share >= 0.98
        worst = "; ".join(f"{n}x {key}" for key, n in outcome.failures.most_common(2))
        mark = "ok  " if outcome.share >= 0.98 else "BAD "
        print(f"{mark} {outcome.passed:4}/{outcome.total:<4} {outcome.name}  {worst}", flush=True)
    print(f"{good} of {present} present entries at 98% or more; {absent} absent")


if __name__ == "__main__":
    main(sys.argv[1:])
