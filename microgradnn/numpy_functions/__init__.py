"""NumPy's functions on Tensors: those that are not simply a primitive.

Imported when NumPy first calls one; each chapter enters its functions into the list that
``_numpy_protocols`` reads.
"""

from . import elementwise as elementwise
from . import joining as joining
from . import linear_algebra as linear_algebra
from . import ordering as ordering
from . import outside as outside
from . import products as products
from . import reductions as reductions
from . import shapes as shapes
