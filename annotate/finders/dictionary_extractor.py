"""The extractor `dictionary`: the surfaces of a file, wherever they occur as whole words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...schema import Document, Extractor, Parameter, Scheme, Span
from ...schema.hashing import json_sha256
from ...schema.writing.listed_surfaces import ListedSurfaces
from .candidates import Candidate, choose_spans
from .dictionary_file import read_dictionary

CASE = Parameter("case", "whether case is ignored or must match", default="ignore", choices=("ignore", "match"))
"""How case is treated; with `ignore`, abbreviations of up to five capitals still keep theirs."""
_VERSION = "2"


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
        self._entries = entries = read_dictionary(file, scheme, label)
        self._search = ListedSurfaces([entry.surface for entry in entries], case=case == "ignore")
        content = [[entry.surface, entry.label, repr(entry.value)] for entry in entries]
        self.version = f"{_VERSION}-{json_sha256([case, content])[:8]}"
        self.tally: Counter[str] = Counter()

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document."""
        return [choose_spans(self._candidates(document), document, self._scheme, self.tally) for document in documents]

    def _candidates(self, document: Document) -> Iterator[Candidate]:
        for start, end, numbers in self._search.find(document.text or "", document.meta.language):
            fitting = [(number, self._entries[number]) for number in numbers]
            if len({(entry.label, entry.value) for _, entry in fitting}) > 1:
                self.tally["surfaces with several entries, of which the first was taken"] += 1
            for rank, entry in fitting:
                yield Candidate(start, end, entry.label, rank, entry.value)


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
