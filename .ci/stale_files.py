"""What the generators of committed files share: write them, or say how they are out of date."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def update(files: Mapping[Path, Callable[[], str]], command: list[str], usage: str | None) -> int:
    """Run a generator's command line.

    Parameters
    ----------
    files : mapping of path to function
        What makes the text of each file.
    command : list of str
        The program, then ``--check`` or nothing.
    usage : str
        What to say to other arguments.

    Returns
    -------
    int
        The exit status: 1 if a file is out of date and is only to be checked, 2 for wrong usage.
    """
    program, *arguments = command
    if arguments not in ([], ["--check"]):
        print(usage, file=sys.stderr)
        return 2
    stale = []
    for path, make in files.items():
        new, old = make(), path.read_text(encoding="utf-8") if path.exists() else ""
        if new == old:
            continue
        name = path.relative_to(ROOT).as_posix()
        stale.append(name)
        if arguments:
            lines = [text.splitlines(keepends=True) for text in (old, new)]
            sys.stdout.writelines(difflib.unified_diff(*lines, name, f"{name} as it should be"))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(new, encoding="utf-8")
            print(f"wrote {name}")
    if stale and arguments:
        generator = Path(program).resolve().relative_to(ROOT).as_posix()
        print(f"out of date: {', '.join(stale)}; run: python {generator}", file=sys.stderr)
    return int(bool(stale and arguments))
