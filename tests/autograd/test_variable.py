import pytest

import microgradnn as mg
from microgradnn.autograd import Variable


def test_variables_are_tensors():
    x = Variable(mg.ones(2), requires_grad=True)
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]
    assert isinstance(mg.ones(1), Variable)
    assert not isinstance(1.0, Variable)
    assert not Variable(mg.ones(1)).requires_grad
    assert Variable().numel() == 0
    with pytest.raises(TypeError, match="got list"):
        Variable([1.0])
