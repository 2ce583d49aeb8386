"""Where the forms of terms stand in texts without being marked: what annotators may have missed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise

from ...schema import Document, Span, Zone
from ...schema.writing.word_scripts import UNSPACED_CLASS, within_word
from .term_list import Term, plain_signs

_WORD = re.compile(rf"[{UNSPACED_CLASS}]|[^\W{UNSPACED_CLASS}]+")
"""A word; in scripts without spaces, a letter. The first two find the forms that may begin in a place."""
_SPACE = re.compile(r"\s")


class UnlabelledForms:
    """Counts the occurrences of forms that no span overlaps, as whole words and outside zones.

    Args:
        terms: The terms, whose counts are filled in.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self._by_words: dict[tuple[str, ...], list[tuple[int, str, Term]]] = defaultdict(list)
        for term in terms:
            for form in sorted({_plain(form) for form in term.forms}):
                if words := list(islice(_WORD.finditer(form), 2)):
                    self._by_words[tuple(word[0] for word in words)].append((words[0].start(), form, term))

        self._first_words = {words[0] for words in self._by_words}

    def add(self, document: Document) -> None:
        """Count the occurrences in a document."""
        if document.text is None:
            return
        taken = bytearray(len(document.text))
        parts: tuple[Span | Zone, ...] = (*document.spans, *document.zones)
        for part in parts:
            taken[part.start : part.end] = b"\1" * (part.end - part.start)
        counts: Counter[int] = Counter()
        terms: dict[int, Term] = {}
        for start, end, fitting in self._places(_plain(document.text)):
            if not any(taken[start:end]):
                counts.update(map(id, fitting))
                terms.update((id(term), term) for term in fitting)
        for key, count in counts.items():
            terms[key].unlabelled += count
            terms[key].unlabelled_documents += 1

    def _places(self, text: str) -> Iterator[tuple[int, int, list[Term]]]:
        """Yield the bounds of the longest form at each word where one begins, with its terms."""
        position = 0
        for word, following in pairwise(chain(_WORD.finditer(text), (None,))):
            assert word is not None
            if word[0] not in self._first_words:  # as most words
                continue
            fitting: dict[tuple[int, int], list[Term]] = {}
            one = self._by_words.get((word[0],), ())
            two = self._by_words.get((word[0], following[0]), ()) if following is not None else ()
            for lead, form, term in (*one, *two):
                start = word.start() - lead
                end = start + len(form)
                whole = start >= position and text.startswith(form, start)
                if whole and not within_word(text, start) and not within_word(text, end):
                    fitting.setdefault((start, end), []).append(term)
            if fitting:
                start, end = max(fitting, key=lambda bounds: (bounds[1], -bounds[0]))
                yield start, end, fitting[start, end]
                position = end


def _plain(text: str) -> str:
    """Return a text in lower case, with plain spaces and signs, each code point in its place."""
    lower = text.lower()
    if len(lower) != len(text):  # the lower case of some letters is two code points
        lower = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return plain_signs(_SPACE.sub(" ", lower))
