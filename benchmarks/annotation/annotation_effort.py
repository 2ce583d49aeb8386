"""Keys, clicks and drags of a skilled annotator who makes the gold of three articles on the real page.

What the page submits at the end must be the gold, as a pull reads it; spans that differ are counted.

A new way of marking a span or of giving it a value is a function, named in `WAYS`. The annotator looks at the page
before each span, so what the page has done by itself is not done again, and its mistakes are corrected.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from goldspan.annotate import load_extractor
from goldspan.annotate.label_studio.mapping.controls import controls
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.annotate.label_studio.sync.entity_linking import link_entities
from goldspan.corpus import read_records, write_records
from goldspan.schema import Document, Layer, Scheme, Span, conflict_scheme
from goldspan.schema.overlap import overlaps
from tests.browser import open_browser
from tests.studio_server import Studio, installed, serving

from .annotator_hand import Effort, Hand

_ROOT = Path(__file__).parents[2]
_NEWS = _ROOT / "tests" / "annotate" / "news" / "heldout.jsonl"
_PAGE = _ROOT / "docs" / "annotating.md"
_ARTICLES = ("heldout-01", "heldout-03", "heldout-07")

Parts = dict[str, Any]


Mark = Callable[[Hand, Span], None]
"""A way of marking a span, which is then selected."""


def mark_and_click(hand: Hand, span: Span) -> None:
    """Marks as the page wants it whose setting does not select a new span."""
    if hand.writing():
        hand.click_aside()
    if hand.selected():
        hand.press("Escape")
    hand.press(f"Alt+{hand.names[span.label]}")
    hand.drag_over(span)
    hand.click_on(span)


def mark_straight_on(hand: Hand, span: Span) -> None:
    """Drags over the words while the last span is selected, whose label the new one takes, and corrects the label."""
    _mark_next(hand, span, hand.drag_over)


def mark_by_word(hand: Hand, span: Span) -> None:
    """Marks as `mark_straight_on` does, a single word by a double click."""
    _mark_next(hand, span, hand.double_click_on if hand.is_word(span) else hand.drag_over)


def _mark_next(hand: Hand, span: Span, select: Callable[[Span], None]) -> None:
    before = next((known.label for known in hand.marked_spans() if known.id == hand.selected()), None)
    if before is None:
        hand.press(f"Alt+{hand.names[span.label]}")
    select(span)
    if before not in (None, span.label):
        hand.press(f"Alt+{hand.names[span.label]}")


Fill = Callable[[Hand, Span, Parts], None]
"""A way of giving the selected span the value of a gold span; the parts are those that its fields hold."""


def type_values(hand: Hand, span: Span, held: Parts) -> None:
    """Presses the keys of choices and types everything else; a name where the registry knows what it stands for."""
    wanted = cheapest_parts(hand, span, held)
    own = {control.key.name: control for control in controls(hand.scheme)[span.label]}
    for name, control in own.items():
        if control.kind == "choices" and wanted.get(name) != held.get(name):
            choice = name if control.key.is_flag else wanted.get(name) or held[name]
            hand.press(f"Alt+{hand.names[span.label, name, choice]}")
    for name, control in own.items():
        if control.kind != "choices" and wanted.get(name) != held.get(name):
            hand.click_into(control)
            if held.get(name) is not None:
                hand.press("ControlOrMeta+a")
            if wanted.get(name) is None:
                hand.press("Backspace")
            elif control.kind == "number":
                hand.type_number(str(wanted[name]))
            else:
                hand.type(wanted[name])
            if held.get(name) is not None and control.kind == "textarea":
                hand.click_aside()  # a text that is changed, unlike a new one, is lost if another span is chosen next


def cheapest_parts(hand: Hand, span: Span, held: Parts) -> Parts:
    """What the fields must hold for a pull to read the gold value, with the least to type."""
    gold = parts_of(span)
    readings = []
    for written in dict.fromkeys((gold.get("id"), hand.document.surface(span), held.get("id"))):
        wanted = {**gold, **({"id": written} if "id" in gold else {})}
        for item in hand.scheme.label(span.label).fields.values():  # leave alone what the registry fills in
            spared = {**wanted, **{key.name: held.get(key.name) for key in item.keys if key.name != "id"}}
            if linked(hand, span, spared) == gold:
                wanted = spared
        if linked(hand, span, wanted) == gold:
            typed = sum(3 + len(str(part)) for name, part in wanted.items() if part != held.get(name))
            readings.append((typed, wanted))
    return min(readings, key=lambda reading: reading[0])[1] if readings else gold


def linked(hand: Hand, span: Span, parts: Parts) -> Parts:
    """The parts that a pull makes of those in the fields."""
    value = hand.scheme.value(span.label, **{name: part for name, part in parts.items() if part is not None})
    [found], _ = link_entities(hand.document, [msgspec.structs.replace(span, value=value)], hand.scheme)
    return parts_of(found)


def parts_of(span: Span) -> Parts:
    """The parts of a span's value that a field can hold; a box that is not ticked is None."""
    parts: Parts = {} if span.value is None else msgspec.to_builtins(span.value)
    return {name: part for name, part in parts.items() if part is not None and part is not False}


@dataclass(frozen=True)
class Way:
    """How an annotator works.

    Attributes:
        suggested: Whether the documents have suggestions of the rules.
        mark: How they mark a span.
        fill: How they give it its value.
        selects: Whether the page selects a new span.
        once: Whether the server marks the same words and gives values.
    """

    suggested: bool
    mark: Mark
    fill: Fill
    selects: bool = True
    once: bool = False


WAYS: Mapping[str, Way] = {
    "without suggestions, new spans not selected at once": Way(False, mark_and_click, type_values, selects=False),
    "without suggestions": Way(False, mark_straight_on, type_values),
    "without suggestions, single words by double click": Way(False, mark_by_word, type_values),
    "without suggestions, marked once": Way(False, mark_straight_on, type_values, once=True),
    "without suggestions, marked once, single words by double click": Way(False, mark_by_word, type_values, once=True),
    "with the suggestions of `rules`, new spans not selected at once": Way(
        True, mark_and_click, type_values, selects=False
    ),
    "with the suggestions of `rules`": Way(True, mark_straight_on, type_values),
    "with the suggestions of `rules`, marked once": Way(True, mark_straight_on, type_values, once=True),
}
"""Ways of working, by what the table says of them."""


def annotate(hand: Hand, way: Way) -> None:
    """Makes the gold of the hand's document, span by span in the order of the text, and submits."""
    gold = sorted(hand.document.spans, key=lambda span: span.start)
    bounds = {(span.start, span.end) for span in gold}
    for span in gold:
        shown = hand.marked_spans()
        same = [known for known in shown if (known.start, known.end) == (span.start, span.end)]
        near = same or [k for k in shown if overlaps(k, span) and (k.start, k.end) not in bounds]
        if not near:
            way.mark(hand, span)
            held = next(
                k for k in hand.marked_spans() if (k.start, k.end, k.label) == (span.start, span.end, span.label)
            )
            if linked(hand, span, parts_of(held)) == parts_of(span):
                continue
            if hand.selected() != held.id:
                hand.click_on(held)
        else:
            held = near[0]
            for other in near[1:]:  # all but one of several within the span
                hand.click_on(other)
                hand.press("Backspace")
            if held.label == span.label and same and linked(hand, span, parts_of(held)) == parts_of(span):
                continue
            if hand.selected() != held.id:
                hand.click_on(held)  # which ends the writing of what may belong to this span too
                held = next(known for known in hand.marked_spans() if known.id == held.id)
            for side, moved in (("left", held.start != span.start), ("right", held.end != span.end)):
                if moved:
                    hand.move_bound(span, side)
            if held.label != span.label:
                hand.press(f"Alt+{hand.names[span.label]}")
                held = Span(span.start, span.end, span.label)
        way.fill(hand, span, parts_of(held))
    for known in hand.marked_spans():
        if (known.start, known.end) not in bounds:
            hand.click_on(known)
            hand.press("Backspace")
    if hand.writing():
        hand.click_aside()


def differences(hand: Hand, results: list[Any]) -> int:
    """How many spans of what the page sent and of the gold the other lacks, with their values."""
    decoded = spans_of(results, hand.document.text or "", hand.scheme)
    found, _ = link_entities(hand.document, decoded.spans, hand.scheme)
    shown = {(s.start, s.end, s.label, json.dumps(parts_of(s), sort_keys=True)) for s in found}
    gold = {(s.start, s.end, s.label, json.dumps(parts_of(s), sort_keys=True)) for s in hand.document.spans}
    return len(shown ^ gold)


def main() -> None:
    """Print the effort of each way, in all three articles together, and write it into the page for annotators.

    The page stays as it is unless each way ends with the gold.
    """
    scheme = conflict_scheme()
    articles = [document for document in read_records(_NEWS, scheme) if document.id in _ARTICLES]
    spans = sum(len(document.spans) for document in articles)
    print(f"clicks   {len(articles)} articles with {spans} spans: keys, clicks and drags; for a span")
    rows, differing = [], 0
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home", installed()) as studio:
        for number, (name, way) in enumerate(WAYS.items()):
            studio.run("down")
            studio.up("--mark-once" if way.once else "--no-mark-once")
            effort, wrong = measure(studio, articles, scheme, way, Path(folder), f"way {number}")
            counts = (effort.keys, effort.clicks, effort.drags)
            shown = ", ".join(f"{count:5}" for count in counts)
            each = ", ".join(f"{count / spans:4.1f}" for count in counts)
            print(f"         {name:63} {shown}; {each}{f'; {wrong} spans differ from the gold' if wrong else ''}")
            rows.append(f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |")
            differing += wrong
    if differing:
        raise SystemExit(f"{differing} spans differ from the gold: {_PAGE.name} stays as it is")
    text = _PAGE.read_text("utf-8")
    before, head, after = text.partition("| work | keys | clicks | drags |\n|---|---|---|---|\n")
    _, _, rest = after.partition("\n\n")
    _PAGE.write_text(f"{before}{head}{chr(10).join(rows)}\n\n{rest}", "utf-8")


def measure(
    studio: Studio, articles: list[Document], scheme: Scheme, way: Way, folder: Path, title: str
) -> tuple[Effort, int]:
    """Return the effort for all articles, and the number of differences from the gold at their ends."""
    layer = Layer(annotator="rules")
    bare = [msgspec.structs.replace(document, spans=(), layer=layer) for document in articles]
    if way.suggested:
        found = load_extractor("rules", scheme).extract(bare)
        bare = [
            msgspec.structs.replace(document, spans=tuple(spans)) for document, spans in zip(bare, found, strict=True)
        ]
    path = folder / "articles.jsonl"
    write_records(path, bare, scheme)
    pushed = studio.run("push", str(path), "--project", title, "--json")
    assert pushed.returncode == 0, pushed.stderr
    total, wrong = Effort(), 0
    with open_browser() as browser:
        hand = Hand(browser.new_page(), studio, scheme)
        hand.log_in()
        if not way.selects:
            hand.page.evaluate("() => localStorage.setItem('labelStudio:settings', '{\"selectAfterCreate\": false}')")
        hand.label_all(json.loads(pushed.stdout)["project"]["id"], marked=way.suggested)
        for number, document in enumerate(articles):
            if number:
                hand.page.wait_for_function(
                    f"() => document.querySelector('.goldspan-head')?.innerText.startsWith('{document.id}')"
                )
                hand.wait(marked=way.suggested)
            hand.begin(document)
            annotate(hand, way)
            with hand.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as sent:
                hand.press("ControlOrMeta+Enter")
            wrong += differences(hand, dict(sent.value.request.post_data_json or {})["result"])
            total += hand.effort
    return total, wrong
