"""The curve of a plan as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from ...corpus.storage.file_io import open_writer


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
    picture = BytesIO()
    # without the time and the random ids that matplotlib writes, so that the same plan gives the same bytes
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=150)
    with open_writer(str(path)) as stream:
        stream.write(picture.getvalue())
