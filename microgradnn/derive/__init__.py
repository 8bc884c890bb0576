"""The chain rule of a graph written out: formulas, numbers, and the gradient as NumPy code.

This package is itself the function: ``mg.derive(loss)`` calls `derive`.

Reading order: ``expression`` (formulas as data), ``tracing`` (formulas out of the table's
functions), ``reading`` and ``naming`` (a graph as equations with names), ``adjoints`` and
``partials`` (the chain rule on them), ``algebra``, ``simplify``, ``simplify_shapes`` and ``fusing``
(shorter formulas), ``engine`` (the comparison), ``equations`` (all of it), ``rows`` (what is
printed), and the printers: ``text``, ``latex``, ``mathml``, ``code``, each with its layout.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .derivation import Derivation


def derive(root: Any, wrt: Any = None, *, names: Any = None, simplify: bool = True) -> Derivation:
    """Write the chain rule of a graph out, as one would by hand, checked against the engine.

    Parameters
    ----------
    root : Value or Tensor
        What is differentiated: one number. A Tensor's graph must have been computed inside ``with
        mg.record():``.
    wrt : Value or Tensor, or a list, dict or module of them, optional
        By what. By default by all leaves (numbers written into expressions are none).
    names : mapping of str to Value, Tensor or module, optional
        What things are called, ``names=locals()``; labels come first.
    simplify : bool
        Whether formulas are made shorter. Each that is printed has been compared with the engine.

    Returns
    -------
    Derivation
        ``print()`` it, show it in a notebook, or take ``latex()``, ``html()``, ``markdown()``,
        ``numpy_code()``.

    Raises
    ------
    TypeError
        If ``root`` is neither a Value nor a Tensor.
    ValueError
        If it is not one number, was not recorded, or does not depend on ``wrt``.

    Examples
    --------
    >>> a, b = mg.Value(2.0, label="a"), mg.Value(-3.0, label="b")
    >>> print(mg.derive(a * b + b, b))
    ∂L/∂b    with  L = a·b + b   = −9
    <BLANKLINE>
    ∂L/∂b = 1 + a                          times
          = 1 + 2 = 3
    Engine: 3.0 (agrees). Rounded for print, multiplied in full precision.
    >>> gradients = mg.derive(a * b + b).function()  # its numpy_code(), run
    >>> gradients(a=2.0, b=-3.0)
    (-9.0, {'a': -3.0, 'b': 3.0})
    """
    from ..viz.naming import Names
    from .asking import checked_root, nodes_asked_for
    from .derivation import made

    checked_root(root)
    named = names if names is None or isinstance(names, dict) else _as_mapping(names)
    return made(root, nodes_asked_for(root, wrt), Names(named), simplify)


def _as_mapping(names: Any) -> Any:
    parameters = getattr(type(names), "named_parameters", None)
    return dict(parameters(names)) if callable(parameters) else names


class _CallableModule(ModuleType):
    """``mg.derive(loss)``, although ``microgradnn.derive`` is a package."""

    def __call__(self, *args: Any, **kwargs: Any) -> Derivation:
        return derive(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule
