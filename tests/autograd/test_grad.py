"""`autograd.grad`: gradients of any results by any inputs, without touching ``grad``."""

import pytest

import microgradnn as mg


def leaf(*numbers):
    return mg.tensor(list(numbers), dtype=mg.float64, requires_grad=True)


def test_grad_returns_gradients_and_touches_none():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    g, h = mg.autograd.grad(z, [x, y])
    assert (g.tolist(), h.tolist()) == ([3.0], [2.0])
    assert x.grad is None
    assert y.grad is None


def test_grad_by_intermediate_results():
    x = leaf(2.0)
    h = x * 3
    y = h * h
    (g,) = mg.autograd.grad(y, h, retain_graph=True)
    assert g.tolist() == [12.0]
    assert [t.tolist() for t in mg.autograd.grad(y, (h, x))] == [[12.0], [36.0]]


def test_grad_by_the_output_itself():
    x = leaf(2.0)
    y = x * 3
    assert mg.autograd.grad(y, y)[0].tolist() == [1.0]


def test_grad_of_several_outputs_adds_up():
    x = leaf(2.0, 3.0)
    a, b = x * 2, (x * x).sum()
    (g,) = mg.autograd.grad([a, b], x, [mg.tensor([1.0, 10.0]), mg.tensor(100.0)])
    assert g.tolist() == [402.0, 620.0]
    y = x.sum()
    (g,) = mg.autograd.grad([y, y], x)
    assert g.tolist() == [2.0, 2.0]


def test_grad_by_the_same_input_twice():
    x = leaf(2.0)
    g, h = mg.autograd.grad(x * x, [x, x])
    assert (g.tolist(), h.tolist()) == ([4.0], [4.0])


def test_grad_by_what_was_not_used():
    x, y = leaf(2.0), leaf(3.0)
    z = x * x
    with pytest.raises(RuntimeError, match=r"input 1 appears not to have been used .*allow_unused"):
        mg.autograd.grad(z, [x, y], retain_graph=True)
    g, h = mg.autograd.grad(z, [x, y], allow_unused=True, retain_graph=True)
    assert g.tolist() == [4.0]
    assert h is None
    g, h = mg.autograd.grad(z, [x, y], materialize_grads=True)
    assert h.tolist() == [0.0]
    assert h.dtype is mg.float64
    with pytest.raises(ValueError, match="materialize_grads=True needs allow_unused"):
        mg.autograd.grad(x * x, x, allow_unused=False, materialize_grads=True)


def test_only_the_path_to_the_inputs_is_walked():
    x, y = leaf(2.0), leaf(3.0)
    a, b = x * x, y * y
    z = a * b
    mg.autograd.grad(z, x)
    b.backward()  # what y * y saved was not freed
    assert y.grad.tolist() == [6.0]


@pytest.mark.parametrize("graph", [False, True])
def test_backward_of_the_gradient_by_its_cotangent(graph):
    x, g = leaf(2.0), leaf(5.0)
    (first,) = mg.autograd.grad(x**3, x, g, create_graph=True)
    by_x, by_g = mg.autograd.grad(first, [x, g], create_graph=graph)
    assert (by_x.item(), by_g.item()) == (60.0, 12.0)


def test_arguments_in_pytorchs_order():
    x = mg.tensor(3.0, requires_grad=True)
    unused = mg.tensor(1.0, requires_grad=True)
    grads = mg.autograd.grad(x * x, [x, unused], None, None, False, True, True, False, True)
    assert [g.item() for g in grads] == [6.0, 0.0]
    with pytest.warns(FutureWarning, match="only_inputs=False is ignored"):
        mg.autograd.grad(x * x, x, only_inputs=False)
    with pytest.raises(NotImplementedError, match="is_grads_batched"):
        mg.autograd.grad(x * x, x, is_grads_batched=True)
