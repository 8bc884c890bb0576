import pytest

import microgradnn as mg


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
