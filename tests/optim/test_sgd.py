"""SGD: by hand, for Tensors and Values alike, and 100 steps beside PyTorch."""

import itertools

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

OPTIONS = [
    dict(
        zip(("momentum", "dampening", "weight_decay", "nesterov", "maximize"), choice, strict=True)
    )
    for choice in itertools.product((0, 0.9), (0, 0.3), (0, 0.05), (False, True), (False, True))
    if not choice[3] or (choice[0] and not choice[1])
]


def names(options):
    return "-".join(f"{key}" for key, value in options.items() if value) or "plain"


def by_hand(w, gradient, steps, lr, momentum, dampening, weight_decay, nesterov, maximize):
    """The formula of the documentation, in plain numbers."""
    b = None
    for _ in range(steps):
        g = gradient(w)
        g = (-g if maximize else g) + weight_decay * w
        if momentum:
            b = g if b is None else momentum * b + (1 - dampening) * g
            g = g + momentum * b if nesterov else b
        w = w - lr * g
    return w


@pytest.mark.parametrize("options", OPTIONS, ids=names)
def test_twenty_steps_by_hand(options):
    # f(w) = 2 sin(w) + w^2/8, df/dw = 2 cos(w) + w/4
    def gradient(w):
        return 2 * np.cos(w) + w / 4

    start = np.array([[1.0, -2.0], [0.3, 4.0]])
    expected = by_hand(start, gradient, 20, lr=0.05, **options)

    w = mg.tensor(start, requires_grad=True)
    v = Value(4.0)
    optimizer = mg.optim.SGD([w, v], lr=0.05, **options)
    for _ in range(20):
        optimizer.zero_grad()
        (2 * w.sin() + w**2 / 8).sum().backward()
        (2 * v.sin() + v**2 / 8).backward()
        optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), expected, rtol=1e-12)
    assert v.data == pytest.approx(expected[1, 1], rel=1e-12)


def test_a_step_of_one_weight():
    # The weight of y = x w that starts at 0, on 2 -> 2 with half the squared error: 0.4, 0.64, ...
    w = Value(0.0)
    optimizer = mg.optim.SGD([w], lr=0.1)
    seen = []
    for _ in range(18):
        optimizer.zero_grad()
        (0.5 * (2 * w - 2) ** 2).backward()
        optimizer.step()
        seen.append(w.data)
    assert seen[:3] == pytest.approx([0.4, 0.64, 0.784])
    assert seen[-1] == pytest.approx(0.99989844, abs=5e-9)


def test_numbers_of_all_kinds():
    for dtype in (mg.float16, mg.float32, mg.float64):
        w = mg.tensor(1.0, dtype=dtype, requires_grad=True)  # 0-d
        optimizer = mg.optim.SGD([w], lr=mg.tensor(0.25), momentum=0.5, weight_decay=0.5)
        for _ in range(2):
            optimizer.zero_grad()
            (w * w).backward()
            optimizer.step()
        # g = 2.5, w = 0.375; g = 0.9375, b = 1.25 + 0.9375 = 2.1875, w = -0.171875
        assert w.item() == -0.171875
        assert w.dtype is dtype


def test_defaults_and_memory():
    w = mg.ones(3, requires_grad=True)
    memory = w.data_ptr()
    optimizer = mg.optim.SGD([w])
    assert optimizer.defaults["lr"] == 1e-3
    w.sum().backward()
    optimizer.step()
    assert w.tolist() == pytest.approx([0.999] * 3)
    assert w.data_ptr() == memory
    assert optimizer.state_dict()["state"] == {}


@pytest.mark.parametrize("options", OPTIONS, ids=names)
def test_the_gradient_is_not_changed(options):
    w = mg.ones(3, requires_grad=True)
    optimizer = mg.optim.SGD([w], lr=0.1, **options)
    w.sum().backward()
    for _ in range(3):
        optimizer.step()
    assert w.grad.tolist() == [1, 1, 1]


def test_parameters_of_both_dtypes_in_one_group():
    a = mg.ones(2, requires_grad=True)
    b = mg.ones(2, dtype=mg.float64, requires_grad=True)
    c = mg.ones(2, requires_grad=True)
    optimizer = mg.optim.SGD([a, b, c], lr=0.1, momentum=0.9)
    (a.sum() + b.sum() + c.sum()).backward()
    optimizer.step()
    assert (a.dtype, b.dtype, c.dtype) == (mg.float32, mg.float64, mg.float32)
    assert b.tolist() == [0.9, 0.9]
    assert mg.equal(a, c)


@pytest.mark.peers
@pytest.mark.parametrize("options", OPTIONS, ids=names)
def test_peer_a_hundred_steps(options):
    import torch

    rng = np.random.default_rng(8)
    data, wanted = rng.normal(size=(16, 3)), rng.normal(size=(16, 2))
    start = [rng.normal(size=s) for s in ((4, 3), (4,), (2, 4), (2,))]

    def train(m):
        w1, b1, w2, b2 = params = [m.tensor(a).requires_grad_() for a in start]
        groups = [{"params": [w1, b1]}, {"params": [w2, b2], "lr": 0.02}]
        optimizer = m.optim.SGD(groups, lr=0.01, **options)
        x, y = m.tensor(data), m.tensor(wanted)
        path = []
        for _ in range(100):
            # Bounded, so that going uphill ends somewhere too.
            error = m.tanh(m.tanh(x @ w1.T + b1) @ w2.T + b2) - m.tanh(y)
            optimizer.zero_grad()
            (error**2).mean().backward()
            optimizer.step()
            path.append(np.concatenate([p.detach().numpy().ravel() for p in params]))
        return np.array(path)

    ours, theirs = train(mg), train(torch)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
