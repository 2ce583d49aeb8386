"""A hand at the page of an annotator, whose keys, clicks and drags are counted.

A key pressed together with Alt or Ctrl counts once, as does each character that is typed. Scrolling and reading are not
counted, and a double click counts as two clicks. After each action the hand waits until the page shows its result, and
what the service that marks the same words makes of it, however long that takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from goldspan.annotate.label_studio.mapping.controls import Control
from goldspan.annotate.label_studio.mapping.hotkeys import MODIFIER, hotkeys
from goldspan.annotate.label_studio.mapping.labeling_config import UNSURE
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.schema import Document, Scheme, Span
from tests.annotator import Annotator
from tests.studio_server import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


_PAGE = "Htx.annotationStore.selected"
_SELECTED = f"{_PAGE}.highlightedNode?.cleanId ?? null"
_DRAWN = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))"
# twice, as what the page draws first may change what it draws
_WRITING = "['INPUT', 'TEXTAREA'].includes(document.activeElement.tagName)"


@dataclass
class Effort:
    """What a hand did."""

    keys: int = 0
    clicks: int = 0
    drags: int = 0

    def __add__(self, other: Effort) -> Effort:
        """Add up what was done in several documents."""
        return Effort(self.keys + other.keys, self.clicks + other.clicks, self.drags + other.drags)


class Hand(Annotator):
    """An annotator whose keys, clicks and drags are counted.

    Attributes:
        effort: What was done in the current document.
        document: The current document, with its gold.
        scheme: Its scheme.
        names: Keys of labels and choices, as `hotkeys` returns them.
    """

    def __init__(self, page: Page, studio: Studio, scheme: Scheme) -> None:
        super().__init__(page, studio, Path())
        self.scheme = scheme
        self.names = {name: key.removeprefix(MODIFIER) for name, key in hotkeys(scheme, UNSURE).items()}
        self.begin(Document(id="none", text="", spans=()))

    def begin(self, document: Document) -> None:
        """Begins a document."""
        self.effort = Effort()
        self.document = document

    def press(self, key: str) -> None:
        """Presses a key, or several at once."""
        super().press(key)
        self.effort.keys += 1

    def type(self, words: str) -> None:
        """Types words where the focus is."""
        self.page.keyboard.type(words)
        self.effort.keys += len(words)

    def type_number(self, number: str) -> None:
        """Types a number. The page drops the zero in `48.0`, on the way to `48.09`, so there the point comes last."""
        whole, _, decimals = number.partition(".")
        if "0" not in decimals:
            self.type(number)
            return
        self.type(whole + decimals)
        for _ in decimals:
            self.page.keyboard.press("ArrowLeft")
        self.type(".")
        self.effort.keys += len(decimals)

    def settle(self) -> None:
        """Waits until the page has drawn what it was told, and what the service that marks the same words answered.

        The page asks the service after it has drawn, and draws its answer.
        """
        self.page.evaluate(_DRAWN)
        self.page.wait_for_function("() => !Htx.awaitingSuggestions")
        self.page.evaluate(_DRAWN)

    def drag_over(self, span: Span) -> None:
        """Drags over the words of a span, which are then marked."""
        before = self._count_regions()
        words, which = self._words(span)
        self.drag(words, which=which)
        self._wait_for_region(before)
        self.effort.drags += 1

    def double_click_on(self, span: Span) -> None:
        """Double-clicks the word of a span, which is then marked."""
        before = self._count_regions()
        place = self.place(*self._words(span))
        self.page.mouse.dblclick((place["left"] + place["right"]) / 2, place["top"])
        self._wait_for_region(before)
        self.effort.clicks += 2

    def is_word(self, span: Span) -> bool:
        """Whether a double click selects just the words of a span: "Iran", but not "Iran" in "Iran's"."""
        text = self.document.text or ""
        joined = re.search(r"\w['’.,:·]?$", text[: span.start]) or re.match(r"['’.,:·]?\w", text[span.end :])
        return re.fullmatch(r"\w+", self.document.surface(span)) is not None and joined is None

    def click_on(self, span: Span) -> None:
        """Clicks the mark of a span."""
        place = self.place(*self._words(span))
        self.page.mouse.click(place["left"] + 4, place["top"])
        # a region may have blanks at its ends
        covers = "at && at.start <= start && end <= at.end"
        self.page.wait_for_function(
            f"([start, end]) => {{ const at = {_PAGE}.highlightedNode?.globalOffsets; return {covers}; }}",
            arg=[span.start, span.end],
        )
        self.settle()
        self.effort.clicks += 1

    def click_aside(self) -> None:
        """Clicks where nothing is, which ends the writing in a field."""
        self.page.locator(".goldspan-head").click()
        self.page.wait_for_function(f"() => !({_WRITING})")
        self.settle()
        self.effort.clicks += 1

    def writing(self) -> bool:
        """Whether a field has the focus, where keys are letters."""
        return bool(self.page.evaluate(f"() => {_WRITING}"))

    def click_into(self, control: Control) -> None:
        """Clicks into a field, or on the pencil of what stands there."""
        self.into(control.name)
        self.page.wait_for_function(f"() => {_WRITING}")
        self.settle()
        self.effort.clicks += 1

    def move_bound(self, wanted: Span, side: str) -> None:
        """Drags the handle at a side of the selected span to where that of another span is."""
        place = self.place(*self._words(wanted))  # first: it scrolls, and with the text the handle moves
        handle = self.page.locator(f".goldspan-text .__resize_{side}").last.bounding_box()
        assert handle is not None
        x, y = (place["left"] + 0.6, place["top"]) if side == "left" else (place["right"] - 0.4, place["bottom"])
        mouse = self.page.mouse
        mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        mouse.down()
        mouse.move(x - 3, y, steps=4)
        mouse.move(x, y, steps=3)
        mouse.up()
        self.page.wait_for_function(
            f"([side, bound]) => {_PAGE}.highlightedNode?.globalOffsets?.[side] === bound",
            arg=["start", wanted.start] if side == "left" else ["end", wanted.end],
        )
        self.settle()
        self.effort.drags += 1

    def selected(self) -> str | None:
        """The id of the selected region."""
        found = self.page.evaluate(f"() => {_SELECTED}")
        return None if found is None else str(found)

    def marked_spans(self) -> list[Span]:
        """What the page holds, as a pull would read it; `id` is that of the region."""
        results = self.page.evaluate(f"() => {_PAGE}.serializeAnnotation()")
        regions: dict[str, list[Any]] = {}
        for result in results:
            regions.setdefault(result["id"], []).append(result)
        spans = [
            msgspec.structs.replace(span, id=name)
            for name, own in regions.items()
            for span in spans_of(own, self.document.text or "", self.scheme).spans
        ]
        return sorted(spans, key=lambda span: (span.start, span.end))

    def _count_regions(self) -> int:
        return int(self.page.evaluate(f"() => {_PAGE}.regions.length"))

    def _wait_for_region(self, before: int) -> None:
        self.page.wait_for_function(f"before => {_PAGE}.regions.length > before", arg=before)
        self.settle()

    def _words(self, span: Span) -> tuple[str, int]:
        """The words of a span, and how often they stand before it; the page's text has no line breaks."""
        text = self.document.text or ""
        flat, start = text.replace("\n", ""), span.start - text.count("\n", 0, span.start)
        words = self.document.surface(span).replace("\n", "")
        times, at = 0, flat.find(words)
        while at < start:
            times, at = times + 1, flat.find(words, at + 1)
        return words, times
