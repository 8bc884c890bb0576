"""Write the gallery: for each exhibit its graph, its page to step through, and its derivation.

From the root of the repository::

    python examples/gallery.py                      # all of docs/gallery/
    python examples/gallery.py --only s2d --out /tmp/gallery
    python examples/gallery.py --browser chromium   # photographs of the pages, too

``exhibits/`` says what is shown. Per exhibit there are NAME.svg (``viz.draw``), NAME.html
(``viz.explore``: opens from disk in any browser) and NAME.md (``derive``); README.md links them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from exhibits.catalogue import ROOMS
from exhibits.exhibit import Exhibit, Subject

import microgradnn as mg

_HERE = Path(__file__).resolve().parent
_WIDEST = 880  # pixels of a page on which pictures are shown

PHOTOGRAPHS = (
    ("explorer.png", "s2d", "#step=22&theme=light", "One step of the backward pass"),
    ("explorer-chain.png", "s2d", "#step=29&sel=w1&theme=light", "All that `w1` does, traced"),
    ("explorer-dark.png", "attention", "#step=12&theme=dark", "Attention, in the dark"),
)
"""Of which exhibit's page at which step, and what is seen; for the README, which shows no HTML."""

_HEAD = """# Gallery

Small computations and their gradients, each in three forms: its **graph**, with values in blue and
gradients in orange; a **page** on which one steps through the forward and the backward pass (one
file without network access: download it and open it from disk); and its **derivation**, the chain
rule written out and compared with the engine.

All of it is written by one command, `python examples/gallery.py`, from the few lines per exhibit in
[`examples/exhibits/`](../../examples/exhibits/).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 if all has been written."""
    options = _parser().parse_args(arguments)
    wanted = {name.lower() for name in options.only}
    exhibits = {exhibit.name: exhibit for room in ROOMS.values() for exhibit in room}
    if unknown := wanted - exhibits.keys():
        print(f"no exhibit {min(unknown)!r}; there are {', '.join(exhibits)}", file=sys.stderr)
        return 2
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, exhibit in exhibits.items():
        if wanted and name not in wanted:
            continue
        files = write(exhibit, out)
        size = sum(file.stat().st_size for file in files)
        total += size
        print(f"{name:<24}{size / 1000:8.0f} kB  {', '.join(file.name for file in files)}")
    if not wanted:
        if options.browser:
            photograph(options.browser, out)
        (out / "README.md").write_text(readme(out), "utf-8")
    print(f"{total / 1e6:.2f} MB in {out}")
    return 0


def write(exhibit: Exhibit, out: Path) -> list[Path]:
    """The files of one exhibit."""
    subject = exhibit.make()
    root, names = subject.root, subject.names
    root.backward()
    paths = [out / f"{exhibit.name}{ending}" for ending in (".svg", ".html", ".md")]
    picture = mg.viz.draw(root, names=names, parameters=subject.parameters, **subject.drawn)
    picture.render(paths[0], cleanup=True)
    mg.viz.explore(root, paths[1], names=names, parameters=subject.parameters, title=exhibit.title)
    if subject.derived:
        paths[2].write_text(derivation_page(exhibit, subject), "utf-8")
    return [path for path in paths if path.exists()]


def derivation_page(exhibit: Exhibit, subject: Subject) -> str:
    """Formulas; the same with numbers, as text; the same as code."""
    derivation = mg.derive(subject.root, subject.wrt, names=subject.names)
    if not derivation.agrees:
        raise ArithmeticError(f"the derivation of {exhibit.name} differs from the engine")
    return f"""# {exhibit.title}

{exhibit.text}

[Graph]({exhibit.name}.svg) · [page to step through]({exhibit.name}.html) · [gallery](README.md)

{derivation.markdown().rstrip()}

## With numbers

```text
{str(derivation).rstrip()}
```

## As code

```python
{derivation.numpy_code().rstrip()}
```
"""


def readme(out: Path) -> str:
    """The page that links all files."""
    parts = [_HEAD]
    for name, exhibit, _, seen in PHOTOGRAPHS:
        if (out / name).exists():
            parts.append(f"{seen} ([{exhibit}.html]({exhibit}.html)):\n\n![{seen}]({name})\n")
    for title, room in ROOMS.items():
        parts.append(f"## {title}\n")
        parts += [_entry(exhibit, out) for exhibit in room]
    return "\n".join(parts)


def _entry(exhibit: Exhibit, out: Path) -> str:
    name = exhibit.name
    links = [f"[graph]({name}.svg)", f"[page to step through]({name}.html)"]
    if (out / f"{name}.md").exists():
        links.append(f"[derivation]({name}.md)")
    width = min(_WIDEST, _width(out / f"{name}.svg"))
    return f"""### {exhibit.title}

{exhibit.text}

<a href="{name}.svg"><img src="{name}.svg" width="{width}" alt="The graph of {exhibit.title}"></a>

{" · ".join(links)}
"""


def _width(svg: Path) -> int:
    """How wide a picture is, from its first line."""
    from xml.etree import ElementTree

    return round(float(ElementTree.parse(svg).getroot().attrib["width"].removesuffix("px")))


def photograph(browser: str, out: Path) -> None:
    """Pictures of the pages, by a Chromium without a window."""
    for name, exhibit, place, _ in PHOTOGRAPHS:
        page = (out / f"{exhibit}.html").resolve().as_uri()
        command = [browser, "--headless", "--no-sandbox", "--hide-scrollbars"]
        command += ["--force-prefers-reduced-motion", "--window-size=1280,800"]
        command += [f"--screenshot={(out / name).resolve()}", f"{page}{place}"]
        subprocess.run(command, check=True, capture_output=True)
        print(f"{name:<24}{(out / name).stat().st_size / 1000:8.0f} kB")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gallery.py", description="Write docs/gallery/.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="one exhibit")
    parser.add_argument(
        "--out", default=_HERE.parent / "docs" / "gallery", metavar="FOLDER", help="where to"
    )
    parser.add_argument(
        "--browser", metavar="PROGRAM", help="a Chromium that photographs the pages for the README"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
