import numpy as np
import pytest

import microgradnn as mg


def test_the_questions_of_programs():
    x = mg.zeros(2, 3, dtype=mg.float64)
    assert (x.is_cuda, x.is_cpu, x.is_sparse, x.is_meta) == (False, True, False, False)
    assert (x.layout, x.itemsize, x.nbytes) == (mg.strided, 8, 48)
    assert x.real is x


def test_elementwise_python_functions():
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert x.T.apply_(lambda n: -n).tolist() == [[-1, -3], [-2, -4]]
    assert x.tolist() == [[-1, -2], [-3, -4]]
    assert x.map_(mg.tensor([10.0, 20.0]), lambda a, b: a + b).tolist() == [[9, 18], [7, 16]]
    with pytest.raises(RuntimeError, match="apply_ has no derivative"):
        (mg.ones(2, requires_grad=True) * 1).apply_(abs)


def test_dlpack_both_ways_shares_memory():
    x = mg.arange(3.0)
    array = np.from_dlpack(x)
    x[0] = 7
    assert array.tolist() == [7, 1, 2]
    assert mg.from_dlpack(x.numpy()).tolist() == [7, 1, 2]
    with pytest.raises(BufferError, match="requires grad"):
        np.from_dlpack(mg.ones(1, requires_grad=True))
    with pytest.raises(TypeError, match="has __dlpack__, got list"):
        mg.from_dlpack([1.0])


@pytest.mark.peers
def test_dlpack_with_pytorch():
    import torch

    ours, theirs = mg.arange(4.0), torch.arange(4.0)
    assert torch.equal(torch.from_dlpack(ours), theirs)
    assert mg.from_dlpack(theirs).tolist() == ours.tolist()


def test_asarray_shares_where_it_can():
    a = np.arange(3.0)
    x = mg.asarray(a)
    a[0] = 5
    assert x.tolist() == [5, 1, 2]
    assert mg.asarray(x) is x
    copied = mg.asarray(a, copy=True)
    a[0] = 6
    assert copied.tolist() == [5, 1, 2]
    assert mg.asarray([1, 2], dtype=mg.float32).dtype == mg.float32
    with pytest.raises(ValueError, match="copy=False"):
        mg.asarray([1, 2], copy=False)
    with pytest.raises(ValueError, match="copy=False"):
        mg.asarray(a, dtype=mg.float32, copy=False)


def test_frombuffer():
    data = np.arange(5, dtype=np.int16).tobytes()
    assert mg.frombuffer(data, dtype=mg.int16, count=2, offset=4).tolist() == [2, 3]
    with pytest.raises(ValueError, match="multiple of element size"):
        mg.frombuffer(b"abc", dtype=mg.int16)
