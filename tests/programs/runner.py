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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FRAMEWORKS = ["torch", "microgradnn"]
PICTURES = ["*.png", "*.jpg", "*.jpeg", "*.gif", "*.pdf", "*.zip", "*.pptx"]
"""What is left out of the copy that a program runs in."""
TIME = re.compile(r"[\d.]+ ?ms\b(, mfu [-\d.]+%)?")
NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")

PAGE = """\
# Other people's programs

Written by `tests/programs/runner.py`: PyTorch programs that nobody of this project wrote, taken
from their repositories and run unmodified with PyTorch {torch} and through `microgradnn.as_torch`,
with the generators of `random`, NumPy and PyTorch seeded with {seed} before. What their command
lines, the data they were given, and numbers made smaller are is in `tests/programs/catalogue.toml`.
A program is stopped after the number of losses in the table (a loss is a number whose `backward()`
is called); one without losses is compared by what it prints. *Largest difference* is over all
these losses, relative to the larger of 1 and the loss. *Prints* tells whether both print the same,
but for rounding, times and the package's name. Of notebooks the code cells are run, without lines
that only a notebook knows (`%`, `!`). Seconds are of one run on one thread of a machine that was
busy otherwise, imports of the program included: they tell orders of magnitude.

**{equal} of {total} programs, of {repositories} repositories, give PyTorch's losses to
{tolerance:g}.**

Some programs make the rounding of float32 grow from step to step (large steps, normalisation of
small batches). Those are run a second time with every float32 a float64: marked `f64`, they are
held to {exact:g} there, so that what is left in float32 is rounding. Programs marked * import
`torchvision` or `tiktoken`, which work with PyTorch alone or download data; both frameworks find
`tests/programs/stand_ins` instead, with scikit-learn's digits as MNIST and bytes as tokens.

{rows}

{failures}
"""
TOLERANCE = 1e-4
TOLERANCE_IN_DOUBLE = 1e-6


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
    """A shell command that makes the program's data, as its README says; what the README would
    have downloaded is taken from other repositories, in the folder ``$CHECKOUTS``."""
    folder: str = ""
    """Where to run it, in its repository; by default where it lies."""
    double: bool = False
    """Whether to compare in float64 too, for a program that makes rounding errors grow."""
    stand_ins: bool = False
    """Whether to answer packages that download data (``torchvision``) by those of ``stand_ins``."""
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


def made_smaller(program: Program, text: str) -> str:
    """The program's text with the catalogue's smaller numbers in it, and nothing else changed."""
    for old, new in program.smaller:
        if old not in text or NUMBER.sub("#", old) != NUMBER.sub("#", new):
            raise ValueError(f"{program.name}: {old!r} is not there, or not only its number is new")
        text = text.replace(old, new)
    return text


def run(program: Program, repository: Path, framework: str, double: bool = False) -> Run:
    """Run a program in a copy of its repository, which may be told to compute in float64."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "repository"
        shutil.copytree(repository, copy, ignore=shutil.ignore_patterns(".git", *PICTURES))
        script = copy / program.path
        text = script.read_text(encoding="utf-8")
        if script.suffix == ".ipynb":
            script = script.with_suffix(".py")
            text = notebook_code(text)
        script.write_text(made_smaller(program, text), encoding="utf-8")
        folder = copy / program.folder if program.folder else script.parent
        if program.setup:
            found = {
                **os.environ, "CHECKOUTS": str(repository.parent),
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            }  # fmt: skip
            subprocess.run(
                program.setup, shell=True, cwd=folder, env=found, check=True, capture_output=True
            )  # fmt: skip
        report = Path(scratch) / "losses.json"
        stand_ins = str(HERE / "stand_ins") if program.stand_ins else ""
        paths = [str(ROOT), stand_ins, str(copy), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONWARNINGS": "ignore",
            "PYTHONHASHSEED": "0",
        }  # fmt: skip
        command = [
            sys.executable, str(HERE / "stage.py"), framework, "double" if double else "single",
            str(program.steps), str(report), str(script), *program.arguments,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, text=True, capture_output=True, timeout=900,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run([], 900.0, "", "stopped after 900 s")
        found = json.loads(report.read_text()) if report.exists() else {}
        return Run(
            found.get("losses", []), found.get("seconds", 0.0), done.stdout,
            done.stderr.strip() if done.returncode else "",
        )  # fmt: skip


def largest_difference(a: list[float], b: list[float]) -> float:
    """Over the losses of two runs, relative to the larger of 1 and the loss."""
    if len(a) != len(b):
        return float("inf")
    apart = [
        0.0 if x == y or (x != x and y != y) else abs(x - y) / max(1.0, abs(y))
        for x, y in zip(a, b, strict=True)
    ]
    return max((float("inf") if d != d else d for d in apart), default=0.0)


def printed_alike(a: str, b: str) -> bool:
    """Whether two texts are equal but for the package's name, times, and rounding of numbers."""
    a, b = (TIME.sub("#", text) for text in (a, b))
    b = re.sub(r"\+microgradnn\.[\d.]+", "+cpu", b).replace("microgradnn.", "torch.")
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=True)
    return all(abs(float(x) - float(y)) <= 1e-3 * max(1.0, abs(float(y))) for x, y in pairs)


@dataclass
class Comparison:
    """A program's runs with PyTorch and with microgradnn."""

    program: Program
    theirs: Run
    ours: Run
    in_double: tuple[Run, Run] | None = None

    @property
    def apart(self) -> float:
        """How far the losses are from each other."""
        return largest_difference(self.ours.losses, self.theirs.losses)

    @property
    def apart_in_double(self) -> float:
        """The same in float64, where it was run in float64."""
        theirs, ours = self.in_double or (self.theirs, self.ours)
        return largest_difference(ours.losses, theirs.losses)

    @property
    def printed_alike(self) -> bool:
        """Whether both printed the same."""
        theirs, ours = self.in_double or (self.theirs, self.ours)
        return printed_alike(theirs.printed, ours.printed)

    @property
    def error(self) -> str:
        """How a run ended that did not end well."""
        runs = (self.ours, self.theirs, *(self.in_double or ())[::-1])
        return next((run.error for run in runs if run.error), "")

    @property
    def equal(self) -> bool:
        """Whether the losses are PyTorch's; of a program without losses, what it prints."""
        if self.error or not (self.theirs.losses or self.printed_alike):
            return False
        if self.in_double is None:
            return self.apart <= TOLERANCE
        # In float32 it starts from the same numbers, and ends after as many losses.
        first = largest_difference(self.ours.losses[:1], self.theirs.losses[:1])
        return (
            self.apart_in_double <= TOLERANCE_IN_DOUBLE
            and first <= TOLERANCE
            and len(self.ours.losses) == len(self.theirs.losses)
        )

    @property
    def why(self) -> str:
        """Why they are not equal."""
        last = self.error.split("\n")[-1]
        return "" if self.equal else self.program.differs or last or "not known"


def compare(program: Program, repository: Path) -> Comparison:
    """Run a program with both frameworks."""
    runs = [run(program, repository, name) for name in FRAMEWORKS]
    double = [run(program, repository, name, double=True) for name in FRAMEWORKS * program.double]
    return Comparison(program, runs[0], runs[1], (double[0], double[1]) if double else None)


def row(done: Comparison) -> str:
    """A line of the table."""
    program, theirs, ours = done.program, done.theirs, done.ours
    ends = [f"{run.losses[0]:.6g} → {run.losses[-1]:.6g}" if run.losses else "none"
            for run in (theirs, ours)]  # fmt: skip
    apart = f"{done.apart:.1e}" if theirs.losses or ours.losses else "none"
    if done.in_double:
        apart += f"; f64 {done.apart_in_double:.1e}"
    chosen = [
        a for a in program.arguments if re.fullmatch(r"[a-zA-Z]\w*", a)
    ]  # such as a model's name
    return (
        f"| [{program.repository}](https://github.com/{program.repository}) | "
        f"`{' '.join([program.path, *chosen])}`{'*' * program.stand_ins} | "
        f"`{program.commit[:7]}` | {len(theirs.losses)} | {ends[0]} | {ends[1]} | {apart} | "
        f"{'same' if done.printed_alike else 'differs'} | {theirs.seconds:.1f} | "
        f"{ours.seconds:.1f} |"
    )


def page(results: list[Comparison]) -> str:
    """The text of docs/programs.md."""
    from importlib.metadata import version

    from tests.programs.stage import SEED

    rows = [
        "| repository | program | commit | losses | PyTorch: first → last | microgradnn | "
        "largest difference | prints | PyTorch, s | microgradnn, s |",
        "| --- | --- | --- | --: | --- | --- | --- | --- | --: | --: |",
        *map(row, results),
    ]
    failures = [f"- `{done.program.name}`: {done.why}" for done in results if not done.equal]
    told = "## Where they differ\n\n" + "\n".join(failures) if failures else ""
    return PAGE.format(
        torch=version("torch").partition("+")[0], seed=SEED, total=len(results),
        equal=sum(done.equal for done in results),
        repositories=len({done.program.repository for done in results}),
        tolerance=TOLERANCE, exact=TOLERANCE_IN_DOUBLE, rows="\n".join(rows), failures=told,
    ).rstrip() + "\n"  # fmt: skip


def main(arguments: Any) -> int:
    """Run what was asked for; 1 if a program's losses differ without a reason given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--checkouts", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--go-on", type=Path, metavar="FILE",
        help="where results are kept as they come; those that are there are not made again",
    )  # fmt: skip
    chosen = parser.parse_args(arguments)
    results = []
    kept = chosen.go_on
    known = json.loads(kept.read_text()) if kept and kept.exists() else {}
    for program in catalogue():
        if chosen.only in program.name:
            key = json.dumps(asdict(program))
            if key in known:
                theirs, ours, *double = (Run(**made) for made in known[key])
                done = Comparison(program, theirs, ours, (double[0], double[1]) if double else None)
            else:
                done = compare(program, checkout(program, chosen.checkouts))
                runs = (done.theirs, done.ours, *(done.in_double or ()))
                known[key] = [asdict(made) for made in runs]
                if kept:
                    kept.write_text(json.dumps(known))
            results.append(done)
            print(row(done), done.why, flush=True)
            if chosen.only and not done.equal:
                print(done.error, done.ours.losses[:10], done.theirs.losses[:10], sep="\n")
    if not chosen.only:
        (ROOT / "docs" / "programs.md").write_text(page(results), encoding="utf-8")
    return int(any(not done.equal and not done.program.differs for done in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
