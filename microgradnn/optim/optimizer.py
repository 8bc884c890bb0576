"""`Optimizer`, the base class: parameter groups, their options, and the state of each parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from .._mutation import stamp
from .._tensor import Tensor
from ..autograd.anomaly import examine_step, finite_parameters
from ..grad_mode import busy, enable_grad, is_anomaly_enabled
from ..graph import Leaf
from ..value import Value
from .forgotten import Reminder
from .hooks import Hooked, with_hooks
from .hooks import register_optimizer_step_post_hook as register_optimizer_step_post_hook
from .hooks import register_optimizer_step_pre_hook as register_optimizer_step_pre_hook
from .options import NOT_OPTIONS, refuse_misspelt
from .saving import Saving
from .stack import Stack

Group = dict[str, Any]

Ready = list[tuple[dict[str, Any], Any, Any]]
"""What is remembered of parameters, their arrays and their gradients' arrays, checked."""


class Optimizer(Saving, Hooked):
    """Updates parameters from their gradients; subclasses define `_update`, or `step` itself.

    Parameters
    ----------
    params : iterable of Tensor or Value, of (name, parameter) pairs, or of dict
        A dict is a parameter group: its ``"params"`` and the options that differ for them.
    defaults : mapping
        The options of groups that do not set them.

    Attributes
    ----------
    param_groups : list of dict
        Options may be changed between steps: ``optimizer.param_groups[0]["lr"] = 0.01``.
    state : dict
        What the optimizer remembers of each parameter.

    Raises
    ------
    ValueError
        If there are no parameters, one occurs twice or is no leaf, or an option is out of range.
    TypeError
        If something is no parameter, or an option looks misspelt.
    """

    def __init__(self, params: Any, defaults: Mapping[str, Any]) -> None:
        super().__init__()
        self.defaults = dict(defaults)
        self.param_groups: list[Group] = []
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
        self._stacks: dict[int, Stack] = {}
        self._reminder = Reminder()
        if isinstance(params, Tensor | Value):
            raise TypeError(
                "params must be an iterable of parameters or of groups, got one "
                f"{type(params).__name__}; put it into a list: [param]"
            )
        if isinstance(params, set | frozenset):
            raise TypeError("params must have an order, which a set has not; give a list")
        given = list(params)
        if not given:
            raise ValueError(
                f"{type(self).__name__} got an empty parameter list: nothing would be updated"
            )
        groups = given if isinstance(given[0], Mapping) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    # --- groups -----------------------------------------------------------------------------------

    def add_param_group(self, param_group: Any) -> None:
        """Add parameters with options of their own.

        Parameters
        ----------
        param_group : mapping
            ``"params"``, any of the optimizer's options, and whatever else is to be kept there.

        Raises
        ------
        TypeError, ValueError
            As for the optimizer itself; nothing is added then.
        """
        if not isinstance(param_group, Mapping) or "params" not in param_group:
            raise TypeError(
                'a parameter group is a dict with the key "params", got '
                + (f"the keys {list(param_group)}" if isinstance(param_group, Mapping)
                   else type(param_group).__name__)
            )  # fmt: skip
        group: Group = dict(param_group)
        given = group["params"]
        if isinstance(given, set | frozenset):
            raise TypeError("the parameters of a group must have an order; give a list, not a set")
        items: list[Any] = [given] if isinstance(given, Tensor | Value) else list(given)
        if items and isinstance(items[0], tuple):
            group["param_names"] = [name for name, _ in items]
            items = [param for _, param in items]
        known = {id(p) for g in self.param_groups for p in g["params"]}
        for param in items:
            _check_parameter(param)
            if id(param) in known:
                raise ValueError(
                    f"a parameter ({_described(param)}) appears more than once; each is updated "
                    "once a step"
                )
            known.add(id(param))
        refuse_misspelt(type(self).__name__, group, self.defaults)
        group["params"] = items
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self._check_options(group)
        self.param_groups.append(group)

    def _check_options(self, group: Group) -> None:
        """Raise ValueError for options out of range; defined by subclasses."""

    # --- steps ----------------------------------------------------------------------------------

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, before the next ``backward()`` adds to them.

        Parameters
        ----------
        set_to_none : bool
            Set them to None rather than to zeros. Values always get 0.
        """
        self._reminder.forget()
        for group in self.param_groups:
            for param in group["params"]:
                if isinstance(param, Value):
                    param.grad = 0
                elif set_to_none:
                    node = param._node
                    if type(node) is Leaf:
                        node.grad = None
                    else:
                        param.grad = None
                elif (grad := param.grad) is not None:
                    grad.detach_().zero_()

    @with_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient, once.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and the gradients again, and returns the loss.

        Returns
        -------
        The closure's loss, or None.

        Raises
        ------
        RuntimeError
            If a gradient does not fit its parameter, or memory is read-only. Nothing is changed.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        plan = [(group, *self._ready(group)) for group in self.param_groups]
        name = f"{type(self).__name__}.step"
        self._reminder.check(type(self).__name__)
        watched = busy.watching and is_anomaly_enabled()
        before = finite_parameters(plan) if watched else []
        for group, ready, stack in plan:
            self._update(group, ready)
            if stack is not None:
                stack.write(ready[-1][1], self.state)
            for _, p, _ in ready:
                stamp(p, name)
        self._reminder.remember(self.param_groups)
        if watched:
            examine_step(name, plan, before)
        return loss

    def _ready(self, group: Group) -> tuple[Ready, Stack | None]:
        """The parameters that have a gradient, once all are found to fit; Values come last."""
        ready: Ready = []
        values: list[Value] = []
        state, kept = self.state, self._kept(group)
        for param in group["params"]:
            if isinstance(param, Value):
                values.append(param)
                continue
            node = param._node
            grad = node.grad if type(node) is Leaf else param.grad
            if grad is None:
                continue
            p, g = param._array, grad._array
            if p.shape != g.shape or p.dtype != g.dtype or not p.flags.writeable:
                refuse_gradient(p, g)
            own = state[param] if kept else {}
            for key in kept:
                if key in own and ((b := own[key]._array).shape != p.shape or b.dtype != p.dtype):
                    _refuse_change(key, b, p)
            ready.append((own, p, g))
        if not values:
            return ready, None
        stack = self._stacks.get(id(group))
        if stack is None or not stack.holds(values):
            stack = self._stacks[id(group)] = Stack(values, state, self._buffers)
        ready.append(stack.read())
        return ready, stack

    def _kept(self, group: Group) -> tuple[str, ...]:
        """Which of `_buffers` are needed with these options."""
        return self._buffers

    def _update(self, group: Group, ready: Ready) -> None:
        """Update the parameters of one group; defined by subclasses."""
        raise NotImplementedError(f"{type(self).__name__} defines no _update")

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for k, group in enumerate(self.param_groups):
            lines += [""] * bool(k) + [f"Parameter Group {k}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key not in NOT_OPTIONS]
        return "\n".join([*lines, ")"])


def _described(param: Any) -> str:
    if isinstance(param, Value):
        return f"Value {param.label!r} of data {param.data}"
    return f"{type(param).__name__} of shape {tuple(param.shape)}"


def _check_parameter(param: Any) -> None:
    if isinstance(param, Value):
        if param.inputs:
            raise ValueError(
                f"can't optimize a Value that was computed (by {param.op!r}); optimize what it was "
                "made of"
            )
        return
    if not isinstance(param, Tensor):
        raise TypeError(f"an optimizer updates Tensors or Values, got {type(param).__name__}")
    if not param.is_leaf:
        raise ValueError(
            f"can't optimize a Tensor that is no leaf (shape {tuple(param.shape)}); optimize what "
            "it was made of, or detach() it and set requires_grad"
        )


def refuse_gradient(p: Any, g: Any) -> None:
    """Say why a parameter cannot be changed by a gradient."""
    if p.shape != g.shape or p.dtype != g.dtype:
        raise RuntimeError(
            f"a parameter of shape {tuple(p.shape)} and dtype {p.dtype} has a gradient of "
            f"shape {tuple(g.shape)} and dtype {g.dtype}: it was replaced after backward(). "
            "Call zero_grad() and backward() again"
        )
    raise RuntimeError(
        f"a parameter of shape {tuple(p.shape)} lies in read-only memory; optimize a clone()"
    )


def _refuse_change(key: str, b: Any, p: Any) -> None:
    raise RuntimeError(
        f"a parameter of shape {tuple(p.shape)} and dtype {p.dtype} had other ones at the last "
        f"step: its {key!r} has shape {tuple(b.shape)} and dtype {b.dtype}. Make the optimizer anew"
    )
