"""The picture as a page: complete, of one piece, and nothing in it that a name could start."""

from html.parser import HTMLParser

import pytest

import microgradnn as mg
from microgradnn.viz import draw

VOID = {"meta", "br", "img", "input", "link", "hr"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.cells, self.text = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open:
            self.cells.append(data)


def read(page):
    reader = Reader()
    reader.feed(page.split("\n", 1)[1])
    reader.close()
    assert reader.open == []
    return reader


def test_a_page_has_both_themes_and_a_table(s2d):
    page = draw(s2d()[0], "html").pipe(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    reader = read(page)
    assert reader.tags.count("svg") == 2
    assert "#14171b" in page
    assert "prefers-color-scheme" in page
    assert {"w1", "−0.2376", "∂ −0.2376"} & set(reader.cells)
    assert reader.tags.count("tr") == 1 + 29
    assert "<?xml" not in page


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onload="alert(1)',
        "</title></svg><b>", "&lt;b&gt;", "]]>", "--><b>", "\u202etxt",
    ],
)  # fmt: skip
def test_names_are_text_and_nothing_else(name):
    a = mg.Value(2.0, label=name)
    loss = a * a
    loss.backward()
    plain = mg.Value(2.0, label="plain")
    other = plain * plain
    other.backward()
    reader = read(draw(loss, "html").pipe(encoding="utf-8"))
    expected = read(draw(other, "html").pipe(encoding="utf-8"))
    assert reader.tags == expected.tags
    assert [n for n, _ in reader.attributes] == [n for n, _ in expected.attributes]
    assert not any(attribute.startswith("on") for attribute, _ in reader.attributes)


def test_a_page_asks_for_nothing(s2d):
    page = draw(s2d()[0], "html").pipe(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    outside = page.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in outside
    assert "https:" not in outside


def test_it_is_written_by_its_name(s2d, tmp_path):
    path = draw(s2d()[0]).render(tmp_path / "a.html", cleanup=True)
    assert path == str(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_drawing_that_was_added_to_is_a_page_too(s2d):
    drawing = draw(s2d()[0])
    drawing.node("extra")
    page = drawing.pipe("html", encoding="utf-8")
    assert "extra" in page
    assert page.count("<svg") == 1
