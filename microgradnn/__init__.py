"""microgradnn: an autograd framework to understand gradients with, and to keep because it works.

One table of primitives, each with its derivative as the textbook writes it; `Value`, a scalar
engine, and `Tensor`, an array engine with PyTorch's names and semantics, stand on the same rules.
"""

from __future__ import annotations

import gc
import importlib
import math
from typing import Any

# A collection in the middle of this would walk all that NumPy has made, find nothing, and cost as
# much as half of these imports.
_collecting = gc.isenabled()
gc.disable()
try:
    from . import _copying, _dtypes, _freed_memory, _numpy_protocols  # noqa: F401
    from . import autograd as autograd
    from . import functions as functions
    from ._device import device as device
    from ._dtypes import bfloat16 as bfloat16
    from ._dtypes import bool_ as bool_
    from ._dtypes import cdouble as cdouble
    from ._dtypes import cfloat as cfloat
    from ._dtypes import complex64 as complex64
    from ._dtypes import complex128 as complex128
    from ._dtypes import double as double
    from ._dtypes import dtype as dtype
    from ._dtypes import float16 as float16
    from ._dtypes import float32 as float32
    from ._dtypes import float64 as float64
    from ._dtypes import get_default_dtype as get_default_dtype
    from ._dtypes import half as half
    from ._dtypes import int8 as int8
    from ._dtypes import int16 as int16
    from ._dtypes import int32 as int32
    from ._dtypes import int64 as int64
    from ._dtypes import long as long
    from ._dtypes import set_default_dtype as set_default_dtype
    from ._dtypes import short as short
    from ._dtypes import uint8 as uint8
    from ._errors import ShapeError as ShapeError
    from ._late import load_late as _load_late
    from ._methods import functions as _namespace
    from ._printing import set_printoptions as set_printoptions
    from ._size import Size as Size
    from ._tensor import Tensor as Tensor
    from .grad_mode import enable_grad as enable_grad
    from .grad_mode import inference_mode as inference_mode
    from .grad_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
    from .grad_mode import is_anomaly_enabled as is_anomaly_enabled
    from .grad_mode import is_grad_enabled as is_grad_enabled
    from .grad_mode import is_inference_mode_enabled as is_inference_mode_enabled
    from .grad_mode import no_grad as no_grad
    from .grad_mode import record as record
    from .grad_mode import set_grad_enabled as set_grad_enabled
    from .random import Generator as Generator
    from .random import default_generator as default_generator
    from .value import Value as Value
finally:
    if _collecting:
        gc.enable()

__version__ = "0.1.0"

# Some of these have the names of Python builtins (sum, float, bool, ...), as in PyTorch.
globals().update(_namespace)
globals().update(_dtypes.builtin_names)

pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None
strided = "strided"
contiguous_format, preserve_format = "contiguous_format", "preserve_format"
channels_last, channels_last_3d = "channels_last", "channels_last_3d"

_LAZY = (
    "accelerator", "amp", "backends", "cuda", "data", "derive", "distributed", "distributions",
    "fft", "func", "linalg", "nn", "onnx", "optim", "serialization", "signal", "special", "testing",
    "scipy", "utils", "version", "viz",
)  # fmt: skip

# Names that are here too, by the submodule that defines them.
_LAZY_NAMES = {
    "save": "serialization", "load": "serialization", "primitive": "user_primitives",
    **dict.fromkeys((
        # What PyTorch offers here with the same arguments.
        "adaptive_avg_pool1d", "adaptive_max_pool1d", "alpha_dropout", "avg_pool1d", "conv1d",
        "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
        "dropout", "feature_alpha_dropout", "group_norm", "instance_norm",
        "layer_norm", "max_pool1d", "max_pool2d", "max_pool3d", "rms_norm",
    ), "nn.functional"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the submodules named above, and the late chapters of functions, when asked for."""
    if name in _LAZY:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _LAZY_NAMES:
        return getattr(importlib.import_module(f"{__name__}.{_LAZY_NAMES[name]}"), name)
    if not name.startswith("_"):
        _load_late()
        if name in _namespace:
            globals().update(_namespace)
            return _namespace[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
