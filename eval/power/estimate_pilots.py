"""Pilots of estimates from documents: a quantity over a corpus, and the split of readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...schema import DataError, Document, Problem, Scheme, pluralize
from ..estimation.corrected_mean import SampledValues
from ..estimation.estimate_functions import estimate_documents
from ..estimation.quantities import Quantity, read_quantity
from ..estimation.sample_design import DesignReader, DrawnGold
from .planned_estimates import ReadingSplit, plan_estimate, split_readings
from .power_plan import PilotFigure


def pilot_of_estimate(
    quantity: str,
    gold: Iterable[Document],
    predictions: Iterable[Document],
    scheme: Scheme,
    *,
    weights: str | None = None,
) -> PilotFigure:
    """Return the estimate of a quantity over a corpus as a pilot. Arguments and errors as in `estimate_documents`."""
    what, read = read_quantity(quantity, scheme), list(gold)
    of_corpus: dict[str, float] = {}

    def valued(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            yield document  # which refuses documents that are wrong
            of_corpus[document.id] = _value(what, document)

    estimated = estimate_documents(quantity, read, valued(predictions), scheme, weights=weights)
    design = DesignReader(weights)
    for document in read:
        design.add(document)
    of_gold = {document.id: _value(what, document) for document in read}
    drawn = design.drawn_from(of_corpus.keys())
    sample = _sample(
        of_gold, of_corpus, drawn, population=len(of_corpus), mean=float(np.mean(list(of_corpus.values())))
    )
    return plan_estimate(sample, quantity, drawn.design, estimated.notes, is_sum=what.is_sum)


def split_of_readings(
    quantity: str,
    gold: Iterable[Document],
    first: Iterable[Document],
    scheme: Scheme,
    *,
    readings: int,
    cost: float,
    assurance: float,
) -> ReadingSplit:
    """Return the best split of readings between second readings and more documents, as in `split_readings`.

    Args:
        quantity: The quantity, as in `read_quantity`.
        gold: The pilot's gold.
        first: The first reading, which has the gold's documents; others are left out with a note.
        scheme: Scheme of both.
        readings: Number of readings to spend.
        cost: What the gold of a document costs beyond its first reading, in readings.
        assurance: Share of follow-ups that are to be at least as narrow.

    Raises:
        DataError: A record is invalid, a document of the gold has no first reading or another text there, the gold is
            no simple random sample, or shows no spread.
        UsageError: It is not a quantity, or the readings or the cost are wrong.
    """
    what = read_quantity(quantity, scheme)
    design, documents = DesignReader(), dict[str, Document]()
    for document in gold:
        if document.draft:
            raise DataError(Problem("a draft, which nobody submitted", "leave drafts out", document=document.id))
        if document.id in documents:
            raise DataError(Problem("duplicate document id", "keep one of them", document=document.id))
        design.add(document)
        documents[document.id] = document
    of_gold = {name: _value(what, document) for name, document in documents.items()}
    of_first: dict[str, float] = {}
    others = 0
    for document in first:
        known = documents.get(document.id)
        if known is None:
            others += 1
            continue
        if known.with_hash().text_sha256 != document.with_hash().text_sha256:
            fix = "give the first reading of the gold's texts"
            raise DataError(Problem("the first reading has another text than the gold", fix, document=document.id))
        of_first[document.id] = _value(what, document)
        if document.layer is not None and document.layer.skipped:
            design.skip(document.id)
    if missing := [name for name in of_gold if name not in of_first]:
        problem = f"{pluralize(len(missing), 'document')} of the gold have no first reading, such as {missing[0]!r}"
        raise DataError(Problem(problem, "give a pass over all documents of the gold"))
    if not of_gold:
        raise DataError(Problem("the gold has no documents", "annotate a pilot first"))
    drawn = design.alone()
    kept = set(drawn.documents)
    values = [value for name, value in of_first.items() if name in kept]
    sample = _sample(of_gold, of_first, drawn, population=len(values), mean=float(np.mean(values)))
    split = split_readings(sample, quantity, readings=readings, cost=cost, assurance=assurance, is_sum=what.is_sum)
    notes = [f"{pluralize(others, 'document')} of the first reading have no gold and are left out"] if others else []
    notes += drawn.notes
    return replace(split, notes=[*notes, *split.notes])


def _value(quantity: Quantity, document: Document) -> float:
    return quantity.value(document)[0]


def _sample(
    gold: dict[str, float], predicted: dict[str, float], drawn: DrawnGold, *, population: int, mean: float
) -> SampledValues:
    names: Sequence[str] = drawn.documents
    return SampledValues(
        gold=np.array([gold[name] for name in names]),
        predicted=np.array([predicted[name] for name in names]),
        weight=drawn.weight,
        probability=drawn.probability,
        stratum=drawn.stratum,
        inside=np.ones(len(names), dtype=bool),
        population=population,
        population_mean=mean,
    )
