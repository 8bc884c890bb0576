"""The ``graphviz.Digraph`` that ``draw`` returns: formats, files, notebooks, missing tools."""

import os
import struct
import xml.etree.ElementTree as ET

import graphviz
import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz import draw, graphviz_tools
from microgradnn.viz.drawing import Drawing


@pytest.fixture
def drawing():
    a, b = mg.Value(2.0, label="a"), mg.Value(-3.0, label="b")
    out = a * b + a
    out.label = "out"
    out.backward()
    return draw(out)


def is_ours(svg):
    """Our drawing has roles, Graphviz's has its own classes."""
    return b'role="img"' in svg and b'class="node"' not in svg


def test_it_is_a_digraph(drawing):
    assert isinstance(drawing, graphviz.Digraph)
    assert drawing.source.startswith("digraph {")
    assert str(drawing) == drawing.source
    assert drawing.format == "svg"
    assert drawing.engine == "dot"
    assert "4 nodes and 4 edges" in repr(drawing)


def test_svg_as_bytes_and_as_text(drawing):
    svg = drawing.pipe()
    assert ET.fromstring(svg).tag.endswith("svg")
    assert drawing.pipe("svg", encoding="utf-8") == svg.decode()
    assert drawing.pipe("SVG") == svg
    assert is_ours(svg)


def test_png_shows_values_and_gradients_in_their_colours(drawing, tmp_path):
    import matplotlib.image

    (tmp_path / "x.png").write_bytes(drawing.pipe("png"))
    pixels = (matplotlib.image.imread(tmp_path / "x.png")[..., :3] * 255).round().astype(int)
    size = ET.fromstring(drawing.pipe("svg")).get("viewBox").split()
    np.testing.assert_allclose(pixels.shape[:2], [2 * float(size[3]), 2 * float(size[2])], atol=1)
    for color in ((0x0B, 0x5C, 0xAD), (0xA8, 0x43, 0x00), (0x1B, 0x1F, 0x24)):
        assert (np.abs(pixels - color).max(axis=-1) <= 2).sum() > 20, color


def test_pdf(drawing):
    assert drawing.pipe("pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("call", ["pipe", "render", "draw"])
def test_an_unknown_format_is_named_with_those_there_are(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a = mg.Value(1.0)
    with pytest.raises(
        ValueError, match=r"unknown format 'bla': there are svg, png, pdf, html and gv"
    ):
        {
            "pipe": lambda: draw(a).pipe("bla"),
            "render": lambda: draw(a).render("x", format="bla"),
            "draw": lambda: draw(a, "bla"),
        }[call]()
    assert os.listdir(tmp_path) == []


def test_a_format_that_only_dot_makes_says_so(drawing, tmp_path):
    with pytest.raises(graphviz.ExecutableNotFound, match="'gif' is made by Graphviz's program"):
        drawing.pipe("gif")
    with pytest.raises(graphviz.ExecutableNotFound, match=r"'png:cairo' is made by .* dot"):
        drawing.pipe("png", renderer="cairo")


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_render_writes_source_and_picture(drawing, tmp_path, format):
    path = drawing.render(tmp_path / "graph", format=format)
    assert path == str(tmp_path / f"graph.{format}")
    begins = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[format]
    assert (tmp_path / f"graph.{format}").read_bytes().startswith(begins)
    assert (tmp_path / "graph").read_text(encoding="utf-8") == drawing.source
    assert sorted(os.listdir(tmp_path)) == ["graph", f"graph.{format}"]


@pytest.mark.parametrize("suffix", [".svg", ".PNG", ".pdf"])
def test_a_name_that_ends_like_a_picture_is_the_pictures(drawing, tmp_path, suffix):
    path = drawing.render(tmp_path / f"a.b{suffix}")
    assert path == str(tmp_path / f"a.b{suffix}")
    begins = {".svg": b"<?xml", ".PNG": b"\x89PNG", ".pdf": b"%PDF"}[suffix]
    assert (tmp_path / f"a.b{suffix}").read_bytes().startswith(begins)
    assert sorted(os.listdir(tmp_path)) == sorted([f"a.b{suffix}", "a.b.gv"])


def test_render_like_the_graphviz_package(drawing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert drawing.render() == "graph.gv.svg"
    assert drawing.render("x", directory="sub") == os.path.join("sub", "x.svg")
    assert drawing.filepath == os.path.join("sub", "x")
    assert drawing.render(outfile="y.png", cleanup=True) == os.path.join("sub", "y.png")
    assert drawing.render("z.svg", format="png", directory=".") == os.path.join(".", "z.svg.png")
    found = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*"))
    assert found == ["graph.gv", "graph.gv.svg", "sub/x.svg", "sub/y.png", "z.svg", "z.svg.png"]
    assert (tmp_path / "z.svg").read_text(encoding="utf-8").startswith("digraph")


def test_files_are_replaced_or_protected(drawing, tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("old")
    with pytest.raises(graphviz.FileExistsError, match=r"x\.svg' exists"):
        drawing.render(path, raise_if_result_exists=True)
    assert path.read_text() == "old"
    drawing.render(path)
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_a_name_and_a_format_that_disagree_are_refused(drawing, tmp_path):
    with pytest.raises(ValueError, match=r"would hold png: give it that ending, or format='svg'"):
        drawing.render(outfile=tmp_path / "x.svg", format="png")
    with pytest.raises(ValueError, match=r"unknown format 'foo'"):
        drawing.render(outfile=tmp_path / "x.foo")
    drawing.render(outfile=tmp_path / "x.foo", format="svg")  # said twice, so meant
    with pytest.raises(ValueError, match="would be the same file"):
        drawing.render(tmp_path / "y", outfile=tmp_path / "y", format="svg")
    assert sorted(os.listdir(tmp_path)) == ["x.foo", "x.gv"]


def test_a_place_that_cannot_be_written_is_an_error(drawing, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        drawing.render(tmp_path / "file" / "x.svg")


def test_save_writes_the_source(drawing, tmp_path):
    path = drawing.save("x.gv", tmp_path)
    assert (tmp_path / "x.gv").read_text(encoding="utf-8") == drawing.source
    assert path == os.path.join(tmp_path, "x.gv")
    (tmp_path / "x.gv").write_text("mine")
    drawing.save(skip_existing=True)
    assert (tmp_path / "x.gv").read_text() == "mine"


def test_a_notebook_shows_the_picture(drawing):
    bundle = drawing._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert ET.fromstring(bundle["image/svg+xml"]) is not None
    assert drawing._repr_image_svg_xml() == bundle["image/svg+xml"]
    assert drawing._repr_mimebundle_(include=["image/png"])["image/png"].startswith(b"\x89PNG")


@pytest.mark.usefixtures("no_wasm")
def test_with_neither_tool_we_place_the_cards_ourselves(drawing, tmp_path):
    assert is_ours(drawing.pipe("svg"))
    assert drawing.pipe("png").startswith(b"\x89PNG")
    drawing.render(tmp_path / "x.svg")
    assert sorted(os.listdir(tmp_path)) == ["x.gv", "x.svg"]
    assert list(drawing._repr_mimebundle_()) == ["image/svg+xml"]


@pytest.mark.usefixtures("no_wasm")
def test_what_is_added_needs_one_of_them_and_the_error_says_what_to_install(drawing, tmp_path):
    drawing.node("note", "see page 7")
    with pytest.raises(graphviz.ExecutableNotFound, match=r"microgradnn\[viz\]"):
        drawing.pipe("svg")
    with pytest.raises(RuntimeError, match=r"The DOT source is in '.*x\.gv'"):
        drawing.render(tmp_path / "x.svg")
    assert os.listdir(tmp_path) == ["x.gv"]
    assert (tmp_path / "x.gv").read_text(encoding="utf-8") == drawing.source
    text = drawing._repr_mimebundle_()["text/plain"]
    assert 'pip install "microgradnn[viz]"' in text
    assert drawing.source in text
    with pytest.raises(graphviz.ExecutableNotFound, match=r"microgradnn\[viz\]"):
        draw(mg.Value(1.0) * 2).pipe("svg", engine="neato")


@pytest.mark.usefixtures("no_typst")
def test_without_typst_svg_works_and_png_says_what_to_install(drawing):
    assert is_ours(drawing.pipe("svg"))
    for format in ("png", "pdf"):
        with pytest.raises(
            graphviz.ExecutableNotFound, match=rf"making {format.upper()} .*(?s:.*)\[viz\]"
        ):
            drawing.pipe(format)


def test_what_is_added_is_drawn_by_graphviz(drawing):
    drawing.node("note", "see page 7")
    drawing.edge("note", "n0")
    svg = drawing.pipe("svg")
    assert b"see page 7" in svg.replace(b"&#160;", b" ")
    assert not is_ours(svg)
    assert drawing.pipe("png").startswith(b"\x89PNG")


def test_a_copy_draws_the_same(drawing):
    copy = drawing.copy()
    assert isinstance(copy, Drawing)
    assert copy.pipe("svg") == drawing.pipe("svg")
    copy.attr(label="changed")
    assert not is_ours(copy.pipe("svg"))
    assert is_ours(drawing.pipe("svg"))


def test_subgraphs_can_be_added(drawing):
    with drawing.subgraph(name="cluster_inputs") as cluster:
        cluster.attr(label="inputs")
        cluster.node("n0")
    assert b"inputs" in drawing.pipe("svg")


def test_a_picture_is_a_snapshot():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    picture = draw(loss, names={"w": w})
    before = picture.pipe("svg")
    loss.backward()
    with mg.no_grad():
        w.fill_(9.0)
    assert picture.pipe("svg") == before


def test_other_engines_of_graphviz(drawing):
    svg = drawing.pipe("svg", engine="neato")
    assert ET.fromstring(svg) is not None
    assert svg != drawing.pipe("svg")


def test_png_of_one_node(tmp_path):
    png = draw(mg.Value(1.0, label="a")).pipe("png")
    assert min(struct.unpack(">II", png[16:24])) > 50


def test_the_program_is_not_asked_for_what_we_draw_ourselves(drawing, monkeypatch):
    asked = []
    run = graphviz_tools.run_graphviz
    monkeypatch.setattr(
        "microgradnn.viz.layout.run_graphviz",
        lambda source, format, engine: asked.append(format) or run(source, format, engine),
    )
    for format in ("svg", "png", "pdf"):
        drawing.pipe(format)
    assert asked == ["json0"] * 3
