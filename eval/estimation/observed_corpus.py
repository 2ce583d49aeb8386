"""What is known of a corpus: a quantity by the predictions for all of it, and by the gold for a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import DataError, Document, Problem, pluralize
from .corrected_mean import SampledValues
from .linearised_error import Floats, Ints
from .quantities import Quantity
from .sample_design import DesignReader, DrawnGold

_FEW = 50
"""Documents of gold below which intervals are known to be somewhat too narrow."""

_FEW_RARE = 10
"""Documents with more than 0, or without where the quantity is a share, below which they are."""


@dataclass(frozen=True, slots=True)
class ObservedCorpus:
    """What is known of a corpus.

    Attributes:
        quantity: The quantity.
        predicted: It by the predictions. Shape `(documents,)`.
        gold: It by the gold. Shape `(n,)`.
        places: Number of each document of the gold in the corpus. Shape `(n,)`.
        drawn: How the gold was drawn.
        metadata: Values of fields, by field, of each document of the corpus.
        notes: What a reader of estimates must know.
    """

    quantity: Quantity
    predicted: Floats
    gold: Floats
    places: Ints
    drawn: DrawnGold
    metadata: Mapping[str, Sequence[Any]]
    notes: Sequence[str]

    def sample_of(self, part: NDArray[np.bool_]) -> SampledValues | None:
        """Return what is known of a part of the corpus; None if the gold has none of it.

        Args:
            part: Whether each document is in the part, at least one. Shape `(documents,)`.
        """
        inside = part[self.places]
        if not inside.any():
            return None
        return SampledValues(
            self.gold,
            self.predicted[self.places],
            self.drawn.weight,
            self.drawn.probability,
            self.drawn.stratum,
            inside,
            int(np.count_nonzero(part)),
            float(self.predicted[part].mean()),
        )

    def is_even(self, inside: NDArray[np.bool_]) -> bool:
        """Return whether some documents of gold, two or more, have the same value. Shape `(n,)`."""
        gold = self.gold[inside]
        return len(gold) > 1 and bool(np.all(gold == gold[0]))

    def is_little(self, inside: NDArray[np.bool_]) -> bool:
        """Return whether intervals by some documents of gold are known to be too narrow. Shape `(n,)`."""
        count, positive = int(np.count_nonzero(inside)), int(np.count_nonzero(self.gold[inside]))
        rare = min(positive, count - positive) if self.quantity.is_share else positive
        return count < _FEW or rare < _FEW_RARE

    def notes_on_gold(self, inside: NDArray[np.bool_] | None = None, *, decided: bool) -> Iterator[str]:
        """Yield what is known of intervals by so much gold.

        Args:
            inside: Which documents of gold are used; None for all. Shape `(n,)`.
            decided: Whether a few documents decide an estimate.
        """
        inside = np.ones(len(self.gold), dtype=bool) if inside is None else inside
        count, positive = int(np.count_nonzero(inside)), int(np.count_nonzero(self.gold[inside]))
        if self.is_even(inside):
            yield "all documents of gold have the same value, which shows no spread: there are no intervals"
        elif self.is_little(inside) or decided:
            yield (
                f"intervals may be too narrow: {pluralize(count, 'document')} of gold, {positive} of them with "
                "more than 0, or a few of them decide the estimate"
            )


class CorpusReader:
    """Reads the gold and then the predictions, a document at a time.

    Args:
        quantity: The quantity.
        fields: Fields whose values are kept, each a function from a document to its value.
        weights: Field with the weights of the gold's documents; None to read its design from the records.
    """

    def __init__(
        self, quantity: Quantity, fields: Mapping[str, Callable[[Document], Any]], weights: str | None = None
    ) -> None:
        self._quantity = quantity
        self._fields = fields
        self._design = DesignReader(weights)
        self._gold: dict[str, float] = {}
        self._texts: dict[str, str | None] = {}
        self._predicted: dict[str, float] = {}
        self._metadata: dict[str, list[Any]] = {name: [] for name in fields}
        self._unknown = {"the gold": 0, "the predictions": 0}

    def add_gold(self, document: Document) -> None:
        """Read a document of the gold.

        Raises:
            DataError: It is a draft, occurs twice, or is not of a probability sample.
        """
        if document.draft:
            problem = Problem("a draft, which nobody submitted", "leave drafts out", document=document.id)
            raise DataError(problem)
        self._once(document, self._gold)
        self._design.add(document)
        self._gold[document.id] = self._value(document, "the gold")
        self._texts[document.id] = document.with_hash().text_sha256

    def add_prediction(self, document: Document) -> None:
        """Read a document of the predictions.

        Raises:
            DataError: It occurs twice, or has another text than in the gold.
        """
        self._once(document, self._predicted)
        known = self._texts.get(document.id)
        if known is not None and known != document.with_hash().text_sha256:
            what = "the predictions have another text than the gold"
            raise DataError(Problem(what, "predict the texts of the gold", document=document.id))
        self._predicted[document.id] = self._value(document, "the predictions")
        for name, value in self._fields.items():
            self._metadata[name].append(value(document))

    def observed(self) -> ObservedCorpus:
        """Return what was read.

        Raises:
            DataError: There is no gold, it has documents that the predictions lack, or is not a probability sample.
        """
        if not self._gold:
            raise DataError(Problem("the gold has no documents", "give the sample that people annotated"))
        missing = [name for name in self._gold if name not in self._predicted]
        if missing:
            what = f"{pluralize(len(missing), 'document')} of the gold have no predictions, such as {missing[0]!r}"
            raise DataError(Problem(what, "predict the whole corpus, the gold's documents included"))
        drawn = self._design.drawn_from(self._predicted.keys())
        places = {name: place for place, name in enumerate(self._predicted)}
        return ObservedCorpus(
            self._quantity,
            np.array(list(self._predicted.values())),
            np.array([self._gold[name] for name in drawn.documents]),
            np.array([places[name] for name in drawn.documents], dtype=np.int64),
            drawn,
            self._metadata,
            [*drawn.notes, *self._notes()],
        )

    def _notes(self) -> Iterator[str]:
        for where, count in self._unknown.items():
            if count:
                yield f"{pluralize(count, 'span')} of {where} have no value to sum and count as 0"

    def _value(self, document: Document, where: str) -> float:
        value, unknown = self._quantity.value(document)
        self._unknown[where] += unknown
        return value

    def _once(self, document: Document, seen: Mapping[str, float]) -> None:
        if document.id in seen:
            raise DataError(Problem("duplicate document id", "keep one of them", document=document.id))
