"""Wider hidden layers escape local optima: S5b's task at many widths, from many first weights.

Two hidden neurons are enough to *write down* exclusive or, but training often ends in a valley
where some row is answered wrongly and every small step makes things worse. With more neurons than
needed there are more ways out: the share of first weights from which all seven rows are learned
goes from nothing at width 1 to nearly all at width 6.

The engine trains 200 networks of a width at once: their weights are stacked in front, and matrix
products and broadcasting do the rest; since each network's loss depends on its own weights only,
the gradient of the sum of all losses is every network's own gradient.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from seednet import Setting
from seednet import plots as p
from xor_task import X, Y, by_hand

import microgradnn as mg

WIDTHS = (1, 2, 3, 4, 6, 8, 12)
NETWORKS_PER_WIDTH = 200
STEPS = 3_000


def share_of_successes(setting: Setting, width: int) -> float:
    """Train many networks of one width; the share that ends with all seven rows right."""
    random = np.random.default_rng([setting.seed, width])
    w = mg.tensor(2 * random.random((NETWORKS_PER_WIDTH, 3, width)) - 1, requires_grad=True)
    v = mg.tensor(2 * random.random((NETWORKS_PER_WIDTH, width, 1)) - 1, requires_grad=True)
    optimizer = mg.optim.SGD([w, v], lr=1.0)
    x, y = mg.tensor(X), mg.tensor(Y)
    for step in setting.steps(STEPS, f"S5b  width {width}"):
        o = ((x @ w).sigmoid() @ v).sigmoid()
        loss = 0.5 * ((y - o) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            # Stacked networks are by hand what one network is: shown once for each width.
            by_rule = by_hand(w.detach().numpy(), v.detach().numpy())
            np.testing.assert_allclose(w.grad.numpy(), by_rule[0], rtol=1e-10, atol=1e-14)
            np.testing.assert_allclose(v.grad.numpy(), by_rule[1], rtol=1e-10, atol=1e-14)
        optimizer.step()
    with mg.no_grad():
        right = np.abs(((x @ w).sigmoid() @ v).sigmoid().numpy() - Y) < 0.5
    return float(right.all(axis=(1, 2)).mean())


def study(setting: Setting) -> tuple[list[str], Path]:
    """All widths: the story and the plot."""
    shares = [share_of_successes(setting, width) for width in WIDTHS]
    story = [
        f"Hidden neurons, and from how many of {NETWORKS_PER_WIDTH} first weights all rows "
        f"are learned in {STEPS:,} steps:",
        *(f"  {width:2d}  {share:6.1%}" for width, share in zip(WIDTHS, shares, strict=True)),
    ]
    with p.panels(1, 1, "Wider hidden layers escape local optima", size=(7, 4.2)) as (
        figure,
        axis,
    ):
        bars = axis.bar([str(width) for width in WIDTHS], np.array(shares) * 100, color=p.BLUE)
        axis.bar_label(bars, fmt="%.4g %%")
        axis.set(
            xlabel="neurons in the hidden layer",
            ylabel="successful initialisations (%)",
            title=f"{NETWORKS_PER_WIDTH} networks of each width, {STEPS:,} steps",
            ylim=(0, 109),
        )
        return story, setting.save(figure, "s5b-wider-layers.png")
