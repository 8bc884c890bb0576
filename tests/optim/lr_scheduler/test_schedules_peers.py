"""All schedules beside PyTorch: 60 epochs, saved in the middle, by the closed form."""

import inspect
import warnings

import numpy as np
import pytest

import microgradnn as mg
from tests.optim.lr_scheduler.schedules import CLOSED, SCHEDULES, made, optimizer, path, rates

pytestmark = pytest.mark.peers
every_schedule = pytest.mark.parametrize("name", SCHEDULES)


def check(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)
    assert len({tuple(x) for x in ours}) > 1


@every_schedule
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_peer_sixty_epochs(name, kind):
    import torch

    check(*(path(m, name, kind) for m in (mg, torch)))


@every_schedule
def test_peer_saved_in_the_middle(name):
    import torch

    ours = path(mg, name, save_at=23)
    check(ours, path(torch, name, save_at=23))


@pytest.mark.parametrize("name", CLOSED)
def test_peer_epochs_out_of_order(name):
    import torch

    seen = []
    for m in (mg, torch):
        o = optimizer(m)
        schedule = SCHEDULES[name](m.optim.lr_scheduler, o)
        o.step()
        several = []
        for epoch in (3, 17, 9, 0, 40):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                schedule.step(epoch)
            several.append(rates(o))
            o.step()
            schedule.step()
            several.append(rates(o))
        seen.append(several)
    np.testing.assert_allclose(*seen, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", [n for n in SCHEDULES if n not in (
    "SequentialLR", "SequentialLR-nested", "ChainedScheduler",
) and not n.startswith("Reduce")])  # fmt: skip
def test_peer_resumed_by_the_number_of_an_epoch(name):
    import torch

    seen = []
    for m in (mg, torch):
        S, o = m.optim.lr_scheduler, optimizer(m)
        schedule = SCHEDULES[name](S, o)
        for _ in range(12):
            o.step()
            schedule.step()
        make = type("Resumed", (), {})
        for key in dir(S):
            kind = getattr(S, key)
            if inspect.isclass(kind) and key[0].isupper():

                def resumed(*args, kind=kind, last=schedule.last_epoch, **options):
                    return kind(*args, last_epoch=last, **options)

                setattr(make, key, staticmethod(resumed))
        again = SCHEDULES[name](make, o)
        several = [rates(o)]
        for _ in range(20):
            o.step()
            again.step()
            several.append(rates(o))
        seen.append(several)
    np.testing.assert_allclose(*seen, rtol=1e-12, atol=1e-15)


def test_peer_all_of_them_are_here():
    import torch

    theirs = torch.optim.lr_scheduler
    for name in theirs.__all__:
        ours = getattr(mg.optim.lr_scheduler, name)
        assert {n.split("-")[0] for n in SCHEDULES} >= {name} - {"LRScheduler"}
        signatures = [
            [(p.name, p.kind, p.default) for p in inspect.signature(kind).parameters.values()]
            for kind in (ours, getattr(theirs, name))
        ]
        assert signatures[0] == signatures[1], name


@every_schedule
def test_peer_states(name):
    import torch

    keys = []
    for m in (mg, torch):
        o = optimizer(m)
        state = made(m, name, o).state_dict()
        internal = ("_get_lr_called_within_step", "_is_initial", "default_min_lr")
        keys.append({key for key in state if key not in internal})
    assert keys[0] == keys[1]


def test_peer_tensor_rates():
    import torch

    for name in ("StepLR", "LinearLR", "CosineAnnealingLR", "ReduceLROnPlateau", "SequentialLR"):
        seen = []
        for m in (mg, torch):
            w = m.ones(1, requires_grad=True)
            o = m.optim.SGD([w], lr=m.tensor(0.2, dtype=m.float64), momentum=0.9)
            rate = o.param_groups[0]["lr"]
            schedule = SCHEDULES[name](m.optim.lr_scheduler, o)
            several = []
            for _ in range(20):
                o.step()
                schedule.step(*([1.0] if name.startswith("Reduce") else []))
                assert o.param_groups[0]["lr"] is rate
                several.append(float(rate))
            seen.append(several)
        np.testing.assert_allclose(*seen, rtol=1e-12)
