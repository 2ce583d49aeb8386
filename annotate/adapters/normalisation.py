"""What other systems find, brought to the scheme: labels mapped, bounds fitted, values filled, drops counted.

Every adapter of a system that is not goldspan's own ends here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ...corpus.spans.bounds import NOWHERE
from ...corpus.spans.fitting import fit_layer
from ...corpus.storage.label_map import REST, LabelMap, read_label_map
from ...corpus.storage.unknown_labels import map_lines, quoted_labels
from ...schema import (
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
    is_english,
)
from ..rules import rules_support
from ..runner.readiness import PLAIN

MAP = Parameter("map", "a file that maps the system's labels to the scheme's (TOML)", type=Path)
FILL = Parameter(
    "fill", "values from registry, gazetteer and rules where the system gives none", type=bool, default=True
)


@dataclass(frozen=True, slots=True)
class ForeignSpan:
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


class UnknownLabelsError(GoldspanError):
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


class UnmappedLabelsError(UnknownLabelsError, UsageError):
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
        what = f"the system's {which.format(quoted_labels(self.labels))} not the scheme's{told}"
        super().__init__(f"{what}. Fix: map=FILE with these lines", example=map_lines(self.labels, scheme))

    def also(self, labels: Iterable[str]) -> Self:
        """The same error of more labels."""
        return type(self)(self.labels.union(labels), self.scheme)

    def __reduce__(self) -> tuple[type[UnmappedLabelsError], tuple[frozenset[str], Scheme]]:
        return type(self), (self.labels, self.scheme)  # on its way between processes


class LabelNotInMapError(UnknownLabelsError, DataError):
    """A system uses labels that its map has no line for.

    Args:
        labels: All that are known to be such.
        scheme: Of the map.
        path: Of the map.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme, path: str) -> None:
        self.labels, self.scheme, self.path = frozenset(labels), scheme, path
        what = f"the label map has no line for {quoted_labels(self.labels)}"
        super().__init__(Problem(what, "add these lines to it", path, example=map_lines(self.labels, scheme)))

    def also(self, labels: Iterable[str]) -> Self:
        """The same error of more labels."""
        return type(self)(self.labels.union(labels), self.scheme, self.path)

    def __reduce__(self) -> tuple[type[LabelNotInMapError], tuple[frozenset[str], Scheme, str]]:  # type: ignore[override]
        return type(self), (self.labels, self.scheme, self.path)


class PredictionNormalizer:
    """Takes a system's findings in.

    Args:
        scheme: Whose labels, values and rules for spans the layers are to have.
        map: A file that maps labels; without one the system must use the scheme's labels.
        fill: Whether values are filled where the system gives none.
        may_use: Labels that the system is known to use; where one is unknown, all of these that are get named with it.

    Attributes:
        mark: What an adapter adds to its version: the label map and whether values are filled.
        names: The labels that a system may use, each with the scheme's, empty for one that is dropped.
        tally: How many findings were put right or dropped so far, by reason; emptied by whoever reports them.
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
        self._fill = fill and rules_support(scheme)
        self.tally: Counter[str] = Counter()

    def load(self) -> None:
        """Loads what fills values, which the first span without one would wait for."""
        if self._fill:
            self._filled(PLAIN, [Span(0, 10, "DATE")])

    def _filled(self, document: Document, spans: list[Span]) -> list[Span]:
        from .value_filling import shared_filler

        return shared_filler(self._scheme).fill(document, spans)

    def layers(self, documents: Sequence[Document], findings: Iterable[Iterable[ForeignSpan]]) -> list[list[Span]]:
        """The layers that the findings in a batch make, document by document.

        Raises:
            UsageError: Labels are not the scheme's, and there is no map.
            DataError: Labels have no line in the map.
        """
        held = [list(found) for found in findings]
        self._check({finding.label for found in held for finding in found})
        return [self._layer(document, found) for document, found in zip(documents, held, strict=True)]

    def layer(self, document: Document, findings: Iterable[ForeignSpan]) -> list[Span]:
        """The layer of a single document: in the order of the text, by the rules of the scheme, with values.

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
            raise UnmappedLabelsError(unknown, self._scheme)
        raise LabelNotInMapError(unknown, self._scheme, self._path)

    def _layer(self, document: Document, findings: Iterable[ForeignSpan]) -> list[Span]:
        text = document.text or ""
        spans: list[Span] = []
        for finding in findings:
            label = self._labels(finding.label) if self._labels is not None else finding.label
            if label is None:
                self.tally[f"dropped, labelled {finding.label}"] += 1
            elif not 0 <= finding.start < finding.end <= len(text):
                self.tally[f"dropped, {NOWHERE}"] += 1
            else:
                spans.append(Span(finding.start, finding.end, label, finding.value, score=finding.score))
        spans = fit_layer(document, spans, self._scheme, self.tally)
        if not self._fill or all(span.value is not None for span in spans):
            return spans
        if not is_english(document.meta.language):
            self.tally[f"documents in {document.meta.language}, whose dates and counts got no values by rules"] += 1
        return self._filled(document, spans)
