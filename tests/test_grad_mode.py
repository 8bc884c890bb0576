"""Whether operations are recorded: as a context, as a decorator, for one thread."""

import threading

import pytest

import microgradnn as mg


@pytest.fixture
def w():
    return mg.ones(2, requires_grad=True)


def test_no_grad_and_enable_grad_nest(w):
    assert mg.is_grad_enabled()
    with mg.no_grad():
        assert not (w * 2).requires_grad
        with mg.enable_grad():
            assert (w * 2).requires_grad
            with mg.no_grad():
                assert not (w * 2).requires_grad
            assert (w * 2).requires_grad
        assert not (w * 2).requires_grad
    assert (w * 2).requires_grad


def test_decorators_with_and_without_brackets(w):
    @mg.no_grad()
    def f(x):
        """Doc."""
        return x * 2

    @mg.no_grad
    def g(x):
        return x * 2

    @mg.enable_grad()
    def h(x):
        return x * 2

    assert not f(w).requires_grad
    assert not g(w).requires_grad
    assert f.__doc__ == "Doc."
    with mg.no_grad():
        assert h(w).requires_grad
        assert not f(w).requires_grad
        assert not mg.is_grad_enabled()
    assert mg.is_grad_enabled()


def test_set_grad_enabled_as_context_call_and_decorator(w):
    with mg.set_grad_enabled(False):
        assert not (w * 2).requires_grad
        with mg.set_grad_enabled(True):
            assert (w * 2).requires_grad
        assert not (w * 2).requires_grad
    assert (w * 2).requires_grad
    mg.set_grad_enabled(False)
    assert not (w * 2).requires_grad
    mg.set_grad_enabled(True)
    assert (w * 2).requires_grad

    @mg.set_grad_enabled(False)
    def f(x):
        return x * 2

    assert mg.is_grad_enabled()
    assert not f(w).requires_grad
    assert mg.is_grad_enabled()


@pytest.mark.parametrize("mode", [mg.no_grad, mg.enable_grad, lambda: mg.set_grad_enabled(False)])
def test_an_error_inside_restores_the_mode(mode, w):
    with pytest.raises(ZeroDivisionError), mode():
        raise ZeroDivisionError
    assert mg.is_grad_enabled()
    assert (w * 2).requires_grad


def test_a_mode_can_be_entered_again(w):
    mode = mg.no_grad()
    for _ in range(2):
        with mode, mode:
            assert not (w * 2).requires_grad
        assert (w * 2).requires_grad


def test_the_mode_belongs_to_a_thread(w):
    found = {}
    inside, done = threading.Event(), threading.Event()

    def other():
        found["before"] = (w * 2).requires_grad
        with mg.no_grad():
            inside.set()
            done.wait(10)
            found["inside"] = (w * 2).requires_grad
        found["after"] = (w * 2).requires_grad

    with mg.no_grad():
        thread = threading.Thread(target=other)
        thread.start()
        inside.wait(10)
        with mg.enable_grad():
            found["main"] = (w * 2).requires_grad
    found["main after"] = (w * 2).requires_grad
    done.set()
    thread.join()
    assert found == {
        "before": True, "inside": False, "after": True, "main": True, "main after": True,
    }  # fmt: skip


def test_threads_build_and_walk_graphs_at_once():
    errors = []

    def work(seed):
        try:
            for k in range(200):
                x = mg.tensor([1.0 + seed], dtype=mg.float64, requires_grad=True)
                with mg.no_grad():
                    x.mul_(2)
                (g,) = mg.autograd.grad((x**3).sum(), x, create_graph=True)
                g.sum().backward()
                assert x.grad.item() == pytest.approx(12 * (1.0 + seed)), (seed, k)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_tensors_made_without_recording_can_require_grad():
    with mg.no_grad():
        w = mg.ones(2, requires_grad=True)
        x = mg.ones(2)
        x.requires_grad_()
    assert w.requires_grad
    (w * x).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_backward_works_without_recording(w):
    y, z = (w * w).sum(), w.sum()
    with mg.no_grad():
        y.backward()
        (g,) = mg.autograd.grad(z, w)
    assert w.grad.tolist() == [2.0, 2.0]
    assert g.tolist() == [1.0, 1.0]


def test_create_graph_records_whatever_the_mode(w):
    y = (w**3).sum()
    with mg.no_grad():
        (g,) = mg.autograd.grad(y, w, create_graph=True)
        assert g.requires_grad
        assert not mg.is_grad_enabled()
    g.sum().backward()
    assert w.grad.tolist() == [6.0, 6.0]


def test_without_create_graph_the_gradient_is_outside(w):
    (g,) = mg.autograd.grad((w**3).sum(), w)
    assert not g.requires_grad


def test_values_follow_record_only():
    # A Value is its own node: there is nothing to switch off.
    v = mg.Value(2.0)
    with mg.no_grad():
        y = v * v
    y.backward()
    assert v.grad == 4.0


def test_record_notes_values_lines_and_nothing_outside(w):
    with mg.record():
        y = w * 3
    z = w * 3
    assert y.grad_fn.notes.value.tolist() == [3.0, 3.0]
    assert "test_grad_mode.py" in y.grad_fn.notes.line
    assert "y = w * 3" in y.grad_fn.notes.line
    assert z.grad_fn.notes is None
    with mg.no_grad(), mg.record():
        assert not (w * 3).requires_grad


def test_a_generator_function_runs_in_the_mode_and_its_reader_does_not():
    @mg.no_grad()
    def numbers(w):
        received = []
        for k in range(3):
            received.append((yield (w * k).requires_grad))
        return received

    w = mg.tensor(1.0, requires_grad=True)
    reader = numbers(w)
    assert next(reader) is False
    assert mg.is_grad_enabled()
    assert reader.send("a") is False
    assert reader.send("b") is False
    with pytest.raises(StopIteration) as stop:
        reader.send("c")
    assert stop.value.value == ["a", "b", "c"]
    assert mg.is_grad_enabled()


def test_an_error_thrown_into_a_generator_meets_its_handler_in_the_mode():
    @mg.no_grad()
    def patient():
        try:
            yield 1
        except KeyError:
            yield mg.is_grad_enabled()

    reader = patient()
    next(reader)
    assert reader.throw(KeyError) is False
    reader.close()
    assert mg.is_grad_enabled()


@pytest.mark.parametrize("mode", [mg.inference_mode, mg.inference_mode(), mg.inference_mode(True)])
def test_inference_mode_as_decorator(mode):
    w = mg.tensor(1.0, requires_grad=True)
    assert mode(lambda: (w * 2).requires_grad)() is False
    assert mg.inference_mode(False)(lambda: (w * 2).requires_grad)() is True
    with mg.inference_mode():
        assert mg.is_inference_mode_enabled()
        with mg.inference_mode(False):
            assert (w * 2).requires_grad
    assert not mg.is_inference_mode_enabled()
    with mg.no_grad():
        assert not mg.is_inference_mode_enabled()


def test_what_programs_ask_by_other_names():
    assert mg.autograd.gradcheck is mg.testing.gradcheck
    assert mg.result_type(mg.tensor([1]), 2.5) == mg.float32
    images = mg.zeros(2, 4, 4, 3).permute(0, 3, 1, 2)
    assert images.is_contiguous(memory_format=mg.channels_last)
    assert not images.is_contiguous(memory_format=mg.contiguous_format)
