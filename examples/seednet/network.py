"""What an example says of itself, what it is given, and what it gives back."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seednet.lockstep import AGREEMENT, Lockstep
from seednet.threads import one_thread


@dataclass(frozen=True)
class Figure:
    """One figure of the articles, beside what both derivations make of it."""

    name: str
    published: str
    by_hand: str
    engine: str
    agrees: bool

    @classmethod
    def equal(
        cls,
        name: str,
        published: float,
        by_hand: float,
        engine: float,
        *,
        digits: int,
        within: float | None = None,
    ) -> Figure:
        """A figure published to ``digits`` decimals: both must round to it, or lie ``within``."""
        if within is None:
            within = max(0.5001 * 10.0**-digits, 4 * sys.float_info.epsilon * abs(published))
        return cls(
            name,
            f"{published:.{digits}f}",
            f"{by_hand:.{digits}f}",
            f"{engine:.{digits}f}",
            abs(by_hand - published) <= within and abs(engine - published) <= within,
        )

    @classmethod
    def within(
        cls,
        name: str,
        published: str,
        by_hand: float,
        engine: float,
        *,
        low: float = float("-inf"),
        high: float = float("inf"),
        shown: str = "{:.4g}",
    ) -> Figure:
        """A figure that depends on chance: both must lie between ``low`` and ``high``."""
        return cls(
            name,
            published,
            shown.format(by_hand),
            shown.format(engine),
            low <= by_hand <= high and low <= engine <= high,
        )


@dataclass
class Result:
    """What one network's run brought: its figures, its comparison, its story, its files."""

    figures: list[Figure]
    lockstep: Lockstep
    story: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether every figure is reproduced and the two derivations are equal throughout."""
        return (
            all(figure.agrees for figure in self.figures)
            and self.lockstep.largest_gradient_difference <= AGREEMENT
            and self.lockstep.largest_weight_difference <= AGREEMENT
        )


@dataclass(frozen=True)
class Setting:
    """What a run is given: the seed of its random draws, where files go, a progress bar."""

    seed: int
    out: Path
    show_progress: bool = True

    def steps(self, count: int, label: str) -> Iterable[int]:
        """``range(count)`` with a progress bar that is silent when nobody watches a terminal."""
        if not self.show_progress:
            return range(count)
        try:
            from tqdm import tqdm
        except ImportError:  # a network that needs nothing else still runs
            return range(count)
        bar: Iterable[int] = tqdm(
            range(count), desc=f"{label:<34}", disable=None, leave=False, mininterval=0.2
        )
        return bar

    def save(self, picture: Any, name: str) -> Path:
        """Write a matplotlib figure or a graph picture into ``out``, whole or not at all."""
        path = self.out / name
        if hasattr(picture, "savefig"):
            buffer = io.BytesIO()
            picture.savefig(buffer, format=path.suffix[1:])
            path.write_bytes(buffer.getvalue())
        else:
            path.write_bytes(picture.pipe(format=path.suffix[1:]))
        return path


@dataclass(frozen=True)
class SeedNetwork:
    """One seed network: its id in the articles' order, a title, and how to run it."""

    id: str
    title: str
    run: Callable[[Setting], Result]
    needs: Sequence[str] = ()

    def trained(self, setting: Setting) -> Result:
        """Run it on one thread and note how long it took."""
        start = time.perf_counter()
        with one_thread():
            result = self.run(setting)
        result.seconds = time.perf_counter() - start
        return result
