"""A neuron of float64 keeps every digit of the numbers it is given."""

import microgradnn as mg


def test_weights_and_bias_keep_their_digits() -> None:
    neuron = mg.nn.Neuron(weights=[0.1, 0.2], bias=0.3, dtype=mg.float64)
    assert neuron.weight.tolist() == [0.1, 0.2]
    assert neuron.bias is not None
    assert neuron.bias.item() == 0.3


def test_inputs_keep_their_digits() -> None:
    neuron = mg.nn.Neuron(weights=[1.0], bias=0.0, activation=None, dtype=mg.float64)
    assert neuron([0.1]).item() == 0.1


def test_whole_numbers_become_floats() -> None:
    neuron = mg.nn.Neuron(weights=[0, 1], bias=4)
    assert neuron.weight.dtype is mg.float32
    assert neuron.bias is not None
    assert neuron.bias.dtype is mg.float32
