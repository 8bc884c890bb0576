"""S5d's network in NumPy: convolution, max-pooling and softmax, forward and backward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Weights(NamedTuple):
    """Everything that is learned (and, with the same shapes, its gradient)."""

    filters: np.ndarray  # (filters, 1, 3, 3)
    filter_bias: np.ndarray  # (filters,)
    dense: np.ndarray  # (10, features)
    dense_bias: np.ndarray  # (10,)


def first_weights(random: np.random.Generator, filters: int) -> Weights:
    """Small random weights: a sum of n terms gets terms of size 1 / sqrt(n)."""
    features = filters * 2 * 2
    return Weights(
        random.uniform(-1, 1, (filters, 1, 3, 3)) / 3,
        random.uniform(-1, 1, filters) / 3,
        random.uniform(-1, 1, (10, features)) / np.sqrt(features),
        random.uniform(-1, 1, 10) / np.sqrt(features),
    )


def convolve(
    images: np.ndarray, filters: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Every 3 x 3 patch of every image (a border of zeros around it) times every filter.

    Returns
    -------
    replies, patches
        Shapes (n, filters, 8, 8) and (n * 8 * 8, 9): the patches are kept for the way back.
    """
    n, _, height, width = images.shape
    bordered = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(bordered[:, 0], (3, 3), axis=(1, 2))
    patches = windows.reshape(n * height * width, 9)
    replies = patches @ filters.reshape(len(filters), 9).T + bias
    return replies.reshape(n, height, width, len(filters)).transpose(0, 3, 1, 2), patches


def convolve_back(d_replies: np.ndarray, patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient by the filters and their bias.

    A reply is patch . filter + bias, so its partial by the filter is the patch and by the bias 1.
    A filter gave a reply at every place of every image: all of them are summed.
    """
    filters = d_replies.shape[1]
    by_place = d_replies.transpose(0, 2, 3, 1).reshape(-1, filters)
    d_filters = (by_place.T @ patches).reshape(filters, 1, 3, 3)
    return d_filters, by_place.sum(axis=0)


def pool(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest of every 2 x 2 patch, and which of the four it was (the first, on a tie)."""
    n, channels, height, width = maps.shape
    fours = (
        maps.reshape(n, channels, height // 2, 2, width // 2, 2)
        .transpose(0, 1, 2, 4, 3, 5)
        .reshape(n, channels, height // 2, width // 2, 4)
    )
    winner = fours.argmax(axis=-1)
    return np.take_along_axis(fours, winner[..., None], axis=-1)[..., 0], winner


def pool_back(d_pooled: np.ndarray, winner: np.ndarray) -> np.ndarray:
    """Each gradient goes to the pixel that won; the three others made no difference."""
    n, channels, height, width = d_pooled.shape
    fours = np.zeros((n, channels, height, width, 4))
    np.put_along_axis(fours, winner[..., None], d_pooled[..., None], axis=-1)
    return (
        fours.reshape(n, channels, height, width, 2, 2)
        .transpose(0, 1, 2, 4, 3, 5)
        .reshape(n, channels, 2 * height, 2 * width)
    )


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities e^z / sum e^z (the largest score is taken off first: e^z must not overflow)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def probabilities(weights: Weights, images: np.ndarray) -> np.ndarray:
    """Feed forward: the ten probabilities of every image, shape (n, 10)."""
    replies, _ = convolve(images, weights.filters, weights.filter_bias)
    pooled, _ = pool(pool(np.maximum(replies, 0))[0])
    return softmax(pooled.reshape(len(images), -1) @ weights.dense.T + weights.dense_bias)


def gradient(weights: Weights, images: np.ndarray, answers: np.ndarray) -> Weights:
    """The gradient of the mean cross-entropy, the network walked back from its end."""
    n = len(images)
    replies, patches = convolve(images, weights.filters, weights.filter_bias)
    lit = np.maximum(replies, 0)
    pooled_once, winner_once = pool(lit)
    pooled, winner = pool(pooled_once)
    features = pooled.reshape(n, -1)
    scores = features @ weights.dense.T + weights.dense_bias

    # Cross-entropy of a softmax: probability - wanted, and 1/n for the mean.
    d_scores = softmax(scores)
    d_scores[np.arange(n), answers] -= 1
    d_scores /= n

    d_dense = d_scores.T @ features
    d_dense_bias = d_scores.sum(axis=0)
    d_features = d_scores @ weights.dense

    d_pooled_once = pool_back(d_features.reshape(pooled.shape), winner)
    d_lit = pool_back(d_pooled_once, winner_once)
    d_replies = d_lit * (replies > 0)  # relu lets through where it was positive
    d_filters, d_filter_bias = convolve_back(d_replies, patches)
    return Weights(d_filters, d_filter_bias, d_dense, d_dense_bias)
