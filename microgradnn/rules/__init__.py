"""The entries of the table, by chapter, in reading order: each builds on the last.

The late chapters are imported by the functions that use them, those of ``nn`` or late ones: that
keeps ``import microgradnn`` cheap. `load_late` imports them all.
"""

import importlib

# isort: off
from . import elementwise as elementwise
from . import mathematics as mathematics
from . import activations as activations
from . import pairs as pairs
from . import integers as integers
from . import special as special
from . import reductions as reductions
from . import shapes as shapes
from . import diagonals as diagonals
from . import indexing as indexing
from . import cumulative as cumulative
from . import sorting as sorting
from . import scatter as scatter
from . import linalg as linalg
from . import contraction as contraction
from . import losses as losses

LATE = (
    "linear_systems", "decompositions", "windows", "rectifiers", "normalisation", "convolution",
    "pooling", "average_pooling", "resampling", "recurrent", "alignment",
)  # fmt: skip


def load_late() -> None:
    """Import the late chapters: for what reads the whole table."""
    for name in LATE:
        importlib.import_module(f"{__name__}.{name}")
