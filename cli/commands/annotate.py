"""`goldspan annotate` and `goldspan extractors`: run extractors, and list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import completion, hints
from ..console import ProblemCollector, error, note, progress_bar, result, result_json, when_interrupted
from ..option_effects import Call, Rule, effects, needs
from ..options import Json, Lenient, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ...schema import Scheme


def _nothing_to_overwrite(call: Call) -> str:
    from ...workflows.file_annotation import is_same_file
    from ...workflows.sharded_annotation import makes_shards

    records, out = call["records"], call["out"]
    return "" if is_same_file(records, out) or makes_shards(records, out) else "as --out is not the input"


def _makes_no_shards(call: Call) -> str:
    from ...workflows.sharded_annotation import makes_shards

    return "" if makes_shards(call["records"], call["out"]) else "without a folder of shards to read and to write"


def _joins_cluster(call: Call) -> str:
    return "as the cluster has its own workers" if str(call["engine"]).startswith("dask:") else ""


def _has_one_reader(call: Call) -> str:
    return "" if len(call["extractor"] or ()) > 1 else "with one extractor"


@effects(
    Rule("overwrite", _nothing_to_overwrite),
    Rule("retry_failed", _makes_no_shards),
    Rule("workers", _joins_cluster),
    Rule("vote", _has_one_reader, "repeat --extractor"),
    needs("min_votes", "vote"),
    repeatable=("extractor",),
)
def annotate(
    records: RecordsFile,
    out: Annotated[
        str,
        typer.Option(
            "--out", help="Records to write: .jsonl or .parquet; a folder if shards are read; - is standard output."
        ),
    ],
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; by default rules. With --vote: repeat.",
            autocompletion=completion.complete_extractors,
        ),
    ] = None,
    vote: Annotated[
        bool, typer.Option("--vote", help="Take the spans that most extractors agree on; the score is their share.")
    ] = False,
    min_votes: Annotated[
        int | None,
        typer.Option(
            "--min-votes", min=1, metavar="N", help="With --vote: how many must agree. By default more than half."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="local: processes; dask: a Dask cluster on this machine; dask:ADDRESS: one that runs."
        ),
    ] = "local",
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Allow --out to be the input, or to hold shards of others, and replace what it holds."
        ),
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Annotate shards again in which documents failed.")
    ] = False,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Annotate records with an extractor, or by a vote of several: the suggestions replace their spans.

    The same records give the same bytes for any number of workers and any engine. The same command continues an
    interrupted run. Documents that the extractor fails on are reported and skipped; the status is then 1.

    Of a folder of shards (or a pattern, or an address such as s3://bucket/news) comes a folder of shards of the same
    names, unless --out is a file.
    """
    from ...annotate.adapters.services.service_usage import tally_lines
    from ...schema import load_scheme
    from ...workflows.file_annotation import annotate_file
    from ...workflows.sharded_annotation import makes_shards

    loaded = load_scheme(scheme)
    spec = _spec(extractor or ["rules"], vote=vote, min_votes=min_votes)
    if makes_shards(records, out):
        _annotate_shards(records, out, spec, loaded, engine, workers, overwrite, retry_failed, lenient)
        return
    refusals = ProblemCollector(lenient=lenient)

    def resumable(done: int) -> None:
        when_interrupted("the same command continues from there")
        if done:
            note(f"continuing an interrupted run: {pluralize(done, 'document')} done already")

    with progress_bar() as progress:
        annotated = annotate_file(
            records,
            out,
            spec,
            loaded,
            engine=engine,
            workers=workers,
            overwrite=overwrite,
            lenient=refusals if lenient else None,
            report=lambda problem: error(str(problem)),
            note=note,
            resumable=resumable,
            progress=progress,
        )
    note(f"{pluralize(annotated.documents, 'document')} annotated -> {out}")
    for line in tally_lines(annotated.tally):
        note(line)
    if failed := annotated.failed:
        note(f"{pluralize(len(failed), 'document')} skipped because the extractor failed (see above)")
    if refusals.status() or failed:
        raise typer.Exit(1)
    hints.after_annotate(out, scheme=scheme)


def _spec(extractors: list[str], *, vote: bool, min_votes: int | None) -> str:
    """Return the spec of the extractor of a run."""
    from ...annotate.several_specs import join_specs
    from ...schema import UsageError

    if vote and len(extractors) > 1:
        return f"vote:{join_specs(extractors)}" + (f",min_votes={min_votes}" if min_votes else "")
    if len(extractors) > 1:
        fix = "--vote, or --extractor 'combined:A + B' for the spans of all"
        raise UsageError(f"{len(extractors)} extractors, but no way to combine their spans. Fix: {fix}")
    return extractors[0]


def _annotate_shards(
    records: str,
    out: str,
    extractor: str,
    scheme: Scheme,
    engine: str,
    workers: int,
    overwrite: bool,
    retry_failed: bool,
    lenient: bool,
) -> None:
    from ...annotate.adapters.services.service_usage import tally_lines
    from ...workflows.sharded_annotation import annotate_shards, shard_names

    def resumable(done: int) -> None:
        when_interrupted("the same command continues from there")
        if done:
            note(f"{pluralize(done, 'shard')} done already")

    with progress_bar() as progress:
        annotated = annotate_shards(
            records,
            out,
            extractor,
            scheme,
            engine=engine,
            workers=workers,
            overwrite=overwrite,
            retry_failed=retry_failed,
            lenient=lenient,
            report=lambda problem: error(str(problem)),
            note=note,
            resumable=resumable,
            progress=progress,
        )
    shards = pluralize(len(annotated.finished), "shard")
    note(f"{pluralize(annotated.documents, 'document')} in {shards} annotated -> {out}")
    for line in tally_lines(annotated.tally):
        note(line)
    if annotated.skipped:
        note(f"{pluralize(annotated.skipped, 'record')} skipped (the first of each shard are shown above)")
    if annotated.failed:
        failed = pluralize(annotated.failed, "document")
        note(f"{failed} skipped because the extractor failed; all are listed in {out}/_goldspan/*.failed.jsonl")
    if annotated.unread:
        unread = pluralize(len(annotated.unread), "shard")
        note(f"{unread} not annotated (see above): {shard_names(annotated.unread)}. Fix: the same command again")
    if annotated.repeated:
        repeated = pluralize(annotated.repeated, "document")
        fix = "give each document a unique id, then the same command again"
        note(f"{repeated} in two shards (the first are shown above), so {out} is not finished. Fix: {fix}")
    if annotated.skipped or annotated.failed or annotated.unread or annotated.repeated:
        raise typer.Exit(1)


def extractors(json: Json = False) -> None:
    """List the installed extractors with their arguments."""
    from ...annotate import installed_extractors

    extractor_infos = installed_extractors()
    if json:
        result_json(
            [
                {
                    "name": item.name,
                    "package": item.package or None,
                    "summary": item.summary or None,
                    "fault": item.fault or None,
                    "arguments": [
                        {
                            "name": p.name,
                            "help": p.help,
                            "type": p.type.__name__,
                            "default": p.default,
                            "required": p.required,
                            "positional": p.positional,
                            "choices": list(p.choices) or None,
                        }
                        for p in item.parameters
                    ],
                }
                for item in extractor_infos
            ]
        )
        return
    for item in extractor_infos:
        result(f"{item.name}  ({item.package})" if item.package else item.name)
        for line in filter(None, (item.summary, item.fault)):
            result(f"  {line}")
        if item.parameters:
            rows = [(f"  {p.name}={p.type.__name__}", p.help, _default(p.required, p.default)) for p in item.parameters]
            width = max(len(row[0]) for row in rows)
            for name, text, default in rows:
                result(f"  {name.ljust(width)}  {text}{default}")


def _default(required: bool, default: object) -> str:
    if required:
        return " (required)"
    return f" (default {default})" if default is not None else ""
