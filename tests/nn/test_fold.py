"""Images as columns of their windows, as modules."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module

nn = mg.nn

OPTIONS = [
    ((2,), {}),
    (((2, 3),), {"stride": 2}),
    ((2, 2, 1, 2), {}),
    ((3,), {"dilation": (1, 2), "padding": (0, 1)}),
]


@pytest.mark.parametrize(("args", "options"), OPTIONS)
def test_folding_what_was_unfolded_counts_each_pixel_s_windows(args, options):
    x = mg.tensor(draw(2, 3, 6, 5))
    unfold, fold = nn.Unfold(*args, **options), nn.Fold((6, 5), *args, **options)
    count = fold(unfold(mg.ones(2, 3, 6, 5, dtype=mg.float64)))
    assert mg.allclose(fold(unfold(x)), x * count)


def test_how_they_print():
    assert repr(nn.Unfold(3, padding=1)) == (
        "Unfold(kernel_size=3, dilation=1, padding=1, stride=1)"
    )
    assert repr(nn.Fold((3, 4), 2)) == (
        "Fold(output_size=(3, 4), kernel_size=2, dilation=1, padding=0, stride=1)"
    )


@pytest.mark.peers
@pytest.mark.parametrize(("args", "options"), OPTIONS)
def test_peer(args, options):
    import torch

    x = draw(2, 3, 6, 5)
    columns = nn.Unfold(*args, **options)(mg.tensor(x)).numpy()
    for k in (slice(None), 0):
        same_module(torch, lambda n: n.Unfold(*args, **options), x[k])
        same_module(torch, lambda n: n.Fold((6, 5), *args, **options), columns[k])
