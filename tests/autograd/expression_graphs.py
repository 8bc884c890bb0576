"""Random programs of operations that every library with PyTorch's names can run.

A program is drawn from a ``random.Random``, so that its seed repeats it. Operations are put
together so that every intermediate result stays in the domain of the next one.
"""

import math

import numpy as np

import microgradnn as mg

LARGEST = 1e3
"""Results above this are brought back by a tanh."""
MOST_ELEMENTS = 60


def _product(xs):
    first, second = xs
    return first * second


UNARY = {
    "tanh({})": lambda lib, x: x.tanh(),
    "sigmoid({})": lambda lib, x: x.sigmoid(),
    "sin({})": lambda lib, x: x.sin(),
    "cos({})": lambda lib, x: x.cos(),
    "relu({})": lambda lib, x: x.relu(),
    "abs({})": lambda lib, x: x.abs(),
    "-{}": lambda lib, x: -x,
    "exp(tanh({}))": lambda lib, x: x.tanh().exp(),
    "log({0} * {0} + 1)": lambda lib, x: (x * x + 1).log(),
    "sqrt({0}**2 + 0.5)": lambda lib, x: (x**2 + 0.5).sqrt(),
    "tanh({})**3": lambda lib, x: x.tanh() ** 3,
    "({0}**2 + 1)**-1.5": lambda lib, x: (x**2 + 1) ** -1.5,
    "2.5 * {}": lambda lib, x: 2.5 * x,
    "{} + 3": lambda lib, x: x + 3,
    "1.5 - {}": lambda lib, x: 1.5 - x,
    "2 / ({0} * {0} + 1)": lambda lib, x: 2 / (x * x + 1),
    "{} / 3": lambda lib, x: x / 3,
}
BINARY = {
    "{} + {}": lambda lib, x, y: x + y,
    "{} - {}": lambda lib, x, y: x - y,
    "{} * {}": lambda lib, x, y: x * y,
    "{0} / ({1} * {1} + 1)": lambda lib, x, y: x / (y * y + 1),
    "({0}**2 + 0.5)**tanh({1})": lambda lib, x, y: (x**2 + 0.5) ** y.tanh(),
    "2**tanh({0}) * {1}": lambda lib, x, y: 2 ** x.tanh() * y,
}
TENSOR_UNARY = UNARY | {
    "log1p({0}**2)": lambda lib, x: (x**2).log1p(),
    "expm1(tanh({}))": lambda lib, x: x.tanh().expm1(),
    "{}.clamp(-1, 1)": lambda lib, x: x.clamp(-1.0, 1.0),
    "reciprocal({}**2 + 1)": lambda lib, x: (x.square() + 1).reciprocal(),
    "{}.reshape(-1)": lambda lib, x: x.reshape(-1),
    "{}.unsqueeze(-1)": lambda lib, x: x.unsqueeze(-1),
    "{}.sum()": lambda lib, x: x.sum(),
    "{}.mean()": lambda lib, x: x.mean(),
    "{}.max()": lambda lib, x: x.max(),
    "{0}.expand(2, *{0}.shape)": lambda lib, x: x.expand(2, *x.shape),
    "{}[..., None]": lambda lib, x: x[..., None],
    "where({0} > 0, {0}, sin({0}))": lambda lib, x: lib.where(x > 0, x, x.sin()),
    "{}.clone()": lambda lib, x: x.clone(),
}
TENSOR_BINARY = BINARY | {
    "maximum({}, {})": lambda lib, x, y: lib.maximum(x, y),
    "minimum({}, {})": lambda lib, x, y: lib.minimum(x, y),
    "where({0} > {1}, {0} * {1}, {1})": lambda lib, x, y: lib.where(x > y, x * y, y),
}
ALONG_A_DIMENSION = {
    "{}.sum({})": lambda lib, x, d: x.sum(d),
    "{}.mean({}, True)": lambda lib, x, d: x.mean(d, True),
    "{}.amax({})": lambda lib, x, d: x.amax(d),
    "{}.max({})[0]": lambda lib, x, d: x.max(d)[0],
    "{}.min({}, True)[0]": lambda lib, x, d: x.min(d, True)[0],
    "{}.logsumexp({})": lambda lib, x, d: x.logsumexp(d),
    "{}.softmax({})": lambda lib, x, d: x.softmax(d),
    "{}.log_softmax({})": lambda lib, x, d: x.log_softmax(d),
    "{}.var({}, correction=0)": lambda lib, x, d: x.var(d, correction=0),
    "{}.flip({})": lambda lib, x, d: x.flip(d),
    "{}.transpose(0, {})": lambda lib, x, d: x.transpose(0, d),
    "cat([{0}, {0} * 2], {1})": lambda lib, x, d: lib.cat([x, x * 2], d),
    "stack([{0}, sin({0})], {1})": lambda lib, x, d: lib.stack([x, x.sin()], d),
    "product of halves of {} along {}": lambda lib, x, d: _product(
        lib.cat([x, x.cos()], d).chunk(2, d)
    ),
    "{}.unbind({})[-1]": lambda lib, x, d: x.unbind(d)[-1],
}
OF_ROWS = {
    "{}[0]": lambda lib, x: x[0],
    "{}[::2]": lambda lib, x: x[::2],
    "{}[[0, -1, 0]]": lambda lib, x: x[[0, -1, 0]],
    "{0}[{0} > 0].sum()": lambda lib, x: x[x > 0].sum(),
}
OF_MATRICES = {
    "{0} @ {0}.mT": lambda lib, x: x @ x.mT,
    "{0}.mT @ {0}": lambda lib, x: x.mT @ x,
    "{}[:, -1]": lambda lib, x: x[:, -1],
}


class Program:
    """A random expression: leaves, then steps, each an operation on earlier results."""

    def __init__(self, rng, leaves):
        self.rng = rng
        self.leaves = leaves
        self.steps = []
        self.values = [mg.tensor(x) for x in leaves]
        self.weights = []

    def __str__(self):
        lines = [f"x{k} = {np.asarray(x).tolist()}" for k, x in enumerate(self.leaves)]
        return "\n".join([*lines, *(text for text, _, _ in self.steps)])

    def add(self, text, operation, *arguments, constant=None):
        """One more step; ``constant`` is a last argument that is a number."""
        shown = [*(f"x{k}" for k in arguments), *([] if constant is None else [constant])]
        more = () if constant is None else (constant,)

        def step(lib, *xs):
            return operation(lib, *xs, *more)

        value = step(mg, *(self.values[k] for k in arguments))
        self.steps.append((f"x{len(self.values)} = {text.format(*shown)}", step, arguments))
        self.values.append(value)
        if abs(value.numpy()).max(initial=0.0) > LARGEST:
            self.add("tanh({} / 1000)", lambda lib, x: (x / 1000).tanh(), len(self.values) - 1)

    def run(self, lib, *leaves):
        """The weighted sum of all results that no other step has used."""
        values = list(leaves)
        for _, step, arguments in self.steps:
            values.append(step(lib, *(values[k] for k in arguments)))
        used = {k for _, _, arguments in self.steps for k in arguments}
        free = [x for k, x in enumerate(values) if k not in used]
        sums = [
            x.sum() * w if hasattr(x, "sum") else x * w
            for x, w in zip(free, self.weights, strict=False)
        ]
        total = sums[0]
        for term in sums[1:]:
            total = total + term
        return total

    def draw_weights(self):
        self.weights = [self.rng.uniform(0.5, 1.5) for _ in self.values]
        return self


def draw(rng, table):
    return rng.choice(list(table.items()))


def scalar_program(rng):
    """A program on numbers, for Values."""
    program = Program(rng, [np.float64(rng.uniform(-2, 2)) for _ in range(rng.randint(1, 4))])
    for _ in range(rng.randint(2, 25)):
        last = len(program.values) - 1
        one = last if rng.random() < 0.5 else rng.randint(0, last)
        if rng.random() < 0.5:
            program.add(*draw(rng, UNARY), one)
        else:
            program.add(*draw(rng, BINARY), one, rng.randint(0, last))
    return program.draw_weights()


SHAPES = [(), (3,), (2, 3), (2, 1), (1, 3), (4, 1, 3), (2, 2)]


def tensor_program(rng):
    """A program on arrays of several shapes."""
    shapes = [rng.choice(SHAPES) for _ in range(rng.randint(1, 4))]
    program = Program(
        rng, [np.reshape([rng.uniform(-2, 2) for _ in range(math.prod(s))], s) for s in shapes]
    )
    for _ in range(rng.randint(2, 16)):
        last = len(program.values) - 1
        one = last if rng.random() < 0.5 else rng.randint(0, last)
        x = program.values[one]
        kind = rng.random()
        if kind < 0.35:
            program.add(*draw(rng, TENSOR_UNARY), one)
        elif kind < 0.65:
            program.add(*draw(rng, TENSOR_BINARY), one, _fitting(program, one))
        elif kind < 0.85 and x.ndim:
            program.add(*draw(rng, ALONG_A_DIMENSION), one, constant=rng.randrange(x.ndim))
        elif kind < 0.95 and x.ndim:
            program.add(*draw(rng, OF_ROWS), one)
        elif x.ndim >= 2:
            program.add(*draw(rng, OF_MATRICES), one)
        if program.values[-1].numel() > MOST_ELEMENTS:
            program.add("{}.sum(0)", lambda lib, x: x.sum(0), len(program.values) - 1)
    if not program.steps:
        program.add("sin({})", lambda lib, x: x.sin(), 0)
    return program.draw_weights()


def _fitting(program, one):
    """A result that broadcasts with another one; itself if need be."""
    fitting = []
    for k, y in enumerate(program.values):
        try:
            shape = np.broadcast_shapes(y.shape, program.values[one].shape)
        except ValueError:
            continue
        if math.prod(shape) <= MOST_ELEMENTS:
            fitting.append(k)
    return program.rng.choice(fitting or [one])
