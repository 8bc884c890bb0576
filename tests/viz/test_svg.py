"""Our own drawing: well-formed, complete, nothing overlapping, nothing cut, nothing executed."""

import itertools
import re
import xml.etree.ElementTree as ET

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import microgradnn as mg
from microgradnn.viz import draw
from microgradnn.viz.cards import CHARACTER
from microgradnn.viz.user_text import columns, one_line, shorten

SVG = "{http://www.w3.org/2000/svg}"
DIRECTIONS = ("LR", "TB", "RL", "BT")


def groups(svg):
    return [g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("role") == "img"]


def bounds(shape):
    """Left, top, right, bottom of a rectangle or polygon."""
    if shape.tag == f"{SVG}rect":
        x, y, w, h = (float(shape.get(a)) for a in ("x", "y", "width", "height"))
        return x, y, x + w, y + h
    points = [tuple(map(float, p.split(","))) for p in shape.get("points").split()]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def outlines(group):
    return [bounds(s) for s in group if s.tag in (f"{SVG}rect", f"{SVG}polygon")]


def box(group):
    """Around a card with its circle."""
    parts = outlines(group)
    return (
        min(p[0] for p in parts), min(p[1] for p in parts),
        max(p[2] for p in parts), max(p[3] for p in parts),
    )  # fmt: skip


def extent(text):
    """Left and right end of a text, in the widest monospaced font."""
    size = float(text.get("font-size", 12)) / 12
    x, width = float(text.get("x")), columns(text.text) * CHARACTER * size
    anchor = text.get("text-anchor", "start")
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, left + width


def test_each_card_has_its_texts(s2d, cards_of):
    loss, weights = s2d()
    cards = dict(cards_of(draw(loss, parameters=weights).pipe("svg")))
    tooltip = next(t for t in cards if t.startswith("w1\n"))
    assert cards[tooltip] == ["w1", "1", "∂ 0.02147"]
    assert "gradient 0.02146953526581111" in tooltip
    assert ["h1", "0.04743", "∂ −0.2376", "σ"] in cards.values()
    assert ["L", "0.2269", "∂ 1", "x²"] in cards.values()
    assert len(cards_of(draw(loss).pipe("svg"))) == 29


def test_there_is_no_gradient_before_backward(s2d):
    svg = draw(s2d(backward=False)[0]).pipe("svg", encoding="utf-8")
    assert "∂" not in svg
    assert "∂ 1" in draw(s2d()[0]).pipe("svg", encoding="utf-8")


def test_each_use_has_a_path_from_card_to_card(s2d):
    loss, _ = s2d()
    svg = ET.fromstring(draw(loss).pipe("svg"))
    paths = [p for p in svg.iter(f"{SVG}path") if p.find(f"{SVG}title") is not None]
    assert len(paths) == 30
    boxes = [box(g) for g in groups(ET.tostring(svg))]
    for path in paths:
        numbers = list(map(float, re.findall(r"-?[\d.]+", path.get("d"))))
        start, end = numbers[:2], numbers[-2:]
        # From the middle of a right edge to the middle of a left edge, to a tenth of a millimetre.
        assert any(
            abs(start[0] - b[2]) < 1 and abs(start[1] - (b[1] + b[3]) / 2) < 1 for b in boxes
        )
        assert any(abs(end[0] - b[0]) < 1 and abs(end[1] - (b[1] + b[3]) / 2) < 1 for b in boxes)


def test_an_operand_used_twice_has_two_paths_that_can_be_seen():
    a = mg.Value(3.0, label="a")
    svg = ET.fromstring(draw(a + a).pipe("svg"))
    shapes = {p.get("d") for p in svg.iter(f"{SVG}path")}
    assert len(shapes) == 2


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("shown", [True, False])
def test_nothing_overlaps_and_no_text_is_cut(s2d, mlp, direction, shown):
    long = mg.Value(-123456.789, label="a_name_of_sixty_characters_" + "x" * 33)
    odd = (long * 1e-9).log_softmax() if hasattr(long, "log_softmax") else (long * 1e-9).tanh()
    odd.backward()
    x = mg.tensor([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
    with mg.record():
        first, rest = mg.log_softmax(x, 1).split(1)
        several = first.sum() * rest.sum()
    several.backward()
    tensor_loss, names = mlp()
    for root, options in (
        (s2d()[0], {}), (odd, {"precision": 17}), (several, {}), (tensor_loss, {"names": names}),
    ):  # fmt: skip
        drawing = draw(root, rankdir=direction, show_values=shown, show_grads=shown, **options)
        svg = drawing.pipe("svg")
        cards = groups(svg)
        width, height = map(float, ET.fromstring(svg).get("viewBox").split()[2:])
        for g in cards:
            left, top, right, bottom = box(g)
            assert left > -14
            assert top > -14
            assert right < width
            assert bottom < height
            badge = outlines(g)[-1]
            for text in g.findall(f"{SVG}text"):
                where = badge if text.get("text-anchor") == "middle" else outlines(g)[0]
                start, end = extent(text)
                assert where[0] <= start, text.text
                assert end <= where[2], text.text
                assert where[1] < float(text.get("y")) < where[3]
        for a, b in itertools.combinations(map(box, cards), 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (a, b)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_texts_keep_clear_of_the_circle_and_of_each_other(s2d, direction):
    for g in groups(draw(s2d()[0], rankdir=direction).pipe("svg")):
        texts = [t for t in g.findall(f"{SVG}text") if t.get("text-anchor") != "middle"]
        has_circle = len(texts) < len(g.findall(f"{SVG}text"))
        circle = outlines(g)[-1] if has_circle else None
        for t in texts:
            start, end = extent(t)
            y = float(t.get("y"))
            if circle is not None and circle[1] < y - 3 < circle[3]:
                assert end <= circle[0] + 1 or start >= circle[2] - 1, t.text
        for s, t in itertools.combinations(texts, 2):
            assert abs(float(s.get("y")) - float(t.get("y"))) >= 14


def test_kinds_differ_in_shape(s2d):
    loss, weights = s2d()
    cards = {
        g.find(f"{SVG}title").text.split("\n")[0]: g
        for g in groups(draw(loss * 2.0, parameters=weights).pipe("svg"))
    }
    assert cards["w1"].find(f"{SVG}polygon") is not None
    assert cards["x1"].find(f"{SVG}rect").get("rx") == "20"
    assert cards["h1"].find(f"{SVG}rect").get("rx") == "6"
    assert cards["constant"].find(f"{SVG}rect").get("stroke-dasharray")
    root = next(g for title, g in cards.items() if title.startswith("mul"))
    doubled = [g for g in groups(draw(loss).pipe("svg")) if len(outlines(g)) >= 4]
    assert root is not None
    assert len(doubled) == 1  # two lines, a bar, a circle


def test_several_pictures_can_share_a_page(s2d):
    svg = draw(s2d()[0]).pipe("svg", encoding="utf-8")
    assert " id=" not in svg
    assert "<style" not in svg
    assert "url(" not in svg


def test_a_nan_is_hatched():
    a = mg.Value(float("nan"), label="a")
    plain = draw(mg.Value(1.0, label="a") * 2).pipe("svg", encoding="utf-8")
    assert 'stroke-opacity="0.45"' not in plain
    assert 'stroke-opacity="0.45"' in draw(a * 2).pipe("svg", encoding="utf-8")


@settings(max_examples=200)
@given(st.text(min_size=1))
def test_any_name_is_shown_and_none_is_markup(label):
    value = mg.Value(1.0, label=label)
    svg = draw(value * value).pipe("svg")
    tree = ET.fromstring(svg)
    known = {f"{SVG}{t}" for t in ("svg", "g", "rect", "path", "polygon", "text", "title")}
    assert {e.tag for e in tree.iter()} <= known
    leaf = groups(svg)[0]
    name = one_line(label)
    assert leaf.find(f"{SVG}title").text.startswith(f"{name}\nparameter" if name else "parameter")
    if name:
        assert leaf.find(f"{SVG}text").text == shorten(name, 22)


def test_markup_in_a_name_does_nothing(s2d):
    loss, _ = s2d()
    loss.label = '"><script>alert(1)</script><rect onload="alert(2)"/>'
    svg = draw(loss).pipe("svg", encoding="utf-8")
    assert "<script" not in svg
    assert not any(
        name.startswith("on") or "href" in name
        for element in ET.fromstring(svg).iter()
        for name in element.attrib
    )
