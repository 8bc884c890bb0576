"""SciPy's functions on Tensors, under SciPy's names: those that SciPy itself does not hand over.

NumPy's functions and the ufuncs of ``scipy.special`` ask the classes of their arguments, so they
work on Tensors as they are. SciPy's other functions make plain arrays of what they are given, and a
gradient would be lost: for the differentiable ones import these modules instead.

>>> from microgradnn.scipy import stats
>>> mg.func.grad(stats.norm.logpdf)(1.0)
-1.0
"""

from . import linalg as linalg
from . import signal as signal
from . import special as special
from . import stats as stats
