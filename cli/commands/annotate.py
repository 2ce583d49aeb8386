"""`goldspan annotate` and `goldspan extractors`: run extractors, and list them."""

from __future__ import annotations

from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import completion, hints
from ..console import ProblemCollector, error, note, progress_bar, result, result_json, when_interrupted
from ..option_effects import Call, Rule, effects
from ..options import Json, Lenient, RecordsFile, SchemeFile


def _out_is_not_input(call: Call) -> str:
    from ...workflows.file_annotation import is_same_file

    return "" if is_same_file(call["records"], call["out"]) else "as --out is not the input"


@effects(Rule("overwrite", _out_is_not_input))
def annotate(
    records: RecordsFile,
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    extractor: Annotated[
        str,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them.",
            autocompletion=completion.complete_extractors,
        ),
    ] = "rules",
    workers: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Allow --out to be the input, and replace its spans.")
    ] = False,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Annotate records with an extractor: its suggestions replace their spans.

    The same records give the same bytes for any number of workers. The same command continues an interrupted run.
    Documents that the extractor fails on are reported and skipped; the status is then 1.
    """
    from ...annotate.adapters.services.service_usage import tally_lines
    from ...schema import load_scheme
    from ...workflows.file_annotation import annotate_file

    loaded = load_scheme(scheme)
    refusals = ProblemCollector(lenient=lenient)

    def resumable(done: int) -> None:
        when_interrupted("the same command continues from there")
        if done:
            note(f"continuing an interrupted run: {pluralize(done, 'document')} done already")

    with progress_bar() as progress:
        annotated = annotate_file(
            records,
            out,
            extractor,
            loaded,
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
