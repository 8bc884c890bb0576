"""``check_grads``: derivatives of any order and mode, of functions of any library, judged."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .blame import guilty_primitive
from .convergence import Judgement, Verdict, judge
from .subjects import Subject, numbers, subject
from .verdicts import GradcheckError

TOLERANCES = {"float16": 3e-2, "float32": 2e-3, "float64": 1e-6}
"""By the least exact dtype: how far slopes may be apart, relative to the larger."""


@dataclass
class GradReport:
    """What a check found; ``str`` of it is the report.

    Attributes
    ----------
    verdict : Verdict
        The worst of all: wrong, else a kink, else unknown, else right.
    judgements : list of (str, Judgement)
        Each slope that was compared, with what it is.
    worst : float
        The largest relative error of those that are not kinks or unknown.
    details : list of str
        For what is wrong: the worst element, the primitive to blame, the smallest input found.
    """

    verdict: Verdict
    judgements: list[tuple[str, Judgement]]
    worst: float
    details: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all is right."""
        return self.verdict is Verdict.RIGHT

    def __str__(self) -> str:
        lines = [f"check_grads: {self.verdict.value}"]
        shown = [(w, j) for w, j in self.judgements if j.verdict is self.verdict]
        for what, j in shown[:3] if not self.ok else []:
            lines.append(
                f"  {what}: claimed {j.claimed:.10g}, by differences {j.measured:.10g} "
                f"(± {j.doubt:.1g}), relative error {j.relative_error:.3g}, order of "
                f"convergence {j.order:.2f}"
            )
        if self.ok:
            lines[0] += f"; {len(self.judgements)} slopes, worst relative error {self.worst:.2g}"
        return "\n".join([*lines, *(textwrap.indent(text, "  ") for text in self.details)])


def check_grads(
    f: Callable[..., Any], args: Any, order: int = 2, modes: Sequence[str] = ("rev", "fwd"), *,
    gradient: Callable[..., Any] | None = None, elements: bool = False,
    tolerance: float | None = None, directions: int = 3, seed: int = 0,
    raise_exception: bool = True,
) -> GradReport:  # fmt: skip
    """Check derivatives along random directions, and judge by how differences converge.

    With a random cotangent ``u`` and random directions ``v1, v2, ...`` the functions checked are
    ``phi_0 = sum(u * f)``, ``phi_1 =`` the derivative of ``phi_0`` along ``v1``, and so on: of each
    its gradient, in reverse mode, and of ``f`` its derivative in forward mode.

    Parameters
    ----------
    f : callable
        Of Tensors, arrays, ``torch.Tensor`` s or jax arrays; what ``args`` are decides. (Values
        are taken as Tensors of one number; `gradcheck` runs the scalar engine.)
    args : sequence, or one argument
        Where the derivatives are checked; integers are passed on as they are.
    order : int
        1 for gradients, 2 for their gradients too, ... Orders above 1 are checked for functions of
        microgradnn.
    modes : sequence of {"rev", "fwd"}
    gradient : callable, optional
        A hand-written gradient of a NumPy function, ``gradient(*arrays)`` (of one number), or
        ``gradient(u, *arrays)`` with a cotangent first.
    elements : bool
        Compare element by element instead of along random directions.
    tolerance : float, optional
        Default: by the least exact dtype, float64 1e-6, float32 2e-3, float16 3e-2.
    directions : int
        How many.
    seed : int
        Of the random numbers; the report says it.
    raise_exception : bool
        Raise unless all is right; otherwise return the report.

    Returns
    -------
    GradReport

    Raises
    ------
    GradcheckError
        With the report: for a wrong derivative the worst element with both numbers, the primitive
        to blame (for functions of microgradnn), simpler inputs that show it, and how to repeat it.
        Of a function that draws random numbers, always.
    TypeError
        For arguments of an unknown kind.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64)
    >>> print(mg.testing.check_grads(lambda x: (x * x).exp(), [x], order=3))
    check_grads: right; 12 slopes, worst relative error ...
    >>> wrong = lambda x: 3 * x  # of x ** 2
    >>> mg.testing.check_grads(lambda x: x**2, [1.0], gradient=wrong, raise_exception=False).verdict
    <Verdict.WRONG: 'wrong'>
    """
    given = list(args) if isinstance(args, tuple | list) else [args]
    checked = subject(f, given, gradient)
    arrays = [_exact(numbers(x)) for x in given]
    names = [x.dtype.name for x in arrays if x.dtype.kind == "f"]
    if not names:
        raise TypeError("check_grads: no argument is of a floating type, nothing is differentiable")
    limit = tolerance if tolerance is not None else max(TOLERANCES[name] for name in names)
    eps = max(np.finfo(name).eps for name in names)
    unknown = set(modes) - {"rev", "fwd"}
    if unknown:
        raise ValueError(f"modes are 'rev' and 'fwd', got {sorted(unknown)}")
    rng = np.random.default_rng(seed)
    judged: list[tuple[str, Judgement]] = []
    with np.errstate(all="ignore"):
        _refuse_chance(checked, arrays)
        for number in range(directions):
            judged += _along(checked, arrays, order, modes, rng, limit, float(eps), number)
        if elements:
            judged += _element_by_element(checked, arrays, rng, limit, float(eps))
    report = _report(judged)
    if report.verdict is Verdict.WRONG:
        report.details = _details(f, checked, arrays, limit, float(eps), seed)
    if raise_exception and not report.ok:
        raise GradcheckError(str(report))
    return report


def _refuse_chance(checked: Subject, arrays: list[Any]) -> None:
    """Raise GradcheckError for a function whose differences are those of its random numbers."""
    first, again = (np.asarray(checked.call(arrays)) for _ in range(2))
    if not np.array_equal(first, again, equal_nan=first.dtype.kind == "f"):
        raise GradcheckError(
            "check_grads: the function gives other results when it is called again with the same "
            "arguments. Switch dropout off with eval(), or seed its random numbers inside of it"
        )


def _exact(x: Any) -> Any:
    return np.array(x, np.float64) if x.dtype.kind == "f" and x.ndim == 0 else np.array(x)


def _direction(arrays: Sequence[Any], rng: Any) -> list[Any]:
    """Of length about 1, none for integers."""
    drawn = [rng.standard_normal(a.shape) * (a.dtype.kind == "f") for a in arrays]
    length = np.sqrt(sum(float((d * d).sum()) for d in drawn)) or 1.0
    return [np.asarray(d / length, a.dtype) for d, a in zip(drawn, arrays, strict=True)]


def _moved(arrays: Sequence[Any], direction: Sequence[Any], t: float) -> list[Any]:
    return [
        np.asarray(a + t * d, a.dtype) if a.dtype.kind == "f" else a
        for a, d in zip(arrays, direction, strict=True)
    ]


def _inner(a: Sequence[Any], b: Sequence[Any]) -> float:
    return float(
        sum(
            np.sum(np.asarray(x, np.float64) * np.asarray(y, np.float64))
            for x, y in zip(a, b, strict=True)
        )
    )


def _along(
    checked: Subject, arrays: list[Any], order: int, modes: Sequence[str], rng: Any,
    limit: float, eps: float, number: int,
) -> list[tuple[str, Judgement]]:  # fmt: skip
    y = np.asarray(checked.call(arrays))
    u = np.asarray(rng.standard_normal(y.shape), y.dtype)
    v = _direction(arrays, rng)
    judged = []

    def phi(t: float) -> float:
        return _inner([u], [checked.call(_moved(arrays, v, t))])

    where = f"along direction {number}"
    if "rev" in modes:
        claimed = _inner(checked.vjp(arrays, u), v)
        judged.append((f"order 1, reverse mode, {where}", judge(phi, claimed, limit, eps)))
    if "fwd" in modes and checked.jvp is not None:
        claimed = _inner([u], [checked.jvp(arrays, v)])
        judged.append((f"order 1, forward mode, {where}", judge(phi, claimed, limit, eps)))
    along: list[Any] = []
    for k in range(2, order + 1):
        if checked.slope is None or "rev" not in modes:
            break
        along.append(_direction(arrays, rng))
        v = _direction(arrays, rng)
        slope, so_far = checked.slope, list(along)

        def phi_k(t: float, slope: Any = slope, v: Any = v, so_far: Any = so_far) -> float:
            value: float = slope(_moved(arrays, v, t), u, so_far)[0]
            return value

        claimed = _inner(slope(arrays, u, so_far)[1], v)
        judged.append((f"order {k}, reverse mode, {where}", judge(phi_k, claimed, limit, eps)))
    return judged


def _element_by_element(
    checked: Subject, arrays: list[Any], rng: Any, limit: float, eps: float
) -> list[tuple[str, Judgement]]:
    y = np.asarray(checked.call(arrays))
    u = np.asarray(rng.standard_normal(y.shape), y.dtype)
    gradients = checked.vjp(arrays, u)
    judged = []
    for k, (x, g) in enumerate(zip(arrays, gradients, strict=True)):
        if x.dtype.kind != "f":
            continue
        for element in np.ndindex(x.shape):
            unit = [np.zeros(a.shape, a.dtype) for a in arrays]
            unit[k][element] = 1

            def phi(t: float, unit: Any = unit) -> float:
                return _inner([u], [checked.call(_moved(arrays, unit, t))])

            what = f"argument {k}{list(element) if element else ''}"
            judged.append((what, judge(phi, float(np.asarray(g)[element]), limit, eps)))
    return judged


def _report(judged: list[tuple[str, Judgement]]) -> GradReport:
    found = {j.verdict for _, j in judged}
    order = (Verdict.WRONG, Verdict.KINK, Verdict.UNKNOWN, Verdict.RIGHT)
    verdict = next((v for v in order if v in found), Verdict.UNKNOWN)
    sure = [j for _, j in judged if j.verdict in (Verdict.RIGHT, Verdict.WRONG)]
    # Two slopes that are both nothing but rounding have no relative error worth telling.
    worst = max(
        (j.relative_error for j in sure if abs(j.claimed - j.measured) > j.doubt), default=0.0
    )
    return GradReport(verdict, judged, worst)


def _details(
    f: Callable[..., Any], checked: Subject, arrays: list[Any], limit: float, eps: float, seed: int
) -> list[str]:
    """What helps to find the mistake."""
    details = []
    simple = _simplified(checked, arrays, limit, eps)
    size = sum(a.size for a in simple if a.dtype.kind == "f")
    rng = np.random.default_rng(seed)
    if size <= 400:
        each = _element_by_element(checked, simple, rng, limit, eps)
        wrong = [(w, j) for w, j in each if j.verdict is Verdict.WRONG]
        if wrong:
            what, j = max(wrong, key=lambda pair: abs(pair[1].claimed - pair[1].measured))
            details.append(
                f"wrong in {len(wrong)} of {len(each)} elements; the worst, {what}: claimed "
                f"{j.claimed:.10g}, by differences {j.measured:.10g}, relative error "
                f"{j.relative_error:.3g}"
            )
    if checked.library == "microgradnn":
        blamed = guilty_primitive(f, simple)
        if blamed:
            details.append(blamed)
    shown = ",\n    ".join(f"np.array({np.array2string(a, separator=', ')})" for a in simple)
    details.append(
        "simplest inputs found that show it (import numpy as np):\n"
        f"args = [\n    {shown},\n]\ncheck_grads(f, args, seed={seed})"
    )
    return details


def _simplified(checked: Subject, arrays: list[Any], limit: float, eps: float) -> list[Any]:
    """Rounder numbers at which the first derivative is still wrong."""
    simple = [a.copy() for a in arrays]

    def is_wrong(trial: list[Any]) -> bool:
        try:
            rng = np.random.default_rng(0)
            found = _along(checked, trial, 1, ("rev",), rng, limit, eps, 0)
        except Exception:
            return False
        return any(j.verdict is Verdict.WRONG for _, j in found)

    if not is_wrong(simple):
        return simple
    for k, x in enumerate(simple):
        if x.dtype.kind != "f":
            continue
        for change in (np.ones_like, lambda a: np.round(a), lambda a: np.round(a, 1)):
            trial = [*simple]
            trial[k] = np.asarray(change(x), x.dtype)
            if is_wrong(trial):
                simple = trial
                break
    return simple
