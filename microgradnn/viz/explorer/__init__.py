"""The page on which a backward pass is followed step by step.

``explore(root)`` records the computation (``recording``), names its nodes (``symbols``), prints the
arithmetic of its operations as JavaScript (``javascript``) and their formulas as trees
(``formulas``), has the cards placed (``placing``) or, if there are many, boxed into groups
(``folding``), and fills the template in ``page/`` with it (``data``, ``page``).
"""

from __future__ import annotations

from .exploring import Exploration as Exploration
from .exploring import explore as explore
