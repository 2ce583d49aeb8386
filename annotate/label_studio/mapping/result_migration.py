"""Migration of results: region by region, through the spans that they express, and otherwise as they were.

A region whose span is the same in the new scheme keeps its results. Any other gets those of its new span, under its id,
with what the editor had noted of it; what of it could not be read goes into its notes, so that nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import Document, Layer, Scheme, Span
from ....schema.migration.document_migration import Migration, migrate
from ....schema.migration.history import KEY, known_parts
from ....schema.migration.questions import Answers, MigrationQuestion
from .labeling_config import LABELS, NOTE, TASK_NOTE, UNSURE
from .migration_notes import MigrationNote, Result, with_note
from .region_prefixes import UNDECIDED
from .region_values import ReadDate, ResultProblem
from .result_elements import Element, elements, used_elements
from .result_json import DecodedResults, results_of, spans_of

Link = Callable[[Document, Sequence[Span], Scheme], tuple[Sequence[Span], Any]]
"""Returns spans with the names in their values replaced by ids, as reading them does, and remarks on it."""

Show = Callable[[list[Result]], list[Result]]
"""Returns results as the page shows them: with picks, if it has pickers."""

_COMMON = frozenset(
    {(LABELS, "labels", ""), (UNSURE, "choices", ""), (UNSURE, "choices", UNSURE), (NOTE, "textarea", "")}
)
"""What results of every scheme can use."""

_BARE = ("id", "from_name", "to_name", "type", "value", "meta")


@dataclass(frozen=True, slots=True)
class MigratedResults:
    """What a migration makes of results.

    Attributes:
        results: The results.
        history: What it left besides, as under `extra.migrations` of a layer.
        relations: Relations of regions that were set aside.
        questions: What a person has to decide; the regions that they are about stay as they were.
        unread: Regions that do not make a span, which stay as they were.
        changes: Numbers of spans and values that changed, by what became of them.
        late: Whether regions of the earlier scheme were among them.
        moved: Regions that are of the new scheme by this, which a further migration takes whatever their names tell.
    """

    results: list[Any]
    history: list[Any] = field(default_factory=list)
    relations: list[Any] = field(default_factory=list)
    questions: list[MigrationQuestion] = field(default_factory=list)
    unread: list[ResultProblem] = field(default_factory=list)
    changes: Mapping[str, int] = field(default_factory=dict)
    late: bool = False
    moved: frozenset[str] = frozenset()


def is_late(results: Sequence[Any], earlier: frozenset[Element]) -> bool:
    """Check whether results use any of what tells an earlier scheme; see `earlier_elements`."""
    return any(not used_elements(parts).isdisjoint(earlier) for parts in _regions(results).values())


def migrate_results(
    results: Sequence[Any],
    document: Document,
    migration: Migration,
    *,
    earlier: frozenset[Element] | None = None,
    moved: Set[str] = frozenset(),
    answers: Answers | None = None,
    history: Sequence[Any] = (),
    read_date: ReadDate = lambda _: None,
    link: Link = lambda _document, spans, _scheme: (spans, None),
    show: Show = list,
) -> MigratedResults:
    """Migrate the results of an annotation, a draft or a prediction.

    Args:
        results: The results.
        document: Their document; its zones are of the earlier scheme, and its spans are ignored.
        migration: The migration.
        earlier: What tells that a region is of the earlier scheme, if some are not. By default all are.
        moved: Regions that are of the earlier scheme, whatever they use, because the migration before made them.
        answers: What people decided.
        history: What earlier migrations left besides the results.
        read_date: As in `spans_of`.
        link: Replaces names by ids.
        show: Converts new results of a region to those of the page.

    Raises:
        DataError: An answer does not fit its question, or what an earlier migration left was changed.
    """
    regions = {
        name: parts
        for name, parts in _regions(results).items()
        if earlier is None or name in moved or not used_elements(parts).isdisjoint(earlier)
    }
    decoded, unread = _decode(regions, document, migration.old, read_date)
    marked = [replace(found.spans[0], id=name) for name, found in decoded.items()]
    spans, _ = link(document, marked, migration.old)
    layer = Layer(
        scheme=migration.old.ref,
        scheme_sha256=migration.old.fingerprint,
        extra={KEY: list(history)} if history else None,
    )
    open_questions: list[MigrationQuestion] = []
    while True:
        ordered = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))
        outcome = migrate(replace(document, spans=ordered, layer=layer), migration, answers)
        asked = {(q.start, q.end, q.label) for q in outcome.questions if q.kind in ("label", "value")}
        open_questions += [q for q in outcome.questions if q.kind in ("label", "value") or not asked]
        if not asked:
            break
        spans = [span for span in spans if (span.start, span.end, span.label) not in asked]
    before = {str(span.id): span for span in spans}
    after = list(outcome.document.spans)
    new = {str(span.id): span for span in after if span.id is not None}
    gone = before.keys() - new.keys()
    texts = _Writer(document, migration.new, show)
    migrated: list[Any] = []
    relations: list[Any] = []
    written: set[str] = set()
    for item in results:
        name = _region_of(item)
        if isinstance(item, dict) and item.get("type") == "relation":
            (relations if {str(item.get("from_id")), str(item.get("to_id"))} & gone else migrated).append(item)
        elif name in gone:
            continue
        elif name in new and not texts.fit(regions[name], before[name], new[name]):
            if name not in written:
                written.add(name)
                migrated += texts.region(regions[name], new[name], decoded[name])
        else:
            migrated.append(item)
    returned = {f"{migration.id}-{n}": span for n, span in enumerate(span for span in after if span.id is None)}
    for name, span in returned.items():
        migrated += texts.returned(name, span)
    extra = (outcome.document.layer.extra if outcome.document.layer else None) or {}
    return MigratedResults(
        migrated,
        history=_without_ids(extra.get(KEY, [])),
        relations=relations,
        questions=open_questions,
        unread=unread,
        changes=outcome.changes,
        late=bool(decoded) and earlier is not None,
        moved=frozenset({*new, *returned}),
    )


def _regions(results: Sequence[Any]) -> dict[str, list[Result]]:
    """Return results by region, without notes on the document and relations."""
    regions: dict[str, list[Result]] = defaultdict(list)
    for item in results:
        if (name := _region_of(item)) is not None:
            regions[name].append(item)
    return regions


def _region_of(item: Any) -> str | None:
    if not isinstance(item, dict) or not isinstance(item.get("value"), dict) or item.get("type") == "relation":
        return None
    return None if item.get("from_name") == TASK_NOTE else str(item.get("id"))


def _decode(
    regions: Mapping[str, list[Result]], document: Document, scheme: Scheme, read_date: ReadDate
) -> tuple[dict[str, DecodedResults], list[ResultProblem]]:
    """Return what regions express, and the problems of those that do not make a span."""
    decoded: dict[str, DecodedResults] = {}
    unread: list[ResultProblem] = []
    for name, parts in regions.items():
        found = spans_of(parts, document.text or "", scheme, read_date=read_date)
        if found.spans:
            decoded[name] = found
        elif not any(part["value"].get("labels") == [UNDECIDED] for part in parts):
            unread += found.problems
    return decoded, unread


def _without_ids(history: list[Any]) -> list[Any]:
    """Return a history without the ids that stood for regions."""
    plain: list[Any] = msgspec.json.decode(msgspec.json.encode(history))
    for entry in plain:
        for kind in ("spans", "remaining"):
            for item in entry.get(kind, ()):
                item["span"].pop("id", None)
    return plain


class _Writer:
    """Writes the results of spans.

    Args:
        document: The document.
        scheme: Scheme of the spans.
        show: As in `migrate_results`.
    """

    def __init__(self, document: Document, scheme: Scheme, show: Show) -> None:
        self._document, self._scheme, self._show = document, scheme, show
        self._elements = elements(scheme) | _COMMON

    def region(self, parts: Sequence[Result], span: Span, decoded: DecodedResults) -> Iterator[Result]:
        """Yield the results of a region's new span, with all that the editor had noted of the region.

        Args:
            parts: The results that the region had.
            span: The new span.
            decoded: What they expressed.
        """
        mark = next(part for part in parts if part.get("type") == "labels")
        noted = {key: item for key, item in mark.items() if key not in _BARE}
        noted |= {"origin": span.origin} if span.origin else {}
        note = MigrationNote(
            migrations=(span.extra or {}).get(KEY, []),
            unread=[problem for problem in decoded.problems if not self._are_controls(problem.results)],
            overruled=[problem for problem in decoded.overruled if not self._are_controls(problem.results)],
            fields=[item for item in decoded.unplaced.get("fields", []) if not self._are_controls([item])],
        )
        mark_now, *answers = ({**item, **noted} for item in self._results(str(mark["id"]), span))
        yield with_note(mark_now | ({"meta": mark["meta"]} if mark.get("meta") else {}), note)
        yield from answers
        # what an earlier migration could not read, and this one returns to the controls that it was given in
        outside = [*decoded.problems, *decoded.overruled]
        returned = [item for problem in outside if self._are_controls(problem.results) for item in problem.results]
        returned += [item for item in decoded.unplaced.get("fields", []) if self._are_controls([item])]
        yield from ({**item, "id": mark["id"]} for item in returned if item.get("type") != "labels")

    def fit(self, parts: Sequence[Result], before: Span, after: Span) -> bool:
        """Check whether the results of a region express its new span already."""
        same = (before.label, known_parts(before.value), before.extra) == (
            after.label,
            known_parts(after.value),
            after.extra,
        )
        return same and used_elements(parts) <= self._elements

    def _are_controls(self, results: Sequence[Result]) -> bool:
        """Check whether the scheme has the controls of results."""
        return all((str(item.get("from_name")), str(item.get("type")), "") in self._elements for item in results)

    def returned(self, region: str, span: Span) -> Iterator[Result]:
        """Yield the results of a span that had been set aside and is back."""
        for number, item in enumerate(self._results(region, span)):
            named = item | ({"origin": span.origin} if span.origin else {})
            note = MigrationNote(migrations=(span.extra or {}).get(KEY, []))
            yield with_note(named, note) if number == 0 else named

    def _results(self, region: str, span: Span) -> list[Result]:
        shown = self._show(results_of(self._document, [replace(span, score=None)], self._scheme))
        return [{**item, "id": region} for item in shown]
