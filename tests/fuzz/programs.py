"""Random Tensor programs, printable as code that PyTorch and microgradnn both run.

A program is drawn from a ``random.Random``, so that its seed repeats it.
"""

import math
import random
import re
import warnings

import numpy as np

import microgradnn as mg
from tests.fuzz.execution import run
from tests.fuzz.operations import FAMILIES, WEIGHTS
from tests.inplace_programs import _overlap as overlap

SHAPES = [(), (1,), (3,), (4,), (2, 3), (3, 1), (1, 3), (3, 3), (2, 1, 3), (2, 2, 2), (0,), (2, 0)]
FREQUENT = [1, 1, 3, 2, 4, 2, 2, 3, 2, 2, 0.4, 0.4]
MOST_ELEMENTS = 120
LARGEST = 1e3
ROUND_NUMBERS = [-1.0, -0.5, 0.0, 0.5, 1.0, 2.0]


class Program:
    """Leaves (``x0``, ``x1``, ...: floating with gradients, then integers) and statements."""

    def __init__(self, leaves, statements):
        self.leaves = leaves
        self.statements = statements

    def text(self, name="lib"):
        """The program as code; ``name`` is what it calls the library."""
        lines = []
        for k, (shape, dtype, values) in enumerate(self.leaves):
            made = f"lib.tensor({values}, dtype=lib.{dtype}).reshape({shape})"
            lines.append(f"x{k} = {made}{'.requires_grad_()' * (dtype == 'float64')}")
        return re.sub(r"\blib\b", name, "\n".join([*lines, *self.statements]))

    def arrays(self):
        return [np.array(v, dtype).reshape(shape) for shape, dtype, v in self.leaves]


class Draw:
    """A program being drawn; a run on tensors without gradients tells the shapes of its results."""

    def __init__(self, rng):
        self.rng = rng
        self.leaves = [self.leaf("float64") for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.4:
            self.leaves.append(self.leaf(rng.choice(["int64", "bool"])))
        made = Program(self.leaves, []).arrays()
        self.scope = {"lib": mg, **{f"x{k}": mg.tensor(x) for k, x in enumerate(made)}}
        self.statements = []

    def leaf(self, dtype):
        rng = self.rng
        (shape,) = rng.choices(SHAPES, FREQUENT)
        n = math.prod(shape)
        if dtype == "bool":
            return shape, dtype, [rng.random() < 0.5 for _ in range(n)]
        if dtype == "int64":
            return shape, dtype, [rng.randint(-3, 3) for _ in range(n)]
        if rng.random() < 0.15:
            return shape, dtype, [rng.choice(ROUND_NUMBERS) for _ in range(n)]
        return shape, dtype, [round(rng.uniform(-2, 2), 4) for _ in range(n)]

    # What the drawers of operations ask.

    def names(self):
        return [name for name in self.scope if name != "lib"]

    def any(self):
        names = self.names()
        return names[-1] if self.rng.random() < 0.4 else self.rng.choice(names)

    def floating(self):
        found = [x for x in self.names() if self.scope[x].dtype == mg.float64]
        return found[-1] if self.rng.random() < 0.4 else self.rng.choice(found)

    def changeable(self):
        """A result; now and then a leaf, which no library lets change."""
        leaves, results = self.names()[: len(self.leaves)], self.names()[len(self.leaves) :]
        results = [
            x
            for x in results
            if "float" in str(self[x].dtype)
            and not any(np.shares_memory(self[x].numpy(), self[y].numpy()) for y in leaves)
        ]
        return self.rng.choice(results) if results and self.rng.random() < 0.98 else self.floating()

    def __getitem__(self, x):
        return self.scope[x]

    def ndim(self, x):
        return self[x].ndim

    def numel(self, x):
        return self[x].numel()

    def size(self, x, d):
        n, d = self[x].ndim, int(d)
        return self[x].shape[d] if -n <= d < n else 1

    def dim(self, x):
        """A dimension as text, rarely one that is not there."""
        n = max(self[x].ndim, 1)
        return str(self.rng.randint(-n, n - 1) if self.rng.random() < 0.98 else n)

    def dims(self, x):
        n = self[x].ndim
        chosen = self.rng.sample(range(n), self.rng.randint(min(n, 1), n))
        return f"({', '.join(map(str, chosen))}{',' if chosen else ''})"

    def upto(self, x, d):
        """A number of elements along a dimension."""
        return self.rng.randint(min(1, self.size(x, d)), self.size(x, d))

    def inside(self, x, d):
        """A position along a dimension."""
        n = max(self.size(x, d), 1)
        return self.rng.randint(-n, n - 1)

    def apart(self, x):
        """``x`` without ties, between which PyTorch's topk chooses as it likes."""
        shape = tuple(self[x].shape)
        return f"{x} + 0.0137 * lib.arange({self[x].numel()}).double().reshape({shape})"

    def either(self):
        return self.rng.choice(["[0]", "[0]", "[1]"])

    def end(self):
        return self.rng.choice(["[0]", "[-1]"])

    def regrouped(self, x):
        n = self[x].numel()
        divisors = [k for k in range(1, n + 1) if n % k == 0] or [1]
        k = self.rng.choice(divisors)
        return self.rng.choice([f"({k}, {n // k})", f"({k}, -1)", f"(-1, 1, {k})"])

    def expanded(self, x):
        sizes = [2 if k == 1 and self.rng.random() < 0.7 else k for k in self[x].shape]
        sizes = [k if self.rng.random() < 0.7 else -1 for k in sizes]
        before = [2] if self.rng.random() < 0.4 or not sizes else []
        return f"({', '.join(map(str, before + sizes))},)"

    def chosen(self, x, fits):
        return self.rng.choice([y for y in self.names() if fits(self[y], self[x])] or [x])

    def same_shape(self, x):
        return self.chosen(x, lambda b, a: a.shape == b.shape)

    def fitting(self, x):
        return self.chosen(x, lambda b, a: broadcast(a.shape, b.shape) is not None)

    def fitting_into(self, x):
        def fits(b, a):
            # What overlaps in part, PyTorch reads after it has overwritten it.
            if overlap(a.numpy(), b.numpy()):
                return False
            return broadcast(a.shape, b.shape) == tuple(a.shape)

        return self.chosen(x, fits)

    def add(self):
        """Draw one more statement; whether the program goes on after it."""
        (family,) = self.rng.choices(FAMILIES, WEIGHTS)
        text = family(self)
        changes = family.__name__ == "change"
        name = f"x{len(self.names())}"
        statement = text if changes else f"{name} = {text}"
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                before = {x: self[x].clone() for x in self.names()}
                exec(statement, self.scope)
        except Exception:
            # It stays as the last statement, rarely: PyTorch must refuse it as well.
            if self.rng.random() < 0.02:
                self.statements.append(statement)
                return False
            self.scope.pop(name, None)
            return True
        finally:
            self.scope.pop("__builtins__", None)
        results = [self[x] for x in self.names()]
        if not all(isinstance(x, mg.Tensor) and sensible(x) for x in results):
            if changes:
                self.statements.append(statement)
                return False
            self.scope = {"lib": mg, **before}  # copies: views are told apart again by chance only
            return False
        self.statements.append(statement)
        return True


def broadcast(a, b):
    try:
        return np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        return None


def sensible(x):
    """Small, and rarely not a number."""
    if x.numel() > MOST_ELEMENTS:
        return False
    return not x.numel() or bool(np.all(np.abs(x.numpy().astype(float)) < LARGEST))


def program(seed):
    """The program of a seed: 3 to 12 operations, fewer where one is refused by both libraries."""
    rng = random.Random(seed)
    while True:
        draw = Draw(rng)
        wanted = rng.randint(3, 12)
        for _ in range(60):
            if len(draw.statements) >= wanted or not draw.add():
                break
        made = Program(draw.leaves, draw.statements)
        # Most changes in place are of something a gradient needs: few such programs say enough.
        if len(draw.statements) < 3 or (refused(made) and rng.random() < 0.85):
            continue
        return made


def refused(program):
    return isinstance(run(mg, program, program.arrays()), tuple)
