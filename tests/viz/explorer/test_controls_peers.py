"""Every control and key of the page, in a browser."""

import re

import pytest

from tests.viz.explorer.graphs import diamond, s2d

pytestmark = pytest.mark.peers
LAST = 29


@pytest.fixture
def page(open_page):
    root, options = s2d()
    return open_page(root, **options)


def step(page):
    return page.evaluate("explorer.step")


def test_it_opens_at_the_start_with_the_whole_graph_and_one_sentence_on_what_to_press(page):
    assert step(page) == 0
    assert page.locator(".card").count() == 26
    assert "Press" in page.locator("#step").inner_text()
    assert page.locator("#phase").inner_text() == "Start"
    stage = page.locator("#graph").bounding_box()
    for box in page.evaluate(
        "[...document.querySelectorAll('.card .face')].map(e => e.getBoundingClientRect().toJSON())"
    ):
        assert stage["x"] <= box["left"] <= box["right"] <= stage["x"] + stage["width"]
        assert stage["y"] <= box["top"] <= box["bottom"] <= stage["y"] + stage["height"]
    cut = page.evaluate("(h => h.scrollWidth - h.clientWidth)(document.querySelector('h1'))")
    assert cut <= 0, "the title is cut"
    assert page.asked == [page.url.partition("#")[0]]


def test_buttons(page):
    for button, expected in (
        ("next", 1), ("next", 2), ("back", 1), ("turn", 15), ("last", LAST), ("first", 0),
    ):  # fmt: skip
        page.locator(f"#{button}").click()
        assert step(page) == expected
    assert page.locator("#back").is_disabled()
    page.locator("#last").click()
    assert page.locator("#next").is_disabled()


def test_keys(page):
    for key, expected in (
        ("ArrowRight", 1), ("l", 2), ("ArrowLeft", 1), ("h", 0), ("End", LAST),
        ("ArrowRight", LAST), ("b", 15), ("Home", 0), ("ArrowLeft", 0),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert step(page) == expected, key


def test_the_theme_changes_by_key_and_button_and_the_hash_says_so(page):
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "theme=dark" in page.url
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_play_steps_on_and_stops_at_any_input(page):
    page.clock.install()
    page.keyboard.press(" ")
    assert page.locator("#play").inner_text() == "Pause"
    page.clock.run_for(3500)
    assert step(page) == 3
    page.keyboard.press("ArrowLeft")
    assert page.locator("#play").inner_text() == "Play"
    page.clock.run_for(5000)
    assert step(page) == 2
    page.locator("#last").click()
    page.locator("#play").click()
    page.clock.run_for(1200)
    assert step(page) == 1, "from the end it begins again"
    page.locator("#play").click()


def test_scrubbing_and_the_list_of_steps(page):
    page.locator("#scrub").fill("18")
    assert step(page) == 18
    page.locator("#scrub").press("ArrowRight")
    assert step(page) == 19, "the slider's own arrows, once"
    page.locator("#steps button", has_text=re.compile("^through h1$")).click()
    assert page.locator("#phase").inner_text() == "Backward 11 of 14"
    assert page.locator("#steps [aria-current]").inner_text() == "through h1"
    assert page.locator("#steps button").count() == LAST + 1


def test_hovering_tells_every_digit(page):
    page.keyboard.press("End")
    page.locator(".card", has=page.locator("text=h1")).first.hover()
    said = page.locator("#inspect").inner_text()
    assert said == "h1: sigmoid, value 0.04742587317756678, gradient −0.23761755952842809"


def test_clicking_a_card_writes_out_its_chain(page):
    card = page.locator('[data-node="0"]')
    card.click()
    text = page.locator("#step").inner_text()
    assert "The chain from w1 to L" in text
    assert "0.0214695" in text
    for number in ("0.95261", "0.249439", "0.0903533"):
        assert number in text
    dimmed = page.locator(".card.dim").count()
    assert dimmed == 26 - 9
    assert page.locator(".card.wave, .card.now").count() == 0, "no step is marked meanwhile"
    assert "sel=w1" in page.url
    card.click()
    assert page.locator(".card.dim").count() == 0
    card.click()
    page.mouse.click(640, 470)
    assert page.locator(".card.dim").count() == 0, "a click on the background leaves"
    card.click()
    page.keyboard.press("Escape")
    assert page.locator(".card.dim").count() == 0
    assert "sel=" not in page.url


def test_two_paths_are_two_lines_with_their_common_part_once(open_page):
    root, options = s2d()
    page = open_page(root, hash="#sel=x1", **options)
    text = page.locator("#step").inner_text()
    assert "2 paths, one per line, added" in text
    assert text.count("0.0112688") >= 2
    assert "−0.0214695" in text


def test_many_paths_are_counted(open_page):
    page = open_page(diamond()[0], hash="#sel=x")
    text = page.locator("#step").inner_text()
    assert "5 paths, added at the nodes marked" in text
    assert "18 + 0 + 18 + 9 + 9" in text


def test_cards_by_keyboard_with_one_tab_stop(page):
    assert page.locator('.card[tabindex="0"]').count() == 1
    page.keyboard.press("n")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("n")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first != second
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first
    assert page.locator('.card[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert page.locator("#phase").inner_text().startswith("Chain of")
    page.keyboard.press("Escape")
    assert page.locator("#phase").inner_text() == "Start"


def scale(page):
    return page.evaluate("new DOMMatrix(getComputedStyle(world).transform).a")


def test_zoom_pan_and_fit(page):
    whole = scale(page)
    page.locator("#in").click()
    assert scale(page) == pytest.approx(whole * 1.25, rel=1e-3)
    page.keyboard.press("-")
    page.keyboard.press("+")
    page.keyboard.press("+")
    zoomed = scale(page)
    page.keyboard.press("ArrowRight")
    assert scale(page) == zoomed, "the camera does not follow until told to"
    page.mouse.move(640, 300)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"new DOMMatrix(getComputedStyle(world).transform).a > {zoomed + 0.01}")
    before = page.locator('[data-node="0"]').bounding_box()
    page.mouse.move(640, 440)
    page.mouse.down()
    page.mouse.move(600, 420, steps=4)
    page.mouse.up()
    after = page.locator('[data-node="0"]').bounding_box()
    assert after["x"] == pytest.approx(before["x"] - 40, abs=1.5)
    assert page.locator(".card.dim").count() == 0, "a drag is no click"
    page.keyboard.press("Shift+ArrowRight")
    panned = page.locator('[data-node="0"]').bounding_box()
    assert panned["x"] == pytest.approx(after["x"] - 60, abs=1.5)
    page.keyboard.press("0")
    assert scale(page) == pytest.approx(whole, rel=1e-3)


def test_the_hash_is_a_state_and_changes_of_it_are_followed(open_page):
    root, options = s2d()
    page = open_page(root, hash="#step=22&sel=h1&theme=dark", **options)
    assert step(page) == 22
    assert page.locator("#phase").inner_text() == "Chain of h1"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.evaluate("location.hash = '#step=3'")
    page.wait_for_function("explorer.step === 3")
    assert page.locator("#phase").inner_text() == "Forward 3 of 14"
    page.evaluate("location.hash = '#step=1e99&sel=<img src=x>&theme=no'")
    page.wait_for_function("explorer.step !== 3")
    assert page.locator("img").count() == 0


def test_the_table_shows_every_node_and_goes_away_again(page):
    page.locator("#tables").click()
    assert page.locator("#rows tr").count() == 26
    row = page.locator("#rows tr").nth(0).inner_text().split("\t")
    assert row == ["w1", "parameter", "1", "0.02146953526581111"]
    assert not page.locator("#stage").is_visible()
    page.locator("#tables").click()
    assert page.locator("#stage").is_visible()


def test_what_a_screen_reader_hears(page):
    assert page.locator("#graph").get_attribute("role") == "group"
    page.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    said = page.locator("#say").inner_text()
    assert said.startswith("Backward 1 of 14: through L. L: power, value 0.2268")
    unnamed = page.evaluate(
        """[...document.querySelectorAll('button, input')].filter(e =>
            !(e.textContent.trim() || e.getAttribute('aria-label'))).length"""
    )
    assert unnamed == 0


def test_by_thumb(open_page):
    root, options = s2d()
    phone = {"has_touch": True, "is_mobile": True}
    page = open_page(root, size=(390, 844), context=phone, **options)
    for name in ("first", "back", "play", "next", "turn", "last", "in", "out", "fit", "theme"):
        box = page.locator(f"#{name}").bounding_box()
        assert min(box["width"], box["height"]) >= 43.5, name
    page.locator("#next").tap()
    assert step(page) == 1
    page.locator(".card.now").first.tap()
    assert "chain" in page.locator("#step").inner_text()
    for name in ("legend", "list", "values"):
        assert page.locator(f"#{name}").get_attribute("open") is None, name
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_printing_shows_everything_and_no_controls(page):
    page.keyboard.press("ArrowRight")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#graph").get_attribute("viewBox")
    texts = page.locator("#graph text.gradient").all_text_contents()
    assert sum(bool(text) for text in texts) == 26
    assert not page.locator("#next").is_visible()
    assert page.locator("#rows tr").first.is_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert step(page) == 1
    assert page.locator("#graph").get_attribute("viewBox") is None


def test_a_notebook_shows_it_in_a_frame(browser):
    from microgradnn.viz import explore

    errors = []
    page = browser.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    frame = explore(s2d()[0])._repr_html_()
    page.set_content(f"<p>In 1</p>{frame}{frame}")
    inside = page.frame_locator("iframe").first
    inside.locator("#next").click()
    assert inside.locator("#count").inner_text() == "step 1 of 29"
    assert page.frame_locator("iframe").last.locator("#count").inner_text() == "step 0 of 29"
    page.close()
    assert errors == []
