"""Pictures of many pictures."""

import numpy as np
from PIL import Image


def make_grid(tensor, nrow=8, padding=2, normalize=False):
    """The pictures side by side, `nrow` of them in a row: (3, height, width)."""
    array = tensor.detach()
    if array.ndim == 3:
        array = array.unsqueeze(1 if array.shape[0] not in (1, 3) else 0)
    if array.shape[1] == 1:
        array = array.repeat(1, 3, 1, 1)
    if normalize:
        array = (array - array.min()) / max(float(array.max() - array.min()), 1e-5)
    rows = -(-len(array) // nrow)
    _, _, height, width = array.shape
    grid = array.new_zeros(
        (3, rows * (height + padding) + padding, nrow * (width + padding) + padding)
    )
    for i, image in enumerate(array):
        top = padding + i // nrow * (height + padding)
        left = padding + i % nrow * (width + padding)
        grid[:, top : top + height, left : left + width] = image
    return grid


def save_image(tensor, fp, nrow=8, padding=2, normalize=False):
    """Write `make_grid` into a file."""
    grid = make_grid(tensor, nrow, padding, normalize).clamp(0, 1).numpy()
    Image.fromarray((grid.transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8)).save(fp)
