"""Write ``docs/operators.md``: what of PyTorch's operator database microgradnn has.

The names come from the database, so that PyTorch is needed; the reasons come from
``tests/opdb/differences.py``. ``python .ci/write_operators.py`` writes the page; with ``--check``
it exits with 1 and a diff if the page is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]

from stale_files import update  # noqa: E402

from tests.opdb import differences  # noqa: E402
from tests.opdb.runner import database, find  # noqa: E402

PAGE = """\
# PyTorch's operators in microgradnn

Written by `.ci/write_operators.py`. PyTorch {version} carries a database of its operators with
sample inputs for each. `tests/opdb/` gives the first {samples} samples of an entry to PyTorch and
to microgradnn's function of the same name, in float64 where the operator has it, and compares
values, dtypes, shapes, first and second gradients. Both draw their random numbers from one seed.

Of {entries} entries {equal} are equal, {different} differ and {absent} are absent. Parentheses hold
the variant of an operator that has several entries.

## Equal

{equal_names}

## Different

{different_names}

## Absent

An operator that is absent is absent in all its variants.

{absent_names}
"""


def page() -> str:
    """Make the page's text.

    Raises
    ------
    LookupError
        If an absent operator has no reason, or a reason names what is not absent.
    """
    import torch

    present, absent = [], []
    for op in database():
        (absent if find(op.name) is None else present).append(op)
    entries = [entry_name(op.name, op.variant_test_name) for op in present]
    _hold_against(differences.ABSENT, {op.name for op in absent}, exact=True)
    _hold_against(differences.DIFFERENT, set(entries), exact=False)
    different = {name for names in differences.DIFFERENT.values() for name in names}
    return PAGE.format(
        version=torch.__version__.partition("+")[0],
        samples=differences.SAMPLES,
        entries=len(present) + len(absent),
        equal=len(entries) - len(different),
        different=len(different),
        absent=len(absent),
        equal_names=_listed(set(entries) - different),
        different_names=_by_reason(differences.DIFFERENT),
        absent_names=_by_reason(differences.ABSENT),
    )


def entry_name(name: str, variant: str) -> str:
    """Name an entry of the database as `tests.opdb.runner` does."""
    return f"{name} ({variant})" if variant else name


def _hold_against(reasons: Mapping[str, Iterable[str]], names: set[str], exact: bool) -> None:
    given = [name for group in reasons.values() for name in group]
    wrong = {name for name in given if given.count(name) > 1 or name not in names}
    missing = names - set(given) if exact else set()
    if wrong or missing:
        raise LookupError(
            "tests/opdb/differences.py: "
            f"named twice or not so in the database: {sorted(wrong)}; without reason: "
            f"{sorted(missing)}"
        )


def _listed(names: Iterable[str]) -> str:
    return ",\n".join(f"`{name}`" for name in sorted(names)) + "."


def _by_reason(reasons: Mapping[str, tuple[str, ...]]) -> str:
    return "\n\n".join(
        f"### {reason.removesuffix('.')}\n\n{_listed(names)}" for reason, names in reasons.items()
    )


if __name__ == "__main__":
    sys.exit(update({ROOT / "docs" / "operators.md": page}, sys.argv, __doc__))
