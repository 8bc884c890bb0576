"""scikit-learn's handwritten digits, 1,797 images of 8 x 8 pixels, split for S5d to S5f."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """Images (n, 1, 8, 8) with pixels from 0 to 1, and the digits they show, in two parts."""

    train_images: np.ndarray
    train_answers: np.ndarray
    test_images: np.ndarray
    test_answers: np.ndarray


def digits(seed: int, train: int = 1257) -> Split:
    """Shuffle the digits; the first ``train`` (1,257: 70 percent) are for training."""
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    images, answers = data.images[order][:, None] / 16, data.target[order]
    return Split(images[:train], answers[:train], images[train:], answers[train:])
