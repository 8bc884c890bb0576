"""`Drawing`: a ``graphviz.Digraph`` that can be looked at with or without the program ``dot``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import graphviz

from . import conversion, graphviz_tools, missing
from .cards import Picture
from .dot_source import complete_body, edge_attributes, graph_attributes, node_attributes
from .files import write_atomically
from .html_page import make_page
from .layout import lay_out
from .svg import draw_svg

OURS = ("svg", "png", "pdf", "html", "gv", "dot")
"""The formats that do not need the program ``dot``."""
PICTURES = ("svg", "png", "pdf", "html")
"""Those that are a picture, not its source."""


def check_format(format: Any) -> str:
    """The format in lower case.

    Raises
    ------
    ValueError
        If neither we nor ``dot`` make such a thing.
    """
    if not isinstance(format, str):
        raise TypeError(f"format is a string such as 'svg', got {type(format).__name__}")
    if format.lower() not in OURS and format.lower() not in graphviz.FORMATS:
        raise ValueError(
            f"unknown format {format!r}: there are svg, png, pdf, html and gv, and where "
            f"Graphviz's program dot is installed {', '.join(sorted(graphviz.FORMATS - set(OURS)))}"
        )
    return format.lower()


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """The graph of a computation: DOT source, and the picture of it.

    As long as the source is what `draw` wrote, pictures are our own drawing on Graphviz's layout.
    Nodes and attributes may be added as to any ``graphviz.Digraph``: Graphviz itself draws then.
    """

    _default_extension = "gv"

    def __init__(
        self, *args: Any, picture: Picture | None = None, written: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._picture = picture
        self._written = written

    @staticmethod
    def _verify_format(format: str | None, *, required: bool = True) -> None:
        """What the graphviz package calls: it does not know our formats."""
        if format is not None:
            check_format(format)

    @classmethod
    def of(cls, picture: Picture, format: str) -> Drawing:
        """The drawing of a picture."""
        self = cls(
            filename="graph.gv",
            format=format,
            graph_attr=graph_attributes(picture),
            node_attr=node_attributes(picture),
            edge_attr=edge_attributes(picture),
            body=complete_body(picture),
            picture=picture,
        )
        self._written = self.source
        return self

    def _copy_kwargs(self, **kwargs: Any) -> Any:
        # Added afterwards: the graphviz package drops keywords that it does not know.
        own = {"picture": self._picture, "written": self._written}
        return super()._copy_kwargs(**kwargs) | own

    def __repr__(self) -> str:
        if self._picture is None:
            return object.__repr__(self)
        return (
            f"<Drawing of {len(self._picture.cards)} nodes and {len(self._picture.wires)} edges; "
            'picture.render("graph.svg") writes it>'
        )

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> Any:
        """The picture as bytes, or as text if an ``encoding`` is given.

        Parameters
        ----------
        format, engine, encoding, ...
            As for ``graphviz.Digraph.pipe``. A ``renderer``, ``formatter`` or ``neato_no_op`` needs
            the program ``dot``.

        Returns
        -------
        bytes or str

        Raises
        ------
        ValueError
            For an unknown format.
        ToolsNotFound
            If what makes that format is not installed; the message says what to install. It is a
            ``graphviz.ExecutableNotFound``.
        """
        format = check_format(format or self.format)
        renderer, formatter = renderer or self.renderer, formatter or self.formatter
        if renderer is not None or formatter is not None or neato_no_op is not None:
            if graphviz_tools.find_dot() is None:
                raise missing.only_dot(f"{format}:{renderer}")
            return super().pipe(
                format=format,
                renderer=renderer,
                formatter=formatter,
                neato_no_op=neato_no_op,
                quiet=quiet,
                engine=engine,
                encoding=encoding,
            )
        made = self._make(format, engine or self.engine)
        return made if encoding is None else made.decode(encoding)

    def _make(self, format: str, engine: str) -> bytes:
        """The picture in one format, by whatever is there to make it."""
        if format in ("gv", "dot"):
            return str(self.source).encode()
        if format == "html":
            return self._make_html(engine).encode()
        if format not in OURS:
            if graphviz_tools.find_dot() is None:
                raise missing.only_dot(format)
            return graphviz_tools.run_graphviz(self.source, format, engine)
        if format == "svg":
            return self._make_svg(engine).encode()
        typst = conversion.find_converter()
        if typst is not None:
            return conversion.convert_svg(typst, self._make_svg(engine), format)
        if graphviz_tools.find_dot() is None:
            raise missing.no_conversion(format)
        return graphviz_tools.run_graphviz(self.source, format, engine)

    def _make_svg(self, engine: str) -> str:
        if self._picture is not None and self.source == self._written:
            return draw_svg(self._picture, lay_out(self._picture, engine))
        return graphviz_tools.run_graphviz(self.source, "svg", engine).decode()

    def _make_html(self, engine: str) -> str:
        if self._picture is not None and self.source == self._written:
            return make_page(self._picture, lay_out(self._picture, engine))
        svg = graphviz_tools.run_graphviz(self.source, "svg", engine).decode()
        return f'<!DOCTYPE html>\n<meta charset="utf-8">\n{svg[svg.index("<svg") :]}'

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Write the picture, and beside it the DOT source.

        ``render("graph")`` writes ``graph`` and ``graph.svg``, as ``graphviz.Digraph.render`` does.
        ``render("graph.svg")`` writes ``graph.svg`` and ``graph.gv``: a name that ends in ``.svg``,
        ``.png`` or ``.pdf`` is that of the picture. Files are replaced whole or not at all.

        Parameters
        ----------
        filename : str or path, optional
            Of the source, or of the picture as above.
        outfile : str or path, optional
            Of the picture, whatever its name.
        cleanup : bool
            Do not keep the source.
        directory, view, format, engine, ...
            As for ``graphviz.Digraph.render``.

        Returns
        -------
        str
            The path of the picture.

        Raises
        ------
        ValueError
            For an unknown format, or one that the name of the file contradicts.
        ToolsNotFound
            If what makes that format is not installed. The source has been written then.
        FileExistsError
            If ``raise_if_result_exists`` and there is such a file.
        OSError
            If a file cannot be written.
        """
        if outfile is None and filename is not None and _picture_suffix(filename):
            if format is None or format.lower() == _picture_suffix(filename):
                outfile = Path(os.fspath(directory or self.directory), os.fspath(filename))
                filename = directory = None
        elif outfile is not None and directory is None:
            outfile = Path(os.fspath(self.directory), os.fspath(outfile))
        if outfile is not None:
            result = os.fspath(outfile)
            format = _format_of(result, format)
            source = self._source_path(filename or Path(result).with_suffix(".gv"), directory)
        else:
            format = check_format(format or self.format)
            source = self._source_path(filename, directory)
            endings = (formatter or self.formatter, renderer or self.renderer, format)
            result = ".".join((source, *filter(None, endings)))
        if os.path.realpath(source) == os.path.realpath(result) and not overwrite_source:
            raise ValueError(
                f"the picture and the DOT source would be the same file, {result!r}; "
                "overwrite_source=True allows it"
            )
        if raise_if_result_exists and os.path.exists(result):
            raise graphviz.FileExistsError(f"{result!r} exists (raise_if_result_exists=True)")
        try:
            made = self.pipe(format, renderer, formatter, neato_no_op, quiet, engine=engine)
        except missing.ToolsNotFound as error:
            self._write_source(source)
            raise missing.ToolsNotFound(f"{error}\nThe DOT source is in {source!r}.") from None
        if not cleanup and source != result:
            self._write_source(source)
        write_atomically(result, made)
        if view or quiet_view:
            self._view(result, format=format, quiet=quiet_view)
        return result

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the DOT source.

        Parameters
        ----------
        filename, directory, skip_existing
            As for ``graphviz.Digraph.save``.

        Returns
        -------
        str
            The path of the file.
        """
        path = self._source_path(filename, directory)
        if not (skip_existing and os.path.exists(path)):
            self._write_source(path)
        return path

    def _source_path(
        self,
        filename: str | os.PathLike[str] | None,
        directory: str | os.PathLike[str] | None,
    ) -> str:
        """Where the source goes; the drawing remembers it, as in the graphviz package."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        return os.fspath(self.filepath)

    def _write_source(self, path: str) -> None:
        write_atomically(path, self.source.encode(self.encoding))

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        """What a notebook shows: the picture, or what is missing for it and the DOT source."""
        try:
            bundle: dict[str, Any] = super()._repr_mimebundle_(include, exclude)
        except missing.ToolsNotFound as error:
            return {"text/plain": f"{error}\n\n{self.source}"}
        return bundle


def _picture_suffix(path: str | os.PathLike[str]) -> str:
    """``svg``, ``png``, ``pdf`` or ``html`` if the name ends so."""
    suffix = Path(os.fspath(path)).suffix.lower().removeprefix(".")
    return suffix if suffix in PICTURES else ""


def _format_of(path: str, format: str | None) -> str:
    """The format that a picture's file is to have.

    Raises
    ------
    ValueError
        If its name says another one than the caller, or none that is known.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if format is None:
        return check_format(suffix)
    format = check_format(format)
    if suffix in graphviz.FORMATS and {suffix, format} not in ({suffix}, {"jpg", "jpeg"}):
        raise ValueError(
            f"the file {path!r} would hold {format}: give it that ending, or format={suffix!r}"
        )
    return format
