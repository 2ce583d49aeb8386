"""Building of records from articles: metadata, zones and hashes.

The publication date is that of a stamp in the text, even if the source states another one; else that of the source;
else that of a line in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from ...schema import DataError, Document, Problem, RecordCodec, Scheme
from ..storage.records import ProblemCallback
from .articles import Article
from .document_language import DefaultLanguage
from .pattern_zones import PatternZones
from .seen_articles import SeenArticles
from .text_zones import find_zones, publication_date

__all__ = ["Article", "build_documents"]


def build_documents(
    articles: Iterable[Article | Problem],
    scheme: Scheme,
    *,
    report: ProblemCallback,
    note: ProblemCallback,
    language: str | None = None,
) -> Iterator[Document]:
    """Build records from articles, in their order.

    Args:
        articles: The articles of a source; problems among them are passed on to `report`.
        scheme: The scheme, which determines the kinds of zones to create.
        report: Called with the problem of each article that is skipped: no text, a duplicate id, an invalid span. It
            may raise an error to stop.
        note: Called with information that requires no action.
        language: The language of articles whose source states none.

    Yields:
        Documents with a hash, zones, and the spans of the source, usually none.

    Raises:
        DataError: `language` is not the tag of a known language, or a pattern of a zone kind is invalid.
        DependencyError: The scheme has patterns of zones, and the package `regex` is not installed.
        UsageError: `language` is given, but every article states its language.
    """
    codec = RecordCodec(scheme)
    pattern_zones = PatternZones(scheme)
    seen = SeenArticles()
    default_language = DefaultLanguage(language)
    for article in articles:
        if isinstance(article, Problem):
            report(article)
            continue
        doubled = seen.is_doubled(article)
        if isinstance(doubled, Problem):
            report(doubled)
        if doubled:
            continue
        try:
            document = _build(replace(article, meta=default_language.fill(article.meta)), codec, pattern_zones, note)
        except DataError as error:
            for problem in error.with_location(article.path, article.line).problems:
                report(problem)
            continue
        seen.add(article)
        yield document
    for problem in seen.notes():
        note(problem)
    default_language.require_use()


def _build(article: Article, codec: RecordCodec, pattern_zones: PatternZones, note: ProblemCallback) -> Document:
    if not article.text.strip():
        raise DataError(Problem("the text is empty", "remove the article from the source", document=article.id))
    zones = find_zones(article.text, article.meta.language)
    date, source = publication_date(article.text, zones)
    meta = article.meta
    if date is not None and meta.published is not None and date != meta.published:
        used = "the stamp" if source == "stamp" else "the source"
        what = f"the text gives the publication date {date}, the source {meta.published}: using that of {used}"
        note(Problem(what, "", article.path, article.line, article.id))
    if date is not None and (source == "stamp" or meta.published is None):
        meta = msgspec.structs.replace(meta, published=date)
    zones = pattern_zones.add_to((zone for zone in zones if zone.kind in codec.scheme.zones), article.text)
    record = {
        "spans": [],
        "zones": [msgspec.to_builtins(zone) for zone in zones],
        **article.record,
        "id": article.id,
        "text": article.text,
        "meta": msgspec.to_builtins(meta),
    }
    return codec.from_mapping(record)
