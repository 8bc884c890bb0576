"""``check_derivation``: gradients that were derived by hand, and the mistake in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..derive.asking import checked_root
from .derivations.closeness import Closeness
from .derivations.given import called, equations, named_nodes
from .derivations.report import DerivationError, DerivationReport
from .derivations.search import compared


def check_derivation(
    loss: Any,
    gradients: Mapping[str, Any] | Callable[..., Any],
    *,
    inputs: Mapping[str, Any] | Sequence[Any] | None = None,
    wrt: Sequence[str] | None = None,
    names: Mapping[str, Any] | None = None,
    rtol: float | None = None,
    atol: float = 1e-12,
    raise_exception: bool = True,
) -> DerivationReport:
    """Compare gradients that were derived by hand with the engine's, and name the mistake.

    Each gradient is compared with what follows from the gradients *given* before it in the backward
    pass: of a mistake and all that it makes wrong, only the mistake is reported, and a second one
    behind it is found too.

    The likely mistake is looked for by making it: signs, factors, transposed operands, sums, paths
    and variables in the graph's own formulas (those of ``mg.derive``) are changed one at a time,
    and what gives exactly the numbers that were given is named. Where several do, all are listed;
    where none does, nothing is claimed.

    Parameters
    ----------
    loss : Value or Tensor
        One number, computed with microgradnn. A Tensor's graph must have been computed inside
        ``with mg.record():``.
    gradients : mapping of str to number or array, or callable
        The derivative of the loss by each variable, intermediate results too, by the variable's
        name: a label, a key of ``names``, a parameter of a module. ``dw``, ``d_w``, ``dL/dw`` and
        ``dl_dw`` mean ``w``. Or a function that returns such a mapping (or the loss and a mapping,
        as what ``mg.derive(loss).function()`` makes); it is given what its arguments' names say.
    inputs : sequence or mapping, optional
        What the function takes, if the graph's names do not say it.
    wrt : sequence of str, optional
        Of what each result is the gradient, for functions that return a tuple or an array.
    names : mapping of str to Value, Tensor or module, optional
        What things are called, ``names=locals()``; labels come first.
    rtol, atol : float
        How far a gradient may be off: ``atol + rtol * its largest element``. By default 1e-7, and
        1e-4 if the loss is not float64. Rounded numbers from a book need more.
    raise_exception : bool
        Raise for a wrong gradient; otherwise the report says it.

    Returns
    -------
    DerivationReport
        ``ok``, ``first`` (the first wrong gradient in backward order), ``mistake`` (the likely
        one), and all of it as text.

    Raises
    ------
    DerivationError
        An AssertionError, for wrong gradients; its message is the report.
    KeyError
        If nothing in the graph has one of the names.
    TypeError, ValueError
        If ``loss`` is not one recorded number, or a gradient is none.

    Examples
    --------
    >>> x, w = mg.Value(3.0, label="x"), mg.Value(0.5, label="w")
    >>> y = (w * x).sigmoid()
    >>> loss = (1.0 - y) ** 2
    >>> y.label = "y"
    >>> dy = -2 * (1.0 - y.data)
    >>> dw = dy * y.data * 3.0  # the slope of the sigmoid is y (1 - y)
    >>> report = mg.testing.check_derivation(loss, {"dy": dy, "dw": dw}, raise_exception=False)
    >>> report.ok, report.first.name, report.mistake.kind
    (False, 'dw', 'factor')
    >>> print(report)
    1 of 2 gradients are wrong
    first in backward order: the gradient of dw
      given     dw: −0.894879
      expected  dw: −0.163249
      likely: the factor 1 − y is missing, in dw = dy · y · (1 − y) · x
    right: dy
    """
    checked_root(loss)
    known, nodes = named_nodes(loss, names)
    system = equations(loss, known, nodes)
    found = called(gradients, system, inputs, wrt) if callable(gradients) else gradients
    if rtol is None:
        rtol = 1e-7 if str(getattr(loss, "dtype", "float64")).endswith("float64") else 1e-4
    report = compared(system, nodes, found, Closeness(rtol, atol))
    if raise_exception and not report.ok:
        raise DerivationError(report)
    return report
