"""``python -m microgradnn``: train every seed network twice and print one table.

The networks are the files of ``examples/``. In a wheel that folder lies inside the package, in a
clone beside it; either way it is put on the import path here, as it is when an example is run as a
program of its own, and the command line itself lives in it too (``examples/seednet/command.py``).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def examples_folder() -> Path:
    """Where the examples are: inside the installed package, or beside it in a clone.

    Raises
    ------
    FileNotFoundError
        If they are in neither place; the message names both.
    """
    places = (_PACKAGE / "examples", _PACKAGE.parent / "examples")
    for place in places:
        if (place / "seednet" / "command.py").is_file():
            return place
    raise FileNotFoundError(
        "the examples are missing: neither " + " nor ".join(map(str, places)) + " holds them; "
        "install microgradnn again"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; by default that of this process.

    Returns
    -------
    int
        0; 1 if a figure is not reproduced or gradients differ; 2 for wrong arguments.
    """
    try:
        folder = str(examples_folder())
    except FileNotFoundError as missing:
        print(f"python -m microgradnn: {missing}", file=sys.stderr)
        return 2
    if folder not in sys.path:
        sys.path.insert(0, folder)
    networks = importlib.import_module("seednet.catalogue").networks()
    command = importlib.import_module("seednet.command")
    return int(command.main(arguments, networks, prog="python -m microgradnn"))


if __name__ == "__main__":
    sys.exit(main())
