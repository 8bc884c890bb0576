"""The command line of the demo, and of each example run on its own."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from seednet.extras import how_to_install, missing
from seednet.network import Result, SeedNetwork, Setting
from seednet.output import UnwritableOutput, prepared, remove_empty
from seednet.table import table

_LARGEST_SEED = 2**32 - 1  # what NumPy's legacy generator takes


class _OneLineParser(argparse.ArgumentParser):
    """argparse, but an error is one line and not the usage as well."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(
    arguments: Sequence[str] | None,
    networks: Sequence[SeedNetwork],
    *,
    prog: str,
    tell_story: bool = False,
) -> int:
    """Train the chosen networks, print the table, write the pictures.

    Parameters
    ----------
    arguments
        The command line without the program's name; None takes it from ``sys.argv``.
    networks
        The networks to choose from.
    prog
        What the program calls itself in messages.
    tell_story
        Whether each network's story is printed above the table (it is written to a file anyway).

    Returns
    -------
    int
        0; 1 if a figure is not reproduced or gradients differ; 2 for wrong arguments.
    """
    parser = _parser(prog)
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without "±" shows "?" instead
    if options.list:
        for network in networks:
            print(f"{network.id:<5} {network.title}")
        return 0

    chosen = _chosen(parser, networks, options.only)
    lacking = missing(package for network in chosen for package in network.needs)
    if lacking:
        parser.exit(2, f"{prog}: {how_to_install(lacking)}\n")
    out = Path(options.out)
    try:
        made = prepared(out.absolute())
    except UnwritableOutput as unwritable:
        parser.exit(2, f"{prog}: {unwritable}\n")

    try:
        results = [
            (network, _trained(network, Setting(options.seed, out), tell_story))
            for network in chosen
        ]
    except KeyboardInterrupt:
        parser.exit(130, f"{prog}: interrupted\n")
    finally:
        remove_empty(made)
    print(table(results))
    _say_where(out, results)
    return _verdict(prog, results)


def run_alone(networks: Sequence[SeedNetwork]) -> NoReturn:
    """Run one example file as a program: its story, its table, its pictures."""
    sys.exit(main(None, networks, prog=Path(sys.argv[0]).name, tell_story=True))


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog=prog,
        description="Train the seed networks twice, derived by hand and built on the engine, "
        "and compare every gradient at every step.",
        allow_abbrev=False,
    )
    parser.add_argument("--list", action="store_true", help="list the networks and stop")
    parser.add_argument(
        "--only",
        action="append",
        metavar="ID",
        default=[],
        help="train this network only, for example S2e (may be given several times)",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        default=0,
        help="seed of the random draws (default 0); figures published with their seed keep it",
    )
    parser.add_argument(
        "--out", default="out", metavar="FOLDER", help="where pictures go (default: out)"
    )
    return parser


def _seed(text: str) -> int:
    seed = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= seed <= _LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number from 0 to {_LARGEST_SEED}"
        )
    return seed


def _chosen(
    parser: argparse.ArgumentParser, networks: Sequence[SeedNetwork], only: Sequence[str]
) -> list[SeedNetwork]:
    by_id = {network.id.lower(): network for network in networks}
    for wanted in only:
        if wanted.lower() not in by_id:
            known = ", ".join(network.id for network in networks)
            parser.error(f"argument --only: no network {wanted!r}; there are {known}")
    wanted_ids = {wanted.lower() for wanted in only} or by_id.keys()
    return [network for key, network in by_id.items() if key in wanted_ids]


def _trained(network: SeedNetwork, setting: Setting, tell_story: bool) -> Result:
    result = network.trained(setting)
    if result.story:
        path = setting.out / f"{network.id.lower()}-story.txt"
        path.write_text("\n".join([f"{network.id}: {network.title}", *result.story, ""]), "utf-8")
        result.files.append(path)
        if tell_story:
            print("\n".join(result.story), end="\n\n")
    return result


def _say_where(out: Path, results: Sequence[tuple[SeedNetwork, Result]]) -> None:
    files = [file for _, result in results for file in result.files]
    if files:
        print(f"\n{len(files)} plots, graph pictures and stories are in {out.resolve()}:")
        for network, result in results:
            if result.files:
                print(f"  {network.id:<4} {', '.join(file.name for file in result.files)}")


def _verdict(prog: str, results: Sequence[tuple[SeedNetwork, Result]]) -> int:
    failed = [(network, result) for network, result in results if not result.agrees]
    total = sum(result.seconds for _, result in results)
    compared = sum(result.lockstep.gradients_compared for _, result in results)
    if not failed:
        print(
            f"\nEvery figure is reproduced; {compared:,} gradients compared at every step, "
            f"all equal to a relative 1e-10; {total:.0f} s."
        )
        return 0
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    for network, result in failed:
        wrong = [figure.name for figure in result.figures if not figure.agrees]
        reasons = [f"not reproduced: {', '.join(wrong)}"] if wrong else []
        gradient = result.lockstep.largest_gradient_difference
        weight = result.lockstep.largest_weight_difference
        if not (gradient <= 1e-10 and weight <= 1e-10):
            reasons.append(
                f"gradients differ by a relative {gradient:.1e} "
                f"({result.lockstep.worst_gradient}), weights by {weight:.1e}"
            )
        print(f"{prog}: {network.id}: {'; '.join(reasons)}", file=sys.stderr)
    return 1
