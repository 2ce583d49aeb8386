"""`goldspan corpus check`: rules that records break, near-duplicates, likely mistakes, and what names persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....schema.errors import Problem, pluralize
from ... import completion
from ...console import error, note, result, result_json
from ...option_effects import effects, needs, yields
from ...options import Cleared, Json, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ....corpus.inspection.finding_groups import FindingGroup
    from ....corpus.inspection.suspicious_annotations import SuspiciousAnnotation

_SHOWN = 25  # groups of findings


@effects(
    needs("suppress", "suspicious"),
    needs("extractor", "suspicious"),
    needs("where", "suspicious"),
    needs("every", "suspicious"),
    yields("every", "json"),
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
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="With --suspicious: show findings only in documents that meet this, as in `corpus filter`; repeat.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="With --suspicious: show every mention, not a line for each kind of finding.")
    ] = False,
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

    Likely mistakes are listed by kind, the likeliest first, with the number of their mentions. Duplicate texts, and
    markup that another format left in texts, are remarks: they break no rule. Ends with status 1 if there is a problem
    or, with --suspicious or --privacy, any finding that is not suppressed or cleared.
    """
    from ....corpus.inspection.finding_groups import group_findings
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
        where=where or [],
        privacy=privacy,
        cleared=cleared,
    )
    documents, findings, personal = summary.documents, summary.findings, summary.personal
    for answer in summary.stale:
        note(f"{suppress}: no longer a finding: {answer}. Fix: remove the line")
    for answer in summary.changed:
        note(f"{suppress}: the span has changed since: {answer}. Fix: answer it again, or correct the span")
    groups = group_findings(findings)
    for words in summary.unneeded:
        note(f"{cleared}: not found: {words}. Fix: remove the line")
    if json:
        data = {"file": file, "documents": documents, "problems": report.listed(file), "remarks": remarks.listed(file)}
        if suspicious:
            data |= {"findings": [asdict(finding) for finding in findings]}
            data |= {"groups": [group.to_dict() for group in groups]}
        result_json(data | ({"personal": [asdict(item) for item in personal]} if privacy else {}))
    else:
        for item in personal:
            note(str(item))
        _show_findings(groups, every=every)
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


def _show_findings(groups: list[FindingGroup], *, every: bool) -> None:
    """Show a line for each kind of finding, or for each mention, the likeliest first."""
    for group in groups if every else groups[:_SHOWN]:
        if every:
            for finding in group.findings:
                note(_line(finding))
        else:
            more = len(group.findings) - 1
            where = f"; {more} more like it, in {pluralize(group.documents, 'document')}" if more else ""
            note(f"{_line(group.first)}{where}")
    if not every and (rest := groups[_SHOWN:]):
        mentions = sum(len(group.findings) for group in rest)
        note(f"… and {pluralize(len(rest), 'less likely kind')} with {pluralize(mentions, 'finding')}: --all")


def _line(finding: SuspiciousAnnotation) -> str:
    place = f"{finding.document} [{finding.start}, {finding.end})"
    return f"{place}: {finding.what} ({finding.check} {finding.likelihood:.2f})"


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
