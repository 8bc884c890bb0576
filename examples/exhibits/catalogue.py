"""The rooms in the order in which one walks through them."""

from __future__ import annotations

from exhibits.first_steps import FIRST_STEPS
from exhibits.layers import LAYERS
from exhibits.seed_networks import SEED_NETWORKS

ROOMS = {"First steps": FIRST_STEPS, "The seed networks": SEED_NETWORKS, "Layers": LAYERS}
"""Each room's title and exhibits."""
