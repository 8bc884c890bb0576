"""PyTorch's files that are not files here: programs that import from them get the whole package.

``from torch.optim.adam import Adam`` names a file. What it defines is in the package too, so that
the package can answer for all its files.
"""

from __future__ import annotations

import sys


def stand_for(package: str, files: str) -> None:
    """Let a package be found under the names of submodules that it does not have.

    Parameters
    ----------
    package : str
        The full name of a module that has been imported.
    files : str
        The names, with spaces between them.
    """
    module = sys.modules[package]
    for name in files.split():
        sys.modules[f"{package}.{name}"] = module
        setattr(module, name, module)
