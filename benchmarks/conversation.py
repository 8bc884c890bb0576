"""The other end of the pipe: starts a peer's process, asks it, reports how it failed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Conversation:
    """One process that runs `benchmarks.worker`."""

    def __init__(self, workload: str, peer: str, threads: int, file: Path) -> None:
        self.workload, self.peer = workload, peer
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (as long as the process)
        environment = dict(os.environ)
        for variable in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
            environment[f"{variable}_NUM_THREADS"] = str(threads)
        environment["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
        environment["JAX_PLATFORMS"] = "cpu"
        command = [sys.executable, "-m", "benchmarks.worker", workload, peer, str(threads)]
        self._process = subprocess.Popen(
            [*command, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip

    def listen(self) -> Any:
        """The next answer.

        Raises
        ------
        SystemExit
            If the process ended instead, with the end of what it wrote to its standard error.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            end = "".join(self._errors.readlines()[-30:])
            raise SystemExit(f"{self.peer} failed at {self.workload}:\n{end}")
        return json.loads(line)

    def time(self) -> Any:
        """Wall and CPU seconds of one step of each program, by label."""
        assert self._process.stdin is not None
        self._process.stdin.write("time\n")
        self._process.stdin.flush()
        return self.listen()

    def finish(self) -> Any:
        """The last answer: the process's peak memory over what its imports took."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        last = self.listen()
        self._process.wait()
        return last

    def stop(self) -> None:
        """End the process if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._errors.close()
