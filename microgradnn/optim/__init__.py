"""PyTorch's ``torch.optim``: what updates the parameters."""

from .optimizer import Optimizer as Optimizer
from .sgd import SGD as SGD
