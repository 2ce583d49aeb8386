"""`goldspan corpus check`: rules that records break, near-duplicates, likely mistakes, and what names persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ....schema.errors import Problem, pluralize
from ... import completion
from ...console import error, note, result, result_json
from ...option_effects import effects, needs
from ...options import Cleared, Json, RecordsFile, SchemeFile


@effects(
    needs("suppress", "suspicious"),
    needs("extractor", "suspicious"),
    needs("threshold", "near"),
    needs("cleared", "privacy"),
)
def check(
    file: RecordsFile,
    suspicious: Annotated[bool, typer.Option("--suspicious", help="Also find likely annotation mistakes.")] = False,
    suppress: Annotated[
        str | None,
        typer.Option(
            "--suppress", metavar="FILE", help="Findings to suppress because they are not mistakes, with reasons."
        ),
    ] = None,
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="With --suspicious: find where these extractors agree against the layer; repeat.",
            autocompletion=completion.complete_extractors,
        ),
    ] = None,
    near: Annotated[bool, typer.Option("--near", help="Also find near-duplicates.")] = False,
    threshold: Annotated[float, typer.Option(min=0.1, max=0.95, help="Minimum similarity of near-duplicates.")] = 0.8,
    privacy: Annotated[
        bool, typer.Option("--privacy", help="Also find names, addresses and lead times of annotators.")
    ] = False,
    cleared: Cleared = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Report every rule that a records file breaks, with its line.

    Duplicate texts, and markup that another format left in texts, are remarks: they break no rule. Ends with status 1
    if there is any problem or, with --suspicious or --privacy, any finding that is not suppressed or cleared.
    """
    from ....schema import load_scheme
    from ....workflows.file_check import check_file

    report = _Report(quiet=json)
    remarks = _Report(show=lambda line: note(f"note: {line}"), quiet=json)
    summary = check_file(
        file,
        load_scheme(scheme),
        report=report,
        warn=remarks,
        near=threshold if near else None,
        suspicious=suspicious,
        suppress=suppress,
        extractors=extractor or [],
        privacy=privacy,
        cleared=cleared,
    )
    documents, findings, personal = summary.documents, summary.findings, summary.personal
    for name, document, start, end in summary.stale:
        note(f"{suppress}: no longer a finding: {name} {document} [{start}, {end}). Fix: remove the line")
    for words in summary.unneeded:
        note(f"{cleared}: not found: {words}. Fix: remove the line")
    if json:
        data = {"file": file, "documents": documents, "problems": report.listed(file), "remarks": remarks.listed(file)}
        data |= {"findings": [asdict(finding) for finding in findings]} if suspicious else {}
        result_json(data | ({"personal": [asdict(item) for item in personal]} if privacy else {}))
    else:
        for item in personal:
            note(str(item))
        for finding in findings:
            likely = "" if finding.likelihood is None else f" {finding.likelihood:.2f}"
            note(f"{finding.document} [{finding.start}, {finding.end}): {finding.what} ({finding.check}{likely})")
        counts = f", {pluralize(len(findings), 'finding')}" if suspicious else ""
        counts += f", {pluralize(len(personal), 'finding')} of personal data" if privacy else ""
        counts += f", {pluralize(remarks.count, 'remark')}" if remarks.count else ""
        result(f"{pluralize(documents, 'document')}, {pluralize(report.count, 'problem')}{counts}")
        if findings:
            note("next: correct them, or suppress them with a reason in a file for --suppress (--json lists them)")
    if summary.failure is not None:
        note("not compared with the extractors, because some could not be run")
        raise summary.failure
    if report.count or findings or personal:
        raise typer.Exit(1)


class _Report:
    """Prints problems as they come, or collects them for JSON; a file may have millions."""

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

    def listed(self, file: str) -> list[dict[str, Any]]:
        """Return the problems as JSON-compatible data, with the shard that each is in if the file is several."""
        return [
            ({"file": item.path} if item.path not in (None, file) else {})
            | {key: getattr(item, key) for key in ("line", "document", "what", "fix")}
            for item in self.problems
        ]
