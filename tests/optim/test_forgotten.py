"""The warning for a forgotten ``zero_grad()``: when it comes, and that it does not otherwise."""

import copy
import pickle
import sys
import warnings

import pytest

import microgradnn as mg
from microgradnn import as_torch
from microgradnn.nn.scalar import MLP
from microgradnn.value import before_backward


def train(optimizer, loss, before=lambda: None, after=lambda: None, steps=4, backwards=1):
    for _ in range(steps):
        before()
        for _ in range(backwards):
            loss().backward()
        optimizer.step()
        after()


def tensors():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    unused = mg.tensor(1.0, requires_grad=True)
    return [unused, w], lambda: (w * w).sum()


def values():
    v = mg.Value(3.0)
    unused = mg.Value(1.0)
    return [unused, v], lambda: v * v


both = pytest.mark.parametrize("make", [tensors, values])


@both
@pytest.mark.parametrize("kind", [mg.optim.SGD, mg.optim.Adam])
def test_the_second_step_warns_once_at_the_users_line(make, kind):
    params, loss = make()
    optimizer = kind(params, lr=0.01)
    with pytest.warns(UserWarning, match=rf"{kind.__name__}\.step\(\) uses gradients that") as told:
        train(optimizer, loss)
    assert len(told) == 1
    assert told[0].filename == __file__
    assert "zero_grad" in str(told[0].message)
    assert "microgradnn.optim.accumulation()" in str(told[0].message)


def zero_in_place(params):
    for p in params:
        if isinstance(p, mg.Value):
            p.grad = 0
        elif p.grad is not None:
            p.grad.zero_()


def drop(params):
    for p in params:
        p.grad = 0 if isinstance(p, mg.Value) else None


@both
@pytest.mark.parametrize("backwards", [1, 3])
def test_no_warning_however_gradients_are_zeroed(make, backwards):
    params, loss = make()
    ways = [
        lambda: optimizer.zero_grad(),
        lambda: optimizer.zero_grad(set_to_none=False),
        lambda: zero_in_place(params),
        lambda: drop(params),
    ]
    for zero in ways:
        optimizer = mg.optim.SGD(params, lr=0.01)
        train(optimizer, loss, before=zero, backwards=backwards)
        optimizer = mg.optim.SGD(params, lr=0.01)
        zero()
        train(optimizer, loss, after=zero, backwards=backwards)


def test_no_warning_when_another_loss_has_used_the_parameters_in_between():
    # As with two networks that learn from each other: zeroed before their own backward().
    params, loss = tensors()
    optimizer = mg.optim.SGD(params, lr=0.01)
    for zero in (lambda: optimizer.zero_grad(), lambda: zero_in_place(params)):
        train(optimizer, loss, before=zero, after=lambda: loss().backward())


def test_no_warning_for_gradients_that_are_given_or_kept():
    w = mg.tensor([1.0], requires_grad=True)
    w.grad = mg.tensor([2.0])
    optimizer = mg.optim.SGD([w], lr=0.1)
    for _ in range(3):
        optimizer.step()
    for _ in range(3):
        w.grad = mg.zeros(1)
        (w * w).sum().backward()
        optimizer.step()


@both
def test_declared_accumulation_is_silent_and_only_there(make):
    params, loss = make()
    optimizer = mg.optim.SGD(params, lr=0.01)
    with mg.optim.accumulation():
        train(optimizer, loss)
    with pytest.warns(UserWarning, match="uses gradients that contain"):
        train(optimizer, loss)


def test_pytorchs_programs_are_left_alone(monkeypatch):
    params, loss = tensors()
    monkeypatch.setattr(sys, "meta_path", [as_torch._finder, *sys.meta_path])  # install()
    train(mg.optim.SGD(params, lr=0.01), loss)


def test_copies_and_pickles_of_an_optimizer_go_on():
    params, loss = tensors()
    optimizer = mg.optim.SGD(params, lr=0.01)
    train(optimizer, loss, before=optimizer.zero_grad, steps=1)
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            other.step()
            other.zero_grad()


def test_steps_without_backward_keep_nothing():
    before_backward.clear()
    model = MLP(2, [2, 1])
    optimizer = mg.optim.SGD(model.parameters(), lr=0.1)
    for p in model.parameters():
        p.grad = 1.0
    for _ in range(5):
        optimizer.step()
    assert len(before_backward) == 1
    (model([1.0, 2.0]) * 1.0).backward()
    assert before_backward == {}
