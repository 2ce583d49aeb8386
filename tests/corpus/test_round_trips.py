"""Whatever is written comes back: in every format that is installed, but for what the format says that it cannot hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from operator import ne
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from goldspan.corpus.formats import CONTENTS, LossReport, ReadReport, detect_format, load_format, load_writer, read_any
from goldspan.corpus.formats.format_export import export_documents
from goldspan.corpus.formats.format_interface import FormatReader
from goldspan.corpus.formats.format_registry import writable_formats
from goldspan.schema import DataError, Document, Layer, Metadata, Scheme, Span

from ..odd_labels import NAMES, SCHEME, VALUES, scheme_of

FORMATS = sorted(form.name for form in writable_formats())

MANY = scheme_of([*NAMES, *(f"Label no. {n}" for n in range(1000 - len(NAMES)))], 3)


def spans_of(text: str, *bounds: tuple[int, int]) -> tuple[Span, ...]:
    """Spans with labels and values that take turns; without bounds, one at each end and one in the middle."""
    half, third = len(text) // 2, max(1, len(text) // 3)
    chosen = bounds or ((0, third), (half, half + 1), (len(text) - third, len(text)))
    return tuple(
        SCHEME.span(start, end, NAMES[(number * 7 + len(text)) % len(NAMES)], **VALUES[number % len(VALUES)])
        for number, (start, end) in enumerate(sorted(set(chosen)))
    )


TEXTS = {
    "plain": "Iran struck three bases in eastern Syria.",
    "emoji": "\U0001f525\U0001f469\u200d\U0001f680 met \U0001f1eb\U0001f1f7 at \U0001f3e0.",
    "combining marks": "E\u0301te\u0301 a\u0300 l\u2019e\u0301tranger, Zalgo\u0351\u0352.",
    "right to left": "قال المتحدث إن القوات وصلت إلى \u200fحلب\u200e يوم 5 مايو.",
    "CRLF": "One line.\r\nAnother line.\r\n\r\nA third one.",
    "line and paragraph separators": "First part.\u2028Second part.\u2029Third part.",
    "next line and other breaks": "Left\x85right\x0bdown\x0cpage\x1cgroup end.",
    "blanks": "\u00a0no\u2003break\u3000wide\u200bzero \t tab.",
    "byte order mark": "\ufeffMarked at its \ufeff beginning.",
    "not in the basic plane": "\U00010348\U00020bb7野家 shop.",
    "markup": '<doc id="1">a & b</doc> # goldspan {} \\n "x"\t-DOCSTART- O',
    "column by column": "Word\tB-PER\t0:4",
    "control characters": "bell\x07 and escape\x1b[0m and delete\x7f.",
    "NUL": "nothing\x00here.",
    "one character": "a",
    "long word": "w" * 400,
}
REFUSABLE = {"NUL", "control characters", "next line and other breaks", "empty", "nothing but blanks"}
"""Documents that a format may refuse, if it says so."""
MARKED = {"iob2": {"markup"}, "bioes": {"markup"}}
"""Documents with words that are markers in these formats, which refuse them."""
ONLY_READ = {"webanno": {"annotators"}, "xmi": {"annotators"}}
"""What the readers of these formats take from whole projects, and single files, which are written, have no place for."""


def documents() -> dict[str, Document]:
    found = {name: Document(id=name, text=text, spans=spans_of(text)) for name, text in TEXTS.items()}
    text = "Ann Bob and Cem went home to Dar es Salaam at once."
    shapes = {
        "touching": ((0, 3), (3, 4), (4, 7)),
        "overlapping": ((0, 7), (4, 11), (6, 9)),
        "nested": ((0, len(text)), (4, 7), (4, 15)),
        "within words": ((1, 2), (9, 13)),
        "whole": ((0, len(text)),),
    }
    for name, bounds in shapes.items():
        own = f"{name.title()}: {text}" if name == "whole" else text.replace("home", f"home ({name})")
        found[name] = Document(id=name, text=own, spans=spans_of(own, *bounds))
    twice = tuple(SCHEME.span(0, 9, label, kind="plain") for label in NAMES[:3])
    found["same bounds"] = Document(id="same bounds", text="Two names of one thing.", spans=twice)
    found["empty"] = Document(id="empty", text="", spans=())
    found["nothing but blanks"] = Document(id="nothing but blanks", text=" \n\t ", spans=())
    found["no spans"] = Document(id="no spans", text="Nobody said anything today.", spans=())
    odd = 'id/ with: odd \u2028 \U0001f600 "characters" ..'
    found[odd] = Document(id=odd, text="Its name is odd.", spans=(SCHEME.span(0, 3, NAMES[0]),))
    said = {"note": 'a "remark"\n<b>', "unsure": True, "id": "s1", "extra": {"x": [1]}}
    full = tuple(replace(span, **said) for span in spans_of("Everything is said of it."))
    meta = Metadata(title="A <title>\u2028", published="2023-11-07", url="https://example.org/?a=1&b=2", language="en")
    layer = Layer(annotator="ann o'tator", created="2024-01-02T03:04:05Z", lead_time=1.5, note="all of it")
    found["full"] = Document(
        id="full", text="Everything is said of it.", spans=full, meta=meta, layer=layer, extra={"free": {"y": None}}
    )
    scored = tuple(replace(span, score=0.25, source="rules") for span in spans_of("It was found by rules alone."))
    found["scored"] = Document(id="scored", text="It was found by rules alone.", spans=scored)
    return {name: document.with_hash() for name, document in found.items()}


DOCUMENTS = documents()


def round_trip(name: str, items: Sequence[Document], scheme: Scheme, folder: Path) -> tuple[list[Document], LossReport]:
    """The documents as they come back, and what the writer said that it could not hold."""
    count, loss = export_documents(items, load_writer(name), folder, scheme)
    reader = name if isinstance(load_format(name), FormatReader) else "conll"  # which reads tags without records
    assert detect_format(folder).name == reader
    found = list(read_any(folder, scheme, ReadReport(), name=reader))
    assert len(found) == count
    return found, loss


def holds(name: str) -> set[str]:
    held = set(getattr(load_format(name), "holds", ()))
    assert held <= CONTENTS.keys(), f"{name}: what it holds is not in the words of CONTENTS"
    return held - ONLY_READ.get(name, set())


def trimmed(document: Document) -> tuple[Document, int]:
    """The document without blanks at the ends of its spans, and the number of spans that had some."""
    spans = []
    for span in document.spans:
        words = document.surface(span)
        start = span.start + len(words) - len(words.lstrip())
        spans.append(replace(span, start=start, end=start + len(words.strip())) if words.strip() else span)
    changed = sum(map(ne, spans, document.spans))
    return replace(document, spans=tuple(sorted(spans, key=_place))), changed


def pairs(before: Sequence[Document], after: Sequence[Document], held: set[str]) -> list[tuple[Document, Document]]:
    """Each document with what came back of it: by ids, or by the words of the texts where a format holds no ids."""

    def key(document: Document) -> str:
        return document.id if "ids" in held else "".join((document.text or "").split())

    assert Counter(map(key, after)) == Counter(map(key, before))
    return list(zip(sorted(before, key=key), sorted(after, key=key), strict=True))


def check(before: Document, after: Document, held: set[str]) -> int:
    """Checks that a document came back, and returns how many of its spans did not."""
    if "text" in held or "record" in held:
        missing = Counter(map(_place, before.spans)) - Counter(map(_place, after.spans))
        assert not Counter(map(_place, after.spans)) - Counter(map(_place, before.spans)), "spans from nowhere"
    else:  # a text of tokens has other blanks
        before_words = Counter((span.label, _words(before, span)) for span in before.spans)
        after_words = Counter((span.label, _words(after, span)) for span in after.spans)
        assert not after_words - before_words, "words from nowhere"
        missing = before_words - after_words
    if "text" in held:
        assert after.text == before.text
    if {*CONTENTS} - {"text"} <= held:
        kept = tuple(span for span in before.spans if not missing[_place(span)])
        expected = replace(before, spans=kept)
        if "text" not in held:
            expected = replace(expected, text=None, text_length=len(before.text or ""))
        assert after == expected
        return missing.total()
    for what, of_document in _CONTENTS.items():
        if what in held and not missing:
            assert of_document(after) == of_document(before), what
    return missing.total()


def _place(span: Span) -> Any:
    return span.start, span.end, span.label


def _words(document: Document, span: Span) -> str:
    return "".join(document.surface(span).split())


_CONTENTS = {
    "ids": lambda document: document.id,
    "values": lambda document: Counter((s.label, msgspec.json.encode(s.value)) for s in document.spans),
    "notes": lambda document: Counter((s.label, s.note) for s in document.spans),
    "scores": lambda document: Counter((s.label, s.score) for s in document.spans),
    "annotators": lambda document: document.layer and document.layer.annotator,
    "metadata": lambda document: document.meta,
}
_LOST = {
    "ids": "ids of documents",
    "values": "value",
    "notes": "note",
    "scores": "score",
    "annotators": "annotator|layer",
    "metadata": "metadata|title",
}
"""The words in which a report says what a format cannot hold."""
TRIMMED = "blanks at the ends of spans"
_SPANS_LOST = re.compile(r"^spans (?!.*(listed|keeps))")


@pytest.mark.parametrize("name", FORMATS)
def test_documents_come_back_but_for_what_the_report_names(name: str, tmp_path: Path) -> None:
    held = holds(name)
    items = dict(DOCUMENTS)
    while True:
        try:
            found, loss = round_trip(name, [*items.values()], SCHEME, tmp_path / "all")
            break
        except DataError as error:  # one at a time, for the others are to come back
            refused = error.problems[0]
            assert refused.fix and refused.document in (REFUSABLE | MARKED.get(name, set())) & items.keys(), str(error)
            assert not (tmp_path / "all").exists()
            del items[refused.document]
    given = [*items.values()]
    if TRIMMED in loss.counts:
        given = [trimmed(document)[0] for document in given]
        assert loss.counts[TRIMMED] == sum(trimmed(document)[1] for document in items.values())
    missing = sum(check(document, after, held) for document, after in pairs(given, found, held))
    assert missing == sum(count for kind, count in loss.counts.items() if _SPANS_LOST.search(kind)), loss.summary()
    for what, word in _LOST.items():
        named = [kind for kind in loss.counts if re.search(word, kind)]
        assert bool(named) != (what in held) or (what in held and name == "standoff"), f"{what}: {loss.summary()}"


@pytest.mark.parametrize("name", FORMATS)
def test_a_thousand_labels_of_any_name_come_back(name: str, tmp_path: Path) -> None:
    text = " ".join(f"word{n}" for n in range(1000))
    spans, at = [], 0
    for number, label in enumerate(MANY.labels):
        parts = VALUES[0] if number < 3 else {}
        spans.append(MANY.span(at, at + len(f"word{number}"), label, **parts))
        at = spans[-1].end + 1
    document = Document(id="many", text=text, spans=tuple(spans)).with_hash()
    [found], loss = round_trip(name, [document], MANY, tmp_path / "out")
    assert check(document, found, holds(name)) == 0
    assert not [kind for kind in loss.counts if _SPANS_LOST.search(kind)]
