"""Saving what an optimizer knows, and going on from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from itertools import chain
from typing import Any, ClassVar

from .._tensor import Tensor
from ..functions.creation import tensor
from ..value import Value
from .forgotten import Reminder
from .hooks import Hooks, changed


class Saving:
    """`state_dict` and `load_state_dict`, and what pickling keeps."""

    defaults: dict[str, Any]
    param_groups: list[dict[str, Any]]
    state: dict[Any, dict[str, Any]]
    _buffers: ClassVar[tuple[str, ...]] = ()
    """Names of what is remembered in a parameter's shape."""

    _stacks: dict[int, Any]
    _reminder: Reminder
    _state_dict_pre_hooks: Hooks
    _state_dict_post_hooks: Hooks
    _load_pre_hooks: Hooks
    _load_post_hooks: Hooks

    def _check_options(self, group: dict[str, Any]) -> None:
        """Raise ValueError for options out of range; defined by subclasses."""

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on training later: options and state, parameters by number.

        Returns
        -------
        dict
            ``"state"`` and ``"param_groups"``, as PyTorch's.
        """
        for hook in list(self._state_dict_pre_hooks.values()):
            hook(self)
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
        return changed(self._state_dict_post_hooks, self, {"state": state, "param_groups": groups})  # type: ignore[no-any-return]

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
        state_dict = changed(self._load_pre_hooks, self, dict(state_dict))
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
            state[param] = {key: self._fitted(key, item, param) for key, item in items.items()}
        for group, loaded in zip(self.param_groups, groups, strict=True):
            self._check_options({**group, **loaded})
        for group, loaded in zip(self.param_groups, groups, strict=True):
            group.update({key: value for key, value in loaded.items() if key != "params"})
        self.state = state
        self._stacks = {}
        for hook in list(self._load_post_hooks.values()):
            hook(self)

    def _fitted(self, key: str, item: Any, param: Any) -> Any:
        """A copy of one loaded item of a parameter's state, in the parameter's dtype."""
        if key == "step" and isinstance(item, int | float):
            return tensor(float(item))  # as optimizers kept it before PyTorch 1.12
        if isinstance(item, list | tuple):
            return type(item)(self._fitted("", one, param) for one in item)
        if not isinstance(item, Tensor):
            return deepcopy(item)
        shape = () if isinstance(param, Value) else param._array.shape
        if key in self._buffers and item._array.shape != shape:
            raise ValueError(
                f"the loaded {key!r} has shape {tuple(item.shape)}, its parameter {tuple(shape)}"
            )
        if key == "step" or isinstance(param, Value) or param._array.dtype.kind != "f":
            return item.detach().clone()
        return item.detach().to(param._array.dtype, copy=True)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "defaults": self.defaults,
            "param_groups": self.param_groups,
            "state": self.state,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__init__()
        self.__dict__.update(state)
        self._stacks = {}
        self._reminder = Reminder()
