"""``python -m benchmarks run`` measures; ``python -m benchmarks report`` writes README.md."""

from __future__ import annotations

import argparse
import json
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


def run(args: argparse.Namespace) -> None:
    """Measure the workloads chosen; each one's results are kept as soon as they are there."""
    from .machine import describe
    from .peers import missing
    from .rounds import measure
    from .workloads import WORKLOADS

    chosen = {
        name: workload
        for name, workload in WORKLOADS.items()
        if not args.only or any(fnmatch(name, pattern) for pattern in args.only)
    }
    if not chosen:
        raise SystemExit(f"no workload is called so; there are {', '.join(WORKLOADS)}")
    peers = {peer for workload in chosen.values() for peer in workload.peers}
    if lacking := missing(peers):
        raise SystemExit(
            "Nothing was measured:\n  " + "\n  ".join(lacking) + "\n"
            "`python -m pip install -e '.[bench]'` installs every peer."
        )
    results: dict[str, Any] = {"machine": describe(peers, args.threads), "workloads": {}}
    results["machine"]["rounds"] = args.rounds
    for name, workload in chosen.items():
        start = time.perf_counter()
        print(f"{name}: {workload.title}", flush=True)
        results["workloads"][name] = measure(workload, args.rounds, args.threads)
        args.out.write_text(json.dumps(results, indent=1) + "\n")
        print(f"  {time.perf_counter() - start:.0f} s", flush=True)
        for line in summary(results["workloads"][name]):
            print(f"  {line}")


def summary(result: dict[str, Any]) -> list[str]:
    """A few words for each label of a workload: medians, and ratios to PyTorch's."""
    from .statistics import median_wall, ratio
    from .tables import duration, kinds, ratios_to_pytorch

    lines = []
    for label, times in result["times"].items():
        parts = []
        for peer, rounds in times.items():
            part = f"{peer} {duration(median_wall(rounds))}"
            if "pytorch" in times and peer != "pytorch":
                part += f" ({ratio(rounds, times['pytorch']):.2f})"
            parts.append(part)
        lines.append(f"{label}: {', '.join(parts)}")
    if len(result["times"]) > 20:
        for kind in kinds(result["times"]):
            means = ratios_to_pytorch(result["times"], kind)
            found = ", ".join(f"{peer} {mean:.2f}" for peer, mean in means.items())
            lines.append(f"geometric means of the ratios, {kind}: {found}")
    return lines


def report(args: argparse.Namespace) -> None:
    """Write tables and plots from the results of a run."""
    from .report import write

    if not args.results.exists():
        raise SystemExit("there are no results yet: `python -m benchmarks run` makes them")
    write(json.loads(args.results.read_text()), Path(__file__).parent)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    runner = commands.add_parser("run", help="measure, and write a JSON file")
    runner.add_argument("--only", nargs="+", metavar="NAME", help="workloads, as 'w2.*' or 'w8.16'")
    runner.add_argument("--rounds", type=int, default=7)
    runner.add_argument("--threads", type=int, default=1, help="threads and cores for every peer")
    runner.add_argument("--out", type=Path, default=RESULTS)
    runner.set_defaults(do=run)
    reporter = commands.add_parser("report", help="write tables and plots into README.md")
    reporter.add_argument("--results", type=Path, default=RESULTS)
    reporter.set_defaults(do=report)
    args = parser.parse_args()
    args.do(args)


if __name__ == "__main__":
    main()
