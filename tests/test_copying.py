"""Copying and pickling of Tensors."""

import copy
import pickle

import numpy as np
import pytest

import microgradnn as mg


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))]
)
@pytest.mark.parametrize("shape", [(), (1,), (0, 2), (2, 3)])
def test_a_copy_has_the_same_shape_numbers_and_flags(again, shape):
    x = mg.tensor(np.full(shape, 2.5), requires_grad=True)
    y = again(x)
    assert y.shape == x.shape
    assert y.dtype == x.dtype
    assert y.tolist() == x.tolist()
    assert y.requires_grad
    assert y.is_leaf


def test_a_pickled_neuron_answers_as_before():
    neuron = mg.nn.Neuron(weights=[0, 1], bias=4)
    again = pickle.loads(pickle.dumps(neuron))
    assert again.bias.shape == ()
    assert again([2, 3]).shape == ()
    assert again([2, 3]).item() == neuron([2, 3]).item()
