"""The picture in a dataset's card: spans by label, and how many spans documents have."""

from __future__ import annotations

from pathlib import Path

from ....schema import Scheme
from ...inspection.stats import CorpusStats

STATISTICS = "statistics.png"
"""The picture's file."""

_BINS = 20
_LABELS = 30  # those with most spans


def draw_statistics(path: Path, stats: CorpusStats, scheme: Scheme) -> None:
    """Draws the counts as PNG; the same counts give the same bytes with the same matplotlib."""
    from matplotlib.figure import Figure  # without pyplot: no window, no state

    labels = sorted(scheme.labels.values(), key=lambda label: -stats.labels[label.name].spans)[:_LABELS]
    figure = Figure(figsize=(9, max(2.4, 0.45 * len(labels) + 0.9)), dpi=110, layout="constrained", facecolor="white")
    by_label, by_document = figure.subplots(1, 2)
    counts = [stats.labels[label.name].spans for label in labels]
    places = range(len(labels))
    bars = by_label.barh(places, counts, color=[label.colour for label in labels], height=0.7)
    by_label.bar_label(bars, labels=[f"{count:,}" for count in counts], padding=3, fontsize=9)
    by_label.set_yticks(places, [_plain(label.name) for label in labels])
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
    figure.savefig(path, format="png", metadata={"Software": None})


def _plain(text: str) -> str:
    """A text in which nothing is taken for a formula."""
    return text.replace("$", r"\$")
