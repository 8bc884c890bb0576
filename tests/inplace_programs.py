"""Random programs that change tensors in place, through views, siblings and copies.

They run on every library with PyTorch's names. A program is drawn from a ``random.Random``, so that
its seed repeats it.
"""

import numpy as np

import microgradnn as mg

VIEWS = {
    "{}[1:]": lambda x: x[1:],
    "{}[::2]": lambda x: x[::2],
    "{}[0]": lambda x: x[0],
    "{}[..., -1]": lambda x: x[..., -1],
    "{}[None]": lambda x: x[None],
    "{}.reshape(-1)": lambda x: x.reshape(-1),
    "{}.transpose(0, -1)": lambda x: x.transpose(0, -1),
    "{}.unsqueeze(-1)": lambda x: x.unsqueeze(-1),
    "{}.flatten()": lambda x: x.flatten(),
    "{}.squeeze()": lambda x: x.squeeze(),
    "{}.view_as({})": lambda x: x.view_as(x),
    "{}.detach()": lambda x: x.detach(),
}
RESULTS = {
    "{}.tanh()": lambda x: x.tanh(),
    "{}.relu()": lambda x: x.relu(),
    "{}.sigmoid()": lambda x: x.sigmoid(),
    "{} * 1.5": lambda x: x * 1.5,
    "{} + 1": lambda x: x + 1,
    "{0} * {0}": lambda x: x * x,
    "{}**3": lambda x: x**3,
    "1 / ({0}**2 + 1)": lambda x: 1 / (x**2 + 1),
    "{}.abs()": lambda x: x.abs(),
    "sqrt({}**2 + 1)": lambda x: (x**2 + 1).sqrt(),
    "{}.clone()": lambda x: x.clone(),
    "{}.sum(0)": lambda x: x.sum(0),
    "{}.mean(0)": lambda x: x.mean(0),
    "{}.amax(0)": lambda x: x.amax(0),
    "{}.max(0)[0]": lambda x: x.max(0)[0],
    "{}.softmax(0)": lambda x: x.softmax(0),
    "{}.log_softmax(0)": lambda x: x.log_softmax(0),
    "{}.logsumexp(0)": lambda x: x.logsumexp(0),
    "{}[[0, -1]]": lambda x: x[[0, -1]],
    "{0}[{0} > 0]": lambda x: x[x > 0],
}
RESULTS_OF_TWO = {
    "{} * {}": lambda x, y: x * y,
    "{} + {}": lambda x, y: x + y,
    "{0} / ({1}**2 + 1)": lambda x, y: x / (y**2 + 1),
}
CHANGES = {
    "{}.mul_(1.5)": lambda x: x.mul_(1.5),
    "{}.add_(0.5)": lambda x: x.add_(0.5),
    "{} -= 0.25": lambda x: x.__isub__(0.25),
    "{} /= 1.25": lambda x: x.__itruediv__(1.25),
    "{}.tanh_()": lambda x: x.tanh_(),
    "{}.sigmoid_()": lambda x: x.sigmoid_(),
    "{}.relu_()": lambda x: x.relu_(),
    "{}.neg_()": lambda x: x.neg_(),
    "{}.abs_()": lambda x: x.abs_(),
    "{}.square_()": lambda x: x.square_(),
    "{}.sin_()": lambda x: x.sin_(),
    "{}.exp_()": lambda x: x.exp_(),
    "{}.clamp_(-0.5, 0.5)": lambda x: x.clamp_(-0.5, 0.5),
    "{}.zero_()": lambda x: x.zero_(),
    "{}.fill_(0.75)": lambda x: x.fill_(0.75),
    "{}[0] = 0.5": lambda x: x.__setitem__(0, 0.5),
    "{}[..., 0] *= 2": lambda x: x.__setitem__((..., 0), x[..., 0].__imul__(2)),
    "{0}[{0} > 0] = 0.25": lambda x: x.__setitem__(x > 0, 0.25),
    "{}[[0, -1]] = 0.5": lambda x: x.__setitem__([0, -1], 0.5),
    "{0}.masked_fill_({0} < 0, 0.1)": lambda x: x.masked_fill_(x < 0, 0.1),
}
CHANGES_BY_ANOTHER = {
    "{}.mul_({})": lambda x, y: x.mul_(y),
    "{}.add_({})": lambda x, y: x.add_(y),
    "{}.sub_({})": lambda x, y: x.sub_(y),
    "{0}.div_({1}**2 + 1)": lambda x, y: x.div_(y**2 + 1),
    "{}.copy_({})": lambda x, y: x.copy_(y),
    "{}[...] = {}": lambda x, y: x.__setitem__(..., y),
    "{} += {}": lambda x, y: x.__iadd__(y),
}
SHAPES = [(4,), (2, 3), (3, 1), (2, 2, 2)]


def _overlap(a, b):
    """Whether two arrays share memory without being the same elements in the same order."""
    same = a.__array_interface__["data"] == b.__array_interface__["data"]
    return np.shares_memory(a, b) and not (same and a.shape == b.shape and a.strides == b.strides)


class Program:
    """Steps that make tensors out of two and change them; the loss weighs them all.

    The two are ``x0 = w * 1`` and a constant ``x1``, which becomes part of the graph when something
    of ``x0`` is written into it.
    """

    def __init__(self, rng):
        self.shape = rng.choice(SHAPES)
        numel = mg.zeros(self.shape).numel()
        self.start = [rng.uniform(-1.5, 1.5) for _ in range(numel)]
        self.steps = []
        self.texts = ["x0 = w * 1", "x1 = 0.5 everywhere"]
        # Shapes come from a run on tensors without gradients, which nothing forbids to change.
        start = mg.tensor(self.start, dtype=mg.float64).reshape(self.shape).clone()
        self.shadow = [start, mg.full(self.shape, 0.5, dtype=mg.float64)]
        for _ in range(rng.randint(2, 9)):
            self.draw_step(rng)
        self.weights = [rng.uniform(0.5, 1.5) for _ in self.shadow]

    def __str__(self):
        return "\n".join([f"w = {self.start} of shape {self.shape}", *self.texts])

    def draw_step(self, rng):
        one = rng.randrange(len(self.shadow))
        x = self.shadow[one]
        kind = rng.random()
        if kind < 0.3:
            self.add(rng, VIEWS, True, one)
        elif kind < 0.42:
            self.add(rng, RESULTS, True, one)
        elif kind < 0.5:
            self.add(rng, RESULTS_OF_TWO, True, one, self.fitting(rng, x, both=True))
        elif kind < 0.8:
            self.add(rng, CHANGES, False, one)
        else:
            self.add(rng, CHANGES_BY_ANOTHER, False, one, self.fitting(rng, x, both=False))

    def fitting(self, rng, x, both):
        """A tensor that broadcasts with ``x``, or into it."""
        found = []
        for k, y in enumerate(self.shadow):
            if not both and _overlap(x.numpy(), y.numpy()):
                continue  # PyTorch reads what it has already overwritten
            if y.shape == x.shape or (y.ndim <= x.ndim and y.shape == x.shape[x.ndim - y.ndim :]):
                found.append(k)
        return rng.choice(found)

    def add(self, rng, table, makes_one, *arguments):
        text, f = rng.choice(list(table.items()))
        xs = [self.shadow[k] for k in arguments]
        if not xs[0].ndim and ("0" in text.split("{}")[-1] or "[" in text or "transpose" in text):
            return
        if any(not x.numel() for x in xs):
            return
        result = f(*xs)
        hidden = not makes_one and rng.random() < 0.1
        shown = text.format(*(f"x{k}" for k in arguments), *(f"x{k}" for k in arguments))
        if makes_one:
            self.texts.append(f"x{len(self.shadow)} = {shown}")
            self.shadow.append(result)
        else:
            self.texts.append(f"with no_grad(): {shown}" if hidden else shown)
        self.steps.append((f, makes_one, hidden, arguments))

    def run(self, lib, w):
        """The loss."""
        xs = [w * 1, lib.full(self.shape, 0.5, dtype=lib.float64)]
        for f, makes_one, hidden, arguments in self.steps:
            with lib.set_grad_enabled(not hidden):
                result = f(*(xs[k] for k in arguments))
            if makes_one:
                xs.append(result)
        total = 0.0
        for x, weight in zip(xs, self.weights, strict=True):
            total = total + (x * weight).sum()
        return total
