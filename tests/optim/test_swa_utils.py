"""Means of weights, by hand and beside PyTorch."""

import inspect

import numpy as np
import pytest

import microgradnn as mg

swa = mg.optim.swa_utils


def net(m):
    m.manual_seed(3)
    return m.nn.Sequential(m.nn.Linear(3, 4), m.nn.Tanh(), m.nn.Linear(4, 2)).double()


def train(m, model, mean, epochs=8):
    """Weights of both after each epoch, and the rates."""
    optimizer = m.optim.SGD(model.parameters(), lr=0.3)
    schedule = m.optim.swa_utils.SWALR(optimizer, 0.05, anneal_epochs=4)
    rng = np.random.default_rng(4)
    path = []
    for _ in range(epochs):
        x, y = (m.tensor(rng.normal(size=s)) for s in ((8, 3), (8, 2)))
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        optimizer.step()
        schedule.step()
        mean.update_parameters(model)
        weights = [p.detach().numpy().ravel() for p in (*model.parameters(), *mean.parameters())]
        path.append(np.concatenate([*weights, schedule.get_last_lr()]))
    return np.array(path)


MEANS = {
    "mean": lambda s: {},
    "ema": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.9)},
    "ema one by one": lambda s: {"avg_fn": s.get_ema_avg_fn(0.7)},
    "swa": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "swa one by one": lambda s: {"avg_fn": s.get_swa_avg_fn()},
    "own": lambda s: {"avg_fn": lambda mean, new, count: mean + new * count, "use_buffers": True},
}


@pytest.mark.peers
@pytest.mark.parametrize("name", MEANS)
def test_peer_training(name):
    import torch

    seen, keys = [], []
    for m in (mg, torch):
        model = net(m)
        mean = m.optim.swa_utils.AveragedModel(model, **MEANS[name](m.optim.swa_utils))
        seen.append(train(m, model, mean))
        keys.append(list(mean.state_dict()))
        assert int(mean.n_averaged) == 8
    np.testing.assert_allclose(*seen, rtol=1e-10)
    assert keys[0] == keys[1]


@pytest.mark.peers
@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 7])
def test_peer_rates(strategy, epochs):
    import torch

    seen = []
    for m in (mg, torch):
        groups = [{"params": [m.ones(1)]}, {"params": [m.ones(1)], "lr": 0.5}]
        optimizer = m.optim.SGD(groups, lr=0.2)
        schedule = m.optim.swa_utils.SWALR(optimizer, [0.1, 0.01], epochs, strategy)
        several = []
        for k in range(20):
            if k == 5:
                state = schedule.state_dict()
                schedule = m.optim.swa_utils.SWALR(optimizer, 3.0, 2)
                schedule.load_state_dict(state)
                for group, rate in zip(optimizer.param_groups, (0.1, 0.01), strict=True):
                    group["swa_lr"] = rate
            optimizer.step()
            schedule.step()
            several.append(schedule.get_last_lr())
        seen.append(several)
    np.testing.assert_allclose(*seen, rtol=1e-12)


@pytest.mark.peers
@pytest.mark.parametrize("use_buffers", [False, True])
def test_peer_buffers(use_buffers):
    import torch

    seen = []
    for m in (mg, torch):
        m.manual_seed(3)
        model = m.nn.Sequential(m.nn.Linear(3, 4), m.nn.BatchNorm1d(4))
        mean = m.optim.swa_utils.AveragedModel(model, use_buffers=use_buffers)
        rng = np.random.default_rng(4)
        data = [m.tensor(rng.normal(size=(8, 3)).astype("f")) for _ in range(4)]
        for x in data:
            model(x)
            mean.update_parameters(model)
        several = [b.numpy().ravel().copy() for b in mean.buffers()]
        m.optim.swa_utils.update_bn(data, mean)
        several += [b.numpy().ravel() for b in mean.buffers()]
        seen.append(np.concatenate(several))
    np.testing.assert_allclose(*seen, rtol=1e-5, atol=1e-6)


@pytest.mark.peers
def test_peer_signatures():
    import torch

    for name in torch.optim.swa_utils.__all__:
        signatures = [
            [(p.name, p.default) for p in inspect.signature(getattr(s, name)).parameters.values()]
            for s in (swa, torch.optim.swa_utils)
        ]
        assert signatures[0] == signatures[1], name


def test_means_by_hand():
    model = mg.nn.Linear(1, 1, bias=False)
    mean = swa.AveragedModel(model)
    forgetful = swa.AveragedModel(model, multi_avg_fn=swa.get_ema_multi_avg_fn(0.75))
    for weight in (1.0, 2.0, 6.0):
        mg.nn.init.constant_(model.weight, weight)
        mean.update_parameters(model)
        forgetful.update_parameters(model)
    assert mean.module.weight.item() == pytest.approx(3)
    assert forgetful.module.weight.item() == pytest.approx(0.75 * (0.75 + 0.5) + 1.5)
    assert mean(mg.tensor([[2.0]])).item() == pytest.approx(6)
    assert mean.n_averaged.item() == 3
    assert model.weight.item() == 6


def test_rates_by_hand():
    optimizer = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = swa.SWALR(optimizer, 0.0, anneal_epochs=4, anneal_strategy="linear")
    seen = []
    for _ in range(6):
        seen.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    assert seen == pytest.approx([1, 0.75, 0.5, 0.25, 0, 0])


def test_statistics_are_computed_again():
    norm = mg.nn.BatchNorm1d(1)
    model = mg.nn.Sequential(norm).eval()
    batches = [mg.tensor([[1.0], [3.0]]), (mg.tensor([[4.0], [8.0]]), "label")]
    swa.update_bn(batches, model, device="cpu")
    assert norm.running_mean.tolist() == [4]  # of 2 and 6
    assert norm.running_var.tolist() == [5]  # of 2 and 8
    assert norm.momentum == 0.1
    assert not model.training
    swa.update_bn(None, mg.nn.Sequential())  # nothing to compute: the data are not looked at


def test_bad_arguments():
    optimizer = mg.optim.SGD([mg.ones(1)])
    for arguments, message in (
        ((0.1, 10, "square"), "'cos' or 'linear', instead got square"),
        ((0.1, -1), "equal or greater than 0, got -1"),
        ((0.1, 0.5), "equal or greater than 0, got 0.5"),
        (([0.1, 0.2],), "swa_lr has 2 values, param_groups has 1"),
    ):
        with pytest.raises(ValueError, match=message):
            swa.SWALR(optimizer, *arguments)
    assert "swa_lr" not in optimizer.param_groups[0]
    for make in (swa.get_ema_avg_fn, swa.get_ema_multi_avg_fn):
        with pytest.raises(ValueError, match="Invalid decay value 2"):
            make(2)
    with pytest.raises(AssertionError, match="Only one of"):
        swa.AveragedModel(mg.nn.Linear(1, 1), avg_fn=abs, multi_avg_fn=abs)


def test_it_is_imported_when_it_is_asked_for():
    assert mg.optim.swa_utils is swa
    with pytest.raises(AttributeError, match="has no attribute 'swb_utils'"):
        _ = mg.optim.swb_utils
