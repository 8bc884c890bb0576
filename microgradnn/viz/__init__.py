"""Pictures of computation graphs.

``draw(root)`` reads the graph (``reading``), makes a card of each node (``cards``), writes DOT
(``dot_source``), has Graphviz place the cards (``layout``) and draws them (``svg``).
"""

from __future__ import annotations

from .pictures import draw as draw
