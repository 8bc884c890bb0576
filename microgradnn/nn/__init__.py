"""Neural networks: PyTorch's ``torch.nn``, and neurons and networks of them for beginners.

`scalar` holds the same networks made of Values, as in micrograd.
"""

from . import functional as functional
from . import init as init
from . import scalar as scalar
from .activation import GLU as GLU
from .activation import Hardshrink as Hardshrink
from .activation import Hardsigmoid as Hardsigmoid
from .activation import Hardtanh as Hardtanh
from .activation import LogSigmoid as LogSigmoid
from .activation import ReLU6 as ReLU6
from .activation import Sigmoid as Sigmoid
from .activation import Softshrink as Softshrink
from .activation import Softsign as Softsign
from .activation import Tanh as Tanh
from .activation import Tanhshrink as Tanhshrink
from .attention import MultiheadAttention as MultiheadAttention
from .container import ModuleDict as ModuleDict
from .container import ModuleList as ModuleList
from .container import ParameterList as ParameterList
from .container import Sequential as Sequential
from .convolution import Conv2d as Conv2d
from .dropout import Dropout as Dropout
from .flatten import Flatten as Flatten
from .flatten import Unflatten as Unflatten
from .linear import Identity as Identity
from .linear import Linear as Linear
from .loss import BCELoss as BCELoss
from .loss import BCEWithLogitsLoss as BCEWithLogitsLoss
from .loss import CrossEntropyLoss as CrossEntropyLoss
from .loss import L1Loss as L1Loss
from .loss import MSELoss as MSELoss
from .loss import NLLLoss as NLLLoss
from .module import Module as Module
from .neuron import MLP as MLP
from .neuron import Neuron as Neuron
from .parameter import Parameter as Parameter
from .pooling import MaxPool2d as MaxPool2d
from .rectifier import CELU as CELU
from .rectifier import ELU as ELU
from .rectifier import GELU as GELU
from .rectifier import SELU as SELU
from .rectifier import Hardswish as Hardswish
from .rectifier import LeakyReLU as LeakyReLU
from .rectifier import Mish as Mish
from .rectifier import PReLU as PReLU
from .rectifier import ReLU as ReLU
from .rectifier import RReLU as RReLU
from .rectifier import SiLU as SiLU
from .rectifier import Softplus as Softplus
from .rectifier import Threshold as Threshold
from .softmax import LogSoftmax as LogSoftmax
from .softmax import Softmax as Softmax
from .softmax import Softmax2d as Softmax2d
from .softmax import Softmin as Softmin
