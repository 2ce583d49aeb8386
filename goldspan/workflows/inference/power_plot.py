"""Curves of plans as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...corpus.storage.file_io import open_writer
from ...eval.power.reading_results import ReadingCurve

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_curve(
    path: Path, curve: Sequence[tuple[int, float]], *, across: str, up: str, wanted: float | None = None,
    marked: tuple[int, float] | None = None,
) -> None:  # fmt: skip
    """Draw a curve, with a line for what is wanted and a mark where that is reached.

    Args:
        path: The file, .png, .svg or .pdf.
        curve: The points.
        across: What the first numbers are.
        up: What the second are.
        wanted: The wanted second number; None for none.
        marked: The point to mark; None for none.

    Raises:
        DependencyError: matplotlib is not installed, or the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 4.0), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([at for at, _ in curve], [width for _, width in curve], color="#000000", marker="o")
    if wanted is not None:
        axes.axhline(wanted, color="#0072b2", linestyle="--")
    if marked is not None:
        axes.plot(*([number] for number in marked), color="#d55e00", marker="s", linestyle="")
        axes.annotate(f"{marked[0]:,}", marked, textcoords="offset points", xytext=(6, 6))
    axes.set_xlabel(across, parse_math=False)
    axes.set_ylabel(up, parse_math=False)
    axes.set_ylim(bottom=0)
    _save(path, figure)


def write_reading(path: Path, found: ReadingCurve) -> None:
    """Draw how a metric rises with what people read: in the order, and in random orders with their band.

    Arguments and errors are those of `write_curve`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 4.0), layout="constrained")
    axes = figure.add_subplot()
    at = [point.documents for point in found.curve]
    ordered, random, low, high = (
        [np.nan if value is None else value for value in values]
        for values in zip(*((one.ordered, one.random, one.low, one.high) for one in found.curve), strict=True)
    )
    axes.fill_between(at, low, high, color="#0072b2", alpha=0.2, linewidth=0, label="90 % of random orders")
    axes.plot(at, random, color="#0072b2", linestyle="--", label="random, on average")
    axes.plot(at, ordered, color="#000000", label=found.order)
    if found.needed is not None:
        axes.axhline(found.needed.wanted, color="#d55e00", linestyle=":")
    axes.set_xlabel("documents read by people", parse_math=False)
    axes.set_ylabel(found.measure, parse_math=False)
    axes.legend(frameon=False)
    _save(path, figure)


def _save(path: Path, figure: Figure) -> None:
    picture = BytesIO()
    # without the time and the random ids that matplotlib writes, so that the same plan gives the same bytes
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=150)
    with open_writer(str(path)) as stream:
        stream.write(picture.getvalue())
