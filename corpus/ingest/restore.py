"""Restoring of texts: to text-free records by their hashes, and to documents whose texts were changed in form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, sha256_hex, truncate_problems
from ..spans.text_mapping import NormalForm, TextDifferenceError, TextMapping
from ..storage.file_io import file_suffix
from ..storage.records import JSON_LINES, PARQUET, numbered_records, reject_studio_tasks
from ..storage.rows import parse_record
from ..storage.shards.seen_ids import SeenIds
from .articles import SourceOptions
from .sources import open_source, read_articles

ChangeCallback = Callable[[str, str, int], None]
"""A function that takes the kind of a change, the id of the document, and the number of changes."""


class TextStore:
    """A store of texts, by id, by hash and by normal form.

    Args:
        texts: Pairs of id and text.
        changed: Called with the changes to documents whose texts differ in form from those at hand.
    """

    def __init__(self, texts: Iterable[tuple[str, str]], changed: ChangeCallback = lambda *_: None) -> None:
        self._by_id: dict[str, str] = {}
        self._by_hash: dict[str, str] = {}
        self._restored = 0
        self._asked: set[str] = set()
        self._changed = changed
        for name, text in texts:
            self._by_id[name] = text
            self._by_hash[sha256_hex(text)] = text

    @property
    def restored(self) -> int:
        """Number of documents so far that got their text from here."""
        return self._restored + len(self._asked)

    def by_id(self, name: str) -> str | None:
        """Return the text of a document by its id; None if there is none."""
        text = self._by_id.get(name)
        if text is not None:
            self._asked.add(name)
        return text

    def restore(self, document: Document) -> Document:
        """Return a document with its text, which is found by its hash, whatever its id.

        A document that has a text gets the one that differs from it only in form, such as line ends or tokenisation,
        and its spans and zones are carried over. It is found by its id, or else by its words.

        Raises:
            DataError: There is no text for the document, or the text with its id is another one; or a span cannot be
                carried over.
        """
        if document.text is not None:
            return self._replace_text(document, document.text)
        text = self._by_hash.get(document.text_sha256 or "")
        if text is None:
            what = "the hash of the text differs" if document.id in self._by_id else "no text found"
            fix = "use the exact text that was annotated, since any change shifts the offsets"
            raise DataError(Problem(what, fix, document=document.id))
        self._restored += 1
        return replace(document, text=text, text_length=None)

    @cached_property
    def _by_form(self) -> dict[str, list[str]]:
        """The texts by the hash of their normal form."""
        texts: dict[str, list[str]] = defaultdict(list)
        for text in self._by_hash.values():
            texts[sha256_hex(NormalForm(text).characters)].append(text)
        return texts

    def _replace_text(self, document: Document, own: str) -> Document:
        """Return a document with the text at hand that differs only in form from its own."""
        at_hand = self._by_id.get(document.id)
        if own in (at_hand, self._by_hash.get(sha256_hex(own))):
            return document
        form = NormalForm(own)
        same_form = self._by_form.get(sha256_hex(form.characters), [])
        if at_hand not in same_form:
            if len(same_form) > 1:
                what = f"{len(same_form)} texts differ from its text only in form"
                raise DataError(Problem(what, "give the text the id of the document", document=document.id))
            if not same_form and at_hand is None:
                fix = "give the texts of all documents; they may differ in form (blanks, Unicode), but in nothing else"
                raise DataError(Problem("no text found that has its words", fix, document=document.id))
        text = at_hand if at_hand is not None and (at_hand in same_form or not same_form) else same_form[0]
        try:
            mapping = TextMapping(form, text)
        except TextDifferenceError as error:
            problem = error.problems[0]
            what = f"its text is another one than that at hand: {problem.what}"
            raise DataError(Problem(what, problem.fix, document=document.id)) from None
        for kind in mapping.differences:
            self._changed(f"texts replaced by those at hand, which differ in {kind}", document.id, 1)
        self._changed("spans carried over to the text at hand", document.id, len(document.spans))
        return carry_document(document, mapping, text)


def carry_document(document: Document, mapping: TextMapping, text: str) -> Document:
    """Return a document with another form of its text, and its spans and zones carried over.

    Args:
        document: The document.
        mapping: A mapping from its text.
        text: The other text.

    Raises:
        DataError: Spans or zones cannot be carried over; all are reported.
    """
    problems: list[Problem] = []

    def carried(start: int, end: int) -> tuple[int, int]:
        try:
            return mapping.carry(start, end)
        except DataError as error:
            problems.extend(replace_document(problem, document.id) for problem in error.problems)
            return start, end

    spans, zones = [], []
    for span in document.spans:
        start, end = carried(span.start, span.end)
        spans.append(replace(span, start=start, end=end))
    for zone in document.zones:
        start, end = carried(zone.start, zone.end)
        zones.append(replace(zone, start=start, end=end))
    if problems:
        raise DataError(truncate_problems(problems, "spans"))
    changed = replace(document, text=text, text_sha256=None, text_length=None, spans=tuple(spans), zones=tuple(zones))
    return changed.with_hash()


def replace_document(problem: Problem, name: str) -> Problem:
    """Return a problem with the id of the document that it is in."""
    return Problem(problem.what, problem.fix, document=name)


def read_texts(source: str, scheme: Scheme, changed: ChangeCallback = lambda *_: None) -> TextStore:
    """Read the texts of a records file, or of articles as in `corpus build`.

    Args:
        source: The file, a stream, or what `corpus build` takes.
        scheme: Scheme of the records.
        changed: As in `TextStore`.

    Raises:
        DataError: The source cannot be read.
    """
    with open_source(source, SourceOptions()) as copy:
        path = str(copy)
        if copy.is_file() and file_suffix(path) in (*JSON_LINES, *PARQUET) and _has_records(path):
            return TextStore(_record_texts(path, scheme), changed)
        return TextStore(_article_texts(path), changed)


def _has_records(source: str) -> bool:
    """Return whether a file has records, and not articles, which have no spans."""
    record, _ = parse_record(next((raw for _, raw in numbered_records(source)), b"{}"))
    return "text" not in record or "spans" in record


def _record_texts(source: str, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Yield ids and texts of a records file, whose spans and zones may be of another scheme."""
    codec, seen = RecordCodec(scheme), SeenIds()
    for number, raw in numbered_records(source):
        record, problem = parse_record(raw)
        if problem is not None:
            reject_studio_tasks(source, raw)
            raise DataError(problem.with_location(source, number))
        bare = {key: item for key, item in record.items() if key not in ("zones", "layer")}
        try:
            document = codec.from_mapping({**bare, "spans": []} if "spans" in record else bare)
            seen.require_new(document.id)
        except DataError as error:
            reject_studio_tasks(source, raw)
            raise error.with_location(source, number) from error
        if document.text is not None:
            yield document.id, document.text


def _article_texts(source: str) -> Iterator[tuple[str, str]]:
    for article in read_articles(source, SourceOptions()):
        if isinstance(article, Problem):
            raise DataError(article)
        yield article.id, article.text
