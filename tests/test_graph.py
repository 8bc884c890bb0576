"""The graph: its walk, graphs of a million nodes, and memory that is given back at once."""

import contextlib
import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.graph import Node, backpropagate, newest_first, unbroadcast

MILLION = 1_000_000


@pytest.fixture
def no_collector():
    """Without the cycle collector: what is freed is freed by counting references."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leaf(x):
    return mg.tensor(np.float64(x), requires_grad=True)


def test_a_chain_of_a_million_values(no_collector):
    x = Value(1.0)
    y = x
    for _ in range(MILLION):
        y = y + x
    y.backward()
    assert (y.data, x.grad) == (MILLION + 1.0, MILLION + 1)
    first = weakref.ref(y.inputs[0])
    del y
    assert first() is None


def test_a_chain_of_a_million_tensor_operations(no_collector):
    x = mg.tensor([1.0], dtype=mg.float64, requires_grad=True)
    y = x
    for _ in range(MILLION):
        y = y * 1.000001
    y.backward()
    assert y.item() == pytest.approx(np.e, rel=1e-5)
    assert x.grad.item() == pytest.approx(np.e, rel=1e-5)
    first = weakref.ref(y.grad_fn.inputs[0])
    del y
    assert first() is None


@pytest.mark.parametrize("make", [Value, leaf])
def test_a_long_chain_is_freed_without_having_been_walked(make, no_collector):
    x = make(1.0)
    y = x * 1.0
    first = weakref.ref(y if isinstance(y, Value) else y.grad_fn)
    for _ in range(200_000):
        y = y * 1.0
    del y
    assert first() is None


@pytest.mark.parametrize("make", [Value, leaf])
def test_a_long_chain_is_differentiated_twice(make):
    x = make(0.5)
    y = x
    for _ in range(10_000):
        y = y * 0.99 + x * x * 0.01
    (first,) = mg.autograd.grad(y, x, create_graph=True)
    assert float(first) == pytest.approx(1.0, rel=1e-9)  # y tends to x**2
    (second,) = mg.autograd.grad(first, x)
    assert float(second) == pytest.approx(2.0, rel=1e-9)


def test_a_wide_graph():
    x = mg.tensor([2.0], requires_grad=True)
    total = x * 0.0
    for _ in range(2000):
        total = total + x * x
    total.backward()
    assert x.grad.item() == 8000.0


def test_doubling_is_linear_in_the_number_of_operations():
    # Every path counts: 2**60 of them. A walk along paths would not come back.
    for make in (Value, leaf):
        x = make(1.0)
        y = x
        for _ in range(60):
            y = y + y
        y.backward()
        assert float(x.grad) == 2.0**60


# --- memory -----------------------------------------------------------------------------------


def scalar_step():
    weights = [Value(0.1 * k) for k in range(6)]

    def step():
        hidden = [(weights[k] * 0.5 + weights[k + 3]).tanh() for k in range(3)]
        loss = (sum(hidden) - 1.0) ** 2
        for w in weights:
            w.grad = 0
        loss.backward()
        for w in weights:
            w.data -= 0.1 * w.grad

    return step


def tensor_step():
    rng = np.random.default_rng(0)
    x, y = mg.tensor(rng.random((4, 3))), mg.tensor(rng.random((4, 1)))
    w1 = mg.tensor(rng.random((3, 5)), requires_grad=True)
    w2 = mg.tensor(rng.random((5, 1)), requires_grad=True)

    def step():
        loss = (((x @ w1).sigmoid() @ w2 - y) ** 2).mean()
        loss.backward()
        with mg.no_grad():
            for w in (w1, w2):
                w -= 0.1 * w.grad
                w.grad = None

    return step


def accumulating_step():
    w = mg.ones(3, requires_grad=True)
    w.register_hook(lambda g: g * 0.5)

    def step():
        y = w * w
        y.retain_grad()
        (y.sum() + y[0] * y[1]).backward()

    return step


def second_order_step():
    w = mg.ones(3, requires_grad=True)

    def step():
        (g,) = mg.autograd.grad((w**3).sum(), w, create_graph=True)
        (g * g).sum().backward()
        w.grad = None

    return step


class Square(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * x
        ctx.save_for_backward(x, y)
        return y, x + 1

    @staticmethod
    def backward(ctx, g, h):
        x, _ = ctx.saved_tensors
        return 2 * g * x + h


def function_step():
    w = mg.ones(3, requires_grad=True)

    def step():
        y, z = Square.apply(w)
        (y + z).sum().backward()
        w.grad = None

    return step


def abandoned_step():
    """Graphs that no backward ever walks."""
    w = mg.ones(3, requires_grad=True)
    v = Value(1.0)

    def step():
        (w * 2).max(0)
        (w * 3).split(1)
        Square.apply(w)
        v * v + v

    return step


def view_step():
    """Views and in-place operations on memory that lives long."""
    data, w = mg.zeros(10, 3), mg.ones(3, requires_grad=True)

    def step():
        batch = data[2:5]
        batch.add_(1)
        h = w * 1
        h[1:].mul_(2)
        (h * batch[0].detach()).sum().backward()
        w.grad = None

    return step


def failing_step():
    """Errors must not keep what they name."""
    w = mg.ones(3, requires_grad=True)

    def step():
        y = (w * w).sum()
        y.backward()
        with contextlib.suppress(RuntimeError):
            y.backward()
        with contextlib.suppress(RuntimeError):
            w * mg.ones(4)
        w.grad = None

    return step


def recording_step():
    w = mg.ones(3, requires_grad=True)

    def step():
        with mg.record():
            (w * w).sum().backward()
        w.grad = None

    return step


STEPS = [
    scalar_step, tensor_step, accumulating_step, second_order_step, function_step,
    abandoned_step, view_step, failing_step, recording_step,
]  # fmt: skip


@pytest.mark.parametrize("make", STEPS, ids=lambda make: make.__name__)
def test_steps_leave_no_memory_and_no_garbage(make, no_collector):
    step = make()
    for _ in range(1200):  # caches fill
        step()
    gc.collect()
    objects = len(gc.get_objects())
    for _ in range(1000):
        step()
    assert len(gc.get_objects()) - objects <= 5
    assert gc.collect() == 0, "something waited for the cycle collector"


@pytest.mark.parametrize("make", [scalar_step, tensor_step], ids=lambda make: make.__name__)
def test_ten_thousand_training_steps_leave_no_memory(make, no_collector):
    step = make()
    for _ in range(1200):
        step()
    tracemalloc.start()
    try:
        for _ in range(50):
            step()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(10_000):
            step()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 10_000, f"{after - before} bytes more after 10,000 steps"
    assert gc.collect() == 0


def test_numbers_that_change_each_step_do_not_pile_up():
    w = mg.ones(3)
    for k in range(5000):
        w * (1.0 / (k + 1))
    kept = [x for x in gc.get_objects() if type(x) is mg.Tensor and x.ndim == 0]
    assert len(kept) < 2100  # the latest are kept: to make one costs more than a product


def test_a_loss_that_is_dropped_frees_its_graph_at_once(no_collector):
    w = mg.ones(3, requires_grad=True)
    y = (w * w).exp().sum()
    nodes = [weakref.ref(n) for n in newest_first([y.grad_fn]) if n is not w._node]
    assert len(nodes) == 3
    del y
    assert [ref() for ref in nodes] == [None] * 3


def test_what_no_rule_needs_is_freed_with_its_last_name(no_collector):
    w = mg.ones(3, requires_grad=True)
    a = w * 2
    b = a + 1
    memory = weakref.ref(a._array)
    del a
    assert memory() is None
    assert b.sum().item() == 9.0


def test_backward_frees_what_was_saved(no_collector):
    w = mg.ones(3, requires_grad=True)
    a = w * 2
    y = (a * a).sum()
    memory = weakref.ref(a._array)
    del a
    assert memory() is not None
    y.backward()
    assert memory() is None


def test_a_gradient_does_not_keep_the_graph(no_collector):
    w = mg.ones(3, requires_grad=True)
    y = (w * w).sum()
    node = weakref.ref(y.grad_fn)
    y.backward()
    g = w.grad
    del y
    assert node() is None
    assert g.tolist() == [2.0, 2.0, 2.0]


# --- the walk ------------------------------------------------------------------------------------


def test_newest_first_lists_each_node_once_before_its_inputs():
    x = mg.ones(2, requires_grad=True)
    a = x * 2
    b = a + x
    c = a * b
    order = newest_first([c.grad_fn])
    assert order == [c.grad_fn, b.grad_fn, a.grad_fn, x._node]
    place = {node: k for k, node in enumerate(order)}
    for node in order:
        assert all(place[u] > place[node] for u in node.inputs if u is not None)


def test_only_what_leads_to_the_wanted_nodes_is_computed():
    x, y = mg.ones(2, requires_grad=True), mg.ones(2, requires_grad=True)
    a, b = x * 2, y * 3
    loss = (a * b).sum()
    pulled = []

    def pull(node, g, inputs):
        pulled.append(node)
        return [None if u is None else g for u in inputs]

    found = backpropagate({loss.grad_fn: 1.0}, pull, wanted={x._node}, keep={x._node}.__contains__)
    assert set(found) == {x._node}
    assert b.grad_fn not in pulled
    assert a.grad_fn in pulled


def test_next_functions_and_names_are_pytorchs():
    x = mg.ones(2, requires_grad=True)
    y = (x * 2).sum()
    assert y.grad_fn.name() == "SumBackward0"
    ((mul, number),) = y.grad_fn.next_functions
    assert (mul.name(), number) == ("MulBackward0", 0)
    assert [n and n.name() for n, _ in mul.next_functions] == ["AccumulateGrad", None]
    assert isinstance(mul, Node)
    assert repr(mul) == "<MulBackward0>"


@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize(
    ("shape", "target"),
    [
        ((2, 3), (3,)), ((2, 3), (1, 3)), ((2, 3), (2, 1)), ((2, 3), ()), ((4, 2, 3), (2, 1)),
        ((2, 3), (2, 3)), ((0, 3), (3,)), ((0, 3), (1, 3)), ((1, 1), ()), ((2, 1), (1, 1)),
        ((3, 1, 2), (1, 1, 1)),
    ],
)  # fmt: skip
def test_unbroadcast_is_the_adjoint_of_broadcasting(shape, target, graph):
    rng = np.random.default_rng(0)
    g, x = rng.standard_normal(shape), rng.standard_normal(target)
    back = unbroadcast(mg.tensor(g) if graph else g, target)
    back = back.numpy() if graph else back
    assert back.shape == target
    # <broadcast(x), g> = <x, unbroadcast(g)>
    assert np.vdot(np.broadcast_to(x, shape), g) == pytest.approx(np.vdot(x, back))
