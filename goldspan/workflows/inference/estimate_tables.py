"""Estimates as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ...corpus.queries.table_lines import csv_line, inert_cell
from ...corpus.storage.file_io import file_suffix, open_writer
from ...eval.estimation.estimates import Estimates
from ...eval.estimation.regressions import Regression
from ...eval.estimation.three_estimates import ThreeEstimates
from ...schema import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PICTURES = (".png", ".svg", ".pdf")
_INCHES_A_GROUP = 0.35


def check_outputs(table: Path | None, picture: Path | None) -> None:
    """Check that estimates can be written to files of these names.

    Raises:
        UsageError: They are of another kind.
    """
    if table is not None and file_suffix(table) != ".csv":
        raise UsageError(f"`out` {table}: not a table. Fix: a name that ends with .csv")
    if picture is not None and picture.suffix.lower() not in _PICTURES:
        raise UsageError(f"`plot` {picture}: not a picture. Fix: a name that ends with {', '.join(_PICTURES)}")


def write_estimates(path: Path, estimates: Estimates | Regression) -> None:
    """Write estimates to a CSV file, a line for each group or coefficient, empty where there is none.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: Its name does not end with .csv.
    """
    check_outputs(path, None)
    columns, rows = estimates.rows()
    with open_writer(str(path)) as stream:
        for row in (columns, *rows):
            stream.write(csv_line(inert_cell(cell) if isinstance(cell, str) else cell for cell in row))


def write_plot(path: Path, estimates: Estimates | Regression) -> None:
    """Draw the three estimates of each group, over time where groups are months or years, or of each coefficient.

    Raises:
        DependencyError: matplotlib is not installed, or the file cannot be written.
        UsageError: The name of the file is not that of a picture.
    """
    from matplotlib.figure import Figure

    check_outputs(None, path)
    points, is_time = estimates.points, estimates.is_over_time
    size = (7.5, 4.0) if is_time else (7.5, 1.5 + _INCHES_A_GROUP * len(points))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    for offset, name, colour, marker in ((0.2, "gold", "#0072b2", "s"), (0.0, "corrected", "#000000", "o")):
        _draw(axes, points, name, colour, marker, offset, is_time=is_time)
    predicted = [(at - 0.2, point.predictions) for at, (_, point) in enumerate(points) if point.predictions is not None]
    at, values = [at for at, _ in predicted], [value for _, value in predicted]
    drawn = (at, values) if is_time else (values, at)
    axes.plot(*drawn, color="#d55e00", marker="x", linestyle="-" if is_time else "", label="predictions alone")
    axis = axes.xaxis if is_time else axes.yaxis
    axis.set_ticks(range(len(points)), [name for name, _ in points], rotation=45 if is_time else 0, parse_math=False)
    if not is_time:
        axes.invert_yaxis()
    (axes.set_ylabel if is_time else axes.set_xlabel)(estimates.quantity.text, parse_math=False)
    axes.legend(frameon=False)
    picture = BytesIO()
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=150)
    with open_writer(str(path)) as stream:
        stream.write(picture.getvalue())


def _draw(
    axes: Axes,
    points: Sequence[tuple[str, ThreeEstimates]],
    name: str,
    colour: str,
    marker: str,
    offset: float,
    *,
    is_time: bool,
) -> None:
    means = [(position + offset, getattr(point, name)) for position, (_, point) in enumerate(points)]
    known = [(at, mean) for at, mean in means if mean is not None]
    at, values = [at for at, _ in known], [mean.value for _, mean in known]
    label = "gold alone" if name == "gold" else "corrected"
    axes.plot(
        *((at, values) if is_time else (values, at)),
        color=colour,
        marker=marker,
        linestyle="-" if is_time else "",
        label=label,
    )
    for place, mean in known:
        if mean.interval is not None:
            ends = [place, place]
            axes.plot(*((ends, list(mean.interval)) if is_time else (list(mean.interval), ends)), color=colour)
