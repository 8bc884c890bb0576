"""``mg.signal``: signal processing; for now the window functions."""

from __future__ import annotations

from . import windows as windows
