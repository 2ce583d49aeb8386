"""What other systems find, brought to the scheme: labels mapped, bounds tidied, values filled, drops counted.

Every adapter of a system that is not goldspan's own ends here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..corpus.label_map import REST, LabelMap, read_label_map
from ..schema import Document, Parameter, Scheme, Span, UsageError, Value, did_you_mean, is_english
from .rules import rules_fit

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


class Intake:
    """Takes a system's findings in.

    Args:
        scheme: Whose labels, values and rules for spans the layers are to have.
        map: A file that maps labels; without one the system must use the scheme's labels.
        fill: Whether values are filled where the system gives none.

    Attributes:
        mark: What an adapter adds to its version: the label map and whether values are filled.
        names: The labels that a system may use, each with the scheme's, empty for one that is dropped.
        tally: How many findings were dropped so far, by reason; emptied by whoever reports them.
    """

    def __init__(self, scheme: Scheme, *, map: Path | None = None, fill: bool = True) -> None:  # noqa: A002 - the argument's name
        self._scheme = scheme
        self._labels: LabelMap | None = read_label_map(map, scheme) if map is not None else None
        self.mark = ("" if fill else "-bare") + (f"+{self._labels.signature}" if self._labels is not None else "")
        known = self._labels.labels if self._labels is not None else {name: name for name in scheme.labels}
        self.names: Mapping[str, str] = {name: label for name, label in known.items() if name != REST}
        self._fill = fill and rules_fit(scheme)
        self.tally: Counter[str] = Counter()

    def layer(self, document: Document, findings: Iterable[Finding]) -> list[Span]:
        """The layer that findings make: in the order of the text, tidy, and flat where the scheme says so.

        Raises:
            UsageError: A label is neither the scheme's nor in the map.
        """
        text = document.text or ""
        spans: list[Span] = []
        for finding in findings:
            label = self._label(finding.label)
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
        if self._fill and any(span.value is None for span in spans):
            from .filling import shared_filler

            if not is_english(document.meta.language):
                self.tally[f"documents in {document.meta.language}, whose dates and counts got no values by rules"] += 1
            spans = shared_filler(self._scheme).fill(document, spans)
        return spans

    def _label(self, name: str) -> str | None:
        if self._labels is not None:
            return self._labels(name)
        if name not in self._scheme.labels:
            known = did_you_mean(name, list(self._scheme.labels))
            raise UsageError(f"the system's label {name!r} is not the scheme's ({known}). Fix: map=FILE")
        return name

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
