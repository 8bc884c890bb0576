"""One browser for all tests, and pages that must not complain or ask for anything."""

import contextlib
import shutil

import pytest

from microgradnn.viz import explore


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window. It is a peer: where it is missing the tests fail."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, f"the tests marked peers need one of the programs {', '.join(names)}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """``open_page(root, hash="", size=..., scheme=..., **options)``: the page in the browser.

    At the end of a test nothing must have been written on a console and nothing asked for.
    """
    complaints, contexts = [], contextlib.ExitStack()

    def open_one(root, hash="", size=(1280, 800), scheme="light", context=None, **options):
        path = tmp_path / f"page{len(complaints)}.html"
        explore(root, path, **options)
        width, height = size
        settings = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
        made = browser.new_context(**settings, reduced_motion="reduce", **(context or {}))
        contexts.callback(made.close)
        page = made.new_page()
        asked = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{path.as_uri()}{hash}")
        page.asked = asked
        return page

    with contexts:
        yield open_one
    assert complaints == []
