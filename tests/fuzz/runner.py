"""Run random Tensor programs on PyTorch and on microgradnn and report every difference.

``python -m tests.fuzz.runner --programs 5000 --seed 0``
"""

import argparse
import re
from collections import Counter

import numpy as np

import microgradnn as mg
from tests.fuzz.execution import run
from tests.fuzz.programs import Program, program

TOLERANCE = 1e-9
SINGLE = 1e-4
NUDGE = 1e-13
WE_MAY = (
    # Changes in place that PyTorch refuses because of its own bookkeeping of views.
    "inplace operation", "in-place", "a view of a leaf", "modified inplace", "single memory",
    # Functions PyTorch has not written for a dtype, or without a derivative: ours are wider.
    "not implemented",
    # PyTorch warns off truth values in a difference; ours takes them as 0 and 1 (`-mask` raises).
    "with a bool tensor is not supported",
    # roll of a single element along a dimension: ours does as every other function does.
    "but tensor has no dimensions",
    # scatter of another dtype: ours converts.
    "Expected self.dtype to be equal to src.dtype",
    # repeat_interleave of a single element; products of two dtypes.
    "expected to be in range of [-1, 0], but got 1", "both inputs should have same dtype",
    "expected scalar type",
    # The largest of truth values, and their relu; a gradient of ours where PyTorch's own raises.
    "does not support bool", "Boolean inputs not supported", "on a bool tensor",
)  # fmt: skip
"""What PyTorch refuses with these words we may do: its values have nothing to say there."""
PYTORCH_MAY = (
    # Our sinc and erfinv keep their result for the gradient, PyTorch's their operand.
    re.compile(r"(Sinc|Erfinv)Backward0 needs its result"),
    # A tensor without elements, changed after it was used: ours does not look at its size.
    re.compile(r"shape \((\d+, )*0[,)].* changed it in place"),
)
"""What we refuse with these words PyTorch may do."""


def apart(mine, theirs, tolerance=TOLERANCE):
    """The first result that differs, in words; None if none does."""
    for name, (dtype, b) in theirs.items():
        if name not in mine:
            return f"{name} is missing"
        other, a = mine[name]
        if other.split(".")[-1] != dtype.split(".")[-1]:
            return f"{name}: dtype {other}, PyTorch {dtype}"
        if a.shape != b.shape:
            return f"{name}: shape {a.shape}, PyTorch {b.shape}"
        if not close(a, b, tolerance):
            return f"{name}:\n{a}\nPyTorch\n{b}"
    return None


def close(a, b, tolerance):
    if b.dtype.kind != "f":
        return np.array_equal(a, b)
    finite = np.abs(b[np.isfinite(b)])
    size = max(1.0, finite.max(initial=0.0))
    return np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True)


def nudged(arrays, seed):
    rng = np.random.default_rng(seed)
    return [
        x * (1 + NUDGE * rng.uniform(-1, 1, x.shape)) if x.dtype == np.float64 else x
        for x in arrays
    ]


def compare(program, torch):
    """The verdict and, where the libraries differ, how."""
    arrays = program.arrays()
    mine, theirs = (run(lib, program, arrays) for lib in (mg, torch))
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        if mine[0] == theirs[0] or any(words in str(theirs[1]) for words in WE_MAY):
            return "both raise", ""
        return "differs", f"raise at different statements: {mine}\nPyTorch: {theirs}"
    if isinstance(theirs, tuple):
        if any(words in str(theirs[1]) for words in WE_MAY):
            return "PyTorch refuses", ""
        return "differs", f"only PyTorch raises: {theirs[0]}: {theirs[1]}"
    if isinstance(mine, tuple):
        if any(words.search(str(mine[1])) for words in PYTORCH_MAY):
            return "microgradnn refuses", ""
        return "differs", f"only microgradnn raises: {mine[0]}: {mine[1]!r}"
    said = apart(mine, theirs)
    if said is None or (apart(mine, theirs, SINGLE) is None and same_in_double(program, torch)):
        return "same", ""
    for seed in range(3):
        moved = run(torch, program, nudged(arrays, seed))
        if isinstance(moved, tuple) or apart(moved, theirs) is not None:
            return "ill-conditioned", ""
    return "differs", said


def same_in_double(program, torch):
    """Whether all is the same where integers become float64: float32 has its own rounding."""
    results = []
    for lib in (mg, torch):
        before = lib.get_default_dtype()
        lib.set_default_dtype(lib.float64)
        try:
            results.append(run(lib, program, program.arrays()))
        finally:
            lib.set_default_dtype(before)
    return not any(isinstance(r, tuple) for r in results) and apart(*results) is None


def smallest(found, torch):
    """The program without the statements that a difference does not need."""
    k = len(found.statements) - 1
    while k >= 0:
        fewer = Program(found.leaves, found.statements[:k] + found.statements[k + 1 :])
        if compare(fewer, torch)[0] == "differs":
            found = fewer
        k -= 1
    return found


def report(seed, torch):
    """The verdict on the program of a seed, and what to print where the libraries differ."""
    found = program(seed)
    verdict, _ = compare(found, torch)
    if verdict != "differs":
        return verdict, ""
    least = smallest(found, torch)
    _, said = compare(least, torch)
    return verdict, f"seed {seed}: import torch, microgradnn as mg\n{least.text('mg')}\n# {said}\n"


def main():
    import torch

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first program")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    counts = Counter()
    for seed in range(arguments.seed, arguments.seed + arguments.programs):
        verdict, said = report(seed, torch)
        counts[verdict] += 1
        if said:
            print(said, flush=True)
    print(", ".join(f"{n} {verdict}" for verdict, n in counts.most_common()))
    return 1 if counts["differs"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
