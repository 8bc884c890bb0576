"""PyTorch's ``nn.parallel`` on one processor: a wrapper that calls what it wraps."""

from __future__ import annotations

from typing import Any

from .module import Module


class DataParallel(Module):
    """Calls a module; in PyTorch, on the parts of a batch, one for each GPU.

    The module is at ``.module``, so that keys of state_dicts begin with ``module.`` as PyTorch's.

    Parameters
    ----------
    module : Module
    device_ids, output_device, dim : optional
        PyTorch's; there is no GPU to choose.

    Examples
    --------
    >>> net = mg.nn.DataParallel(mg.nn.Linear(2, 1))
    >>> list(net.state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module returns."""
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Would average gradients over processes.

    Raises
    ------
    NotImplementedError
        Always: training in several processes is not implemented.
    """

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "DistributedDataParallel: training in several processes is not implemented; use the "
            "module itself"
        )
