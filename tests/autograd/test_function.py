"""`autograd.Function`: operations with a backward of one's own."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck


def leaf(*numbers):
    return mg.tensor(list(numbers), dtype=mg.float64, requires_grad=True)


class Cube(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g


class Exp(mg.autograd.Function):
    """Saves its output."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y


class PolarToXY(mg.autograd.Function):
    """Two inputs, two outputs, inputs and outputs saved."""

    @staticmethod
    def forward(ctx, r, angle):
        x, y = r * angle.cos(), r * angle.sin()
        ctx.save_for_backward(r, angle, x, y)
        return x, y

    @staticmethod
    def backward(ctx, gx, gy):
        r, _angle, x, y = ctx.saved_tensors
        return (gx * x + gy * y) / r, gy * x - gx * y


class Scale(mg.autograd.Function):
    """An argument that is no Tensor, and a note on the context."""

    @staticmethod
    def forward(ctx, x, factor, name="scale"):
        ctx.factor = factor
        ctx.name = name
        return x * factor

    @staticmethod
    def backward(ctx, g):
        assert ctx.name in ("scale", "other")
        return g * ctx.factor, None, None


def test_first_and_second_derivatives():
    for f in (Cube.apply, Exp.apply):
        assert gradcheck(f, leaf(0.5, -1.2))
        assert gradgradcheck(f, leaf(0.5, -1.2))
    assert gradcheck(PolarToXY.apply, (leaf(0.5, 1.2), leaf(0.3, 2.0)))
    assert gradgradcheck(PolarToXY.apply, (leaf(0.5, 1.2), leaf(0.3, 2.0)))


def test_a_function_inside_a_graph():
    w = leaf(2.0)
    y = Cube.apply(w * 2) + w
    y.backward()
    assert w.grad.tolist() == [97.0]
    assert Cube.apply(w).grad_fn.name() == "CubeBackward0"


def test_other_arguments_are_passed_on():
    w = leaf(2.0)
    Scale.apply(w, 3.0).backward()
    Scale.apply(w, 3.0, "other").backward()
    assert w.grad.tolist() == [6.0]


def test_outputs_that_are_not_used_count_as_zero():
    r, angle = leaf(2.0), leaf(0.0)
    x, _ = PolarToXY.apply(r, angle)
    g, h = mg.autograd.grad(x, [r, angle])
    assert (g.tolist(), h.tolist()) == ([1.0], [0.0])


def test_which_inputs_need_a_gradient():
    seen = []

    class Product(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, n):
            ctx.save_for_backward(x, y)
            return x * y * n

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            x, y = ctx.saved_tensors
            return g * y, (g * x if ctx.needs_input_grad[1] else None), None

    x, y = leaf(2.0), mg.tensor([3.0])
    Product.apply(x, y, 2).backward()
    assert seen == [(True, False, False)]
    assert x.grad.tolist() == [3.0]


def test_without_a_gradient_nothing_is_recorded():
    assert not Cube.apply(mg.ones(2)).requires_grad
    with mg.no_grad():
        assert not Cube.apply(leaf(2.0)).requires_grad
    modes = []

    class Watch(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            modes.append((mg.is_grad_enabled(), (x * 1).requires_grad))
            return x * 1

        @staticmethod
        def backward(ctx, g):
            modes.append(mg.is_grad_enabled())
            return g

    y = Watch.apply(leaf(1.0))
    y.backward(retain_graph=True)
    y.backward(create_graph=True)
    assert modes == [(False, False), False, True]


def test_outputs_that_are_not_differentiable():
    class TopOne(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            values, indices = x.max(0)
            share = values / x.sum()
            ctx.mark_non_differentiable(share)
            ctx.n = len(x)
            ctx.where = indices.item()
            return values * 1, indices, share

        @staticmethod
        def backward(ctx, g, _, __):
            out = mg.zeros(ctx.n, dtype=mg.float64)
            out[ctx.where] = g
            return out

    x = leaf(1.0, 5.0, 2.0)
    values, indices, share = TopOne.apply(x)
    assert (values.requires_grad, indices.requires_grad, share.requires_grad) == (
        True,
        False,
        False,
    )
    values.backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.0]


def test_an_input_that_is_returned_is_another_tensor():
    class Pass(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 10

    w = leaf(2.0)
    y = Pass.apply(w)
    assert y is not w
    y.backward()
    assert w.grad.tolist() == [10.0]
    assert w.is_leaf


def test_what_was_saved_and_changed_is_noticed():
    w = leaf(2.0)
    h = w * 1
    y = Cube.apply(h)
    h.add_(1)
    with pytest.raises(RuntimeError, match=r"CubeBackward0 needs what it saved .* add_ changed it"):
        y.backward()
    z = Exp.apply(w)
    z.mul_(2)
    with pytest.raises(RuntimeError, match=r"ExpBackward0 needs what it saved .* mul_ changed it"):
        z.backward()
    assert w.grad is None


def test_a_second_backward_is_refused():
    w = leaf(2.0)
    y = Cube.apply(w)
    y.backward()
    with pytest.raises(RuntimeError, match="second time: what CubeBackward0 saved was freed"):
        y.backward()
    assert w.grad.tolist() == [12.0]


def test_a_backward_that_is_differentiable_once():
    class Once(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            with mg.no_grad():
                return 2 * x * g

    w = leaf(3.0)
    (g,) = mg.autograd.grad(Once.apply(w), w, create_graph=True)
    assert g.tolist() == [6.0]
    with pytest.raises(RuntimeError, match="does not require grad"):
        g.backward()


def returning(result):
    class Wrong(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return result(g)

    return Wrong.apply


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (lambda g: g, RuntimeError, r"Wrong.backward returned 1 gradients, forward took 2"),
        (lambda g: (g, g, g), RuntimeError, r"Wrong.backward returned 3 gradients, forward took 2"),
        (lambda g: (g, 3.0), TypeError, "Wrong.backward returned a float for argument 1"),
        (
            lambda g: (g[:2], g),
            RuntimeError,
            r"Wrong.backward returned a gradient of shape \(2,\) for argument 0, which has",
        ),
    ],
)
@pytest.mark.parametrize("graph", [False, True])
def test_what_backward_returns_is_checked(result, error, message, graph):
    x, y = leaf(1.0, 2.0, 3.0), leaf(4.0, 5.0, 6.0)
    z = returning(result)(x, y)
    with pytest.raises(error, match=message):
        z.sum().backward(create_graph=graph)
    assert x.grad is None
    assert y.grad is None


def test_a_gradient_that_broadcasts_is_summed():
    x, y = leaf(1.0, 2.0, 3.0), leaf(4.0)
    returning(lambda g: (g * 2, g * 5))(x, y).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    assert y.grad.tolist() == [15.0]


def test_a_gradient_of_another_dtype_is_converted():
    x, y = leaf(1.0), leaf(4.0)
    returning(lambda g: (g.float(), None))(x, y).sum().backward()
    assert x.grad.dtype is mg.float64
    assert y.grad is None


def test_what_forward_returns_is_checked():
    class Wrong(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.tolist()

    with pytest.raises(TypeError, match=r"Wrong.forward returned a list, not a Tensor"):
        Wrong.apply(leaf(1.0))


def test_forward_and_backward_must_be_defined():
    class Empty(mg.autograd.Function):
        pass

    with pytest.raises(NotImplementedError, match=r"define the static method forward\(ctx"):
        Empty.apply(leaf(1.0))

    class Half(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

    with pytest.raises(NotImplementedError, match=r"define the static method backward\(ctx"):
        Half.apply(leaf(1.0)).backward()


def test_none_is_no_gradient():
    x, y = leaf(1.0), leaf(4.0)
    z = returning(lambda g: (None, g))(x, y)
    assert mg.autograd.grad(z, [x, y], allow_unused=True)[0] is None


def test_numpy_inside_forward_and_backward():
    class Sin(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x.detach().numpy().copy()
            return mg.tensor(np.sin(ctx.x))

        @staticmethod
        def backward(ctx, g):
            return g * mg.tensor(np.cos(ctx.x))

    assert gradcheck(Sin.apply, leaf(0.5, 1.0))


@pytest.mark.peers
def test_several_outputs_equal_pytorchs():
    import torch

    def polar(lib):
        def backward(ctx, gx, gy):
            r, _, x, y = ctx.saved_tensors
            return (gx * x + gy * y) / r, gy * x - gx * y

        def forward(ctx, r, angle):
            x, y = r * angle.cos(), r * angle.sin()
            ctx.save_for_backward(r, angle, x, y)
            return x, y

        members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
        return type("Polar", (lib.autograd.Function,), members).apply

    found = []
    for lib in (mg, torch):
        r = lib.tensor([0.5, 1.2], dtype=lib.float64, requires_grad=True)
        a = lib.tensor([0.3, 2.0], dtype=lib.float64, requires_grad=True)
        x, y = polar(lib)(r, a)
        first = lib.autograd.grad((x * y).sum(), [r, a], create_graph=True)
        second = lib.autograd.grad((first[0] * first[1]).sum(), [r, a])
        found.append([t.tolist() for t in (*first, *second)])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-13)
