"""The recurrent layers that the tests go through, and how a test runs one."""

import itertools

import numpy as np
import pytest

from tests.nn.peer import draw

KINDS = ["RNN", "GRU", "LSTM"]
OPTIONS = [
    {},
    {"num_layers": 2},
    {"bias": False},
    {"batch_first": True, "num_layers": 2},
    {"bidirectional": True},
    {"bidirectional": True, "num_layers": 3, "bias": False, "batch_first": True},
]
CASES = [
    *itertools.product(KINDS, OPTIONS),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}),
    ("LSTM", {"proj_size": 2}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True, "batch_first": True}),
    ("LSTM", {"proj_size": 1, "bias": False, "bidirectional": True}),
]


def name_of(case):
    kind, options = case
    return kind + "".join(f"-{k}={v}" for k, v in options.items())


every_case = pytest.mark.parametrize("case", CASES, ids=name_of)


def layer(m, case, seed=3, **more):
    kind, options = case
    m.manual_seed(seed)
    return getattr(m.nn, kind)(3, 4, **options, **{"dtype": m.float64, **more})


def states(m, net, batch, seed=11):
    """States to begin with, leaves; as the layer takes them."""
    count = net.num_layers * (2 if net.bidirectional else 1)
    sizes = [net.proj_size or 4] + ([4] if net.mode == "LSTM" else [])
    arrays = [draw(count, *batch, size, seed=seed + k) for k, size in enumerate(sizes)]
    return tuple(m.tensor(a, requires_grad=True) for a in arrays)


def given(hx):
    return hx if len(hx) == 2 else hx[0]


def flat(result):
    """The Tensors of an output and its states."""
    output, last = result
    data = output.data if isinstance(output, tuple) else output
    return [data, *(last if isinstance(last, tuple) else (last,))]


def arrays_of(tensors):
    return [t.detach().numpy() for t in tensors]


def close(ours, theirs, tolerance=1e-11):
    for a, b in zip(arrays_of(ours), arrays_of(theirs), strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
