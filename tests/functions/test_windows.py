"""Padding, windows and pixels: numbers computed by hand, and what errors say."""

import pytest

import microgradnn as mg
from microgradnn.nn import functional


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("constant", [0, 0, 1, 2, 3, 0]),
        ("reflect", [3, 2, 1, 2, 3, 2]),
        ("replicate", [1, 1, 1, 2, 3, 3]),
        ("circular", [2, 3, 1, 2, 3, 1]),
    ],
)
def test_borders_and_their_gradients(mode, wanted):
    x = mg.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    y = functional.pad(x, (2, 1), mode=mode)
    assert y.tolist() == [wanted]
    y.sum().backward()
    assert x.grad.tolist() == [[float(wanted.count(k)) for k in (1, 2, 3)]]


def test_negative_widths_cut():
    x = mg.tensor([[1, 2, 3, 4]])
    assert functional.pad(x, (-1, 2), value=9).tolist() == [[2, 3, 4, 9, 9]]
    assert functional.pad(x, (-1, 1), mode="circular").tolist() == [[2, 3, 4, 2]]
    assert functional.pad(x, (-1, 1), mode="replicate").tolist() == [[2, 3, 4, 4]]


def test_windows_of_an_image_and_their_sum():
    x = mg.arange(9.0).reshape(1, 1, 3, 3)
    columns = functional.unfold(x, 2, stride=1)
    assert columns[0, :, 3].tolist() == [4.0, 5.0, 7.0, 8.0]
    covered = [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    assert functional.fold(mg.ones(1, 4, 4), (3, 3), 2).tolist() == [[covered]]
    assert functional.fold(columns, (3, 3), 2)[0, 0, 1].tolist() == [6.0, 16.0, 10.0]


def test_pixels_traded_for_channels_and_back():
    x = mg.arange(16).reshape(1, 4, 2, 2)
    y = functional.pixel_shuffle(x, 2)
    assert y[0, 0, 0].tolist() == [0, 4, 1, 5]
    assert functional.pixel_unshuffle(y, 2).tolist() == x.tolist()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: functional.pad(x, (1,)), RuntimeError, "two widths for each dimension"),
        (lambda x: functional.pad(x, (-2, -2)), RuntimeError, "cut off more than there is"),
        (lambda x: functional.pad(x[0], (3, 0), "reflect"), RuntimeError, "a border of at most 2"),
        (lambda x: functional.pad(x[0], (4, 0), "circular"), RuntimeError, "border of at most 3"),
        (lambda x: functional.pad(x, (1, 1), "mirror"), NotImplementedError, "'mirror' is none of"),
        (lambda x: functional.pad(x, (1, 1), "reflect", 2.0), ValueError, "takes no value, got 2"),
        (lambda x: functional.pad(x[0, 0, 0], (1, 1), "reflect"), NotImplementedError, "has one"),
        (lambda x: functional.unfold(x, 4), RuntimeError, r"no window of \(4, 4\)"),
        (lambda x: functional.unfold(x, 2, stride=0), RuntimeError, "stride must be positive"),
        (lambda x: functional.fold(x[0], (5, 5), 2), RuntimeError, "got shape"),
        (lambda x: mg.pixel_shuffle(x, 2), RuntimeError, "with channels a multiple of 4, got"),
        (lambda x: mg.pixel_unshuffle(x, 2), RuntimeError, "with height and width multiples of 2"),
        (lambda x: mg.channel_shuffle(x, 2), RuntimeError, "with channels a multiple of 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.arange(9.0).reshape(1, 1, 3, 3))


@pytest.mark.parametrize(
    ("name", "options", "wanted"),
    [
        ("hann", {}, [0.0, 0.5, 1.0, 0.5, 0.0]),
        ("hann", {"sym": False}, [0.0, 0.3454915, 0.9045085, 0.9045085, 0.3454915]),
        ("hamming", {}, [0.08, 0.54, 1.0, 0.54, 0.08]),
        ("blackman", {}, [0.0, 0.34, 1.0, 0.34, 0.0]),
        ("bartlett", {}, [0.0, 0.5, 1.0, 0.5, 0.0]),
        ("cosine", {}, [0.3090170, 0.8090170, 1.0, 0.8090170, 0.3090170]),
        ("gaussian", {"std": 2.0}, [0.6065307, 0.8824969, 1.0, 0.8824969, 0.6065307]),
        ("exponential", {"tau": 2.0}, [0.3678794, 0.6065307, 1.0, 0.6065307, 0.3678794]),
    ],
)  # fmt: skip
def test_windows_for_signals(name, options, wanted):
    window = getattr(mg.signal.windows, name)
    assert window(5, dtype=mg.float64, **options).tolist() == pytest.approx(wanted, abs=1e-6)
    assert window(1, **options).tolist() == [1.0]
    assert window(0, **options).tolist() == []
    assert window(3).dtype is mg.float32
    with pytest.raises(ValueError, match=f"{name}: the number of points can't be negative"):
        window(-1)
