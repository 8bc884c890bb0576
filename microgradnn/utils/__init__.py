"""PyTorch's place for what belongs to no layer and no function: so far ``utils.data``."""

from . import data as data
