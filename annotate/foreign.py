"""What other systems find, brought to the scheme: labels mapped, bounds tidied, values filled, drops counted.

Every adapter of a system that is not goldspan's own ends here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..corpus.label_map import REST, LabelMap, read_label_map
from ..corpus.unknown_labels import map_lines, named
from ..schema import (
    DataError,
    Document,
    GoldspanError,
    Parameter,
    Problem,
    Scheme,
    Span,
    UsageError,
    Value,
    did_you_mean,
)
from .readiness import PLAIN

MAP = Parameter("map", "a file that maps the system's labels to the scheme's (TOML)", type=Path)
FILL = Parameter(
    "fill", "values from registry, gazetteer and rules where the system gives none", type=bool, default=True
)

_EDGE = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of text that a system has labelled: `[start, end)` in code points, in the system's own label.

    Attributes:
        score: The system's confidence, 0 to 1.
        value: What it stands for, where the system says so in the scheme's terms.
    """

    start: int
    end: int
    label: str
    score: float | None = None
    value: Value | None = None


class ForeignLabelsError(GoldspanError):
    """A system uses labels that nobody knows, whatever the document: reading on without them would lose spans.

    Attributes:
        labels: All that are known to be such.
        scheme: That lacks them.
    """

    labels: frozenset[str]
    scheme: Scheme

    def also(self, labels: Iterable[str]) -> Self:
        """The same error of more labels."""
        raise NotImplementedError


class UnmappedError(ForeignLabelsError, UsageError):
    """A system uses labels that are not the scheme's, and there is no map.

    Args:
        labels: All that are known to be such.
        scheme: That lacks them.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme) -> None:
        self.labels, self.scheme = frozenset(labels), scheme
        one = next(iter(self.labels)) if len(self.labels) == 1 else ""
        which, known = ("label {} is", did_you_mean(one, list(scheme.labels))) if one else ("labels {} are", "")
        told = f" ({known})" if known else ""
        what = f"the system's {which.format(named(self.labels))} not the scheme's{told}"
        super().__init__(f"{what}. Fix: map=FILE with these lines", example=map_lines(self.labels, scheme))

    def also(self, labels: Iterable[str]) -> Self:
        """The same error of more labels."""
        return type(self)(self.labels.union(labels), self.scheme)

    def __reduce__(self) -> tuple[type[UnmappedError], tuple[frozenset[str], Scheme]]:
        return type(self), (self.labels, self.scheme)  # on its way between processes


class NotInMapError(ForeignLabelsError, DataError):
    """A system uses labels that its map has no line for.

    Args:
        labels: All that are known to be such.
        scheme: Of the map.
        path: Of the map.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme, path: str) -> None:
        self.labels, self.scheme, self.path = frozenset(labels), scheme, path
        what = f"the label map has no line for {named(self.labels)}"
        super().__init__(Problem(what, "add these lines to it", path, example=map_lines(self.labels, scheme)))

    def also(self, labels: Iterable[str]) -> Self:
        """The same error of more labels."""
        return type(self)(self.labels.union(labels), self.scheme, self.path)

    def __reduce__(self) -> tuple[type[NotInMapError], tuple[frozenset[str], Scheme, str]]:  # type: ignore[override]
        return type(self), (self.labels, self.scheme, self.path)


class Intake:
    """Takes a system's findings in.

    Args:
        scheme: Whose labels, values and rules for spans the layers are to have.
        map: A file that maps labels; without one the system must use the scheme's labels.
        fill: Whether values are filled where the system gives none.
        may_use: Labels that the system is known to use; where one is unknown, all of these that are get named with it.

    Attributes:
        mark: What an adapter adds to its version: the label map and whether values are filled.
        names: The labels that a system may use, each with the scheme's, empty for one that is dropped.
        tally: How many findings were dropped so far, by reason; emptied by whoever reports them.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        map: Path | None = None,  # noqa: A002 - the argument's name
        fill: bool = True,
        may_use: Iterable[str] = (),
    ) -> None:
        self._scheme = scheme
        self._path = str(map)
        self._may_use = frozenset(may_use)
        self._labels: LabelMap | None = read_label_map(map, scheme) if map is not None else None
        self.mark = ("" if fill else "-bare") + (f"+{self._labels.signature}" if self._labels is not None else "")
        known = self._labels.labels if self._labels is not None else {name: name for name in scheme.labels}
        self.names: Mapping[str, str] = {name: label for name, label in known.items() if name != REST}
        self._fill = fill and set(scheme.labels) >= {"ACTOR", "LOCATION", "DATE", "COUNT"}
        self.tally: Counter[str] = Counter()

    def load(self) -> None:
        """Loads what fills values, which the first span without one would wait for."""
        if self._fill:
            self._filled(PLAIN, [Span(0, 10, "DATE")])

    def _filled(self, document: Document, spans: list[Span]) -> list[Span]:
        from .filling import shared_filler

        return shared_filler(self._scheme).fill(document, spans)

    def layers(self, documents: Sequence[Document], findings: Iterable[Iterable[Finding]]) -> list[list[Span]]:
        """The layers that the findings in a batch make, document by document.

        Raises:
            UsageError: Labels are not the scheme's, and there is no map.
            DataError: Labels have no line in the map.
        """
        held = [list(found) for found in findings]
        self._check({finding.label for found in held for finding in found})
        return [self._layer(document, found) for document, found in zip(documents, held, strict=True)]

    def layer(self, document: Document, findings: Iterable[Finding]) -> list[Span]:
        """The layer of a single document: in the order of the text, tidy, and flat where the scheme says so.

        Raises:
            GoldspanError: As `layers`.
        """
        return self.layers([document], [findings])[0]

    def _check(self, used: Collection[str]) -> None:
        known: Collection[str] = self._labels.labels if self._labels is not None else self._scheme.labels
        if REST in known or all(name in known for name in used):
            return
        unknown = {name for name in (*used, *self._may_use) if name not in known}
        if self._labels is None:
            raise UnmappedError(unknown, self._scheme)
        raise NotInMapError(unknown, self._scheme, self._path)

    def _layer(self, document: Document, findings: Iterable[Finding]) -> list[Span]:
        text = document.text or ""
        spans: list[Span] = []
        for finding in findings:
            label = self._labels(finding.label) if self._labels is not None else finding.label
            if label is None:
                self.tally[f"dropped, labelled {finding.label}"] += 1
                continue
            bounds = self._tidy(text, finding, label)
            if bounds is None:
                self.tally["dropped, outside the text or without a letter"] += 1
            elif any(bounds[0] < zone.end and zone.start < bounds[1] for zone in document.zones):
                self.tally["dropped, in a zone"] += 1
            else:
                spans.append(Span(*bounds, label, finding.value, score=finding.score))
        spans = self._flat(spans)
        return self._filled(document, spans) if self._fill and any(span.value is None for span in spans) else spans

    def _tidy(self, text: str, finding: Finding, label: str) -> tuple[int, int] | None:
        """Bounds without outer blanks, punctuation, and an article that the label does not begin with (G4)."""
        start, end = finding.start, finding.end
        if not 0 <= start < end <= len(text):
            return None
        surface = text[start:end]
        if re.fullmatch(r"(?:[^\W\d]\.)+", surface.strip()) is None:  # "U.S." keeps its dots
            trimmed = _EDGE.sub("", surface)
        else:
            trimmed = surface.strip()
        if not trimmed:
            return None
        start += surface.index(trimmed)
        first, blank, rest = trimmed.partition(" ")
        if blank and rest.strip() and first.lower() in self._scheme.label(label).not_first:
            start += len(trimmed) - len(rest.lstrip())
            trimmed = rest.lstrip()
        return start, start + len(trimmed)

    def _flat(self, spans: list[Span]) -> list[Span]:
        """In the order of the text; of spans that overlap the surer stands, then the longer, then the earlier."""
        if self._scheme.overlap:
            return sorted(set_of(spans), key=lambda span: (span.start, span.end, span.label))
        taken: list[Span] = []
        for span in sorted(spans, key=lambda s: (-(s.score or 0.0), s.start - s.end, s.start, s.label)):
            if any(span.start < other.end and other.start < span.end for other in taken):
                self.tally["dropped, overlapping another"] += 1
            else:
                taken.append(span)
        return sorted(taken, key=lambda span: span.start)


def set_of(spans: Iterable[Span]) -> list[Span]:
    """Spans of which no two have the same bounds and label."""
    return list({(span.start, span.end, span.label): span for span in spans}.values())
