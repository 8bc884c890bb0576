"""Arrays as heat maps: sizes, the byte for zero, what is no number."""

import base64
import json

import numpy as np
import pytest

from microgradnn.viz.explorer.thumbnails import summarise


def cells(summary):
    rows, columns, scale, text = summary["thumb"]
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(rows, columns), scale


def test_one_byte_per_cell_with_zero_in_the_middle():
    found, scale = cells(summarise(np.array([[0.0, -2.0], [1.0, 2.0]])))
    assert found.tolist() == [[127, 0], [190, 254]] or found.tolist() == [[127, 0], [191, 254]]
    assert scale == 2.0


def test_nan_and_infinity_are_marked_and_counted():
    summary = summarise(np.array([np.nan, 1.0, np.inf]))
    assert cells(summary)[0].tolist() == [[255, 254, 255]]
    assert summary["stats"] == [1.0, 1.0, 1.0, 2]
    json.dumps(summary, allow_nan=False)


def test_big_arrays_are_averaged():
    array = np.arange(64 * 48, dtype=float).reshape(64, 48)
    found, scale = cells(summarise(array))
    assert found.shape == (16, 16)
    blocks = array.reshape(16, 4, 16, 3).mean(axis=(1, 3))
    assert scale == pytest.approx(blocks.max(), rel=1e-3)
    np.testing.assert_allclose((found.astype(float) - 127) / 127 * scale, blocks, atol=scale / 250)


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (40,), (0, 3), (5, 1)])
def test_every_shape_is_a_matrix_that_fits(shape):
    summary = summarise(np.ones(shape))
    assert summary["shape"] == list(shape)
    assert max(summary["thumb"][:2]) <= 40


def test_one_number_is_a_number():
    assert summarise(np.float32(0.5).reshape(1, 1)) == 0.5
    assert summarise(3.0) == 3
    assert summarise(float("nan")) == "NaN"
    assert summarise(-float("inf")) == "-Infinity"
    assert summarise(10**400) == "Infinity"
    assert str(summarise(-0.0)) == "-0.0"
