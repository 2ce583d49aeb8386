"""Agreement between annotators or passes: pairwise over the documents that both have read, and over all passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from ..corpus.document_sources import SchemeLike, SpanSource, documents_from, resolve_scheme
from ..corpus.spans_without_text import is_without_text
from ..schema import DataError, Document, Problem, Scheme, UsageError, pluralize
from ..schema.errors import check_resampling
from ..schema.extras import missing_extras, require_extras
from .agreement_results import Agreement
from .coefficients.agreement_coefficients import token_coefficients, unit_coefficients
from .coefficients.agreement_notes import listed, pair_notes, undefined_note, value_notes
from .coefficients.document_agreement import document_spread
from .coefficients.gamma import gamma_of
from .coefficients.outliers import pass_agreement
from .coefficients.pair_agreement import ComparedPair, in_all_documents, mean_kappa, pooled_values
from .coefficients.pass_columns import PassColumns, SharedDocuments
from .coefficients.resampling import DocumentResampling
from .coefficients.token_agreement import TokenRatings, rate_tokens
from .disagreements import list_disagreements
from .metric_types.agreement_metrics import AgreementIntervals
from .replacement.alternative_annotator import EPSILON
from .replacement.model_replacement import check_replacement, compare_with_readers
from .shared_documents import DocumentVersions, group_by_document, select_shared
from .statistics.metrics import ratio
from .suggestion_bias import suggestion_effect
from .token_measure import tokenizer_notes

_MAX_LISTED = 20


def agreement(
    passes: Mapping[str, SpanSource],
    scheme: SchemeLike | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    intervals: bool = False,
    gamma: bool = False,
    model: SpanSource | None = None,
    epsilon: float = EPSILON,
) -> Agreement:
    """Measure the agreement between two or more passes.

    Pairs of passes are compared over the documents that both have read; coefficients over all passes count each
    document with the passes that have read it. A pass that skipped a document has not read it. Documents that fewer
    than two passes have read are excluded and noted. The zones of the first of the compared passes apply.

    Args:
        passes: The passes by annotator, each as any source that `score` accepts.
        scheme: The scheme of the passes, or the path of its file. Defaults to that of a corpus among them, or else to
            the conflict news scheme.
        resamples: Number of bootstrap resamples of the documents for intervals; 0 for none.
        seed: Random seed of the resamples.
        intervals: Compute intervals for fewer than 10 documents too; the notes state how unreliable they are.
        gamma: Compute gamma too, which takes longer than all else.
        model: The pass of a model, called `model` in the result: test whether it may stand in for a reader. It takes
            part in no other figure.
        epsilon: By how much the model may be worse than a reader: 0.2 for experts, 0.15 for skilled annotators, 0.1 for
            crowd workers.

    Raises:
        DataError: The text of a document differs between passes, a pass contains a draft, or no document has been read
            by two passes, and by the model.
        DependencyError: Gamma is requested, and scipy is not installed.
        UsageError: There are fewer than two passes, or three with a model, `resamples` or `seed` is not a whole number
            from 0 up, or `epsilon` is no share.

    Examples:
        >>> import goldspan
        >>> passes = {"ada": {"a": [(0, 4, "ACTOR")]}, "ben": {"a": [(0, 4, "ACTOR"), (12, 17, "LOCATION")]}}
        >>> result = goldspan.agreement(passes)
        >>> round(result.pairwise[0].strict_f1, 3)
        0.667
    """
    if not isinstance(passes, Mapping):
        raise UsageError("`passes` are not a mapping. Fix: give them by annotator, as in {'ada': …, 'ben': …}")
    if len(passes) < 2:
        raise UsageError("agreement requires at least two passes. Fix: give a second pass")
    resolved = resolve_scheme(scheme, *passes.values(), *(() if model is None else (model,)))
    documents = {name: list(documents_from(source, resolved, without_text=True)) for name, source in passes.items()}
    of_model = None if model is None else ("model", list(documents_from(model, resolved, without_text=True)))
    return agreement_of(
        documents, resolved, resamples=resamples, seed=seed, intervals=intervals, gamma=gamma, model=of_model,
        epsilon=epsilon,
    )  # fmt: skip


def agreement_of(
    documents_by_pass: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    resamples: int = 1000,
    seed: int = 0,
    intervals: bool = False,
    gamma: bool = False,
    model: tuple[str, Sequence[Document]] | None = None,
    epsilon: float = EPSILON,
) -> Agreement:
    """Measure the agreement between passes, whose documents are valid. Other arguments and errors as in `agreement`.

    Args:
        documents_by_pass: The passes.
        scheme: Their scheme.
        resamples: As in `agreement`, like all that follow.
        seed: Likewise.
        intervals: Likewise.
        gamma: Likewise.
        model: Name and documents of the model's pass.
        epsilon: As in `agreement`.
    """
    check_resampling(resamples, seed)
    if model is not None:
        check_replacement(len(documents_by_pass), epsilon)
    if gamma:
        require_extras("gamma", "gamma")
    names, labels = list(documents_by_pass), list(scheme.labels)
    extractors = {
        name: document.extractor
        for name, documents in documents_by_pass.items()
        for document in documents
        if document.extractor
    }
    notes = [
        f"{name} was created by the extractor {extractor}: agreement with it is not agreement between annotators"
        for name, extractor in extractors.items()
    ]
    if unchecked := [name for name, documents in documents_by_pass.items() if any(map(is_without_text, documents))]:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    all_versions = group_by_document(documents_by_pass)
    columns = PassColumns(names, all_versions, scheme)
    sets = [columns.shared(*pair) for pair in combinations(names, 2)]
    shared = sets[0] if len(sets) == 1 else columns.shared()
    if not len(shared):
        fix = "give passes over the same documents, for example from a push with overlap"
        raise DataError(Problem("no document has been read by two of the passes", fix))
    resampling = DocumentResampling(resamples, seed, intervals, len(shared))
    notes += resampling.size_notes()
    missing = missing_extras("tokenizing texts", "rules")
    if missing:
        notes.append(f"token_alpha, token_kappa and token_ac1 are null: {missing}")
    ratings = [None] * (len(sets) + 1) if missing else rate_tokens([shared, *sets], labels)
    pairs = [
        ComparedPair(documents, rated, scheme, resampling.of(len(documents)))
        for documents, rated in zip(sets, ratings[1:], strict=True)
    ]
    notes += _exclusion_notes(documents_by_pass, all_versions, pairs)
    notes += pair_notes(pairs, tokenized=not missing) + value_notes(pairs)
    overall = _Overall(pairs, shared, ratings[0], labels, resampling)
    notes += [note for note in overall.notes(tokenized=not missing) if note not in notes]
    if ratings[0] is not None:
        notes += tokenizer_notes(document for versions in shared.versions for document in versions.values())
    gammas, undefined = [], [*overall.undefined]
    for documents in [*sets, *([shared] if len(sets) > 1 else [])] if gamma else []:
        own = resampling.of(len(documents))
        coefficient, reasons = gamma_of(documents, own)
        gammas.append(coefficient)
        undefined.append(
            (" - ".join(documents.names) if len(sets) > 1 and documents is not shared else "", own.undefined)
        )
        notes += [note for note in reasons if note not in notes]
    notes += undefined_note(undefined, resamples)
    replacement = None
    if model is not None:
        replacement, reasons = compare_with_readers(
            documents_by_pass, *model, scheme, epsilon=epsilon, resamples=resamples, seed=seed, intervals=intervals
        )
        notes += reasons
    shared_versions = select_shared(all_versions)
    disagreements, minor = list_disagreements(shared_versions, {(pair.a, pair.b): pair.rules for pair in pairs})
    if minor:
        notes.append(
            f"not listed: {pluralize(minor, 'difference')} in values that no metric counts (fields that do not affect "
            "correctness, values that a pass does not fill in); adjudicate lists them"
        )
    annotated = {
        name: [versions[name] for versions in shared_versions if name in versions]
        for name in names
        if name not in extractors
    }
    return Agreement(
        documents=len(shared),
        alone=sum(len(versions) == 1 for versions in all_versions),
        passes=names,
        pairwise=[pair.result for pair in pairs],
        alpha_u=overall.units.alpha_u,
        alpha_u_labels=overall.units.alpha_u_labels,
        token_alpha=overall.tokens.alpha,
        token_kappa=overall.kappa,
        token_ac1=overall.tokens.ac1,
        values=overall.values,
        intervals=overall.intervals,
        gamma=gammas,
        by_pass=overall.by_pass,
        by_document=overall.by_document,
        disagreements=disagreements,
        suggestions=suggestion_effect(annotated, scheme),
        model=replacement,
        notes=notes,
    )


class _Overall:
    """The figures over all passes."""

    def __init__(
        self,
        pairs: Sequence[ComparedPair],
        shared: SharedDocuments,
        ratings: TokenRatings | None,
        labels: Sequence[str],
        resampling: DocumentResampling,
    ) -> None:
        self._pairs, self._resampling = pairs, resampling
        if len(pairs) == 1:
            self.units, self.tokens = pairs[0].units, pairs[0].tokens
        else:
            self.units = unit_coefficients(shared, labels, resampling)
            self.tokens = token_coefficients(ratings, resampling)
        self.kappa, kappa_interval = mean_kappa(pairs, shared, resampling)
        self.values, value_intervals = pooled_values(pairs, shared, resampling)
        alpha_interval, _, ac1_interval = self.tokens.intervals
        self.intervals = AgreementIntervals(
            resampling.coverage,
            self.units.interval,
            self.units.label_intervals,
            alpha_interval,
            kappa_interval,
            ac1_interval,
            value_intervals,
        )
        spans = in_all_documents(pairs, shared, [pair.spans for pair in pairs])
        self.by_pass = pass_agreement(
            shared.names, [(pair.a, pair.b) for pair in pairs], spans, shared.read, resampling
        )
        matched, total = spans.sum(axis=1).T.astype(np.float64)
        readers = shared.read.sum(axis=0).tolist()
        f1 = ratio(2 * matched, total)
        self.by_document = document_spread(shared.ids, readers, f1, self.units.by_document, self.tokens.by_document)

    def notes(self, *, tokenized: bool) -> list[str]:
        """Return why figures over all passes are null, or what they leave out."""
        notes = [*self.units.notes, *(self.tokens.notes if tokenized else ())]
        undefined = [f"{pair.a} - {pair.b}" for pair in self._pairs if pair.tokens.kappa is None]
        if undefined and self.kappa is not None:
            notes.append(f"token_kappa: the mean excludes pairs for which it is undefined: {listed(undefined)}")
        return notes

    @property
    def undefined(self) -> list[tuple[str, Mapping[str, int]]]:
        """Number of resamples in which figures are undefined, by path, with the pair that they are about, if any."""
        own = [(f"{pair.a} - {pair.b}" if len(self._pairs) > 1 else "", pair.undefined) for pair in self._pairs]
        return [("", self._resampling.undefined), *own]


def _exclusion_notes(
    passes: Mapping[str, Sequence[Document]], all_versions: Sequence[DocumentVersions], pairs: Sequence[ComparedPair]
) -> list[str]:
    """Return notes on documents that no metric includes and on pairs of passes that share no document."""
    ids = sorted({document.id for documents in passes.values() for document in documents})
    excluded = [document_id for document_id, versions in zip(ids, all_versions, strict=True) if len(versions) < 2]
    notes = []
    if excluded:
        first = ", ".join(excluded[:_MAX_LISTED]) + (" …" if len(excluded) > _MAX_LISTED else "")
        count = pluralize(len(excluded), "document")
        notes.append(f"excluded, as fewer than two passes have read them: {count}, {first}")
    if disjoint := [f"{pair.a} - {pair.b}" for pair in pairs if not pair.result.documents]:
        notes.append(f"no metrics for passes that share no document: {listed(disjoint)}")
    return notes
