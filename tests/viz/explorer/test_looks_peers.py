"""Looks: no text cut or overlapping, no card on another, at any size of screen, in both themes."""

from pathlib import Path

import pytest

import microgradnn as mg
from tests.viz.explorer.graphs import SEEDS, diamond, hostile, s2d, thousand

pytestmark = pytest.mark.peers

FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
"""A function that lists what is cut, overlaps or is too small to read."""

GRAPHS = SEEDS | {"hostile": hostile, "diamond": diamond, "thousand": thousand}


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_is_cut_or_overlaps(open_page, name):
    root, options = GRAPHS[name]()
    page = open_page(root, **options)
    last = page.evaluate("explorer.last")
    for width, height, scheme in ((1280, 800, "light"), (1280, 800, "dark"), (390, 844, "light")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for step in sorted({0, 1, last // 2 + 1, last}):
            page.evaluate(f"explorer.go({step})")
            found = page.evaluate(FAULTS)
            assert found == [], f"step {step} of {last} at {width} x {height}, {scheme}"


@pytest.mark.parametrize("size", [(1024, 700), (640, 400), (1920, 1080)])
def test_other_windows(open_page, size):
    root, options = s2d()
    page = open_page(root, size=size, hash="#step=20", **options)
    assert page.evaluate(FAULTS) == []


def test_numbers_and_kinds_that_are_hard_to_show(open_page):
    root, options = hostile()
    page = open_page(root, hash="#step=21", **options)
    assert page.evaluate("window.broken") is None
    texts = page.locator("#cards text").all_text_contents()
    for text in ("−1.235e5", "1e−9", "NaN", "Inf", "∂ 0"):
        assert text in texts, text
    hatched = page.locator('#cards .flaw[visibility="visible"]').count()
    assert hatched == sum(text in ("NaN", "Inf") for text in texts)
    assert page.locator("h1").inner_text() == "<b>Hostile</b> & {{style}}"


def test_kinds_differ_in_shape_and_signs_are_written(open_page):
    root, options = s2d()
    page = open_page(root, hash="#step=29", **options)
    assert page.locator("#cards polygon.face").count() == 9
    assert page.locator("#cards .face.c").count() == 0
    assert page.locator("#cards rect.face").count() == 17
    bars = page.evaluate(
        """[...document.querySelectorAll('#cards .card')].map(card => {
            const bar = card.querySelector('.bar').getBoundingClientRect();
            const face = card.querySelector('.face').getBoundingClientRect();
            return [card.querySelector('.gradient').textContent.includes('−'),
                    (bar.left + bar.right) / 2 < (face.left + face.right) / 2];
        })"""
    )
    assert len(bars) == 26
    assert all(negative == left for negative, left in bars)


def contrast(page, first, second):
    return page.evaluate(
        """([a, b]) => {
            const style = getComputedStyle(document.documentElement);
            const light = name => {
                const hex = style.getPropertyValue(name).trim().slice(1);
                const full = hex.length === 3 ? [...hex].map(c => c + c).join('') : hex;
                const [r, g, b] = [0, 2, 4].map(i => parseInt(full.slice(i, i + 2), 16) / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const [p, q] = [light(a), light(b)].sort((x, y) => y - x);
            return (p + 0.05) / (q + 0.05);
        }""",
        [first, second],
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(open_page, theme):
    page = open_page(mg.Value(1.0), theme=theme)
    for text in ("--ink", "--muted", "--value", "--gradient"):
        for ground in ("--page", "--card", "--bar"):
            assert contrast(page, text, ground) >= 4.5, (text, ground)
    assert contrast(page, "--value", "--value-tint") >= 4.5
    assert contrast(page, "--gradient", "--gradient-tint") >= 4.5
    for ground in ("--page", "--card", "--parameter"):
        assert contrast(page, "--line", ground) >= 3.0, ground


def test_a_leaf_alone_and_a_layout_without_graphviz(open_page, no_wasm, monkeypatch):
    from microgradnn.viz import graphviz_tools

    monkeypatch.setattr(graphviz_tools, "find_dot", lambda: None)
    page = open_page(mg.Value(2.0, label="x"), hash="#step=1")
    assert page.evaluate("explorer.last") == 1
    assert page.evaluate(FAULTS) == []
    root, options = s2d()
    page = open_page(root, hash="#step=29", **options)
    assert page.evaluate(FAULTS) == []
