"""Small programs that go wrong, each in its own way; the guilty line ends in ``# here``.

Each gives what is expected: the operation, what it made, whether its derivative did.
"""

import numpy as np

import microgradnn as mg
from microgradnn.nn import functional as F

PROGRAMS = []


def program(operation, made, *, backward=False, module=""):
    def add(run):
        PROGRAMS.append((run.__name__, run, operation, made, backward, module))
        return run

    return add


@program("log", "Inf")
def log_of_zero():
    p = mg.tensor([0.2, 0.0, 0.8], requires_grad=True)
    q = p * 1.0
    loss = -q.log().mean()  # here
    loss.backward()


@program("sqrt", "Inf", backward=True)
def sqrt_at_zero():
    x = mg.tensor([4.0, 0.0], requires_grad=True)
    y = x.sqrt()  # here
    (y * 3.0).sum().backward()


@program("sqrt", "NaN", backward=True)
def sqrt_in_the_branch_that_where_does_not_take():
    x = mg.tensor([4.0, 0.0], requires_grad=True)
    root = x.sqrt()  # here
    loss = mg.where(x > 0, root, x).sum()
    loss.backward()


@program("div", "NaN")
def zero_by_zero():
    a = mg.tensor([1.0, 0.0], requires_grad=True)
    b = a.detach().clone()
    return (a / b).sum()  # here


@program("exp", "Inf")
def exp_overflows():
    scores = mg.tensor([1.0, 1000.0], requires_grad=True)
    e = scores.exp()  # here
    return e / e.sum()


@program("sub", "NaN")
def difference_of_infinities():
    a = mg.tensor([1.0, float("inf")], requires_grad=True)
    b = a * 2.0
    return (b - a).sum()  # here


@program("softmax", "NaN")
def softmax_with_everything_masked():
    scores = mg.zeros(2, 3, requires_grad=True)
    mask = mg.tensor([[True, False, False], [True, True, True]])
    masked = scores.masked_fill(mask, float("-inf"))
    return masked.softmax(-1).sum()  # here


@program("sqrt", "Inf", backward=True)
def length_at_zero_by_hand():
    v = mg.zeros(3, requires_grad=True)
    length = (v * v).sum().sqrt()  # here
    length.backward()


@program("div", "NaN")
def standardise_a_constant_column():
    data = mg.tensor([[1.0, 5.0], [2.0, 5.0]])  # no gradient is wanted yet
    data = (data - data.mean(0)) / data.std(0)  # here
    w = mg.ones(2, requires_grad=True)
    (data @ w).sum().backward()


@program("pow", "NaN")
def root_of_a_negative_base():
    base = mg.tensor([4.0, -1.0], requires_grad=True)
    half = mg.tensor(0.5)
    return (base**half).sum()  # here


@program("log", "Inf")
def cross_entropy_by_hand_of_a_sure_mistake():
    p = mg.tensor([0.0, 0.7], requires_grad=True)
    t = mg.tensor([1.0, 0.0])
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()  # here


@program("power", "Inf")
def learning_rate_too_large():
    w = mg.tensor(3.0, requires_grad=True)
    optimizer = mg.optim.SGD([w], lr=10.0)
    for _ in range(100):
        optimizer.zero_grad()
        loss = w**2  # here
        loss.backward()
        optimizer.step()


@program("linear", "NaN", module="(Linear)")
def nan_in_the_data():
    x = np.ones((3, 2), np.float32)
    x[1, 1] = np.nan
    model = mg.nn.Linear(2, 1)
    out = model(mg.tensor(x))  # here
    out.mean().backward()


@program("acos", "Inf", backward=True)
def acos_at_one():
    cosine = mg.tensor([0.5, 1.0], requires_grad=True)
    angle = cosine.acos()  # here
    angle.sum().backward()


@program("hypot", "NaN", backward=True)
def hypot_at_the_origin():
    x, y = mg.zeros(2, requires_grad=True), mg.zeros(2)
    mg.hypot(x, y).sum().backward()  # here


@program("div", "NaN")
def batch_norm_of_one_value_by_hand():
    x = mg.tensor([[2.0, 3.0]], requires_grad=True)
    centred = x - x.mean(0)
    return (centred / x.var(0, correction=0).sqrt()).sum()  # here


@program("div", "NaN")
def normal_without_width():
    mu, sigma = mg.tensor(0.0, requires_grad=True), mg.tensor(0.0)
    x = mg.tensor(0.0)
    return -0.5 * ((x - mu) / sigma) ** 2  # here


class Reciprocal(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=1e-3).reciprocal()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return -g / (x * x)  # here


@program("div", "Inf")
def function_with_a_wrong_backward():
    x = mg.tensor([1.0, 0.0], requires_grad=True)
    Reciprocal.apply(x).sum().backward()


class Scale(mg.nn.Module):
    def forward(self, x):
        norm = x.abs().sum(-1, keepdim=True)
        return x / norm  # here


@program("div", "NaN", module="1.0 (Scale)")
def inside_a_module():
    model = mg.nn.Sequential(mg.nn.ReLU(), mg.nn.Sequential(Scale()), mg.nn.Linear(2, 1))
    x = mg.tensor([[1.0, 2.0], [-1.0, -2.0]], requires_grad=True)
    model(x).sum().backward()


@program("mul", "Inf")
def overflow_of_values():
    v = mg.Value(1e200, label="v")
    square = v * v  # here
    square.backward()


@program("mul", "Inf", backward=True)
def derivative_of_values_overflows():
    v = mg.Value(1e-200, label="v")
    one = v * 1e200  # here
    (one * 1e200).backward()


@program("log", "Inf")
def in_place():
    x = mg.tensor([1.0, 0.0], requires_grad=True)
    y = x * 2.0
    y.log_()  # here
    y.sum().backward()


@program("div", "Inf")
def in_the_part_without_gradients():
    w = mg.ones(3, requires_grad=True)
    with mg.no_grad():
        scale = 1.0 / (w - 1.0).norm()  # here
    (w * scale).sum().backward()


@program("exp", "Inf")
def in_float32_only():
    x = mg.tensor(100.0, dtype=mg.float64, requires_grad=True)
    fine = x.exp()
    single = x.float()
    return fine + single.exp()  # here


@program("sqrt", "Inf", backward=True)
def in_the_second_derivative():
    x = mg.tensor([1.0, 0.0], requires_grad=True)
    (g,) = mg.autograd.grad((x**2.5).sum(), x, create_graph=True)
    h = g * 1.0
    F.relu(h).sqrt().sum().backward()  # here
