"""The way back from max pooling, as modules."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

nn = mg.nn

IMAGES = {1: (2, 3, 9), 2: (2, 3, 7, 6), 3: (1, 2, 5, 4, 6)}


def there_and_back(m, x, d, args, whole):
    values, places = getattr(m.nn, f"MaxPool{d}d")(*args, return_indices=True)(x)
    return getattr(m.nn, f"MaxUnpool{d}d")(*args)(values, places, x.shape if whole else None)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_what_was_kept_is_put_back(d):
    x = mg.tensor(draw(*IMAGES[d], low=0.1))
    y = there_and_back(mg, x, d, (2,), whole=True)
    assert y.shape == x.shape
    kept = y != 0
    assert mg.equal(y[kept], x[kept])
    assert kept.sum().item() == getattr(nn, f"MaxPool{d}d")(2)(x).numel()


def test_how_they_print():
    assert repr(nn.MaxUnpool2d(3, 2, 1)) == (
        "MaxUnpool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))"
    )


@pytest.mark.peers
@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("whole", [True, False])
def test_peer(d, whole):
    import torch

    for args in ((2,), (2, 3)) if whole else ((2,), (2, 2), (3, 3)):
        make = f"MaxUnpool{d}d"
        assert repr(getattr(nn, make)(*args)) == repr(getattr(torch.nn, make)(*args))
        same(torch, lambda m, x, a=args: there_and_back(m, x, d, a, whole), draw(*IMAGES[d]))
