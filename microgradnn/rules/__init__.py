"""The entries of the table, by chapter, in reading order."""

from . import elementwise as elementwise
from . import reductions as reductions  # noqa: I001  (reading order: each builds on the last)
from . import shapes as shapes
from . import indexing as indexing
from . import linalg as linalg
from . import activations as activations
from . import convolution as convolution
