"""`goldspan score`: score systems against gold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...schema.errors import UsageError
from .. import completion, hints
from ..console import cell, check_page, error, note, progress_bar, result, result_json, write_page
from ..option_effects import Rule, effects, needs
from ..options import (
    OF_REPORT,
    Columns,
    Day,
    Encoding,
    Fragments,
    Html,
    IdField,
    Json,
    Names,
    Repair,
    SchemeFile,
    Title,
    comma_separated,
    report_heading,
    resampled,
)
from ..pseudonym_notes import noting_new_key
from ..score_formats import ONE_FORMAT, PUBLISHED, Form, not_in, print_published
from ..score_tables import error_record, show_errors, show_scores, show_tags
from .stored_scores.replayed_scores import show_replay, stated_by_replay


@effects(
    needs("training", "errors", "html"),
    resampled("seed"),
    resampled("intervals"),
    Rule("tests", lambda call: "with one system" if len(call["systems"] or ()) < 2 else "", "name a second system"),
    *(not_in(name, *PUBLISHED) for name in ("errors", "tags", "agreement_of")),
    not_in("per_document", "markdown", "latex"),
    *ONE_FORMAT,
    *OF_REPORT,
    *stated_by_replay(
        *("errors", "training", "agreement_of", "labels", "resamples", "seed", "common", "intervals", "tokens"),
        *("measures", "by", "per_document", "tags", "columns", "repair", "fragments", "encoding", "id_field"),
        *("fail_under", "tests", "out", "html", "names", "output_format"),
    ),
)
def score(
    gold: Annotated[
        str | None,
        typer.Argument(metavar="GOLD", help="Gold spans, as records or in another format.", show_default=False),
    ] = None,
    systems: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SYSTEM...",
            help="Predictions of a system each, likewise; NAME=FILE names it, NAME=OTHER is another run of it.",
            show_default=False,
        ),
    ] = None,
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Map the systems' labels to the scheme's (TOML).")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Classify, count and show errors.")] = False,
    training: Annotated[
        str | None,
        typer.Option("--training", metavar="FILE", help="Training records: their surfaces count as seen in --errors."),
    ] = None,
    agreement_of: Annotated[
        list[str] | None,
        typer.Option(
            "--agreement-of", metavar="PASS", help="Show the agreement of these passes beside the systems; repeat."
        ),
    ] = None,
    labels: Annotated[
        str,
        typer.Option(help="Score only these labels, separated by commas.", autocompletion=completion.complete_labels),
    ] = "",
    resamples: Annotated[int, typer.Option(min=0, help="Resamples of bootstrap and tests; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resampling.")] = 0,
    common: Annotated[
        bool, typer.Option("--common", help="Score only documents that the gold and all systems have.")
    ] = False,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Show intervals for fewer than 10 documents too, with a caveat.")
    ] = False,
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Show entity metrics over tokens too, by seqeval (needs texts).")
    ] = False,
    measures: Annotated[
        str,
        typer.Option(
            "--measures",
            metavar="LIST",
            help="Further span measures, separated by commas: iou@0.5, overlap@0.5, tolerance@1, characters, "
            "linked.strict, linked.relaxed, clusters (@nil: spans without an id too).",
        ),
    ] = "",
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Slice the scores by a field of the gold's documents: meta.publisher, month, zone, …; repeat.",
        ),
    ] = None,
    per_document: Annotated[
        bool, typer.Option("--per-document", help="Show the span metrics of each document too.")
    ] = False,
    tags: Annotated[
        str,
        typer.Option(
            "--tags",
            metavar="as-is",
            help="Score column files also on their own tokens by seqeval, strict and lenient (in JSON: tags).",
        ),
    ] = "",
    columns: Columns = "",
    repair: Repair = "",
    fragments: Fragments = "",
    encoding: Encoding = "",
    id_field: IdField = "",
    fail_under: Annotated[
        list[str] | None,
        typer.Option("--fail-under", metavar="MEASURE=X", help="End with status 1 if a measure is lower; repeat."),
    ] = None,
    tests: Annotated[
        list[str] | None,
        typer.Option("--test", metavar="MEASURE", help="Test systems by this measure, not by strict micro F1; repeat."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Also store the scores, for `goldspan leaderboard`: a name in .json."
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay",
            metavar="FILE",
            help="Make the figures of these stored scores again, of the files that they name or of GOLD and SYSTEM..., "
            "and show what changed; status 1 if a figure did.",
        ),
    ] = None,
    html: Html = None,
    title: Title = None,
    day: Day = None,
    names: Names = False,
    scheme: SchemeFile = None,
    output_format: Form = "table",
    json: Json = False,
) -> None:
    """Score one or many systems against gold: spans, tokens, values, with intervals and tests."""
    if replay is not None:
        if not show_replay(replay, gold, systems or [], scheme=scheme, label_map=label_map, json=json):
            raise typer.Exit(1)
        return
    if gold is None or not systems:
        missing = "SYSTEM..." if gold else "GOLD"
        raise UsageError(f"Missing argument '{missing}'. Fix: goldspan score --help")
    from ...corpus.formats import ReadOptions
    from ...schema import load_scheme
    from ...workflows.file_scores import score_files

    check_page(html)
    if out is not None:
        from ...eval.publishing.score_writer import check_score_path, check_stored_resampling

        check_score_path(out)
        check_stored_resampling(resamples, seed)
    remarked: list[str] = []

    def remark(line: str) -> None:
        remarked.append(line)
        note(f"note: {line}")

    loaded = load_scheme(scheme)
    chosen_labels = comma_separated("--labels", labels)
    limits = _limits(fail_under or [])
    with (
        progress_bar() as progress,
        noting_new_key(gold, *(argument.rpartition("=")[2] for argument in systems), *(agreement_of or ())),
    ):
        scored = score_files(
            gold,
            systems,
            loaded,
            label_map=label_map,
            labels=chosen_labels,
            training=training,
            passes=agreement_of or [],
            errors=errors,
            report=html is not None,
            tokens=tokens,
            measures=comma_separated("--measures", measures),
            by=by or [],
            required=[path for path, _ in limits],
            tests=tests or [],
            tags=tags,
            options=ReadOptions(columns, repair, encoding, fragments, id_field),
            resamples=resamples,
            seed=seed,
            common=common,
            intervals=intervals,
            names=names,
            remark=remark,
            warn=lambda message: note(f"warning: {message}"),
            progress=progress,
        )
    scores, passes, analyses = scored.scores, scored.agreement, scored.errors
    measured = [(path, limit, [scores.metric(path, i) for i in range(len(systems))]) for path, limit in limits]
    if out is not None:
        scores.save(out)
        note(f"scores: {out}")
    if html is not None:
        write_page(html, scored.page(**report_heading(title, day)))
    json = json or output_format == "json"
    if output_format in PUBLISHED:
        print_published(scores, output_format, remarked, documents=per_document)
    elif json:
        data = scores.to_dict(documents=per_document) | ({"ceiling": passes.to_dict()} if passes else {})
        for system, analysis in zip(data["systems"], analyses, strict=False):
            system["errors"] = error_record(analysis)
        for system, figures in zip(data["systems"], scored.tags, strict=False):
            system["tags"] = figures
        result_json(data)
    else:
        show_scores(scores, remarked, per_document=per_document)
        for pair in passes.pairwise if passes else ():
            result(f"agreement of passes  {cell(pair.strict_f1)} strict F1 of {pair.a} and {pair.b}")
        for system_score, figures in zip(scores.systems, scored.tags, strict=False):
            show_tags(system_score.name, figures)
        for system_score, analysis in zip(scores.systems, analyses, strict=False):
            show_errors(system_score.name, analysis)
    failed = False
    for path, limit, values in measured:
        for system, value in zip(scores.systems, values, strict=True):
            if value is None or value < limit:
                failed = True
                error(f"{system.name}: {path} is {cell(value)}, below {limit}")
    if failed:
        raise typer.Exit(1)
    if output_format == "table" and not json:
        options = [
            *(("--map", str(label_map)) if label_map else ()),
            *(("--labels", labels) if labels else ()),
        ]
        options += ["--common"] if common else []
        options += ["--tokens"] if tokens else []
        options += ["--measures", measures] if measures else []
        options += [word for field in by or () for word in ("--by", field)]
        given = {
            "columns": columns,
            "repair": repair,
            "fragments": fragments,
            "encoding": encoding,
            "id-field": id_field,
        }
        options += [word for name, value in given.items() if value for word in (f"--{name}", value)]
        hints.after_score([gold, *systems, *options], html=html is not None, errors=errors, scheme=scheme)


def _limits(pairs: list[str]) -> list[tuple[str, float]]:
    limits = []
    for pair in pairs:
        path, _, limit = pair.rpartition("=")  # names of labels may contain it
        try:
            limits.append((path, _finite(limit)))
        except ValueError as error:
            raise UsageError(
                f"--fail-under {pair}: not a number. Fix: MEASURE=X, as in spans.strict.micro.f1=0.8"
            ) from error
    return limits


def _finite(text: str) -> float:
    number = float(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number
