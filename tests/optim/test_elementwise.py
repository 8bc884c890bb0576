"""Every optimizer that treats numbers one by one: by hand, and Values as Tensors."""

import copy
import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from tests.optim.cases import LR, every_case, every_optimizer, flat, start, step

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
