"""Runs the Python code of a Markdown document and compares what it prints with what is shown.

The convention, for every fenced block that opens with ```` ```python ````:

* The blocks of a document run in order, in one namespace, as ``__main__`` would.
* A statement that ends in a comment ``# -> text`` must print ``text``; an expression without a
  ``print`` shows its ``repr``, as at the prompt.
* If the next fenced block is ```` ```text ````, it must be all that the python block prints, the
  lines that an arrow states aside.
* In both, ``...`` stands for anything; blanks at the end of a line do not count.
* Nothing may be printed that the document does not show.

Blocks of any other language are not run; ```` ```py ````, ```` ```pycon ```` and the like, which
would look tested and not be, are refused.
"""

import ast
import contextlib
import doctest
import io
import re
import tokenize
from dataclasses import dataclass
from typing import Any

ARROW = re.compile(r"#\s*->\s?(.*)")
FENCE = re.compile(r"^( *)(`{3,}|~{3,})\s*([^`\n]*?)\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: the word after the fence, its text, and the number of its first line."""

    language: str
    text: str
    line: int


class MismatchError(AssertionError):
    """The document shows something other than what its code prints."""


def fenced_blocks(markdown: str) -> list[Block]:
    """Return the fenced blocks of a document; one that never closes is an error."""
    blocks = []
    lines = iter(enumerate(markdown.splitlines(), start=1))
    for number, line in lines:
        opening = FENCE.match(line)
        if opening is None:
            continue
        indent, fence, language = opening.groups()
        body = []
        for _, inner in lines:
            if inner.strip() == fence:
                break
            body.append(inner.removeprefix(indent))
        else:
            raise MismatchError(f"line {number}: the block {line.strip()!r} is never closed")
        blocks.append(Block(language, "\n".join(body), number + 1))
    return blocks


def run_markdown(markdown: str, name: str) -> int:
    """Run the python blocks of ``markdown`` and return how many; raise `MismatchError`."""
    blocks = fenced_blocks(markdown)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for i, block in enumerate(blocks):
        if block.language != "python":
            if block.language.lower().startswith("py"):
                raise MismatchError(
                    f"{name}, line {block.line}: write ```python, not {block.language}"
                )
            continue
        printed = _run_block(block, name, namespace)
        shown = blocks[i + 1] if i + 1 < len(blocks) else None
        if shown is not None and shown.language == "text":
            _compare(printed, shown.text, f"{name}, line {shown.line}")
        elif printed:
            raise MismatchError(f"{name}, line {block.line}: prints what is not shown:\n{printed}")
        count += 1
    return count


def _run_block(block: Block, name: str, namespace: dict[str, Any]) -> str:
    """Run one block; return what it printed, less what arrows have stated."""
    # Line numbers of the document, so that a traceback points into it.
    source = "\n" * (block.line - 1) + block.text + "\n"
    stated = _arrows(source)
    rest = ""
    for statement in ast.parse(source, filename=name).body:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            if isinstance(statement, ast.Expr):
                value = eval(compile(ast.Expression(statement.value), name, "eval"), namespace)
                if value is not None:
                    print(repr(value))
            else:
                exec(compile(ast.Module([statement], []), name, "exec"), namespace)
        assert statement.end_lineno is not None
        arrow = stated.pop(statement.end_lineno, None)
        if arrow is None:
            rest += output.getvalue()
        else:
            _compare(output.getvalue(), arrow, f"{name}, line {statement.end_lineno}")
    if stated:
        raise MismatchError(f"{name}, line {min(stated)}: this arrow does not end a statement")
    return rest


def _arrows(source: str) -> dict[int, str]:
    """Map the lines that carry a ``# ->`` comment to its text."""
    arrows = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (match := ARROW.match(token.string)):
            arrows[token.start[0]] = match.group(1)
    return arrows


def _compare(printed: str, shown: str, where: str) -> None:
    got = "".join(line.rstrip() + "\n" for line in printed.splitlines())
    want = "".join(line.rstrip() + "\n" for line in shown.splitlines())
    if not doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS):
        raise MismatchError(f"{where}: shown\n{want}but printed\n{got or 'nothing'}")
