"""What the six programs share: their flags, the live display of the loss, and the clock.

Everything that learns is in the programs themselves.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

FRAMEWORKS = {"microgradnn": "microgradnn", "torch": "PyTorch"}


class Program:
    """One run of a program: what the command line asks for, and what came of it.

    Parameters
    ----------
    description : str
        The program's docstring; ``--help`` prints it.
    steps : int
        How many steps it trains for unless ``--steps`` says otherwise.

    Attributes
    ----------
    framework : str
        The module that the program imports as ``torch``.
    total : int
        The number of steps to train for.
    seed : int
        For ``torch.manual_seed``.
    losses : list of float
        What ``loss`` was given, one number per step.
    seconds, processor_seconds : float
        How long the steps took, without imports, data and samples: on the clock, and of the
        processor's time, which does not depend on what else the machine has to do.
    """

    def __init__(self, description: str, steps: int) -> None:
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("--framework", choices=FRAMEWORKS, default="microgradnn")
        parser.add_argument("--steps", type=int, default=steps, help=f"by default {steps}")
        parser.add_argument("--seed", type=int, default=0, help="of all random draws; 0")
        parser.add_argument(
            "--print",
            type=_numbers,
            default=frozenset(),
            metavar="1,5,10",
            help="print the losses of these steps, on a terminal or not",
        )
        parser.add_argument("--record", type=Path, metavar="FILE", help="write all losses as JSON")
        chosen = parser.parse_args()
        if chosen.steps < 1:
            parser.error(f"--steps is {chosen.steps}; at least one step is needed")
        if importlib.util.find_spec(chosen.framework) is None:
            parser.error(f"{FRAMEWORKS[chosen.framework]} is not installed: pip install torch")
        self.framework: str = chosen.framework
        self.total: int = chosen.steps
        self.seed: int = chosen.seed
        self.losses: list[float] = []
        self.seconds = self.processor_seconds = 0.0
        self._printed: frozenset[int] = chosen.print
        self._record: Path | None = chosen.record
        self._bar: Any = None

    def steps(self) -> Iterator[int]:
        """Count the steps from 1, with the loss beside a bar where somebody watches a terminal.

        At the end one line says how the loss fell and how long it took.
        """
        if sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ImportError:  # the losses of ten steps are printed instead
                tenth = max(1, self.total // 10)
                self._printed |= frozenset(range(tenth, self.total + 1, tenth))
            else:
                self._bar = tqdm(total=self.total, unit="step", leave=False, mininterval=0.2)
        start, processor_start = time.perf_counter(), time.process_time()
        yield from range(1, self.total + 1)
        self.seconds = time.perf_counter() - start
        self.processor_seconds = time.process_time() - processor_start
        if self._bar is not None:
            self._bar.close()
        print(
            f"{FRAMEWORKS[self.framework]}: {self.total} steps in {self.seconds:.1f} s, "
            f"loss {self.losses[0]:.4f} at the first, {self.mean_of_last():.4f} at the last ones"
        )
        if self._record is not None:
            record = {"losses": self.losses, "processor_seconds": self.processor_seconds}
            self._record.write_text(json.dumps(record), encoding="utf-8")

    def loss(self, value: float, **figures: float) -> None:
        """Note the loss of this step, and show it with other figures of the same step."""
        self.losses.append(value)
        step = len(self.losses)
        shown = {"loss": value, **figures}
        if self._bar is not None:
            self._bar.set_postfix({name: f"{x:.4f}" for name, x in shown.items()}, refresh=False)
            self._bar.update()
        if step in self._printed:
            line = f"step {step:6d}" + "".join(f"  {name} {x:.6f}" for name, x in shown.items())
            if self._bar is None:
                print(line, flush=True)
            else:
                self._bar.write(line)

    def mean_of_last(self, count: int = 50) -> float:
        """The mean of the last losses: one batch alone says little."""
        return fmean(self.losses[-count:])


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in text.split(","))
