"""Pictures of computation graphs, and tables of models.

``draw(root)`` reads the graph (``reading``), folds what is too big (``folding``), makes a card of
each node (``cards``), writes DOT (``dot_source``), has Graphviz place the cards (``layout``) and
draws them (``svg``). ``summary(model, input)`` is a table.

Watching training: `History`, `progress`, and on matplotlib (``charts``) `decision_boundary`,
`weights`, `gradient_flow`.
"""

from __future__ import annotations

from .boundaries import decision_boundary as decision_boundary
from .charts import Chart as Chart
from .explorer import explore as explore
from .gradient_bars import gradient_flow as gradient_flow
from .history import History as History
from .history import gradient_norm as gradient_norm
from .pictures import draw as draw
from .progress_bar import progress as progress
from .summary import summary as summary
from .weight_maps import weights as weights
