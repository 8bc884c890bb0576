"""Compiled functions that an outer backward() goes through, and modules."""

import copy

import pytest

import microgradnn as mg
from microgradnn import nn
from tests.compiler.test_layers import MODELS
from tests.compiler.test_training_steps import compare


def train(model, data, steps, call=None):
    """Losses of a training in eager style around a compiled forward pass."""
    call = call or model
    opt = mg.optim.Adam(model.parameters(), lr=0.01)
    x, y = data
    losses = []
    for k in range(steps):
        mg.manual_seed(k)
        opt.zero_grad()
        loss = nn.functional.cross_entropy(call(x), y)
        loss.backward()
        opt.step()
        losses.append(loss)
    return losses


@pytest.mark.parametrize("name", MODELS)
def test_modules_train_as_they_do_eagerly(name):
    make, data = MODELS[name]
    mg.manual_seed(1)
    x, y = data()
    mg.manual_seed(0)
    model = make()
    model(x)
    twin = copy.deepcopy(model)
    compiled = mg.compile(model, fullgraph=True, options={"reorder": False})
    for a, b in zip(train(twin, (x, y), 6), train(compiled, (x, y), 6), strict=True):
        compare(a, b, True, "a loss")
    for p, q in zip(twin.parameters(), compiled.parameters(), strict=True):
        compare(p, q, True, "a parameter")
        compare(p.grad, q.grad, True, "a gradient")
    for p, q in zip(twin.buffers(), compiled.buffers(), strict=True):
        compare(p, q, True, "a buffer")
    assert compiled._call.traces == 2
    assert "def backward" in compiled.source()


def test_a_compiled_module_is_a_module():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    compiled = mg.compile(model)
    assert isinstance(compiled, nn.Module)
    assert list(compiled.state_dict()) == ["_orig_mod.0.weight", "_orig_mod.0.bias"]
    assert compiled._orig_mod is model
    compiled.eval()
    assert not model.training
    twin = copy.deepcopy(compiled)
    assert twin._orig_mod is not model
    x = mg.ones(2, 3)
    for _ in range(4):
        assert mg.equal(compiled(x), twin(x))


def test_several_calls_before_one_backward():
    w = mg.tensor([1.0, -2.0, 3.0], requires_grad=True)
    f = mg.compile(lambda x: (w * x).tanh() * x.exp())
    for k in range(6):
        w.grad = None
        x, y = mg.ones(3) * k, mg.ones(3) * 0.5
        (f(x).sum() * 2 + f(y).sum()).backward()
        found, w.grad = w.grad, None
        (((w * x).tanh() * x.exp()).sum() * 2 + ((w * y).tanh() * y.exp()).sum()).backward()
        compare(w.grad, found, False, f"call {k}")
    assert f.traces == 2


def test_gradients_of_arguments():
    f = mg.compile(lambda a, b: (a @ b, (a * 2).sum(), 3))
    for _ in range(5):
        a = mg.randn(2, 3).requires_grad_()
        c = mg.randn(3, 2).requires_grad_()
        product, total, three = f(a * 1, c.exp())
        assert three == 3
        (product.sum() + total).backward()
        expected = mg.autograd.grad(((a * 1) @ c.exp()).sum() + (a * 2).sum(), [a, c])
        compare(expected[0], a.grad, False, "a")
        compare(expected[1], c.grad, False, "c")
    assert f.traces == 2


def test_an_output_that_is_not_used_has_no_part():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    f = mg.compile(lambda: (w * 2, w.exp()))
    for _ in range(5):
        w.grad = None
        f()[0].sum().backward()
        assert w.grad.tolist() == [2, 2]


def test_backward_twice_and_the_second_derivative_are_refused():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    f = mg.compile(lambda: (w * w).sum())
    for _ in range(4):
        out = f()
    with pytest.raises(NotImplementedError, match="differentiated again"):
        mg.autograd.grad(out, w, create_graph=True)
    out.backward()
    with pytest.raises(RuntimeError, match="second time"):
        out.backward()


def test_parameters_changed_before_backward_are_noticed():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    f = mg.compile(lambda: (w * w).sum())
    for _ in range(4):
        out = f()
    with mg.no_grad():
        w += 1
    with pytest.raises(RuntimeError, match="changed it in place"):
        out.backward()


def test_a_compiled_function_inside_of_a_compiled_step():
    model = mg.compile(nn.Linear(3, 2))
    opt = mg.optim.SGD(model.parameters(), lr=0.1)

    @mg.compile
    def step(x):
        opt.zero_grad()
        loss = (model(x) ** 2).sum()
        loss.backward()
        opt.step()
        return loss

    losses = [step(mg.ones(2, 3)).item() for _ in range(6)]
    assert losses == sorted(losses, reverse=True)
    assert step.traces == 2


def test_derivatives_of_higher_order_inside_of_a_step():
    w = mg.tensor([0.5, -1.0], requires_grad=True)

    def product(v):
        (slope,) = mg.autograd.grad((w**3).sum().tanh(), w, create_graph=True)
        return mg.autograd.grad((slope * v).sum(), w)[0]

    f = mg.compile(product)
    for k in range(5):
        v = mg.tensor([1.0, float(k)])
        compare(product(v), f(v), False, "the product")
    assert f.traces == 2


def test_functions_without_gradients():
    x = mg.arange(12.0).reshape(3, 4)

    @mg.no_grad()
    def f(x):
        values, places = x.max(dim=1)
        return {"values": values, "places": places, "sorted": x.sort(dim=0)[0], "same": [x.mT, 1]}

    g = mg.compile(f)
    for k in range(5):
        expected, found = f(x * k), g(x * k)
        for name in ("values", "places", "sorted"):
            assert mg.equal(expected[name], found[name])
        assert mg.equal(expected["same"][0], found["same"][0])


@mg.no_grad()
def with_copies(x):
    y = x.exp()
    z = y.clone()
    z += 1
    w = y.clone()
    y *= 2
    v = w.clone()
    u = mg.zeros(3)
    u[1:] = v[:2]
    u += mg.ones(3)
    return y, z, w, u, v.sum()


def test_copies_of_what_is_changed_stay_copies():
    f = mg.compile(with_copies)
    for k in range(5):
        x = mg.ones(3) * k
        for a, b in zip(with_copies(x), f(x), strict=True):
            compare(a, b, True, f"call {k}")
    x = mg.zeros(3)
    first = f(x)
    for t in first[:4]:
        t += 100
    for a, b in zip(with_copies(x), f(x), strict=True):
        compare(a, b, True, "results that were changed")


def test_transforms_of_functions_can_be_compiled():
    def loss(w, x):
        return ((w * x).tanh() ** 2).sum()

    slope = mg.func.grad(loss)
    f = mg.compile(lambda w, x: slope(w, x))
    for k in range(5):
        w, x = mg.tensor([0.1, 0.2]) * k, mg.tensor([1.0, -2.0])
        compare(slope(w, x), f(w, x), False, f"call {k}")


def test_a_sigmoid_without_its_cap():
    x = mg.tensor([-1000.0, -100.0, -88.5, -3.0, 0.0, 4.0, 500.0], requires_grad=True)
    f = mg.compile(lambda: mg.sigmoid(x))
    for _ in range(4):
        x.grad = None
        out = f()
        out.sum().backward()
    found = x.grad
    assert "minimum" not in f.source()
    x.grad = None
    expected = mg.sigmoid(x)
    expected.sum().backward()
    assert mg.allclose(out, expected, rtol=1e-6, atol=1e-37)
    assert mg.allclose(found, x.grad, rtol=1e-6, atol=1e-37)


def test_a_compiled_function_that_was_replayed_before_is_traced_inside_of_a_step():
    inner = mg.compile(lambda x: x.exp() * 2)
    for _ in range(4):
        inner(mg.ones(3))
    outer = mg.compile(lambda x: inner(x + 1).sum())
    for k in range(5):
        x = mg.ones(3) * k
        assert outer(x).item() == pytest.approx(((x + 1).exp() * 2).sum().item())
    assert outer.traces == 2
