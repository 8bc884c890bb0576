"""PNG and PDF made of SVG."""

import struct
import sys
import threading

import pytest
import typst

from microgradnn.viz.conversion import convert_svg, find_converter

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">'
    '<rect width="{0}" height="{1}" fill="#a84300"/></svg>'
)


def png_size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def test_the_converter_is_typst():
    assert find_converter() is typst


def test_there_may_be_no_converter(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)  # as if it were not installed
    assert find_converter() is None


def test_a_png_has_two_pixels_for_each_of_the_svg():
    assert png_size(convert_svg(typst, SQUARE.format(100, 40), "png")) == (200, 80)


def test_a_huge_picture_is_made_with_fewer_pixels():
    width, height = png_size(convert_svg(typst, SQUARE.format(100_000, 10), "png"))
    assert 29_000 <= width <= 30_001
    assert height >= 1


def test_a_pdf_is_a_pdf():
    pdf = convert_svg(typst, SQUARE.format(100, 40), "pdf")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_threads_may_convert_at_once():
    made = []
    svg = SQUARE.format(60, 40)
    threads = [
        threading.Thread(target=lambda: made.append(convert_svg(typst, svg, "png")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_broken_svg_is_an_error():
    with pytest.raises(RuntimeError, match="could not be made PNG"):
        convert_svg(typst, "<svg", "png")
