"""What all optimizers share: parameters, groups, gradients, states."""

import copy
import gc
import weakref

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

SGD = mg.optim.SGD


def leaf(*numbers, dtype=mg.float64):
    return mg.tensor(list(numbers), dtype=dtype, requires_grad=True)


def step(optimizer, *params):
    optimizer.zero_grad()
    sum((p * p).sum() for p in params).backward()
    optimizer.step()


# --- parameters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "options", "error", "message"),
    [
        (list, {}, ValueError, "SGD got an empty parameter list"),
        (lambda: iter(()), {}, ValueError, "empty parameter list"),
        (lambda: leaf(1.0), {}, TypeError, r"an iterable.*got one Tensor.*\[param\]"),
        (lambda: Value(1.0), {}, TypeError, r"got one Value"),
        (lambda: {leaf(1.0)}, {}, TypeError, "an order, which a set has not"),
        (lambda: [{"params": {leaf(1.0)}}], {}, TypeError, "a list, not a set"),
        (lambda: [3.0], {}, TypeError, "updates Tensors or Values, got float"),
        (lambda: [leaf(1.0) * 2], {}, ValueError, r"a Tensor that is no leaf \(shape \(1,\)\)"),
        (lambda: [Value(1.0) * 2], {}, ValueError, "a Value that was computed .by 'mul'."),
        (lambda: [leaf(1.0)] * 2, {}, ValueError, r"\(Tensor of shape \(1,\)\) appears more"),
        (lambda: [Value(1.0, label="w")] * 2, {}, ValueError, "Value 'w' of data 1.0. appears"),
        (lambda: [{"weights": []}], {}, TypeError, r'"params", got the keys .*weights'),
        (lambda: [leaf(1.0)], {"lr": -0.1}, ValueError, "Invalid learning rate value: -0.1"),
        (lambda: [leaf(1.0)], {"lr": float("nan")}, ValueError, "Invalid learning rate value: nan"),
        (lambda: [leaf(1.0)], {"momentum": -1}, ValueError, "Invalid momentum value: -1"),
        (lambda: [leaf(1.0)], {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
        (lambda: [leaf(1.0)], {"nesterov": True}, ValueError, "requires a momentum and zero damp"),
        (
            lambda: [leaf(1.0)], {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
            ValueError, "zero dampening",
        ),
        (lambda: [leaf(1.0)], {"lr": mg.ones(2)}, ValueError, r"1-element, got shape \(2,\)"),
        (lambda: [leaf(1.0)], {"learning_rate": 0.1}, TypeError, "'learning_rate'"),
        (lambda: [leaf(1.0)], {"differentiable": True}, NotImplementedError, "are not recorded"),
        (lambda: [leaf(1.0)], {"fused": True, "foreach": True}, RuntimeError, "cannot be `True`"),
        (
            lambda: [{"params": [leaf(1.0)], "weight_decy": 0.1}], {},
            TypeError, "no option 'weight_decy'; 'weight_decay' is meant",
        ),
        (
            lambda: [{"params": [leaf(1.0)], "learning_rate": 0.1}], {},
            TypeError, "no option 'learning_rate'; 'lr' is meant",
        ),
        (lambda: [{"params": [leaf(1.0)], "lr": -1}], {}, ValueError, "Invalid learning rate"),
    ],
)  # fmt: skip
def test_bad_arguments(params, options, error, message):
    with pytest.raises(error, match=message):
        SGD(params(), **options)


def test_a_failed_group_is_not_added():
    w = leaf(1.0)
    optimizer = SGD([w], lr=0.1)
    for group in (
        {"params": [w]},
        {"params": [leaf(1.0) * 1]},
        {"params": [leaf(1.0)], "lr": -1},
        3,
    ):
        with pytest.raises((ValueError, TypeError)):
            optimizer.add_param_group(group)
    assert len(optimizer.param_groups) == 1


def test_groups_have_options_of_their_own():
    a, b, c = leaf(1.0), leaf(1.0), leaf(1.0)
    optimizer = SGD([{"params": [a]}, {"params": b, "lr": 0.5, "name": "head"}], lr=0.1)
    optimizer.add_param_group({"params": [c], "momentum": 0.9})
    assert [g["lr"] for g in optimizer.param_groups] == [0.1, 0.5, 0.1]
    assert [g["momentum"] for g in optimizer.param_groups] == [0, 0, 0.9]
    assert optimizer.param_groups[1]["name"] == "head"
    step(optimizer, a, b, c)
    assert [p.item() for p in (a, b, c)] == pytest.approx([0.8, 0.0, 0.8])
    optimizer.param_groups[0]["lr"] = 0.25  # as schedules do
    step(optimizer, a, b, c)
    assert a.item() == pytest.approx(0.4)


def test_named_parameters():
    net = mg.nn.Linear(2, 1)
    optimizer = SGD(net.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"] == [net.weight, net.bias]


# --- gradients -----------------------------------------------------------------------------------


def test_zero_grad():
    w, v = leaf(1.0), Value(2.0)
    optimizer = SGD([w, v], lr=0.1)
    (w * w).sum().backward()
    (v * v).backward()
    kept = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert w.grad is kept
    assert kept.tolist() == [0]
    assert v.grad == 0
    optimizer.zero_grad()
    assert w.grad is None


def test_parameters_without_gradient_stay():
    a, b, frozen = leaf(1.0), leaf(1.0), mg.tensor([1.0])
    whole = mg.tensor([1, 2])
    optimizer = SGD([a, b, frozen, whole], lr=0.1, momentum=0.9, weight_decay=0.1)
    (a * a).sum().backward()
    optimizer.step()
    assert a.item() != 1
    assert b.tolist() == frozen.tolist() == [1]
    assert whole.tolist() == [1, 2]
    assert list(optimizer.state) == [a]


def test_a_gradient_that_does_not_fit_changes_nothing():
    a, b = leaf(1.0), leaf(1.0, 2.0)
    optimizer = SGD([{"params": [a]}, {"params": [b]}], lr=0.1)
    ((a * a).sum() + (b * b).sum()).backward()
    b.data = mg.ones(3, dtype=mg.float64)
    with pytest.raises(RuntimeError, match=r"shape \(3,\).* has a gradient of shape \(2,\)"):
        optimizer.step()
    b.data = mg.ones(2)
    with pytest.raises(RuntimeError, match=r"dtype float32 has a gradient.*float64"):
        optimizer.step()
    locked = np.ones(2)
    locked.flags.writeable = False
    b.data = mg.from_numpy(locked)
    with pytest.raises(RuntimeError, match=r"shape \(2,\) lies in read-only memory"):
        optimizer.step()
    assert a.item() == 1


def test_a_step_is_noticed_by_a_graph_that_needs_the_old_numbers():
    w = leaf(3.0)
    optimizer = SGD([w], lr=0.1)
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(RuntimeError, match=r"SGD\.step changed it in place"):
        loss.backward()


def test_closures_run_with_gradients_on():
    w = leaf(3.0)
    optimizer = SGD([w], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with mg.no_grad():
        assert optimizer.step(closure).item() == 9
    assert w.item() == pytest.approx(2.4)
    assert optimizer.step() is None


# --- states --------------------------------------------------------------------------------------


def test_training_goes_on_from_a_state():
    def run(save_at):
        w, v = leaf(1.0, -2.0), leaf(0.5)
        optimizer = SGD([{"params": [w]}, {"params": [v], "lr": 0.01}], lr=0.1, momentum=0.9)
        for k in range(6):
            if k == save_at:
                state = copy.deepcopy(optimizer.state_dict())
                optimizer = SGD([{"params": [w]}, {"params": [v]}], lr=5.0)
                optimizer.load_state_dict(state)
            step(optimizer, w, v)
        return w.tolist() + v.tolist()

    assert run(3) == run(None)


def test_the_form_of_a_state():
    w, v = leaf(1.0), leaf(2.0)
    optimizer = SGD([w, v], lr=0.1, momentum=0.9)
    assert optimizer.state_dict()["state"] == {}
    step(optimizer, w)
    state = optimizer.state_dict()
    assert state["param_groups"][0]["params"] == [0, 1]
    assert state["param_groups"][0]["lr"] == 0.1
    assert list(state["state"]) == [0]
    assert state["state"][0]["momentum_buffer"].tolist() == [2]


def test_a_loaded_state_is_a_copy_in_the_parameters_dtype():
    w, narrow = leaf(1.0), leaf(1.0, dtype=mg.float32)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    step(optimizer, w)
    state = optimizer.state_dict()
    other = SGD([narrow], lr=0.1)
    other.load_state_dict(state)
    buffer = other.state[narrow]["momentum_buffer"]
    assert buffer.dtype is mg.float32
    step(other, narrow)
    assert state["state"][0]["momentum_buffer"].tolist() == [2]


def test_bad_states_change_nothing():
    w, v = leaf(1.0), leaf(2.0, 3.0)
    optimizer = SGD([w, v], lr=0.1, momentum=0.9)
    step(optimizer, w, v)
    good = copy.deepcopy(optimizer.state_dict())
    for change, error, message in (
        (lambda s: s["param_groups"].append(s["param_groups"][0]), ValueError, r"\[2, 2\]"),
        (lambda s: s["param_groups"][0]["params"].pop(), ValueError, r"\[1\] .* \[2\] here"),
        (lambda s: s["state"].update({7: {}}), ValueError, r"of parameters \[7\], which no group"),
        (
            lambda s: s["state"][0].update(momentum_buffer=mg.zeros(5)),
            ValueError, r"'momentum_buffer' has shape \(5,\), its parameter \(1,\)",
        ),
        (lambda s: s["param_groups"][0].update(lr=-1), ValueError, "Invalid learning rate"),
        (lambda s: s.pop("state"), KeyError, "param_groups"),
    ):  # fmt: skip
        bad = copy.deepcopy(good)
        change(bad)
        with pytest.raises(error, match=message):
            optimizer.load_state_dict(bad)
        now = optimizer.state_dict()
        assert now["param_groups"] == good["param_groups"]
        assert now["state"][1]["momentum_buffer"].tolist() == [4, 6]


def test_printing():
    text = repr(SGD([{"params": [leaf(1.0)]}, {"params": [leaf(1.0)], "lr": 0.5}], lr=0.1))
    assert text.startswith(
        "SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n"
    )
    assert "\n    lr: 0.1\n" in text
    assert "\n\nParameter Group 1\n" in text
    assert text.endswith("    weight_decay: 0\n)")


def test_nothing_waits_for_the_collector():
    gc.disable()
    try:
        w = leaf(1.0)
        optimizer = SGD([w], lr=0.1, momentum=0.9)
        for _ in range(3):
            step(optimizer, w)
        dead = weakref.ref(w)
        del w, optimizer
        assert dead() is None
    finally:
        gc.enable()


def test_a_subclass_needs_an_update():
    class Lazy(mg.optim.Optimizer):
        pass

    w = leaf(1.0)
    optimizer = Lazy([w], {"lr": 0.1})
    with pytest.raises(NotImplementedError, match="Lazy defines no _update"):
        step(optimizer, w)


@pytest.mark.peers
def test_peer_prints_and_saves_the_same():
    import torch

    texts, states = [], []
    for m in (mg, torch):
        a, b = (m.ones(2, requires_grad=True) for _ in range(2))
        optimizer = m.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1, momentum=0.9)
        texts.append(repr(optimizer))
        (a * a).sum().backward()
        optimizer.step()
        state = optimizer.state_dict()
        states.append((list(state), state["param_groups"], list(state["state"])))
        assert state["state"][0]["momentum_buffer"].tolist() == [2, 2]
    assert texts[0] == texts[1]
    assert states[0] == states[1]


def test_names_made_of_an_options_are_the_users_own():
    group = {"params": [leaf(1.0)], "weight_decay_scale": 0.5, "lr_scale": 2.0, "name": "head"}
    (kept,) = mg.optim.SGD([group], lr=0.1).param_groups
    assert (kept["weight_decay_scale"], kept["lr_scale"], kept["name"]) == (0.5, 2.0, "head")


@pytest.mark.peers
def test_peer_every_name_is_here():
    import torch

    missing = [name for name in torch.optim.__all__ if not hasattr(mg.optim, name)]
    assert missing == ["swap_in_optimizer_params_and_state"]  # for tracing, which there is not
    for name in ("optimizer", "adam", "sgd", "lr_scheduler", "swa_utils", "lbfgs"):
        assert hasattr(mg.optim, name)
