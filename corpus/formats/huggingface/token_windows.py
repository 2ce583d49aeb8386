"""Rows of `windows`: tokens for training, in pieces that a model can read at once.

A window holds whole sentences where it can, never cuts a span unless the span alone is too long, and has at most as
many subwords as a model takes. How many subwords a word has depends on the model's tokenizer. Without one, each word
counts for as many as it has bytes, and one more: no tokenizer makes more of it, be it by words, bytes or characters.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from ....schema import DataError, Document, Problem, Scheme, Span, UsageError, Zone
from ....schema.extras import require_extras
from ...parts.text_cuts import after_sentence
from ...spans.tokenisation import iob2_tags, token_offsets
from .features import FOLD, OUTSIDE, spans_from_iob2, tag_names, zone_names

SMALLEST_WINDOW = 16
"""Subwords of the smallest window, special ones included."""

_Stretch = TypeVar("_Stretch", Span, Zone)
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

    Tokenizers such as RoBERTa's take words with or without a blank before each, as whoever loads them chooses
    (`add_prefix_space`), whatever the file says: each word counts for the more of both.

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
            text = file.read_text(encoding="utf-8")
            self._ways: list[Any] = [Tokenizer.from_str(way) for way in dict.fromkeys((text, *with_blanks(text)))]
        except Exception as error:  # the library raises nothing narrower
            fix = f"name a file {_FILE}, or the folder of a model that has one"
            raise DataError(Problem(f"not a tokenizer: {error}", fix, str(file))) from error
        for way in self._ways:
            way.no_truncation()
            way.no_padding()
        self.special = int(self._ways[0].num_special_tokens_to_add(False))

    def count(self, words: Sequence[str]) -> list[int]:
        """Return the number of subwords of each word, without those that are added to a text."""
        return [max(counts) for counts in zip(*(_counted(way, words) for way in self._ways), strict=True)]


def _counted(tokenizer: Any, words: Sequence[str]) -> list[int]:
    counts = [0] * len(words)
    encoded = tokenizer.encode(list(words), is_pretokenized=True, add_special_tokens=False)
    for word in encoded.word_ids:
        counts[word] += 1
    return counts


def with_blanks(text: str) -> Iterator[str]:
    """Yield the file of a tokenizer with a blank before each word and without, if it says which of both it has."""

    def switched(item: Any, way: bool) -> Any:
        if isinstance(item, list):
            return [switched(each, way) for each in item]
        if not isinstance(item, dict):
            return item
        own = {key: switched(each, way) for key, each in item.items()}
        if "add_prefix_space" in own:
            own["add_prefix_space"] = way
        if "prepend_scheme" in own:
            own["prepend_scheme"] = "always" if way else "never"
        return own

    parts = json.loads(text)
    pre_tokenizer = parts.get("pre_tokenizer")
    for way in (True, False):
        if (changed := switched(pre_tokenizer, way)) != pre_tokenizer:
            yield json.dumps(parts | {"pre_tokenizer": changed})


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
    spans = TextOrder(sorted(document.spans, key=lambda span: span.label))
    zones = TextOrder(document.zones)
    rows = []
    for number, window in enumerate(_cut(text, kept, spans, room)):
        rows.append({"id": document.id, "window": number, **_columns(text, window, (spans, zones), scheme), FOLD: fold})
    return DocumentWindows(rows, len(offsets) - len(kept))


class TextOrder(Generic[_Stretch]):
    """Stretches of a text in its order, for questions that do not look at each of them."""

    def __init__(self, stretches: Iterable[_Stretch]) -> None:
        self._stretches: list[_Stretch] = sorted(stretches, key=lambda each: (each.start, each.end))
        self._starts: list[int] = [each.start for each in self._stretches]
        self._reached: list[int] = list(
            accumulate((each.end for each in self._stretches), max)
        )  # by each and all before it

    def overlapping(self, start: int, end: int) -> list[_Stretch]:
        """Return those that begin before an end and end after a start, in the order of the text."""
        first, stop = bisect_right(self._reached, start), bisect_left(self._starts, end)
        return [each for each in self._stretches[first:stop] if start < each.end]

    def any_overlaps(self, start: int, end: int) -> bool:
        """Return whether there is one."""
        stop = bisect_left(self._starts, end)
        return stop > 0 and start < self._reached[stop - 1]


_Counted = Sequence[tuple[tuple[int, int], int]]  # start and end of each token, and its number of subwords


def _cut(text: str, tokens: _Counted, spans: TextOrder[Span], room: int) -> Iterator[list[tuple[int, int]]]:
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


def _best_place(text: str, tokens: _Counted, spans: TextOrder[Span], start: int, stop: int) -> int:
    """Return the last end of a sentence in a window, else the last place in no span, else the window's own end."""
    free = None
    for place in range(stop, start, -1):
        (_, before), (after, _) = tokens[place - 1][0], tokens[place][0]
        if spans.any_overlaps(before, after):
            continue
        if "\n" in text[before:after] or after_sentence(text, before):
            return place
        free = free or place
    return free or stop


def _columns(
    text: str, window: list[tuple[int, int]], marked: tuple[TextOrder[Span], TextOrder[Zone]], scheme: Scheme
) -> dict[str, Any]:
    (spans, zones), (first, last) = marked, (window[0][0], window[-1][1])
    inside = spans.overlapping(first, last)
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
        "zones": [zone_numbers[_zone(zones, start, end)] for start, end in window],
        "unaligned": [{"start": s.start, "end": s.end, "label": label_numbers[s.label]} for s in unaligned],
    }


def _zone(zones: TextOrder[Zone], start: int, end: int) -> str:
    """Return the kind of the zone that a token is in; the tag of none if it is in none."""
    return next((zone.kind for zone in zones.overlapping(start, end)), OUTSIDE)
