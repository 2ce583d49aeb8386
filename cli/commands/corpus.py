"""`goldspan corpus`: articles to records, and records checked, counted and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import GoldspanError, Problem, pluralize
from .. import completion
from ..console import ProblemCollector, error, note, one_line, progress, result, result_json, table
from ..effects import CheckedGroup, effects, needs
from ..options import Json, Lenient, RecordsFile, SchemeFile
from .corpus_build import build

if TYPE_CHECKING:
    from ...corpus.inspection.suspicious import SuspiciousAnnotation
    from ...schema import Document, Scheme

app = CheckedGroup(help="The corpus at rest: build, check, count and compare records.", no_args_is_help=True)

app.command()(build)


@app.command()
@effects(needs("answers", "deep"), needs("extractor", "deep"), needs("threshold", "near"))
def check(
    file: RecordsFile,
    deep: Annotated[bool, typer.Option("--deep", help="Find likely mistakes of the annotation too.")] = False,
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE", help="Findings that are no mistakes, with reasons."),
    ] = None,
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="With --deep: find where these agree against it.",
            autocompletion=completion.complete_extractors,
        ),
    ] = None,
    near: Annotated[bool, typer.Option("--near", help="Find near-duplicates too.")] = False,
    threshold: Annotated[float, typer.Option(min=0.1, max=0.95, help="Least similarity of near-duplicates.")] = 0.8,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Report every rule that a records file breaks, with its line.

    Texts that come twice, and tags, entities and the like that another format left in them, are remarks: they break no
    rule. Ends with status 1 where there is any problem, or with --deep any finding that has no answer.
    """
    from ...corpus import check_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    report = _Report(quiet=json)
    duplicates = None
    if near:
        from ...corpus.inspection.near_duplicates import NearDuplicates

        duplicates = NearDuplicates(threshold)
    read: list[Document] = []

    def seen(document: Document) -> None:
        if duplicates:
            duplicates.add(document)
        if deep:
            read.append(document)

    remarks = _Report(show=lambda line: note(f"note: {line}"), quiet=json)
    documents = check_records(file, loaded, report, on_document=seen, warn=remarks)
    for pair in duplicates.pairs if duplicates else ():
        what = f"nearly the same text as {pair.earlier!r} (similarity {pair.similarity:.2f})"
        report(Problem(what, "keep one of them", path=file, document=pair.later))
    findings, failure = _findings(read, loaded, answers, extractor or []) if deep else ([], None)
    if json:
        data = {"file": file, "documents": documents, "problems": report.listed(), "remarks": remarks.listed()}
        result_json({**data, "findings": [asdict(finding) for finding in findings]} if deep else data)
    else:
        for finding in findings:
            likely = "" if finding.likelihood is None else f" {finding.likelihood:.2f}"
            note(f"{finding.document} [{finding.start}, {finding.end}): {finding.what} ({finding.check}{likely})")
        found = f", {pluralize(len(findings), 'finding')}" if deep else ""
        found += f", {pluralize(remarks.count, 'remark')}" if remarks.count else ""
        result(f"{pluralize(documents, 'document')}, {pluralize(report.count, 'problem')}{found}")
        if findings:
            note("next: correct them, or answer them with a reason in a file for --answers (--json lists them)")
    if failure is not None:
        note("the extractors were not held against it, as not all could be run")
        raise failure
    if report.count or findings:
        raise typer.Exit(1)


class _Report:
    """Shows problems as they come, or keeps them for JSON; a file may have millions."""

    def __init__(self, *, quiet: bool, show: Callable[[str], None] = error) -> None:
        self._quiet = quiet
        self._show = show
        self.count = 0
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        self.count += 1
        if self._quiet:
            self.problems.append(problem)
        else:
            self._show(str(problem))

    def listed(self) -> list[dict[str, Any]]:
        """The problems as plain data."""
        return [{key: getattr(item, key) for key in ("line", "document", "what", "fix")} for item in self.problems]


def _findings(
    documents: list[Document], scheme: Scheme, answers: str | None, extractors: list[str]
) -> tuple[list[SuspiciousAnnotation], GoldspanError | None]:
    """What is likely wrong, and why extractors could not be held against it, for which nothing else is lost."""
    from ...corpus.inspection.suspicious import find_suspicious_annotations, read_suppressions

    answered = read_suppressions(answers) if answers else {}
    found = find_suspicious_annotations(documents, scheme)
    failure: GoldspanError | None = None
    if extractors:
        from ...workflows.disagreement import extractor_findings

        try:
            found += extractor_findings(documents, extractors, scheme)
        except GoldspanError as error:
            failure = error
    stale = answered.keys() - {(f.check, f.document, f.start, f.end) for f in found}
    for check, document, start, end in sorted(key for key in stale if key[0] != "dissent" or failure is None):
        note(f"{answers}: no finding any more: {check} {document} [{start}, {end}). Fix: remove the line")
    return [f for f in found if (f.check, f.document, f.start, f.end) not in answered], failure


@app.command()
def stats(file: RecordsFile, scheme: SchemeFile = None, lenient: Lenient = False, json: Json = False) -> None:
    """Count documents, zones, spans and values."""
    from ...corpus import corpus_stats, read_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    refusals = ProblemCollector(lenient=lenient)
    documents = read_records(file, loaded, lenient=refusals if lenient else None)
    counts = corpus_stats(progress(documents, "counting"), loaded)
    if json:
        result_json(counts.to_dict())
    else:
        first, last = counts.published or ("-", "-")
        result(f"documents   {counts.documents} ({counts.text_free} text-free)")
        result(f"words       {counts.words} ({counts.characters} code points)")
        unstated = counts.documents - sum(counts.languages.values())
        languages = [f"{tag} {n}" for tag, n in counts.languages.items()] + [f"not stated {unstated}"] * bool(unstated)
        result(f"languages   {', '.join(languages) or '-'}")
        result(f"published   {first} to {last}, {counts.undated} undated")
        result(f"zones       {', '.join(f'{kind} {n}' for kind, n in counts.zones.items() if n) or '-'}")
        annotators = ", ".join(f"{name} {n}" for name, n in sorted(counts.annotators.items()))
        result(f"annotators  {one_line(annotators) or '-'}\n")
        rows = [(name, s.spans, s.with_value, s.documents) for name, s in counts.labels.items()]
        table(
            [*rows, ("all", counts.spans, sum(row[2] for row in rows), "")],
            ("label", "spans", "with value", "documents"),
        )
    raise typer.Exit(refusals.status())


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="Records.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Records over the same texts.")],
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Say what changed between two layers of the same documents: spans added, removed, moved, relabelled, revalued."""
    from ...corpus import diff_layers, read_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    old, new = list(read_records(before, loaded)), list(read_records(after, loaded))
    surfaces = {document.id: document for document in [*old, *new]}
    found = diff_layers(old, new)
    if json:
        result_json(
            {
                "same": found.same,
                "counts": found.counts(),
                "removed_documents": found.removed_documents,
                "added_documents": found.added_documents,
                "metadata": found.metadata,
                "changes": [
                    {"document": c.document, "kind": c.kind, "before": _plain(c.before), "after": _plain(c.after)}
                    for c in found.changes
                ],
            }
        )
        return
    for name, ids in (("only in A", found.removed_documents), ("only in B", found.added_documents)):
        for document in ids:
            result(f"{one_line(document)}: {name}")
    for document in found.metadata:
        result(f"{one_line(document)}: metadata or zones differ")
    for change in found.changes:
        sides = [_side(surfaces[change.document], span) for span in (change.before, change.after) if span is not None]
        result(f"{one_line(change.document)}: {change.kind} {' -> '.join(sides)}")
    result(f"{pluralize(found.same, 'span')} the same, {len(found.changes)} differ")


def _plain(span: Any) -> Any:
    import msgspec

    return None if span is None else msgspec.to_builtins(span)


def _side(document: Document, span: Any) -> str:
    import msgspec

    value = msgspec.json.encode(span.value).decode()
    return f"[{span.start}, {span.end}) {span.label} {document.surface(span)!r} {value}"
