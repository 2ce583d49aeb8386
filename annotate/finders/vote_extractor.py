"""The extractor `vote`: several extractors, or runs of one, read each document, and vote on its spans.

Spans of different readers are aligned (`align_layers`). In each place the readers vote on the label, then those who
have that label on the bounds, and on the value among those that go with these bounds. Of equally many votes, the one of
the reader that is named first decides. A span is kept if enough readers have its label there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from ...corpus.adjudication.vote_record import layer_vote, span_vote
from ...corpus.spans.group_alignment import SpanGroup, align_layers
from ...corpus.spans.span_keys import span_key
from ...schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    GoldspanError,
    Parameter,
    Problem,
    Scheme,
    Span,
    UsageError,
)
from ...schema.hashing import json_sha256
from ..runner.extractor_run import ExtractorRun
from ..runner.noted_spans import NotedSpans
from .several_extractors import EXTRACTORS, SeveralExtractors

T = TypeVar("T")

_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Election:
    """What readers elect in one place of a text.

    Attributes:
        span: The span, with the share of the readers that have the very same as its score.
        votes: Number of readers that have its label there.
        agree: Number of readers that have the very same span.
    """

    span: Span
    votes: int
    agree: int


def elect(group: SpanGroup, readers: int) -> Election:
    """Return what readers elect in a place; the rule is that of the module.

    Args:
        group: What they have there, by the number of the reader.
        readers: The number of readers, of which some may have nothing there.
    """
    spans = [span for _, span in sorted(group.items())]
    label, votes = _most_votes(span.label for span in spans)
    spans = [span for span in spans if span.label == label]
    (start, end), _ = _most_votes((span.start, span.end) for span in spans)
    stated = {span.value for span in spans if (span.start, span.end) == (start, end)}
    value, _ = _most_votes(span.value for span in spans if span.value in stated)
    elected = Span(start, end, label, value)
    agree = sum(span_key(span) == span_key(elected) for span in spans)
    return Election(msgspec.structs.replace(elected, score=round(agree / readers, 4)), votes, agree)


def _most_votes(votes: Iterable[T]) -> tuple[T, int]:
    """Return what has the most votes, of several the first one, and their number."""
    return Counter(votes).most_common(1)[0]  # in the order of their first votes


class Vote(SeveralExtractors):
    """An extractor that has others read each document, and takes what enough of them agree on.

    Args:
        scheme: The scheme.
        extractors: As in `SeveralExtractors`.
        min_votes: How many readers must have a label in a place; None for more than half of them.

    Attributes:
        name: `vote:` and the names of the readers, joined by `+`, each followed by `*N` if N readers have it.
        version: A version of this module, and a digest of the readers' versions and of `min_votes`.

    Raises:
        GoldspanError: As for `SeveralExtractors`.
        UsageError: `min_votes` is less than 1, or more than there are readers.
    """

    def __init__(self, scheme: Scheme, *, extractors: str, min_votes: int | None) -> None:
        super().__init__(scheme, "vote", extractors)
        self._readers = [ExtractorRun(part, scheme, redirect=False) for part in self._parts]
        count = len(self._readers)
        if min_votes is not None and not 1 <= min_votes <= count:
            raise UsageError(f"`min_votes` {min_votes} is out of range for {count} readers. Fix: from 1 to {count}")
        self._min_votes = count // 2 + 1 if min_votes is None else min_votes
        runs = Counter(part.name for part in self._parts)
        self.name = "vote:" + "+".join(name if n == 1 else f"{name}*{n}" for name, n in runs.items())
        readers = [[part.name, part.version] for part in self._parts]
        self.version = f"{_VERSION}-{json_sha256([self._min_votes, readers])[:8]}"

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the elected spans of each document, or an error if a reader fails on it.

        Raises:
            GoldspanError: A reader cannot continue.
        """
        by_reader = [self._read(name, run, documents) for name, run in zip(self.names, self._readers, strict=True)]
        return [self._elected(layers) for layers in zip(*by_reader, strict=True)]

    def _read(
        self, name: str, run: ExtractorRun, documents: Sequence[Document]
    ) -> list[tuple[Span, ...] | GoldspanError]:
        """Return what a reader has in each document, corrected and checked as in a layer of its own."""
        layers: list[tuple[Span, ...] | GoldspanError] = []
        try:
            for outcome in run.outcomes(documents):
                self._count(name, Counter(outcome.tally or {}))
                document, problem = outcome.document, outcome.problem
                layers.append(document.spans if document else DataError(problem or Problem("no layer")))
        except (DependencyError, UsageError) as error:  # ends the run after the documents that are done
            if not layers:
                raise
            layers += [error] * (len(documents) - len(layers))
        return layers

    def _elected(self, layers: Sequence[tuple[Span, ...] | GoldspanError]) -> list[Span] | Exception:
        errors = [layer for layer in layers if isinstance(layer, GoldspanError)]
        if errors:  # those that end the run first
            return min(errors, key=lambda error: not isinstance(error, DependencyError | UsageError))
        spans: list[Span] = []
        left_out: list[dict[str, Any]] = []
        contested = 0
        for group in align_layers([layer for layer in layers if not isinstance(layer, GoldspanError)]):
            election = elect(group, len(self.names))
            is_contested = election.agree < len(self.names)
            contested += is_contested
            for number, span in group.items():
                self.tally[f"{self.names[number]}: spans"] += 1
                if election.votes >= self._min_votes and span_key(span) == span_key(election.span):
                    self.tally[f"{self.names[number]}: spans that are elected as they are"] += 1
            if election.votes < self._min_votes:
                self.tally["contested, left out for too few votes"] += 1
                readings = {self.names[number]: _reading(span) for number, span in group.items()}
                start, end = min(s.start for s in group.values()), max(s.end for s in group.values())
                left_out.append({"start": start, "end": end, "readings": readings})
                continue
            self.tally["contested, kept" if is_contested else "not contested"] += 1
            spans.append(self._with_others(election, group) if is_contested else election.span)
        return NotedSpans(spans, layer_vote(self.names, self._min_votes, contested, left_out))

    def _with_others(self, election: Election, group: SpanGroup) -> Span:
        others = {
            name: _reading(group[number]) if number in group else None
            for number, name in enumerate(self.names)
            if number not in group or span_key(group[number]) != span_key(election.span)
        }
        return msgspec.structs.replace(election.span, extra=span_vote(election.agree, len(self.names), others))


def _reading(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label, "value": msgspec.to_builtins(span.value)}


class _VoteFactory:
    summary = "spans that most of several extractors, or of several runs of one, agree on; the score is their share"
    parameters = (
        EXTRACTORS,
        Parameter("min_votes", "how many of them must agree on a label; by default more than half", type=int),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `Vote`."""
        return Vote(scheme, **arguments)


VOTE = _VoteFactory()
"""The factory behind the entry point `vote`."""
