"""A report as one HTML page: sections of prose, tables and plots, then the viewer of documents."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import resources
from importlib.metadata import version

from .side_by_side import MAX_TEXT_LENGTH, Comparison, chunk_data, index_data


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: What it shows.
        heat: 0 to 1, how strongly it is shaded; None for not at all.
        title: What it says when pointed at.
        head: Whether it heads its row.
    """

    text: str
    heat: float | None = None
    title: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        caption: What it shows.
        header: Names of columns.
        rows: Cells; a plain string is a cell that is only text.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: an SVG element as `plots` draws it."""

    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        title: Its heading.
        prose: Paragraphs.
        parts: Tables and plots.
    """

    title: str
    prose: Sequence[str] = ()
    parts: Sequence[Table | Plot] = field(default=())


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report.

    Attributes:
        title: Of the page.
        facts: What it is about, as name and text.
        notes: What a reader must know.
        sections: In order.
        comparison: The documents.
        titles: What each class of difference is called.
        most: Code points of text that the page holds at most.
    """

    title: str
    facts: Mapping[str, str]
    notes: Sequence[str]
    sections: Sequence[Section]
    comparison: Comparison
    titles: Mapping[str, str]
    most: int = MAX_TEXT_LENGTH

    def html(self) -> Iterator[str]:
        """The page, piece by piece. The same report gives the same bytes."""
        from jinja2 import Environment, StrictUndefined
        from markupsafe import Markup

        parts = resources.files("goldspan.eval.report")
        style, script = (parts.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "viewer.js"))
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        template = environment.from_string(parts.joinpath("page.html.j2").read_text(encoding="utf-8"))
        held = self.comparison.held(self.most)
        yield from template.generate(
            page=self,
            held=len(held),
            style=Markup(style),
            script=Markup(script),
            # only the viewer may run: a text that broke out of its place could do nothing
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src '{_digest(script)}'",
            index=_json(index_data(self.comparison, held, self.titles)),
            chunks=(_json(chunk) for chunk in chunk_data(self.comparison, held)),
            version=version("goldspan"),
            is_plot=lambda part: isinstance(part, Plot),
            cell=lambda item: item if isinstance(item, Cell) else Cell(item),
            svg=lambda plot: Markup(plot.svg),
        )


def _json(data: object) -> object:
    """JSON that may stand in a script element: no `<` in it, so nothing that could end it."""
    from markupsafe import Markup

    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = encoded.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup(safe)


def _digest(script: str) -> str:
    return f"sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}"
