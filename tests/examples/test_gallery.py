"""The gallery: its command writes what it says, and its pages link to what is there."""

import re
from pathlib import Path

import gallery
import pytest
from exhibits.catalogue import ROOMS

import microgradnn as mg

DOCS = Path(__file__).resolve().parents[2] / "docs" / "gallery"
EXHIBITS = {exhibit.name: exhibit for room in ROOMS.values() for exhibit in room}


def links(page):
    text = page.read_text("utf-8")
    found = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return [link for link in found if "://" not in link]


def test_the_command_writes_an_exhibit_of_values_and_one_of_tensors(tmp_path, capsys):
    arguments = ["--only", "s2d", "--only", "batch-norm", "--out", str(tmp_path)]
    assert gallery.main(arguments) == 0
    names = {
        f"{name}{ending}" for name in ("s2d", "batch-norm") for ending in (".svg", ".html", ".md")
    }
    assert {path.name for path in tmp_path.iterdir()} == names
    assert "0.02147" in (tmp_path / "s2d.svg").read_text("utf-8")
    derivation = (tmp_path / "s2d.md").read_text("utf-8")
    assert "= (−0.952610) · 0.249439 · (−0.0903533) = 0.0214695" in derivation
    assert "S2d: the chain rule" in (tmp_path / "s2d.html").read_text("utf-8")
    assert "s2d.svg, s2d.html, s2d.md" in capsys.readouterr().out


def test_an_unknown_exhibit_is_named(tmp_path, capsys):
    assert gallery.main(["--only", "s9", "--out", str(tmp_path)]) == 2
    assert "no exhibit 's9'; there are diamond, s2a, " in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", EXHIBITS)
def test_each_exhibit_is_derived_as_the_engine_does(name):
    subject = EXHIBITS[name].make()
    if subject.derived:
        assert mg.derive(subject.root, subject.wrt, names=subject.names).agrees


def test_the_number_of_nodes_that_is_claimed_is_right():
    subject = EXHIBITS["gpt"].make()
    assert f"{mg.viz.explore(subject.root).nodes} nodes" in EXHIBITS["gpt"].text


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_to_what_is_there(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_every_exhibit_is_on_the_page():
    linked = set(links(DOCS / "README.md"))
    assert len(linked) >= 3 * len(EXHIBITS)
    for name, exhibit in EXHIBITS.items():
        assert {f"{name}.svg", f"{name}.html"} <= linked
        assert f"### {exhibit.title}" in (DOCS / "README.md").read_text("utf-8")


def test_the_pages_are_no_burden_on_a_clone():
    assert sum(path.stat().st_size for path in DOCS.iterdir()) < 3_000_000
