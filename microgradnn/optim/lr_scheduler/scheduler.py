"""`LRScheduler`, the base class: when learning rates change, what is kept and what is said."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..._tensor import Tensor
from ..optimizer import Optimizer
from ..options import scalar

CLOSED_FORM = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
    "possible: call `scheduler.step()`. Given an epoch, the learning rate of that epoch is set, "
    "by the closed form of the schedule where there is one."
)


class LRScheduler:
    """Sets the learning rates of an optimizer, epoch by epoch; subclasses define `get_lr`.

    Making one takes the first step: the rates of epoch 0 are set.

    Parameters
    ----------
    optimizer : Optimizer
    last_epoch : int
        The last epoch that is done, where training goes on; -1 at its start. The groups of the
        optimizer have their ``"initial_lr"`` then, from its `load_state_dict`.

    Attributes
    ----------
    base_lrs : list of float or Tensor
        What the groups began with.
    last_epoch : int

    Raises
    ------
    TypeError
        If `optimizer` is none.
    KeyError
        If training is to go on and a group has no ``"initial_lr"``.
    """

    _is_initial = False
    _get_lr_called_within_step = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", _copied(group["lr"]))
        for k, group in enumerate(optimizer.param_groups):
            if "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{k}] when resuming "
                    f"scheduler with last_epoch={last_epoch}: load the optimizer's state_dict "
                    "first, or begin with last_epoch=-1"
                )
        self.base_lrs = values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    # --- to be defined ----------------------------------------------------------------------------

    def get_lr(self) -> list[Any]:
        """The learning rates at `last_epoch`, from those the groups have now.

        Called by `step`. To see the rates that are in use, call `get_last_lr`.

        Warns
        -----
        UserWarning
            Outside of a step.
        """
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=2,
            )
        return self._rates(values(self.optimizer, "lr"))

    def _rates(self, rates: list[Any]) -> list[Any]:
        """What `get_lr` makes of the rates of now."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_lr")

    # --- steps ------------------------------------------------------------------------------------

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, after the optimizer's step.

        Parameters
        ----------
        epoch : int, optional
            Deprecated: the epoch to go to.

        Warns
        -----
        UserWarning
            If the optimizer has made no step before the first of these: the first learning rate
            would never be used.
        """
        if self._step_count == 1 and not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in "
                "the opposite order: the first value of the learning rate schedule is skipped "
                "otherwise.",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(CLOSED_FORM, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        formula: Callable[[], list[Any]] = self.get_lr
        if epoch is None:
            self.last_epoch += 1
        else:
            self.last_epoch = epoch
            formula = getattr(self, "_get_closed_form_lr", self.get_lr)
        self._get_lr_called_within_step = True
        try:
            rates = formula()
        finally:
            self._get_lr_called_within_step = False
        self._set(rates)

    def _set(self, rates: Iterable[Any]) -> None:
        """Give the groups their rates."""
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_value(group, "lr", rate)
        self._last_lr = values(self.optimizer, "lr")

    def get_last_lr(self) -> list[Any]:
        """The learning rates in use, one for each group."""
        return self._last_lr

    # --- saving -----------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer."""
        return {key: item for key, item in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; load the optimizer's too."""
        self.__dict__.update(state_dict)


class Closed(LRScheduler):
    """A schedule that can be written as a formula of the epoch as well: `_get_closed_form_lr`."""

    def _factor(self, epoch: int) -> float:
        """What the base rates are multiplied by."""
        raise NotImplementedError

    def _get_closed_form_lr(self) -> list[Any]:
        return [base * self._factor(self.last_epoch) for base in self.base_lrs]


def check_optimizer(optimizer: Any) -> None:
    """Raise TypeError unless it is one."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _copied(item: Any) -> Any:
    return item.clone() if isinstance(item, Tensor) else item


def values(optimizer: Optimizer, key: str) -> list[Any]:
    """One option of all groups; Tensors are copied."""
    return [_copied(group[key]) for group in optimizer.param_groups]


def set_value(group: dict[str, Any], key: str, value: Any) -> None:
    """Set an option, in place where it is a Tensor."""
    if isinstance(group[key], Tensor):
        group[key].fill_(scalar(value))
    else:
        group[key] = value


def per_group(name: str, optimizer: Optimizer, given: Any) -> list[Any]:
    """One value for each group, from a list of them or from one for all."""
    count = len(optimizer.param_groups)
    if not isinstance(given, list | tuple):
        return [_copied(given) for _ in range(count)]
    if len(given) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(given)} "
            f"values, param_groups has {count}."
        )
    return [_copied(item) for item in given]


def without_functions(functions: Sequence[Any]) -> list[Any]:
    """What can be saved of functions: the attributes of callable objects, None of the others."""
    return [None if isinstance(f, types.FunctionType) else dict(f.__dict__) for f in functions]
