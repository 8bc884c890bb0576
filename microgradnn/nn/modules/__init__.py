"""PyTorch's ``torch.nn.modules`` and its files: every name of `microgradnn.nn`, wherever sought.

``from microgradnn.nn.modules.conv import Conv2d`` works as in PyTorch; the classes are those of
`microgradnn.nn`, which says where each is defined.

Examples
--------
>>> from microgradnn.nn.modules.conv import Conv2d
>>> Conv2d is mg.nn.Conv2d
True
"""

from ..._stand_ins import stand_for
from .. import *  # noqa: F403
from .. import Module as Module
from ..module import register_module_forward_hook as register_module_forward_hook
from ..module import register_module_forward_pre_hook as register_module_forward_pre_hook
from ..module import register_module_full_backward_hook as register_module_full_backward_hook
from ..module import (
    register_module_full_backward_pre_hook as register_module_full_backward_pre_hook,
)

stand_for(
    __name__,
    "activation adaptive batchnorm channelshuffle container conv distance dropout flatten fold "
    "instancenorm lazy linear loss module normalization padding pixelshuffle pooling rnn sparse "
    "transformer upsampling",
)
