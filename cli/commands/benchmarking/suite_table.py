"""The table of a suite: a row for each figure of a set, a column for each extractor, and what was published."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ...console import cell, error, note, one_line, result, result_json, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....workflows.gold_sets.suite_results import FigureRow, SuiteResult, SuiteSet


def show_suite(outcome: SuiteResult, output_format: str) -> None:
    """Print the outcome of a suite: the table on standard output; what failed, and what is missing, on standard error.

    Args:
        outcome: The outcome.
        output_format: `table`, `markdown`, `csv` or `json`.
    """
    for one in outcome.sets:
        _show_failures(one)
    if output_format == "json":
        result_json(outcome.to_dict())
    elif output_format == "csv":
        result(_csv(outcome).removesuffix("\n"))
    elif outcome.sets:
        header = ("set", "figure", *outcome.extractors, "published")
        rows = [row for one in outcome.sets for row in _rows(outcome, one)]
        if output_format == "markdown":
            result(_markdown(header, rows))
        else:
            table(rows, header)
        for number, source in enumerate(outcome.sources, 1):
            result(f"[{number}] {one_line(source)}")
        for one in outcome.sets:
            if misplaced := one.misplaced.summary():
                result(f"{one.shown_name}: {misplaced}")
    for one in outcome.sets:
        for difference in one.differs:
            what = f"{one.shown_name} is not as the set of this name, so its figures cannot be compared: {difference}"
            note(f"note: {one_line(what)}. Fix: delete its folder, and get it again")
    for listed in outcome.missing:
        name = listed.gold_set.name
        if listed.problem:
            error(f"{name}: {listed.problem}")
        elif command := listed.command():
            note(f"{name} is not at hand: {command}")
        else:
            note(f"{name} cannot be scored: {listed.gold_set.protocol.differences}")


def _show_failures(one: SuiteSet) -> None:
    name = one.gold_set.name
    if one.failure:
        error(f"{name}: {one.failure}")
    if one.benchmark is None:
        return
    for failure in one.benchmark.failures:
        error(f"{name}: {failure.name}: {failure.reason}")
    for cost in one.benchmark.costs:
        if cost.origin:
            note(f"{name}: {cost.name}: {cost.origin}")
        for problem in cost.failed:
            error(f"{name}: {cost.name}: {problem}")


def _rows(outcome: SuiteResult, one: SuiteSet) -> Iterator[tuple[str, ...]]:
    if one.failure:
        yield (one.shown_name, "failed", *("-" for _ in outcome.extractors), "-")
        return
    name = one.shown_name
    for row in one.rows:
        values = (_figure(row, row.values[spec]) for spec in outcome.extractors)
        published = ", ".join(
            f"{_figure(row, each.value)} {each.system} [{outcome.source_number(each)}]" for each in row.published
        )
        yield (name, row.name, *values, published or "-")
    costs = _costs(one)
    for header in dict.fromkeys(header for columns in costs.values() for header in columns):
        yield (name, header, *(costs.get(spec, {}).get(header, "-") for spec in outcome.extractors), "-")


def _figure(row: FigureRow, value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}" if row.path.endswith("median_km") else cell(value)


def _costs(one: SuiteSet) -> dict[str, dict[str, str]]:
    """Return the costs of each extractor that did not fail, by its name in the call."""
    if one.benchmark is None or not one.rows:
        return {}
    failed = {failure.name for failure in one.benchmark.failures}
    specs = [spec for spec in one.rows[0].values if spec not in failed]
    kept = ("seconds", "requests", "tokens", "price")
    return {
        spec: {header: text for header, text in columns.items() if header in kept}
        for spec, columns in zip(specs, one.benchmark.cost_columns(), strict=True)
    }


def _markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    from ....eval.publishing.published_tables import PublishedTable
    from ....eval.publishing.table_formats import markdown_tables

    return markdown_tables([PublishedTable("Figures of each set under its protocol", header, rows)], {}).rstrip("\n")


def _csv(outcome: SuiteResult) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("set", "figure", "path", "system", "value", "source"))
    for one in outcome.sets:
        for row in one.rows:
            for spec, value in row.values.items():
                writer.writerow((one.shown_name, row.name, row.path, spec, "" if value is None else value, ""))
            for each in row.published:
                note_text = f"{each.source} ({each.note})" if each.note else each.source
                writer.writerow((one.shown_name, row.name, row.path, each.system, each.value, note_text))
    return stream.getvalue()
