"""Rates that follow half a cosine down, and up again or from the start."""

from __future__ import annotations

import math
from typing import Any, cast

from ..optimizer import Optimizer
from .scheduler import LRScheduler


def _between(low: float, high: Any, part: float) -> Any:
    """From `high` at part 0 down a cosine to `low` at part 1."""
    return low + (high - low) * (1 + math.cos(math.pi * part)) / 2


class CosineAnnealingLR(LRScheduler):
    """``lr = eta_min + (base_lr - eta_min) * (1 + cos(pi * epoch / T_max)) / 2``.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        The epoch at which `eta_min` is reached; from there the rate rises again.
    eta_min : float
    last_epoch : int

    References
    ----------
    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts, 2017.

    Examples
    --------
    >>> optimizer = mg.optim.SGD([mg.ones(1)], lr=1.0)
    >>> schedule = mg.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
    >>> optimizer.step()
    >>> schedule.step()
    >>> round(schedule.get_last_lr()[0], 12)
    0.5
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _rates(self, rates: list[Any]) -> list[Any]:
        if self._is_initial:
            return rates
        if self._step_count == 1 and self.last_epoch > 0:
            return self._get_closed_form_lr()
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            # From the bottom, where the ratio below would divide by nothing.
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            return [
                rate + (base - self.eta_min) * rise
                for rate, base in zip(rates, self.base_lrs, strict=True)
            ]
        now, before = (
            1 + math.cos(math.pi * e / self.T_max) for e in (self.last_epoch, self.last_epoch - 1)
        )
        return [now / before * (rate - self.eta_min) + self.eta_min for rate in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        part = self.last_epoch / self.T_max
        return [_between(self.eta_min, base, part) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """A cosine down to `eta_min`, over and over, each `T_mult` times as long as the last.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        The epochs of the first.
    T_mult : int
    eta_min : float
    last_epoch : int

    Raises
    ------
    ValueError
        If `T_0` or `T_mult` is no positive integer.

    References
    ----------
    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts, 2017.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:  # fmt: skip
        if not isinstance(cast(object, T_0), int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(cast(object, T_mult), int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(cast(object, eta_min), int | float):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def _rates(self, rates: list[Any]) -> list[Any]:
        part = self.T_cur / self.T_i
        return [_between(self.eta_min, base, part) for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to the one that is given.

        Parameters
        ----------
        epoch : float, optional
            May lie between two: ``epoch + batch / batches``.

        Raises
        ------
        ValueError
            If it is negative.
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        else:
            self._go_to(epoch)
        self.last_epoch = math.floor(epoch)
        self._get_lr_called_within_step = True
        try:
            rates = self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        self._set(rates)

    def _go_to(self, epoch: float) -> None:
        """Find the restart before an epoch: they come at ``T_0 * (1 + T_mult + T_mult**2 ...)``."""
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            length = self.T_mult**restarts
            self.T_cur = epoch - self.T_0 * (length - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * length
