"""A trace is used for what it is good for, and for nothing else."""

import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import nn


def linear_step(**options):
    model = nn.Linear(3, 2)
    opt = mg.optim.SGD(model.parameters(), lr=0.1)

    def step(x):
        opt.zero_grad()
        loss = (model(x) ** 2).mean()
        loss.backward()
        opt.step()
        return loss

    return model, opt, mg.compile(step, **options)


def warm(step, *args, calls=4):
    for _ in range(calls):
        out = step(*args)
    return out


def test_another_shape_is_traced_anew_and_the_first_is_kept():
    _, _, step = linear_step()
    warm(step, mg.ones(4, 3))
    assert step.traces == 2
    warm(step, mg.ones(2, 3))
    assert step.traces == 4
    warm(step, mg.ones(4, 3))
    warm(step, mg.ones(2, 3))
    assert step.traces == 4


@pytest.mark.parametrize(
    "other",
    [lambda: mg.ones(3, 4).mT, lambda: mg.ones(4, 3)[::2], lambda: mg.ones(1, 3).expand(4, 3)],
)
def test_other_strides_are_traced_anew(other):
    f = mg.compile(lambda x: x * 2 + x.reshape(-1)[0])
    warm(f, mg.ones(4, 3))
    x = other()
    expected = (x * 2 + x.reshape(-1)[0]).tolist()
    for _ in range(3):
        assert f(x).tolist() == expected


def test_another_dtype_and_another_number():
    f = mg.compile(lambda x, k: x * k)
    for _ in range(3):
        assert f(mg.ones(2), 2).tolist() == [2, 2]
        assert f(mg.ones(2), 3).tolist() == [3, 3]
        assert f(mg.ones(2).double(), 2).dtype == mg.float64
        assert f(mg.ones(2), True).tolist() == [1, 1]
        assert f(x=mg.ones(2), k=2.0).tolist() == [2, 2]


def test_more_traces_than_wanted_is_a_warning_that_says_what_changed():
    f = mg.compile(lambda x: x + 1, options={"most": 2})
    for n in (1, 2, 3):
        f(mg.ones(n))
    with pytest.warns(
        UserWarning,
        match=r"traced .* The last trace was not good because an argument has another shape",
    ):
        f(mg.ones(4))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(mg.ones(5)).tolist() == [2] * 5
    with pytest.raises(RuntimeError, match="not compiled"):
        f.source()


def test_training_mode():
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5))
    f = mg.compile(lambda x: model(x).detach())
    x = mg.ones(4, 3)
    warm(f, x)
    model.eval()
    for _ in range(3):
        assert mg.equal(f(x), model(x).detach())
    model.train()
    mg.manual_seed(0)
    expected = model(x).detach()
    mg.manual_seed(0)
    assert mg.equal(f(x), expected)


def test_no_grad_and_requires_grad():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    f = mg.compile(lambda: mg.tensor(1.0) if not (w * 2).requires_grad else mg.tensor(0.0))
    warm(f)
    assert f().item() == 0
    with mg.no_grad():
        for _ in range(3):
            assert f().item() == 1
    w.requires_grad = False
    for _ in range(3):
        assert f().item() == 1
    w.requires_grad = True
    assert f().item() == 0


def test_another_parameter_in_a_module():
    model, _, step = linear_step()
    x = mg.ones(4, 3)
    warm(step, x)
    f = mg.compile(lambda x: model(x).detach())
    warm(f, x)
    model.weight = nn.Parameter(mg.zeros(2, 3))
    for _ in range(3):
        assert mg.equal(f(x), model(x).detach())
    model.weight.data = mg.ones(2, 3)
    for _ in range(3):
        assert mg.equal(f(x), model(x).detach())
    model.load_state_dict({"weight": mg.full((2, 3), 2.0), "bias": mg.zeros(2)})
    assert f(x).tolist() == [[6.0, 6.0]] * 4


def test_another_state_of_the_optimizer():
    model, opt, step = linear_step()
    opt.param_groups[0]["momentum"] = 0.9
    x = mg.ones(4, 3)
    warm(step, x)
    saved = opt.state_dict()
    opt.load_state_dict(saved)
    before = model.weight.detach().clone()
    step(x)
    assert not mg.equal(before, model.weight)
    p = next(iter(model.parameters()))
    kept = opt.state[p]["momentum_buffer"].clone()
    step(x)
    assert not mg.equal(kept, opt.state[p]["momentum_buffer"])


def test_another_flag_of_the_optimizer():
    _, opt, step = linear_step()
    x = mg.ones(4, 3)
    warm(step, x)
    losses = [step(x).item() for _ in range(2)]
    assert losses[1] < losses[0]
    opt.param_groups[0]["maximize"] = True
    losses = [step(x).item() for _ in range(4)]
    assert losses[3] > losses[1]


def test_names_that_are_bound_to_something_else():
    x = mg.ones(2)

    def f():
        return x * 2

    g = mg.compile(f)
    warm(g)
    x = mg.full((2,), 5.0)
    for _ in range(3):
        assert g().tolist() == [10.0, 10.0]
    x += 1
    assert g().tolist() == [12.0, 12.0]


def test_gradients_that_are_there_already_are_added_to():
    w = mg.tensor([1.0], requires_grad=True)

    def step():
        (w * 3).sum().backward()

    f = mg.compile(step)
    for k in range(1, 8):
        f()
        assert w.grad.item() == 3 * k
    w.grad = None
    for k in range(1, 5):
        f()
        assert w.grad.item() == 3 * k
    w.grad = None
    f()
    assert w.grad.item() == 3


def test_gradients_that_someone_keeps_do_not_change():
    model, _, step = linear_step()
    x = mg.ones(4, 3)
    kept = []
    for _ in range(6):
        step(x)
        kept.append((model.weight.grad, model.weight.grad.clone()))
    for held, copied in kept:
        assert mg.equal(held, copied)


def test_results_do_not_share_memory_with_the_next_ones():
    f = mg.compile(lambda x: (x + 1, (x * 2).sum()))
    x = mg.zeros(2000)
    kept = [f(x + k) for k in range(6)]
    for k, (a, b) in enumerate(kept):
        assert a.tolist() == [k + 1.0] * 2000
        assert b.item() == 4000 * k


def test_updates_land_in_the_same_memory_and_aliases_see_them():
    model, _, step = linear_step()
    alias = model.weight.detach().numpy()
    x = mg.ones(4, 3)
    for _ in range(6):
        step(x)
        assert np.array_equal(alias, model.weight.detach().numpy())
    late = model.bias.detach().numpy()
    for _ in range(3):
        step(x)
        assert np.array_equal(late, model.bias.detach().numpy())


def test_a_copied_or_saved_model_is_as_large_as_before(tmp_path):
    import copy

    model, _, step = linear_step()
    warm(step, mg.ones(4, 3))
    twin = copy.deepcopy(model)
    step(mg.ones(4, 3))
    assert not mg.equal(twin.weight, model.weight)
    mg.save(model.state_dict(), tmp_path / "m.pt")
    loaded = mg.load(tmp_path / "m.pt")
    assert mg.equal(loaded["weight"], model.weight.detach())
    mg.save(nn.Linear(3, 2).state_dict(), tmp_path / "n.pt")
    assert (tmp_path / "m.pt").stat().st_size == (tmp_path / "n.pt").stat().st_size


def test_one_parameter_changed_in_place_leaves_its_neighbours_graphs_alone():
    model, _, step = linear_step()
    x = mg.ones(4, 3)
    warm(step, x)
    loss = (model(x) ** 2).sum()
    with mg.no_grad():
        model.bias += 1
    x = x.clone().requires_grad_()
    (model(x) ** 2).sum().backward()
    loss.backward()


def test_the_loss_is_as_after_backward():
    _, _, step = linear_step()
    loss = warm(step, mg.ones(4, 3))
    assert loss.requires_grad
    assert str(loss.grad_fn).startswith("<MeanBackward")
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()
