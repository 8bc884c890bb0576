"""The exclusive-or task of S5b and its hand derivation, shared by S5b and its two studies."""

from __future__ import annotations

import numpy as np

X = np.array(
    [[0, 0, 1], [0, 1, 1], [1, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]],
    dtype=np.float64,
)
Y = np.array([[0, 1, 1, 1, 1, 0, 0]], dtype=np.float64).T


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash every number into (0, 1)."""
    return 1 / (1 + np.exp(-z))


def forward(w: np.ndarray, v: np.ndarray, x: np.ndarray = X) -> tuple[np.ndarray, np.ndarray]:
    """Hidden replies and answers; ``w`` (..., 3, H) and ``v`` (..., H, 1) may be many networks."""
    h = sigmoid(x @ w)
    return h, sigmoid(h @ v)


def by_hand(w: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of 1/2 sum (y - o)^2 by both layers, of one network or of many at once."""
    h, o = forward(w, v)

    dl_do = o - Y
    do_dz2 = o * (1 - o)
    delta2 = dl_do * do_dz2
    dl_dv = h.mT @ delta2  # z2 = h v: its partial by v is h

    dl_dh = delta2 @ v.mT  # ... and by h it is v: the blame handed back
    dh_dz1 = h * (1 - h)
    delta1 = dl_dh * dh_dz1
    dl_dw = X.T @ delta1
    return dl_dw, dl_dv
