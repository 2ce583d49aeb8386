"""The extractor `dictionary`: the surfaces of a file, wherever they occur as whole words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...schema import Document, Extractor, Parameter, Scheme, Span
from ...schema.hashing import json_sha256
from .candidates import Candidate, choose_spans
from .dictionary_file import DictionaryEntry, read_dictionary
from .folded_text import fold_surface, fold_text
from .surface_index import SurfaceIndex

CASE = Parameter("case", "whether case is ignored or must match", default="ignore", choices=("ignore", "match"))
"""How case is treated; with `ignore`, abbreviations of up to five capitals still keep theirs."""
_VERSION = "1"
_LONGEST_ABBREVIATION = 5


class Dictionary:
    """An extractor that finds the surfaces of a dictionary.

    Args:
        scheme: The scheme of labels and values.
        file: A dictionary, as `read_dictionary` takes it.
        label: The label of rows that state none.
        case: `ignore` or `match`.

    Attributes:
        version: A version of this module, and a digest of the dictionary's content.
        tally: The number of spans by what users should know of them; whoever reports it clears it.

    Raises:
        DataError: The dictionary cannot be read or is invalid.
        UsageError: The scheme has no such label, or the suffix of the file is unknown.
    """

    name = "dictionary"

    def __init__(self, scheme: Scheme, *, file: Path, label: str | None = None, case: str = "ignore") -> None:
        self._scheme = scheme
        self._ignore_case = case == "ignore"
        entries = read_dictionary(file, scheme, label)
        self._entries: dict[str, list[tuple[int, DictionaryEntry, str]]] = {}
        for rank, entry in enumerate(entries):
            exact = fold_surface(entry.surface, case=False)
            kept = exact if self._ignore_case and is_abbreviation(exact) else ""
            key = fold_surface(entry.surface, case=self._ignore_case)
            self._entries.setdefault(key, []).append((rank, entry, kept))
        self._index = SurfaceIndex(self._entries)
        content = [[entry.surface, entry.label, repr(entry.value)] for entry in entries]
        self.version = f"{_VERSION}-{json_sha256([case, content])[:8]}"
        self.tally: Counter[str] = Counter()

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document."""
        return [choose_spans(self._candidates(document), document, self._scheme, self.tally) for document in documents]

    def _candidates(self, document: Document) -> Iterator[Candidate]:
        text = document.text or ""
        for start, end, key in self._index.find(fold_text(text, case=self._ignore_case)):
            fitting = self._entries[key]
            if any(kept for _, _, kept in fitting):
                exact = fold_surface(text[start:end], case=False)
                fitting = [item for item in fitting if item[2] in ("", exact)]
            if len({(entry.label, entry.value) for _, entry, _ in fitting}) > 1:
                self.tally["surfaces with several entries, of which the first was taken"] += 1
            for rank, entry, _ in fitting:
                yield Candidate(start, end, entry.label, rank, entry.value)


def is_abbreviation(surface: str) -> bool:
    """Check whether a surface consists of a few capitals only, such as US, which is not `us`."""
    return surface.isalpha() and surface.isupper() and 1 < len(surface) <= _LONGEST_ABBREVIATION


class _DictionaryFactory:
    summary = "the words and names that a file of yours lists, with labels and values"
    parameters = (
        Parameter("file", "a dictionary (CSV, TSV, JSONL)", type=Path, required=True, positional=True),
        Parameter("label", "the label of rows that state none"),
        CASE,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `Dictionary`."""
        return Dictionary(scheme, **arguments)


DICTIONARY = _DictionaryFactory()
"""The factory behind the entry point `dictionary`."""
