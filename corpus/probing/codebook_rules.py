"""Codebooks with a rule more, or with the opposite of a rule."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from ...schema import Document, Scheme, Span, Zone
from ...schema.overlap import overlaps
from .expectations import ChangeDocument, Expectation, Probe, ProbedDocument

_HEADING = "# Changed rules\n\nThese rules replace what is said above."
_WORD_BEFORE = re.compile(r"(?<!\w)(\w+(?=[^\S\n])|\w+['’])[^\S\n]*$")
_LONGEST_WORD = 40
_UNQUOTABLE = re.compile(r"[\n\r\"“”]")


def frequent_surfaces(answers: Iterable[Document]) -> dict[str, str]:
    """Return the surface of each label that most documents have; of several, the most frequent, then the first sorted.

    Args:
        answers: Documents with the spans of an extractor.
    """
    documents: defaultdict[str, Counter[str]] = defaultdict(Counter)
    spans: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in answers:
        marked = [(span.label, document.surface(span)) for span in document.spans]
        for label, surface in marked:
            spans[label][surface] += 1
        for label, surface in set(marked):
            documents[label][surface] += 1
    found = {}
    for label, counts in documents.items():
        quotable = [surface for surface in counts if not _UNQUOTABLE.search(surface)]
        if quotable:
            found[label] = min(quotable, key=lambda text: (-counts[text], -spans[label][text], text))
    return found


def excluded_surfaces(scheme: Scheme, surfaces: Mapping[str, str]) -> Probe:
    """Return the probe that excludes a surface of each label.

    Args:
        scheme: The scheme.
        surfaces: The surface, by label; labels without one keep their definition.
    """
    rules = {label: f'Exception: "{surface}" is never marked as {label}.' for label, surface in surfaces.items()}

    def excluded(document: Document, span: Span) -> bool:
        return surfaces.get(span.label) == document.surface(span)

    def change(document: Document, answer: Sequence[Span], gold: Sequence[Span]) -> ProbedDocument:
        expected = tuple(
            Expectation(None, span, touched=True) if excluded(document, span) else Expectation(span) for span in answer
        )
        return ProbedDocument(document, expected, tuple(span for span in gold if not excluded(document, span)))

    detail = ", ".join(f"{label} “{surface}”" for label, surface in sorted(surfaces.items()))
    return _with_rules("exclude", scheme, rules, change_document=change, detail=detail)


def reversed_starts(scheme: Scheme) -> Probe:
    """Return the probe in which spans take in the words right before them that they must not start with."""
    words = {label.name: label.not_first for label in scheme.labels.values() if label.not_first}
    rules = {
        name: f"A span of {name} starts with {_either(not_first)} wherever the text has it right before the name."
        for name, not_first in words.items()
    }
    free = replace(
        scheme, labels={name: replace(label, not_first=frozenset()) for name, label in scheme.labels.items()}
    )

    def change(document: Document, answer: Sequence[Span], gold: Sequence[Span]) -> ProbedDocument:
        expected = []
        for span in answer:
            longer = _with_word(document, span, words.get(span.label, frozenset()), answer)
            expected.append(Expectation(span) if longer is None else Expectation(longer, span, touched=True))
        changed = (_with_word(document, span, words.get(span.label, frozenset()), gold) or span for span in gold)
        return ProbedDocument(document, tuple(expected), tuple(changed))

    return _with_rules("reverse", free, rules, change_document=change)


def _with_rules(
    name: str, scheme: Scheme, rules: Mapping[str, str], *, change_document: ChangeDocument, detail: str = ""
) -> Probe:
    labels = {
        label.name: replace(label, definition=f"{label.definition.rstrip()} {rules[label.name]}")
        if label.name in rules
        else label
        for label in scheme.labels.values()
    }
    added = "\n".join([_HEADING, "", *(f"- {rule}" for rule in rules.values())])
    return Probe(
        name, replace(scheme, labels=labels), lambda text: f"{text.rstrip()}\n\n{added}\n", change_document, detail
    )


def _either(words: Iterable[str]) -> str:
    *others, last = (f'"{word}"' for word in sorted(words))
    return f"{', '.join(others)} or {last}" if others else last


def _with_word(document: Document, span: Span, words: frozenset[str], layer: Sequence[Span]) -> Span | None:
    """Return a span with the word before it; None if that is another word, or part of another span or a zone."""
    before = _WORD_BEFORE.search((document.text or "")[max(0, span.start - _LONGEST_WORD) : span.start])
    if before is None or before[1].lower().replace("’", "'") not in words:
        return None
    longer = msgspec.structs.replace(span, start=span.start - len(before[0]))
    others: list[Span | Zone] = [*(other for other in layer if other is not span), *document.zones]
    return None if any(overlaps(longer, other) for other in others) else longer
