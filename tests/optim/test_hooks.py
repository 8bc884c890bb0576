"""Functions of the user's around steps, saves and loads."""

import copy
import pickle

import pytest

import microgradnn as mg
from microgradnn import Value


def made(cls=mg.optim.Adam, **options):
    w = mg.tensor([1.0], requires_grad=True)
    w.grad = mg.ones(1)
    return w, cls([w], lr=0.1, **options)


def test_steps():
    w, optimizer = made()
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, a, k: seen.append(("before", o, a, k)))
    after = optimizer.register_step_post_hook(lambda o, a, k: seen.append((w.item(), o, a, k)))
    optimizer.step()
    assert seen == [("before", optimizer, (), {}), (w.item(), optimizer, (), {})]
    before.remove()
    after.remove()
    optimizer.step()
    assert len(seen) == 2


def test_all_optimizers():
    from microgradnn.optim.optimizer import (
        register_optimizer_step_post_hook,
        register_optimizer_step_pre_hook,
    )

    seen = []
    with (
        register_optimizer_step_pre_hook(lambda o, a, k: seen.append("all")),
        register_optimizer_step_post_hook(lambda o, a, k: seen.append("all after")),
    ):
        _, optimizer = made(mg.optim.SGD)
        optimizer.register_step_pre_hook(lambda o, a, k: seen.append("one"))
        optimizer.register_step_post_hook(lambda o, a, k: seen.append("one after"))
        optimizer.step()
    optimizer.step()
    assert seen == ["all", "one", "one after", "all after", "one", "one after"]


def test_other_arguments():
    _, optimizer = made()
    handle = optimizer.register_step_pre_hook(lambda o, a, k: ((lambda: 5,), {}))
    assert optimizer.step() == 5
    handle.remove()
    optimizer.register_step_pre_hook(lambda o, a, k: 5)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple .*, got 5"):
        optimizer.step()


def test_steps_of_the_users_own_optimizers():
    class Plain(mg.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["count"] = self.state[p].get("count", 0) + 1
                    p.data.add_(p.grad, alpha=-group["lr"])

    class Plainer(Plain):
        def step(self, closure=None):
            super().step(closure)

    for cls in (Plain, Plainer):
        w, optimizer = made(cls)
        seen = []
        optimizer.register_step_post_hook(lambda o, a, k, seen=seen, w=w: seen.append(w.item()))
        schedule = mg.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
        optimizer.step()
        schedule.step()
        assert w.item() == pytest.approx(0.9)
        assert seen[-1] == w.item()
        assert optimizer.state_dict()["state"] == {0: {"count": 1}}
        again = cls([w], lr=1.0)
        again.load_state_dict(optimizer.state_dict())
        assert again.state[w]["count"] == 1


def test_saving_and_loading():
    _, optimizer = made()
    optimizer.step()
    seen = []
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, s: {**s, "more": 1})
    state = optimizer.state_dict()
    assert seen == ["first", "second"]
    assert state["more"] == 1
    optimizer.register_load_state_dict_pre_hook(lambda o, s: seen.append(s.pop("more")))
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    optimizer.load_state_dict(state)
    assert seen == ["first", "second", 1, "loaded"]
    assert state["more"] == 1  # the hook changed a copy


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_of_optimizers(copied):
    w, optimizer = made()
    v = Value(1.0)
    v.grad = 1.0
    optimizer.add_param_group({"params": [v]})
    optimizer.step()
    other = copied(optimizer)
    (p,), (u,) = (group["params"] for group in other.param_groups)
    assert p is not w
    assert u is not v
    for o, a, b in ((optimizer, w, v), (other, p, u)):
        a.grad, b.grad = mg.ones(1) * 3, 3.0
        o.step()
        assert o.state[a]["step"].item() == o.state[b]["step"].item() == 2
    assert p.item() == w.item()
    assert u.data == v.data != 1


@pytest.mark.peers
def test_peer_order_of_hooks():
    import torch

    def run(m):
        seen = []
        w = m.ones(1, requires_grad=True)
        w.grad = m.ones(1)
        o = m.optim.SGD([w], lr=0.1)
        for k, prepend in enumerate((False, True, False, True)):
            for when in ("pre", "post"):
                for what in ("state_dict", "load_state_dict"):
                    name = f"register_{what}_{when}_hook"
                    getattr(o, name)(lambda *a, n=f"{name}{k}": seen.append(n), prepend=prepend)
        o.load_state_dict(o.state_dict())
        return seen

    assert run(mg) == run(torch)
