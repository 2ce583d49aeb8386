"""Which names of a record are those of persons.

A name counts as that of a person unless the records say otherwise: a layer whose kind is a model or program, or that an
extractor made, names a machine. Names such as `reader-2` or `adjudicated` say only a part, and count as nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any
from unicodedata import normalize

from ...schema import Document, Layer, Span

PSEUDONYM = re.compile(r"annotator-([1-9]\d{0,8})", re.ASCII)
"""A pseudonym that goldspan gives, with its number."""

_PARTS = re.compile(
    r"(?:adjudicat(?:ed|or)|annotator|baseline|coder|consensus|curator|gold|goldspan|judge|layer|majority|model|pass|"
    r"predictions?|reader|review(?:er)?|suggestions?|system)"
    r"(?:[-_ ]?\d{1,9})?",
    re.ASCII | re.IGNORECASE,
)
_PROGRAMS = frozenset("extractor llm llms majority program programs script software".split())
_HEADS = _PROGRAMS | frozenset(
    "algorithm baseline bot classifier computer dictionary ensemble gazetteer machine model models network pipeline "
    "rule rules system tagger transformer transformers".split()
)
_BESIDE = frozenset(
    "a ai an and artificial automatic based by deep fine foundation generative in large language learned learning lm "
    "lms machine multilingual natural nested neural network of our passes pretrained processing program readers "
    "small statistical sequence supervised text the token trained tuned vision vote votes voting".split()
)
_NAMED_MODEL = re.compile(
    r"(?:an?\s+|the\s+)?(?:(?:large|small)\s+)?(?:language[ -]models?|llms?)(?:\s*\([^()]*\).*|\s*[:,].*|[-_ ]?[\d.]*)",
    re.IGNORECASE | re.DOTALL,
)

ACCOUNT_KEYS = frozenset(
    "account annotator annotators assignee assignees completed_by created_by created_username draft_created_by email "
    "first_name last_name reviewed_by reviewer reviewers updated_by user username".split()
)
"""Keys under `extra`, and of Label Studio's results, that hold accounts of persons; `is_account_key` knows more."""

_KEY_PARTS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")
_NUMBERED = re.compile(r"[^\W\d_]+[-_ ]?\d+", re.ASCII)  # such as a pseudonym: it says whose the value is, not who
_PERSONS = re.compile(
    r"(?:accounts?|adjudicators?|annotators?|assignees?|coders?|curators?|e?mails?|labell?ers?|logins?|raters?|reviewers?|"
    r"user(?:name)?s?)(?:ids?|names?|e?mails?)?"
)
_BY = re.compile(
    r"(?:adjudicated|annotated|approved|assigned|changed|checked|coded|completed|corrected|created|curated|decided|"
    r"deleted|done|edited|entered|judged|labell?ed|locked|marked|modified|rated|rejected|reviewed|submitted|tagged|"
    r"updated|validated|verified)by"
)
_OF_NOBODY = frozenset(
    "agent agreement confidence count counts date family guidelines kind kinds language note notes number rate role "
    "score time total type types version".split()
)

TIME_KEYS = frozenset(("lead_time", "lead_times"))
"""Such keys that hold how long a person worked."""


def is_account_key(key: str) -> bool:
    """Return whether a key of plain data holds accounts of persons, by its words: `annotator_id`, `checkedBy`."""
    if key.casefold() in ACCOUNT_KEYS:
        return True
    parts = [part.casefold() for part in _KEY_PARTS.findall(_NUMBERED.sub(" ", key))]
    if not parts or parts[-1] in _OF_NOBODY:
        return False
    return any(map(_PERSONS.fullmatch, parts)) or _BY.fullmatch("".join(parts[-2:])) is not None


def is_machine(layer: Layer) -> bool:
    """Return whether a layer says that its annotator is a model or a program.

    All of its kind must say so: a `student of the program` is a person.
    """
    return layer.extractor_version is not None or _names_machine(layer.annotator_kind or "", _HEADS)


def is_nobodys(name: str) -> bool:
    """Return whether a name is no person's: that of a part such as `reader-2`, of an extractor, or of a model."""
    if not name.strip() or _PARTS.fullmatch(name):
        return True
    return "@" not in name and (name.partition(":")[0] in _extractors() or _names_machine(name, _PROGRAMS))


def _names_machine(words: str, heads: frozenset[str]) -> bool:
    """Return whether words are about a model or program and nothing else, but for what a language model is called."""
    if _NAMED_MODEL.fullmatch(words.strip()):
        return True
    parts = re.findall(r"[^\W\d_]+", words.casefold())
    return any(part in heads for part in parts) and all(part in heads or part in _BESIDE for part in parts)


def folded_name(name: str) -> str:
    """Return a name as it is compared: in any case, composed or not, with or without spaces at its ends."""
    return normalize("NFC", normalize("NFC", name).casefold()).strip()


@cache
def _extractors() -> frozenset[str]:
    return frozenset(entry_points(group="goldspan.extractors").names)


class NameSurvey:
    """Collects the names of persons from layers."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}
        self._machines: set[str] = set()

    def add(self, document: Document) -> None:
        """Add the names of a document's layer, spans and free objects."""
        layer = document.layer
        if layer is not None:
            if layer.annotator and is_machine(layer):
                self._machines.add(layer.annotator)
            self.add_names((layer.annotator or "", *(layer.passes or ())))
            self.add_names(_account_names(layer.extra))
            for invalid in layer.invalid_annotations or ():
                self.add_names(_account_names(invalid.results))
        if document.extra:
            self.add_names(_account_names(document.extra))
        for span in document.spans:
            self.add_names(_names_of(span))

    def add_names(self, names: Iterable[str]) -> None:
        """Add names, such as those of passes."""
        self._names.update(dict.fromkeys(names))

    @property
    def machines(self) -> frozenset[str]:
        """Names that layers state to be those of models or programs."""
        return frozenset(self._machines)

    def persons(self) -> list[str]:
        """Return the names of persons, in the order in which they were added."""
        return [name for name in self._names if name not in self._machines and not is_nobodys(name)]

    def pseudonyms(self) -> list[str]:
        """Return the names that already have the form of a pseudonym."""
        return [name for name in self._names if PSEUDONYM.fullmatch(name)]


def _names_of(span: Span) -> Iterator[str]:
    yield from span.passes or ()
    if span.decision is not None:
        yield span.decision.by
    if span.source and not is_predicted(span):
        yield span.source
    yield from _account_names(span.extra)


def is_predicted(span: Span) -> bool:
    """Return whether a span came from an extractor, which its `source` then names."""
    return span.score is not None or span.origin in ("prediction", "prediction-changed")


def _account_names(data: Any) -> Iterator[str]:
    """Yield the names under the keys of accounts, at any depth."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if is_account_key(key):
                yield from _strings(value)
            else:
                yield from _account_names(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _account_names(item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
