"""Numbers: the page computes what the engine computed, also after a slider was moved."""

import pytest

import microgradnn as mg
from microgradnn.viz.explorer.recording import record_computation
from microgradnn.viz.naming import Names
from tests.viz.explorer.graphs import SEEDS, diamond, hostile, s2d, s5g, thousand, two_two_one

pytestmark = pytest.mark.peers

SCALAR = {n: SEEDS[n] for n in ("S2a", "S2b", "S2c", "S2d", "S2e", "S3", "S5c", "S5g")} | {
    "diamond": diamond, "hostile": hostile, "thousand": thousand,
}  # fmt: skip


@pytest.mark.parametrize("name", SCALAR)
def test_the_page_agrees_with_the_engine(open_page, name):
    root, options = SCALAR[name]()
    page = open_page(root, **options)
    found = page.evaluate("explorer.agreement")
    assert found["agrees"] is True
    assert found["worst"] <= 1e-12


def test_moving_a_leaf_recomputes_the_whole_graph(open_page):
    root, options = s2d()
    page = open_page(root, hash="#step=29", **options)
    page.get_by_label("w1, value").fill("-0.75")
    page.get_by_label("x1, value").fill("3")
    weights = (-0.75, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0)
    again, _ = two_two_one(weights, (3.0, -1.0), 1.0)
    entries = record_computation(again, Names(), None, 100)
    values, gradients = page.evaluate("[explorer.values, explorer.gradients]")
    assert len(values) == len(entries)
    for k, entry in enumerate(entries):
        assert values[k] == pytest.approx(entry.value, rel=1e-12), entry
        assert gradients[k] == pytest.approx(entry.gradient, rel=1e-12), entry
    card = page.locator('.card[aria-label^="w1: "]')
    assert card.locator("text.value").text_content() == "−0.75"


def test_dragging_arrows_and_reset(open_page):
    root, options = s2d()
    page = open_page(root, hash="#step=29", **options)
    start = page.evaluate("[explorer.values, explorer.gradients]")
    loss = page.locator('.card[aria-label^="L: "] text.value')
    before = loss.text_content()
    slider = page.get_by_label("w5, slider")
    slider.press("ArrowRight")
    assert page.get_by_label("w5, value").input_value() == "1.05"
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert float(page.get_by_label("w5, value").input_value()) < 0
    assert loss.text_content() != before
    assert page.evaluate("explorer.step") == 29, "a slider keeps its own arrows"
    page.locator("#reset").click()
    assert page.evaluate("[explorer.values, explorer.gradients]") == start
    assert loss.text_content() == before
    page.get_by_label("w5, value").fill("7")
    page.locator("#scrub").focus()
    page.keyboard.press("r")
    assert page.evaluate("[explorer.values, explorer.gradients]") == start
    assert page.locator("#reset").is_disabled()


def test_what_is_no_number_moves_nothing(open_page):
    page = open_page(diamond()[0])
    before = page.evaluate("explorer.values")
    page.get_by_label("x, value").fill("")
    assert page.evaluate("explorer.values") == before
    page.get_by_label("x, value").press("l")
    assert page.evaluate("explorer.step") == 0, "letters belong to the field"


def test_an_operation_that_the_page_lacks_has_steps_and_no_sliders(open_page):
    x = mg.Value(0.5, label="x")
    page = open_page((x * 2).erf() * x, hash="#step=7")
    assert "cannot compute erf" in page.locator("#trouble").inner_text()
    assert page.get_by_label("x, slider").is_disabled()
    assert "Backward through" in page.locator("#step").inner_text()
    page.keyboard.press("End")
    gradient = page.locator('.card[aria-label^="x: "] text.gradient').text_content()
    assert gradient == "∂ 1.258"


def test_the_panel_shows_upstream_times_local_and_the_sum(open_page):
    root, options = s2d()
    page = open_page(root, hash="#step=29", **options)
    text = " ".join(page.locator("#step").inner_text().split())
    assert "Backward through w1·x1" in text
    cells = page.locator(".rules tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells[1] == "−0.01073"
    assert cells[3].endswith("= 1")
    assert cells[5] == "−0.01073"
    assert "−0.02147" in cells[6]
    assert "2 of 2" in cells[6]
    assert "x1 feeds 2 operations: (−0.01073) + (−0.01073) = −0.02147" in text


def test_not_yet_is_not_zero(open_page):
    page = open_page(diamond()[0])
    gradients = page.locator("#graph text.gradient")
    page.keyboard.press("b")
    assert [t for t in gradients.all_text_contents() if t] == ["∂ 1"]
    page.keyboard.press("ArrowRight")
    shown = sorted(t for t in gradients.all_text_contents() if t)
    assert shown == ["∂ 1", "∂ 18 +…", "∂ 3"], "the root, and its two operands so far"
    page.keyboard.press("End")
    assert "∂ 0" in gradients.all_text_contents()
    page.keyboard.press("Home")
    values = page.locator("#graph text.value").all_text_contents()
    assert sum(bool(v) for v in values) == 2, "only the leaves are known at the start"


def test_arrays_have_heat_maps_and_no_sliders(open_page):
    root, options = SEEDS["S5b"]()
    page = open_page(root, hash="#step=13", **options)
    assert page.locator("#values").count() == 0
    assert page.locator("#step img").count() >= 2
    assert "@" in page.locator("#step").inner_text()
    assert page.locator("#cards image[visibility=visible]").count() >= 10


def test_slopes_of_neurons_with_any_number_of_inputs(open_page):
    root, options = s5g()
    page = open_page(root, hash="#step=39", **options)
    assert page.locator(".rules tbody tr").count() == 7
