"""Documents as hard on offsets as articles can be, by a seed."""

from __future__ import annotations

import random
from typing import Any
from unicodedata import category

from goldspan.schema import Document, Layer, Metadata, Scheme, Span, Zone

_PIECES = (
    "Kyiv", "the U.S.", "😀", "👨‍👩‍👧", "José", "Jose\u0301", "ريف دمشق", "\U0001d49c", "e\u0301\u0302", "\ufeff", "A\u200bB",
    "<b>bold</b>", "&amp;", "<script>alert(1)</script>", '"quoted"', "it's", "100%", "%20", "back\\slash", "{{x}}", "$text",
    "12", "at least 24", "on Friday", "中文", "naïve", "\u2028", "\u00a0",
)  # fmt: skip
_BLANKS = (" ", " ", " ", "  ", "\n", "\r\n", "\n\n", "\t", "\r")


def make_document(seed: int, scheme: Scheme, *, pieces: int = 40, annotator: str = "rules") -> Document:
    """A document whose spans keep the scheme's rules: they begin and end with letters or digits."""
    choose = random.Random(seed)
    text = choose.choice(("", "", " ", "\n\n  "))
    places: list[tuple[int, int]] = []
    for _ in range(pieces):
        piece = choose.choice(_PIECES)
        if piece not in ("it's", "the U.S.") and all(category(end)[0] in "LMN" for end in (piece[0], piece[-1])):
            places.append((len(text), len(text) + len(piece)))
        text += piece + choose.choice(_BLANKS)
    spans = []
    start = 0
    while start < len(places):
        width = choose.choice((1, 1, 1, 2, 3))
        group = places[start : start + width]
        if choose.random() < 0.6:
            label = choose.choice(list(scheme.labels))
            spans.append(
                Span(
                    group[0][0],
                    group[-1][1],
                    label,
                    _value(label, choose, scheme),
                    score=choose.choice((None, 0.5, 0.875)),
                    note=choose.choice((None, None, "look <again> & «twice»")),
                    unsure=choose.random() < 0.1,
                )
            )
        start += width
    name = choose.choice((f"d{seed}", f"folder/d {seed}#1", f"d{seed}, \"q\" 'a' %20 ü 😀 \\"))
    meta = Metadata(title=choose.choice((None, "A <title> & more")), published=choose.choice((None, "2023-11-07")))
    zones = (Zone(0, 1, "stamp"),) if text[0].strip() and not any(s.start == 0 for s in spans) else ()
    extra = {"kept": [1, None]} if choose.random() < 0.3 else None
    layer = Layer(annotator=annotator, scheme=scheme.ref, scheme_sha256=scheme.fingerprint)
    return Document(id=name, text=text, meta=meta, zones=zones, spans=tuple(spans), layer=layer, extra=extra)


def _value(label: str, choose: random.Random, scheme: Scheme) -> Any:
    if choose.random() < 0.2:
        return None
    if label == "ACTOR":
        return scheme.value(label, kind=choose.choice((None, "state")), id=choose.choice((None, "made-up", "zz & co")))
    if label == "LOCATION":
        point = choose.choice(({}, {"lat": 0.0, "lon": -179.999999}, {"lat": 33.5138, "lon": 36.2765}))
        return scheme.value(label, kind="settlement", id="nowhere-town", country=choose.choice((None, "SYR")), **point)
    if label == "DATE":
        return scheme.value(label, edtf=choose.choice(("2023-11-07", "2023-11", "2023-10-29/2023-11-04", "202X/..")))
    low = choose.choice((None, 0, 3))
    high = choose.choice((None, 3, 10**12))
    return scheme.value(label, min=low, max=high, approx=choose.random() < 0.5, unit=choose.choice((None, "killed")))
