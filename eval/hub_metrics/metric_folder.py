"""Where the folders of metrics are."""

from __future__ import annotations

from pathlib import Path


def metric_folder() -> str:
    """Return the folder of the metric of span scores, for `evaluate.load` of Hugging Face's library evaluate."""
    return str(Path(__file__).parent / "goldspan_spans")
