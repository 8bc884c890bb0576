import numpy as np
import pytest

import microgradnn as mg


def test_limits_are_numpys():
    assert mg.finfo().max == float(np.finfo(np.float32).max)
    assert (mg.finfo(mg.float16).bits, mg.finfo(mg.float16).dtype) == (16, "float16")
    assert (mg.iinfo(mg.int16).min, mg.iinfo(mg.uint8).max) == (-(2**15), 255)
    assert repr(mg.iinfo(mg.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    with pytest.raises(TypeError, match="use iinfo"):
        mg.finfo(mg.int32)
    with pytest.raises(TypeError, match="use finfo"):
        mg.iinfo(mg.float32)
    with pytest.raises(TypeError, match="truth values have no iinfo"):
        mg.iinfo(mg.bool)


def test_typed_constructors():
    x = mg.LongTensor([1, 2])
    assert (x.dtype, x.tolist()) == (mg.int64, [1, 2])
    assert mg.DoubleTensor(2, 3).shape == (2, 3)
    assert isinstance(x, mg.LongTensor)
    assert not isinstance(x, mg.FloatTensor)
    assert not isinstance(3, mg.LongTensor)
    assert mg.tensor([1.7]).type(mg.LongTensor).tolist() == [1]
    assert x.type() == "microgradnn.LongTensor" == mg.typename(x)


def test_default_tensor_type():
    try:
        mg.set_default_tensor_type("torch.DoubleTensor")
        assert mg.tensor(1.0).dtype == mg.float64
        mg.set_default_tensor_type(mg.FloatTensor)
        assert mg.tensor(1.0).dtype == mg.float32
    finally:
        mg.set_default_dtype(mg.float32)
    with pytest.raises(TypeError, match="invalid type 'Float'"):
        mg.set_default_tensor_type("Float")


@pytest.mark.parametrize("name", ["bfloat16", "complex64", "complex128", "cfloat", "cdouble"])
def test_absent_dtypes_have_names_and_no_numbers(name):
    dtype = getattr(mg, name)
    assert dtype != mg.float32
    assert dtype.itemsize in (2, 8, 16)
    assert dtype.is_complex == (name != "bfloat16")
    for wish in (
        lambda: mg.zeros(2, dtype=dtype),
        lambda: mg.zeros(2).to(dtype),
        lambda: mg.tensor([1.0], dtype=dtype),
        lambda: mg.set_default_dtype(dtype),
    ):
        with pytest.raises(NotImplementedError, match="is not implemented: "):
            wish()


@pytest.mark.peers
def test_promotion_and_casts_equal_pytorchs():
    import torch

    names = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool"]
    for a in names:
        for b in names:
            ours = mg.promote_types(getattr(mg, a), getattr(mg, b))
            theirs = torch.promote_types(getattr(torch, a), getattr(torch, b))
            assert str(ours).rpartition(".")[2] == str(theirs).rpartition(".")[2], (a, b)
            ours = mg.can_cast(getattr(mg, a), getattr(mg, b))
            assert ours == torch.can_cast(getattr(torch, a), getattr(torch, b)), (a, b)


@pytest.mark.peers
def test_limits_equal_pytorchs():
    import torch

    for name in ("float16", "float32", "float64"):
        ours, theirs = mg.finfo(getattr(mg, name)), torch.finfo(getattr(torch, name))
        for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution"):
            assert getattr(ours, field) == pytest.approx(getattr(theirs, field), rel=1e-7), field
