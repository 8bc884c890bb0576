"""What holds for every test and doctest: names for the examples, no skipping, no deadlines.

It lies beside the package, not in ``tests/``, because pytest applies a conftest to the folders
below it and the docstrings of ``microgradnn/`` are tests too.
"""

import importlib.util
from collections.abc import Generator
from typing import Any

import hypothesis
import numpy as np
import pytest

# Modules of another library's name, which need PyTorch, and one that cannot be imported without an
# optional package (as in PyTorch): they hold no tests, and their docstrings no examples without it.
collect_ignore_glob = ["tests/programs/stand_ins/*"]
if importlib.util.find_spec("tensorboard") is None:
    collect_ignore_glob.append("microgradnn/utils/tensorboard.py")

# A deadline measures the machine's other users. `print_blob` gives the line that repeats a failure.
hypothesis.settings.register_profile("microgradnn", deadline=None, print_blob=True)
hypothesis.settings.load_profile("microgradnn")


@pytest.fixture(autouse=True)
def _names_for_doctests(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    if isinstance(request.node, pytest.DoctestItem):
        import microgradnn as mg

        doctest_namespace.update(mg=mg, np=np)


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip or an expected failure into a failure: an untested claim must be seen."""
    if report.skipped:
        reason = getattr(report, "wasxfail", None)
        if reason is None and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2]
        report.outcome = "failed"
        report.longrepr = f"tests are not skipped here, nor expected to fail: {reason}"
        report.__dict__.pop("wasxfail", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report
