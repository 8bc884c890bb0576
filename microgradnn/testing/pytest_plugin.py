"""Gradient checks inside pytest: fixtures, a marker, and a summary of the worst errors.

Installed with the package (entry point ``pytest11``), so nothing has to be imported::

    def test_loss(gradcheck):
        gradcheck(my_loss, [x, y], order=2)

    def test_my_formula(gradcheck):
        gradcheck(numpy_loss, [x], gradient=numpy_loss_gradient)

    @pytest.mark.gradcheck(order=2)
    def test_softplus():
        return mg.nn.functional.softplus, [x]
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

WORST = pytest.StashKey[list[tuple[float, str]]]()
"""Of the session: the largest relative error of each check, and the test it was in."""

SHOWN = 5
"""How many of the worst the summary tells."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.stash[WORST] = []
    config.addinivalue_line(
        "markers",
        "gradcheck(order=2, modes=('rev', 'fwd'), ...): the test returns a function and its "
        "arguments, whose derivatives are checked; keywords as for microgradnn.testing.check_grads",
    )


def _checker(config: pytest.Config, test: str) -> Callable[..., Any]:
    def check(f: Callable[..., Any], args: Any, order: int = 1, **options: Any) -> Any:
        """`microgradnn.testing.check_grads`, whose errors the summary tells."""
        from . import check_grads

        report = check_grads(f, args, order, **options)
        config.stash[WORST].append((report.worst, test))
        return report

    return check


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``gradcheck(f, args, order=1, ...)``: see `microgradnn.testing.check_grads`."""
    return _checker(request.config, request.node.nodeid)


@pytest.fixture
def check_derivation() -> Callable[..., Any]:
    """`microgradnn.testing.check_derivation`: hand-written gradients of a graph."""
    from . import check_derivation

    return check_derivation


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Check what a marked test returns, instead of leaving it to pytest, which would complain."""
    marker = pyfuncitem.get_closest_marker("gradcheck")
    if marker is None:
        return (yield)
    returned: list[Any] = []
    test = pyfuncitem.obj

    def keep(*args: Any, **kwargs: Any) -> None:
        returned.append(test(*args, **kwargs))

    pyfuncitem.obj = keep
    try:
        result = yield
    finally:
        pyfuncitem.obj = test
    found = returned[0] if returned else None
    if not (isinstance(found, tuple) and len(found) == 2 and callable(found[0])):
        raise pytest.UsageError(
            f"{pyfuncitem.nodeid}: a test marked gradcheck returns a function and the list of its "
            f"arguments, this one returned {found!r}"
        )
    options = {"order": 2, **marker.kwargs}
    _checker(pyfuncitem.config, pyfuncitem.nodeid)(*found, **options)
    return result


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell the worst relative errors of all checks."""
    checks = config.stash[WORST]
    if checks:
        terminalreporter.section("gradient checks: the worst relative errors")
        for error, test in sorted(checks, reverse=True)[:SHOWN]:
            terminalreporter.write_line(f"{error:9.2e}  {test}")
