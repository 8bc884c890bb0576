"""Parameters as one vector, and back."""

import numpy as np
import pytest

import microgradnn as mg

nn, U = mg.nn, mg.nn.utils


def test_there_and_back():
    layer, other = nn.Linear(3, 2), nn.Linear(3, 2)
    vector = U.parameters_to_vector(layer.parameters())
    assert vector.shape == (8,)
    U.vector_to_parameters(vector, other.parameters())
    assert mg.equal(layer.weight, other.weight)
    assert mg.equal(layer.bias, other.bias)
    assert other.weight.requires_grad
    vector.sum().backward()
    assert layer.bias.grad.tolist() == [1, 1]


def test_parameters_share_the_memory_of_the_vector():
    layer, vector = nn.Linear(3, 2), mg.zeros(8)
    U.vector_to_parameters(vector, layer.parameters())
    vector.fill_(2)
    assert layer.bias.tolist() == [2, 2]


def test_bad_input():
    layer = nn.Linear(3, 2)
    before = layer.weight.tolist()
    with pytest.raises(RuntimeError, match=r"have 8 numbers, the vector has shape \(7,\)"):
        U.vector_to_parameters(mg.zeros(7), layer.parameters())
    with pytest.raises(TypeError, match="got ndarray"):
        U.vector_to_parameters(np.zeros(8), layer.parameters())
    assert layer.weight.tolist() == before
