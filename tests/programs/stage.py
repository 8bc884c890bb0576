"""Run one program with seeded generators; write down its losses; stop it after some of them.

    python stage.py torch|microgradnn single|double STEPS LOSSES.json PROGRAM [ARGUMENT ...]

The program itself is not changed. Its losses are the numbers whose ``backward()`` it calls. With
``double``, what it asks for in float32 it gets in float64.
"""

from __future__ import annotations

import json
import random
import runpy
import sys
import time
from pathlib import Path
from typing import Any

SEED = 1337


class EnoughError(BaseException):
    """Raised in the program when it has shown enough losses."""


def compute_in_double(torch: Any) -> None:
    """Let what gives float32 give float64."""
    torch.set_default_dtype(torch.float64)
    torch.float = torch.float32 = torch.float64
    torch.FloatTensor = torch.DoubleTensor
    torch.Tensor.float = torch.Tensor.double
    from_numpy = torch.from_numpy

    def from_numpy_in_double(array: Any) -> Any:
        return from_numpy(array.astype("float64") if array.dtype == "float32" else array)

    torch.from_numpy = from_numpy_in_double


def main(
    framework: str, precision: str, steps: int, report: Path, program: Path, arguments: list[str]
) -> None:
    """Run the program; the report is written whatever becomes of it."""
    if framework == "microgradnn":
        import microgradnn.as_torch

        microgradnn.as_torch.install()
    import numpy as np
    import torch

    if framework == "torch":
        torch.set_num_threads(1)
    if precision == "double":
        compute_in_double(torch)
    losses: list[float] = []
    backward = torch.Tensor.backward

    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        losses.append(float(self.detach().sum()))
        result = backward(self, *args, **kwargs)
        if len(losses) >= steps:
            raise EnoughError
        return result

    torch.Tensor.backward = recorded
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  (what the programs draw from)
    torch.manual_seed(SEED)
    sys.argv = [str(program), *arguments]
    sys.path[0] = str(program.resolve().parent)
    began = time.perf_counter()
    try:
        runpy.run_path(str(program), run_name="__main__")
    except (EnoughError, SystemExit):
        pass
    finally:
        seconds = time.perf_counter() - began
        report.write_text(json.dumps({"losses": losses, "seconds": seconds}))


if __name__ == "__main__":
    name, floats, count, path, script, *rest = sys.argv[1:]
    main(name, floats, int(count), Path(path), Path(script), rest)
