"""What breaks no rule and is seldom meant: texts that come twice, leftovers of other formats, unstated languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...schema import Document, Problem, is_english
from ..ingest.format_leftovers import FIXES, find_leftovers

_DUPLICATE = "duplicate"
_SHOWN = 30  # code points of a leftover


class CheckWarnings:
    """Finds what is to be said of documents one by one, in about 200 bytes a document.

    Attributes:
        documents: How many there were.
        duplicates: Documents whose text an earlier one has, to the letter.
        marked: Documents with leftovers.
        leftovers: How many of each kind.
        languages: Documents by the language that they state; None where they state none.
    """

    def __init__(self) -> None:
        self.documents = self.duplicates = self.marked = 0
        self.leftovers: Counter[str] = Counter()
        self.languages: Counter[str | None] = Counter()
        self._ids: dict[bytes, str] = {}
        self._first: dict[str, Problem] = {}

    def count(self, document: Document) -> None:
        """Counts one document more, of which nothing is to be said yet."""
        for _ in self.of(document):
            pass

    def of(self, document: Document) -> Iterator[Problem]:
        """What is to be said of one document more: a remark for its double, and one for each kind of leftover."""
        self.documents += 1
        self.languages[document.meta.language] += 1
        earlier = self._ids.setdefault(bytes.fromhex(document.with_hash().text_sha256 or ""), document.id)
        if earlier != document.id:
            self.duplicates += 1
            remark = Problem(f"has the text of {earlier!r}", "keep one of them", document=document.id)
            self._first.setdefault(_DUPLICATE, remark)
            yield remark
        text = document.text or ""
        found = find_leftovers(text)
        self.marked += bool(found)
        for kind, count in Counter(item.kind for item in found).items():
            self.leftovers[kind] += count
            at = next(item for item in found if item.kind == kind)
            surface = text[at.start : min(at.end, at.start + _SHOWN)]
            first = f"{kind} {surface!r} at {at.start}"
            what = f"{first}{f' and {count - 1} more' if count > 1 else ''}, left of another format"
            remark = Problem(what, FIXES[kind], document=document.id)
            self._first.setdefault(kind, remark)
            yield remark

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data, for JSON."""
        languages = {tag: number for tag, number in sorted(self.languages.items(), key=str) if tag is not None}
        return {"duplicates": self.duplicates, "leftovers": dict(self.leftovers), "languages": languages}

    def summary(self, path: str, *, zones: bool) -> Iterator[str]:
        """A line for each sort of remark that there is.

        Args:
            path: Of the records, of which `corpus check` would name each.
            zones: Whether zones were looked for.
        """
        names = f"goldspan corpus check {path} names each"
        if self.duplicates:
            first = self._first[_DUPLICATE]
            what = f"documents with the text of an earlier one: {self.duplicates} of {self.documents}"
            yield f"{what} ({first.document!r} {first.what}). Fix: keep one of each; {names}"
        if self.leftovers:
            [(most, _), *_] = listed = self.leftovers.most_common()
            first = self._first[most]
            kinds = ", ".join(f"{kind} {count}" for kind, count in listed)
            what = f"leftovers of other formats in {self.marked} of {self.documents} texts: {kinds}"
            yield f"{what} ({first.document!r}: {first.what.partition(', left')[0]}). Fix: clean the source; {names}"
        if self.languages[None] and len(self.languages) > 1:
            what = f"documents without a stated language: {self.languages[None]} of {self.documents}"
            yield f"{what}. Fix: --language TAG"
        foreign = sorted(tag for tag in self.languages if tag is not None and not is_english(tag))
        if foreign and zones:
            named = ", ".join(foreign)
            yield f"of zones in {named} only stamps and addresses are found: the other rules are for English"
