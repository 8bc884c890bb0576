"""tanh and its derivatives up to the sixth, each the derivative of the one before, drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from microgradnn.func import elementwise_grad


def derivatives(order: int = 6) -> list:
    """tanh, and its first derivatives, as functions of arrays."""
    functions = [np.tanh]
    for _ in range(order):
        functions.append(elementwise_grad(functions[-1]))
    return functions


def main(out: str = "out") -> list[float]:
    """Draw the curves into ``tanh_derivatives.png``; return the largest value of each."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    x = np.linspace(-4.0, 4.0, 801)
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    tops = []
    for order, f in enumerate(derivatives()):
        y = f(x)
        tops.append(float(np.abs(y).max()))
        axes.plot(x, y / tops[-1], label=f"{order}: largest {tops[-1]:.4g}")
        print(f"derivative {order}: largest absolute value {tops[-1]:.6f}")
    axes.set_title("tanh and its derivatives, each scaled to a height of 1")
    axes.set_xlabel("x")
    axes.legend(title="order", loc="lower right")
    Path(out).mkdir(exist_ok=True)
    figure.savefig(Path(out) / "tanh_derivatives.png", dpi=120)
    plt.close(figure)
    return tops


if __name__ == "__main__":
    main(*sys.argv[1:])
