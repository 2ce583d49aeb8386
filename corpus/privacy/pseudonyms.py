"""Put pseudonyms in the place of persons' names, in all of a record that is about annotators.

That is the layer, what spans say of their origin, and the free objects under `extra`. What is about the article stays
as it is: the document's id, text, metadata and zones, and the labels, bounds and values of spans.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from unicodedata import normalize

from msgspec.structs import replace

from ...schema import DataError, Decision, Document, InvalidAnnotation, Layer, Problem, Span
from .annotator_names import TIME_KEYS, folded_name, is_account_key, is_machine, is_nobodys

ADDRESS = re.compile(r"[\w.+%-]+(?:@(?=[\w.-]*[^\W\d_])[\w-]+(?:\.[\w-]+)*)+")
"""An e-mail address, also at a host without a domain; not `conflict-news@1`."""

NO_ADDRESS = "[address]"
"""What stands for an address that is no annotator's account."""

_SHORTEST = 3
"""Names with fewer cased letters are replaced only where a field holds nothing else: `a` is a word in any note."""


class Pseudonyms:
    """Pseudonyms of the annotators of a project.

    Args:
        by_name: Pseudonym by name.
        machines: Names of models and programs, which are kept.
        times: Whether layers keep their lead times, for figures over several persons.
    """

    def __init__(self, by_name: Mapping[str, str], machines: Collection[str] = (), *, times: bool = False) -> None:
        self._times = times
        self._machines = frozenset(machines)
        self._exact = {folded_name(name): pseudonym for name, pseudonym in by_name.items()}
        self._pattern = name_pattern(by_name)
        self._in_texts = dict(self._exact)
        for name, pseudonym in by_name.items():
            self._in_texts.setdefault(folded_name(local_part(name)), pseudonym)

    def of(self, name: str) -> str:
        """Return what is published for the name of an annotator, a pass or a source of spans."""
        if name in self._machines:
            return name
        known = self._exact.get(folded_name(name))
        if known is not None:
            return known
        return self.text(name)  # also what is called a program may name somebody: `language model (run by ada)`

    def text(self, text: str) -> str:
        """Return a text without names of annotators, which their pseudonyms replace, and without e-mail addresses."""
        if "@" in text:
            text = ADDRESS.sub(self._address, text)
        return text if self._pattern is None else self._pattern.sub(self._name, text)

    def document(self, document: Document) -> Document:
        """Return a document whose layer, spans and free objects name no persons, without their lead times.

        Raises:
            DataError: A free object is nested too deeply.
        """
        try:
            return replace(
                document,
                layer=document.layer and self._layer(document.layer),
                spans=tuple(map(self.span, document.spans)),
                extra=document.extra and self._plain(document.extra),
            )
        except RecursionError as error:
            problem = Problem("`extra` is nested too deeply", "nest it less", document=document.id)
            raise DataError(problem) from error

    def _layer(self, layer: Layer) -> Layer:
        return replace(
            layer,
            annotator=layer.annotator and self.of(layer.annotator),
            annotator_kind=layer.annotator_kind and self.text(layer.annotator_kind),
            annotator_family=layer.annotator_family and self.text(layer.annotator_family),
            extractor_version=layer.extractor_version and self.text(layer.extractor_version),
            guidelines=layer.guidelines and self.text(layer.guidelines),
            lead_time=layer.lead_time if self._times or is_machine(layer) else None,
            note=layer.note and self.text(layer.note),
            suggestions_shown=self._all(layer.suggestions_shown),
            chosen_by=layer.chosen_by and tuple(map(self.text, layer.chosen_by)),
            passes=self._all(layer.passes),
            invalid_annotations=layer.invalid_annotations and tuple(map(self._invalid, layer.invalid_annotations)),
            extra=layer.extra and self._plain(layer.extra),
        )

    def _invalid(self, invalid: InvalidAnnotation) -> InvalidAnnotation:
        return InvalidAnnotation(tuple(map(self._plain, invalid.results)), invalid.reason and self.text(invalid.reason))

    def span(self, span: Span) -> Span:
        """Return a span that names no persons."""
        decision = span.decision
        if decision is not None:
            decision = Decision(self.of(decision.by), decision.reason and self.text(decision.reason))
        return replace(
            span,
            id=span.id and self.text(span.id),
            source=span.source and self.of(span.source),
            passes=self._all(span.passes),
            decision=decision,
            note=span.note and self.text(span.note),
            extra=span.extra and self._plain(span.extra),
        )

    def _all(self, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return names and tuple(map(self.of, names))

    def _plain(self, data: Any) -> Any:
        """Return plain data without names, numbers of accounts, and lead times."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            plain: dict[str, Any] = {}
            for key, value in data.items():
                if key.casefold() not in TIME_KEYS:
                    published = self._account(value) if is_account_key(key) else self._plain(value)
                    plain[_unlike(self.text(key), plain)] = published
            return plain
        return [self._plain(item) for item in data] if isinstance(data, list | tuple) else data

    def _account(self, value: Any) -> Any:
        """Return what stands for an account: a pseudonym for a name, and nothing for the numbers and parts of one."""
        if isinstance(value, str):
            return self.of(value)
        if isinstance(value, list | tuple):
            return [self._account(item) for item in value]
        return value if isinstance(value, bool) else None

    def _address(self, match: re.Match[str]) -> str:
        return self._in_texts.get(folded_name(match.group()), NO_ADDRESS)

    def _name(self, match: re.Match[str]) -> str:
        return self._in_texts.get(folded_name(match.group()), "annotator")


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds names within texts as whole words, in any case; None if there are none to find.

    Names in scripts without case, which often write words together, are found anywhere.
    """
    forms = {form for name in names for part in (name, local_part(name)) for form in _forms(part) if _is_findable(form)}
    if not forms:
        return None
    return re.compile("|".join(map(_as_word, sorted(forms, key=lambda form: (-len(form), form)))), re.IGNORECASE)


def _unlike(key: str, others: Collection[str]) -> str:
    """Return a key, with a number if there is such a key already: two names of one person, or two addresses."""
    number = 2
    unlike = key
    while unlike in others:
        unlike = f"{key} ({number})"
        number += 1
    return unlike


def local_part(name: str) -> str:
    """Return the part of an e-mail address before the `@`, and any other name as it is."""
    return name.partition("@")[0] if ADDRESS.fullmatch(name) else name


def _forms(name: str) -> set[str]:
    return {name.strip(), normalize("NFC", name).strip(), normalize("NFD", name).strip()}


def _is_findable(name: str) -> bool:
    """Return whether a name is long enough to be told from other words, and is no part or program."""
    return not is_nobodys(name) and len(name) >= (_SHORTEST if name.isascii() else 2)


def _as_word(name: str) -> str:
    before = r"(?<![^\W_])" if _has_case(name[0]) else ""
    return before + re.escape(name) + (r"(?![^\W_])" if _has_case(name[-1]) else "")


def _has_case(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
