"""PyTorch's ``torch.backends``: switches of libraries that are not used here.

Setting them is accepted, asking after them is answered with no.

Examples
--------
>>> mg.backends.cudnn.benchmark = True
>>> mg.backends.mps.is_available()
False
"""

from . import cuda as cuda
from . import cudnn as cudnn
from . import mkl as mkl
from . import mps as mps
from . import openmp as openmp
