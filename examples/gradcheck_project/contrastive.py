"""Losses of pairs of vectors, in plain NumPy, with gradients derived by hand."""

import numpy as np


def contrastive(a, b, margin=1.5):
    """Mean over rows of ``max(0, margin - |a - b|) ** 2``: vectors that should be apart."""
    distance = np.sqrt(((a - b) ** 2).sum(1))
    return (np.maximum(0.0, margin - distance) ** 2).mean()


def contrastive_gradient(a, b, margin=1.5):
    """Its gradients by both."""
    difference = a - b
    distance = np.sqrt((difference**2).sum(1, keepdims=True))
    slope = -2.0 * np.maximum(0.0, margin - distance) / distance / len(a)
    return slope * difference, -slope * difference


def info_nce(a, b, temperature=0.5):
    """Mean cross entropy of finding each row's partner among all rows of the other."""
    scores = a @ b.T / temperature
    scores = scores - scores.max(1, keepdims=True)
    return (np.log(np.exp(scores).sum(1)) - np.diagonal(scores)).mean()


def info_nce_gradient(a, b, temperature=0.5):
    """Softmax minus one-hot, pulled back through the product."""
    scores = a @ b.T / temperature
    scores = np.exp(scores - scores.max(1, keepdims=True))
    d_scores = (scores / scores.sum(1, keepdims=True) - np.eye(len(a))) / len(a) / temperature
    return d_scores @ b, d_scores.T @ a
