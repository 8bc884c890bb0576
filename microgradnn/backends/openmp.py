"""PyTorch's ``torch.backends.openmp``: not there."""


def is_available() -> bool:
    """False."""
    return False
