"""The entries of the table, by chapter, in reading order: each builds on the last."""

# isort: off
from . import elementwise as elementwise
from . import reductions as reductions
from . import shapes as shapes
from . import indexing as indexing
from . import linalg as linalg
from . import activations as activations
from . import convolution as convolution
from . import losses as losses
