"""`LoadError`: what is wrong with a file."""

from __future__ import annotations

import pickle


class LoadError(pickle.UnpicklingError, RuntimeError):
    """A file that cannot, or may not, be loaded: PyTorch raises the one or the other."""
