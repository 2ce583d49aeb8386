"""What is annotated in the files of a version: a scheme with every type of value, records with every field, and maps."""

from __future__ import annotations

import hashlib
from typing import Any

from ..conftest import record, span

SCHEME = """\
name = "field-notes"
version = 1
title = "Field notes"
description = "A scheme with every type of value."
guidelines = "1.0"

[spans]
overlap = true
boundaries = "any"

[labels.PARTY]
definition = "Who acts."
colour = "#aa0000"
hotkey = "p"
key = "Party"
correct = [["actor"]]
not_first = ["the"]
examples = ["the [Red Cross] came"]
[labels.PARTY.fields]
actor = { type = "identifier", authority = "actors" }
court = { type = "identifier", table = "courts.csv" }
kind = { type = "choice", choices = ["court", "relief", "other"] }
note = { type = "text" }

[[labels.PARTY.patterns]]
regex = '\\bRed Cross\\b'
value = { kind = "relief" }

[labels.SITE]
definition = "Where."
[labels.SITE.fields]
place = { type = "identifier", authority = "places" }
country = { type = "identifier", authority = "iso-3166-1" }
point = { type = "coordinates" }

[labels.TIME]
definition = "When, and for how long."
[labels.TIME.fields]
date = { type = "edtf" }
length = { type = "duration" }

[labels.TOLL]
definition = "How many."
[labels.TOLL.fields]
toll = { type = "interval" }
fate = { type = "choice", choices = ["killed", "injured", "displaced"] }
confirmed = { type = "boolean" }

[labels.SIZE]
definition = "How much."
[labels.SIZE.fields]
cost = { type = "money" }
width = { type = "number", units = { km = 1000, m = 1 } }
speed = { type = "number", unit = "UCUM" }

[labels.THING]
definition = "What."
[labels.THING.fields]
item = { type = "wikidata" }
state = { type = "choices", choices = ["burnt", "flooded", "lost"] }

[zones]
byline = "the line of the author"

[zones.note]
definition = "a note of the editors"
patterns = ['^Note:.*$']
"""

NEXT_SCHEME = (
    SCHEME.replace("version = 1", "version = 2", 1)
    .replace("[labels.TOLL]", "[labels.DEATHS]")
    .replace(
        "[labels.TOLL.fields]",
        '[labels.HARM]\ndefinition = "Others."\n[labels.HARM.fields]\nreach = { type = "text" }\n\n[labels.DEATHS.fields]',
    )
    .replace("[labels.THING]", "[labels.OBJECT]")
    .replace("[labels.THING.fields]", "[labels.OBJECT.fields]")
)

MAP = """\
[labels]
THING = "OBJECT"

[[labels.TOLL.split]]
to = "DEATHS"
where = { fate = "killed" }

[[labels.TOLL.split]]
to = "HARM"
where = { fate = "displaced" }
fields = { toll = "", fate = "", confirmed = "" }
"""

SMALL_SCHEME = """\
name = "small"
version = 3

[labels.SITE]
definition = "Where."
fields.kind = { type = "choice", choices = ["town", "river"] }
"""
"""For datasets, which describe every field at length."""

COURTS = "id,names,kind\ncourt-1,First Court|Court One,court\n"

WORDS = "name,label\nGoma,SITE\nsix men,TOLL\n"

CONFIGURATION = """\
scheme = "scheme.toml"
hints = false

[score]
seed = 7
fail-under = ["spans.strict.micro.f1=0.1"]
training = "ada.jsonl"
"""

ABOUT = """\
title = "Field notes"
version = "1.0.0"
authors = ["Ada Example"]
licence = "CC-BY-4.0"
made = "Written for tests."
"""

LABEL_MAP = 'PER = "PARTY"\n"*" = ""\n'

SUPPRESSED: list[dict[str, Any]] = [
    {"check": "registry", "document": "a", "start": 13, "end": 22, "reason": "it is right", "surface": "Red Cross"}
]

TEXT = (
    "By Ada Byron\nThe Red Cross said on 5 May that a flood 3 km wide, which ran at 5 m/s for three days, took six men "
    "and 20 EUR from Goma.\nNote: “naïve” 𝒢.\n"
)


def _at(surface: str, label: str, value: Any = None, **more: Any) -> dict[str, Any]:
    start = TEXT.index(surface)
    return span(start, start + len(surface), label, value, **more)


SPANS = [
    _at(
        "Red Cross",
        "PARTY",
        {"actor": "red-cross", "court": "court-1", "kind": "relief", "note": "as “named”"},
        id="s1",
        score=0.75,
        source="rules",
        origin="prediction-changed",
        passes=["ada", "ben"],
        decision={"by": "cy", "reason": "it is one name"},
        note="a name",
        unsure=True,
        extra={"k": [1, None]},
    ),
    _at("5 May", "TIME", {"date": "2024-05-05", "length": None}, id="s2"),
    _at("three days", "TIME", {"date": "2024-05/..", "length": "P3D"}),
    _at("flood", "THING", {"item": "Q8068", "state": ["flooded", "lost"]}),
    _at("3 km", "SIZE", {"width": 3.0, "width_unit": "km"}),
    _at("5 m/s", "SIZE", {"speed": 5.0, "speed_unit": "m/s"}),
    _at("six men", "TOLL", {"min": 6, "max": None, "approx": True, "fate": "killed", "confirmed": False}),
    _at("men", "PARTY"),
    _at("20 EUR", "SIZE", {"cost": 20.0, "cost_currency": "EUR"}),
    _at("Goma", "SITE", {"place": "geonames:216281", "country": "COD", "lat": -1.67409, "lon": 29.22845}),
]

LAYER: dict[str, Any] = {
    "annotator": "ada",
    "annotator_kind": "person",
    "annotator_family": "people",
    "scheme": "field-notes@1",
    "scheme_sha256": "0" * 64,
    "created": "2024-05-06T07:08:09Z",
    "guidelines": "1.0",
    "lead_time": 12.5,
    "skipped": True,
    "draft": False,
    "note": "done",
    "suggestions_shown": ["rules"],
    "chosen_by": ["random"],
    "passes": ["ada", "ben"],
    "extractor_version": "1.2",
    "extra": {"mine": {"deep": [True]}},
    "invalid_annotations": [{"results": [{"id": "x", "value": {"start": 1}}], "reason": "no label"}],
}


def records(fingerprint: str) -> list[dict[str, Any]]:
    """Records under the scheme with a fingerprint, the first of which has every field but `text_length`."""
    return [
        record(
            "a",
            TEXT,
            spans=SPANS,
            zones=[
                {"start": 0, "end": 12, "kind": "byline"},
                {"start": TEXT.index("Note"), "end": len(TEXT) - 1, "kind": "note"},
            ],
            text_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
            meta={
                "title": "Flood",
                "published": "2024-05-06",
                "publisher": "Notes",
                "url": "https://example.org/a",
                "language": "en",
            },
            layer={**LAYER, "scheme_sha256": fingerprint},
            extra={"desk": "east", "tags": ["x", 1.5, None]},
        ),
        record(
            "b",
            "Goma lost six men.",
            spans=[span(0, 4, "SITE"), span(10, 17, "TOLL", {"min": 6, "max": 6, "fate": "injured"})],
        ),
        record("c", "Nothing happened.", spans=[]),
    ]


def draft_record() -> dict[str, Any]:
    """A record of a pass that its annotator has not submitted."""
    return record("a", "Goma lost six men.", spans=[span(0, 4, "SITE")], layer={"annotator": "ada", "draft": True})


def small_records() -> list[dict[str, Any]]:
    """Records under the small scheme."""
    sites = [{"kind": "town"}, None, {"kind": None}]
    return [record(f"d{n}", "Goma lost.", spans=[span(0, 4, "SITE", value)]) for n, value in enumerate(sites)]


def plain_records(annotator: str, count: int = 12) -> list[dict[str, Any]]:
    """Records of a pass or system, of which each annotator has others."""
    text = "Goma lost six men."
    site, toll = (
        span(0, 4, "SITE", {"place": "geonames:216281"}),
        span(10, 17, "TOLL", {"min": 6, "max": 6, "fate": "killed"}),
    )
    wrong = span(10, 13, "TOLL")
    chosen = {"ada": [[site, toll]], "ben": [[site, toll], [site, wrong]], "cy": [[toll], [site, toll], [wrong]]}[
        annotator
    ]
    return [
        record(
            f"d{n:02}",
            text,
            spans=chosen[n % len(chosen)],
            layer={"annotator": annotator},
            meta={"published": f"2024-0{1 + n % 2}-01"},
        )
        for n in range(count)
    ]


PART_SIZE = 70


def long_record() -> dict[str, Any]:
    """A document that is cut into parts, with characters of several code points and a zone across a cut."""
    paragraphs = [f"Paragraph {number} 👩‍🔬: İsrail struck Tyre, and nobody was hurt there." for number in range(1, 5)]
    text = "\n\n".join(paragraphs)
    zones = [{"start": 0, "end": 9, "kind": "byline"}, {"start": 60, "end": 80, "kind": "note"}]
    return record("long", text, meta={"title": "A long one", "published": "2024-05-06"}, zones=zones, extra={"k": [1]})
