"""The rules as an extractor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...corpus.ingest.format_leftovers import has_markup
from ...schema import (
    DataError,
    Document,
    Extractor,
    Parameter,
    Problem,
    Scheme,
    Span,
    UsageError,
    is_english,
    load_actors,
    load_places,
)

if TYPE_CHECKING:
    from .document_reader import DocumentReader

_MARKED = "documents with tags or entities of HTML, beside which names and dates go unmarked"
_VERSION = "1.1"
_LABELS = ("ACTOR", "LOCATION", "DATE", "COUNT")


class Rules:
    """Finds actors, places, dates and counts by rules.

    Args:
        scheme: A scheme with the four labels of conflict news and their fields.
        actors: A table of actors beside the registry.
        places: A table of places beside the gazetteer.
        population: Least population of the settlements known: 500, 1000, 5000 or 15000.

    Attributes:
        tally: Documents that are read poorly, by why; emptied by whoever reports them.

    Raises:
        UsageError: The scheme lacks a label or field that the rules fill, or the population is none of the four.
        DataError: A table is at fault.
    """

    name = "rules"

    def __init__(
        self, scheme: Scheme, *, actors: Path | None = None, places: Path | None = None, population: int = 15000
    ) -> None:
        from .document_reader import DocumentReader
        from .lexicon import Lexicon, shipped_lexicon
        from .tokens import tokenizer

        _check_scheme(scheme)
        tables = b"\0".join(path.read_bytes() for path in (actors, places) if path is not None)
        own = f"+{sha256(tables).hexdigest()[:8]}" if tables else ""
        self.version = f"{_VERSION}{own}" if population == 15000 else f"{_VERSION}{own}.{population}"
        if population not in (500, 1000, 5000, 15000):
            raise UsageError(f"population {population}: Fix: 500, 1000, 5000 or 15000")
        if actors is None and places is None and population == 15000:
            lexicon = shipped_lexicon()
        else:
            registry = load_actors(*([actors] if actors else []))
            gazetteer = load_places(*([places] if places else []), min_population=population)
            lexicon = Lexicon(registry, gazetteer)
        self.tally: Counter[str] = Counter()
        self._reader: DocumentReader = DocumentReader(lexicon, scheme)
        tokenizer()  # made now, not with the first document

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The spans of each document; none in a zone, none overlapping, each with the value that the text gives it.

        Raises:
            DataError: A document states a language that the rules do not read.
        """
        from .tokens import limit_vocabulary

        limit_vocabulary()
        for document in documents:
            if not is_english(document.meta.language):
                what = f"the rules read English, and the text is in {document.meta.language}"
                raise DataError(Problem(what, "another --extractor for it"))
        if marked := sum(has_markup(document.text or "") for document in documents):
            self.tally[_MARKED] += marked
        return [self._reader.read(document) for document in documents]


def rules_support(scheme: Scheme) -> bool:
    """Whether the rules can fill a scheme: it has the four labels of conflict news with their fields."""
    return _misfit(scheme) is None


def _check_scheme(scheme: Scheme) -> None:
    if (misfit := _misfit(scheme)) is not None:
        raise UsageError(
            f"the rules are for conflict news: {scheme.ref} {misfit}. Fix: another --extractor, as "
            f"`goldspan extractors` lists them"
        )


def _misfit(scheme: Scheme) -> str | None:
    from ...schema import conflict_scheme

    wanted = conflict_scheme()
    for name in _LABELS:
        have = scheme.labels.get(name)
        if have is None:
            return f"lacks the label {name}"
        if have.value_type is not wanted.labels[name].value_type:
            return f"gives the label {name} other fields"
    return None


class _RulesFactory:
    """Makes the rules extractor, and says what it takes, without importing spaCy."""

    summary = "rules for conflict news in English: all four labels with values, no model needed"
    parameters = (
        Parameter("actors", "a table of actors of your own, beside the registry", type=Path),
        Parameter("places", "a table of places of your own, beside the gazetteer", type=Path),
        Parameter(
            "population", "least population of settlements", type=int, default=15000, choices=(500, 1000, 5000, 15000)
        ),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """The extractor."""
        return Rules(scheme, **arguments)


RULES = _RulesFactory()
"""What the entry point `rules` names."""
