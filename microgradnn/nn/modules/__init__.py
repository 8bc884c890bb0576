"""PyTorch's ``torch.nn.modules`` and its files: every name of `microgradnn.nn`, wherever sought.

``from microgradnn.nn.modules.conv import Conv2d`` works as in PyTorch; the classes are those of
`microgradnn.nn`, which says where each is defined.

Examples
--------
>>> from microgradnn.nn.modules.conv import Conv2d
>>> Conv2d is mg.nn.Conv2d
True
"""

import sys

from .. import *  # noqa: F403
from .. import Module as Module

_FILES = (
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance",
    "dropout", "flatten", "fold", "instancenorm", "lazy", "linear", "loss", "module",
    "normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse", "transformer",
    "upsampling",
)  # fmt: skip

# One module answers for all of PyTorch's files: what stands where there is no concern of programs.
for _file in _FILES:
    globals()[_file] = sys.modules[f"{__name__}.{_file}"] = sys.modules[__name__.rpartition(".")[0]]
