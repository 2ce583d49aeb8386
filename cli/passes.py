"""Passes read from files, each under its annotator's name."""

from __future__ import annotations

from pathlib import Path

from ..schema.document import Document
from ..schema.errors import UsageError, for_each
from ..schema.scheme import Scheme


def read_passes(paths: list[str], scheme: Scheme, *, least: int = 2) -> dict[str, list[Document]]:
    """The layers of files by the annotator that each states throughout, else by the file's name.

    Raises:
        GoldspanError: A file cannot be read; of several, all are named. Or a file has drafts.
        UsageError: Fewer files than `least`, which is two at the most, or two of one name.
    """
    from ..corpus import read_records
    from ..corpus.adjudication.drafts import require_submitted

    if len(paths) < least:
        raise UsageError(
            "two passes or more are needed. Fix: name a file for each; what one person read alone is gold as it is"
        )
    layers: dict[str, list[Document]] = {}
    for path, documents in zip(paths, for_each(lambda path: list(read_records(path, scheme)), paths), strict=True):
        for document in documents:
            require_submitted(path, document)
        names = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        name = names.pop() if len(names) == 1 else Path(path).name.partition(".")[0]
        if name in layers:
            raise UsageError(f"{path}: a second pass called {name!r}. Fix: give each layer an annotator of its own")
        layers[name] = documents
    return layers
