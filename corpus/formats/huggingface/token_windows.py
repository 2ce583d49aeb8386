"""Rows of `windows`: tokens for training, in pieces that a model can read at once.

A window holds whole sentences where it can, never cuts a span unless the span alone is too long, and has at most as
many subwords as a model takes. How many subwords a word has depends on the model's tokenizer. Without one, each word
counts for as many as it has bytes, and one more: no tokenizer makes more of it, be it by words, bytes or characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ....schema import DataError, Document, Problem, Scheme, Span, UsageError
from ....schema.extras import require_extras
from ...parts.text_cuts import after_sentence
from ...spans.tokenisation import iob2_tags, token_offsets
from .features import FOLD, OUTSIDE, spans_from_iob2, tag_names, zone_names

SMALLEST_WINDOW = 16
"""Subwords of the smallest window, special ones included."""

_SPECIAL = 2  # as [CLS] and [SEP]
_FILE = "tokenizer.json"


class SubwordCounter(Protocol):
    """Counts the subwords that a model makes of words.

    Attributes:
        special: Number of subwords that it adds to each text.
    """

    special: int

    def count(self, words: Sequence[str]) -> list[int]:
        """Return the number of subwords of each word."""


class MostSubwords:
    """Counts the most subwords that any tokenizer makes of a word."""

    special = _SPECIAL

    def count(self, words: Sequence[str]) -> list[int]:
        """Return the number of bytes of each word, also when it is decomposed, and one for the blank before it."""
        return [1 + max(len(form.encode()) for form in (word, unicodedata.normalize("NFKD", word))) for word in words]


class ModelSubwords:
    """Counts the subwords of a model's own tokenizer.

    Args:
        path: Its file `tokenizer.json`, or the folder of a model with this file.

    Raises:
        DataError: The file cannot be read, or holds no tokenizer.
        DependencyError: transformers is not installed.
    """

    def __init__(self, path: str | Path) -> None:
        require_extras("`tokenizer`", "transformers")
        from tokenizers import Tokenizer

        file = Path(path) / _FILE if Path(path).is_dir() else Path(path)
        try:
            self._tokenizer: Any = Tokenizer.from_str(file.read_text(encoding="utf-8"))
        except Exception as error:  # the library raises nothing narrower
            fix = f"name a file {_FILE}, or the folder of a model that has one"
            raise DataError(Problem(f"not a tokenizer: {error}", fix, str(file))) from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.special = int(self._tokenizer.num_special_tokens_to_add(False))

    def count(self, words: Sequence[str]) -> list[int]:
        """Return the number of subwords of each word, without those that are added to a text."""
        counts = [0] * len(words)
        encoded = self._tokenizer.encode(list(words), is_pretokenized=True, add_special_tokens=False)
        for word in encoded.word_ids:
            counts[word] += 1
        return counts


@dataclass(frozen=True, slots=True)
class WindowSize:
    """How large windows are.

    Attributes:
        subwords: The most subwords of a window, special ones included.
        counter: How subwords are counted.
    """

    subwords: int
    counter: SubwordCounter

    @property
    def for_any(self) -> bool:
        """Whether a window fits every tokenizer."""
        return isinstance(self.counter, MostSubwords)

    @classmethod
    def of(cls, subwords: int, tokenizer: str | Path | None = None) -> WindowSize:
        """Return a size.

        Args:
            subwords: The most subwords of a window, special ones included.
            tokenizer: A model's tokenizer; see `ModelSubwords`. If None, a window fits every tokenizer.

        Raises:
            DataError: The tokenizer cannot be read.
            DependencyError: transformers is not installed.
            UsageError: The number is too small.
        """
        if isinstance(subwords, bool) or not isinstance(subwords, int) or subwords < SMALLEST_WINDOW:
            raise UsageError(
                f"`windows` is {subwords!r}. Fix: a number of subwords from {SMALLEST_WINDOW} up, such as 512"
            )
        return cls(subwords, MostSubwords() if tokenizer is None else ModelSubwords(tokenizer))


@dataclass(frozen=True, slots=True)
class DocumentWindows:
    """The windows of a document.

    Attributes:
        rows: The rows of `windows`.
        too_long: Number of words left out because one alone is longer than a window.
    """

    rows: list[dict[str, Any]]
    too_long: int


def document_windows(document: Document, fold: int, scheme: Scheme, size: WindowSize) -> DocumentWindows:
    """Return the windows of a document: all its tokens but blank ones, with their tags and zones."""
    text = document.text or ""
    offsets = [bounds for bounds in token_offsets(text, document.meta.language) if text[slice(*bounds)].strip()]
    counts = size.counter.count([text[start:end] for start, end in offsets])
    room = size.subwords - size.counter.special
    kept = [(bounds, count) for bounds, count in zip(offsets, counts, strict=True) if count <= room]
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    rows = []
    for number, window in enumerate(_cut(text, kept, spans, room)):
        rows.append({"id": document.id, "window": number, **_columns(document, window, spans, scheme), FOLD: fold})
    return DocumentWindows(rows, len(offsets) - len(kept))


_Counted = Sequence[tuple[tuple[int, int], int]]  # start and end of each token, and its number of subwords


def _cut(text: str, tokens: _Counted, spans: Sequence[Span], room: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the tokens of each window."""
    start = 0
    while start < len(tokens):
        stop, used = start, 0
        while stop < len(tokens) and used + tokens[stop][1] <= room:
            used += tokens[stop][1]
            stop += 1
        if stop < len(tokens):
            stop = _best_place(text, tokens, spans, start, stop)
        yield [bounds for bounds, _ in tokens[start:stop]]
        start = stop


def _best_place(text: str, tokens: _Counted, spans: Sequence[Span], start: int, stop: int) -> int:
    """Return the last end of a sentence in a window, else the last place in no span, else the window's own end."""
    free = None
    for place in range(stop, start, -1):
        (_, before), (after, _) = tokens[place - 1][0], tokens[place][0]
        if any(span.start < after and before < span.end for span in spans):
            continue
        if "\n" in text[before:after] or after_sentence(text, before):
            return place
        free = free or place
    return free or stop


def _columns(
    document: Document, window: list[tuple[int, int]], spans: Sequence[Span], scheme: Scheme
) -> dict[str, Any]:
    text, (first, last) = document.text or "", (window[0][0], window[-1][1])
    inside = [span for span in spans if span.start < last and first < span.end]
    tags, _ = iob2_tags(window, inside)
    tagged = spans_from_iob2(tags, window)
    tag_numbers = {tag: number for number, tag in enumerate(tag_names(scheme))}
    label_numbers = {label: number for number, label in enumerate(scheme.labels)}
    zone_numbers = {kind: number for number, kind in enumerate(zone_names(scheme))}
    unaligned = [span for span in inside if (span.start, span.end, span.label) not in tagged]
    return {
        "start": first,
        "end": last,
        "tokens": [text[start:end] for start, end in window],
        "starts": [start for start, _ in window],
        "ends": [end for _, end in window],
        "tags": [tag_numbers[tag] for tag in tags],
        "zones": [zone_numbers[_zone(document, start, end)] for start, end in window],
        "unaligned": [{"start": s.start, "end": s.end, "label": label_numbers[s.label]} for s in unaligned],
    }


def _zone(document: Document, start: int, end: int) -> str:
    """Return the kind of the zone that a token is in; the tag of none if it is in none."""
    return next((zone.kind for zone in document.zones if zone.start < end and start < zone.end), OUTSIDE)
