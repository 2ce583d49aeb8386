"""Score systems in files against a gold in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..corpus import read_records
from ..corpus.adjudication.drafts import read_gold
from ..corpus.adjudication.passes import read_passes
from ..corpus.formats import ReadOptions, ReadReport, read_any
from ..corpus.formats.conversion import knows_texts, source_format
from ..corpus.storage.file_io import file_suffix
from ..corpus.storage.label_map import LabelMap, read_label_map, read_mapped
from ..corpus.storage.records import JSON_LINES, PARQUET
from ..eval import Agreement, Scores
from ..eval.document_alignment import common_documents
from ..eval.error_analysis import ErrorAnalysis, analyse_errors
from ..eval.pass_agreement import agreement_of
from ..eval.scoring import score_documents
from ..schema import Document, Scheme, for_each
from ..schema.extras import require_extras

if TYPE_CHECKING:
    from ..eval.report.page import ReportPage


@dataclass(frozen=True, slots=True)
class ScoredFiles:
    """Scores of files, with what they were computed from.

    Attributes:
        scores: The scores.
        scheme: Scheme of the files.
        labels: The labels that were scored; all if empty.
        gold: The gold documents that were scored.
        systems: The documents of each system that were scored, in the order of the scores.
        training: The documents whose surfaces count as seen.
        agreement: Agreement of the passes; None if there are none.
        errors: The errors of each system, in the order of the scores; empty unless requested.
    """

    scores: Scores
    scheme: Scheme
    labels: Sequence[str]
    gold: Sequence[Document]
    systems: Sequence[Sequence[Document]]
    training: Sequence[Document] = ()
    agreement: Agreement | None = None
    errors: Sequence[ErrorAnalysis] = ()

    def page(self) -> ReportPage:
        """Return the report."""
        from ..eval.report import score_page

        return score_page(self.scores, self.gold, self.systems, self.scheme, labels=self.labels, training=self.training)


def score_files(
    gold: str,
    systems: Sequence[str],
    scheme: Scheme,
    *,
    label_map: Path | None = None,
    labels: Sequence[str] = (),
    training: str | None = None,
    passes: Sequence[str] = (),
    errors: bool = False,
    measures: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
    common: bool = False,
    intervals: bool = False,
    remark: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> ScoredFiles:
    """Score the systems in files against a gold.

    Args:
        gold: A records file with gold spans.
        systems: A file of predictions for each system, as records or in any format that `read_any` recognises.
        scheme: Scheme of the gold.
        label_map: A file that maps the systems' labels to the scheme's.
        labels: Labels to score; all by default.
        training: A records file whose surfaces count as seen in the errors.
        passes: Records files of passes whose agreement is measured too.
        errors: Whether to classify the errors.
        measures: Names of measures that must exist, which is checked before anything is read.
        resamples: As in `score`.
        seed: As in `score`.
        common: As in `score`.
        intervals: As in `score`.
        remark: Takes remarks about what was read.
        warn: As in `score`.

    Raises:
        DataError: A file is invalid, or as in `score`.
        DependencyError: What a measure or a file needs is not installed.
        UsageError: A label, a measure or a number is wrong.
    """
    if any(measure.startswith("tokens.") for measure in measures):
        require_extras("a metric of tokens", "rules", "tokens")
    empty_scores = score_documents([], [[]], scheme, labels=labels, resamples=0)
    for measure in measures:
        empty_scores.metric(measure)
    mapping = read_label_map(label_map, scheme) if label_map else None
    predictions = for_each(lambda path: _read_system(path, scheme, mapping, remark, _texts_of(gold, scheme)), systems)
    if mapping is not None:
        _remark_on_map(str(label_map), mapping, remark)
    gold_documents = list(read_gold(gold, scheme))
    agreement = agreement_of(read_passes(passes, scheme), scheme) if passes else None
    seen = list(read_records(training, scheme)) if training else []
    scores = score_documents(
        gold_documents,
        predictions,
        scheme,
        names=_system_names(systems, predictions),
        labels=labels,
        resamples=resamples,
        seed=seed,
        warn=warn,
        path=gold,
        label_map=mapping.signature if mapping else "none",
        common=common,
        intervals=intervals,
    )
    if common:
        gold_documents, *predictions = common_documents(gold_documents, *predictions)
    analyses = [
        analyse_errors(gold_documents, predicted, scheme, labels=labels, training=seen)
        for predicted in (predictions if errors else ())
    ]
    return ScoredFiles(scores, scheme, labels, gold_documents, predictions, seen, agreement, analyses)


def _texts_of(gold: str, scheme: Scheme) -> Callable[[str], str | None]:
    """Return a function for the text of a gold document by its id, which reads the gold when it is called first."""

    @cache
    def texts() -> dict[str, str | None]:
        return {document.id: document.text for document in read_gold(gold, scheme)}

    return lambda name: texts().get(name)


def _read_system(
    path: str,
    scheme: Scheme,
    mapping: LabelMap | None,
    remark: Callable[[str], None],
    texts: Callable[[str], str | None],
) -> list[Document]:
    if path == "-" or file_suffix(path) in (*JSON_LINES, *PARQUET):
        return list(read_mapped(path, scheme, mapping) if mapping else read_records(path, scheme))
    report = ReadReport()
    form = source_format(Path(path))
    options = ReadOptions(texts=texts) if knows_texts(form) else ReadOptions()
    documents = list(read_any(Path(path), scheme, report, name=form.name, labels=mapping, options=options))
    for line in report.summary():
        remark(f"{path}: {line}")
    return documents


def _remark_on_map(path: str, mapping: LabelMap, remark: Callable[[str], None]) -> None:
    if not mapping.used:
        remark(f"{path}: no system has a label in this map")
    if mapping.dropped:
        remark(f"dropped by the label map: {_listed(mapping.dropped)}")
    if mapping.values_dropped:
        remark(f"values dropped because the mapped label has no such field: {_listed(mapping.values_dropped)}")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{label} {count}" for label, count in sorted(counts.items()))


def _system_names(paths: Sequence[str], predictions: Sequence[Sequence[Document]]) -> list[str]:
    """Return the annotators of the layers if they all differ, else the names of the files."""
    stated = [{d.layer.annotator for d in documents if d.layer and d.layer.annotator} for documents in predictions]
    names = [annotators.pop() if len(annotators) == 1 else "" for annotators in stated]
    if all(names) and len(set(names)) == len(names):
        return names
    return [Path(path).name.partition(".")[0] for path in paths]
