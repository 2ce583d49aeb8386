"""The functions `estimate` and `regress`: a quantity over a corpus, from any source of documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...corpus.document_sources import SchemeLike, Source, documents_from, resolve_scheme
from ...corpus.queries.document_groups import MISSING, checked_groupings, grouping
from ...schema import Document, Scheme, UsageError
from .estimates import Estimates, estimate_groups
from .observed_corpus import CorpusReader, ObservedCorpus
from .quantities import read_quantity
from .regressions import Regression, check_model, regress_observed
from .regressors import regressor_fields


def estimate(
    quantity: str,
    gold: Source,
    predictions: Source,
    scheme: SchemeLike | None = None,
    *,
    by: str | None = None,
    against: str | None = None,
    weights: str | None = None,
) -> Estimates:
    """Estimate a quantity over a corpus: by predictions for all of it, by gold for a sample, and corrected.

    Args:
        quantity: `documents(CONDITION)` (the share of documents with such a span), `spans(CONDITION)` (their mean
            number) or `sum(LABEL.FIELD, TESTS)` (the mean of the sum of a field): `sum(COUNT.min, unit=killed)`.
        gold: The sample that people annotated, as any source that `goldspan.load` accepts.
        predictions: The whole corpus with what a system found, the documents of the gold included, by id.
        scheme: The scheme of both, or the path of its file. Defaults to that of a corpus among them, or else to the
            conflict news scheme.
        by: A field to group by, as in `score`: `meta.publisher`, `month`, `extra.KEY`; besides the whole corpus.
        against: A group from which the differences of the others are estimated.
        weights: A field of the gold with the weight of each document, in proportion to 1 / probability; None to read
            from `extra.sample` how it was drawn.

    Raises:
        DataError: A document is invalid, or the gold is not a probability sample of the predictions' documents.
        UsageError: It is not a quantity, documents cannot be grouped by the field, or no document is of the group.

    Examples:
        >>> import goldspan
        >>> def report(at, is_found):
        ...     spans = [{"start": 13, "end": 14, "label": "COUNT"}] if is_found else []
        ...     return {"id": str(at), "text": "Police said: 3 died.", "spans": spans}
        >>> gold = [report(at, at % 2) for at in range(100)]
        >>> predictions = [report(at, at % 4 == 1) for at in range(100)]
        >>> estimates = goldspan.estimate("documents(COUNT)", gold, predictions)
        >>> estimates.groups[0].predictions, estimates.groups[0].corrected.value
        (0.25, 0.5)
    """
    resolved = resolve_scheme(scheme, gold, predictions)
    read, found = (documents_from(source, resolved) for source in (gold, predictions))
    return estimate_documents(quantity, read, found, resolved, by=by, against=against, weights=weights)


def regress(
    quantity: str,
    gold: Source,
    predictions: Source,
    scheme: SchemeLike | None = None,
    *,
    on: Sequence[str],
    references: Mapping[str, str] | None = None,
    logit: bool = False,
    weights: str | None = None,
) -> Regression:
    """Regress a quantity on fields of documents: by predictions for a corpus, by gold for a sample, and corrected.

    Other arguments and errors are those of `estimate`.

    Args:
        quantity: The quantity.
        gold: The sample that people annotated.
        predictions: The whole corpus with what a system found.
        scheme: The scheme of both.
        on: The fields: `meta.publisher`, `month`, `extra.KEY` and others that documents can be grouped by, `length` and
            `words`. `meta.published` counts in years from the first day on, `extra.KEY` is a number if all its values
            are; the others are categorical.
        references: The level that others are compared with, by categorical field; a field named here is categorical. By
            default it is the most frequent.
        logit: Fit a logistic regression of a share of documents, not a linear one.
        weights: A field of the gold with the weight of each document.

    Raises:
        DataError: Some columns are made of others, or there is too little gold for so many coefficients.
        UsageError: There is no such field or level, or `logit` is of something else than a share of documents.

    Examples:
        >>> import goldspan
        >>> def report(at, is_found):
        ...     spans = [{"start": 13, "end": 14, "label": "COUNT"}] if is_found else []
        ...     return {"id": str(at), "text": "Police said: 3 died.", "spans": spans, "extra": {"late": at // 50}}
        >>> gold = [report(at, at % (3 - at // 50) == 0) for at in range(100)]
        >>> predictions = [report(at, at % 4 == 1) for at in range(100)]
        >>> fit = goldspan.regress("documents(COUNT)", gold, predictions, on=["extra.late"])
        >>> [(item.term, round(item.predictions, 2), round(item.corrected.value, 2)) for item in fit.coefficients]
        [('constant', 0.26, 0.34), ('extra.late', -0.02, 0.16)]
    """
    resolved = resolve_scheme(scheme, gold, predictions)
    read, found = (documents_from(source, resolved) for source in (gold, predictions))
    return regress_documents(
        quantity, read, found, resolved, on=on, references=references, logit=logit, weights=weights
    )


def estimate_documents(
    quantity: str,
    gold: Iterable[Document],
    predictions: Iterable[Document],
    scheme: Scheme,
    *,
    by: str | None = None,
    against: str | None = None,
    weights: str | None = None,
) -> Estimates:
    """Estimate a quantity from documents that are valid. Arguments and errors are those of `estimate`."""
    if against is not None and by is None:
        raise UsageError("`against` has no effect without `by`. Fix: add `by`, or leave it out")
    fields = {} if by is None else {name: grouping(name) for name in checked_groupings([by])}
    reader = CorpusReader(read_quantity(quantity, scheme), fields, weights)
    observed = _observed(reader, gold, predictions)
    if by is not None and by.startswith("extra.") and set(observed.metadata[by]) == {MISSING}:
        raise UsageError(f"`by` {by}: no document has this key. Fix: check its spelling")
    return estimate_groups(observed, by, against)


def regress_documents(
    quantity: str,
    gold: Iterable[Document],
    predictions: Iterable[Document],
    scheme: Scheme,
    *,
    on: Sequence[str],
    references: Mapping[str, str] | None = None,
    logit: bool = False,
    weights: str | None = None,
) -> Regression:
    """Regress a quantity from documents that are valid. Arguments and errors are those of `regress`."""
    references = references or {}
    checked = read_quantity(quantity, scheme)
    check_model(checked, logit=logit)
    reader = CorpusReader(checked, regressor_fields(on, references), weights)
    return regress_observed(_observed(reader, gold, predictions), references, logit=logit)


def _observed(reader: CorpusReader, gold: Iterable[Document], predictions: Iterable[Document]) -> ObservedCorpus:
    for document in gold:
        reader.add_gold(document)
    for document in predictions:
        reader.add_prediction(document)
    return reader.observed()
