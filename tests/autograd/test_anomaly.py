"""``detect_anomaly``: the first operation that made a NaN or an Inf, and the user's line."""

import threading

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._notes import of_values
from microgradnn.autograd.anomaly_report import AnomalyError
from microgradnn.grad_mode import busy
from tests.autograd.anomaly_programs import PROGRAMS

# NumPy warns of the same divisions by zero.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def fails(run):
    with pytest.raises(AnomalyError) as caught, mg.autograd.detect_anomaly():
        run()
    assert not mg.is_anomaly_enabled()
    return caught.value


@pytest.mark.parametrize(
    ("run", "operation", "made", "backward", "module"),
    [case[1:] for case in PROGRAMS],
    ids=[case[0] for case in PROGRAMS],
)
def test_the_guilty_line_is_named(run, operation, made, backward, module):
    error = fails(run)
    assert error.line.endswith("# here"), str(error)
    assert error.line in str(error)
    assert "anomaly_programs.py:" in error.line
    assert (error.operation, error.made, error.backward) == (operation, made, backward)
    assert error.module == module
    assert error.draw(format="svg").source


def test_the_message_says_what_was_computed_from_what():
    scores = mg.tensor([1.0, 0.0, 3.0], requires_grad=True)

    def run():
        p = scores.relu()
        return p.log().sum()

    text = str(fails(run))
    assert "log made an Inf: the first operation of the forward pass" in text
    assert "computes  log(x)" in text
    assert "x = p   (3,) float32, from 0 to 3, no NaN, no Inf" in text
    assert "first at  [1]: x = 0 gives -inf" in text
    assert "  > t2 = log(p)" in text
    assert "    p = relu(scores)    test_anomaly.py:" in text


def test_the_message_of_the_backward_pass_has_the_cotangents():
    x = mg.tensor([4.0, 0.0], requires_grad=True)

    def run():
        h = x * 1.0
        y = h.sqrt()
        loss = (y * 3.0).sum()
        loss.backward()

    error = fails(run)
    text = str(error)
    assert "the derivative of sqrt made an Inf: the first of the backward pass" in text
    assert "cotangent, from mul  (2,) float32, from 3 to 3, no NaN, no Inf" in text
    assert "first at  [1]: cotangent = 3, x = 0 gives inf" in text
    assert "> y = sqrt(h)" in text
    assert list(error.operands) == ["x"]
    np.testing.assert_array_equal(error.operands["x"], [4.0, 0.0])
    assert x.grad is None
    # The picture has what the engine has dropped: the cotangents around the guilty node.
    source = error.draw().pipe(format="svg").decode()
    assert "Inf" in source


def test_parameters_of_modules_are_called_by_their_path():
    model = mg.nn.Sequential(mg.nn.Linear(2, 2), mg.nn.Linear(2, 1))
    with mg.no_grad():
        model[1].weight[:] = 1e30
        model[0].bias[:] = 1e30
    error = fails(lambda: model(mg.ones(1, 2)))
    assert error.module == "1 (Linear)"
    assert "weight = 1.weight" in str(error) or "weight = model.1.weight" in str(error)


def test_the_backward_of_a_users_function_is_named_too():
    from tests.autograd.anomaly_programs import function_with_a_wrong_backward

    (note,) = fails(function_with_a_wrong_backward).__notes__
    assert note.startswith("in Reciprocal.backward, applied at ")
    assert "Reciprocal.apply(x).sum().backward()" in note


@pytest.mark.parametrize("scalar", [False, True])
def test_a_step_that_overflows_is_named(scalar):
    w = mg.Value(1.0) if scalar else mg.tensor([1.0, 1.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.SGD([w], lr=1e200)
    other = mg.tensor([float("inf"), 1.0], requires_grad=True)
    idle = mg.optim.SGD([other], lr=0.1)

    def run():
        (other * 1.0).sum().backward()
        idle.step()  # was infinite before
        loss = w * 1e200 if scalar else (w * 1e200).sum()
        loss.backward()
        optimizer.step()  # the step

    text = str(fails(run))
    assert text.startswith("SGD.step made an Inf in a parameter that was finite")
    assert "lr=1e+200" in text
    assert "optimizer.step()  # the step" in text


def test_what_is_no_anomaly():
    inf, nan = float("inf"), float("nan")
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    mask = mg.tensor([False, True, False])
    with mg.autograd.detect_anomaly():
        x.masked_fill(mask, -inf).softmax(0)[0].backward()  # a deliberate -inf, and what it gives
        assert x.grad[1] == 0
        x.norm().backward()
        y = mg.tensor([1.0, inf], requires_grad=True)
        ((y * 2.0) ** 2).sum().backward()
        data = mg.tensor([1.0, nan, 3.0])
        mg.where(data.isnan(), x, data.nan_to_num()).sum().backward()
        zero = mg.zeros(3, requires_grad=True)
        zero.norm().backward()
        x.clamp(min=-inf).sum().backward()
        mg.nn.functional.pad(x, (1, 1), value=-inf).max().backward()
        (g,) = mg.autograd.grad(x.norm(), x, create_graph=True)
        g.sum().backward()
        mg.Value(inf) * 2.0
        mg.tensor([1, 2]) // mg.tensor([1, 1])


def test_a_nan_of_the_data_is_reported_by_backward():
    x = mg.tensor([1.0, float("nan")], requires_grad=True)

    def run():
        y = x * 2.0
        y.sum().backward()

    error = fails(run)
    assert "a NaN came in with the operand x of mul" in str(error)
    assert error.line.endswith("y = x * 2.0")
    assert "first at  x[1]" in str(error)


def test_a_gradient_given_to_backward_that_is_nan():
    x = mg.ones(2, requires_grad=True)
    error = fails(lambda: (x * 2.0).backward(mg.tensor([1.0, float("nan")])))
    assert "the gradient given to backward() has a NaN" in str(error)


def test_a_graph_from_outside_has_no_lines_but_is_judged():
    x = mg.tensor([0.0], requires_grad=True)
    loss = x.sqrt().sum()
    error = fails(loss.backward)
    assert (error.operation, error.line) == ("sqrt", "")
    assert "computed outside detect_anomaly()" in str(error)


def test_without_check_nan_nothing_is_judged_but_lines_are_known():
    class Fails(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            raise KeyError("lost")

    x = mg.tensor([0.0], requires_grad=True)
    with mg.autograd.detect_anomaly(check_nan=False):
        assert mg.is_anomaly_enabled()
        assert not mg.is_anomaly_check_nan_enabled()
        x.sqrt().log().sum().backward()
        loss = Fails.apply(x)  # the line
        with pytest.raises(KeyError) as caught:
            loss.backward()
    assert caught.value.__notes__[0].endswith("loss = Fails.apply(x)  # the line")
    assert mg.is_anomaly_check_nan_enabled()


def test_errors_of_derivatives_of_values_say_the_line():
    v = mg.Value(0.0)
    with mg.autograd.detect_anomaly():
        root = v**0.5  # the line
        with pytest.raises(ZeroDivisionError) as caught:
            root.backward()
    assert caught.value.__notes__[0].endswith("root = v**0.5  # the line")


def test_the_switch_as_function_and_as_context():
    assert not mg.is_anomaly_enabled()
    switch = mg.autograd.set_detect_anomaly(True)
    assert mg.is_anomaly_enabled()
    with mg.autograd.set_detect_anomaly(False):
        assert not mg.is_anomaly_enabled()
    assert mg.is_anomaly_enabled()
    mg.autograd.set_detect_anomaly(False)
    assert not mg.is_anomaly_enabled()
    assert mg.is_anomaly_check_nan_enabled()
    del switch
    mode = mg.autograd.detect_anomaly()
    with mode, mode:
        assert mg.is_anomaly_enabled()
    assert not mg.is_anomaly_enabled()
    assert busy.count == busy.watching == 0


def test_the_mode_belongs_to_a_thread():
    found = {}
    x = mg.tensor([0.0], requires_grad=True)

    def other(mode):
        try:
            with mg.autograd.set_detect_anomaly(mode):
                x.sqrt().sum().backward()
        except AnomalyError as error:
            found[mode] = error.operation
        else:
            found[mode] = "none"

    with mg.autograd.detect_anomaly():
        threads = [threading.Thread(target=other, args=(mode,)) for mode in (True, False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert mg.is_anomaly_enabled()
    assert found == {True: "sqrt", False: "none"}


def test_changes_past_the_tensor_are_found():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    array = np.array([3.0, 4.0], np.float32)
    x = mg.from_numpy(array)
    with mg.autograd.detect_anomaly():
        loss = (w * x).sum()  # the line
        loss.backward(retain_graph=True)
        array[0] = 5.0
        with pytest.raises(RuntimeError, match=r"changed past the Tensor .* # the line: by NumPy"):
            loss.backward()
    loss.backward(retain_graph=True)  # without the mode it is not noticed
    # in-place operations of ours are told as ever
    x = mg.tensor([3.0, 4.0])
    with mg.autograd.detect_anomaly():
        loss = (w * x).sum()
        x.add_(1.0)
        with pytest.raises(RuntimeError, match="add_ changed it in place"):
            loss.backward()


def test_arrays_that_are_not_contiguous_have_check_sums_too():
    x = mg.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    other = np.ones((3, 2))
    with mg.autograd.detect_anomaly():
        loss = (x * mg.from_numpy(other).mT).sum()
        other[2, 1] = 7.0
        with pytest.raises(RuntimeError, match="changed past the Tensor"):
            loss.backward()


def test_it_does_not_change_numbers_or_keep_gradients():
    def step():
        w = mg.tensor([1.0, 2.0], dtype=mg.float64, requires_grad=True)
        h = (w * 3.0).tanh()
        first, second = h.split(1)
        loss = (first * second).sum()
        loss.backward()
        return w.grad.numpy(), h, first

    plain, _, _ = step()
    with mg.autograd.detect_anomaly():
        watched, h, first = step()
    np.testing.assert_array_equal(plain, watched)
    for t in (h, first):
        assert t.grad_fn.notes is None or t.grad_fn.notes.grad is None
        with pytest.warns(UserWarning, match="not a leaf"):
            assert t.grad is None


def test_values_keep_no_notes_once_they_are_gone():
    import gc

    with mg.autograd.detect_anomaly():
        v = mg.Value(2.0) * 3.0
        assert "v = mg.Value(2.0) * 3.0" in of_values[v].line
        count = len(of_values)
        del v
    gc.collect()
    assert len(of_values) < count


def test_where_gives_zero_where_it_does_not_take_whatever_comes():
    # 0 for what is not taken, even of an infinite cotangent; as PyTorch.
    a = mg.tensor([1.0, 2.0], requires_grad=True)
    b = mg.tensor([3.0, 4.0], requires_grad=True)
    mg.where(mg.tensor([True, False]), a, b).backward(mg.tensor([float("inf"), float("nan")]))
    assert a.grad.tolist() == [float("inf"), 0.0]
    assert b.grad.tolist()[0] == 0.0
    assert np.isnan(b.grad.numpy()[1])
    # What is computed for the branch not taken has a derivative of its own: 0 * inf.
    x = mg.tensor([4.0, 0.0], requires_grad=True)
    mg.where(x > 0, x.sqrt(), 0.0).sum().backward()
    assert np.isnan(x.grad.numpy()[1])
    # The remedy: choose the operand as well as the result.
    x.grad = None
    safe = mg.where(x > 0, x, 1.0)
    mg.where(x > 0, safe.sqrt(), 0.0).sum().backward()
    assert x.grad.tolist() == [0.25, 0.0]


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, float("inf")])
def test_the_norm_at_zero_has_the_gradient_zero(p):
    x = mg.zeros(3, requires_grad=True)
    x.norm(p=p).backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    y = mg.zeros(2, 3, requires_grad=True)
    mg.linalg.vector_norm(y, ord=p, dim=1).sum().backward()
    assert not y.grad.numpy().any()


def test_what_rules_compute_on_their_way_is_not_judged():
    for f in (lambda x: x.norm(), lambda x: x.norm(p=3), lambda x: mg.xlogy(x, x + 1.0).sum()):
        x = mg.zeros(3, requires_grad=True)
        with mg.autograd.detect_anomaly():
            (g,) = mg.autograd.grad(f(x), x, create_graph=True)
        assert g.tolist() == [0.0, 0.0, 0.0]
