"""The entries of the table, by chapter, in reading order: each builds on the last."""

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
from . import linear_systems as linear_systems
from . import decompositions as decompositions
from . import convolution as convolution
from . import windows as windows
from . import losses as losses
