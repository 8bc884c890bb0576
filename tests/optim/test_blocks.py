"""Pieces of large arrays: every number once, in any layout of memory."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.optim import blocks as module
from microgradnn.optim.blocks import blocks


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 20)
    monkeypatch.setattr(module, "LARGE", 40)


LAYOUTS = {
    "C": lambda a: a,
    "F": lambda a: np.asfortranarray(a),
    "batch last": lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 0, -1)), -1, 0),
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("shape", [(101,), (7, 13), (3, 4, 5, 2), (1, 90), (90, 1)])
@pytest.mark.parametrize("first", LAYOUTS)
@pytest.mark.parametrize("second", LAYOUTS)
def test_every_number_once(shape, first, second):
    start = np.arange(float(np.prod(shape))).reshape(shape)
    a, b = LAYOUTS[first](start.copy()), LAYOUTS[second](start * 10)
    count = 0
    for p, q, nothing in blocks(a, b, None):
        assert nothing is None
        assert np.shares_memory(p, a)
        p += q + 1
        count += 1
    assert np.array_equal(a, start * 11 + 1)
    assert count > 1 or shape == (1, 90)


@pytest.mark.usefixtures("small")
def test_flat_memory_is_cut_evenly():
    a = np.zeros((9, 11))
    assert [p.shape for (p,) in blocks(a)] == [(20,)] * 4 + [(19,)]
    assert [p.shape for (p,) in blocks(a.T)] == [(20,)] * 4 + [(19,)]


def test_small_arrays_are_whole():
    a, b = np.zeros((3, 4)).T, np.zeros((4, 3))
    ((p, q),) = blocks(a, b)
    assert p is a
    assert q is b


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("SGD", {"momentum": 0.9, "dampening": 0.5, "maximize": True}),
        ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
        ("AdamW", {"maximize": True}),
        ("RMSprop", {"centered": True, "momentum": 0.5}),
        ("Adadelta", {}),
        ("Rprop", {}),
        ("ASGD", {"t0": 2}),
    ],
)
def test_pieces_change_nothing(name, options, monkeypatch):
    start = np.random.default_rng(5).normal(size=(6, 4, 9))

    def run():
        # Weights of a convolution may be laid out in another order than their gradients.
        w = mg.from_numpy(np.moveaxis(np.ascontiguousarray(np.moveaxis(start, 0, -1)), -1, 0))
        w.requires_grad_()
        optimizer = getattr(mg.optim, name)([w], lr=0.1, **options)
        for _ in range(6):
            optimizer.zero_grad()
            (w**2 * 0.5 + w.sin()).sum().backward()
            optimizer.step()
        return w.detach().numpy()

    pieces = run()
    for place in (module, mg.optim.sgd):
        monkeypatch.setattr(place, "LARGE", 1 << 20)
    np.testing.assert_array_equal(pieces, run())
