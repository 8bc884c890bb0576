"""`Optimizer`, the base class: parameter groups, their options, and the state of each parameter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..grad_mode import enable_grad
from ..graph import Leaf
from ..value import Value

Group = dict[str, Any]

Ready = list[tuple[Any, Any, Any]]
"""Parameters with their arrays and their gradients' arrays, checked; for Values their numbers."""

_NOT_OPTIONS = ("params", "param_names")


class Optimizer:
    """Updates parameters from their gradients; subclasses define `_update`.

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
        self.defaults = dict(defaults)
        self.param_groups: list[Group] = []
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
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
        self._refuse_misspelt(group)
        group["params"] = items
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self._check_options(group)
        self.param_groups.append(group)

    def _refuse_misspelt(self, group: Group) -> None:
        """Raise for keys that mean an option but are none; other keys are the user's own."""
        from difflib import get_close_matches

        for key in group:
            if key in self.defaults or key in _NOT_OPTIONS:
                continue
            meant = get_close_matches(key, self.defaults, 1, cutoff=0.7)
            if key == "learning_rate":
                meant = ["lr"]
            if meant:
                raise TypeError(
                    f"{type(self).__name__} has no option {key!r}; {meant[0]!r} is meant, perhaps. "
                    f"It has {', '.join(self.defaults)}"
                )

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
        for group, ready in [(group, _ready(group)) for group in self.param_groups]:
            self._update(group, ready)
        return loss

    def _update(self, group: Group, ready: Ready) -> None:
        """Update the parameters of one group; defined by subclasses."""
        raise NotImplementedError(f"{type(self).__name__} defines no _update")

    # --- saving ---------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on training later: options and state, parameters by number.

        Returns
        -------
        dict
            ``"state"`` and ``"param_groups"``, as PyTorch's.
        """
        params = chain.from_iterable(group["params"] for group in self.param_groups)
        numbers = {id(p): k for k, p in enumerate(params)}
        groups = [
            {
                **{key: value for key, value in group.items() if key != "params"},
                "params": [numbers[id(p)] for p in group["params"]],
            }
            for group in self.param_groups
        ]
        state = {numbers[id(p)]: dict(s) for p, s in self.state.items() if s}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Any) -> None:
        """Take over options and state from `state_dict`.

        Parameters
        ----------
        state_dict : mapping
            Of an optimizer with as many groups of as many parameters.

        Raises
        ------
        KeyError, ValueError
            If it is no such mapping; nothing is changed then.
        """
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= set(state_dict):
            raise KeyError(
                'what an optimizer loads has the keys "state" and "param_groups", as state_dict() '
                "returns them"
            )
        groups = deepcopy(list(state_dict["param_groups"]))
        mine = [len(group["params"]) for group in self.param_groups]
        theirs = [len(group["params"]) for group in groups]
        if mine != theirs:
            raise ValueError(
                "loaded state dict has parameter groups that don't match the size of optimizer's "
                f"groups: {theirs} parameters in them, {mine} here"
            )
        params = chain.from_iterable(group["params"] for group in self.param_groups)
        numbers = chain.from_iterable(group["params"] for group in groups)
        by_number = dict(zip(numbers, params, strict=True))
        unknown = [n for n in state_dict["state"] if n not in by_number]
        if unknown:
            raise ValueError(f"the loaded state is of parameters {unknown}, which no group has")
        state: dict[Any, dict[str, Any]] = defaultdict(dict)
        for number, items in state_dict["state"].items():
            param = by_number[number]
            state[param] = {key: _fitted(key, item, param) for key, item in items.items()}
        for group, loaded in zip(self.param_groups, groups, strict=True):
            self._check_options({**group, **loaded})
        for group, loaded in zip(self.param_groups, groups, strict=True):
            group.update({key: value for key, value in loaded.items() if key != "params"})
        self.state = state

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for k, group in enumerate(self.param_groups):
            lines += [""] * bool(k) + [f"Parameter Group {k}"]
            lines += [
                f"    {key}: {group[key]}" for key in sorted(group) if key not in _NOT_OPTIONS
            ]
        return "\n".join([*lines, ")"])


def check_range(name: str, value: Any, low: float = 0.0, below: float | None = None) -> None:
    """Raise ValueError unless ``low <= value`` (and ``value < below``)."""
    number = value.item() if isinstance(value, Tensor) else value
    if not number >= low or (below is not None and not number < below):
        upper = "" if below is None else f" and under {below}"
        raise ValueError(f"Invalid {name} value: {value}; it must be at least {low}{upper}")


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


def _ready(group: Group) -> Ready:
    """The parameters of a group that have a gradient, once all are found to fit."""
    ready: Ready = []
    for param in group["params"]:
        if isinstance(param, Value):
            ready.append((param, param._data, param.grad))
            continue
        node = param._node
        grad = node.grad if type(node) is Leaf else param.grad
        if grad is None:
            continue
        p, g = param._array, grad._array
        if p.shape != g.shape or p.dtype != g.dtype:
            raise RuntimeError(
                f"a parameter of shape {tuple(p.shape)} and dtype {p.dtype} has a gradient of "
                f"shape {tuple(g.shape)} and dtype {g.dtype}: it was replaced after backward(). "
                "Call zero_grad() and backward() again"
            )
        if not p.flags.writeable:
            raise RuntimeError(
                f"a parameter of shape {tuple(p.shape)} lies in read-only memory; optimize a "
                "clone()"
            )
        ready.append((param, p, g))
    return ready


def _fitted(key: str, item: Any, param: Any) -> Any:
    """A copy of one loaded item of a parameter's state, in the parameter's dtype."""
    if not isinstance(item, Tensor) or not isinstance(param, Tensor):
        return deepcopy(item)
    if item.ndim and item._array.shape != param._array.shape:
        raise ValueError(
            f"the loaded {key!r} has shape {tuple(item.shape)}, its parameter {tuple(param.shape)}"
        )
    if not item.ndim:
        return deepcopy(item)
    return item.detach().to(param._array.dtype, copy=True)


def numbers(options: Iterable[Any], dtype: Any) -> list[Any]:
    """Options as 0-d arrays of a dtype: twice as fast in arithmetic as Python's floats."""
    return [np.array(x.item() if isinstance(x, Tensor) else x, dtype) for x in options]
