"""The namespace ``microgradnn`` and the methods of Tensor: PyTorch's names on the primitives."""

# In reading order.
# isort: off
from . import creation as creation
from . import ranges as ranges
from . import likeness as likeness
from . import elementwise as elementwise
from . import mathematics as mathematics
from . import floats as floats
from . import logic as logic
from . import special as special
from . import truth as truth
from . import indexing as indexing
from . import scatter as scatter
from . import replacing as replacing
from . import reductions as reductions
from . import renormalising as renormalising
from . import cumulative as cumulative
from . import sorting as sorting
from . import statistics as statistics
from . import histograms as histograms
from . import memory as memory
from . import shapes as shapes
from . import views as views
from . import joining as joining
from . import splitting as splitting
from . import repeating as repeating
from . import triangles as triangles
from . import grids as grids
from . import padding as padding
from . import windows as windows
from . import copies as copies
from . import products as products
from . import contraction as contraction
from . import linalg_systems as linalg_systems
from . import linalg_triangles as linalg_triangles
from . import linalg_factors as linalg_factors
from . import linalg_reflections as linalg_reflections
from . import linalg_spectra as linalg_spectra
from . import linalg_norms as linalg_norms
from . import linalg_vectors as linalg_vectors
from . import conversion as conversion
from . import filling as filling
from . import sampling as sampling
