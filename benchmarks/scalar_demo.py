"""One training step of micrograd's demo network: micrograd 0.1.0 beside microgradnn.

The network of micrograd's demo notebook, 2-16-16-1 with ReLU and a max-margin loss with L2
regularisation, on 100 points in a ring-and-disc pattern made here; a step is forward over all
points, ``zero_grad``, ``backward`` and the update. The program of both is the same but for its
import. Each runs in processes of its own, in turns; the median step of each process counts.

    python benchmarks/scalar_demo.py [--rounds 5] [--steps 10] [--gc off]

micrograd must be installed (the extra ``peers``).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

PROGRAM = """
import gc, json, math, random, sys, time
{imports}
if {gc_off}:
    gc.disable()
random.seed(1337)
points = []
for k in range(100):
    radius, angle = (0.5 if k % 2 else 1.5) + random.gauss(0, 0.1), random.uniform(0, 2 * math.pi)
    points.append((radius * math.cos(angle), radius * math.sin(angle), 1 if k % 2 else -1))
model = MLP(2, [16, 16, 1])
times, losses = [], []
for k in range({steps}):
    start = time.perf_counter()
    scores = [model([Value(a), Value(b)]) for a, b, _ in points]
    margins = [(1 + -y * score).relu() for score, (_, _, y) in zip(scores, points)]
    loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())
    model.zero_grad()
    loss.backward()
    rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data -= rate * p.grad
    times.append(time.perf_counter() - start)
    losses.append(loss.data)
print(json.dumps([times, losses]))
"""

IMPORTS = {
    "micrograd": "from micrograd.engine import Value\nfrom micrograd.nn import MLP",
    "microgradnn": "from microgradnn import Value\nfrom microgradnn.nn.scalar import MLP",
}


def run(library: str, steps: int, gc_off: bool) -> tuple[list[float], list[float]]:
    """Seconds of each step and losses, from a process of its own."""
    program = PROGRAM.format(imports=IMPORTS[library], steps=steps, gc_off=gc_off)
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    if process.returncode:
        raise SystemExit(f"{library} failed:\n{process.stderr}")
    times, losses = json.loads(process.stdout)
    return times, losses


def main() -> None:
    """Measure in turns and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--gc", choices=("default", "off"), default="default")
    args = parser.parse_args()
    medians: dict[str, list[float]] = {library: [] for library in IMPORTS}
    losses: dict[str, list[float]] = {}
    for _ in range(args.rounds):
        for library in IMPORTS:
            times, losses[library] = run(library, args.steps, args.gc == "off")
            medians[library].append(statistics.median(times))
    ours, theirs = losses["microgradnn"], losses["micrograd"]
    difference = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
    if difference > 1e-9:
        raise SystemExit(f"the losses differ by a relative {difference:.1e}: nothing is compared")
    print(f"losses over {args.steps} steps agree to a relative {difference:.0e}")
    for library, found in medians.items():
        spread = f"{min(found) * 1e3:.1f} to {max(found) * 1e3:.1f}"
        print(f"{library:12} {statistics.median(found) * 1e3:8.1f} ms a step ({spread})")
    ratio = statistics.median(medians["micrograd"]) / statistics.median(medians["microgradnn"])
    print(f"microgradnn is {ratio:.1f} times as fast; garbage collector: {args.gc}")


if __name__ == "__main__":
    main()
