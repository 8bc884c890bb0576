"""Arrays of a training step are taken from memory that the last step freed."""

import platform
import subprocess
import sys

PROGRAM = """
import resource
import numpy as np

{first}

def step():
    return sum(array[-1] for array in [np.ones(300_000) for _ in range(8)])

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

for _ in range(3):
    step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""


def faults(first):
    """How often ten steps asked the system for a page."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


def test_a_step_takes_no_new_pages():
    with_us, without = faults("import microgradnn"), faults("")
    assert with_us <= without + 100
    if platform.libc_ver()[0] == "glibc":
        assert with_us < 100
