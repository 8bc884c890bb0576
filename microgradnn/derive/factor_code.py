"""Generated code in the article's way: each factor a variable, each derivative a product."""

from __future__ import annotations

from .adjoints import Equation
from .code import CodePrinter
from .equations import Equations
from .expression import Expression, Symbol, substituted, walk
from .partials import Partial, Partials, partials_of


def factor_lines(system: Equations, printer: CodePrinter) -> tuple[list[str], dict[str, str]]:
    """``d_L_d_y = ...`` for each factor, then ``d_L_d_w = d_L_d_y * d_y_d_w``.

    Where there are too many paths to write their product out, the derivative of the root by a
    result on the way gets a variable of its own, which is what the adjoints are.

    Returns
    -------
    lines, and for each wanted variable the name of what to return
    """
    partials = partials_of(system)
    wanted = [e for e in system.equations if e.variable.node in system.program.wanted]
    order = {id(v): k for k, v in enumerate(system.arguments)}
    wanted.sort(key=lambda e: order.get(id(e.variable), len(order)))
    chains = [partials.chain(e.variable) for e in wanted]
    if any(chain is None for chain in chains):
        return _recursive(system, printer, partials, wanted)
    lines: dict[str, str] = {}
    products: dict[str, str] = {}
    results: dict[str, str] = {}
    names: dict[object, str] = {}
    for e, chain in zip(wanted, chains, strict=True):
        assert chain is not None
        total = _total(system, e)
        several = len(chain.factors) > 1
        for factor in chain.factors.values():
            own = _name(factor.symbol)
            if several and own == total:  # one of several paths is direct
                own = f"p_{system.root.name}_{e.variable.name}"
            names[factor.symbol.key] = own
            lines[own] = printer.write(factor.formula)
        text = printer.write(_in_code(chain.product, names))
        if text != total:
            products[total] = text
        results[e.variable.name] = total
    shown = [f"{n} = {text}" for n, text in lines.items()]
    return [*shown, *(f"{n} = {text}" for n, text in products.items())], results


def _total(system: Equations, e: Equation) -> str:
    """The name of a whole derivative: apart from that of a factor between the same two."""
    return f"d_{system.root.name}_d_{e.variable.name}"


def _name(symbol: Partial) -> str:
    return f"d_{symbol.top.name}_d_{symbol.bottom.name}"


def _in_code(e: Expression, names: dict[object, str]) -> Expression:
    """The product of factors in the names that code has for them."""
    symbols: dict[object, Expression] = {
        part.key: Symbol(names[part.key]) for part in walk(e) if isinstance(part, Partial)
    }
    return substituted(e, symbols)


def _recursive(
    system: Equations, printer: CodePrinter, partials: Partials, wanted: list[Equation]
) -> tuple[list[str], dict[str, str]]:
    """Factors, and derivatives of the root by everything on the way, from the root down."""
    root = system.root
    lines = []
    for variable in reversed(partials.results):
        if variable is root or not variable.needed:
            continue
        terms = []
        for above in partials.above[id(variable)]:
            factor = partials.factors[id(above), id(variable)]
            name = f"p_{above.name}_{variable.name}"
            lines.append(f"{name} = {printer.write(factor.formula)}")
            terms.append(name if above is root else f"d_{root.name}_d_{above.name} * {name}")
        lines.append(f"d_{root.name}_d_{variable.name} = {' + '.join(terms) or '0.0'}")
    results = {e.variable.name: _total(system, e) for e in wanted}
    if any(e.variable is root for e in wanted):
        lines.append(f"{_total(system, next(e for e in wanted if e.variable is root))} = 1.0")
    return lines, results
