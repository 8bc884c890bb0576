"""The namespace ``microgradnn`` and the methods of Tensor: PyTorch's names on the primitives."""

# In reading order.
# isort: off
from . import creation as creation
from . import ranges as ranges
from . import elementwise as elementwise
from . import reductions as reductions
from . import shapes as shapes
from . import joining as joining
from . import indexing as indexing
from . import conversion as conversion
from . import filling as filling
from . import sampling as sampling
