"""Plots as inline SVG that uses the colours of the page, so that it fits both light and dark mode."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES = 8
"""Number of colours for series in the page; further series repeat them with other markers."""

_MARKERS = "osD^vPX<>*hp"
_MAX_LINES = 3
_STRONGEST = 0.45  # opacity of a field of 1, on which text is as readable as in shaded cells of tables
_WIDEST = 60  # letters of all names of columns that fit side by side
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")

_INK, _LINE, _PAPER = "#b00000", "#c00000", "#d00000"
_SERIES_COLOURS = [f"#a0000{number}" for number in range(SERIES)]
_KIND_COLOURS = [f"#e0000{number}" for number in range(len(_HATCHES))]
_PAGE_COLOURS = {
    _INK: "currentColor",
    _LINE: "var(--line)",
    _PAPER: "var(--paper)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(_SERIES_COLOURS)},
    **{colour: f"var(--kind-{number})" for number, colour in enumerate(_KIND_COLOURS)},
}
"""The colours of the page by those that stand for them in figures: matplotlib takes none that only CSS knows."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_NUMBERED = re.compile(r"[A-Za-z0-9.]+_\d+")  # ids that matplotlib gives anew in each plot, so that they occur twice

PlotInterval = tuple[float, float] | None


def forest_plot(rows: Sequence[tuple[str, float | None, PlotInterval]], measure: str) -> str:
    """Draw a metric of each system with its interval, one below the other.

    Args:
        rows: Name, metric (0 to 1) and interval of each system.
        measure: Name of the metric.
    """
    figure, axes = _axes(len(rows) * _lines(name for name, *_ in rows))
    for position, (_, value, bounds) in enumerate(rows):
        if value is not None:
            axes.plot([value], [position], marker=_MARKERS[0], color=_series_colour(0), linestyle="", markersize=6)
        if bounds is not None:
            axes.plot(bounds, [position, position], color=_series_colour(0), linewidth=2)
    _label_rows(axes, [name for name, _, _ in rows])
    _set_unit_scale(axes, measure)
    return _svg(figure, f"forest {measure}", _with_intervals(f"{measure} by system", rows))


def _with_intervals(title: str, rows: Sequence[tuple[str, float | None, PlotInterval]]) -> str:
    return f"{title}, with 95 % intervals" if any(bounds for *_, bounds in rows) else title


def label_plot(
    labels: Sequence[str], series: Mapping[str, Sequence[tuple[float | None, PlotInterval]]], measure: str
) -> str:
    """Draw a metric of each label, with one marker per series.

    Args:
        labels: Names of the rows.
        series: Metric and interval of each label, by name of the series.
        measure: Name of the metric.
    """
    count = max(1, len(series))
    figure, axes = _axes(max(len(labels) * max(_lines(labels), (1 + count) / 2.5), count * _lines(series)))
    for number, (name, values) in enumerate(series.items()):
        shift = 0.7 * ((number + 0.5) / count - 0.5)
        points = [(v, position + shift) for position, (v, _) in enumerate(values) if v is not None]
        axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            marker=_MARKERS[number % len(_MARKERS)],
            color=_series_colour(number),
            linestyle="",
            markersize=6,
            label=_wrap(name),
        )
        for position, (_, bounds) in enumerate(values):
            if bounds is not None:
                axes.plot(bounds, [position + shift] * 2, color=_series_colour(number), linewidth=1.5)
    _label_rows(axes, labels)
    _set_unit_scale(axes, measure)
    _legend(axes)
    return _svg(figure, f"labels {measure}", f"{measure} by label")


def matrix_plot(names: Sequence[str], rows: Sequence[Sequence[float | None]], measure: str) -> str:
    """Draw a metric of each two of several names as a heat map with the figures in it.

    Args:
        names: Names of the rows, and of the columns.
        rows: The metric (0 to 1) by row and column; None leaves a field empty.
        measure: Name of the metric.
    """
    from matplotlib.patches import Rectangle

    figure, axes = _axes(1.6 * len(names) * _lines(names) + 1)
    axes.grid(visible=False)
    told = []
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            share = 0.0 if value is None else min(max(value, 0.0), 1.0)
            corner = (x - 0.5, y - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, color=_series_colour(0), alpha=_STRONGEST * share, linewidth=0))
            text = "-" if value is None else f"{value:.3f}"
            axes.text(x, y, text, ha="center", va="center", color=_INK, parse_math=False)
            if x > y:
                told.append(f"{names[y]} and {names[x]} {text}")
    _label_rows(axes, names)
    axes.set_xlim(-0.5, len(names) - 0.5)
    turned = 0 if len(names) * max(map(len, names)) < _WIDEST else 30
    labels = [_wrap(name) for name in names]
    axes.set_xticks(range(len(names)), labels, parse_math=False, rotation=turned, ha="right" if turned else "center")
    return _svg(figure, f"matrix {measure}", f"{measure}: {', '.join(told)}")


def stacked_bars(rows: Mapping[str, Mapping[str, int]], parts: Mapping[str, str], what: str) -> str:
    """Draw the counts of each row as a stacked bar, whose parts differ in hatching as well as in colour.

    Args:
        rows: Counts by part, by row.
        parts: Display name of each part.
        what: Plural noun for what is counted.
    """
    figure, axes = _axes(len(rows) * _lines(rows))
    left = [0] * len(rows)
    for number, (part, title) in enumerate(parts.items()):
        width = [counts.get(part, 0) for counts in rows.values()]
        axes.barh(
            range(len(rows)),
            width,
            left=left,
            height=0.6,
            color=_KIND_COLOURS[number],
            edgecolor=_PAPER,
            linewidth=0.5,
            hatch=_HATCHES[number % len(_HATCHES)],
            label=title,
        )
        left = [a + b for a, b in zip(left, width, strict=True)]
    _label_rows(axes, list(rows))
    axes.set_xlabel(what, parse_math=False)
    axes.set_xlim(0, max([1, *left]) * 1.05)
    _legend(axes)
    return _svg(figure, f"stacked {what}", f"{what} by class")


def speed_plot(rows: Sequence[tuple[str, float | None, float | None]], measure: str) -> str:
    """Draw a metric against speed (logarithmic), with one marker per system.

    Args:
        rows: Name, words per second and metric of each system.
        measure: Name of the metric.
    """
    figure, axes = _axes(7)
    for number, (name, words, value) in enumerate(rows):
        if words and value is not None:
            marker = _MARKERS[number % len(_MARKERS)]
            axes.plot([words], [value], marker=marker, color=_series_colour(number), linestyle="", label=_wrap(name))
    axes.set_xscale("log")
    axes.set_xlabel("words per second")
    axes.set_ylabel(measure, parse_math=False)
    axes.set_ylim(0, 1.02)
    _legend(axes)
    return _svg(figure, f"speed {measure}", f"{measure} against words per second")


def growth_plot(days: Sequence[date], series: Mapping[str, Sequence[int]], what: str) -> str:
    """Draw how totals grow from day to day, as steps.

    Args:
        days: The days, in order.
        series: Total at the end of each day, by name of the series.
        what: Plural noun for what is counted.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    figure, axes = _axes(max(7, sum(_lines([name]) for name in series)))
    for number, (name, totals) in enumerate(series.items()):
        axes.step(
            date2num(days),  # type: ignore[no-untyped-call]  # as are the next two of matplotlib
            totals,
            where="post",
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=4,
            color=_series_colour(number),
            label=_wrap(name),
        )
    locator = AutoDateLocator(minticks=2, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.xaxis.get_offset_text().set_color(_INK)
    axes.set_ylabel(what, parse_math=False)
    axes.set_ylim(bottom=0)
    _legend(axes)
    return _svg(figure, f"growth {what}", f"{what} by day")


def _axes(rows: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 0.9 + 0.34 * max(rows, 1)), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_LINE)
    axes.tick_params(colors=_INK, length=3)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_color(_INK)
    axes.grid(axis="x", color=_LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _label_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_wrap(name) for name in names], parse_math=False)
    axes.set_ylim(len(names) - 0.5, -0.5)  # first row at the top


def _set_unit_scale(axes: Axes, measure: str) -> None:
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(measure, parse_math=False)


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[1]:
        legend = axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, labelcolor=_INK)
        for text in legend.get_texts():
            text.set_parse_math(False)


def _series_colour(number: int) -> str:
    return _SERIES_COLOURS[number % SERIES]


def _wrap(name: str) -> str:
    """Return a name as a few lines of limited length, without characters that are invalid in XML."""
    line = "".join(c if c.isprintable() else " " for c in name)
    wrapped = "\n".join(textwrap.wrap(line, 32, max_lines=_MAX_LINES, placeholder="…", break_on_hyphens=False))
    return f" {wrapped}" if wrapped.startswith("_") else wrapped  # matplotlib omits such names from legends


def _lines(names: Iterable[str]) -> float:
    """Return the height of a row that fits the longest of the names, 1 for a single line."""
    return max([1.0, *(0.7 * (_wrap(name).count("\n") + 1) for name in names)])


def _svg(figure: Figure, salt: str, description: str) -> str:
    """Render a figure as an SVG element; the same figure yields the same element."""
    from xml.dom import minidom

    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt, "font.size": 10}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the browser uses its own fonts
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    elements = minidom.parseString(out.getvalue()).getElementsByTagName("*")
    for element in elements:
        if element.tagName in ("metadata", "style"):
            element.parentNode.removeChild(element)  # type: ignore[union-attr]  # all but the root have one
        if _NUMBERED.fullmatch(element.getAttribute("id")):
            element.removeAttribute("id")
        for name in ("style", "fill", "stroke"):
            if value := element.getAttribute(name):
                element.setAttribute(name, _COLOUR.sub(lambda colour: _PAGE_COLOURS.get(colour[0], colour[0]), value))
    elements[0].setAttribute("role", "img")
    elements[0].setAttribute("aria-label", description)
    return elements[0].toxml()
