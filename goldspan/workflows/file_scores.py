"""Score systems in files against a gold in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..corpus import read_records
from ..corpus.adjudication.passes import read_passes
from ..corpus.formats import ReadOptions
from ..corpus.privacy.pseudonyms import Pseudonyms
from ..corpus.storage.file_io import STANDARD
from ..corpus.storage.label_map import LabelMap, read_label_map
from ..corpus.storage.shards.shard_listing import holds_shards
from ..corpus.storage.stream_copies import reread
from ..eval import Agreement, Scores
from ..eval.alignment.document_alignment import common_documents, names_of_annotators, unique_names
from ..eval.alignment.document_matching import match_documents
from ..eval.comparisons.system_runs import run_names
from ..eval.error_analysis import ErrorAnalysis, analyse_errors
from ..eval.pass_agreement import agreement_of
from ..eval.scoring import score_columns, score_documents, score_shards
from ..schema import Document, Scheme, UsageError, for_each
from ..schema.extras import require_extras
from ..schema.progress import Progress, ignore_progress
from .privacy.published_names import known_pseudonyms, publish_passes
from .privacy.working_times import agreement_without_times
from .score_inputs import InputReader, SystemFile, system_file, tag_scores

if TYPE_CHECKING:
    from ..eval.report.page import ReportPage


@dataclass(frozen=True, slots=True)
class ScoredFiles:
    """Scores of files, with what they were computed from.

    Attributes:
        scores: The scores.
        scheme: Scheme of the files.
        labels: The labels that were scored; all if empty.
        gold: The gold documents that were scored; empty unless errors or a report were requested.
        systems: The documents of each system that were scored, in the order of the scores; likewise.
        training: The documents whose surfaces count as seen.
        agreement: Agreement of the passes; None if there are none.
        errors: The errors of each system, in the order of the scores; empty unless requested.
        tags: The scores of each system's tags by seqeval, as `score_tags` returns them; empty unless requested.
    """

    scores: Scores
    scheme: Scheme
    labels: Sequence[str]
    gold: Sequence[Document] = ()
    systems: Sequence[Sequence[Document]] = ()
    training: Sequence[Document] = ()
    agreement: Agreement | None = None
    errors: Sequence[ErrorAnalysis] = ()
    tags: Sequence[Mapping[str, Any]] = ()

    def page(self, **heading: Any) -> ReportPage:
        """Return the report.

        Args:
            heading: Title and date, as `title` and `day` of `score_page`.
        """
        from ..eval.report import score_page

        settings: dict[str, Any] = {"labels": self.labels, "training": self.training}
        return score_page(self.scores, self.gold, self.systems, self.scheme, **settings, **heading)


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
    report: bool = False,
    tokens: bool = False,
    measures: Sequence[str] = (),
    tests: Sequence[str] = (),
    by: Sequence[str] = (),
    required: Sequence[str] = (),
    tags: str = "",
    options: ReadOptions = ReadOptions(),  # noqa: B008 - immutable
    resamples: int = 1000,
    seed: int = 0,
    common: bool = False,
    intervals: bool = False,
    names: bool = False,
    remark: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> ScoredFiles:
    """Score the systems in files against a gold.

    Args:
        gold: A file with gold spans, as records or in any format that `read_any` recognises; or a corpus of shards,
            which is read shard by shard if the systems are cut into shards likewise.
        systems: A file of predictions for each system, likewise; `NAME=FILE` names the system, and the same name
            several times is for runs of one system. Documents are matched with the gold by id, or else by text.
        scheme: Scheme of the gold.
        label_map: A file that maps the systems' labels to the scheme's.
        labels: Labels to score; all by default.
        training: A records file whose surfaces count as seen in the errors.
        passes: Records files of passes whose agreement is measured too.
        errors: Whether to classify the errors.
        report: Whether a report will be made of the result, which needs the documents.
        tokens: As in `score`; implied by a test or a required metric of tokens.
        measures: As in `score`.
        tests: As in `score`, checked before anything is read.
        by: As in `score`.
        required: Paths of metrics that must exist, which is checked likewise; those of slices, once the groups are
            known.
        tags: `as-is` to score column files also on their own tokens and tags, by seqeval; empty otherwise.
        options: How to read what files of other formats leave open. An option applies to the gold and all systems
            whose format knows it, and is in the signature.
        resamples: As in `score`.
        seed: As in `score`.
        common: As in `score`.
        intervals: As in `score`.
        names: Whether annotators keep their names. Otherwise passes have pseudonyms, and so have systems and notes that
            name somebody whom the key to the pseudonyms has.
        remark: Takes remarks about what was read.
        warn: As in `score`.
        progress: Called now and then while files are read.

    Raises:
        DataError: A file is invalid, or as in `score`.
        DependencyError: What a measure or a file needs is not installed.
        UsageError: A label, a measure, a field or a number is wrong.
    """
    tokens = tokens or any(path.startswith("tokens.") for path in (*required, *tests))
    if tokens:
        require_extras("a metric of tokens", "rules", "tokens")
    # whether documents have a key of `extra` is seen when they are read
    probe = Document(id="-", text="", spans=(), extra={name.removeprefix("extra."): None for name in by})
    files = [system_file(argument) for argument in systems]
    placeholders = [file.name or f"\0{number}" for number, file in enumerate(files)]  # as many as there will be systems
    empty_scores = score_documents(
        [probe], [[probe]] * len(files), scheme, names=placeholders, labels=labels, tokens=tokens, tests=tests,
        measures=measures, by=by, resamples=0,
    )  # fmt: skip
    for path in required:
        if not (by and path.startswith("slices.")):
            empty_scores.metric(path)
    if tags and (given := options.given()):
        fix = "leave out one of them, or convert the files first"
        raise UsageError(f"`{given[0]}` has no effect with `tags` {tags}, which takes files as they are. Fix: {fix}")
    mapping = read_label_map(label_map, scheme) if label_map else None
    if [gold, *(file.path for file in files)].count(STANDARD) > 1:
        raise UsageError("standard input is named twice, and read once. Fix: name a file")
    resampling: dict[str, Any] = {"resamples": resamples, "seed": seed, "intervals": intervals}
    places = [gold, *(file.path for file in files), *passes]
    layers_of_passes = read_passes(passes, scheme) if passes else {}
    if passes and not names:
        layers_of_passes, _ = publish_passes(layers_of_passes, places=places)
    agreement = agreement_of(layers_of_passes, scheme, **resampling) if passes else None
    if agreement is not None and not names:
        agreement = agreement_without_times(agreement, layers_of_passes)
    known = None if names else known_pseudonyms(*places)
    reader = InputReader(scheme, mapping, options, remark, progress)
    settings: dict[str, Any] = {
        "labels": labels,
        "resamples": resamples,
        "seed": seed,
        "warn": warn,
        "path": known.text(gold) if known else gold,
        "label_map": mapping.signature if mapping else "none",
        "reading": options.signature(),
        "common": common,
        "intervals": intervals,
        "tests": tests,
        "measures": measures,
    }
    needs_documents = bool(errors or report or tokens or mapping or options.given())
    with ExitStack() as stack:
        paths = [
            path if holds_shards(path) else str(stack.enter_context(reread(path)))
            for path in (gold, *(file.path for file in files))
        ]
        tag_figures = tag_scores(paths[0], paths[1:], tags) if tags else []
        if not needs_documents:
            shard_scores = score_shards(
                paths, scheme, by=by, remark=remark, read=lambda number, of: progress("scoring shards", number, of),
                names=lambda annotators: _system_names(files, annotators, known), **settings,
            )  # fmt: skip
            if shard_scores is not None:
                shard_scores = _published(shard_scores, files, known)
                return ScoredFiles(shard_scores, scheme, labels, agreement=agreement, tags=tag_figures)
        layers = None if needs_documents else reader.read_layers(paths, by, common=common)
        if layers is not None:
            system_names = _system_names(files, [layer.annotator_names for layer in layers[1:]], known)
            scores = score_columns(layers[0], layers[1:], scheme, names=system_names, **settings)
            scores = _published(scores, files, known)
            return ScoredFiles(scores, scheme, labels, agreement=agreement, tags=tag_figures)
        gold_documents = reader.read_gold_file(paths[0])
        texts = {document.id: document.text for document in gold_documents}
        predictions = for_each(lambda path: reader.read_system(path, texts.get), paths[1:])
    reader.check()
    if mapping is not None:
        _remark_on_map(str(label_map), mapping, remark)
    system_names = _system_names(files, [names_of_annotators(documents) for documents in predictions], known)
    matched = [
        match_documents(gold_documents, *system) for system in zip(predictions, run_names(system_names), strict=True)
    ]
    predictions = [list(system.documents) for system in matched]
    seen = list(read_records(training, scheme)) if training else []
    scores = score_documents(
        gold_documents,
        predictions,
        scheme,
        names=system_names,
        tokens=tokens,
        by=by,
        remarks=[*reader.notes, *(line for system in matched for line in system.notes)],
        **settings,
    )
    scores = _published(scores, files, known)
    if common:
        gold_documents, *predictions = common_documents(gold_documents, *predictions)
    analyses = [
        analyse_errors(gold_documents, predicted, scheme, labels=labels, training=seen)
        for predicted in (predictions if errors else ())
    ]
    if report and known is not None:
        gold_documents, *predictions = [list(map(known.document, layer)) for layer in (gold_documents, *predictions)]
    return ScoredFiles(scores, scheme, labels, gold_documents, predictions, seen, agreement, analyses, tag_figures)


def _published(scores: Scores, files: Sequence[SystemFile], known: Pseudonyms | None) -> Scores:
    """Return scores with the file of each system, whose notes and paths name nobody whom the key has.

    Standard input cannot be read again, and has no path.
    """
    sources = {
        system.name: file.path
        for system, file in zip(scores, files, strict=True)
        if file.path != STANDARD and (known is None or known.text(file.path) == file.path)
    }
    notes = list(map(known.text, scores.notes)) if known else scores.notes
    return replace(scores, notes=notes, sources=sources)


def _remark_on_map(path: str, mapping: LabelMap, remark: Callable[[str], None]) -> None:
    if not mapping.used:
        remark(f"{path}: no system has a label in this map")
    if mapping.dropped:
        remark(f"dropped by the label map: {_listed(mapping.dropped)}")
    if mapping.values_dropped:
        remark(f"values dropped because the mapped label has no such field: {_listed(mapping.values_dropped)}")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{label} {count}" for label, count in sorted(counts.items()))


def _system_names(files: Sequence[SystemFile], annotators: Sequence[set[str]], known: Pseudonyms | None) -> list[str]:
    """Return the names that the call gives, else the annotators of the layers if they all differ, else the files'.

    Only names that the call gives may be the same, for runs of one system. Others are pseudonyms where the key has
    them.
    """
    names = [next(iter(stated)) if len(stated) == 1 else "" for stated in annotators]
    if not all(names) or len(set(names)) < len(names):
        names = [Path(file.path).name.partition(".")[0] for file in files]
    stated_names = list(dict.fromkeys(file.name for file in files if file.name))
    inferred = [known.of(name) if known else name for file, name in zip(files, names, strict=True) if not file.name]
    others = iter(unique_names([*stated_names, *inferred])[len(stated_names) :])
    return [file.name or next(others) for file in files]
