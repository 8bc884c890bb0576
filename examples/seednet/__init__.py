"""What the seed networks share: how one is described, compared, drawn and run.

Reading order: ``network`` (what an example hands to the runner and gets back), ``lockstep``
(how two trainings are compared step by step), ``plots`` and ``extras`` (the optional packages),
``table`` (the one table), ``output`` and ``command`` (the command line).
"""

from seednet.command import run_alone
from seednet.lockstep import AGREEMENT, Lockstep
from seednet.network import Figure, Result, SeedNetwork, Setting

__all__ = [
    "AGREEMENT",
    "Figure",
    "Lockstep",
    "Result",
    "SeedNetwork",
    "Setting",
    "run_alone",
]
