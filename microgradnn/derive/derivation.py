"""What ``derive()`` returns: a derivation that prints itself, in several languages."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import Any

from ..viz.files import write_atomically
from ..viz.naming import Names
from .equations import Equations
from .numpy_code import Style, function_text
from .rows import Document, all_agree, document


class Derivation:
    """The chain rule of a graph, written out.

    ``str(d)`` is plain text; in a notebook it is shown as formulas. Made by ``derive()``.

    Attributes
    ----------
    agrees : bool
        Whether every formula that is printed has the engine's value.
    arguments : dict of str to number or ndarray
        What the generated function takes, with the numbers of this graph.

    Examples
    --------
    >>> x, w = mg.Value(3.0, label="x"), mg.Value(0.5, label="w")
    >>> y = (w * x).tanh()
    >>> print(mg.derive(y, w))
    ∂L/∂w    with  L = tanh(w · x)   = 0.905148
    <BLANKLINE>
    ∂L/∂w = x · (1 − L²)                   tanh, times
          = 3 · (1 − 0.905148²) = 0.542120
    Engine: 0.5421199167709457 (agrees). Rounded for print, multiplied in full precision.
    """

    def __init__(self, system: Equations) -> None:
        self._system = system

    @functools.cached_property
    def _document(self) -> Document:
        return document(self._system)

    @property
    def agrees(self) -> bool:
        """Whether every formula that is printed has the engine's value."""
        return all_agree(self._system)

    @property
    def arguments(self) -> dict[str, Any]:
        """What `numpy_code` takes, with the numbers of this graph."""
        return {v.name: v.value for v in self._system.arguments}

    def text(self) -> str:
        """Plain text, at most 88 columns wide where formulas allow it."""
        from .text_layout import text_document

        return text_document(self._document, self._system.book.shown)

    def numpy_code(self, style: Style = "adjoints", name: str = "gradients") -> str:
        """The forward and the backward pass as a function in NumPy, or in Python for Values.

        Parameters
        ----------
        style : {"adjoints", "factors"}
            ``d_a`` for the derivative of the root by ``a``, each from the one before; or, for
            Values, ``d_a_d_b`` for each factor, and their products.
        name : str
            What the function is called.

        Returns
        -------
        str
            Source. The function returns the root's value and a dict of derivatives.

        Raises
        ------
        ValueError
            If there are no factors to write: between matrices a factor has four indices.
        """
        if style not in ("adjoints", "factors"):
            raise ValueError(f"style is 'adjoints' or 'factors', got {style!r}")
        if style == "factors" and self._system.program.is_array:
            raise ValueError(
                "style='factors' is for graphs of Values: the derivative of one matrix by another "
                "has four indices, so a product of factors can't be written with matrices. "
                "style='adjoints' does the same with one matrix each."
            )
        return function_text(self._system, style, name)

    def function(self, style: Style = "adjoints") -> Callable[..., tuple[Any, dict[str, Any]]]:
        """`numpy_code`, run: the gradient function itself.

        Examples
        --------
        >>> w = mg.Value(3.0, label="w")
        >>> gradients = mg.derive(w * w).function()
        >>> gradients(w=5.0)
        (25.0, {'w': 10.0})
        """
        scope: dict[str, Any] = {}
        exec(compile(self.numpy_code(style), "<derivation>", "exec"), scope)
        made: Callable[..., tuple[Any, dict[str, Any]]] = scope["gradients"]
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the derivation into a file: .txt, .md, .tex, .html or .py, whole or not at all.

        Raises
        ------
        ValueError
            For another ending.
        """
        forms: Mapping[str, Callable[[], str]] = {
            ".txt": self.text, ".md": self.markdown, ".tex": self.latex, ".html": self.html,
            ".py": self.numpy_code,
        }  # fmt: skip
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending not in forms:
            raise ValueError(
                f"{os.fspath(path)!r}: a derivation is saved as {', '.join(forms)}; got {ending!r}"
            )
        text = forms[ending]()
        write_atomically(path, (text.rstrip("\n") + "\n").encode())

    def latex(self) -> str:
        """LaTeX: an ``aligned`` environment, in commands that KaTeX and MathJax know."""
        from .latex_layout import latex_document

        return latex_document(self._document, self._system.book.shown)

    def markdown(self) -> str:
        """Markdown: the formulas in ``$$``, the remarks below."""
        return f"$$\n{self.latex()}$$\n\n" + "".join(f"{r}\n\n" for r in self._document.remarks)

    def html(self) -> str:
        """HTML: a table of formulas in MathML."""
        from .html_layout import html_document

        return html_document(self._document, self._system.book.shown)

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex()}$$"

    def _repr_html_(self) -> str:
        return self.html()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        root = self._system.root.name
        wanted = [self._system.of(n).variable.name for n in self._system.program.wanted]
        return f"<derivation of {root} by {', '.join(wanted)}>"


def made(root: Any, wanted: list[Any], names: Names, simplified: bool) -> Derivation:
    """A derivation of a graph."""
    return Derivation(Equations(root, wanted, names, simplified))
