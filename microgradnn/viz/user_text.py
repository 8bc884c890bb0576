"""Text that users chose, made harmless: names go into DOT and SVG only through these functions."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Marks that reverse or hide what follows them: a name must not rearrange the text around it.
_DIRECTION_MARKS = "\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_SPACES = re.compile(r"[ \t\r\n\v\f\x1c-\x1f\x85\xa0\u2028\u2029]+")


def one_line(text: str) -> str:
    r"""A name on one line, without anything that XML forbids or that moves other text about.

    Examples
    --------
    >>> one_line("two\nlines \x07 \ud800")
    'two lines � �'
    """
    return clean(_SPACES.sub(" ", text).strip())


def clean(text: str) -> str:
    """The text with every character that XML forbids, or that has no look of its own, replaced.

    Newlines stay.
    """
    return "".join(c if c == "\n" or _is_visible(c) else REPLACEMENT for c in text)


def _is_visible(character: str) -> bool:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000:
        return False
    return code & 0xFFFE != 0xFFFE and character not in _DIRECTION_MARKS


def shorten(text: str, width: int) -> str:
    """At most ``width`` columns: the middle goes, the ends tell names apart.

    Examples
    --------
    >>> shorten("encoder.layers.11.attention.weight", 18)
    'encoder.l…n.weight'
    """
    if columns(text) <= width:
        return text
    head = width // 2
    tail = width - 1 - head
    return _take(text, head) + "…" + _take(text[::-1], tail)[::-1]


def _take(text: str, width: int) -> str:
    """The longest beginning that fits ``width`` columns."""
    used = 0
    for k, character in enumerate(text):
        used += columns(character)
        if used > width:
            return text[:k]
    return text


def columns(text: str) -> int:
    """How many columns of a monospaced font the text takes: two for a Chinese character."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def escape_xml(text: str) -> str:
    """For text and for attributes in double quotes.

    Examples
    --------
    >>> escape_xml('</script> & "x"')
    '&lt;/script&gt; &amp; &quot;x&quot;'
    """
    return (
        clean(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )


def quote_dot(text: str) -> str:
    r"""A quoted DOT string that Graphviz shows as ``text``.

    In a label Graphviz would read ``\N`` as the node's name, ``&lt;`` as a character; only text
    that is quoted is never HTML. A newline begins a new, centred line.

    Examples
    --------
    >>> print(quote_dot('say "\\N" & <b>'))
    "say \"\\N\" &amp; <b>"
    """
    escaped = clean(text).replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'
