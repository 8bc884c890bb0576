"""The same pictures where the program ``dot`` is installed."""

import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

import microgradnn as mg
from microgradnn.viz import draw, graphviz_tools
from microgradnn.viz.layout import lay_out

pytestmark = pytest.mark.peers
SVG = "{http://www.w3.org/2000/svg}"


def test_dot_is_what_is_used(s2d, monkeypatch):
    used = []
    run = subprocess.run
    monkeypatch.setattr(
        graphviz_tools.subprocess,
        "run",
        lambda command, **options: used.append(command) or run(command, **options),
    )
    draw(s2d()[0]).pipe("svg")
    assert used == [[shutil.which("dot"), "-Kdot", "-Tjson0"]]


def test_dot_and_its_webassembly_build_place_cards_alike(s2d, mlp, monkeypatch):
    for root, options in ((s2d()[0], {}), (mlp()[0], {"rankdir": "TB"})):
        picture = draw(root, **options)._picture
        by_dot = lay_out(picture)
        with monkeypatch.context() as patch:
            patch.setattr(graphviz_tools, "find_dot", lambda: None)
            by_wasm = lay_out(picture)
        # Two releases of Graphviz may order nodes otherwise; the ranks are those of the graph.
        axis = 1 if options else 0
        ranks = [[round(c[axis] / 10) for c in layout.centres] for layout in (by_dot, by_wasm)]
        assert len(set(ranks[0])) == len(set(ranks[1]))
        assert by_dot.width == pytest.approx(by_wasm.width, rel=0.1)


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "gif", "eps", "json", "plain"])
@pytest.mark.usefixtures("no_wasm", "no_typst")
def test_dot_alone_makes_every_format(s2d, format):
    made = draw(s2d()[0]).pipe(format)
    begins = {
        "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "gif": b"GIF8", "eps": b"%!PS",
        "json": b"{", "plain": b"graph ",
    }[format]  # fmt: skip
    assert made.startswith(begins)


@pytest.mark.usefixtures("no_wasm", "no_typst")
def test_dot_draws_the_complete_source(s2d):
    loss, weights = s2d()
    svg = subprocess.run(
        ["dot", "-Tsvg"], input=draw(loss, parameters=weights).source.encode(),
        capture_output=True, check=True,
    )  # fmt: skip
    assert svg.stderr == b""
    tree = ET.fromstring(svg.stdout)
    classes = [g.get("class") for g in tree.iter(f"{SVG}g")]
    assert (classes.count("node"), classes.count("edge")) == (29, 30)
    texts = [t.text for t in tree.iter(f"{SVG}text")]
    assert {"w1", "∂ 0.02147", "(σ) h1", "0.04743", "(x²) L", "0.2269"} <= set(texts)


def test_renderers_are_passed_to_dot(s2d, tmp_path):
    drawing = draw(s2d()[0])
    assert drawing.pipe("png", renderer="cairo", formatter="cairo").startswith(b"\x89PNG")
    path = drawing.render(tmp_path / "x", format="png", renderer="cairo", formatter="cairo")
    assert path.endswith("x.cairo.cairo.png")
    assert drawing.pipe("svg", renderer="svg", encoding="utf-8").startswith("<?xml")


def test_hostile_names_are_quoted_for_dot_too():
    for label in ('"', "a\\", r"\N", "<b>", "&lt;", "{a|b}", '"]; x', "two\nlines", "\x00"):
        svg = subprocess.run(
            ["dot", "-Tsvg"], input=draw(mg.Value(1.0, label=label)).source.encode(),
            capture_output=True, check=True,
        )  # fmt: skip
        assert svg.stderr == b""
        assert len(list(ET.fromstring(svg.stdout).iter(f"{SVG}g"))) >= 2


def test_an_error_of_dot_is_told(monkeypatch):
    monkeypatch.setattr(graphviz_tools, "find_wasm", lambda: None)
    with pytest.raises(RuntimeError, match=r"dot -Kdot -Tsvg failed: .*syntax error"):
        graphviz_tools.run_graphviz("no graph", "svg")


def test_a_big_graph_is_laid_out_by_dot_in_time():
    w = h = mg.Value(1.0, label="w")
    for _ in range(120):  # half a minute and more without the attributes that bound the search
        h = h * w
    assert len(lay_out(draw(h)._picture).centres) == 121
