"""How the gold was drawn from the corpus: the probability of each document, from what its records say.

An estimate needs a probability sample. Its design is read from `extra.sample`, which `goldspan corpus sample` writes,
from a field with weights, or from the random share of a reading order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...corpus.queries.document_fields import number_of
from ...corpus.queries.sample_records import inclusion_probability, population_sha256, stages_of
from ...corpus.release.prioritise import RANDOM
from ...schema import DataError, Document, Problem, canonical_json, pluralize
from ...schema.hashing import draw_key
from .corrected_mean import Floats, Ints

_FIX = "draw it with `goldspan corpus sample`, or give the weights of its documents in a field"


@dataclass(frozen=True, slots=True)
class DrawnGold:
    """The gold's documents that are a probability sample.

    Attributes:
        documents: Ids of the documents.
        probability: Probability of each to be in the sample. Shape `(n,)`.
        stratum: Number of the stratum of each. Shape `(n,)`.
        design: What the sample is called.
        notes: What a reader of the estimate must know.
    """

    documents: Sequence[str]
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
        self._probabilities: list[float] = []
        self._strata: list[bytes] = []
        self._designs: set[str] = set()
        self._populations: set[str] = set()
        self._chosen_by: set[str] = set()

    def add(self, document: Document) -> None:
        """Read the record of a document.

        Raises:
            DataError: It has no weight, or is not of a probability sample.
        """
        self._ids.append(document.id)
        layer = document.layer
        self._chosen_by.update((layer.chosen_by if layer else None) or ())
        if self._field is not None:
            fix = "give each document of the gold a number above 0 there"
            weight = float(number_of(document, self._field, fix))
            if not weight > 0:
                raise DataError(Problem(f"{self._field} is {weight:g}", fix, document=document.id))
            self._weights.append(weight)
            return
        stages = stages_of(document)
        probability = inclusion_probability(document)
        if probability is None:
            what = "the document was chosen by what was found in it, so the gold is not a probability sample"
            raise DataError(Problem(what, _FIX, document=document.id))
        self._probabilities.append(probability)
        self._strata.append(canonical_json([stage.get("stratum") for stage in stages]))
        self._designs.add(" of ".join(str(stage.get("design")) for stage in reversed(stages)))
        if stages:
            self._populations.add(str(stages[0].get("population_sha256")))

    def drawn_from(self, corpus: Collection[str]) -> DrawnGold:
        """Return the sample.

        Args:
            corpus: Ids of the documents of the corpus.

        Raises:
            DataError: The gold is not a probability sample of the corpus.
        """
        if self._field is not None:
            return self._weighted(len(corpus))
        if self._designs == {""}:
            return self._random_share(corpus) if self._chosen_by - {RANDOM} else self._simple(corpus)
        if "" in self._designs or len(self._designs) > 1:
            what = "some documents of the gold were drawn otherwise than others"
            raise DataError(Problem(what, "estimate from one sample"))
        if self._populations != {population_sha256(corpus)} and "filter" not in next(iter(self._designs)):
            what = "the predictions do not cover the documents that the gold was drawn from, or cover others too"
            raise DataError(Problem(what, "predict the whole corpus that was sampled, and nothing else"))
        numbers = {name: number for number, name in enumerate(sorted(set(self._strata)))}
        strata = np.array([numbers[name] for name in self._strata], dtype=np.int64)
        notes = _lonely(strata)
        return DrawnGold(self._ids, np.array(self._probabilities), strata, next(iter(self._designs)), notes)

    def _weighted(self, population: int) -> DrawnGold:
        weights = np.array(self._weights)
        # weights in proportion to 1 / probability do as well: their sum over the sample estimates the population
        scaled = weights if abs(weights.sum() / population - 1) < 0.5 else weights * population / weights.sum()
        probability = np.minimum(1.0, 1 / scaled)
        return DrawnGold(self._ids, probability, np.zeros(len(weights), np.int64), f"weights of {self._field}")

    def _simple(self, corpus: Collection[str]) -> DrawnGold:
        notes = []
        if len(self._ids) < len(corpus) and self._chosen_by != {RANDOM}:
            notes.append(
                "the gold does not say how it was drawn and is taken for a simple random sample; otherwise, "
                "the estimates are wrong. `corpus sample` draws one that says so"
            )
        return self._of(self._ids, len(corpus), notes)

    def _random_share(self, corpus: Collection[str]) -> DrawnGold:
        """Return the documents at the head of the random order, all of which were read, whoever chose them."""
        gold = set(self._ids)
        head: list[str] = []
        for name in sorted(corpus, key=lambda name: draw_key("draw", name)):
            if name not in gold:
                break
            head.append(name)
        if len(head) < 2:
            strategies = ", ".join(sorted(self._chosen_by - {RANDOM}))
            what = f"the gold was chosen by {strategies}, and has no random share to speak of"
            raise DataError(Problem(what, _FIX))
        left_out = pluralize(len(gold) - len(head), "document")
        note = f"{left_out} of the gold were chosen by what extractors found in them and are left out"
        return self._of(head, len(corpus), [note])

    def _of(self, names: Sequence[str], population: int, notes: Sequence[str]) -> DrawnGold:
        probability = np.full(len(names), len(names) / population)
        return DrawnGold(names, probability, np.zeros(len(names), np.int64), "simple random", notes)


def _lonely(strata: Ints) -> list[str]:
    alone = int(np.count_nonzero(np.bincount(strata) == 1))
    if not alone:
        return []
    return [f"{alone:,} strata have one document each, whose spread is taken from that of all documents"]
