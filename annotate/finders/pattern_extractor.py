"""The extractor `patterns`: regular expressions and patterns of tokens, from the scheme or a file beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...corpus.spans.timed_patterns import SECONDS, TimedPattern
from ...corpus.spans.tokenisation import tokenizer_name
from ...schema import (
    DataError,
    Document,
    Extractor,
    Field,
    GoldspanError,
    Key,
    Label,
    Parameter,
    Scheme,
    Span,
    UsageError,
    Value,
    did_you_mean,
)
from ...schema.files.scheme_patterns import SchemePattern
from ...schema.hashing import json_sha256
from .candidates import Candidate, choose_spans
from .captured_parts import UnreadablePartError, read_parts, targets_of
from .pattern_file import read_pattern_file
from .token_patterns import TokenPattern, TokenReader

_VERSION = "2"
_SPAN_GROUP = "span"
_MORE_TIME = "a longer timeout=SECONDS"
_Bounds = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _LabelledPattern:
    """A pattern that is ready to run: what it is from, its label, its place in the file, and where its groups go."""

    origin: SchemePattern
    label: Label
    rank: int
    finder: TimedPattern | TokenPattern
    targets: Mapping[str, tuple[Field, Key | None]]


class Patterns:
    """An extractor that finds what patterns describe.

    Args:
        scheme: The scheme, whose own patterns are used if there is no file.
        file: A file of patterns.
        timeout: Processor time in seconds that a pattern may take for a document.

    Attributes:
        version: A version of this module, and a digest of the patterns.
        tally: The number of spans and parts of values that were dropped, by reason; whoever reports it clears it.

    Raises:
        DataError: A pattern is invalid; each problem has its file and line.
        DependencyError: A package is not installed.
        UsageError: There are no patterns, or the timeout is not positive.
    """

    name = "patterns"

    def __init__(self, scheme: Scheme, *, file: Path | None = None, timeout: float = SECONDS) -> None:
        if not timeout > 0:
            raise UsageError(f"timeout {timeout:g} is not positive. Fix: seconds, such as 10")
        listed = {name: label.patterns for name, label in scheme.labels.items() if label.patterns}
        patterns = read_pattern_file(file, scheme) if file is not None else listed
        if not any(patterns.values()):
            fix = "add [[labels.NAME.patterns]] to the scheme, or name a file: patterns:FILE"
            raise UsageError(f"scheme {scheme.ref} has no patterns. Fix: {fix}")
        self._scheme = scheme
        self._timeout = timeout
        self._patterns = _compile(patterns, scheme)
        content = [[pattern.label.name, pattern.origin.as_toml()] for pattern in self._patterns]
        self.version = f"{_VERSION}-{json_sha256(content)[:8]}"
        self.tally: Counter[str] = Counter()
        self._readers: dict[str, TokenReader] = {}
        self._by_tokens = {p.finder: p.origin for p in self._patterns if isinstance(p.finder, TokenPattern)}
        self.load()

    def load(self) -> None:
        """Check the patterns of tokens with spaCy, if there are any."""
        if self._by_tokens:
            self._reader(None)

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document.

        Raises:
            PatternTimeoutError: A pattern takes too long for a document.
            UsageError: It does so for the third one.
        """
        return [self._spans(document) for document in documents]

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the spans of each document, or the error of one for which a pattern takes too long.

        From the document on at which the run is to end, the error is that of the end.
        """
        results: list[list[Span] | Exception] = []
        for document in documents:
            try:
                results.append(self._spans(document))
            except UsageError as error:
                return [*results, *[error] * (len(documents) - len(results))]
            except GoldspanError as error:
                results.append(error)
        return results

    def _spans(self, document: Document) -> list[Span]:
        return choose_spans(self._candidates(document), document, self._scheme, self.tally)

    def _candidates(self, document: Document) -> Iterator[Candidate]:
        for pattern, bounds, groups in self._matches(document):
            if _SPAN_GROUP in pattern.finder.groups and _SPAN_GROUP not in pattern.targets:
                if _SPAN_GROUP not in groups:  # what is to be marked is not there
                    continue
                bounds = groups[_SPAN_GROUP]
            start, end = bounds
            value = self._value(pattern, document, groups)
            yield Candidate(start, end, pattern.label.name, pattern.rank, value)

    def _matches(self, document: Document) -> Iterator[tuple[_LabelledPattern, _Bounds, dict[str, _Bounds]]]:
        text = document.text or ""
        tokens, fitting = self._reader(document.meta.language).read(text) if self._by_tokens else ([], {})
        for pattern in self._patterns:
            if isinstance(pattern.finder, TimedPattern):
                for match in pattern.finder.search(text, self._timeout):
                    names = [name for name in pattern.finder.groups if match.end(name) > match.start(name)]
                    yield pattern, match.span(), {name: match.span(name) for name in names}
            else:
                for stretch, groups in pattern.finder.search(fitting, len(tokens), self._timeout):
                    offsets = {name: _offsets(tokens, group) for name, group in groups.items()}
                    yield pattern, _offsets(tokens, stretch), offsets

    def _reader(self, language: str | None) -> TokenReader:
        code = tokenizer_name(language)
        if code not in self._readers:
            self._readers[code] = TokenReader(language, self._by_tokens)
        return self._readers[code]

    def _value(self, pattern: _LabelledPattern, document: Document, groups: Mapping[str, _Bounds]) -> Value | None:
        """Return a value of the pattern's constants and of what its groups captured, as far as it can be read."""
        parts = dict(pattern.origin.value)
        unreadable: set[str] = set()
        captured = [
            (*pattern.targets[name], name, bounds) for name, bounds in groups.items() if name in pattern.targets
        ]
        # an interval as a whole before its keys, so that the more exact group decides
        for field, key, name, (start, end) in sorted(captured, key=lambda item: item[1] is not None):
            try:
                parts |= read_parts(field, key, (document.text or "")[start:end], document.meta.language)
            except UnreadablePartError:
                unreadable.update(key.name for key in field.keys)
                what = f"values without {name} of {pattern.label.name}, which cannot be read ({_place(pattern)})"
                self.tally[what] += 1
        known = {name: part for name, part in parts.items() if name not in unreadable}
        try:
            return self._scheme.value(pattern.label.name, **known)
        except DataError:
            self.tally[f"values of {pattern.label.name} left out, which the scheme refuses ({_place(pattern)})"] += 1
            return None


def _compile(patterns: Mapping[str, Sequence[SchemePattern]], scheme: Scheme) -> list[_LabelledPattern]:
    """Return the patterns ready to run, in the order of their lines.

    Raises:
        DataError: Some are invalid.
    """
    compiled: list[_LabelledPattern] = []
    problems = []
    for name, items in patterns.items():
        label = scheme.label(name)
        targets = targets_of(label)
        for item in items:
            try:
                finder = TokenPattern(item, _MORE_TIME) if item.tokens else TimedPattern(item, more_time=_MORE_TIME)
            except DataError as error:
                problems += error.problems
                continue
            for group in finder.groups:
                if group not in targets and group != _SPAN_GROUP:
                    hint = did_you_mean(group, [*targets, _SPAN_GROUP])
                    problems.append(item.problem(f"the group {group!r} is not a key of {name}", hint))
            if item.value and (problem := label.value_problem(dict(item.value))):
                problems.append(item.problem(f"value: {problem[0]}", problem[1]))
            compiled.append(_LabelledPattern(item, label, 0, finder, targets))
    if problems:
        raise DataError(problems)
    # labels may be listed in turn; where lines are unknown, they are all 0
    compiled.sort(key=lambda pattern: pattern.origin.line)
    return [replace(pattern, rank=rank) for rank, pattern in enumerate(compiled)]


def _offsets(tokens: Sequence[_Bounds], stretch: _Bounds) -> _Bounds:
    return tokens[stretch[0]][0], tokens[stretch[1] - 1][1]


def _place(pattern: _LabelledPattern) -> str:
    origin = pattern.origin
    return f"{Path(origin.path).name}:{origin.line}" if origin.line else f"pattern {pattern.rank + 1}"


class _PatternsFactory:
    extras = ("patterns",)
    summary = "your own patterns: regular expressions and patterns of tokens, in the scheme or in a file"
    parameters = (
        Parameter("file", "a file of patterns (TOML) in place of the scheme's own", type=Path, positional=True),
        Parameter(
            "timeout",
            "processor time in seconds that a pattern may take for a document",
            type=float,
            default=SECONDS,
            operational=True,
        ),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `Patterns`."""
        return Patterns(scheme, **arguments)


PATTERNS = _PatternsFactory()
"""The factory behind the entry point `patterns`."""
