"""A report as a single HTML page: the documents side by side, then sections of prose, tables and plots."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import resources
from importlib.metadata import version

from .side_by_side import MAX_TEXT_LENGTH, Comparison, chunk_data, index_data

_SCRIPTS = ("data", "list", "text", "selection", "table", "location", "controls")
"""The scripts of the viewer, in the order in which they use each other."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: Text of the cell.
        heat: Intensity of the shading, 0 to 1; None for no shading.
        title: Tooltip.
        is_header: Whether the cell is the header of its row.
    """

    text: str
    heat: float | None = None
    title: str = ""
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        caption: Caption of the table.
        header: Names of the columns.
        rows: Cells by row; a plain string is a cell with only text.
        is_sortable: Whether readers can sort it; only on pages with the script `sorting`.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    is_sortable: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot, as an SVG element drawn by `plots`."""

    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """The figures of each document for all systems, which the viewer draws; a page has at most one."""

    caption: str


@dataclass(frozen=True, slots=True)
class Group:
    """Tables and plots that readers open and close together.

    Attributes:
        title: What the group shows.
        parts: Tables and plots.
        is_open: Whether it is open at first.
    """

    title: str
    parts: Sequence[Table | Plot]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Attributes:
        title: Heading.
        prose: Paragraphs.
        parts: Tables and plots, alone or in groups.
    """

    title: str
    prose: Sequence[str] = ()
    parts: Sequence[Table | Plot | Group | DocumentTable] = field(default=())


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report.

    Attributes:
        title: Title of the page.
        facts: Facts about the data, by name.
        notes: Caveats that readers should know.
        sections: Sections, in order.
        comparison: Comparison of the documents; None for a page without texts.
        titles: Display name of each class of differences.
        max_text_length: Maximum number of code points of text in the page.
    """

    title: str
    facts: Mapping[str, str]
    notes: Sequence[str]
    sections: Sequence[Section]
    comparison: Comparison | None
    titles: Mapping[str, str] = field(default_factory=dict)
    max_text_length: int = MAX_TEXT_LENGTH

    def html(self) -> Iterator[str]:
        """Yield the page in pieces; the same report yields the same bytes."""
        included = self.comparison.included(self.max_text_length) if self.comparison else []
        yield from render_page(
            "page.html.j2",
            _SCRIPTS if self.comparison else (),
            page=self,
            included=len(included),
            index=_json(index_data(self.comparison, included, self.titles)) if self.comparison else "",
            chunks=(_json(chunk) for chunk in chunk_data(self.comparison, included)) if self.comparison else (),
        )


def render_page(template: str, script_names: Sequence[str], **context: object) -> Iterator[str]:
    """Yield a page in pieces, which may run its own scripts alone and fetch nothing.

    Args:
        template: Name of its template.
        script_names: Names of the scripts in `viewer`.
        context: Further variables of the template.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    parts = resources.files("goldspan.eval.report")
    scripts = [parts.joinpath("viewer", f"{name}.js").read_text(encoding="utf-8") for name in script_names]
    allowed = " ".join(f"'{_digest(script)}'" for script in scripts) or "'none'"
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: parts.joinpath(name).read_text(encoding="utf-8")),
    )
    environment.globals |= {
        "kind_of": lambda part: type(part).__name__,
        "cell": lambda item: item if isinstance(item, Cell) else Cell(item),
        "svg": lambda plot: Markup(plot.svg),
    }
    yield from environment.get_template(template).generate(
        style=Markup(parts.joinpath("page.css").read_text(encoding="utf-8")),
        scripts=[Markup(script) for script in scripts],
        # only the page's own scripts may run, so text that escaped its element could do no harm
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}",
        version=version("goldspan"),
        **context,
    )


def _json(data: object) -> object:
    """Return JSON that is safe inside a script element: it has no `<` that could end the element."""
    from markupsafe import Markup

    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = encoded.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup(safe)


def _digest(script: str) -> str:
    return f"sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}"
