"""PyTorch's ``torch.optim``: what updates the parameters."""

import importlib as _importlib
from typing import Any as _Any

from .._stand_ins import stand_for as _stand_for
from . import lr_scheduler as lr_scheduler
from .adadelta import Adadelta as Adadelta
from .adafactor import Adafactor as Adafactor
from .adagrad import Adagrad as Adagrad
from .adam import Adam as Adam
from .adam import AdamW as AdamW
from .adamax import Adamax as Adamax
from .asgd import ASGD as ASGD
from .forgotten import accumulation as accumulation
from .lbfgs import LBFGS as LBFGS
from .muon import Muon as Muon
from .nadam import NAdam as NAdam
from .optimizer import Optimizer as Optimizer
from .radam import RAdam as RAdam
from .rmsprop import RMSprop as RMSprop
from .rprop import Rprop as Rprop
from .sgd import SGD as SGD
from .sparse_adam import SparseAdam as SparseAdam

_stand_for(__name__, "adamw")


def __getattr__(name: str) -> _Any:
    """Import `swa_utils`, which needs ``nn``, when it is asked for."""
    if name == "swa_utils":
        return _importlib.import_module(f"{__name__}.swa_utils")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
