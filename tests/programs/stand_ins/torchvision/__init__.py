"""What programs about digits use of torchvision, in any framework called torch, without downloads.

torchvision itself works with PyTorch only, and its data sets lie on servers. Programs that import
it get this with both frameworks: the same names, with scikit-learn's digits as MNIST.
"""

from . import datasets, transforms, utils

__all__ = ["datasets", "transforms", "utils"]
