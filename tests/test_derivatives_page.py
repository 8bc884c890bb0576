"""``docs/derivatives.md`` says what the table says, and what it says is true."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microgradnn import rules
from microgradnn._primitive import Primitive, cotangent_names, table

rules.load_late()

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "derivatives.md").read_text(encoding="utf-8")
ENTRIES = {
    name: (code, remarks)
    for name, code, remarks in re.findall(
        r"^### (\w+)\n\n```text\n(.*?)\n```\n\n(.*?)$", PAGE, re.DOTALL | re.MULTILINE
    )
}


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, ".ci/write_derivatives.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_primitive_is_on_the_page_once() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == list(ENTRIES)
    assert sorted(ENTRIES) == sorted(table)


def test_what_is_not_differentiable_says_so() -> None:
    for name, (code, remarks) in ENTRIES.items():
        prim = table[name]
        assert ("Not differentiable" in remarks) == (set(prim.rules) < set(prim.inputs)), name
        derived = re.findall(r"^d(\w+) = ", code, re.MULTILINE)
        assert derived == list(prim.rules), name
        assert prim.doc in remarks
        assert not prim.rules or not prim.kind or f"*{prim.kind.capitalize()}.*" in remarks


def names_for(prim: Primitive, sample: Any) -> dict[str, Any]:
    """Every name that the lines of an entry may use, for one sample."""
    names = {name: x for rule in prim.rules.values() for name, x in rule.__globals__.items()}
    for rule in prim.rules.values():  # rules that a function of the chapter puts together
        names |= inspect.getclosurevars(rule).nonlocals
    names |= {name: sample.params.get(name, default) for name, default in prim.params}
    fixed = prim.inputs[:-1] if prim.variadic else prim.inputs
    names |= dict(zip(fixed, sample.inputs, strict=False))
    names |= {f"{x}_shape": np.shape(names[x]) for x in fixed}
    if prim.variadic:
        rest, items = prim.inputs[-1], sample.inputs[len(fixed) :]
        names |= {rest: items, f"{rest}_shape": [x.shape for x in items]}
        names["needs"] = [True] * len(items)
    names["arrived"] = list(prim.outputs)
    out = prim.forward(*sample.inputs, *(names[p] for p, _ in prim.params))
    outputs = [out] if prim.single else list(out)
    rng = np.random.default_rng(0)
    cotangents = [np.asarray(rng.standard_normal(np.shape(o))) for o in outputs]
    if prim.outputs[0].startswith("*"):  # a number of outputs that depends on the parameters
        return names | {cotangent_names(prim)[0]: cotangents}
    names |= dict(zip(prim.outputs, outputs, strict=True))
    return names | dict(zip(cotangent_names(prim), cotangents, strict=True))


class Cotangents:
    """The cotangents of several outputs as the engine hands them to ``vjp``."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = dict(enumerate(parts))

    def dense(self) -> list[Any]:
        return list(self.parts.values())


def engine(prim: Primitive, sample: Any, names: dict[str, Any]) -> tuple[Any, ...]:
    """What the engine makes of the rules: the cotangents of all inputs, those of the last flat."""
    g = [names[name] for name in cotangent_names(prim)]
    many = prim.outputs[0].startswith("*")
    wanted = tuple(None if x is None else "wanted" for x in sample.inputs)
    saved, params = (names[s] for s in prim.saves), (names[p] for p, _ in prim.params)
    cotangent = g[0] if prim.single else Cotangents(g[0] if many else g)
    result: tuple[Any, ...] = prim.vjp(wanted, tuple(saved), tuple(params), cotangent)
    return result


@pytest.mark.parametrize("name", [name for name in table if table[name].rules])
def test_each_line_of_the_page_computes_what_the_engine_computes(name: str) -> None:
    prim = table[name]
    lines = re.findall(r"^d(\w+) = (.*(?:\n    .*)*)", ENTRIES[name][0], re.MULTILINE)
    for sample in prim.samples():
        names = names_for(prim, sample)
        expected = engine(prim, sample, names)
        for x, line in lines:
            if names[x] is None:  # an optional input that this sample leaves out
                continue
            k = prim.inputs.index(x)
            found = eval(" ".join(line.split()), names)
            rest = prim.variadic and k == len(prim.inputs) - 1
            pairs = zip(found, expected[k:], strict=True) if rest else [(found, expected[k])]
            for mine, theirs in pairs:
                np.testing.assert_array_equal(mine, theirs)
