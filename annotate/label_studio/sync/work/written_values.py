"""What people write instead of picking it: dates in words, and names that no list has."""

from __future__ import annotations

from .....schema import Document, Scheme
from .....schema.writing.date_order import is_day_first
from ...mapping.pickers.known_entries import Offer, entry_parts
from ...mapping.pickers.picker_controls import DATES, pickers
from ...mapping.region_values import ReadDate

WrittenEntries = dict[str, dict[str, Offer]]
"""Entries that neither registry nor gazetteer has, by source and id, each with words that it was given for."""


def date_reader(document: Document) -> ReadDate:
    """Return a function that reads dates in words, against the document's day of publication."""
    from ....rules.dates.dates_in_words import read_written_date
    from ....rules.document_reader import publication_day

    published = publication_day(document)
    day_first = is_day_first(document.meta.language)
    return lambda words: read_written_date(words, published, day_first=day_first)


def collect_written(document: Document, scheme: Scheme, found: WrittenEntries) -> None:
    """Add the entries of a layer that no list has: names that people wrote, and ids of suggestions that they accepted.

    Args:
        document: A layer over a document.
        scheme: Its scheme.
        found: What other documents have, which is kept.
    """
    for span in document.spans:
        for picker in pickers(scheme)[span.label].values() if span.value is not None else ():
            written = getattr(span.value, picker.key)
            if written is None or picker.source == DATES or entry_parts(picker.authority, written) is not None:
                continue
            words = " ".join(document.surface(span).split())
            text = written if words == written else f"{words} · {written}"
            found.setdefault(picker.source, {}).setdefault(written, Offer(written, text))
