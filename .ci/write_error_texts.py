"""Write ``docs/error-texts.md``: what PyTorch and microgradnn say to wrong calls.

It is made of the table ``tests/wrong_calls.py`` and needs PyTorch, in the version of the extra
``peers``. ``python .ci/write_error_texts.py`` writes the page; with ``--check`` it exits with 1 and
a diff if the page is not up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]

from stale_files import update  # noqa: E402

import microgradnn  # noqa: E402
from tests.wrong_calls import WRONG_CALLS, WrongCall  # noqa: E402

INTRODUCTION = """\
# What wrong calls are told

Written by `.ci/write_error_texts.py`: {count} calls that users get wrong, each run in PyTorch
{version} (there `mg` is `torch`) and in microgradnn. Notes on where in PyTorch's own source an
error was raised are cut.

The table is `tests/wrong_calls.py`; a test holds every message of ours to name the operation, what
was given and the remedy, to be of a class that `except` catches as it catches PyTorch's, and to
leave out no number that PyTorch's message gives about the inputs.

| Call | PyTorch | microgradnn |
| --- | --- | --- |
"""


def told(wrong: WrongCall, lib: ModuleType) -> str:
    """The class and the text of the error that a call raises, on one line."""
    try:
        wrong.call(lib)
    except Exception as error:
        text = str(error).split("\nException raised from")[0]
        return f"{type(error).__name__.lstrip('_')}: {' '.join(text.split())}"
    raise LookupError(f"{wrong.name}: {lib.__name__} raised nothing")


def code(text: str) -> str:
    """A code span in a cell of a table."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def page() -> str:
    """The text of the page."""
    import torch

    version = torch.__version__.split("+")[0]
    rows = []
    for wrong in WRONG_CALLS:
        call = "<br>".join(code(line) for line in wrong.code.split("\n"))
        rows.append(f"| {call} | {code(told(wrong, torch))} | {code(told(wrong, microgradnn))} |\n")
    return INTRODUCTION.format(count=len(WRONG_CALLS), version=version) + "".join(rows)


if __name__ == "__main__":
    sys.exit(update({ROOT / "docs" / "error-texts.md": page}, sys.argv, __doc__))
