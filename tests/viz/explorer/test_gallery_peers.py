"""The gallery's layers, a GPT of twelve blocks among them: nothing cut, nothing overlapping."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "examples"))

from exhibits.layers import LAYERS

pytestmark = pytest.mark.peers

FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
EXHIBITS = {exhibit.name: exhibit for exhibit in LAYERS}


@pytest.mark.parametrize("name", EXHIBITS)
def test_nothing_is_cut_or_overlaps(open_page, name):
    subject, title = EXHIBITS[name].make(), EXHIBITS[name].title
    page = open_page(subject.root, names=subject.names, parameters=subject.parameters, title=title)
    last = page.evaluate("explorer.last")
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for step in sorted({0, 1, last // 2 + 3, last * 3 // 4, last}):
            page.evaluate(f"explorer.go({step})")
            found = page.evaluate(FAULTS)
            assert found == [], f"step {step} of {last} at {width} x {height}"
