"""The file: complete in itself, harmless whatever names are in it, small, written whole."""

import html
import json
import os
import re

import pytest

import microgradnn as mg
from microgradnn.viz import explore
from microgradnn.viz.explorer.squeezing import squeeze_script
from tests.viz.explorer.graphs import SEEDS, diamond, hostile, s2d, thousand


def parts(page, tag):
    return re.findall(rf"<{tag}\b([^>]*)>(.*?)</{tag}>", page, flags=re.DOTALL)


def data_of(page):
    return json.loads(next(body for head, body in parts(page, "script") if "json" in head))


def test_nothing_is_asked_for():
    page = explore(s2d()[0]).html
    assert page.startswith("<!DOCTYPE html>")
    for word in ("http:", "https:", "//cdn", "<link", "@import", "fetch(", "XMLHttpRequest"):
        assert word not in re.sub(r"http://www\.w3\.org/[\w/]+", "", page), word
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "unsafe" not in page


@pytest.mark.parametrize("make", [hostile, diamond, *SEEDS.values()])
def test_names_stay_text(make):
    root, options = make()
    page = explore(root, **options).html
    assert len(parts(page, "script")) == 2
    assert "<img" not in page
    assert "<b>Hostile" not in page
    assert data_of(page)["v"] == 1


def test_markers_of_the_template_in_names_are_text_too():
    root, options = hostile()
    page = explore(root, **options).html
    assert "<title>&lt;b&gt;Hostile&lt;/b&gt; &amp; {{style}}</title>" in page
    names = data_of(page)["nodes"]["name"].values()
    assert any(name.startswith("{{data}}$& `${x}`") for name in names)


def test_the_table_needs_no_scripts():
    page = explore(s2d()[0]).html
    assert "<tr><td>h1<td>sigmoid(sum1)<td>0.04742587317756678<td>−0.23761755952842809" in page
    assert "<noscript>" in page


def test_data_hold_what_a_page_needs():
    data = data_of(explore(s2d()[0], title="S2d").html)
    assert data["title"] == "S2d"
    assert data["engine"] == mg.__version__
    nodes = data["nodes"]
    assert len(nodes["kind"]) == len(nodes["args"]) == len(nodes["box"]) == 26
    assert nodes["sym"][data["root"]] == "L"
    assert nodes["g"][nodes["sym"].index("w1")] == 0.02146953526581111
    assert len(data["paths"]) == sum(map(len, nodes["args"]))


def test_budgets_of_size():
    small = explore(mg.Value(1.0)).html
    assert len(small.encode()) <= 60 * 1024, "the shell, in bytes"
    big = explore(thousand()[0]).html
    print(f"shell {len(small.encode()):,} bytes; 1,206 nodes {len(big.encode()):,} bytes")
    assert len(big.encode()) <= 250_000


def test_big_graphs_are_folded_and_ten_thousand_nodes_are_no_matter():
    x = mg.Value(0.5, label="x")
    for _ in range(4900):
        x = x.tanh() * 1.01
    data = data_of(explore(x, max_nodes=20_000).html)
    assert len(data["nodes"]["op"]) > 10_000
    assert "box" not in data["nodes"]
    assert len(data["gbox"]) == len(data["groups"]) <= 100
    with pytest.raises(ValueError, match="more than max_nodes=100"):
        explore(x, max_nodes=100)


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "backprop.html"
    page = explore(s2d()[0], path)
    assert path.read_text(encoding="utf-8") == page.html
    assert page.path == os.fspath(path)
    assert repr(page) == f"<Exploration of 26 nodes in {os.fspath(path)!r}>"
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        explore(diamond()[0], path)
    assert path.read_text(encoding="utf-8") == page.html
    assert os.listdir(path.parent) == ["backprop.html"]


def test_a_notebook_gets_a_frame_of_its_own():
    page = explore(hostile()[0])
    frame = page._repr_html_()
    (inside,) = re.findall(r'srcdoc="([^"]*)"', frame)
    assert html.unescape(inside) == page.html
    assert 'sandbox="allow-scripts' in frame


def test_the_same_graph_makes_the_same_page():
    assert explore(s2d()[0]).html == explore(s2d()[0]).html


def test_options_are_checked():
    loss = mg.Value(1.0)
    with pytest.raises(ValueError, match="'auto', 'light' and 'dark'"):
        explore(loss, theme="blue")
    with pytest.raises(TypeError, match="title is a string, got int"):
        explore(loss, title=3)
    with pytest.raises(TypeError, match="max_nodes is an integer, got float"):
        explore(loss, max_nodes=2.0)
    with pytest.raises(ValueError, match="max_nodes=0"):
        explore(loss, max_nodes=0)
    with pytest.raises(TypeError, match="takes a Value or a Tensor"):
        explore(3.0)
    assert 'data-theme="dark"' in explore(loss, theme="dark").html


def test_without_any_graphviz_the_page_is_there(no_wasm):
    assert len(data_of(explore(s2d()[0]).html)["nodes"]["box"]) == 26


def test_squeezing_renames_only_what_is_its_own():
    source = """
    // A comment.
    const total = 1, other = [2];
    function combine(first, ...rest) { return first + rest.length + total; }
    const keep = { total: other, label: "combine" };
    window.answer = `${combine(total, ...other)} and other`;
    """
    squeezed = squeeze_script(source)
    assert "comment" not in squeezed
    assert '"combine"' in squeezed
    assert "total:" in squeezed
    assert "other`" in squeezed
    assert "first" not in squeezed
    assert "...rest" not in squeezed
