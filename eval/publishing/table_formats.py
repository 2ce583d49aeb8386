"""Tables as Markdown and as LaTeX, in which names are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ...corpus.formats.huggingface.markdown import escape_markdown, text_on_one_line
from ...corpus.formats.huggingface.tex import escape_tex
from ...schema.writing.line_layout import align_left, align_right, display_width
from .published_tables import PublishedCell, PublishedFigure, PublishedTable

_TEX_PLACES = {"[": "{[}", "]": "{]}", "*": "{*}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
               "±": r"$\pm$"}  # fmt: skip
"""Characters that mean something after a line break of a table, or are others in some fonts."""


_SIGN = re.compile(r"([-+]\d\.\d{3})")


def markdown_tables(tables: Iterable[PublishedTable], signatures: Mapping[str, str]) -> str:
    """Return tables in GitHub's Markdown with aligned columns, and the signatures below.

    Args:
        tables: The tables.
        signatures: The signature of each system.
    """
    parts = [f"{escape_markdown(table.caption)}:\n\n{_markdown_table(table)}" for table in tables]
    stated = _by_signature(signatures).items()
    parts.append("\n".join(f"* {escape_markdown(names)}: {_markdown_signature(text)}" for text, names in stated))
    return "\n\n".join(parts) + "\n"


def latex_tables(tables: Iterable[PublishedTable], signatures: Mapping[str, str]) -> str:
    """Return tables in LaTeX, for the package booktabs, and the signatures below as comments; arguments as above."""
    parts = ["% needs \\usepackage{booktabs}", *map(_latex_table, tables)]
    stated = _by_signature(signatures).items()
    parts.append("\n".join(f"% {text_on_one_line(names)}: {text_on_one_line(text)}" for text, names in stated))
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: PublishedTable) -> str:
    rows = [[escape_markdown(str(cell)) if isinstance(cell, str) else _markdown_figure(cell) for cell in row]
            for row in (table.header, *table.rows)]  # fmt: skip
    widths = [max(3, *map(display_width, column)) for column in zip(*rows, strict=True)]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    lines = [[align_left(row[0], widths[0]), *map(align_right, row[1:], widths[1:])] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def _markdown_figure(figure: PublishedFigure) -> str:
    return str(figure).replace("*", "\\*")


def _latex_table(table: PublishedTable) -> str:
    header, *rows = (_latex_row(row) for row in (table.header, *table.rows))
    lines = [
        "\\begin{table}",
        "  \\centering",
        f"  \\caption{{{_latex(table.caption)}}}",
        f"  \\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
        "    \\toprule",
        f"    {header}",
        "    \\midrule",
        *(f"    {row}" for row in rows),
        "    \\bottomrule",
        "  \\end{tabular}",
        "\\end{table}",
    ]
    return "\n".join(lines)


def _latex_row(row: Sequence[PublishedCell]) -> str:
    return " & ".join(_latex(cell) if isinstance(cell, str) else _latex_figure(cell) for cell in row) + r" \\"


def _latex_figure(figure: PublishedFigure) -> str:
    if figure.value is None:
        return "--"
    if figure.deviation is not None:
        return f"${figure.number} \\pm {figure.deviation:.3f}$"
    if figure.stars:
        return f"${figure.number}^{{{figure.stars}}}$"
    return _SIGN.sub(r"$\1$", str(figure))  # a hyphen is no minus


def _latex(text: str) -> str:
    """Return a name in which TeX finds no commands, also at the beginning of a row."""
    return "".join(_TEX_PLACES.get(c, c) for c in escape_tex(text_on_one_line(text))).replace('"', "''")


def _by_signature(signatures: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the systems with a signature, by the signature."""
    names: dict[str, str] = {}
    for name, text in signatures.items():
        names[text] = f"{names[text]}, {name}" if text in names else name
    return names


def _markdown_signature(text: str) -> str:
    return escape_markdown(text) if "`" in text else f"`{text_on_one_line(text)}`"
