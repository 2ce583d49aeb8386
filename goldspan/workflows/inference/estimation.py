"""Estimate a quantity over a corpus, or regress it, from gold for a sample and predictions for all of it, in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...corpus import read_records
from ...eval.estimation.estimate_functions import estimate_documents, regress_documents
from ...eval.estimation.estimates import Estimates
from ...eval.estimation.regressions import Regression
from ...schema import Scheme
from ...schema.progress import Progress, ignore_progress, report_each


def estimate_files(
    quantity: str,
    gold: str,
    predictions: str,
    scheme: Scheme,
    *,
    by: str | None = None,
    against: str | None = None,
    on: Sequence[str] = (),
    references: Mapping[str, str] | None = None,
    logit: bool = False,
    weights: str | None = None,
    progress: Progress = ignore_progress,
) -> Estimates | Regression:
    """Return the estimates of a quantity, or its regression if there are fields to regress it on.

    Args:
        quantity: The quantity, as in `read_quantity`.
        gold: Records of the sample that people annotated.
        predictions: Records of the whole corpus, with what a system found; the gold's documents included, by id.
        scheme: The scheme of both.
        by: A field to group by, as in `score --by`, besides the whole corpus.
        against: A group from which the differences of the others are estimated.
        on: Fields to regress the quantity on, in place of groups.
        references: The level that others are compared with, by categorical field of the regression.
        logit: Whether the regression is logistic.
        weights: A field with the weight of each document of the gold, in proportion to 1 / probability; None to read
            from `extra.sample` how the sample was drawn.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid, the gold is not a probability sample of the predictions' documents, or there is
            too little of it for the regression.
        UsageError: It is not a quantity, or documents have no such field, group or level.
    """
    read = read_records(gold, scheme)
    found = report_each(read_records(predictions, scheme), "reading", progress)
    if on:
        return regress_documents(
            quantity, read, found, scheme, on=on, references=references, logit=logit, weights=weights
        )
    return estimate_documents(quantity, read, found, scheme, by=by, against=against, weights=weights)
