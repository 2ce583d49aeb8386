"""Matching of a system's documents with those of the gold: by id, else by text, else by the words alone.

Files of other tools may have no ids, and column files no ends of documents. What is left by ids is matched by the hash
of its text, then by its words: the normal forms of the texts, one after another, are walked along those of the gold, so
that a document of the system may hold several of the gold's, or the reverse. Spans are carried over exactly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from ...corpus.spans.text_mapping import NormalForm, TextDifferenceError, TextMapping, form_differences
from ...corpus.spans_without_text import is_without_text
from ...schema import DataError, Document, Problem, Span, pluralize, truncate_problems
from .document_alignment import may_have_same_text
from .word_walk import Piece, WordWalk

_SHOWN = 40


@dataclass(slots=True)
class MatchedSystem:
    """The documents of a system, matched with the gold.

    Attributes:
        documents: The documents, under the ids of the gold; those that could not be placed as they are.
        notes: How they were matched, if not by id.
        partings: Where the words of a document that could not be placed part from those of the gold, by its id.
    """

    documents: Sequence[Document]
    notes: list[str] = field(default_factory=list)
    partings: dict[str, str] = field(default_factory=dict)


def match_documents(gold: Sequence[Document], documents: Sequence[Document], name: str) -> MatchedSystem:
    """Match the documents of a system with those of the gold.

    Documents that have no place keep their ids, so that `require_alignment` refuses them.

    Args:
        gold: Gold documents with unique ids, in the order of their file.
        documents: Documents of the system.
        name: Name of the system.

    Raises:
        DataError: A span cannot be carried over to the gold's text.
    """
    by_id = {document.id: document for document in gold}
    pending = [d for d in documents if d.id not in by_id or not may_have_same_text(d, by_id[d.id])]
    if not pending:
        return MatchedSystem(documents)
    left = {id(document) for document in pending}
    placed = {document.id: document for document in documents if id(document) not in left}
    matcher = _Matcher(name, by_id, placed)
    pending = matcher.by_hash(matcher.by_id_and_form(pending))
    pending = matcher.by_words(pending)
    for document in pending:
        if document.id in by_id:
            matcher.partings[document.id] = _parting(document, by_id[document.id])
    return MatchedSystem([*matcher.placed.values(), *pending], matcher.notes(), matcher.partings)


def _parting(document: Document, gold: Document) -> str:
    if document.text is None or gold.text is None:
        return ""
    try:
        TextMapping(document.text, gold.text)
    except TextDifferenceError as error:
        return error.problems[0].what
    return ""


def _text_hash(document: Document) -> str | None:
    return None if is_without_text(document) else document.with_hash().text_sha256


class _Matcher:
    """The matching of one system.

    Attributes:
        placed: The documents of the system by the ids of the gold.
        partings: As in `MatchedSystem`.
    """

    def __init__(self, name: str, gold: Mapping[str, Document], placed: dict[str, Document]) -> None:
        self.placed = placed
        self.partings: dict[str, str] = {}
        self._name, self._gold = name, gold
        self._by_text = 0
        self._carried: set[str] = set()
        self._kinds: Counter[str] = Counter()

    @property
    def _free(self) -> list[Document]:
        """The gold documents without a match, in their order, but for those with the text of one that has a match."""
        texts = {_text_hash(self._gold[name]) for name in self.placed} - {None}
        free = (document for document in self._gold.values() if document.id not in self.placed)
        return [document for document in free if _text_hash(document) not in texts]

    def notes(self) -> list[str]:
        """Return how documents were matched, if not by id."""
        notes = []
        if self._by_text:
            notes.append(f"{self._name}: matched by text: {pluralize(self._by_text, 'document')}")
        if self._kinds:
            kinds = ", ".join(f"{kind} ({number:,})" for kind, number in sorted(self._kinds.items()))
            count = pluralize(len(self._carried), "document")
            notes.append(f"{self._name}: spans carried over to the gold's texts in {count}, which differ in {kinds}")
        return notes

    def by_id_and_form(self, pending: Sequence[Document]) -> list[Document]:
        """Match documents with the gold documents of their ids, if the texts differ only in form; return the others."""
        left = []
        for document in pending:
            gold = self._gold.get(document.id)
            if gold is None or gold.text is None or document.text is None:
                left.append(document)
                continue
            ours, theirs = NormalForm(document.text), NormalForm(gold.text)
            if ours.characters != theirs.characters:
                left.append(document)
            else:
                self._place(gold, theirs, [(document, ours, 0, 0, len(ours.characters))])
        return left

    def by_hash(self, pending: Sequence[Document]) -> list[Document]:
        """Match documents with gold documents of the same text, where there are as many; return the others."""
        gold: dict[str | None, list[Document]] = defaultdict(list)
        system: dict[str | None, list[Document]] = defaultdict(list)
        for document in self._free:
            gold[_text_hash(document)].append(document)
        for document in pending:
            system[_text_hash(document)].append(document)
        matched: set[int] = set()
        for text, documents in system.items():
            if text is not None and len(gold.get(text, ())) == len(documents):
                for document, own in zip(documents, gold[text], strict=True):
                    self.placed[own.id] = replace(document, id=own.id)
                    matched.add(id(document))
        self._by_text += len(matched)
        return [document for document in pending if id(document) not in matched]

    def by_words(self, pending: Sequence[Document]) -> list[Document]:
        """Match documents with gold documents by their words alone, and return the others."""
        with_words = [(d, NormalForm(d.text)) for d in pending if d.text is not None]
        with_words = [item for item in with_words if item[1].characters]
        free = [(document, NormalForm(document.text)) for document in self._free if document.text]
        if not with_words or not free:
            return list(pending)
        walk = WordWalk(with_words, free)
        walk.run()
        ambiguous = _ambiguous(walk, free)
        matched: set[int] = set()
        for gold, form, start in walk.found:
            pieces = list(walk.pieces(start, start + len(form.characters)))
            if gold.id in ambiguous:
                walk.failed += ((document, ambiguous[gold.id]) for document, *_ in pieces)
                continue
            self._place(gold, form, pieces)
            self._by_text += 1
            matched.update(id(document) for document, *_ in pieces)
        self.partings.update({document.id: where for document, where in walk.failed})
        matched -= {id(document) for document, _ in walk.failed}
        # a document without words has nothing to place
        matched.update(id(d) for d in pending if d.text is not None and not d.text.strip() and not d.spans)
        return [document for document in pending if id(document) not in matched]

    def _place(self, gold: Document, form: NormalForm, pieces: Iterable[Piece]) -> None:
        """Add a document with the spans of pieces of the system's, carried over to the gold's text."""
        spans: list[Span] = []
        problems: list[Problem] = []
        layer = None
        differences: Counter[str] = Counter()
        for document, own, first, start, end in pieces:
            layer = layer or document.layer
            differences.update(form_differences(own, form, start, end, first))
            for span in document.spans:
                covered = own.indices(span.start, span.end)
                if covered is not None and (covered[1] <= start or covered[0] >= end):
                    continue  # in another piece
                inside = covered is not None and start <= covered[0] and covered[1] <= end
                place = (
                    form.place(covered[0] - start + first, covered[1] - start + first) if covered and inside else None
                )
                if place is None:
                    words = document.surface(span)[:_SHOWN]
                    what = f"{self._name}: span [{span.start}, {span.end}) {words!r} has no place in the gold's text"
                    fix = f"a span within the words of the gold's document {gold.id!r}, that cuts no character"
                    problems.append(Problem(what, fix, document=document.id))
                else:
                    spans.append(replace(span, start=place[0], end=place[1]))
        if problems:
            raise DataError(truncate_problems(problems, "spans"))
        for kind in differences:
            self._kinds[kind] += 1
        if differences:
            self._carried.add(gold.id)
        self.placed[gold.id] = Document(
            id=gold.id, text=gold.text, text_sha256=gold.text_sha256, spans=tuple(spans), layer=layer
        )


def _ambiguous(walk: WordWalk, free: Sequence[tuple[Document, NormalForm]]) -> dict[str, str]:
    """Return the gold documents that share their words, of which the system has only some, and why none is chosen."""
    found = {document.id for document, *_ in walk.found}
    groups: dict[str, list[str]] = defaultdict(list)
    for document, form in free:
        groups[form.characters].append(document.id)
    reasons: dict[str, str] = {}
    for ids in groups.values():
        if len(ids) > 1 and 0 < len(found.intersection(ids)) < len(ids):
            reason = f"which are the words of {len(ids)} gold documents: {', '.join(map(repr, ids[:5]))}"
            reasons |= dict.fromkeys(ids, reason)
    return reasons
