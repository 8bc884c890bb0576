"""Means of weights: of a model's at several times, or a running mean that forgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

from .._tensor import Tensor
from ..functions.creation import tensor
from ..grad_mode import no_grad
from ..nn import Module
from ..nn.batch_normalisation import _BatchNorm
from .lr_scheduler.scheduler import LRScheduler, per_group
from .optimizer import Optimizer

Average = Callable[[Tensor, Tensor, Any], Tensor]
Averages = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


def get_swa_avg_fn() -> Average:
    """``(mean, new, count) -> mean + (new - mean) / (count + 1)``: the mean of all."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        mean: Tensor = averaged_param + (current_param - averaged_param) / (num_averaged + 1)
        return mean

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """``(mean, new, count) -> decay * mean + (1 - decay) * new``: what is old counts less.

    Raises
    ------
    ValueError
        If `decay` is not between 0 and 1.
    """
    if not 0 <= decay <= 1:
        raise ValueError(
            f"Invalid decay value {decay} provided. Please provide a value in [0,1] range."
        )

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_multi_avg_fn() -> Averages:
    """As `get_swa_avg_fn`, for lists of Tensors, which are changed.

    By ``1 / (count + 1)``, which is rounded to single precision where the count is a Tensor.
    """
    return _each(lambda mean, new, count: mean + (new - mean) * (1 / (count + 1)))


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """As `get_ema_avg_fn`, for lists of Tensors, which are changed."""
    return _each(get_ema_avg_fn(decay))


def _each(average: Average) -> Averages:
    @no_grad()
    def update(means: Sequence[Tensor], new: Sequence[Tensor], num_averaged: Any) -> None:
        for mean, current in zip(means, new, strict=True):
            mean.copy_(average(mean, current, num_averaged))

    return update


class AveragedModel(Module):
    """A copy of a model whose parameters are means of the model's.

    Parameters
    ----------
    model : Module
    device : optional
        The one there is.
    avg_fn : callable, optional
        ``(mean, new, count) -> mean``; the mean of all by default.
    multi_avg_fn : callable, optional
        The same for lists of Tensors, in place.
    use_buffers : bool
        Average buffers too, rather than copy them.

    Examples
    --------
    >>> model = mg.nn.Linear(1, 1, bias=False)
    >>> mean = mg.optim.swa_utils.AveragedModel(model)
    >>> for weight in (1.0, 2.0, 6.0):
    ...     _ = mg.nn.init.constant_(model.weight, weight)
    ...     mean.update_parameters(model)
    >>> mean.module.weight.item()
    3.0
    """

    n_averaged: Tensor

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None, use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model makes of the inputs."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the parameters of now into the means; the first are copied."""
        means, new = ([p.detach() for p in m.parameters()] for m in (self.module, model))
        mine, theirs = ([b.detach() for b in m.buffers()] for m in (self.module, model))
        if self.use_buffers:
            means, new, mine, theirs = means + mine, new + theirs, [], []
        if self.n_averaged.item() == 0:
            mine, theirs = means + mine, new + theirs
        elif means:
            average = self.multi_avg_fn or _each(self.avg_fn or get_swa_avg_fn())
            average(means, new, self.n_averaged)
        for mean, current in zip(mine, theirs, strict=True):
            mean.copy_(current)
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of a model's batch normalizations from data.

    Parameters
    ----------
    loader : iterable
        Inputs, or tuples of which the first is the input.
    model : Module
    device : optional
    """
    momenta = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None  # the mean of all batches
    for item in loader:
        inputs = item[0] if isinstance(item, list | tuple) else item
        model(inputs if device is None else inputs.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From the rates of now to `swa_lr`, and stay there.

    Parameters
    ----------
    optimizer : Optimizer
    swa_lr : float or list of float
    anneal_epochs : int
    anneal_strategy : {"cos", "linear"}
    last_epoch : int

    Raises
    ------
    ValueError
        If `anneal_strategy` or `anneal_epochs` is none of these.

    References
    ----------
    Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: Averaging weights leads to wider optima and
    better generalization, 2018.
    """

    def __init__(
        self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10,
        anneal_strategy: str = "cos", last_epoch: int = -1,
    ) -> None:  # fmt: skip
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        if type(anneal_epochs) is not int or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        rates = per_group("swa_lr", optimizer, swa_lr)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of `swa_lr` is in the rate at a step."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def _rates(self, rates: list[Any]) -> list[Any]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        targets = [group["swa_lr"] for group in self.optimizer.param_groups]
        # The rate it began with is found from that of the last step.
        return [
            target
            if before == 1
            else target * now + (rate - before * target) / (1 - before) * (1 - now)
            for target, rate in zip(targets, rates, strict=True)
        ]
