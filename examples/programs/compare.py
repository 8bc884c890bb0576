"""Run the six programs with both frameworks, and write what came of it into ``docs/examples.md``.

    python examples/programs/compare.py

Each run is a process of its own with one thread. The page gives the losses of some early steps, the
largest difference of the first twenty, and what the whole run cost in processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "examples.md"
PROGRAMS = {
    "char_gpt": "a character-level GPT",
    "lstm_language_model": "an LSTM language model",
    "makemore_mlp": "names from an MLP with batch normalisation",
    "vae_digits": "a variational autoencoder of digits",
    "lenet_digits": "LeNet-5 on digits",
    "policy_gradient": "policy gradients: a pole on a cart",
}
SHOWN = (1, 5, 10, 20)
LAST = 50

HEAD = """# Six programs, with microgradnn and with PyTorch

The programs of [`examples/programs/`](../examples/programs/README.md) run with either framework by
one flag. This page is written by `python examples/programs/compare.py`, which runs each as it is by
default, with seed {seed}, on one thread.

{versions}.

## The first twenty losses

The same seed draws the same first weights, batches and samples in both, so the losses are the same
up to rounding in float32. Over the first {first} steps the largest difference is:
"""


class Run(NamedTuple):
    """The losses of one run and the processor's seconds that its steps took."""

    losses: list[float]
    seconds: float


def run(name: str, framework: str, seed: int, steps: int | None = None) -> Run:
    """Run one program in a process of its own, on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        command = [sys.executable, str(HERE / f"{name}.py"), "--framework", framework]
        command += ["--seed", str(seed), "--record", str(record)]
        command += [] if steps is None else ["--steps", str(steps)]
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        subprocess.run(command, env=os.environ | one_thread, stdout=subprocess.DEVNULL, check=True)
        found = json.loads(record.read_text(encoding="utf-8"))
    return Run(found["losses"], found["processor_seconds"])


def difference(ours: Run, theirs: Run, first: int = 20) -> float:
    """The largest difference of two runs' first losses."""
    pairs = zip(ours.losses[:first], theirs.losses[:first], strict=True)
    return max(abs(a - b) for a, b in pairs)


def page(runs: dict[str, tuple[Run, Run]], seed: int) -> str:
    """The page, in Markdown."""
    first = min(20, *(len(ours.losses) for ours, _ in runs.values()))
    versions = (
        f"Python {platform.python_version()}, NumPy {version('numpy')}, "
        f"PyTorch {version('torch').partition('+')[0]}, {platform.machine()}"
    )
    shown = [step for step in SHOWN if step <= first]
    lines = [HEAD.format(seed=seed, versions=versions, first=first)]
    lines += ["| program | framework | " + " | ".join(f"step {s}" for s in shown) + " | differ |"]
    lines += ["|---|---|" + "--:|" * (len(shown) + 1)]
    for name, (ours, theirs) in runs.items():
        apart = f"{difference(ours, theirs, first):.0e}"
        for cells in ((f"`{name}.py`", "microgradnn", ours, apart), ("", "PyTorch", theirs, "")):
            label, framework, one, last = cells
            losses = " | ".join(f"{one.losses[s - 1]:.6f}" for s in shown)
            lines.append(f"| {label} | {framework} | {losses} | {last} |")
    lines += [
        "\n## The whole run\n",
        f"The mean of the last {LAST} losses, and the processor's seconds for all steps. Rounding",
        "errors grow from step to step, so that the ends differ a little.\n",
        "| program | what it is | steps | loss, microgradnn | PyTorch "
        "| seconds, microgradnn | PyTorch | ratio |",
        "|---|---|" + "--:|" * 6,
    ]
    for name, (ours, theirs) in runs.items():
        ends = " | ".join(f"{fmean(one.losses[-LAST:]):.4f}" for one in (ours, theirs))
        seconds = " | ".join(f"{one.seconds:.1f}" for one in (ours, theirs))
        ratio = ours.seconds / theirs.seconds
        lines.append(
            f"| `{name}.py` | {PROGRAMS[name]} | {len(ours.losses)} | {ends} | {seconds} "
            f"| {ratio:.2f} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print as it goes, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PROGRAMS, nargs="+", default=list(PROGRAMS))
    parser.add_argument("--steps", type=int, help="instead of each program's own number")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args(arguments)
    runs = {}
    for name in chosen.only:
        ours = run(name, "microgradnn", chosen.seed, chosen.steps)
        theirs = run(name, "torch", chosen.seed, chosen.steps)
        runs[name] = ours, theirs
        print(
            f"{name:<20} differ by {difference(ours, theirs):.1e}; "
            f"{ours.seconds:.1f} s, PyTorch {theirs.seconds:.1f} s",
            flush=True,
        )
    chosen.page.write_text(page(runs, chosen.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
