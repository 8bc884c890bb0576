"""Window functions: weights that are large in the middle of a signal and small at its ends.

All take ``M``, the number of points, and ``sym``: a symmetric window (for filters), or one period
of a periodic one (for spectra). Without ``dtype`` the result is of the default float type.
"""

from .cosines import blackman as blackman
from .cosines import general_cosine as general_cosine
from .cosines import general_hamming as general_hamming
from .cosines import hamming as hamming
from .cosines import hann as hann
from .cosines import nuttall as nuttall
from .shapes import bartlett as bartlett
from .shapes import cosine as cosine
from .shapes import exponential as exponential
from .shapes import gaussian as gaussian
from .shapes import kaiser as kaiser
