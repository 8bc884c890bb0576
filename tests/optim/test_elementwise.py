"""Every optimizer that treats numbers one by one: by hand, for Values, and beside PyTorch."""

import copy
import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

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


# --- beside PyTorch -------------------------------------------------------------------------------


@pytest.mark.peers
@every_case
def test_peer_fifty_steps(name, options):
    import torch

    paths, states = [], []
    for m in (mg, torch):
        params = start(m)
        make = getattr(m.optim, name)
        groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.05}]
        optimizer = make(groups, lr=LR, foreach=False, **options)
        path = []
        for k in range(50):
            step(m, optimizer, params, k)
            path.append(flat(params))
        paths.append(np.array(path))
        states.append(optimizer.state_dict())
    np.testing.assert_allclose(*paths, rtol=1e-10, atol=1e-13)
    ours, theirs = states
    assert ours["param_groups"] == theirs["param_groups"]
    assert list(ours["state"]) == list(theirs["state"])
    for number, state in theirs["state"].items():
        assert set(ours["state"][number]) == set(state)
        for key, item in state.items():
            our = ours["state"][number][key]
            assert str(our.dtype) == str(item.dtype).replace("torch.", "microgradnn.")
            assert tuple(our.shape) == tuple(item.shape)
            np.testing.assert_allclose(our.numpy(), item.numpy(), rtol=1e-9, atol=1e-13)


@pytest.mark.peers
@every_optimizer
def test_peer_single_precision_and_tensor_lr(name):
    import torch

    paths = []
    for m in (mg, torch):
        params = start(m, "float32")
        optimizer = getattr(m.optim, name)(params, lr=m.tensor(LR), foreach=False)
        for k in range(20):
            step(m, optimizer, params, k)
        paths.append(flat(params))
    assert paths[0].dtype == np.float32
    np.testing.assert_allclose(*paths, rtol=1e-4, atol=1e-5)


@pytest.mark.peers
@every_case
def test_peer_training_goes_on_from_a_state_of_theirs(name, options):
    import torch

    theirs = start(torch)
    optimizer = getattr(torch.optim, name)(theirs, lr=LR, foreach=False, **options)
    for k in range(15):
        step(torch, optimizer, theirs, k)
    saved = from_torch(optimizer.state_dict())
    ours = [mg.tensor(p.detach().numpy()).requires_grad_() for p in theirs]
    follower = getattr(mg.optim, name)(ours, lr=1.0)
    follower.load_state_dict(saved)
    for k in range(15, 30):
        step(torch, optimizer, theirs, k)
        step(mg, follower, ours, k)
    np.testing.assert_allclose(flat(ours), flat(theirs), rtol=1e-9, atol=1e-12)


@pytest.mark.peers
@every_optimizer
def test_peer_signatures_and_printing(name):
    import inspect

    import torch

    texts, signatures = [], []
    for m in (mg, torch):
        make = getattr(m.optim, name)
        texts.append(repr(make([m.ones(2, requires_grad=True)])))
        parameters = inspect.signature(make).parameters.values()
        signatures.append([(p.name, p.kind, p.default) for p in parameters])
    assert texts[0] == texts[1]
    assert signatures[0] == signatures[1]


# --- by hand ------------------------------------------------------------------------------------

SQUARES = math.sqrt(0.4)  # the root of 0.1 * g**2 for g = 2


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        # f(w) = w**2 from w = 1, so g = 2 at the first step.
        ("Adam", {"lr": 0.1}, 0.9),
        ("Adam", {"lr": 0.1, "eps": 2.0}, 0.95),
        ("Adam", {"lr": 0.1, "maximize": True}, 1.1),
        ("AdamW", {"lr": 0.1, "weight_decay": 0.5}, 0.85),
        ("Adagrad", {"lr": 0.1}, 0.9),
        ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 5.0}, 1 - 0.2 / 3),
        ("Adadelta", {"eps": 0.5}, 1 - 2 * math.sqrt(0.5) / math.sqrt(0.9)),
        ("Adamax", {"lr": 0.1, "eps": 2.0}, 0.95),
        ("NAdam", {"lr": 0.1, "momentum_decay": 0.0, "betas": (0.5, 0.9)}, 1 - 0.1 * 17 / 15),
        ("RAdam", {"lr": 0.1}, 0.8),
        ("RMSprop", {"lr": 0.1, "alpha": 0.9}, 1 - 0.2 / SQUARES),
        ("RMSprop", {"lr": 0.1, "alpha": 0.9, "centered": True}, 1 - 0.2 / 0.6),
        ("Rprop", {"lr": 0.1}, 0.9),
        ("ASGD", {"lr": 0.1}, 1 - 1e-5 - 0.2),
    ],
)  # fmt: skip
def test_first_steps(name, options, expected):
    w, v = mg.tensor([1.0], dtype=mg.float64, requires_grad=True), Value(1.0)
    optimizer = getattr(mg.optim, name)([w, v], **options)
    (w * w).sum().backward()
    (v * v).backward()
    optimizer.step()
    assert w.item() == pytest.approx(expected, rel=1e-7)
    assert v.data == pytest.approx(expected, rel=1e-7)


def test_signs_and_sizes_of_rprop():
    # w**2 from 1 with steps 0.4, 0.48, 0.576 (the sign turns), stand still, 0.288 back
    w = mg.tensor([1.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.Rprop([w], lr=0.4)
    seen = []
    for _ in range(5):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        seen.append(w.item())
    assert seen == pytest.approx([0.6, 0.12, -0.456, -0.456, -0.168])


def constant(optimizer, w, steps):
    """Where a parameter goes by gradients of 1."""
    seen = []
    for _ in range(steps):
        w.grad = mg.ones(1, dtype=mg.float64)
        optimizer.step()
        seen.append(w.item())
    return seen


def test_the_mean_of_asgd():
    w = mg.zeros(1, dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.ASGD([w], lr=1.0, lambd=0.0, alpha=0.0, t0=0.0)
    assert constant(optimizer, w, 4) == [-1, -2, -3, -4]
    # -1, -2 (all of it: mu is 1 twice), then half and a third of the way
    assert optimizer.state[w]["ax"].item() == pytest.approx(-2.5 - 1.5 / 3)
    assert optimizer.state[w]["mu"].item() == 0.25


def test_radam_trusts_the_mean_square_at_the_sixth_step():
    w = mg.zeros(1, dtype=mg.float64, requires_grad=True)
    seen = constant(mg.optim.RAdam([w], lr=0.1, eps=0.0), w, 6)
    assert seen[:5] == pytest.approx([-0.1, -0.2, -0.3, -0.4, -0.5])
    limit, left = 1999, 0.999**6
    r = limit - 12 * left / (1 - left)
    trust = math.sqrt((r - 4) * (r - 2) * limit / ((limit - 4) * (limit - 2) * r))
    assert seen[5] == pytest.approx(-0.5 - 0.1 * trust)


@every_case
def test_values_go_where_tensors_go(name, options):
    # f(w) = 2 sin(w) + w^2/8
    start = [1.0, -2.0, 0.3, 4.0]
    w = mg.tensor(start, dtype=mg.float64, requires_grad=True)
    values = [Value(x) for x in start]
    a, b = (getattr(mg.optim, name)(p, lr=LR, **options) for p in ([w], values))
    for k in range(20):
        if k == 10:  # through a saved state
            state = copy.deepcopy(b.state_dict())
            b = getattr(mg.optim, name)(values, lr=LR, **options)
            b.load_state_dict(state)
        a.zero_grad()
        b.zero_grad()
        (2 * w.sin() + w**2 / 8).sum().backward()
        for v in values:
            (2 * v.sin() + v**2 / 8).backward()
        a.step()
        b.step()
    np.testing.assert_allclose([v.data for v in values], w.detach().numpy(), rtol=1e-12)
    assert all(isinstance(v.data, float) for v in values)
    for key, item in a.state[w].items():
        for k, v in enumerate(values):
            ours = b.state[v][key]
            assert ours.shape == ()
            expected = item[k] if item.ndim else item
            assert ours.item() == pytest.approx(expected.item(), rel=1e-12)


# --- what all of them keep to -------------------------------------------------------------------


@every_case
def test_training_goes_on_from_a_state(name, options):
    def run(save_at):
        params = start(mg)
        make = getattr(mg.optim, name)
        optimizer = make([{"params": params[:2]}, {"params": params[2:], "lr": 0.05}], **options)
        for k in range(8):
            if k == save_at:
                state = copy.deepcopy(optimizer.state_dict())
                optimizer = make([{"params": params[:2]}, {"params": params[2:]}], lr=5.0)
                optimizer.load_state_dict(state)
            step(mg, optimizer, params, k)
        return flat(params)

    # NAdam's product is loaded, as in PyTorch, in the parameters' dtype: rounded otherwise then.
    tolerance = 1e-7 if name == "NAdam" else 0
    np.testing.assert_allclose(run(4), run(None), rtol=tolerance)


@every_case
def test_the_gradient_is_not_changed(name, options):
    w = mg.ones(3, requires_grad=True)
    optimizer = getattr(mg.optim, name)([w], **options)
    w.sum().backward()
    memory = w.data_ptr()
    for _ in range(3):
        optimizer.step()
    assert w.grad.tolist() == [1, 1, 1]
    assert w.data_ptr() == memory
    assert w.tolist() != [1, 1, 1]


@every_optimizer
def test_parameters_without_gradient_and_of_no_dimension(name):
    a, b = (mg.tensor(1.0, dtype=mg.float64, requires_grad=True) for _ in range(2))
    optimizer = getattr(mg.optim, name)([a, b])
    (a * a).backward()
    optimizer.step()
    assert a.item() < 1
    assert b.item() == 1
    state = optimizer.state_dict()["state"]
    assert list(state) == ([0, 1] if name == "Adagrad" else [0])
    assert state[0]["step"].item() == 1
    assert state[0]["step"].dtype is mg.float32


@every_optimizer
def test_zero_gradients_divide_no_number(name):
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    optimizer = getattr(mg.optim, name)([w])
    (w * 0).sum().backward()
    optimizer.step()
    assert all(map(math.isfinite, w.tolist()))


@every_optimizer
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lr": -0.1}, ValueError, "Invalid learning rate value: -0.1"),
        ({"lr": mg.ones(2)}, ValueError, r"1-element, got shape \(2,\)"),
        ({"differentiable": True}, NotImplementedError, "are not recorded"),
    ],
)
def test_bad_options_of_all(name, options, error, message):
    with pytest.raises(error, match=message):
        getattr(mg.optim, name)([mg.ones(1, requires_grad=True)], **options)


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("Adam", {"betas": (1.0, 0.9)}, ValueError, "beta parameter at index 0 value: 1.0"),
        ("Adam", {"betas": (0.9, -1)}, ValueError, "beta parameter at index 1 value: -1"),
        ("Adam", {"betas": (mg.ones(2), 0.9)}, ValueError, r"Tensor betas\[0\] .* \(2,\)"),
        ("Adam", {"eps": -1}, ValueError, "Invalid epsilon value: -1"),
        ("AdamW", {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
        ("Adam", {"fused": True, "foreach": True}, RuntimeError, "cannot be `True`"),
        ("Adagrad", {"fused": True, "foreach": True}, RuntimeError, "cannot be `True`"),
        ("Adagrad", {"lr_decay": -1}, ValueError, "Invalid lr_decay value: -1"),
        ("Adagrad", {"initial_accumulator_value": -1}, ValueError, "initial_accumulator_value"),
        ("Adadelta", {"rho": 1.5}, ValueError, "Invalid rho value: 1.5; it must be at most 1.0"),
        ("Adadelta", {"rho": -1}, ValueError, "Invalid rho value: -1"),
        ("Adamax", {"betas": (0.9, 1.0)}, ValueError, "beta parameter at index 1 value: 1.0"),
        ("NAdam", {"momentum_decay": -1}, ValueError, "Invalid momentum_decay value: -1"),
        ("RAdam", {"eps": -1}, ValueError, "Invalid epsilon value: -1"),
        ("RMSprop", {"alpha": -1}, ValueError, "Invalid alpha value: -1"),
        ("RMSprop", {"momentum": -1}, ValueError, "Invalid momentum value: -1"),
        ("Rprop", {"etas": (0.5, 0.9)}, ValueError, "Invalid eta values: 0.5, 0.9"),
        ("ASGD", {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
    ],
)
def test_bad_options(name, options, error, message):
    with pytest.raises(error, match=message):
        getattr(mg.optim, name)([mg.ones(1, requires_grad=True)], **options)


def test_a_parameter_that_changed_since_the_last_step_changes_nothing():
    a, b = (mg.ones(2, requires_grad=True) for _ in range(2))
    optimizer = mg.optim.Adam([a, b], lr=0.1)
    (a.sum() + b.sum()).backward()
    optimizer.step()
    for data in (mg.ones(3), mg.ones(2, dtype=mg.float64)):
        optimizer.zero_grad()
        b.data = data
        (a.sum() + b.sum()).backward()
        with pytest.raises(RuntimeError, match="had other ones at the last step: its 'exp_avg'"):
            optimizer.step()
    assert a.tolist() == pytest.approx([0.9, 0.9])
    assert optimizer.state[a]["step"].item() == 1


def test_steps_saved_as_plain_numbers():
    w = mg.ones(1, requires_grad=True)
    optimizer = mg.optim.Adam([w])
    w.sum().backward()
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][0]["step"] = 1
    optimizer.load_state_dict(state)
    optimizer.step()
    assert optimizer.state[w]["step"].item() == 2


def test_a_loaded_count_keeps_its_dtype():
    w = mg.ones(1, dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.Adam([w])
    constant(optimizer, w, 1)
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert optimizer.state[w]["step"].dtype is mg.float32
    assert optimizer.state[w]["exp_avg"].dtype is mg.float64


def test_betas_as_tensors_become_numbers():
    optimizer = mg.optim.Adam([mg.ones(1)], betas=(mg.tensor(0.5), mg.tensor(0.25)))
    assert optimizer.param_groups[0]["betas"] == (0.5, 0.25)
