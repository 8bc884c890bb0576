"""DOT that every Graphviz understands, whatever users put into names."""

import re
import xml.etree.ElementTree as ET

import hypothesis.strategies as st
from hypothesis import given, settings

import microgradnn as mg
from microgradnn.viz import draw
from microgradnn.viz.dot_source import bare_source
from microgradnn.viz.graphviz_tools import run_graphviz
from microgradnn.viz.user_text import one_line, shorten

SVG = "{http://www.w3.org/2000/svg}"


def test_the_source_has_each_node_and_each_edge_on_a_line(s2d):
    loss, weights = s2d()
    lines = draw(loss, parameters=weights).source.splitlines()
    assert lines[0] == "digraph {"
    assert lines[-1] == "}"
    assert sum(bool(re.match(r"\tn\d+ \[", line)) for line in lines) == 29
    assert sum(bool(re.match(r"\tn\d+ -> n\d+ \[", line)) for line in lines) == 30


def test_an_operand_used_twice_has_two_edges():
    a = mg.Value(3.0, label="a")
    assert len(re.findall("n0 -> n1", draw(a + a).source)) == 2


def test_labels_have_name_value_and_gradient(s2d):
    source = draw(s2d()[0]).source
    assert r'label="w1\n1\n∂ 0.02147"' in source
    assert r'label="(σ) h1\n0.04743\n∂ −0.2376"' in source
    assert r'label="(x²) L\n0.2269\n∂ 1"' in source
    assert r'label="w1\n1\n"' in draw(s2d(backward=False)[0]).source


def test_kinds_differ_in_shape_and_the_root_has_a_double_line(s2d):
    loss, weights = s2d()
    source = draw(loss * 2, parameters=weights).source
    kinds = {
        name: re.search(rf'label="(?:\(.+?\) )?{name}\\n.*?\] *$', source, flags=re.MULTILINE)[0]
        for name in ("w1", "x1", "h1", "2")
        if name != "2"
    }
    assert "shape=hexagon" in kinds["w1"]
    assert 'style="rounded,filled"' in kinds["x1"]
    assert 'style="filled"' in kinds["h1"]
    assert source.count("rounded,filled,dashed") == 1
    assert source.count("peripheries=2") == 1


def test_what_is_laid_out_has_no_text_of_the_users(s2d):
    loss, _ = s2d()
    loss.label = "ATTACK"
    drawing = draw(loss)
    assert "ATTACK" in drawing.source
    bare = bare_source(drawing._picture)
    assert "ATTACK" not in bare
    assert len(re.findall(r"\[k=\d+\]", bare)) == 30


def graphviz_shows(label):
    """The text that Graphviz itself draws for a leaf of this name."""
    picture = draw(mg.Value(1.0, label=label), show_values=False, show_grads=False)
    svg = ET.fromstring(run_graphviz(picture.source, "svg"))
    texts = [t.text or "" for t in svg.iter(f"{SVG}text")]
    return "".join(texts).replace("\N{NO-BREAK SPACE}", " ")


HOSTILE = (
    '"', "\\", '\\"', "\\\\", "a\\", r"\N \G \E \L \T", "<b>bold</b>", "<", "]]>", "&amp;", "&#65;",
    "&lt;script&gt;", "</script>", "--", "-->", "/* */", "// x", "{a|b}", "n0", "node", "a -> b",
    '" shape=none "', "'; x='", "two\nlines", "tab\there", "nul\x00", "%s {} {0}", "ŷ_pred",
    "重み", "🎈", "\ud800", "\u202eltr", "x" * 500, "javascript:alert(1)", "]", "]\n}", ";",
)  # fmt: skip


def test_graphviz_shows_hostile_names_as_they_are():
    for label in HOSTILE:
        assert graphviz_shows(label) == shorten(one_line(label), 22), repr(label)


@settings(max_examples=200)
@given(st.text(min_size=1))
def test_graphviz_shows_any_name_as_it_is(label):
    assert graphviz_shows(label).strip() == shorten(one_line(label), 22).strip()
