"""Read passes from files, each under its annotator's name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...schema import Document, Scheme, UsageError, for_each
from ..storage.records import read_records
from .drafts import require_submitted


def read_passes(paths: Sequence[str | Path], scheme: Scheme, *, least: int = 2) -> dict[str, list[Document]]:
    """Read the layers of files, by the annotator that all of a file's documents name, else by the file's name.

    Args:
        paths: A records file for each pass.
        scheme: Their scheme.
        least: Number of passes that are needed.

    Raises:
        GoldspanError: Files cannot be read, all of which are listed, or a file has drafts.
        UsageError: There are fewer files than `least`, or two have the same name.
    """
    if len(paths) < least:
        raise UsageError("two or more passes are needed. Fix: name a file for each; a single pass is gold as it is")
    layers: dict[str, list[Document]] = {}
    for path, documents in zip(paths, for_each(lambda path: list(read_records(path, scheme)), paths), strict=True):
        for document in documents:
            require_submitted(str(path), document)
        names = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        name = names.pop() if len(names) == 1 else Path(path).name.partition(".")[0]
        if name in layers:
            raise UsageError(f"{path}: a second pass called {name!r}. Fix: give each layer an annotator of its own")
        layers[name] = documents
    return layers
