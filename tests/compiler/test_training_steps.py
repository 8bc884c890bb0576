"""A compiled training step equals the eager one: losses, parameters, gradients, state."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import nn

OPTIMIZERS = {
    "SGD": lambda p: mg.optim.SGD(p, lr=0.1),
    "SGD with all": lambda p: mg.optim.SGD(
        p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True
    ),
    "SGD dampened": lambda p: mg.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.2, maximize=True),
    "Adam": lambda p: mg.optim.Adam(p, lr=0.01, weight_decay=0.1),
    "Adam with amsgrad": lambda p: mg.optim.Adam(p, lr=0.01, amsgrad=True),
    "AdamW": lambda p: mg.optim.AdamW(p, lr=0.01),
    "Adagrad": lambda p: mg.optim.Adagrad(p, lr=0.1, lr_decay=0.1),
    "Adadelta": lambda p: mg.optim.Adadelta(p),
    "Adamax": lambda p: mg.optim.Adamax(p, lr=0.01),
    "ASGD": lambda p: mg.optim.ASGD(p, lr=0.1, t0=5),
    "NAdam": lambda p: mg.optim.NAdam(p, lr=0.01),
    "RAdam": lambda p: mg.optim.RAdam(p, lr=0.01),
    "RMSprop": lambda p: mg.optim.RMSprop(p, lr=0.01, momentum=0.9, centered=True),
    "Rprop": lambda p: mg.optim.Rprop(p, lr=0.01),
    "Adafactor": lambda p: mg.optim.Adafactor(p),
}


def network():
    mg.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))


def batch():
    mg.manual_seed(1)
    return mg.randn(6, 5), mg.tensor([0, 1, 2, 1, 0, 2])


def training(optimizer, loss_of=None, model=None, data=None, schedule=None):
    """A model, its optimizer, and a step."""
    model = (model or network)()
    x, y = (data or batch)()
    opt = optimizer(model.parameters())
    scheduler = schedule(opt) if schedule else None
    criterion = loss_of or nn.CrossEntropyLoss()

    def step():
        opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
        if scheduler is not None:
            scheduler.step()
        return loss

    return model, opt, step


def assert_equal_training(make, steps=20, exact=True):
    """Train eagerly and compiled, and compare all there is, at every step."""
    eager_model, eager_opt, eager = make()
    model, opt, step = make()
    step = mg.compile(step, options={"reorder": not exact})
    for k in range(steps):
        seed = mg.manual_seed(k)
        expected = eager()
        state = seed.get_state()
        mg.manual_seed(k)
        loss = step()
        assert mg.equal(mg.get_rng_state(), state), f"step {k}: other random numbers were drawn"
        compare(expected, loss, exact, f"the loss of step {k}")
        for (name, p), q in zip(eager_model.named_parameters(), model.parameters(), strict=True):
            compare(p, q, exact, f"{name} after step {k}")
            compare(p.grad, q.grad, exact, f"the gradient of {name} after step {k}")
            for key, value in eager_opt.state.get(p, {}).items():
                compare(value, opt.state[q][key], exact, f"{key} of {name} after step {k}")
        for (name, p), q in zip(eager_model.named_buffers(), model.buffers(), strict=True):
            compare(p, q, exact, f"{name} after step {k}")
    assert step.traces == 2
    step.source()
    return step


def compare(expected, found, exact, what):
    if not isinstance(expected, mg.Tensor):
        assert (expected is None and found is None) or expected == found, what
        return
    a, b = expected.detach().numpy(), found.detach().numpy()
    assert (a.shape, a.dtype) == (b.shape, b.dtype), what
    assert expected.requires_grad == found.requires_grad, what
    if exact:
        assert np.array_equal(a, b, equal_nan=True), what
    else:
        np.testing.assert_allclose(b, a, rtol=2e-4, atol=1e-6, err_msg=what)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_bit_for_bit(name):
    assert_equal_training(lambda: training(OPTIMIZERS[name]))


@pytest.mark.parametrize("name", ["SGD with all", "Adam"])
def test_optimizers_with_reordered_sums(name):
    assert_equal_training(lambda: training(OPTIMIZERS[name]), exact=False)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: mg.optim.lr_scheduler.StepLR(o, 3, 0.5),
        lambda o: mg.optim.lr_scheduler.CosineAnnealingLR(o, 10),
        lambda o: mg.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=30),
    ],
)
def test_schedules(schedule):
    assert_equal_training(lambda: training(OPTIMIZERS["SGD with all"], schedule=schedule))


def test_a_learning_rate_set_by_hand_is_never_baked_in():
    eager_model, eager_opt, eager = training(OPTIMIZERS["Adam"])
    model, opt, step = training(OPTIMIZERS["Adam"])
    step = mg.compile(step)
    for k in range(12):
        for o in (eager_opt, opt):
            o.param_groups[0]["lr"] = 0.1 / (1 + k)
        eager(), step()
    for p, q in zip(eager_model.parameters(), model.parameters(), strict=True):
        compare(p, q, False, "a parameter")
    assert step.traces == 2


LOSSES = {
    "mse": (nn.MSELoss(), lambda: (mg.randn(6, 5), mg.randn(6, 3))),
    "smooth": (nn.SmoothL1Loss(), lambda: (mg.randn(6, 5), mg.randn(6, 3))),
    "bce": (nn.BCEWithLogitsLoss(), lambda: (mg.randn(6, 5), mg.rand(6, 3))),
    "smoothed": (nn.CrossEntropyLoss(label_smoothing=0.1), batch),
    "weighted": (nn.CrossEntropyLoss(reduction="sum"), batch),
    "probabilities": (nn.CrossEntropyLoss(), lambda: (mg.randn(6, 5), mg.rand(6, 3))),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_bit_for_bit(name):
    loss, data = LOSSES[name]

    def seeded():
        mg.manual_seed(2)
        return data()

    assert_equal_training(lambda: training(OPTIMIZERS["SGD"], loss, data=seeded), steps=6)
