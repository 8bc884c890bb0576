"""A thousand nodes: folded, fluid, and one always knows where one is."""

import pytest

from microgradnn.viz import explore
from tests.viz.explorer.graphs import thousand

pytestmark = pytest.mark.peers


@pytest.fixture
def page(open_page):
    root, options = thousand()
    return open_page(root, **options)


def test_the_overview_is_folded(page):
    assert 5 < page.locator(".card.group").count() < 100
    names = page.locator(".card.group").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert any("tanh" in name and "192 nodes" in name for name in names)


def test_stepping_shows_the_neighbourhood(page):
    page.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".card.wave").count() == 1
    assert 2 <= page.locator(".card").count() <= 15
    assert page.locator("#where rect.here").count() == 1
    for _ in range(50):
        page.keyboard.press("ArrowRight")
    assert page.locator(".card.wave").count() == 1
    assert page.locator("#where span").inner_text()
    page.keyboard.press("End")
    wide = page.locator("#cards .more").all_text_contents()
    assert all(text.startswith("and ") for text in wide)


def test_a_group_unfolds_and_folds_again(page):
    groups = page.locator(".card.group").count()
    page.locator(".card.group", has_text="tanh").first.click()
    assert page.locator(".card.group").count() == 0
    shown = page.locator(".card").count()
    assert shown > 10
    assert page.locator("#more").inner_text() == f"1 to {shown}, more"
    first = page.locator(".card .name").first.text_content()
    page.locator("#more").click()
    assert page.locator(".card .name").first.text_content() != first
    page.locator(".card").first.click()
    assert page.locator("#phase").inner_text().startswith("Chain of")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator(".card.group").count() == groups
    page.keyboard.press("ArrowRight")
    page.locator("#overview").click()
    assert page.locator(".card.group").count() == groups


def test_the_list_of_steps_is_a_window_on_it(page):
    assert page.locator("#steps button").count() < 100
    page.keyboard.press("End")
    assert page.locator("#steps [aria-current]").count() == 1


def test_it_is_fluid(browser, tmp_path):
    """Times are printed, with generous limits: machines differ, and share."""
    root, options = thousand()
    path = tmp_path / "thousand.html"
    explore(root, path, **options)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    load = page.evaluate(
        "(() => { const t = performance.getEntriesByType('navigation')[0];"
        " return t.loadEventEnd - t.responseEnd; })()"
    )
    took = page.evaluate(
        """() => {
            const times = [], last = explorer.last;
            for (let k = 1; k <= 100; k++) {
                const start = performance.now();
                explorer.go(Math.round(k * last / 101));
                document.getElementById('graph').getBoundingClientRect();
                document.body.offsetHeight;
                times.push(performance.now() - start);
            }
            return times.sort((a, b) => a - b);
        }"""
    )
    slide = page.evaluate(
        """() => {
            const box = document.querySelector('#sliders input[type=number]'), times = [];
            for (let k = 0; k < 20; k++) {
                box.value = 0.1 * k;
                const start = performance.now();
                box.dispatchEvent(new Event('input'));
                document.body.offsetHeight;
                times.push(performance.now() - start);
            }
            return times.sort((a, b) => a - b);
        }"""
    )
    page.close()
    print(
        f"1,206 nodes: load {load:.0f} ms; a step {took[50]:.1f} ms (worst {took[-1]:.1f});"
        f" a slider {slide[10]:.1f} ms"
    )
    assert load < 4000
    assert took[50] < 500
    assert slide[10] < 500
