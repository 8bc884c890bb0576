import pytest

import microgradnn as mg
from microgradnn.functions import settings


def test_compile_says_once_that_it_does_nothing(monkeypatch):
    monkeypatch.setattr(settings, "_compile_told", [])
    model = mg.nn.Linear(2, 2)
    with pytest.warns(UserWarning, match="compiles nothing yet"):
        assert mg.compile(model) is model
    assert mg.compile(model, mode="max-autotune") is model

    @mg.compile
    def f(x):
        return x + 1

    assert f(1) == 2
    assert mg.compile(fullgraph=True)(f) is f


def test_switches_remember_and_refuse():
    assert mg.get_num_threads() >= 1
    with pytest.raises(RuntimeError, match="positive"):
        mg.set_num_threads(0)
    mg.use_deterministic_algorithms(True)
    assert mg.are_deterministic_algorithms_enabled()
    mg.use_deterministic_algorithms(False)
    mg.set_float32_matmul_precision("high")
    assert mg.get_float32_matmul_precision() == "high"
    mg.set_float32_matmul_precision("highest")
    with pytest.raises(ValueError, match="got 'low'"):
        mg.set_float32_matmul_precision("low")
    mg.set_default_device("cpu")
    with pytest.raises(RuntimeError, match="not available"):
        mg.set_default_device("cuda")


def test_threads_of_products_are_limited():
    import threadpoolctl

    with threadpoolctl.threadpool_limits():  # puts the number back
        mg.set_num_threads(1)
        assert mg.get_num_threads() == 1
