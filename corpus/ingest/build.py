"""Articles to records: metadata, zones and hashes.

The day of publication is a stamp's in the text, also where the source says otherwise; else what the source says; else
what a line of the text says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from ...schema import DataError, Document, Problem, RecordCodec, Scheme
from ..storage.records import ProblemCallback, SeenIds, duplicate_id
from .articles import Article
from .document_language import DefaultLanguage
from .zones import find_zones, stated_day

__all__ = ["Article", "build_documents"]


def build_documents(
    articles: Iterable[Article | Problem],
    scheme: Scheme,
    *,
    refuse: ProblemCallback,
    note: ProblemCallback,
    language: str | None = None,
) -> Iterator[Document]:
    """The records of articles, in their order.

    Args:
        articles: As sources give them; problems among them are passed on to `refuse`.
        scheme: Zones of kinds that it lacks are not made.
        refuse: Called for each article that makes no record: no text, an id that stands already, a broken span. It may
            raise to end the building.
        note: Called for what a person should know and need not mend.
        language: Of articles whose source states none.

    Yields:
        Documents with hash, zones, and the spans that the source had, usually none.

    Raises:
        UsageError: Every article states its language, so that `language` is of none.
    """
    codec = RecordCodec(scheme)
    seen = SeenIds()
    guessed = ""
    default = DefaultLanguage(language)
    for article in articles:
        if isinstance(article, Problem):
            refuse(article)
            continue
        if article.guess and article.path != guessed:
            guessed = article.path
            note(Problem(f"read as {article.guess}, which is a guess", "name the encoding if it is wrong", guessed))
        try:
            document = _document(replace(article, meta=default.of(article.meta)), codec, note)
        except DataError as error:
            for problem in error.with_location(article.path, article.line).problems:
                refuse(problem)
            continue
        if seen.again(document.id):
            refuse(duplicate_id(document.id).with_location(article.path, article.line))
        else:
            yield document
    default.check()


def _document(article: Article, codec: RecordCodec, note: ProblemCallback) -> Document:
    if not article.text.strip():
        raise DataError(Problem("the text is empty", "remove it from the source", document=article.id))
    zones = find_zones(article.text, article.meta.language)
    day, stated = stated_day(article.text, zones)
    meta = article.meta
    if day is not None and meta.published is not None and day != meta.published:
        decides = "the stamp decides" if stated == "stamp" else "the source decides"
        what = f"the text says it was published on {day}, the source {meta.published}: {decides}"
        note(Problem(what, "", article.path, article.line, article.id))
    if day is not None and (stated == "stamp" or meta.published is None):
        meta = msgspec.structs.replace(meta, published=day)
    record = {
        "spans": [],
        "zones": [zone for zone in zones if zone.kind in codec.scheme.zones],
        **article.record,
        "id": article.id,
        "text": article.text,
        "meta": meta,
    }
    return codec.decode(msgspec.json.encode(record))
