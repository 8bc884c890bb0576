"""The page's scripts and styles made small, so that a page is little more than its data.

The sources in ``page/`` are what people read. Squeezing is text for text and knows no grammar, so
the sources keep some rules: a comment has its own line, no template stands inside another, a
regular expression follows an opening bracket, a comma or an equals sign.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

_STRING = r'"(?:\\.|[^"\\])*"'
_TEMPLATE = r"`(?:\\.|[^`\\])*`"
_REGEX = r"(?<=[(,=!|:])[ ]?/(?![/* ])(?:\\.|[^/\\\n])+/[a-z]*"
_KEPT = re.compile(f"({_STRING}|{_TEMPLATE}|{_REGEX})")
_DECLARED = (
    r"(?:const|let|function) (\w+)",  # the first name of a declaration
    r",(\w+)=(?!=)",  # the others, and parameters with defaults
    r"(?:const|let) [\[{]([\w,]+)[\]}]",  # taken apart
    r"\(([\w,=.\[\]{}]*)\)(?:=>|\{)",  # parameters
    r"(\w+)=>",  # the only one
)
_NOT_OURS = {
    "Infinity", "Math", "Number", "document", "false", "history", "location", "null", "this",
    "true", "undefined", "window",
}  # fmt: skip
_SHORTEST = 3


def squeeze_style(source: str) -> str:
    r"""CSS without the spaces that mean nothing.

    Examples
    --------
    >>> squeeze_style("a > b,\n c { color: red; }")
    'a>b,c{color:red}'
    """
    text = re.sub(r"\s+", " ", source)
    return re.sub(r" ?([{};,>]) ?", r"\1", text).replace(": ", ":").replace(";}", "}").strip()


def squeeze_script(source: str) -> str:
    r"""JavaScript without comments, without needless spaces, with short names of its own.

    Examples
    --------
    >>> print(squeeze_script('// Twice.\nconst twice = number => number + "number";'))
    const a=number=>number+"number";
    """
    lines = (line.strip() for line in source.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    pieces = _KEPT.split(text)
    pieces[::2] = [re.sub(r" ?([-+=<>{}(),;:?|&*]) ?", r"\1", piece) for piece in pieces[::2]]
    pieces[::2] = [re.sub(r"([,;{}])\n", r"\1", piece).replace(";}", "}") for piece in pieces[::2]]
    text = "".join(pieces)
    short = _short_names(text)
    if not short:
        return text
    words = "|".join(sorted(short, key=len, reverse=True))
    names = re.compile(rf"(?:(?<![.\w$])|(?<=\.\.\.))({words})(?![\w$])")
    pieces = _KEPT.split(text)
    for k, piece in enumerate(pieces):
        if k % 2 == 0:
            pieces[k] = names.sub(lambda m: short[m[1]], piece)
        elif piece.startswith("`"):
            pieces[k] = re.sub(
                r"\$\{[^{}]*\}", lambda m: names.sub(lambda n: short[n[1]], m[0]), piece
            )
    return "".join(pieces)


def _short_names(text: str) -> dict[str, str]:
    """A new name for each name that is declared here and is nothing else anywhere.

    A word that is also a property, a key, or part of a string keeps its name: renaming every
    occurrence of the others alike changes no meaning.
    """
    pieces = _KEPT.split(text)
    code = ";".join(
        [*pieces[::2], *(" ".join(re.findall(r"\$\{([^{}]*)\}", p)) for p in pieces[1::2])]
    )
    fixed = " ".join(re.sub(r"\$\{[^{}]*\}", " ", piece) for piece in pieces[1::2])
    declared: set[str] = set()
    for pattern in _DECLARED:
        for found in re.findall(pattern, code):
            declared.update(re.findall(r"\w+", found))
    taken = set(re.findall(r"\w+", code)) | set(re.findall(r"\w+", fixed))
    elsewhere = set(re.findall(r"\w+", fixed))
    elsewhere |= set(re.findall(r"(?<!\.\.)\.(\w+)", code)) | set(re.findall(r"(\w+):", code))
    elsewhere |= set(re.findall(r"get (\w+)", code)) | _NOT_OURS
    counts = Counter(re.findall(r"(?<![.\w$])[A-Za-z_]\w*", code))
    ours = [n for n in declared - elsewhere if len(n) >= _SHORTEST and n.isidentifier()]
    ours.sort(key=lambda name: (-counts[name] * len(name), name))
    fresh = (name for name in _names() if name not in taken)
    return dict(zip(ours, fresh, strict=False))


def _names() -> Iterator[str]:
    """``a``, ``b``, ..., ``aa``, ``ab``, ... and no word of the language."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for length in itertools.count(1):
        for combination in itertools.product(letters, repeat=length):
            name = "".join(combination)
            if name not in ("do", "if", "in", "of"):
                yield name
