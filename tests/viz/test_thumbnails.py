"""Arrays at a glance: the right shade for the right number."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz import draw
from microgradnn.viz.palette import DARK, LIGHT, mixed
from microgradnn.viz.svg_thumbnails import draw_thumbnail
from microgradnn.viz.thumbnails import BROKEN, CELLS, HEIGHT, LEVELS, WIDTH, thumbnail


def test_zero_is_in_the_middle_of_the_scale():
    levels = thumbnail(np.array([[2.0, -1.0, 0.0], [1e-9, -2.0, 1.0]])).levels
    assert levels == (LEVELS, -LEVELS // 2, 0, 1, -LEVELS, LEVELS // 2)
    assert set(thumbnail(np.zeros((2, 2))).levels) == {0}


def test_what_is_no_number_has_its_own_level():
    assert thumbnail(np.array([np.nan, 1.0, -np.inf])).levels == (BROKEN, LEVELS, BROKEN)
    assert thumbnail(np.full((2, 2), np.inf)).levels == (BROKEN,) * 4


def test_a_big_matrix_is_shown_by_blocks_that_keep_outliers():
    matrix = np.full((64, 40), 0.01)
    matrix[37, 21] = -5.0
    matrix[3, 3] = np.nan
    small = thumbnail(matrix)
    assert (small.rows, small.columns) == (CELLS, CELLS)
    assert small.levels.count(-LEVELS) == 1
    assert small.levels.count(BROKEN) == 1


@pytest.mark.parametrize("shape", [(2,), (16,), (500,), (3, 1), (1, 3), (16, 3), (60, 2), (64, 64)])
def test_all_fit_their_room(shape):
    small = thumbnail(np.arange(np.prod(shape), dtype=float).reshape(shape) - 3)
    assert 0 < small.width <= WIDTH
    assert 9 <= small.height <= HEIGHT
    assert len(small.levels) == small.rows * small.columns


def test_more_than_a_matrix_is_a_histogram():
    data = np.concatenate([np.full(30, -1.0), np.full(60, 3.0)]).reshape(3, 5, 6)
    shown = thumbnail(data)
    assert shown.bars[0] == 0.5
    assert shown.bars[-1] == 1.0
    assert sum(shown.bars) == 1.5
    assert shown.zero == 0.25
    assert thumbnail(data + 5).zero is None
    assert sum(thumbnail(np.full((2, 2, 2), 7.0)).bars) == 1.0
    assert thumbnail(np.full((2, 2, 2), np.nan)) is None
    wide = np.array([-1.7e308, 1.7e308, 0.0] * 4).reshape(3, 2, 2)
    assert thumbnail(wide).zero == 0.5


def test_single_numbers_and_other_things_have_none():
    for thing in (1.0, np.float64(2), np.ones(1), np.ones(()), np.ones((0, 3)), None, "text"):
        assert thumbnail(thing) is None
    assert thumbnail(np.ones((2, 2), complex)) is None


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_shades_are_drawn_where_the_cells_are(palette):
    small = thumbnail(np.array([[1.0, 0.0], [-1.0, -1.0]]))
    svg = "".join(draw_thumbnail(small, 10, 20, palette.value, palette))
    paths = {p.get("fill"): p.get("d") for p in ET.fromstring(f"<g>{svg}</g>").iter("path")}
    assert paths == {  # cells are 9 wide and 9 high
        palette.value: "M10 20H19V29H10",
        palette.gradient: "M10 29H28V38H10",
    }


def test_shades_of_neighbouring_levels_can_be_told_apart():
    for palette, hue in itertools.product((LIGHT, DARK), ("value", "gradient")):
        steps = [mixed(palette.card, getattr(palette, hue), k / LEVELS) for k in range(LEVELS + 1)]
        sums = [sum(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in steps]
        assert all(abs(a - b) > 20 for a, b in itertools.pairwise(sums))


def test_cards_have_them_unless_told_otherwise(mlp):
    loss, names = mlp()
    w1 = next(c for c in draw(loss, names=names)._picture.cards if c.lines[0].text == "W1")
    value, gradient = w1.thumbnails
    assert value.levels == tuple(
        int(np.copysign(np.ceil(abs(x) * LEVELS - 1e-9), x)) for x in (0.5, -0.5, 0.25, 1, 0.75, -1)
    )
    assert gradient is not None
    bare = draw(loss, names=names, show_arrays=False)._picture.cards
    assert all(card.thumbnails == (None, None) for card in bare)
    # Four numbers are listed, and need no picture.
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    listed = draw((x * 2).sum(), names={"x": x})._picture.cards[0]
    assert listed.thumbnails == (None, None)
