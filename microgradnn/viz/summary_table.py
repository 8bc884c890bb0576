"""A summary as a table: of text, in Markdown, in HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

from .user_text import columns, escape_xml, one_line

_HEADINGS = ("module", "class", "output", "parameters", "activations")


@dataclass
class Row:
    """One module.

    Attributes
    ----------
    name, kind : str
        Its name in the module that holds it, and its class.
    level : int
        How deep it lies; 0 for the model.
    path : str
        What ``named_modules()`` calls it.
    shapes : str
        Of what came out of its last call.
    calls : int
    parameters : int
        In it and below, those counted further up left out.
    activations : int
        Bytes of what came out, in new memory.
    note : str
        That it, or a parameter of it, is another one's; that it was not called.
    """

    name: str
    kind: str
    level: int = 0
    path: str = ""
    shapes: str = ""
    calls: int = 0
    parameters: int = 0
    activations: int = 0
    note: str = ""


@dataclass
class Summary:
    """What `summary` returns: rows and totals.

    Attributes
    ----------
    rows : list of Row
    parameters, trainable_parameters : int
        Each counted once.
    parameter_bytes, gradient_bytes, buffer_bytes, activation_bytes, input_bytes : int
        Gradients: of the trainable parameters, once ``backward()`` has run. Activations: the
        results of the innermost modules.
    """

    rows: list[Row] = field(default_factory=list)
    parameters: int = 0
    trainable_parameters: int = 0
    parameter_bytes: int = 0
    gradient_bytes: int = 0
    buffer_bytes: int = 0
    activation_bytes: int = 0
    input_bytes: int = 0

    def add_parameter(self, size: int, nbytes: int, trainable: bool) -> None:
        """Count one parameter."""
        self.parameters += size
        self.parameter_bytes += nbytes
        if trainable:
            self.trainable_parameters += size
            self.gradient_bytes += nbytes

    @property
    def total_bytes(self) -> int:
        """Parameters, gradients, buffers, activations and the input."""
        return (
            self.parameter_bytes + self.gradient_bytes + self.buffer_bytes
            + self.activation_bytes + self.input_bytes
        )  # fmt: skip

    def totals(self) -> list[tuple[str, str]]:
        """What stands below the table, as pairs of a name and a sentence."""
        frozen = self.parameters - self.trainable_parameters
        said = "all trainable" if not frozen else f"{self.trainable_parameters:,} trainable"
        parts = (
            (self.parameter_bytes, "parameters"), (self.gradient_bytes, "gradients"),
            (self.buffer_bytes, "buffers"), (self.activation_bytes, "activations"),
            (self.input_bytes, "input"),
        )  # fmt: skip
        memory = " + ".join(f"{format_bytes(n)} {name}" for n, name in parts if n)
        return [
            ("parameters", f"{self.parameters:,}" + (f", {said}" if self.parameters else "")),
            ("memory", f"{format_bytes(self.total_bytes)} = {memory}"),
        ]

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                "  " * row.level + one_line(row.name),
                one_line(row.kind) + (f" × {row.calls:,}" if row.calls > 1 else ""),
                row.shapes,
                f"{row.parameters:,}" if row.parameters else "",
                format_bytes(row.activations) if row.activations else "",
                one_line(row.note),
            )
            for row in self.rows
        ]

    def _headings(self) -> tuple[str, ...]:
        return (*_HEADINGS, "note" if any(row.note for row in self.rows) else "")

    def __str__(self) -> str:
        headings = self._headings()
        lines = [headings, *self._cells()]
        widths = [max(columns(line[k]) for line in lines) for k in range(len(headings))]
        lines.insert(1, tuple("-" * width for width in widths))
        table = []
        for line in lines:
            cells = (
                " " * (width - columns(cell)) + cell
                if 3 <= k <= 4 and not cell.startswith("-")
                else cell + " " * (width - columns(cell))
                for k, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            table.append("  ".join(cells).rstrip())
        totals = [f"{name:<14}  {said}" for name, said in self.totals()]
        return "\n".join([*table, "", *totals])

    __repr__ = __str__

    def markdown(self) -> str:
        """The table in Markdown."""
        headings = [heading for heading in self._headings() if heading]
        lines = [headings, ["---:" if 3 <= k <= 4 else "---" for k in range(len(headings))]]
        for cells in self._cells():
            indented = "&nbsp;" * (2 * (len(cells[0]) - len(cells[0].lstrip())))
            name = indented + _in_markdown(cells[0].strip())
            lines.append([name, *map(_in_markdown, cells[1 : len(headings)])])
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"{table}\n\n" + "\n".join(f"- {name}: {said}" for name, said in self.totals())

    def _repr_html_(self) -> str:
        """The table for notebooks."""
        number = ' style="text-align:right;font-variant-numeric:tabular-nums"'
        left = ' style="text-align:left;white-space:pre"'
        headings = [heading for heading in self._headings() if heading]
        look = [number if 3 <= k <= 4 else left for k in range(len(headings))]
        head = "".join(f"<th{a}>{name}</th>" for a, name in zip(look, headings, strict=True))
        rows = "\n".join(
            "<tr>"
            + "".join(
                f"<td{a}>{escape_xml(cell)}</td>" for a, cell in zip(look, cells, strict=False)
            )
            + "</tr>"
            for cells in self._cells()
        )
        totals = "".join(f"<p>{name}: {escape_xml(said)}</p>" for name, said in self.totals())
        body = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
        return f"<table>\n{body}\n</table>\n{totals}"


def _in_markdown(text: str) -> str:
    """Text that means nothing in Markdown but itself."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, "\\" + mark)
    return text


def format_bytes(number: int) -> str:
    """Bytes in the unit in which they read best.

    Examples
    --------
    >>> format_bytes(52), format_bytes(1536), format_bytes(7_340_032)
    ('52 B', '1.5 KiB', '7 MiB')
    """
    size, unit = float(number), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
