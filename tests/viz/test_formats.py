"""Every network in every format, with each way of placing cards: nothing overlaps or is cut."""

import itertools
import re
import shutil
import xml.etree.ElementTree as ET

import pytest

import microgradnn as mg
from microgradnn.viz import draw, graphviz_tools
from microgradnn.viz.cards import CHARACTER, FONT_SIZE
from microgradnn.viz.user_text import columns

from .networks import gpt, samples, unrolled

SVG = "{http://www.w3.org/2000/svg}"
BEGINS = {
    "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-", "html": b"<!DOCTYPE html>",
    "gv": b"digraph", "dot": b"digraph",
}  # fmt: skip


def diamond():
    x = mg.Value(3.0, label="x")
    out = x * x + x.tanh()
    out.backward()
    return out


def nan():
    x = mg.tensor([[float("nan"), 4.0], [float("inf"), 9.0]], requires_grad=True)
    with mg.record():
        out = (x * 2.0).sum()
    out.backward()
    return out


PICTURES = {
    "diamond": (diamond, {}),
    "nan": (nan, {}),
    "gpt": (gpt, {}),
    "gpt opened": (gpt, {"depth": 1, "expand": ["blocks.0", "blocks.0.attn"]}),
    "gpt backward": (gpt, {"depth": 1, "show": "backward"}),
    "gpt forward, dark": (gpt, {"depth": 2, "show": "forward", "theme": "dark"}),
    "one box": (gpt, {"depth": 0}),
    "unrolled": (unrolled, {"depth": 1}),
    "values": (lambda: samples(60), {}),
    "part": (lambda: samples(60), {"max_nodes": 12, "path_from": ()}),
}


@pytest.fixture(params=["wasm", "layers", pytest.param("dot", marks=pytest.mark.peers)])
def layout(request, monkeypatch):
    """With Graphviz in WebAssembly, with no Graphviz, with its program."""
    if request.param == "dot":
        assert graphviz_tools.find_dot() == shutil.which("dot")
    if request.param == "layers":
        monkeypatch.setattr(graphviz_tools, "find_wasm", lambda: None)
        monkeypatch.setenv("PATH", "")
    return request.param


def bounds(shape):
    if shape.tag == f"{SVG}rect":
        x, y, w, h = (float(shape.get(a)) for a in ("x", "y", "width", "height"))
        return x, y, x + w, y + h
    points = [tuple(map(float, p.split(","))) for p in shape.get("points").split()]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def check_geometry(svg):
    """Text is inside its card, cards are apart and inside the picture, nothing is too small."""
    tree = ET.fromstring(svg)
    width, height = map(float, tree.get("viewBox").split()[2:])
    boxes = []
    for group in (g for g in tree.iter(f"{SVG}g") if g.get("role") == "img"):
        parts = [bounds(s) for s in group if s.tag in (f"{SVG}rect", f"{SVG}polygon")]
        left, top, right, bottom = (
            min(p[0] for p in parts), min(p[1] for p in parts),
            max(p[2] for p in parts), max(p[3] for p in parts),
        )  # fmt: skip
        boxes.append((left, top, right, bottom))
        assert left > -14
        assert top > -14
        assert right < width
        assert bottom < height
        lines = []
        for text in group.findall(f"{SVG}text"):
            size = float(text.get("font-size", FONT_SIZE))
            assert size >= 11
            x, y, wide = float(text.get("x")), float(text.get("y")), columns(text.text)
            wide *= CHARACTER * size / FONT_SIZE
            anchor = text.get("text-anchor", "start")
            start = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            inside = [
                p for p in parts
                if p[0] <= start and start + wide <= p[2] and p[1] <= y - 9 and y + 2 <= p[3]
            ]  # fmt: skip
            assert inside, text.text
            if anchor != "middle":
                lines.append(y)
        assert all(b - a >= 14 for a, b in itertools.pairwise(lines))
    for a, b in itertools.combinations(boxes, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (a, b)
    return boxes


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_every_picture_is_whole(layout, name, direction):
    make, options = PICTURES[name]
    options = {key: value for key, value in options.items() if value != ()}
    drawing = draw(make(), rankdir=direction, **options)
    boxes = check_geometry(drawing.pipe("svg"))
    assert len(boxes) == len(drawing._picture.cards)


@pytest.mark.parametrize("direction", ["RL", "BT"])
def test_stacks_stand_out_on_the_side_where_edges_leave(direction):
    check_geometry(draw(gpt(), rankdir=direction, depth=1).pipe("svg"))


@pytest.mark.parametrize("format", BEGINS)
def test_every_format_is_made(layout, format, tmp_path):
    drawing = draw(gpt(), format, show="backward")
    made = drawing.pipe()
    assert made.startswith(BEGINS[format])
    path = drawing.render(tmp_path / "graph", cleanup=True)
    # A PDF and a PNG hold when they were made.
    assert (tmp_path / f"graph.{format}").read_bytes()[:8] == made[:8]
    assert path.endswith(format)


def test_a_notebook_shows_the_picture(layout):
    bundle = draw(gpt())._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<?xml")


def test_dark_pictures_have_no_light_in_them(layout):
    dark = draw(gpt(), theme="dark").pipe("svg", encoding="utf-8")
    light = draw(gpt()).pipe("svg", encoding="utf-8")
    assert "#fbfbf9" in light
    assert not any(color in dark for color in ("#fbfbf9", "#ffffff", "#1b1f24", "#0b5cad"))
    assert "bgcolor" in draw(gpt(), theme="dark").source


def test_arrows_of_the_backward_pass_point_to_the_leaves():
    x = mg.Value(2.0, label="x")
    out = x.tanh()
    out.backward()
    forward = draw(out, show="forward").pipe("svg", encoding="utf-8")
    assert "∂" not in forward
    tree = ET.fromstring(draw(out, show="backward").pipe("svg"))
    wire, arrow = tree.findall(f".//{SVG}path")[:2]
    start = wire.get("d")[1:].split("C")[0].split(",")
    tip = arrow.get("d")[1:].split("L")[0].split(",")
    assert start == tip
    assert wire.get("stroke") == arrow.get("fill") == "#a84300"
    texts = [t.text for t in tree.iter(f"{SVG}text")]
    assert "saves result" in texts
    assert "0.964" not in texts  # the value of tanh(2)


def test_a_gradient_of_zero_has_an_empty_bar_and_not_yet_has_none():
    w = mg.Value(0.5, label="w")
    out = w * mg.Value(0.0, label="x")
    before = draw(out).pipe("svg", encoding="utf-8")
    out.backward()
    after = draw(out).pipe("svg", encoding="utf-8")
    assert 'stroke-dasharray="3 2"' not in before
    assert after.count('stroke-dasharray="3 2"') == 1
    zeros = mg.zeros(3, 5, requires_grad=True)
    loss = (zeros * zeros).sum()
    loss.backward()
    assert draw(loss).pipe("svg", encoding="utf-8").count('stroke-dasharray="3 2"') == 1


def test_hatching_stays_inside_slanted_and_round_corners():
    tree = ET.fromstring(draw(nan()).pipe("svg"))
    for group in (g for g in tree.iter(f"{SVG}g") if g.get("role") == "img"):
        hatches = [p for p in group.findall(f"{SVG}path") if p.get("stroke-opacity") == "0.45"]
        outline = group.find(f"{SVG}polygon")
        if hatches and outline is not None:
            corners = [tuple(map(float, p.split(","))) for p in outline.get("points").split()]
            numbers = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", hatches[0].get("d"))
            xs = [float(x) for x, _ in numbers]
            assert min(xs) >= corners[0][0]
            assert max(xs) <= corners[1][0]
            break
    else:
        raise AssertionError("no parameter is hatched")
