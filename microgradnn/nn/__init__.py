"""Neural networks: PyTorch's ``torch.nn``, and neurons and networks of them for beginners.

`scalar` holds the same networks made of Values, as in micrograd.
"""

import importlib
from typing import Any

from . import functional as functional
from . import init as init
from . import parallel as parallel
from . import scalar as scalar
from . import utils as utils
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
from .adaptive import AdaptiveLogSoftmaxWithLoss as AdaptiveLogSoftmaxWithLoss
from .attention import MultiheadAttention as MultiheadAttention
from .batch_normalisation import BatchNorm1d as BatchNorm1d
from .batch_normalisation import BatchNorm2d as BatchNorm2d
from .batch_normalisation import BatchNorm3d as BatchNorm3d
from .batch_normalisation import SyncBatchNorm as SyncBatchNorm
from .class_loss import BCELoss as BCELoss
from .class_loss import BCEWithLogitsLoss as BCEWithLogitsLoss
from .class_loss import CrossEntropyLoss as CrossEntropyLoss
from .class_loss import KLDivLoss as KLDivLoss
from .class_loss import LinearCrossEntropyLoss as LinearCrossEntropyLoss
from .class_loss import MultiLabelSoftMarginLoss as MultiLabelSoftMarginLoss
from .class_loss import NLLLoss as NLLLoss
from .class_loss import NLLLoss2d as NLLLoss2d
from .class_loss import SoftMarginLoss as SoftMarginLoss
from .container import ModuleDict as ModuleDict
from .container import ModuleList as ModuleList
from .container import ParameterList as ParameterList
from .container import Sequential as Sequential
from .convolution import Conv1d as Conv1d
from .convolution import Conv2d as Conv2d
from .convolution import Conv3d as Conv3d
from .convolution import ConvTranspose1d as ConvTranspose1d
from .convolution import ConvTranspose2d as ConvTranspose2d
from .convolution import ConvTranspose3d as ConvTranspose3d
from .distance import CosineSimilarity as CosineSimilarity
from .distance import PairwiseDistance as PairwiseDistance
from .dropout import AlphaDropout as AlphaDropout
from .dropout import Dropout as Dropout
from .dropout import Dropout1d as Dropout1d
from .dropout import Dropout2d as Dropout2d
from .dropout import Dropout3d as Dropout3d
from .dropout import FeatureAlphaDropout as FeatureAlphaDropout
from .embedding import Embedding as Embedding
from .embedding import EmbeddingBag as EmbeddingBag
from .flatten import Flatten as Flatten
from .flatten import Unflatten as Unflatten
from .instance_normalisation import InstanceNorm1d as InstanceNorm1d
from .instance_normalisation import InstanceNorm2d as InstanceNorm2d
from .instance_normalisation import InstanceNorm3d as InstanceNorm3d
from .lazy import LazyModuleMixin as LazyModuleMixin
from .lazy_layers import LazyBatchNorm1d as LazyBatchNorm1d
from .lazy_layers import LazyBatchNorm2d as LazyBatchNorm2d
from .lazy_layers import LazyBatchNorm3d as LazyBatchNorm3d
from .lazy_layers import LazyConv1d as LazyConv1d
from .lazy_layers import LazyConv2d as LazyConv2d
from .lazy_layers import LazyConv3d as LazyConv3d
from .lazy_layers import LazyConvTranspose1d as LazyConvTranspose1d
from .lazy_layers import LazyConvTranspose2d as LazyConvTranspose2d
from .lazy_layers import LazyConvTranspose3d as LazyConvTranspose3d
from .lazy_layers import LazyInstanceNorm1d as LazyInstanceNorm1d
from .lazy_layers import LazyInstanceNorm2d as LazyInstanceNorm2d
from .lazy_layers import LazyInstanceNorm3d as LazyInstanceNorm3d
from .lazy_layers import LazyLinear as LazyLinear
from .linear import Bilinear as Bilinear
from .linear import Identity as Identity
from .linear import Linear as Linear
from .loss import GaussianNLLLoss as GaussianNLLLoss
from .loss import HuberLoss as HuberLoss
from .loss import L1Loss as L1Loss
from .loss import MSELoss as MSELoss
from .loss import PoissonNLLLoss as PoissonNLLLoss
from .loss import SmoothL1Loss as SmoothL1Loss
from .margin_loss import CosineEmbeddingLoss as CosineEmbeddingLoss
from .margin_loss import HingeEmbeddingLoss as HingeEmbeddingLoss
from .margin_loss import MarginRankingLoss as MarginRankingLoss
from .margin_loss import MultiLabelMarginLoss as MultiLabelMarginLoss
from .margin_loss import MultiMarginLoss as MultiMarginLoss
from .margin_loss import TripletMarginLoss as TripletMarginLoss
from .margin_loss import TripletMarginWithDistanceLoss as TripletMarginWithDistanceLoss
from .module import Module as Module
from .neuron import MLP as MLP
from .neuron import Neuron as Neuron
from .normalisation import GroupNorm as GroupNorm
from .normalisation import LayerNorm as LayerNorm
from .normalisation import LocalResponseNorm as LocalResponseNorm
from .normalisation import RMSNorm as RMSNorm
from .parallel import DataParallel as DataParallel
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter
from .parameter_dict import ParameterDict as ParameterDict
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
from .recurrent import GRU as GRU
from .recurrent import LSTM as LSTM
from .recurrent import RNN as RNN
from .recurrent import GRUCell as GRUCell
from .recurrent import LSTMCell as LSTMCell
from .recurrent import RNNBase as RNNBase
from .recurrent import RNNCell as RNNCell
from .recurrent import RNNCellBase as RNNCellBase
from .sequence_loss import CTCLoss as CTCLoss
from .softmax import LogSoftmax as LogSoftmax
from .softmax import Softmax as Softmax
from .softmax import Softmax2d as Softmax2d
from .softmax import Softmin as Softmin
from .transformer import Transformer as Transformer
from .transformer import TransformerDecoder as TransformerDecoder
from .transformer import TransformerDecoderLayer as TransformerDecoderLayer
from .transformer import TransformerEncoder as TransformerEncoder
from .transformer import TransformerEncoderLayer as TransformerEncoderLayer


def __getattr__(name: str) -> Any:
    """Import ``modules``, which repeats all the names above, when it is asked for."""
    if name == "modules":
        return importlib.import_module(f"{__name__}.modules")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
