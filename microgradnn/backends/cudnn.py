"""PyTorch's ``torch.backends.cudnn``: switches that may be set and change nothing."""

enabled = False
benchmark = False
deterministic = False
allow_tf32 = False


def is_available() -> bool:
    """False."""
    return False


def version() -> None:
    """None: there is no cuDNN."""
    return
