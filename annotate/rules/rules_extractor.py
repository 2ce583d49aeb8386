"""The extractor `rules`, and the check whether it supports a scheme."""

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
from ...schema.extras import require_extras
from ...schema.names.settlements import settlement_edition

if TYPE_CHECKING:
    from .document_reader import DocumentReader

_MARKUP_NOTE = "documents with tags or entities of HTML, beside which names and dates go unmarked"
_VERSION = "1.2"
_LABELS = ("ACTOR", "LOCATION", "DATE", "COUNT")


class Rules:
    """An extractor that finds actors, places, dates and counts by rules.

    Args:
        scheme: A scheme with the four labels of conflict news and their fields.
        actors: A table of actors in addition to the registry.
        places: A table of places in addition to the gazetteer.
        population: The smallest population of known settlements: 500, 1000, 5000 or 15000.

    Attributes:
        version: Version of the rules, edition of the gazetteer, and what was chosen besides, joined by `+`.
        tally: The number of documents that are read less reliably, by reason; whoever reports the counts clears it.

    Raises:
        DependencyError: spaCy is not installed.
        UsageError: The scheme lacks a label or field that the rules fill, or the population is not one of the four.
        DataError: A table is invalid.
    """

    name = "rules"

    def __init__(
        self, scheme: Scheme, *, actors: Path | None = None, places: Path | None = None, population: int = 15000
    ) -> None:
        require_extras("the extractor rules", "rules")
        from .document_reader import DocumentReader
        from .guideline_tokenizer import tokenizer
        from .lexicon import Lexicon, shipped_lexicon

        _check_scheme(scheme)
        tables = b"\0".join(path.read_bytes() for path in (actors, places) if path is not None)
        self.version = "+".join(
            (
                rules_version(),
                *([f"tables-{sha256(tables).hexdigest()[:8]}"] if tables else []),
                *([f"population-{population}"] if population != 15000 else []),
            )
        )
        if population not in (500, 1000, 5000, 15000):
            raise UsageError(f"population {population} is not available. Fix: 500, 1000, 5000 or 15000")
        if actors is None and places is None and population == 15000:
            lexicon = shipped_lexicon()
        else:
            registry = load_actors(*([actors] if actors else []))
            gazetteer = load_places(*([places] if places else []), min_population=population)
            lexicon = Lexicon(registry, gazetteer)
        self.tally: Counter[str] = Counter()
        self._reader: DocumentReader = DocumentReader(lexicon, scheme)
        tokenizer()  # loaded now rather than with the first document

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document, with values; no span overlaps a zone or another span.

        Raises:
            DataError: A document is in a language that the rules do not read.
        """
        from .guideline_tokenizer import limit_vocabulary

        limit_vocabulary()
        for document in documents:
            if not is_english(document.meta.language):
                message = f"the rules only read English, and the text is in {document.meta.language}"
                raise DataError(Problem(message, "another `extractor` for it"))
        if with_markup := sum(has_markup(document.text or "") for document in documents):
            self.tally[_MARKUP_NOTE] += with_markup
        return [self._reader.read(document) for document in documents]


def rules_version() -> str:
    """Return the version of the rules with the edition of the gazetteer that they know."""
    return f"{_VERSION}+{settlement_edition()}"


def rules_support(scheme: Scheme) -> bool:
    """Check whether the rules support a scheme: it has the four labels of conflict news with their fields."""
    return _mismatch(scheme) is None


def _check_scheme(scheme: Scheme) -> None:
    if (mismatch := _mismatch(scheme)) is not None:
        raise UsageError(
            f"the rules are for conflict news: {scheme.ref} {mismatch}. Fix: another `extractor`, as "
            f"`goldspan extractors` lists them"
        )


def _mismatch(scheme: Scheme) -> str | None:
    """Return how a scheme differs from what the rules need, as the predicate of a sentence; None if it does not."""
    from ...schema import conflict_scheme

    expected = conflict_scheme()
    for name in _LABELS:
        label = scheme.labels.get(name)
        if label is None:
            return f"lacks the label {name}"
        if label.value_type is not expected.labels[name].value_type:
            return f"gives the label {name} other fields"
    return None


class _RulesFactory:
    """Factory of the rules extractor that does not import spaCy until it is called."""

    extras = ("rules",)
    summary = "rules for conflict news in English: all four labels with values, no model needed"
    parameters = (
        Parameter("actors", "a table of your own actors, in addition to the registry", type=Path),
        Parameter("places", "a table of your own places, in addition to the gazetteer", type=Path),
        Parameter(
            "population",
            "smallest population of known settlements",
            type=int,
            default=15000,
            choices=(500, 1000, 5000, 15000),
        ),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        return Rules(scheme, **arguments)


RULES = _RulesFactory()
"""The factory behind the entry point `rules`."""
