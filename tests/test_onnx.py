"""What PyTorch calls ``onnx`` is there to be imported, and says that it exports nothing."""

import pytest

import microgradnn as mg


def test_nothing_is_exported():
    assert not mg.onnx.is_in_onnx_export()
    with pytest.raises(NotImplementedError, match=r"save\(model.state_dict\(\), 'model.pt'\)"):
        mg.onnx.export(mg.nn.Linear(1, 1), mg.ones(1), "model.onnx", opset_version=17)
