"""Warnings about what is valid but rarely intended: duplicate texts, leftovers of other formats, unstated languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...schema import Document, Problem, is_english
from ..ingest.format_leftovers import FIXES, find_leftovers

_DUPLICATE = "duplicate"
_MAX_SHOWN = 30  # code points of a leftover


class CheckWarnings:
    """The warnings about documents, collected one by one, in about 200 bytes per document.

    Attributes:
        documents: Number of documents checked.
        duplicates: Number of documents with exactly the text of an earlier one.
        with_leftovers: Number of documents with leftovers.
        leftovers: Number of leftovers by kind.
        languages: Number of documents by stated language; None for those that state no language.
    """

    def __init__(self) -> None:
        self.documents = self.duplicates = self.with_leftovers = 0
        self.leftovers: Counter[str] = Counter()
        self.languages: Counter[str | None] = Counter()
        self._ids: dict[bytes, str] = {}
        self._first: dict[str, Problem] = {}

    def count(self, document: Document) -> None:
        """Check a document and only count its warnings."""
        for _ in self.check(document):
            pass

    def check(self, document: Document) -> Iterator[Problem]:
        """Check a document and yield its warnings: one for a duplicate text and one for each kind of leftover."""
        self.documents += 1
        self.languages[document.meta.language] += 1
        earlier = self._ids.setdefault(bytes.fromhex(document.with_hash().text_sha256 or ""), document.id)
        if earlier != document.id:
            self.duplicates += 1
            warning = Problem(f"has the same text as {earlier!r}", "keep one of them", document=document.id)
            self._first.setdefault(_DUPLICATE, warning)
            yield warning
        text = document.text or ""
        leftovers = find_leftovers(text)
        self.with_leftovers += bool(leftovers)
        for kind, count in Counter(item.kind for item in leftovers).items():
            self.leftovers[kind] += count
            first = next(item for item in leftovers if item.kind == kind)
            surface = text[first.start : min(first.end, first.start + _MAX_SHOWN)]
            more = f" and {count - 1} more" if count > 1 else ""
            what = f"{kind} {surface!r} at {first.start}{more}, left over from another format"
            warning = Problem(what, FIXES[kind], document=document.id)
            self._first.setdefault(kind, warning)
            yield warning

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data, for JSON."""
        languages = {tag: number for tag, number in sorted(self.languages.items(), key=str) if tag is not None}
        return {"duplicates": self.duplicates, "leftovers": dict(self.leftovers), "languages": languages}

    def summary(self, path: str, *, zones: bool) -> Iterator[str]:
        """Yield a summary line for each type of warning.

        Args:
            path: The records file, for the hint to run `corpus check`.
            zones: Whether zones were detected.
        """
        hint = f"goldspan corpus check {path} lists them"
        if self.duplicates:
            first = self._first[_DUPLICATE]
            what = f"documents with the same text as an earlier one: {self.duplicates} of {self.documents}"
            yield f"{what} ({first.document!r} {first.what}). Fix: keep one of each; {hint}"
        if self.leftovers:
            [(most_common, _), *_] = counts = self.leftovers.most_common()
            first = self._first[most_common]
            kinds = ", ".join(f"{kind} {count}" for kind, count in counts)
            what = f"leftovers of other formats in {self.with_leftovers} of {self.documents} texts: {kinds}"
            yield f"{what} ({first.document!r}: {first.what.partition(', left')[0]}). Fix: clean the source; {hint}"
        if self.languages[None] and len(self.languages) > 1:
            what = f"documents without a stated language: {self.languages[None]} of {self.documents}"
            yield f"{what}. Fix: state a `language`"
        foreign = sorted(tag for tag in self.languages if tag is not None and not is_english(tag))
        if foreign and zones:
            tags = ", ".join(foreign)
            yield f"in texts in {tags}, only stamps and URLs are detected as zones; the other rules are for English"
