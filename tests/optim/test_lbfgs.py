"""L-BFGS: minima it must find, and beside PyTorch evaluation by evaluation."""

import copy
import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

SEARCHES = [None, "strong_wolfe"]


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def bowl(m, w, v):
    """Curved differently in each direction, with a bend."""
    scale = m.tensor(np.array([1.0, 10.0, 0.3]))
    return (scale * (w - 1) ** 2).sum() + m.exp(0.3 * w).sum() + ((v - w[0]) ** 4).sum()


def run(m, steps=4, save_at=None, dtype="float64", **options):
    """Parameters and losses after each step, and how often the loss was computed."""
    w = m.tensor(np.array([3.0, -2.0, 0.5], dtype)).requires_grad_()
    v = m.tensor(np.array([[0.5], [2.0]], dtype)).requires_grad_()
    unused = m.tensor(np.ones(2, dtype)).requires_grad_()
    optimizer = m.optim.LBFGS([w, v, unused], **options)
    losses, path = [], []

    def closure():
        optimizer.zero_grad()
        loss = bowl(m, w, v)
        loss.backward()
        losses.append(loss.item())
        return loss

    for k in range(steps):
        if k == save_at:
            state = copy.deepcopy(optimizer.state_dict())
            optimizer = m.optim.LBFGS([w, v, unused], lr=7.0)
            optimizer.load_state_dict(state)
        returned = optimizer.step(closure)
        path.append([*w.detach().tolist(), *v.detach().ravel().tolist(), returned.item()])
    assert unused.tolist() == [1, 1]
    return path, losses, optimizer


OPTIONS = [
    {"lr": 0.05},
    {"lr": 0.1, "max_iter": 5},
    {"lr": 0.05, "history_size": 2, "max_iter": 7},
    {"lr": 0.1, "tolerance_grad": 0.5},
    {"lr": 0.1, "tolerance_change": 1e-2},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 3},
    {"line_search_fn": "strong_wolfe", "history_size": 1, "max_iter": 6},
    {"line_search_fn": "strong_wolfe", "max_eval": 4},
    {"line_search_fn": "strong_wolfe", "lr": 30.0, "max_iter": 4},
    {"line_search_fn": "strong_wolfe", "lr": 1e-3, "max_iter": 4},
]
NAMES = ["-".join(f"{k}={v}" for k, v in options.items()) for options in OPTIONS]


@pytest.mark.peers
@pytest.mark.parametrize("save_at", [None, 2])
@pytest.mark.parametrize("options", OPTIONS, ids=NAMES)
def test_peer_steps(options, save_at):
    import torch

    ours, theirs = (run(m, save_at=save_at, **options) for m in (mg, torch))
    assert len(ours[1]) == len(theirs[1])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-8)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-8)
    a, b = (r[2].state_dict() for r in (ours, theirs))
    assert a["param_groups"] == b["param_groups"]
    assert list(a["state"]) == list(b["state"]) == [0]
    a, b = a["state"][0], b["state"][0]
    assert set(b) - set(a) <= {"al"}  # room for its loop
    for key in ("func_evals", "n_iter"):
        assert a[key] == b[key]
    assert len(a["old_dirs"]) == len(b["old_dirs"])
    for key in ("d", "t", "prev_flat_grad", "prev_loss"):
        one, other = (x.numpy() if hasattr(x, "numpy") else x for x in (a[key], b[key]))
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


@pytest.mark.peers
def test_peer_a_state_of_theirs():
    import torch

    from tests.optim.cases import from_torch

    options = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    path, _, theirs = run(torch, steps=2, **options)
    w = mg.tensor(path[-1][:3], dtype=mg.float64, requires_grad=True)
    v = mg.tensor(np.array(path[-1][3:5])[:, None], requires_grad=True)
    ours = mg.optim.LBFGS([w, v, mg.ones(2, dtype=mg.float64)])
    ours.load_state_dict(from_torch(theirs.state_dict()))

    def closure():
        ours.zero_grad()
        loss = bowl(mg, w, v)
        loss.backward()
        return loss

    ours.step(closure)
    expected = run(torch, steps=3, **options)[0][-1][:5]
    np.testing.assert_allclose([*w.tolist(), *v.ravel().tolist()], expected, rtol=1e-8)


@pytest.mark.peers
def test_peer_single_precision():
    import torch

    ours, theirs = (run(m, 2, dtype="float32", lr=0.05, max_iter=5) for m in (mg, torch))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-4)


# --- by hand ------------------------------------------------------------------------------------


def test_the_first_two_iterations():
    # f = w**2 / 2 from 4: the first step is 1 / |g| long; then curvature is known: to 0 at once.
    w = mg.tensor([4.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.LBFGS([w], max_iter=1)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum() / 2
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 8
    assert w.item() == 3
    assert optimizer.step(closure).item() == 4.5
    assert w.item() == pytest.approx(0, abs=1e-15)
    optimizer.step(closure)
    state = optimizer.state_dict()["state"][0]
    assert state["func_evals"] == 3
    assert state["n_iter"] == 2  # the gradient is 0: no third


def test_the_direction_is_that_of_the_whole_matrix():
    curvature = np.array([1.0, 10.0])
    w = mg.tensor([3.0, 1.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.LBFGS([w], lr=0.5, max_iter=1)

    def closure():
        optimizer.zero_grad()
        loss = (mg.tensor(curvature) * w**2).sum() / 2
        loss.backward()
        return loss

    places = [w.detach().numpy().copy()]
    for _ in range(3):
        optimizer.step(closure)
        places.append(w.detach().numpy().copy())
    gradients = [curvature * place for place in places]
    np.testing.assert_allclose(places[1], places[0] - 0.5 / 13 * gradients[0])
    for k in (2, 3):
        y, s = gradients[1] - gradients[0], places[1] - places[0]
        pairs = [(y, s)]
        if k == 3:
            pairs.append((gradients[2] - gradients[1], places[2] - places[1]))
        y, s = pairs[-1]
        h = np.eye(2) * (y @ s) / (y @ y)
        for y, s in pairs:
            left = np.eye(2) - np.outer(s, y) / (y @ s)
            h = left @ h @ left.T + np.outer(s, s) / (y @ s)
        np.testing.assert_allclose(places[k], places[k - 1] - 0.5 * h @ gradients[k - 1])


@pytest.mark.parametrize("of", ["tensors", "values"])
def test_rosenbrock(of):
    if of == "values":
        x, y = Value(-1.2), Value(1.0)
    else:
        x, y = (mg.tensor(a, dtype=mg.float64, requires_grad=True) for a in (-1.2, 1.0))
    optimizer = mg.optim.LBFGS(
        [x, y], max_iter=100, tolerance_change=1e-15, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    optimizer.step(closure)
    assert float(x.item()) == pytest.approx(1, abs=1e-6)
    assert float(y.item()) == pytest.approx(1, abs=1e-6)
    assert optimizer.state[x]["func_evals"] < 60


@pytest.mark.parametrize("search", SEARCHES)
def test_training_goes_on_from_a_state(search):
    options = {"lr": 0.1, "max_iter": 3, "line_search_fn": search}
    assert run(mg, save_at=2, **options)[:2] == run(mg, **options)[:2]


def test_losses_that_are_not_numbers_end():
    w = mg.tensor([1.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.LBFGS([w], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (w * math.nan).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert optimizer.state[w]["func_evals"] == 26  # one, the first guess, and 24 more


def test_wrong_uses():
    w = mg.tensor([1.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"doesn't support .*parameter groups"):
        mg.optim.LBFGS([{"params": [w]}, {"params": [mg.ones(1)]}])
    with pytest.raises(ValueError, match=r"only 'strong_wolfe' is supported, got .*'armijo'"):
        mg.optim.LBFGS([w], line_search_fn="armijo")
    with pytest.raises(ValueError, match="Invalid learning rate value: -1"):
        mg.optim.LBFGS([w], lr=-1)
    optimizer = mg.optim.LBFGS([w])
    with pytest.raises(TypeError, match="needs a closure"):
        optimizer.step()

    def closure():
        w.grad = mg.ones(1)
        w.data = mg.ones(2)
        return mg.tensor(1.0)

    with pytest.raises(RuntimeError, match=r"shape \(2,\).* has a gradient of shape \(1,\)"):
        optimizer.step(closure)
