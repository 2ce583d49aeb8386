"""A scheme drafted from the labels of a file that no scheme has yet."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...schema import DataError, GoldspanError, Problem, Scheme, conflict_scheme, parse_scheme, pluralize
from ...schema.highlighting import palette_colour
from ...schema.label_keys import name_problem
from ..storage.label_map import CATCH_ALL, LabelMap
from .conversion import count_labels, read_as
from .format_interface import ReadOptions, ReadRequest
from .format_registry import DetectedFormat
from .native_formats import RecordFormat
from .transfer_reports import CUT_WORDS, ReadReport

AUTO = "auto"
"""In place of a scheme: one is drafted."""


def draft_scheme(source: Path, form: DetectedFormat, options: ReadOptions) -> tuple[Scheme, LabelMap]:
    """Draft a scheme with the labels of a file: their counts as definitions, without values, with any boundaries.

    The label map has the name of each label in the scheme, where blanks are single and none is at an end.

    Spans may overlap if those of the file do.

    Args:
        source: A file or folder.
        form: Its format, as it was detected.
        options: How to read what the source leaves open.

    Returns:
        The scheme, and the label map.

    Raises:
        DataError: The file has no spans, or labels that a scheme cannot have.
        GoldspanError: The file cannot be read.
    """
    default = conflict_scheme()
    request = ReadRequest(default, labels=LabelMap({CATCH_ALL: ""}), options=options)
    counts = count_labels(form.reader, source, request)
    if not counts:
        report = ReadReport()
        for _ in read_as(form, source, replace(request, report=report)):
            pass  # raises what keeps the file from being read
        seen = [f"{kind} ({count:,})" for kind, count in sorted(report.left_out.counts.items())]
        what = "no span, and so no label to draft a scheme from" + f"; left out: {', '.join(seen)}" * bool(seen)
        raise DataError(Problem(what, "name a `scheme`", str(source)))
    names = {label: " ".join(label.split()) if name_problem(label) else label for label in counts}
    totals: Counter[str] = Counter()
    for label, count in counts.most_common():
        totals[names[label]] += count
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", source.name.partition(".")[0]).strip("-_")
    scheme = parse_scheme(
        {
            "name": name if name[:1].isalpha() else f"labels-{name}".rstrip("-"),
            "version": 1,
            "title": f"Labels of {source.name}",
            "description": "Drafted from the labels of a file: define each, and give it fields if it has values.",
            "spans": {"overlap": False, "boundaries": "any"},
            "labels": {
                label: {"definition": f"To be defined; {pluralize(count, 'span')}.", "colour": palette_colour(label)}
                for label, count in totals.most_common()
            },
            "zones": dict(default.zones) if isinstance(form.reader, RecordFormat) else {},
        }
    )
    report = ReadReport()
    with suppress(GoldspanError):  # raised when the file is converted
        for _ in read_as(form, source, ReadRequest(scheme, report, LabelMap(names), options)):
            pass
    return replace(scheme, overlap=bool(report.broken.counts.keys() - {CUT_WORDS})), LabelMap(names)
