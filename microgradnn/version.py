"""PyTorch's ``torch.version``: which GPU libraries the package was built for (none)."""

from . import __version__ as __version__

cuda: str | None = None
hip: str | None = None
xpu: str | None = None
debug = False
