"""Functions over any source of documents: load a corpus, adjudicate passes."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import TypeAlias

from ..schema import Scheme, UsageError, pluralize
from ..schema.files.addresses import is_address
from .adjudication.conflicts import AdjudicationDecision
from .adjudication.decisions import read_decisions, require_no_decision_lost, write_conflicts
from .adjudication.resolution import Adjudication, resolve_passes
from .adjudication.review import review_decisions
from .document_sources import SchemeLike, Source, documents_from, resolve_scheme
from .file_documents import read_path
from .formats import ReadOptions, ReadRequest
from .formats.annotators import group_by_annotator
from .formats.conversion import source_format
from .formats.drafted_scheme import AUTO, draft_scheme
from .in_memory_corpus import Corpus
from .release.shipped_golds import shipped_gold
from .storage.label_map import LabelMap, label_map_of
from .storage.stream_copies import reread
from .withdrawal.withdrawn_documents import find_withdrawn

LabelsLike: TypeAlias = Mapping[str, str] | str | Path
"""A translation of labels: a mapping, or the path of a file as `read_label_map` takes it."""


def load(
    source: Source,
    scheme: SchemeLike | None = None,
    *,
    form: str = "",
    labels: LabelsLike | None = None,
    columns: str = "",
    repair: str = "",
    encoding: str = "",
    fragments: str = "",
    id_field: str = "",
) -> Corpus:
    """Load a corpus.

    The options from `columns` on say how to read what a file leaves open. A format knows some of them, which the page
    on formats lists; any other is refused.

    Args:
        source: `open` for the open corpus that comes with goldspan, `seeds` for the gold of the seed articles; the path
            of a file or folder in any installed format, such as records, an exported dataset or CoNLL; `-` for standard
            input; or documents, spaCy Docs, a loaded dataset, or a pandas, polars or Arrow table with
            a document in each row.
        scheme: The scheme of the documents, or the path of its file; `auto` drafts one from the labels of a path, which
            the corpus then has as its `scheme`. Defaults to the conflict news scheme.
        form: Name of the format of a path. Detected from the contents, or else from the name, if empty.
        labels: The scheme's label by that of the source, or the path of a TOML file of them; an empty string drops a
            label, and the key `*` stands for all others.
        columns: Which column holds what, such as `tokens=2,tags=4` or `start=begin,label=type`.
        repair: How to read tags that break their scheme: `conlleval`, `discard`, or `none`, which refuses them.
        encoding: Encoding of the file. Defaults to UTF-8.
        fragments: What to make of a span with words between its fragments: `hull`, `first`, `parts` or `skip`.
        id_field: Field of the file that holds the ids of documents.

    Warns:
        UserWarning: A file was recognised as another format than goldspan's own; or its reader skipped something, or
            converted offsets from another unit to code points; or a file here has the name of a gold.

    Raises:
        DataError: The source is invalid; the error names the file and line.
        UsageError: The source is of another type, its format cannot be detected, or an option has no effect on it.

    Examples:
        >>> import goldspan
        >>> len(goldspan.load("open"))
        132
        >>> gold = goldspan.load("gold.jsonl")
        >>> [gold["goma"].surface(span) for span in gold["goma"].spans]
        ['M23 rebels', 'Goma']
        >>> len(goldspan.load([{"id": "a", "text": "Iran struck Erbil.", "spans": []}]))
        1
    """
    options = ReadOptions(columns, repair, encoding, fragments, id_field)
    named = shipped_gold(source, lambda what: warnings.warn(what, stacklevel=4))
    with _as_file(named or source) as readable:
        resolved, mapping = _scheme_and_labels(readable, scheme, form, labels, options)
        documents = documents_from(readable, resolved, form=form, labels=mapping, options=options)
        return Corpus(documents, resolved, checked=True)


def load_passes(
    source: str | Path,
    scheme: SchemeLike | None = None,
    *,
    form: str = "",
    labels: LabelsLike | None = None,
    columns: str = "",
    encoding: str = "",
    id_field: str = "",
) -> dict[str, Corpus]:
    """Load the work of several annotators from one file: a corpus for each, by annotator.

    `goldspan.agreement` and `goldspan.adjudicate` take what is returned.

    Args:
        source: The path of an export of an annotation tool whose format names annotators.
        scheme: As in `load`.
        form: As in `load`.
        labels: As in `load`.
        columns: As in `load`.
        encoding: As in `load`.
        id_field: As in `load`.

    Warns:
        UserWarning: As in `load`; or a document is in no pass, because its annotator is not named.

    Raises:
        DataError: As in `load`.
        UsageError: As in `load`, or no document has an annotator.

    Examples:
        >>> import json
        >>> from pathlib import Path
        >>> import goldspan
        >>> from goldspan.corpus import load_passes
        >>> line = {"doc_id": 1, "text": "Iran struck Erbil."}
        >>> ada = {**line, "username": "ada", "label": [[0, 4, "ACTOR"]]}
        >>> ben = {**line, "username": "ben", "label": [[0, 4, "ACTOR"], [12, 17, "LOCATION"]]}
        >>> _ = Path("team.jsonl").write_text(json.dumps(ada) + chr(10) + json.dumps(ben))
        >>> passes = load_passes("team.jsonl", form="doccano")
        >>> round(goldspan.agreement(passes).pairwise[0].strict_f1, 3)
        0.667
    """
    options = ReadOptions(columns, encoding=encoding, id_field=id_field, passes=True)
    with reread(source) as readable:
        resolved, mapping = _scheme_and_labels(readable, scheme, form, labels, options)
        request = ReadRequest(resolved, labels=mapping, options=options)  # its report is warned of once all is grouped
        try:
            passes = group_by_annotator(read_path(readable, request, form), request.report)
        except UsageError as error:
            lines = (line.replace("leave out `passes`", "use `goldspan.load`") for line in error.lines)
            raise UsageError(*lines, example=error.example) from error
    return {name: Corpus(documents, resolved, checked=True) for name, documents in passes.items()}


@contextmanager
def _as_file(source: Source) -> Iterator[Source]:
    """Yield the source; a stream as a file that can be read again."""
    if not isinstance(source, str | Path) or is_address(str(source)):
        yield source
        return
    with reread(source) as path:
        yield path


def _scheme_and_labels(
    source: Source, scheme: SchemeLike | None, form: str, labels: LabelsLike | None, options: ReadOptions
) -> tuple[Scheme, LabelMap | None]:
    if not isinstance(scheme, str) or scheme != AUTO:
        resolved = resolve_scheme(scheme, source)
        return resolved, None if labels is None else label_map_of(labels, resolved)
    if labels is not None:
        raise UsageError("`labels` has no effect with the scheme auto. Fix: leave it out")
    if not isinstance(source, str | Path):
        raise UsageError("the scheme auto is drafted from a file. Fix: give a path, or name a `scheme`")
    return draft_scheme(Path(source), source_format(Path(source), form), options)


@dataclass(slots=True, kw_only=True)
class AdjudicatedPasses(Adjudication):
    """The result of adjudicating passes.

    Attributes:
        gold: The gold layer: what all passes agree on, and what was decided.
        conflicts: All conflicts, by document and position.
        undecided: The conflicts without a decision, which were left out.
        rulings: The decisions that were applied.
        agreed: Number of spans that all passes of their document have.
        decided: Number of spans taken by decision.
        dropped: Number of places where a pass has a span and the decision takes none.
        single: Ids of documents that only one pass has read, and which are taken unchanged.
        extractors: The extractor of each pass that was not made by a person.
    """

    gold: Corpus
    rulings: list[AdjudicationDecision]

    def __str__(self) -> str:
        kinds = Counter(conflict.kind for conflict in self.conflicts)
        listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "none"
        return (
            f"{pluralize(len(self.gold), 'document')}: {pluralize(self.agreed, 'span')} agreed, "
            f"{pluralize(self.decisions, 'decision')}; conflicts: {listed}; undecided {len(self.undecided)}"
        )

    def save_conflicts(self, path: str | Path) -> None:
        """Write all conflicts to a `.jsonl` file; a person fills in `by`, `reason`, `choose` or `spans`.

        Raises:
            DependencyError: The file cannot be written.
            UsageError: It has decisions that were not applied here, and would be lost.
        """
        require_no_decision_lost(path, self.rulings, self.gold.scheme)
        write_conflicts(path, self, self.rulings, documents={document.id: document for document in self.gold})


def adjudicate(
    passes: Mapping[str, Source],
    decisions: AdjudicationDecision | Iterable[AdjudicationDecision] | str | Path = (),
    *,
    reviews: Mapping[str, Source] | Iterable[Source] = (),
    scheme: SchemeLike | None = None,
    name: str = "adjudicated",
    guidelines: str = "",
) -> AdjudicatedPasses:
    """Merge passes over the same texts into one gold layer: what all agree on, and what was decided.

    Args:
        passes: The passes by annotator, each as any source that `load` accepts.
        decisions: Decisions about conflicts, made by `Conflict.choose` and `Conflict.decide`; or the path of a file of
            conflicts in which decisions are filled in.
        reviews: The work of reviewers, as pulled from a review project: by reviewer, or in a list. What `decisions`
            decide precedes it.
        scheme: The scheme of the passes, or the path of its file. Defaults to that of a corpus among the passes, or
            else to the conflict news scheme.
        name: The annotator of the gold layer.
        guidelines: Version of the guidelines that the decisions follow. Defaults to that of the scheme.

    Warns:
        UserWarning: Conflicts are undecided, and left out of the gold; a pass was made by an extractor; a document is
            in one pass only.

    Raises:
        DataError: A pass is invalid or contains a draft; texts differ; a decision fits no conflict.
        UsageError: There are fewer than two passes.

    Examples:
        >>> import goldspan
        >>> corpus = goldspan.load([{"id": "goma", "text": "M23 rebels entered Goma.", "spans": []}])
        >>> ada = corpus.map(lambda document: document.add("M23 rebels", "ACTOR"))
        >>> ben = corpus.map(lambda document: document.add("M23", "ACTOR"))
        >>> [conflict] = goldspan.adjudicate({"ada": ada, "ben": ben}).undecided
        >>> decision = conflict.choose("ada", by="eve", reason="the name includes its noun")
        >>> print(goldspan.adjudicate({"ada": ada, "ben": ben}, [decision]))
        1 document: 0 spans agreed, 1 decision; conflicts: boundary 1; undecided 0
    """
    if not isinstance(passes, Mapping):
        raise UsageError("`passes` are not a mapping. Fix: give them by annotator, as in {'ada': …, 'ben': …}")
    if len(passes) < 2:
        raise UsageError("adjudication requires at least two passes. Fix: give a second pass")
    resolved = resolve_scheme(scheme, *passes.values())
    if isinstance(decisions, AdjudicationDecision):
        decisions = [decisions]
    rulings = read_decisions(decisions, resolved) if isinstance(decisions, str | Path) else list(decisions)
    withdrawn = find_withdrawn(*passes.values())
    layers = {annotator: list(withdrawn.keep(documents_from(source, resolved))) for annotator, source in passes.items()}
    rulings = [ruling for ruling in rulings if withdrawn.by_id(ruling.document) is None]
    if withdrawn.left_out:
        warnings.warn("\n".join(withdrawn.notes()), stacklevel=2)
    if isinstance(reviews, str | Path | Corpus):
        raise UsageError("`reviews` is a single source. Fix: put it in a list")
    reviews = reviews.values() if isinstance(reviews, Mapping) else reviews
    decided = {(ruling.document, ruling.start, ruling.end) for ruling in rulings}
    reviewed = [
        document for source in reviews for document in withdrawn.kept_silently(documents_from(source, resolved))
    ]
    rulings += [r for r in review_decisions(layers, reviewed) if (r.document, r.start, r.end) not in decided]
    result = resolve_passes(layers, resolved, rulings, name=name, guidelines=guidelines)
    if result.undecided:
        left_out = pluralize(len(result.undecided), "undecided conflict")
        warnings.warn(f"{left_out} left out of the gold; see `undecided`", stacklevel=2)
    for annotator, extractor in result.extractors.items():
        warnings.warn(f"{annotator} was made by the extractor {extractor}, not by a person", stacklevel=2)
    if result.single and len(passes) > 1:
        taken = pluralize(len(result.single), "document")
        warnings.warn(f"in one pass only, taken as they are: {taken}; see `single`", stacklevel=2)
    fields = {field.name: getattr(result, field.name) for field in dataclass_fields(result)}
    return AdjudicatedPasses(**fields, gold=Corpus(result.documents, resolved, checked=True), rulings=rulings)
