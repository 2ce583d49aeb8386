"""A scheme drafted from the labels of a file that no scheme has yet."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...corpus.formats import FormatReader, ReadOptions, ReadReport, ReadRequest, read_any
from ...corpus.formats.conversion import count_labels
from ...corpus.formats.native_formats import RecordFormat
from ...corpus.formats.transfer_reports import CUT_WORDS
from ...corpus.storage.file_io import COMPRESSED, STANDARD, replace_file
from ...corpus.storage.label_map import CATCH_ALL, LabelMap
from ...corpus.storage.records import JSON_LINES, PARQUET
from ...schema import DataError, GoldspanError, Problem, Scheme, UsageError, conflict_scheme, parse_scheme, pluralize
from ...schema.files.scheme_writer import scheme_toml
from ...schema.highlighting import palette_colour
from ...schema.label_keys import name_problem

SUFFIX = ".scheme.toml"


def scheme_path(out: str) -> Path:
    """Return the file of the scheme that is drafted for an output: `gold.scheme.toml` beside `gold.jsonl`.

    Raises:
        UsageError: The output is standard output.
    """
    if out == STANDARD:
        fix = "name a file as `out`, or a file as `scheme`"
        raise UsageError(f"a scheme is drafted beside the records, which have no file. Fix: {fix}")
    name = Path(out).name
    for suffix in (*COMPRESSED, *JSON_LINES, *PARQUET):
        name = name.removesuffix(suffix)
    return Path(out).with_name(f"{name}{SUFFIX}")


def draft_scheme(source: Path, form: FormatReader, options: ReadOptions) -> tuple[Scheme, LabelMap]:
    """Draft a scheme with the labels of a file: their counts as definitions, without values, with any boundaries.

    The label map has the name of each label in the scheme, where blanks are single and none is at an end.

    Spans may overlap if those of the file do.

    Args:
        source: A file or folder.
        form: Its format.
        options: How to read what the source leaves open.

    Returns:
        The scheme, and the label map.

    Raises:
        DataError: The file has no spans, or labels that a scheme cannot have.
        GoldspanError: The file cannot be read.
    """
    default = conflict_scheme()
    request = ReadRequest(default, labels=LabelMap({CATCH_ALL: ""}), options=options)
    counts = count_labels(form, source, request)
    if not counts:
        report = ReadReport()
        for _ in read_any(source, default, report, name=form.name, labels=request.labels, options=options):
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
            "zones": dict(default.zones) if isinstance(form, RecordFormat) else {},
        }
    )
    report = ReadReport()
    with suppress(GoldspanError):  # raised when the file is converted
        for _ in read_any(source, scheme, report, name=form.name, labels=LabelMap(names), options=options):
            pass
    return replace(scheme, overlap=bool(report.broken.counts.keys() - {CUT_WORDS})), LabelMap(names)


def check_scheme_file(path: Path, scheme: Scheme) -> None:
    """Check that a scheme can be written to a file without replacing another one.

    Raises:
        UsageError: The file exists with other content.
    """
    if path.exists() and (not path.is_file() or path.read_bytes() != scheme_toml(scheme).encode()):
        fix = f"use it (`scheme` {path}), remove it, or choose another `out`"
        raise UsageError(f"{path}: already exists, and is not the scheme of this file. Fix: {fix}")


def write_scheme_file(path: Path, scheme: Scheme) -> None:
    """Write a scheme to a file, completely or not at all.

    Raises:
        DependencyError: The file cannot be written.
    """
    with replace_file(path) as temporary:
        temporary.write_bytes(scheme_toml(scheme).encode())
