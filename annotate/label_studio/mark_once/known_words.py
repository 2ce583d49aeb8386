"""What is known of the words of a text: which spans an extractor finds there, and values of names.

A scheme without an extractor has words alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Any

from ....schema import Document, Extractor, Scheme, Span
from ....schema.writing.word_scripts import within_word
from ...runner.extractor_run import ExtractorRun
from ..mapping.labeling_config import result_label, scheme_label
from ..mapping.result_json import results_of
from ..sync.entity_linking import identifier_field, link_entities
from .page_regions import PageRegion, Row, page_regions


@dataclass(frozen=True, slots=True)
class KnownWords:
    """What is known of the words of a text.

    Attributes:
        text: The text.
        found: The spans that an extractor finds, by start, end and label; None if there is no extractor.
        look_up: Returns the results of the value of a name, given its label and place; none if it is unknown.
        names: Labels whose spans are names, which mean something else as a part of a longer one. Spans of other labels,
            such as amounts, mean something of their own at each place.
        goes_on: Returns whether a name that ends at a place begins a longer phrase, which is marked as a whole.
        otherwise: Label that the extractor gives to a name unless the words around it say that it has another one.
    """

    text: str
    found: dict[tuple[int, int, str], PageRegion] | None = None
    look_up: Callable[[str, int, int], list[Row]] = field(default=lambda _label, _start, _end: [])
    names: Set[str] = frozenset()
    goes_on: Callable[[str, int], bool] = field(default=lambda _text, _end: False)
    otherwise: str = ""

    def has_own_values(self, label: str) -> bool:
        """Return whether spans of a label have values by their places, whatever the same words mean elsewhere."""
        return self.found is not None and label not in self.names

    def value_of(self, region: PageRegion) -> list[Row]:
        """Return the results of the value of a region that was just marked; none if it is unknown."""
        alike = [found for found in (self.found or {}).values() if found.label == region.label]
        here = [found for found in alike if (found.start, found.end) == (region.start, region.end)]
        if region.label in self.names:
            here += [found for found in alike if self._words(found) == self._words(region)]
        rows = next((found.fields for found in here if found.fields), [])
        rows = rows or self.look_up(region.label, region.start, region.end)
        if not rows and region.label not in self.names:  # an amount or a date with other bounds
            across = [found for found in alike if found.start < region.end and region.start < found.end]
            rows = across[0].fields if len(across) == 1 else []
        return rows

    def other_places(self, region: PageRegion) -> list[tuple[int, int]]:
        """Return where else the words of a region mean the same.

        These are the places where they are words of their own, and not a part of a longer name, unless the region is
        one. With an extractor it must find them there too, and find them with no other label in the text: names are
        often places here and actors there. Where several names are listed, what says so may stand too far away.
        """
        words = self._words(region)
        places = [place for place in _occurrences(self.text, words) if place[0] != region.start]
        if not _in_name(self.text, region.start, region.end):
            places = [place for place in places if not _in_name(self.text, *place)]
        if self.found is not None:
            labels = {found.label for found in self.found.values() if self._words(found) == words}
            places = [place for place in places if labels == {region.label} and (*place, region.label) in self.found]
        if region.label in self.names:
            places = [place for place in places if not self.goes_on(self.text, place[1])]
            if region.label == self.otherwise and self._may_be_another(region):
                places = [place for place in places if not self._is_listed(*place)]
        return places

    def _may_be_another(self, region: PageRegion) -> bool:
        others = self.names - {region.label}
        return any(self.look_up(label, region.start, region.end) for label in others)

    def _is_listed(self, start: int, end: int) -> bool:
        """Return whether a name stands in a list of several: "Chad, Niger and Mali"."""
        others = [found for found in (self.found or {}).values() if found.label in self.names]
        return any(
            _BETWEEN_LISTED.fullmatch(self.text, *gap)
            for other in others
            for gap in ((other.end, start), (end, other.start))
            if gap[0] < gap[1]
        )

    def _words(self, region: PageRegion) -> str:
        return self.text[region.start : region.end]


def words_of_extractor(
    extractor: Extractor, scheme: Scheme, goes_on: Callable[[str, int], bool], otherwise: str
) -> Callable[[Document], KnownWords]:
    """Return a function from a document to what an extractor knows of its words.

    Args:
        extractor: The extractor.
        scheme: Its scheme.
        goes_on: Returns for a text whether a name that ends at a place begins a longer phrase.
        otherwise: Label that it gives to a name unless the words around it say that it has another one.
    """
    run = ExtractorRun(extractor, scheme)
    names = {result_label(label.name, scheme) for label in scheme.labels.values() if identifier_field(label)}

    def known(document: Document) -> KnownWords:
        [outcome] = run.annotate_batch([document])
        spans = outcome.document.spans if outcome.document is not None else ()
        regions = page_regions(results_of(document, spans, scheme))

        def look_up(label: str, start: int, end: int) -> list[Row]:
            return _named(document, Span(start, end, scheme_label(label, scheme)), scheme)

        found = {(r.start, r.end, r.label): r for r in regions}
        return KnownWords(document.text or "", found, look_up, names, goes_on, result_label(otherwise, scheme))

    return known


def _named(document: Document, span: Span, scheme: Scheme) -> list[Row]:
    """Return the results of the value of a name in the registry or the gazetteer; none if it is unknown there."""
    field_of_id = identifier_field(scheme.label(span.label)) if span.label in scheme.labels else None
    if field_of_id is None:
        return []
    name = document.surface(span)
    value: Any = scheme.value(span.label, **{field_of_id[0]: name})
    [linked], _ = link_entities(document, [Span(span.start, span.end, span.label, value)], scheme)
    if getattr(linked.value, field_of_id[0], name) == name:
        return []
    [region] = page_regions(results_of(document, [linked], scheme))
    return region.fields


def _occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Return where words occur as words of their own."""
    found, at = [], text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (within_word(text, at) or within_word(text, end)):
            found.append((at, end))
        at = text.find(words, end)
    return found


_BETWEEN_LISTED = re.compile(r"(?:, | and | or |, and |, or )(?:the )?")
_WORD_BEFORE = re.compile(r"(\w+)[ \u00a0-]$")
_WORD_AFTER = re.compile(r"[ \u00a0-](\w)")
_REACH = 40  # characters


def _in_name(text: str, start: int, end: int) -> bool:
    """Return whether a capitalised word stands directly before or after, as in a longer name."""
    before, after = _WORD_BEFORE.search(text[max(0, start - _REACH) : start]), _WORD_AFTER.match(text, end)
    return bool((before and before[1][0].isupper()) or (after and after[1].isupper()))
