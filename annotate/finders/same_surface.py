"""The extractor `same-surface`: what people marked in other documents, wherever the same words occur.

A document's own marks never count for it, so that scores against the very file are those of documents not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...corpus.storage.records import read_records
from ...schema import Document, Extractor, Parameter, Scheme, Span, UsageError, Value, layer_fingerprint
from ...schema.hashing import json_sha256
from .candidates import Candidate, choose_spans
from .dictionary_extractor import is_abbreviation
from .folded_text import fold_text
from .marked_surfaces import MarkedSurfaces, SurfaceCounts

_VERSION = "1"


class SameSurface:
    """An extractor that marks what is marked elsewhere.

    Args:
        scheme: The scheme of the layers.
        file: Records with the marks of people, such as a gold or a pass.
        min_count: How often a surface must be marked with a label in other documents.
        min_share: The share, from 0 to 1, of its occurrences there that must have the label; and the share of these
            that must have a value for it to be suggested.

    Attributes:
        version: A version of this module, a digest of the options, and the fingerprint of the file's layers.
        tally: The number of candidates that were dropped, by reason; whoever reports it clears it.

    Raises:
        DataError: The file cannot be read, or a document has no text.
        UsageError: An option is out of range.
    """

    name = "same-surface"

    def __init__(self, scheme: Scheme, *, file: Path, min_count: int = 1, min_share: float = 0.5) -> None:
        if min_count < 1:
            raise UsageError(f"min_count {min_count} is less than 1. Fix: 1 or more")
        if not 0 <= min_share <= 1:
            raise UsageError(f"min_share {min_share:g} is not a share. Fix: a number from 0 to 1")
        self._scheme = scheme
        self._min_count = min_count
        self._min_share = min_share
        documents = list(read_records(file, scheme))
        self._marked = MarkedSurfaces(documents)
