"""`Optimizer`, the base class: parameter groups, their options, and the state of each parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from .._tensor import Tensor
from ..grad_mode import no_grad
from ..value import Value

Group = dict[str, Any]


class Optimizer:
    """Updates parameters from their gradients; subclasses define `_update`.

    Parameters
    ----------
    params : iterable of Tensor or Value, of (name, parameter) pairs, or of dict
        A dict is a parameter group: its ``"params"`` and the options that differ for them.
    defaults : mapping
        The options of groups that do not set them.

    Raises
    ------
    ValueError
        If there are no parameters, one occurs twice or is no leaf, or an option is out of range.
    TypeError
        If something is no parameter, or an option is unknown.
    """

    def __init__(self, params: Any, defaults: Mapping[str, Any]) -> None:
        self.defaults = dict(defaults)
        self.param_groups: list[Group] = []
        self.state: dict[Any, dict[str, Any]] = {}
        if isinstance(params, Tensor | Value):
            raise TypeError(
                "params must be an iterable of parameters, got one "
                f"{type(params).__name__}; put it into a list: [param]"
            )
        given = list(params)
        if not given:
            raise ValueError(
                f"{type(self).__name__} got an empty parameter list: nothing would be updated"
            )
        groups = given if isinstance(given[0], Mapping) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with options of their own.

        Parameters
        ----------
        param_group : mapping
            ``"params"``, and any of the optimizer's options.

        Raises
        ------
        TypeError, ValueError
            As for the optimizer itself; nothing is added then.
        """
        if not isinstance(param_group, Mapping) or "params" not in param_group:
            raise TypeError('a parameter group is a dict with the key "params"')
        group: Group = dict(param_group)
        given = group["params"]
        items = [given] if isinstance(given, Tensor | Value) else list(given)
        if items and isinstance(items[0], tuple):
            group["param_names"] = [name for name, _ in items]
            items = [param for _, param in items]
        known = {id(p) for g in self.param_groups for p in g["params"]}
        for param in items:
            self._check_parameter(param)
            if id(param) in known:
                raise ValueError(
                    "a parameter appears more than once; each can be updated once a step"
                )
            known.add(id(param))
        unknown = set(group) - {"params", "param_names", *self.defaults}
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no option {sorted(unknown)[0]!r}; it has "
                f"{', '.join(self.defaults)}"
            )
        group["params"] = items
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self._check_options(group)
        self.param_groups.append(group)

    @staticmethod
    def _check_parameter(param: Any) -> None:
        if isinstance(param, Value):
            if param.inputs:
                raise ValueError(f"can't optimize a Value that was computed (by {param.op!r})")
            return
        if not isinstance(param, Tensor):
            raise TypeError(f"an optimizer updates Tensors or Values, got {type(param).__name__}")
        if not param.is_leaf:
            raise ValueError(
                f"can't optimize a Tensor that is no leaf (shape {tuple(param.shape)}); optimize "
                "what it was made of, or detach() it and set requires_grad"
            )

    def _check_options(self, group: Group) -> None:
        """Raise ValueError for options out of range; defined by subclasses."""

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
                    param.grad = None
                elif param.grad is not None:
                    param.grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update all parameters once.

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
            If a gradient does not fit its parameter; no parameter is changed then.
        """
        loss = None if closure is None else closure()
        for group in self.param_groups:
            for param in group["params"]:
                grad = param.grad
                if grad is not None and isinstance(param, Tensor):
                    self._check_gradient(param, grad)
        with no_grad():
            for group in self.param_groups:
                self._update(group)
        return loss

    @staticmethod
    def _check_gradient(param: Tensor, grad: Tensor) -> None:
        p, g = param._array, grad._array
        if p.shape != g.shape or p.dtype is not g.dtype:
            raise RuntimeError(
                f"a parameter of shape {tuple(p.shape)} and dtype {p.dtype} has a gradient of shape "
                f"{tuple(g.shape)} and dtype {g.dtype}: it was replaced after backward()"
            )

    def _update(self, group: Group) -> None:
        """Update the parameters of one group; defined by subclasses."""
        raise NotImplementedError(f"{type(self).__name__} defines no _update")

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on training later: options and state, parameters by number.

        Returns
        -------
        dict
            ``"state"`` and ``"param_groups"``, as PyTorch's.
        """
        numbers = {
            id(p): k for k, p in enumerate(p for g in self.param_groups for p in g["params"])
        }
        groups = [
            {**{k: v for k, v in g.items() if k != "params"},
             "params": [numbers[id(p)] for p in g["params"]]}
            for g in self.param_groups
        ]  # fmt: skip
        state = {numbers[id(p)]: dict(s) for p, s in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over options and state from `state_dict`.

        Parameters
        ----------
        state_dict : mapping

        Raises
        ------
        ValueError
            If the groups differ in number or size; nothing is changed then.
        """
        groups = deepcopy(list(state_dict["param_groups"]))
        mine = [len(g["params"]) for g in self.param_groups]
        theirs = [len(g["params"]) for g in groups]
        if mine != theirs:
            raise ValueError(
                f"the loaded state has parameter groups of {theirs} parameters, this optimizer of {mine}"
            )
        params = [p for g in self.param_groups for p in g["params"]]
        numbers = [n for g in groups for n in g["params"]]
        by_number = dict(zip(numbers, params, strict=True))
        state = {by_number[n]: deepcopy(dict(s)) for n, s in state_dict["state"].items()}
        for p, s in state.items():
            for key, value in s.items():
                if (
                    isinstance(value, Tensor)
                    and isinstance(p, Tensor)
                    and value.ndim
                    and value._array.shape != p._array.shape
                ):
                    raise ValueError(
                        f"the loaded {key!r} has shape {tuple(value.shape)}, its parameter "
                        f"{tuple(p.shape)}"
                    )
        for group, loaded in zip(self.param_groups, groups, strict=True):
            group.update({k: v for k, v in loaded.items() if k != "params"})
        self.state = state

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for k, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {k}")
            options = sorted(key for key in group if key not in ("params", "param_names"))
            lines += [f"    {key}: {group[key]}" for key in options]
        return "\n".join([*lines, ")"])


def check_range(name: str, value: Any, low: float = 0.0, below: float | None = None) -> None:
    """Raise ValueError unless ``low <= value`` (and ``value < below``)."""
    number = value.item() if isinstance(value, Tensor) else value
    if not number >= low or (below is not None and not number < below):
        upper = "" if below is None else f" and under {below}"
        raise ValueError(f"Invalid {name} value: {value}; it must be at least {low}{upper}")


def gradients(group: Group) -> Iterable[tuple[Any, Any]]:
    """The parameters of a group that have a gradient, with it."""
    for param in group["params"]:
        grad = param.grad
        if grad is not None:
            yield param, grad
