"""Other people's PyTorch programs, run with PyTorch and with microgradnn, unmodified.

    python -m tests.programs.runner --checkouts FOLDER             run all, write docs/programs.md
    python -m tests.programs.runner --checkouts FOLDER --only gpt  those whose name has "gpt"

The programs are listed in ``catalogue.toml`` and are not part of this repository: each is taken
from its own, at the commit named there, which is cloned into the folder if it is not there. A
program runs in a copy of its repository, so that it may write beside itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")

PAGE = """\
# Other people's programs

Written by `tests/programs/runner.py`: PyTorch programs that nobody of this project wrote, taken
from their repositories, run unmodified with PyTorch {torch} and through `microgradnn.as_torch`, with
the generators of `random`, NumPy and PyTorch seeded with {seed} before. A program is stopped after
the number of losses in the table (a loss is a number whose `backward()` is called). *Largest
difference* is over all these losses, relative to the larger of 1 and the loss; what both print is
compared too. Seconds are of one run on one thread, imports of the program included.

{equal} of {total} programs give PyTorch's losses to {tolerance:g}.

{rows}

{failures}
"""
TOLERANCE = 1e-4


@dataclass
class Program:
    """One entry of the catalogue."""

    repository: str
    commit: str
    path: str
    steps: int = 100
    arguments: list[str] = field(default_factory=list)
    smaller: list[list[str]] = field(default_factory=list)
    """Pairs: a text of the program with a number in it, and the same with a smaller one."""
    setup: str = ""
    """A shell command that makes the program's data, as its README says."""
    folder: str = ""
    """Where to run it, in its repository; by default where it lies."""
    differs: str = ""
    """Why the losses differ, for a program where they are known to."""

    @property
    def name(self) -> str:
        """Repository and path."""
        return f"{self.repository}/{self.path}"


@dataclass
class Run:
    """What one framework made of a program."""

    losses: list[float]
    seconds: float
    printed: str
    error: str


def catalogue() -> list[Program]:
    """The programs, in the order of the file."""
    with (HERE / "catalogue.toml").open("rb") as file:
        return [Program(**entry) for entry in tomllib.load(file)["program"]]


def checkout(program: Program, folder: Path) -> Path:
    """Where the program's repository lies, cloned if need be."""
    path = folder / program.repository.replace("/", "+")
    if not path.exists():
        url = f"https://github.com/{program.repository}"
        subprocess.run(["git", "clone", "--quiet", url, str(path)], check=True)
    at = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=path, check=True, text=True, capture_output=True
    ).stdout.strip()
    if at != program.commit:
        subprocess.run(["git", "checkout", "--quiet", program.commit], cwd=path, check=True)
    return path


def notebook_code(text: str) -> str:
    """The code cells of a notebook, without the commands that only a notebook knows."""
    cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    lines = [line for cell in cells for line in [*"".join(cell["source"]).splitlines(), ""]]
    return "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def run(program: Program, repository: Path, framework: str) -> Run:
    """Run a program in a copy of its repository."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "repository"
        shutil.copytree(repository, copy, ignore=shutil.ignore_patterns(".git"))
        script = copy / program.path
        text = script.read_text(encoding="utf-8")
        if script.suffix == ".ipynb":
            script = script.with_suffix(".py")
            text = notebook_code(text)
        for old, new in program.smaller:
            if old not in text or NUMBER.sub("", old) != NUMBER.sub("", new):
                raise ValueError(f"{program.name}: {old!r} is not there, or not only its number is")
            text = text.replace(old, new)
        script.write_text(text, encoding="utf-8")
        folder = copy / program.folder if program.folder else script.parent
        if program.setup:
            subprocess.run(program.setup, shell=True, cwd=folder, check=True, capture_output=True)
        report = Path(scratch) / "losses.json"
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONWARNINGS": "ignore",
            "PYTHONHASHSEED": "0",
        }  # fmt: skip
        command = [
            sys.executable, str(HERE / "stage.py"), framework, str(program.steps), str(report),
            str(script), *program.arguments,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=folder, env=environment, text=True, capture_output=True, timeout=900
        )
        found = json.loads(report.read_text()) if report.exists() else {}
        return Run(
            found.get("losses", []), found.get("seconds", 0.0), done.stdout,
            done.stderr.strip() if done.returncode else "",
        )  # fmt: skip


def largest_difference(a: list[float], b: list[float]) -> float:
    """Over the losses of two runs, relative to the larger of 1 and the loss."""
    if len(a) != len(b) or not a:
        return float("inf")
    apart = [
        0.0 if x == y or (x != x and y != y) else abs(x - y) / max(1.0, abs(y))
        for x, y in zip(a, b, strict=True)
    ]
    return max(apart)


def printed_alike(a: str, b: str) -> bool:
    """Whether two texts are equal but for the rounding of the numbers in them."""
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=True)
    return all(abs(float(x) - float(y)) <= 1e-3 * max(1.0, abs(float(y))) for x, y in pairs)


def row(program: Program, theirs: Run, ours: Run) -> tuple[str, bool, str]:
    """A line of the table, whether the losses are equal, and what to say if not."""
    apart = largest_difference(ours.losses, theirs.losses)
    equal = apart <= TOLERANCE and not ours.error
    ends = [f"{run.losses[0]:.6g} → {run.losses[-1]:.6g}" if run.losses else "none"
            for run in (theirs, ours)]  # fmt: skip
    repository = f"[{program.repository}](https://github.com/{program.repository})"
    line = (
        f"| {repository} | `{program.path}` | `{program.commit[:7]}` | {len(theirs.losses)} | "
        f"{ends[0]} | {ends[1]} | {apart:.1e} | "
        f"{'yes' if printed_alike(theirs.printed, ours.printed) else 'no'} | "
        f"{theirs.seconds:.1f} | {ours.seconds:.1f} |"
    )
    why = "" if equal else program.differs or (ours.error or theirs.error).split("\n")[-1]
    return line, equal, why


def page(results: list[tuple[Program, Run, Run]]) -> str:
    """The text of docs/programs.md."""
    from importlib.metadata import version

    from tests.programs.stage import SEED

    rows = [
        "| repository | program | commit | losses | PyTorch: first → last | microgradnn | "
        "largest difference | prints the same | PyTorch, s | microgradnn, s |",
        "| --- | --- | --- | --: | --- | --- | --: | --- | --: | --: |",
    ]
    failures, equal = [], 0
    for program, theirs, ours in results:
        line, same, why = row(program, theirs, ours)
        rows.append(line)
        equal += same
        if not same:
            failures.append(f"- `{program.name}`: {why}")
    told = "## Where they differ\n\n" + "\n".join(failures) if failures else ""
    return PAGE.format(
        torch=version("torch").partition("+")[0], seed=SEED, equal=equal, total=len(results),
        tolerance=TOLERANCE, rows="\n".join(rows), failures=told,
    ).rstrip() + "\n"  # fmt: skip


def main(arguments: Any) -> int:
    """Run what was asked for; 1 if a program's losses differ without a reason given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--checkouts", type=Path, required=True)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args(arguments)
    results, wrong = [], 0
    for program in catalogue():
        if chosen.only not in program.name:
            continue
        repository = checkout(program, chosen.checkouts)
        theirs, ours = (run(program, repository, name) for name in ("torch", "microgradnn"))
        line, same, why = row(program, theirs, ours)
        print(line, why, flush=True)
        if chosen.only and not same:
            print(ours.error or theirs.error, ours.losses[:10], theirs.losses[:10], sep="\n")
        wrong += not same and not program.differs
        results.append((program, theirs, ours))
    if not chosen.only:
        (ROOT / "docs" / "programs.md").write_text(page(results), encoding="utf-8")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
