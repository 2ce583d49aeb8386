"""What other systems find, brought to the scheme: labels mapped, bounds fitted, values filled, drops counted.

Every adapter of a system that is not goldspan's own ends here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..corpus.bounds import NOWHERE
from ..corpus.fitting import fitted_layer
from ..corpus.label_map import REST, LabelMap, read_label_map
from ..schema import Document, Parameter, Scheme, Span, UsageError, Value, did_you_mean, is_english
from .rules import rules_fit

MAP = Parameter("map", "a file that maps the system's labels to the scheme's (TOML)", type=Path)
FILL = Parameter(
    "fill", "values from registry, gazetteer and rules where the system gives none", type=bool, default=True
)


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
        tally: How many findings were put right or dropped so far, by reason; emptied by whoever reports them.
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
        """The layer that findings make: in the order of the text, by the rules of the scheme, with values.

        Raises:
            UsageError: A label is neither the scheme's nor in the map.
        """
        text = document.text or ""
        spans: list[Span] = []
        for finding in findings:
            label = self._label(finding.label)
            if label is None:
                self.tally[f"dropped, labelled {finding.label}"] += 1
            elif not 0 <= finding.start < finding.end <= len(text):
                self.tally[f"dropped, {NOWHERE}"] += 1
            else:
                spans.append(Span(finding.start, finding.end, label, finding.value, score=finding.score))
        spans = fitted_layer(document, spans, self._scheme, self.tally)
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
