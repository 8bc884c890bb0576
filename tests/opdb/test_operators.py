"""PyTorch's operator database: what `docs/operators.md` calls equal is, the rest still is not.

The names come from the page, so that collecting the tests does not need PyTorch.
"""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgradnn as mg
from tests.opdb.differences import DIFFERENT, SAMPLES
from tests.opdb.runner import Outcome, database, run_operator

pytestmark = pytest.mark.peers

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
EQUAL = re.findall(r"^`(.+)`[,.]$", TEXT.partition("## Different")[0], re.MULTILINE)

SEED = 42
"""What the database seeds PyTorch's generator with before each operator that draws."""


class Seeded:
    """An entry of the database that, when PyTorch's operator is called, seeds our generator too."""

    def __init__(self, op: Any) -> None:
        self._op = op

    def __getattr__(self, name: str) -> Any:
        return getattr(self._op, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        import torch

        mg.manual_seed(SEED)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            return self._op(*args, **kwargs)


@pytest.fixture(scope="module")
def entries() -> dict[str, Any]:
    """The database's entries by the names that `run_operator` gives them."""
    return {
        op.name + (f" ({op.variant_test_name})" if op.variant_test_name else ""): op
        for op in database()
    }


def run(op: Any) -> Outcome:
    """Run the first samples; PyTorch's warnings, and NumPy's at a pole, are not what is tested."""
    import torch

    torch.manual_seed(0)  # of the samples
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", UserWarning)
        return run_operator(Seeded(op), limit=SAMPLES)


@pytest.mark.parametrize("name", EQUAL)
def test_equal(entries: dict[str, Any], name: str) -> None:
    outcome = run(entries[name])
    assert outcome.total > 0
    assert outcome.passed == outcome.total, outcome.failures


@pytest.mark.parametrize("name", [name for names in DIFFERENT.values() for name in names])
def test_still_different(entries: dict[str, Any], name: str) -> None:
    outcome = run(entries[name])
    assert outcome.passed < outcome.total, "equal now: take it out of tests/opdb/differences.py"


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, ".ci/write_operators.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_at_least_250_operators_are_equal(entries: dict[str, Any]) -> None:
    """Aliases, variants, Python's operators and copying forms are one operator with their like."""
    families: list[set[str]] = []
    for op in (entries[name] for name in EQUAL if not name.startswith("__")):
        names = {op.name, *(alias.name for alias in op.aliases)}
        family = {n.rpartition(".")[2].removeprefix("unsafe_").removesuffix("_copy") for n in names}
        for other in [f for f in families if f & family]:
            family |= other
            families.remove(other)
        families.append(family)
    assert len(families) >= 250, len(families)
