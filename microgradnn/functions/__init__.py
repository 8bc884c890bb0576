"""The namespace ``microgradnn`` and the methods of Tensor: PyTorch's names on the primitives.

The chapters that most programs use are imported with the package. The others are imported, all of
them, when a name is asked for that is not there yet: that keeps ``import microgradnn`` cheap.
"""

import importlib

from .. import _late

# In reading order.
# isort: off
from . import creation as creation
from . import ranges as ranges
from . import likeness as likeness
from . import elementwise as elementwise
from . import mathematics as mathematics
from . import floats as floats
from . import logic as logic
from . import truth as truth
from . import indexing as indexing
from . import scatter as scatter
from . import replacing as replacing
from . import reductions as reductions
from . import extremes as extremes
from . import shapes as shapes
from . import views as views
from . import joining as joining
from . import splitting as splitting
from . import triangles as triangles
from . import padding as padding
from . import products as products
from . import contraction as contraction
from . import conversion as conversion
from . import filling as filling
from . import sampling as sampling

LATE = (
    "special", "activations", "cumulative", "sorting", "statistics", "histograms", "renormalising",
    "memory", "repeating", "grids", "windows", "copies", "linalg_systems", "linalg_triangles",
    "linalg_factors", "linalg_reflections", "linalg_spectra", "linalg_norms", "linalg_vectors",
    "distances", "number_types", "places", "settings", "window_functions",
)  # fmt: skip
"""The chapters that are imported late, in reading order."""


def _load() -> None:
    for name in LATE:
        importlib.import_module(f"{__name__}.{name}")


_late.chapters.append(_load)
