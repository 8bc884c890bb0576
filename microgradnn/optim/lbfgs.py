"""L-BFGS: steps that take curvature into account, found from the last gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .._mutation import stamp
from .._tensor import Tensor
from ..grad_mode import enable_grad, no_grad
from ..value import Value
from .line_search import Point, strong_wolfe
from .optimizer import Group, Optimizer, refuse_gradient
from .options import check_common, scalar


class LBFGS(Optimizer):
    """L-BFGS, for gradients of all the data; its step needs a closure.

    All parameters are one vector here, and there is one group. An iteration goes along ``-H g``,
    where ``H`` approximates the inverse of the matrix of second derivatives by the last
    `history_size` differences of gradients and of steps.

    Parameters
    ----------
    params : iterable of Tensor or Value
    lr : float or Tensor
        The length of a step, or the first guess of the line search.
    max_iter : int
        Iterations in a step.
    max_eval : int, optional
        Calls of the closure in a step; ``max_iter * 5 // 4`` by default.
    tolerance_grad : float
        No number of the gradient is larger: done.
    tolerance_change : float
        Parameters, or the loss, change by less: done.
    history_size : int
    line_search_fn : {None, "strong_wolfe"}

    Raises
    ------
    ValueError
        For a negative `lr`, or more than one group.

    References
    ----------
    Liu, Nocedal: On the limited memory BFGS method for large scale optimization, 1989.

    Examples
    --------
    >>> w = mg.tensor([3.0, -1.0], requires_grad=True)
    >>> optimizer = mg.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - mg.tensor([1.0, 2.0])) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    tensor(13., grad_fn=<SumBackward0>)
    >>> w
    tensor([1., 2.], requires_grad=True)
    """

    def __init__(
        self, params: Any, lr: float | Tensor = 1, max_iter: int = 20, max_eval: int | None = None,
        tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        options = {
            "lr": lr, "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
            "history_size": history_size, "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, options)

    def add_param_group(self, param_group: Any) -> None:
        """Add the only group there may be."""
        if self.param_groups:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        super().add_param_group(param_group)

    def _check_options(self, group: Group) -> None:
        check_common(group)
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ValueError(
                f"only 'strong_wolfe' is supported, got line_search_fn={group['line_search_fn']!r}"
            )

    # --- the parameters as one vector -------------------------------------------------------------

    def _gather(self) -> tuple[Any, Any]:
        """Copies of the parameters and of their gradients, each as one vector.

        Raises
        ------
        RuntimeError
            If a gradient does not fit its parameter, or memory is read-only.
        """
        numbers, slopes = [], []
        for param in self.param_groups[0]["params"]:
            if isinstance(param, Value):
                numbers.append(np.array([param.data], np.float64))
                slopes.append(np.array([param.grad], np.float64))
                continue
            p = param._array
            g = np.zeros_like(p) if param.grad is None else param.grad._array
            if p.shape != g.shape or p.dtype != g.dtype or not p.flags.writeable:
                refuse_gradient(p, g)
            numbers.append(p.ravel())
            slopes.append(g.ravel())
        return np.concatenate(numbers), np.concatenate(slopes)

    def _scatter(self, vector: Any) -> None:
        """Give the parameters their numbers."""
        start = 0
        for param in self.param_groups[0]["params"]:
            if isinstance(param, Value):
                param.data = vector[start].item()
                start += 1
                continue
            p = param._array
            np.copyto(p, vector[start : start + p.size].reshape(p.shape))
            stamp(p, "LBFGS.step")
            start += p.size

    # --- steps ------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` iterations.

        Parameters
        ----------
        closure : callable
            Computes the loss and the gradients again, and returns the loss.

        Returns
        -------
        The closure's loss at the beginning.

        Raises
        ------
        TypeError
            Without a closure.
        """
        if closure is None:
            raise TypeError(
                "LBFGS.step needs a closure: a function that calls zero_grad() and backward(), and "
                "returns the loss"
            )
        with no_grad(), np.errstate(all="ignore"):
            return self._iterate(enable_grad()(closure))

    def _evaluate(self, closure: Callable[[], Any], x: Any, d: Any, t: float) -> Point:
        """The loss and its slope a step away from `x`; NumPy's numbers divide by 0 silently."""
        self._scatter(x + x.dtype.type(t) * d)
        loss = np.float64(float(closure()))
        g = self._gather()[1]
        return Point(t, loss, g, np.float64(g @ d))

    def _iterate(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        lr, search = scalar(group["lr"]), group["line_search_fn"]
        most, most_calls = group["max_iter"], group["max_eval"]
        little = group["tolerance_change"]
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        first = closure()
        loss = float(first)
        calls = 1
        state["func_evals"] += 1
        x, g = self._gather()
        if np.abs(g).max(initial=0) <= group["tolerance_grad"]:
            return first
        memory = _Memory(state, group["history_size"])
        for k in range(1, most + 1):
            state["n_iter"] += 1
            d = memory.direction(g)
            last_loss = loss
            slope = np.float64(g @ d)
            # The first step has no curvature to tell its length from.
            t = lr if state["n_iter"] > 1 else min(1.0, 1.0 / float(np.abs(g).sum())) * lr
            memory.remember(d, t, g, loss)
            if slope > -little:
                break
            if search is not None:
                evaluate = partial(self._evaluate, closure, x, d)
                found, count = strong_wolfe(
                    evaluate, Point(0.0, np.float64(loss), g, slope), t, float(np.abs(d).max()),
                    most=most_calls - calls,
                )  # fmt: skip
                t, loss, g = float(found.t), float(found.loss), found.gradient
                x = x + x.dtype.type(t) * d
                self._scatter(x)
                memory.t = t
            else:
                x = x + x.dtype.type(t) * d
                self._scatter(x)
                count = 0
                if k != most:  # what is evaluated after the last iteration would be lost
                    loss = float(closure())
                    g = self._gather()[1]
                    count = 1
            calls += count
            state["func_evals"] += count
            if (
                k == most
                or calls >= most_calls
                or np.abs(g).max() <= group["tolerance_grad"]
                or np.abs(d * t).max() <= little
                or abs(loss - last_loss) < little
            ):
                break
        memory.save(state)
        return first


class _Memory:
    """The last differences of gradients and of steps, and the direction they make of a gradient."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self.size = size
        self.changes = [t._array for t in state.get("old_dirs") or []]
        self.steps = [t._array for t in state.get("old_stps") or []]
        self.inverses = [float(r) for r in state.get("ro") or []]
        self.scale = float(state.get("H_diag", 1.0))
        self.t = float(state.get("t", 0.0))
        self.loss: Any = state.get("prev_loss")
        self.d: Any = state["d"]._array if "d" in state else None
        self.g: Any = state["prev_flat_grad"]._array if "d" in state else None

    def direction(self, g: Any) -> Any:
        """``-H g``, by the two loops over what is remembered."""
        if self.g is None:
            return -g
        change, step = g - self.g, self.d * self.d.dtype.type(self.t)
        along = float(change @ step)
        if along > 1e-10:
            if len(self.steps) == self.size:
                for oldest_first in (self.changes, self.steps, self.inverses):
                    oldest_first.pop(0)
            self.changes.append(change)
            self.steps.append(step)
            self.inverses.append(1.0 / along)
            self.scale = along / float(change @ change)
        d = -g
        history = list(zip(self.changes, self.steps, self.inverses, strict=True))
        parts = []
        for change, step, inverse in reversed(history):
            part = inverse * float(step @ d)
            d -= d.dtype.type(part) * change
            parts.append(part)
        d *= d.dtype.type(self.scale)
        for (change, step, inverse), part in zip(history, reversed(parts), strict=True):
            d += d.dtype.type(part - inverse * float(change @ d)) * step
        return d

    def remember(self, d: Any, t: float, g: Any, loss: float) -> None:
        self.d, self.t, self.g, self.loss = d, t, g, loss

    def save(self, state: dict[str, Any]) -> None:
        """Enter all of it into the state, under PyTorch's names."""
        wrap = Tensor._wrap
        state["d"], state["t"] = wrap(self.d), self.t
        state["old_dirs"] = [wrap(a) for a in self.changes]
        state["old_stps"] = [wrap(a) for a in self.steps]
        dtype = self.d.dtype
        state["ro"] = [wrap(np.array(r, dtype)) for r in self.inverses]
        state["H_diag"] = wrap(np.array(self.scale, dtype)) if self.changes else 1
        state["prev_flat_grad"], state["prev_loss"] = wrap(self.g), self.loss
