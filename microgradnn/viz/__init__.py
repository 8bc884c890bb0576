"""Pictures of computation graphs, and tables of models.

``draw(root)`` reads the graph (``reading``), folds what is too big (``folding``), makes a card of
each node (``cards``), writes DOT (``dot_source``), has Graphviz place the cards (``layout``) and
draws them (``svg``). ``summary(model, input)`` is a table.
"""

from __future__ import annotations

from .explorer import explore as explore
from .pictures import draw as draw
from .summary import summary as summary
