"""Estimate a quantity over a corpus from gold for a sample and predictions for all of it."""

from __future__ import annotations

from ...corpus import read_records
from ...corpus.queries.document_groups import checked_groupings
from ...eval.estimation.estimates import Estimates, Estimator
from ...eval.estimation.quantities import read_quantity
from ...schema import Scheme
from ...schema.progress import Progress, ignore_progress, report_each


def estimate_files(
    quantity: str,
    gold: str,
    predictions: str,
    scheme: Scheme,
    *,
    by: str | None = None,
    weights: str | None = None,
    progress: Progress = ignore_progress,
) -> Estimates:
    """Return the estimates of a quantity.

    Args:
        quantity: The quantity, as in `read_quantity`.
        gold: Records of the sample that people annotated.
        predictions: Records of the whole corpus, with what a system found; the gold's documents included, by id.
        scheme: The scheme of both.
        by: A field to group by, as in `score --by`, besides the whole corpus.
        weights: A field with the weight of each document of the gold, in proportion to 1 / probability; None to read
            from `extra.sample` how the sample was drawn.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid, or the gold is not a probability sample of the predictions' documents.
        UsageError: It is not a quantity, or documents cannot be grouped by the field.
    """
    if by is not None:
        checked_groupings([by])
    estimator = Estimator(read_quantity(quantity, scheme), by, weights)
    for document in read_records(gold, scheme):
        estimator.add_gold(document)
    for document in report_each(read_records(predictions, scheme), "reading", progress):
        estimator.add_prediction(document)
    return estimator.estimates()
