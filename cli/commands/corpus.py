"""`goldspan corpus`: build records from articles; check, count and compare them, and work with them day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from ..console import (
    ProblemCollector,
    note,
    one_line,
    progress_bar,
    result,
    result_json,
    table,
    when_shards_are_kept,
)
from ..option_effects import CheckedGroup
from ..options import Json, Lenient, RecordsFile, SchemeFile, ShardDocuments, ShardOverwrite, ShardSuffix
from .corpus_work.build import build
from .corpus_work.check import check
from .corpus_work.concordance import concordance
from .corpus_work.filter import filter_documents
from .corpus_work.merge import merge
from .corpus_work.names import names
from .corpus_work.rename import rename
from .corpus_work.sample import sample
from .corpus_work.terms import terms

if TYPE_CHECKING:
    from ...schema import Document

app = CheckedGroup(help="Build, check, draw, filter, search and compare records.", no_args_is_help=True)

app.command()(build)
app.command()(check)
app.command()(sample)
app.command("filter")(filter_documents)
app.command()(rename)
app.command()(concordance)
app.command()(terms)
app.command()(names)


@app.command()
def stats(
    file: RecordsFile,
    workers: Annotated[int, typer.Option(min=1, help="Processes that count shards at the same time.")] = 1,
    scheme: SchemeFile = None,
    lenient: Lenient = False,
    json: Json = False,
) -> None:
    """Count documents, zones, spans and values."""
    from ...schema import load_scheme
    from ...workflows.file_check import count_corpus

    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        counts = count_corpus(
            file, load_scheme(scheme), workers=workers, lenient=problems if lenient else None, progress=progress
        )
    if json:
        result_json(counts.to_dict())
    else:
        first, last = counts.published or ("-", "-")
        result(f"documents   {counts.documents} ({counts.text_free} text-free)")
        words = "-" if counts.counted_words is None else counts.counted_words
        result(f"words       {words} ({counts.characters} code points)")
        unstated = counts.documents - sum(counts.languages.values())
        languages = [f"{tag} {n}" for tag, n in counts.languages.items()] + [f"not stated {unstated}"] * bool(unstated)
        result(f"languages   {', '.join(languages) or '-'}")
        result(f"published   {first} to {last}, {counts.undated} undated")
        result(f"zones       {', '.join(f'{kind} {n}' for kind, n in counts.zones.items() if n) or '-'}")
        annotators = ", ".join(f"{name} {n}" for name, n in sorted(counts.annotators.items()))
        result(f"annotators  {one_line(annotators) or '-'}\n")
        if counts.unspaced:
            note(f"note: words of texts in {', '.join(counts.unspaced)} are not counted: nothing separates them")
        rows = [(name, s.spans, s.with_value, s.documents) for name, s in counts.labels.items()]
        table(
            [*rows, ("all", counts.spans, sum(row[2] for row in rows), "")],
            ("label", "spans", "with value", "documents"),
        )
    raise typer.Exit(problems.status())


@app.command()
def shard(
    file: RecordsFile,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to write, or its address.")],
    documents: ShardDocuments = 10_000,
    suffix: ShardSuffix = ".jsonl",
    overwrite: ShardOverwrite = False,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Cut a corpus into shards, which commands read like one file, and can work on side by side."""
    from ...schema import load_scheme
    from ...workflows.conversion.cut_shards import ShardCut
    from ...workflows.conversion.sharding import shard_corpus

    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        made = shard_corpus(
            file,
            out,
            load_scheme(scheme),
            ShardCut(documents, suffix, overwrite),
            lenient=problems if lenient else None,
            note=note,
            resumable=when_shards_are_kept,
            progress=progress,
        )
    note(made.told(out))
    raise typer.Exit(problems.status())


app.command()(merge)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="Records.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Records over the same texts.")],
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Show what changed between two layers of the same documents: spans added, removed, moved, relabelled, revalued."""
    from ...corpus import diff_layers, read_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    old, new = list(read_records(before, loaded)), list(read_records(after, loaded))
    surfaces = {document.id: document for document in [*old, *new]}
    difference = diff_layers(old, new)
    if json:
        result_json(
            {
                "same": difference.same,
                "counts": difference.counts(),
                "removed_documents": difference.removed_documents,
                "added_documents": difference.added_documents,
                "metadata": difference.metadata,
                "changes": [
                    {"document": c.document, "kind": c.kind, "before": _plain(c.before), "after": _plain(c.after)}
                    for c in difference.changes
                ],
            }
        )
        return
    for name, ids in (("only in A", difference.removed_documents), ("only in B", difference.added_documents)):
        for document in ids:
            result(f"{one_line(document)}: {name}")
    for document in difference.metadata:
        result(f"{one_line(document)}: metadata or zones differ")
    for change in difference.changes:
        sides = [_side(surfaces[change.document], span) for span in (change.before, change.after) if span is not None]
        result(f"{one_line(change.document)}: {change.kind} {' -> '.join(sides)}")
    result(f"{pluralize(difference.same, 'span')} the same, {len(difference.changes)} differ")


def _plain(span: Any) -> Any:
    import msgspec

    return None if span is None else msgspec.to_builtins(span)


def _side(document: Document, span: Any) -> str:
    import msgspec

    value = msgspec.json.encode(span.value).decode()
    return f"[{span.start}, {span.end}) {span.label} {document.surface(span)!r} {value}"
