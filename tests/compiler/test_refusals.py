"""What cannot be replayed is an error with the user's line; nothing is changed by it."""

import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import nn


def called(f, *args, calls=4, **options):
    f = mg.compile(f, **options)
    for _ in range(calls):
        out = f(*args)
    return out


REFUSED = {
    "if": (lambda x: x if x.sum() > 0 else -x, "'if', 'while'"),
    "item": (lambda x: x * x.sum().item(), r"\.item\(\)"),
    "float": (lambda x: x * float(x[0]), "float"),
    "int": (lambda x: x * int(x[0]), "int"),
    "print": (lambda x: print(x), "print"),
    "format": (lambda x: f"{x[0]}", "print"),
    "tolist": (lambda x: mg.tensor(x.tolist()), r"\.tolist\(\)"),
    "mask": (lambda x: x[x > 0], r"microgradnn\.where"),
    "numpy": (lambda x: mg.from_numpy(np.asarray(x.numpy()) + 1), "plain NumPy array"),
    "range": (lambda x: [x for _ in range(int(x[0]))], "int"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_looking_at_numbers(name):
    f, message = REFUSED[name]
    with pytest.raises(RuntimeError, match=message) as error:
        called(f, mg.ones(2))
    assert "test_refusals.py" in str(error.value)
    assert name in str(error.value) or "lambda" in str(error.value)


def test_such_a_step_runs_as_it_is_if_wanted():
    f = mg.compile(lambda x: x * x.sum().item(), fullgraph=False)
    assert f(mg.ones(2)).tolist() == [2, 2]
    with pytest.warns(UserWarning, match=r"\.item\(\)"):
        assert f(mg.full((2,), 2.0)).tolist() == [8, 8]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(mg.full((2,), 3.0)).tolist() == [18, 18]


def test_a_python_number_that_changes_is_found():
    count = [0]

    def outside():
        count[0] += 1
        return count[0]

    class Box:
        pass

    box = Box()
    box.factor = 1.0
    f = mg.compile(lambda x: x * box.factor)
    for _ in range(3):
        f(mg.ones(2))
    box.factor = 2.0
    for _ in range(3):
        assert f(mg.ones(2)).tolist() == [2, 2]
    numbers = iter(range(100))
    with pytest.raises(RuntimeError, match="do the same at each call"):
        called(lambda x: x * next(numbers), mg.ones(2))
    with pytest.raises(RuntimeError, match="changes"):
        called(lambda x: x * outside(), mg.ones(2))


def test_numbers_drawn_by_numpy_are_found():
    generator = np.random.default_rng(0)
    with pytest.raises(RuntimeError, match="at each call"):
        called(lambda x: x * mg.from_numpy(generator.random(2)), mg.ones(2))


def test_another_way_at_each_call_is_found():
    turns = iter([0, 1] * 10)
    with pytest.raises(RuntimeError, match="at one call"):
        called(lambda x: x.exp() if next(turns) else x.sin(), mg.ones(2))


def test_what_a_step_changes_in_python_is_named():
    losses = []

    def step(x):
        losses.append(x.sum())
        return x

    with pytest.raises(RuntimeError, match="changes losses"):
        called(step, mg.ones(2))

    calls = 0

    def counting(x):
        nonlocal calls
        calls += 1
        return x + 1

    with pytest.raises(RuntimeError, match="changes calls"):
        called(counting, mg.ones(2))

    class Keeper(nn.Module):
        def forward(self, x):
            self.last = x * 2
            return self.last

    keeper = Keeper()
    with pytest.raises(RuntimeError, match="last"):
        called(lambda x: keeper(x), mg.ones(2))


def test_changing_an_argument_is_refused():
    def step(x):
        x += 1
        return x

    with pytest.raises(RuntimeError, match="argument"):
        called(step, mg.ones(2))


def test_an_error_while_tracing_leaves_everything_as_it_was():
    mg.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    opt = mg.optim.Adam(model.parameters())
    fail = [False]

    def step(x):
        opt.zero_grad()
        loss = model(x).sum()
        loss.backward()
        opt.step()
        if fail[0]:
            raise KeyError("after all")
        return loss

    def everything():
        tensors = [*model.parameters(), *model.buffers()]
        tensors += [t for own in opt.state.values() for t in own.values()]
        return [t.detach().clone() for t in tensors] + [mg.get_rng_state()]

    f = mg.compile(step)
    f(mg.ones(4, 3))
    before = everything()
    fail[0] = True
    for _ in range(2):
        with pytest.raises(KeyError):
            f(mg.ones(4, 3))
        for a, b in zip(before, everything(), strict=True):
            assert mg.equal(a, b)
    fail[0] = False
    for _ in range(4):
        f(mg.ones(4, 3))
    assert opt.state[model[0].weight]["step"].item() == 5


def test_an_error_in_a_replay_leaves_parameters_untouched():
    model = nn.Linear(3, 2)
    opt = mg.optim.SGD(model.parameters(), lr=0.1)

    def step(x, y):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        opt.step()
        return loss

    f = mg.compile(step)
    x = mg.ones(2, 3)
    for _ in range(4):
        f(x, mg.tensor([0, 1]))
    before = model.weight.detach().clone()
    with pytest.raises(IndexError, match="target 7"):
        f(x, mg.tensor([0, 7]))
    assert mg.equal(before, model.weight)
    eager = nn.functional.cross_entropy(model(x), mg.tensor([0, -100])).item()
    assert f(x, mg.tensor([0, -100])).item() == pytest.approx(eager)
    assert f.traces == 2


def test_what_is_no_function():
    with pytest.raises(TypeError, match="function or a module"):
        mg.compile(3)
    assert mg.compile(len, disable=True) is len
    assert mg.compile(fullgraph=True)(lambda x: x)(3) == 3


def test_another_answer_changes_nothing_before_the_step_runs_as_it_is():
    def make():
        mg.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
        opt = mg.optim.SGD(model.parameters(), lr=0.1)

        def step(x, y):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            opt.step()
            return loss

        return model, step

    eager_model, eager = make()
    model, step = make()
    step = mg.compile(step, options={"reorder": False})
    x = mg.randn(4, 3)
    for k in range(7):
        y = mg.tensor([0, 1, -100 if k in (4, 5) else 0, 1])
        mg.manual_seed(k)
        a = eager(x, y)
        mg.manual_seed(k)
        b = step(x, y)
        assert a.item() == b.item()
        for p, q in zip(
            eager_model.state_dict().values(), model.state_dict().values(), strict=True
        ):
            assert mg.equal(p, q)
    assert step.traces == 2
