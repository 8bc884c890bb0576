"""PyTorch's ``torch.backends.cuda``: switches that may be set and change nothing."""

from types import SimpleNamespace

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False)


def is_built() -> bool:
    """False."""
    return False


def enable_flash_sdp(enabled: bool) -> None:
    """Accepted: there is one way to compute attention."""


enable_math_sdp = enable_mem_efficient_sdp = enable_flash_sdp
