"""Answers to the page of an annotator: the value of what was just marked, and the same words elsewhere.

The page of an interactive backend sends all regions of a label when one of them is marked, or a text of it is written.
What an answer holds is on the page at once; one Ctrl+Z takes it back together with the mark.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ....schema import DataError, Document, Scheme
from ..backend.predict_request import Answer, PredictRequest
from ..mapping.pickers.document_offers import offered_ids
from ..mapping.pickers.picks import as_picks
from ..mapping.region_prefixes import UNDECIDED, suggests
from ..mapping.tasks import document_from_task
from .known_words import KnownWords
from .page_regions import PageRegion, Row, moved, page_regions

PREFIX = "same-"
"""How the ids begin of regions that are marked for an annotator; the style sheet shows them by it."""

_CHANGED = "prediction-changed"  # how the editor names the origin of a suggestion that is not as it was
_TASKS = 500
_TEXTS = 50


@dataclass(slots=True)
class _Page:
    """What is known of the regions of a task.

    Attributes:
        labels: Label of each region that the page has shown, and of those that were marked for it, by id.
        given: The contents of the fields that regions were given, and the region that they were taken from.
    """

    labels: dict[str, str] = field(default_factory=dict)
    given: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)


class MarkOnce:
    """Answers requests of the page.

    Args:
        known_words: Returns for a labeling config a function from a document to what is known of its words.
        scheme: Scheme by which the records of tasks are read.

    Attributes:
        name: Title of the backend.
    """

    name = "goldspan mark once"

    def __init__(self, known_words: Callable[[str], Callable[[Document], KnownWords]], scheme: Scheme) -> None:
        self._known_words, self._scheme = known_words, scheme
        self._pages: OrderedDict[int, _Page] = OrderedDict()
        self._words: OrderedDict[tuple[str, str], KnownWords] = OrderedDict()

    def answer(self, request: PredictRequest, _stopped: Callable[[], bool]) -> list[Answer]:
        """Return the regions to add or to change; nothing for requests that are not of a page."""
        context = request.params.get("context")
        results = context.get("result") if isinstance(context, dict) else None
        task = request.tasks[0] if len(request.tasks) == 1 else None
        if not isinstance(results, list) or not isinstance(task, dict) or not isinstance(task.get("id"), int):
            return []
        data = task.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            return []
        try:
            document = document_from_task(data, task["id"], self._scheme)
        except DataError:  # a record of another scheme
            document = Document(id=str(task["id"]), text=data["text"], spans=())
        regions = page_regions(results)
        rows: list[Row] = []
        # a page that shows an earlier text of the task has other offsets
        if all(region.stands_in(data["text"]) for region in regions):
            rows = self._page_rows(document, request.label_config, task, regions)
        return [{"result": rows, "score": None, "model_version": self.name}]

    def _page_rows(
        self, document: Document, config: str, task: Mapping[str, Any], regions: Sequence[PageRegion]
    ) -> list[Row]:
        if task["id"] not in self._pages:
            self._pages[task["id"]] = _Page(_shown_before(task, regions))
        _keep_newest(self._pages, task["id"], _TASKS)
        page = self._pages[task["id"]]
        # a span that is drawn while another one is selected first has the label of that one
        new = [region for region in regions if page.labels.get(region.id) != region.label]
        page.labels.update({region.id: region.label for region in regions})
        if regions and not self._known(document, config).has_own_values(regions[0].label):
            _follow_fuller(document.text or "", regions, _saved(task, "predictions"), page)
        rows = _changed(document.text or "", regions, page)
        if new:
            taken = [(region.start, region.end) for region in (*regions, *_of_other_labels(task, regions))]
            taken += [(zone.start, zone.end) for zone in document.zones]
            known = self._known(document, config)
            shown = partial(as_picks, scheme=self._scheme, offered=offered_ids(task["data"], self._scheme), listed={})
            frames = {
                (region.start, region.end): region.id
                for part in _saved(task, "predictions")
                for region in part
                # one that was a span already is an annotator's
                if suggests(region.id, new[-1].label) and page.labels.get(region.id) == UNDECIDED
            }
            rows += _of_mark(new[-1], regions, known, taken, frames, page, shown)
        return rows

    def _known(self, document: Document, config: str) -> KnownWords:
        key = (document.with_hash().text_sha256 or "", config)
        if key not in self._words:
            self._words[key] = self._known_words(config)(document)
        _keep_newest(self._words, key, _TEXTS)
        return self._words[key]


def _of_mark(
    mark: PageRegion,
    regions: Sequence[PageRegion],
    known: KnownWords,
    taken: Sequence[tuple[int, int]],
    frames: Mapping[tuple[int, int], str],
    page: _Page,
    shown: Callable[[Sequence[Row]], list[Row]],
) -> list[Row]:
    """Return the value of a new mark, and the same words elsewhere with that value.

    Args:
        mark: The mark.
        regions: All regions of its label.
        known: What is known of the words of the text.
        taken: Places where nothing is marked.
        frames: Ids of the regions that are only framed and become spans of its label, by place.
        page: What is known of the page.
        shown: Returns results as the page shows them, with picks where it has pickers.
    """
    marked = known.text[mark.start : mark.end]
    words = marked.strip()
    if not words:
        return []
    start = mark.start + len(marked) - len(marked.lstrip())
    named = replace(mark, start=start, end=start + len(words))  # blanks at its ends do not count
    fields = mark.fields
    if mark.content == page.given.get(mark.id, ("", None))[1]:
        fields = []  # given for the label that it had before
    rows: list[Row] = []
    if not fields:
        alike = [r for r in reversed(regions) if r.id != mark.id and known.text[r.start : r.end].strip() == words]
        if not known.has_own_values(mark.label):
            fields = next((r.fields for r in alike if r.fields), [])
        fields = fields or _shown_fields(mark, known.value_of(named), shown)
        if fields:
            rows += _with_fields(mark, fields)
            page.given[mark.id] = (mark.id, _content(mark, fields))
    marks = [row for row in mark.rows if row.get("type") == "labels"]
    for number, (start, end) in enumerate(known.other_places(named)):
        if any(start < stop and begin < end for begin, stop in taken):
            continue
        region = frames.get((start, end), f"{PREFIX}{number}-{mark.id}")
        if page.labels.get(region) == mark.label:
            continue  # it was there and was removed
        if known.has_own_values(mark.label):
            there = known.value_of(replace(named, start=start, end=end))
            if _content(mark, _shown_fields(mark, there, shown)) != _content(mark, fields):
                continue
        added = moved([*marks, *fields], region, start, end)
        rows += [row | {"origin": _CHANGED} for row in added] if (start, end) in frames else added
        page.labels[region] = mark.label
        if not known.has_own_values(mark.label):
            page.given[region] = (mark.id, _content(mark, fields))
    return rows


def _shown_fields(mark: PageRegion, fields: Sequence[Row], shown: Callable[[Sequence[Row]], list[Row]]) -> list[Row]:
    marks = [row for row in mark.rows if row.get("type") == "labels"]
    rows = shown([*marks, *moved(fields, mark.id, mark.start, mark.end)])
    return [row for row in rows if row.get("type") != "labels"]


def _changed(text: str, regions: Sequence[PageRegion], page: _Page) -> list[Row]:
    """Return the regions that follow another one whose value was written since, unless they were changed themselves."""
    by_id = {region.id: region for region in regions}
    rows: list[Row] = []
    for key, (source_id, given) in list(page.given.items()):
        region, source = by_id.get(key), by_id.get(source_id)
        if region is None or source is None or key == source_id or region.content != given or source.content == given:
            continue
        if source.fields and text[source.start : source.end] == text[region.start : region.end]:
            rows += _with_fields(region, source.fields)
            page.given[key] = (source_id, source.content)
    return rows


def _with_fields(region: PageRegion, fields: Sequence[Row]) -> list[Row]:
    """Return the results of a region with other fields; a suggestion is then one that was changed."""
    own = [row for row in region.rows if row not in region.fields]
    rows = moved([*own, *fields], region.id, region.start, region.end)
    suggested = any(row.get("origin") in ("prediction", _CHANGED) for row in own)
    return [row | {"origin": _CHANGED} for row in rows] if suggested else rows


def _follow_fuller(
    text: str, regions: Sequence[PageRegion], suggested: Sequence[Sequence[PageRegion]], page: _Page
) -> None:
    """Let suggestions whose value is open in part follow a region of the same words to which a person added the rest.

    A suggestion with another value than that region, or that was changed itself, follows nothing.
    """
    before = {region.id: region.content for part in suggested for region in part}
    for region in regions:
        if region.id in page.given or before.get(region.id) != region.content:
            continue
        for other in regions:
            alike = text[other.start : other.end] == text[region.start : region.end]
            by_person = other.id not in page.given and before.get(other.id) != other.content
            if alike and by_person and region.content.items() < other.content.items():
                page.given[region.id] = (other.id, region.content)


def _content(mark: PageRegion, fields: Sequence[Row]) -> dict[str, Any]:
    return PageRegion(mark.id, mark.start, mark.end, mark.label, fields).content


def _shown_before(task: Mapping[str, Any], regions: Sequence[PageRegion]) -> dict[str, str]:
    """Return the labels of regions that a page showed before its first request, which has one that was just marked.

    That one, the last, may be in a draft already, which the page saves at the same time.
    """
    drafted = {region.id: region.label for part in _saved(task, "drafts") for region in part}
    for region in regions[-1:]:
        drafted.pop(region.id, None)
    saved = _saved(task, "annotations", "predictions")
    return drafted | {region.id: region.label for part in saved for region in part}


def _of_other_labels(task: Mapping[str, Any], regions: Sequence[PageRegion]) -> Iterator[PageRegion]:
    """Yield what the server has of a page beside the regions of one label, in the page's draft or annotation.

    Those of other people, which do not share a region with it, do not matter.
    """
    ids = {region.id for region in regions}
    for part in _saved(task, "drafts", "annotations"):
        if any(region.id in ids for region in part):
            yield from (region for region in part if region.label != UNDECIDED)  # a frame is nobody's mark


def _saved(task: Mapping[str, Any], *kinds: str) -> list[list[PageRegion]]:
    """Return the regions of each draft, annotation or prediction that the server has of a task."""
    parts = [part for kind in kinds for part in task.get(kind) or () if isinstance(part, dict)]
    return [page_regions(part.get("result") or ()) for part in parts]


def _keep_newest(items: OrderedDict[Any, Any], key: Any, limit: int) -> None:
    items.move_to_end(key)
    while len(items) > limit:
        items.popitem(last=False)
