"""The names that PyTorch's files have for element types."""

from __future__ import annotations

import numpy as np

STORAGES: dict[str, np.dtype] = {
    "DoubleStorage": np.dtype(np.float64),
    "FloatStorage": np.dtype(np.float32),
    "HalfStorage": np.dtype(np.float16),
    "LongStorage": np.dtype(np.int64),
    "IntStorage": np.dtype(np.int32),
    "ShortStorage": np.dtype(np.int16),
    "CharStorage": np.dtype(np.int8),
    "ByteStorage": np.dtype(np.uint8),
    "BoolStorage": np.dtype(np.bool_),
}
"""Storages of types that a Tensor can have."""

NAMES = {dtype: name for name, dtype in STORAGES.items()}

BFLOAT16 = "BFloat16Storage"
"""The upper half of float32; loaded as float32, which has all its numbers."""

OTHERS = (
    "ComplexDoubleStorage", "ComplexFloatStorage", "UntypedStorage", "QInt8Storage",
    "QInt32Storage", "QUInt8Storage", "QUInt4x2Storage", "QUInt2x4Storage",
)  # fmt: skip
"""Storages of types that no Tensor here can have."""
