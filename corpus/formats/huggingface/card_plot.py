"""The figure in a dataset's card: spans by label, and documents by number of spans."""

from __future__ import annotations

import warnings
from pathlib import Path

from ....schema import Scheme
from ...inspection.stats import CorpusStats

FIGURE = "statistics.png"
"""File name of the figure."""

_BINS = 20
_MAX_LABELS = 30  # the most frequent ones
_MAX_NAME = 40  # characters


def draw_statistics(path: Path, stats: CorpusStats, scheme: Scheme) -> None:
    """Draw the counts as PNG; equal counts give equal bytes with the same version of matplotlib."""
    from matplotlib.figure import Figure  # pyplot would open windows and keep state

    labels = sorted(scheme.labels.values(), key=lambda label: -stats.labels[label.name].spans)[:_MAX_LABELS]
    figure = Figure(figsize=(9, max(2.4, 0.45 * len(labels) + 0.9)), dpi=110, layout="constrained", facecolor="white")
    by_label, by_document = figure.subplots(1, 2)
    counts = [stats.labels[label.name].spans for label in labels]
    positions = range(len(labels))
    bars = by_label.barh(positions, counts, color=[label.colour for label in labels], height=0.7)
    by_label.bar_label(bars, labels=[f"{count:,}" for count in counts], padding=3, fontsize=9)
    by_label.set_yticks(positions, [_shorten(label.name) for label in labels], parse_math=False)
    by_label.invert_yaxis()
    by_label.margins(x=0.15)
    by_label.set_title("spans by label", fontsize=10)
    by_document.hist(
        list(stats.span_counts), weights=list(stats.span_counts.values()), bins=_BINS, color="#57606a", rwidth=0.9
    )
    by_document.set_xlabel("spans in a document", fontsize=9)
    by_document.set_ylabel("documents", fontsize=9)
    by_document.set_title("documents by spans", fontsize=10)
    by_document.yaxis.get_major_locator().set_params(integer=True)
    for axes in (by_label, by_document):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=9)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the font does not have every script
        figure.savefig(path, format="png", metadata={"Software": None})


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_NAME else f"{text[: _MAX_NAME - 1]}…"
