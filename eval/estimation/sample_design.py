"""How the gold was drawn from the corpus: the probability of each document, from what its records say.

An estimate needs a probability sample. Its design is read from `extra.sample`, which `goldspan corpus sample` writes,
from a field with weights, or from the random order within a reading order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...corpus.queries.document_fields import number_of
from ...corpus.queries.sample_records import FILTER, PART, inclusion_probability, population_sha256, stages_of
from ...corpus.queries.sampling import SIMPLE
from ...schema import DataError, Document, Problem, canonical_json, pluralize
from ...schema.hashing import draw_key
from .linearised_error import Floats, Ints

_FIX = "draw it with `goldspan corpus sample`, or give the weights of its documents in a field"
_RANDOM = "random"
"""What chose the documents of the random share of a reading order."""

_LARGEST_RATIO = 1e9
"""Largest weight as a multiple of the smallest: beyond, one document is the estimate."""


@dataclass(frozen=True, slots=True)
class DrawnGold:
    """The gold's documents that are a probability sample.

    Attributes:
        documents: Ids of the documents.
        weight: What each stands for. Shape `(n,)`.
        probability: Probability of each to be in the sample. Shape `(n,)`.
        stratum: Number of the stratum of each. Shape `(n,)`.
        design: What the sample is called.
        notes: What a reader of the estimate must know.
    """

    documents: Sequence[str]
    weight: Floats
    probability: Floats
    stratum: Ints
    design: str
    notes: Sequence[str] = field(default_factory=tuple)


class DesignReader:
    """Reads the design, record by record of the gold.

    Args:
        weights: A field with the weight of each document, 1 / probability or in proportion to it; None to read the
            design from `extra.sample`.
    """

    def __init__(self, weights: str | None = None) -> None:
        self._field = weights
        self._ids: list[str] = []
        self._weights: list[float] = []
        self._stages: list[list[dict[str, Any]]] = []
        self._parts: list[bool] = []
        self._probabilities: list[float] = []
        self._skipped: set[str] = set()
        self._chosen_by: set[str] = set()

    def add(self, document: Document) -> None:
        """Read the record of a document.

        Raises:
            DataError: It has no weight, or is not of a probability sample.
        """
        self._ids.append(document.id)
        layer = document.layer
        self._chosen_by.update((layer.chosen_by if layer else None) or ())
        if layer is not None and layer.skipped:
            self._skipped.add(document.id)
        if self._field is not None:
            fix = "give each document of the gold a number above 0 there"
            weight = float(number_of(document, self._field, fix))
            if not 0 < weight < float("inf"):
                raise DataError(Problem(f"{self._field} is {weight:g}", fix, document=document.id))
            self._weights.append(weight)
            return
        probability = inclusion_probability(document)
        if probability is None:
            what = "the document was chosen by what was found in it, so the gold is not a probability sample"
            raise DataError(Problem(what, _FIX, document=document.id))
        stages = stages_of(document)
        self._parts.append(any(stage.get("kept") == PART for stage in stages))
        # what a part of a corpus was chosen by tells nothing of the sample that was drawn from it
        self._stages.append([stage for stage in stages if stage.get("kept") != PART])
        self._probabilities.append(probability)

    def drawn_from(self, corpus: Collection[str]) -> DrawnGold:
        """Return the sample.

        Args:
            corpus: Ids of the documents of the corpus.

        Raises:
            DataError: The gold is not a probability sample of the corpus.
        """
        if self._field is not None:
            return self._answered(self._weighted(len(corpus)))
        if not any(self._stages):
            if any(self._parts) and len(self._ids) < len(corpus):
                name = self._ids[self._parts.index(True)]
                what = "the document was chosen by its spans, so the gold is not a probability sample"
                raise DataError(Problem(what, _FIX, document=name))
            return self._answered(self._random_head(corpus) if self._chosen_by else self._simple(corpus))
        return self._answered(self._staged(corpus))

    def skip(self, name: str) -> None:
        """Leave out a document that another reader skipped."""
        self._skipped.add(name)

    def alone(self) -> DrawnGold:
        """Return the sample as if it were the whole corpus, for whoever does not know of what corpus it is.

        Raises:
            DataError: It is not a simple random sample, or all was skipped.
        """
        fix = "give a pilot that was drawn at random, each document with the same probability"
        if chosen_by := sorted(self._chosen_by - {_RANDOM}):
            raise DataError(Problem(f"the pilot was chosen by {', '.join(chosen_by)}", fix))
        designs = {str(stage.get("design")) for stages in self._stages for stage in stages}
        if others := sorted(designs - {SIMPLE, FILTER}):
            raise DataError(Problem(f"the pilot is not a simple random sample, but {' and '.join(others)}", fix))
        return self._answered(_equal(self._ids, len(self._ids), []))

    def _weighted(self, population: int) -> DrawnGold:
        weights = np.array(self._weights)
        if weights.max() / weights.min() > _LARGEST_RATIO:
            what = f"the largest weight of {self._field} is more than {_LARGEST_RATIO:,.0f} times the smallest"
            raise DataError(Problem(what, "check the weights"))
        relative = weights / weights.max()
        # whatever they are in proportion to, they add up to the population
        probability = np.minimum(1.0, relative.sum() / relative / population)
        strata = np.zeros(len(weights), np.int64)
        return DrawnGold(self._ids, relative, probability, strata, f"weights of {self._field}")

    def _simple(self, corpus: Collection[str]) -> DrawnGold:
        notes = []
        if len(self._ids) < len(corpus):
            notes.append(
                "the gold does not say how it was drawn and is taken for a simple random sample; otherwise, "
                "the estimates are wrong. `corpus sample` draws one that says so"
            )
        return _equal(self._ids, len(corpus), notes)

    def _random_head(self, corpus: Collection[str]) -> DrawnGold:
        """Return the documents at the head of the random order, all of which were read, whoever chose them."""
        gold = set(self._ids)
        head: list[str] = []
        for name in sorted(corpus, key=lambda name: draw_key("draw", name)):
            if name not in gold:
                break
            head.append(name)
        if len(head) < 2:
            what = (
                f"the gold was chosen by {', '.join(sorted(self._chosen_by))}, and lacks the head of the random order"
            )
            raise DataError(Problem(what, f"give all that was read in this order; or {_FIX}"))
        left_out = len(gold) - len(head)
        note = f"{pluralize(left_out, 'document')} of the gold were not drawn at random and are left out"
        return _equal(head, len(corpus), [note] if left_out else [])

    def _staged(self, corpus: Collection[str]) -> DrawnGold:
        first = self._stages[0]
        designs = [str(stage.get("design")) for stage in first]
        if any([stage.get("design") for stage in stages] != designs for stages in self._stages):
            what = "some documents of the gold were drawn otherwise than others"
            raise DataError(Problem(what, "estimate from one sample"))
        if FILTER in designs:
            what = "the sample was filtered after it was drawn"
            raise DataError(Problem(what, "give the whole sample, and estimate for a part of it with `by`"))
        if len(designs) > 1 and set(designs) != {SIMPLE}:
            what = "the sample was drawn from a sample by strata, whose intervals are not known"
            raise DataError(Problem(what, "draw it from the corpus at once"))
        if {stages[0].get("population_sha256") for stages in self._stages} != {population_sha256(corpus)}:
            what = "the predictions do not cover the documents that the gold was drawn from, or cover others too"
            raise DataError(Problem(what, "predict the whole corpus that was sampled, and nothing else"))
        if (size := first[-1].get("size")) != len(self._ids):
            what = f"the gold has {len(self._ids):,} of the {size:,} documents that were drawn"
            fix = "annotate all of them, or draw fewer: with the same seed, a smaller sample is part of the larger one"
            raise DataError(Problem(what, fix))
        names = [canonical_json(stages[-1].get("stratum")) for stages in self._stages]
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
        probability = np.array(self._probabilities)
        strata = np.array([numbers[name] for name in names], dtype=np.int64)
        return DrawnGold(self._ids, 1 / probability, probability, strata, " of ".join(reversed(designs)))

    def _answered(self, drawn: DrawnGold) -> DrawnGold:
        """Return a sample without the documents that annotators skipped, for which others of their stratum stand."""
        kept = np.array([name not in self._skipped for name in drawn.documents])
        notes = list(drawn.notes)
        weight, strata = drawn.weight, drawn.stratum
        if not kept.all():
            skipped = pluralize(int(np.count_nonzero(~kept)), "document")
            notes.append(f"{skipped} that annotators skipped are left out, as if they were like the others")
            if len(np.unique(strata[kept])) < len(np.unique(strata)):
                raise DataError(Problem("all documents of a stratum were skipped", "annotate some of each"))
            drawn_weight = np.bincount(strata, weight)
            kept_weight = np.bincount(strata, np.where(kept, weight, 0.0))
            weight = weight * (drawn_weight / kept_weight)[strata]
        names = [name for name, is_kept in zip(drawn.documents, kept, strict=True) if is_kept]
        if not names:
            raise DataError(Problem("annotators skipped all documents of the gold", "annotate some"))
        _, strata = np.unique(strata[kept], return_inverse=True)
        alone = int(np.count_nonzero(np.bincount(strata) == 1))
        if alone and len(np.unique(strata)) > 1:
            count = "1 stratum has" if alone == 1 else f"{alone:,} strata have"
            notes.append(f"{count} one document only, whose spread is taken from that of all documents")
        return DrawnGold(names, weight[kept], drawn.probability[kept], strata, drawn.design, notes)


def _equal(names: Sequence[str], population: int, notes: Sequence[str]) -> DrawnGold:
    """Return a simple random sample."""
    probability = np.full(len(names), len(names) / population)
    return DrawnGold(names, 1 / probability, probability, np.zeros(len(names), np.int64), SIMPLE, notes)
