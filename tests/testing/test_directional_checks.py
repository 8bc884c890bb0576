"""check_grads: right, wrong, kinked and hidden derivatives, of functions of four libraries."""

import numpy as np
import pytest
from hypothesis import given, settings

import microgradnn as mg
from microgradnn import rules
from microgradnn._primitive import table
from microgradnn.graph import unbroadcast
from microgradnn.testing import GradcheckError, Verdict, check_grads
from microgradnn.testing.convergence import judge
from microgradnn.testing.strategies import broadcastable_shapes, graphs, tensors

X = np.array([[0.3, -1.2, 0.7], [1.5, 0.4, -0.6]])


class Wrong(mg.autograd.Function):
    """exp with a derivative that is 1% too large."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * 1.01


def leaf(data):
    return mg.tensor(data, dtype=mg.float64, requires_grad=True)


def test_all_orders_and_modes_of_a_right_function():
    report = check_grads(lambda x, w: (x @ w).tanh().sum(1), [leaf(X), leaf(X.T)], order=3)
    assert report.ok
    modes = {what.split(",")[1].strip() for what, _ in report.judgements}
    orders = {what.split(",")[0] for what, _ in report.judgements}
    assert modes == {"reverse mode", "forward mode"}
    assert orders == {"order 1", "order 2", "order 3"}
    assert report.worst < 1e-6


def test_a_wrong_rule_is_found_with_its_element_and_its_size():
    with pytest.raises(GradcheckError) as error:
        check_grads(Wrong.apply, [leaf(X)], order=1, modes=("rev",))
    told = str(error.value)
    assert told.startswith("check_grads: wrong")
    assert "to blame: WrongBackward" in told
    assert "wrong in 6 of 6 elements; the worst, argument 0[" in told
    assert "args = [" in told
    assert "relative error 0.0099" in told


def test_second_order_alone_can_be_wrong():
    class Half(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x.detach() * x.detach()

    report = check_grads(Half.apply, [leaf(X)], 2, ("rev",), raise_exception=False)
    verdicts = {what[:7]: j.verdict for what, j in report.judgements}
    assert verdicts == {"order 1": Verdict.RIGHT, "order 2": Verdict.WRONG}


def test_kinks_and_hidden_slopes_are_not_called_wrong():
    kink = check_grads(mg.relu, [leaf([0.0, 0.0])], 1, raise_exception=False)
    assert kink.verdict is Verdict.KINK
    with pytest.raises(GradcheckError, match="kink here"):
        check_grads(mg.abs, [leaf([0.0])], 1)


def test_single_precision_has_wider_bounds():
    x = mg.tensor(X, dtype=mg.float32)
    assert check_grads(lambda x: (x * x).sum(), [x], 1).ok
    report = check_grads(
        lambda x: x, [X.astype(np.float32)], gradient=lambda u, x: u * 1.5, raise_exception=False
    )
    assert report.verdict is Verdict.WRONG


def test_hand_written_gradients_of_numpy_functions():
    def loss(w):
        return np.log1p(np.exp(-w)).sum()

    assert check_grads(loss, [X], gradient=lambda w: -1 / (1 + np.exp(w))).ok
    report = check_grads(loss, [X], gradient=lambda w: 1 / (1 + np.exp(w)), raise_exception=False)
    assert report.verdict is Verdict.WRONG
    assert check_grads(np.matmul, [X, X.T], gradient=lambda g, a, b: (g @ b.T, a.T @ g)).ok


def test_element_by_element_names_each():
    report = check_grads(lambda x: x.sin(), [leaf(X)], 1, elements=True)
    assert sum(what.startswith("argument 0[") for what, _ in report.judgements) == 6


def test_questions_that_have_no_answer():
    with pytest.raises(TypeError, match="no argument is of a floating type"):
        check_grads(lambda x: x, [mg.tensor([1])])
    with pytest.raises(TypeError, match="got dict"):
        check_grads(lambda x: x, [{}])
    with pytest.raises(ValueError, match="modes are 'rev' and 'fwd'"):
        check_grads(mg.sin, [leaf(X)], modes=("forward",))


@given(graphs(2), tensors((2, 3)), tensors((3,)))
@settings(max_examples=60)
def test_no_false_alarm_on_random_functions(function, x, y):
    f, source = function
    report = check_grads(f, [x, y], 2, directions=1, raise_exception=False)
    assert report.verdict in (Verdict.RIGHT, Verdict.UNKNOWN), f"{source}\n{report}"
    assert report.judgements[0][1].verdict is Verdict.RIGHT, f"{source}\n{report}"


@given(broadcastable_shapes(3))
@settings(max_examples=40)
def test_shapes_broadcast(shapes):
    np.broadcast_shapes(*shapes)


@pytest.mark.peers
def test_functions_of_pytorch():
    import torch

    x = torch.tensor(X, requires_grad=True)
    assert check_grads(lambda x: (x * x).tanh(), [x], 1).ok

    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0].sin()

    report = check_grads(Bad.apply, [x], 1, raise_exception=False)
    assert report.verdict is Verdict.WRONG


# --- the mutation study ---------------------------------------------------------------------------

BREAKS = {
    "sign": lambda c: -c,
    "factor": lambda c: c * 2.0,
    "one percent": lambda c: c * 1.01,
    "off by one": lambda c: np.roll(c, 1, -1) if np.ndim(c) else c + 1.0,
    "dropped": lambda c: np.zeros_like(c),
    "transposed": lambda c: c.mT if np.ndim(c) > 1 and c.shape[-1] == c.shape[-2] else -c,
}
rules.load_late()
BROKEN = [
    name for name, prim in table.items()
    if prim.rules and prim.single and not prim.variadic and prim.public
]  # fmt: skip


FLAT = {"sign", "floor", "ceil", "trunc", "round", "floor_divide"}
"""Their gradient is 0, which no change but an added number makes wrong."""


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_rule_is_found(name, monkeypatch):
    prim = table[name]
    right = prim.vjp
    tried = 0
    for sample in prim.samples()[:3]:
        if tried or any(x is None or not np.size(x) for x in sample.inputs):
            continue
        params = [{**dict(prim.params), **sample.params}[p] for p, _ in prim.params]
        wrt = [
            k for k, (x, a) in enumerate(zip(prim.inputs, sample.inputs, strict=True))
            if x in prim.rules and a.dtype.kind == "f"
        ]  # fmt: skip

        def f(*xs, sample=sample, params=params, wrt=wrt):
            inputs = [mg.tensor(a) for a in sample.inputs]
            for k, x in zip(wrt, xs, strict=True):
                inputs[k] = x
            return prim.apply(*inputs, *params)

        arrays = [sample.inputs[k] for k in wrt]
        if not arrays:
            continue
        sound = check_grads(f, arrays, 1, ("rev",), raise_exception=False)
        assert sound.verdict is not Verdict.WRONG, sound
        if not sound.ok:
            continue
        for k in wrt:
            for kind, change in BREAKS.items():

                def broken(inputs, saved, parameters, g, k=k, change=change):
                    found = list(right(inputs, saved, parameters, g))
                    if found[k] is not None:
                        shape = sample.inputs[k].shape  # noqa: B023
                        whole = np.broadcast_shapes(np.shape(found[k]), shape)
                        found[k] = change(unbroadcast(np.broadcast_to(found[k], whole), shape))
                    return tuple(found)

                honest = right_gradient(f, arrays, wrt.index(k))
                if honest is None or np.allclose(change(honest), honest, 1e-3):
                    continue
                with monkeypatch.context() as patch:
                    patch.setattr(prim, "vjp", broken)
                    report = check_grads(
                        f, arrays, 1, ("rev",), directions=1, raise_exception=False
                    )
                tried += 1
                assert report.verdict is Verdict.WRONG, (kind, prim.inputs[k], report)
                assert f"the rule of the primitive {name!r}" in str(report), report
    assert tried or name in FLAT, name


def right_gradient(f, arrays, k):
    """The gradient of a weighted sum of the results, or None where it is zero."""
    xs = [mg.tensor(a) for a in arrays]
    xs[k].requires_grad = True
    y = f(*xs)
    if not y.requires_grad:
        return None
    (y * mg.tensor(np.cos(np.arange(float(y.numel())))).reshape(y.shape)).sum().backward()
    g = None if xs[k].grad is None else xs[k].grad.numpy()
    return None if g is None or not g.any() else g


@pytest.mark.parametrize("claimed", [0.7, 1.3])
def test_a_slope_that_rounding_hides_is_not_called_right(claimed):
    verdict = judge(lambda t: 1e12 + t, claimed, 1e-6, 2.2e-16).verdict
    assert verdict is Verdict.UNKNOWN


def test_a_slope_of_zero_beside_a_large_value_is_right():
    assert judge(lambda t: 1e12, 0.0, 1e-6, 2.2e-16).verdict is Verdict.RIGHT


def test_a_function_of_random_numbers_is_refused_by_name():
    with pytest.raises(GradcheckError, match="other results when it is called again"):
        check_grads(mg.nn.functional.dropout, [leaf(X)], order=1)
