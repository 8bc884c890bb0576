"""``docs/numpy.md`` lists what the tables hold."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date():
    sys.path.insert(0, str(ROOT / ".ci"))
    try:
        spec = importlib.util.spec_from_file_location("write_numpy", ROOT / ".ci/write_numpy.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / ".ci"))
    committed = (ROOT / "docs" / "numpy.md").read_text(encoding="utf-8")
    rows = [line for line in module.page().splitlines() if line.startswith("| `")]
    assert len(rows) > 200
    # Another version of NumPy has more or fewer functions, or other names for one.
    missing = [row for row in rows if row not in committed]
    assert len(missing) <= (0 if np.__version__.startswith("2.4") else 12), missing
