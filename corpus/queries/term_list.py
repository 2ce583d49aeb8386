"""The terms of a corpus: what is labelled how, in which forms, with which values, and where it is not labelled.

Forms are one term with a label if they are the same when folded, as all that looks for words folds them, or, in English
texts, differ in a possessive ending (`'s`, or `'` after s). An abbreviation is the same term as other forms of its
letters if such occur with the label, too: US is not us. So is an English plural (`-s`, `-es`, `-ies`) and its singular.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from msgspec import to_builtins

from ...schema import Document, Span, Value, canonical_json, is_english
from ...schema.writing.folded_text import abbreviation, fold_surface, is_turkic

_SPACES = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"(?:'s|(?<=s)')$", re.IGNORECASE)


@dataclass(slots=True)
class Term:
    """A term of a label.

    Attributes:
        label: The label.
        key: The form that all its forms have in common.
        forms: Number of spans by form, as the texts have them, in NFC.
        documents: Number of documents with such a span.
        values: Number of spans by value; None for those without one.
        unlabelled: Number of occurrences of its forms, outside zones, that no span overlaps.
        unlabelled_documents: Number of documents with such an occurrence.
    """

    label: str
    key: str
    forms: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    values: Counter[Value | None] = field(default_factory=Counter)
    unlabelled: int = 0
    unlabelled_documents: int = 0

    @property
    def spans(self) -> int:
        """Number of spans."""
        return self.forms.total()

    @property
    def surface(self) -> str:
        """The most frequent form."""
        return min(self.forms, key=lambda form: (-self.forms[form], form))

    @property
    def known_values(self) -> int:
        """Number of different values, apart from none."""
        return len(self.values.keys() - {None})

    @property
    def main_share(self) -> float | None:
        """Share of the spans that have the most frequent value; None if none has a value."""
        counts = [count for value, count in self.values.items() if value is not None]
        return max(counts) / self.spans if counts else None

    @property
    def main_value(self) -> Value | None:
        """The value that more than half of the spans have; None if none has so many."""
        return next((value for value, count in self.values.items() if 2 * count > self.spans), None)

    def value_shares(self) -> list[tuple[Any, float]]:
        """Return the values as plain data, the most frequent first, each with its share of the spans."""
        plain = [(to_builtins(value), count) for value, count in self.values.items()]
        ranked = sorted(plain, key=lambda item: (-item[1], canonical_json(item[0])))
        return [(value, count / self.spans) for value, count in ranked]


@lru_cache(maxsize=100_000)
def folded(surface: str, *, english: bool, turkic: bool = False) -> str:
    """Return the form that a surface has in common with others of its term: abbreviations keep case, others do not."""
    exact = fold_surface(surface, case=False)
    if english:
        exact = _POSSESSIVE.sub("", exact) or exact
    return abbreviation(exact) or fold_surface(exact, turkic=turkic)


def _singulars(key: str) -> Iterator[str]:
    """Yield what an English word may be the plural of."""
    if key.endswith("ies"):
        yield f"{key[:-3]}y"
    if key.endswith("es"):
        yield key[:-2]
    if key.endswith("s") and not key.endswith("ss"):
        yield key[:-1]


class TermCounter:
    """Counts the terms of documents; in memory are the terms, and no text.

    Args:
        labels: The labels to count; all if empty.

    Attributes:
        text_free: Number of text-free documents, which have no surfaces.
    """

    def __init__(self, labels: Sequence[str] = ()) -> None:
        self._labels = frozenset(labels)
        self._terms: dict[tuple[str, str], Term] = {}
        self._english: set[tuple[str, str]] = set()
        self._joined: dict[tuple[str, str], tuple[str, str]] = {}
        self.text_free = 0

    def add(self, document: Document) -> None:
        """Count the spans of a document."""
        if document.text is None:
            self.text_free += 1
            return
        english = is_english(document.meta.language)
        for span in document.spans:
            if self._labels and span.label not in self._labels:
                continue
            key = _key(document, span, english=english)
            term = self._terms.setdefault(key, Term(*key))
            form = unicodedata.normalize("NFC", _SPACES.sub(" ", document.surface(span)).strip())
            term.forms[form] += 1
            term.values[span.value] += 1
            if english:
                self._english.add(key)

    def join_forms(self) -> None:
        """Join English plurals with their singulars, and abbreviations with other forms, once all is counted."""
        for label, key in sorted(self._english):
            self._join((label, key), ((label, singular) for singular in self._singulars(label, key)))
        for label, key in sorted(self._terms):
            if abbreviation(key):
                self._join((label, key), ((label, fold_surface(key, turkic=turkic)) for turkic in (False, True)))

    def _singulars(self, label: str, key: str) -> Iterator[str]:
        for singular in _singulars(key.casefold()):
            yield singular
            if any(form.startswith(singular.upper()) for form in self._terms[label, key].forms):
                yield singular.upper()  # NGOs

    def _join(self, key: tuple[str, str], others: Iterable[tuple[str, str]]) -> None:
        """Join a term with the first of others that there is."""
        term = self._term(key)
        other = next((found for other in others if (found := self._term(other)) is not None), None)
        if term is not None and other is not None and other is not term:
            other.forms += term.forms
            other.values += term.values
            self._joined[term.label, term.key] = other.label, other.key

    def _term(self, key: tuple[str, str]) -> Term | None:
        while key in self._joined:
            key = self._joined[key]
        return self._terms.get(key)

    def terms(self) -> list[Term]:
        """Return the terms, by label, the most frequent first."""
        terms = (term for key, term in self._terms.items() if key not in self._joined)
        return sorted(terms, key=lambda term: (term.label, -term.spans, term.key))

    def terms_of(self, document: Document) -> list[Term]:
        """Return the terms of a document's spans, each once; none for a text-free one."""
        if document.text is None:
            return []
        english = is_english(document.meta.language)
        found = (self._term(_key(document, span, english=english)) for span in document.spans)
        return list({id(term): term for term in found if term is not None}.values())


def _key(document: Document, span: Span, *, english: bool) -> tuple[str, str]:
    return span.label, folded(document.surface(span), english=english, turkic=is_turkic(document.meta.language))


def other_labels(terms: Sequence[Term]) -> dict[str, dict[str, int]]:
    """Return the number of spans by label of each key that has several labels."""
    by_key: dict[str, dict[str, int]] = defaultdict(dict)
    for term in terms:
        by_key[term.key][term.label] = term.spans
    return {key: labels for key, labels in by_key.items() if len(labels) > 1}
