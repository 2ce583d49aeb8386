"""A synthetic corpus: records with 2.5 kB of text and 25 spans, all different."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from typing import Any

_WORDS = (
    "the forces attacked a base near Iraq and said that Iran-backed groups would “respond” to Syria’s strikes on "
    "Friday while Kyiv and El Fasher reported three drones"
).split()


def lines(count: int, *, characters: int = 2500, spans: int = 25) -> Iterator[bytes]:
    """Yield records as JSON lines, the same ones on every run."""
    rng = random.Random(17)
    for number in range(count):
        words: list[str] = []
        length = 0
        while length < characters:
            words.append(rng.choice(_WORDS))
            length += len(words[-1]) + 1
        text = " ".join(words)
        record = {
            "id": f"article-{number:07d}",
            "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "meta": {"title": None, "published": "2023-11-07", "publisher": None, "url": None},
            "zones": [{"start": 0, "end": len(words[0]), "kind": "stamp"}],
            "spans": list(_spans(rng, text, spans)),
            "layer": {"annotator": "bench", "scheme": "conflict-news@1", "created": "2026-11-20T00:00:00Z"},
        }
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _spans(rng: random.Random, text: str, count: int) -> Iterator[dict[str, Any]]:
    words = [match.span() for match in re.finditer(r"[^\W_]+(?=[ -]|$)", text) if match.start() >= 20]
    step = len(words) // count
    for number in range(count):
        first = number * step + rng.randrange(step)
        label = ("ACTOR", "ACTOR", "LOCATION", "DATE", "COUNT")[number % 5]
        yield {
            "start": words[first][0],
            "end": words[first][1],
            "label": label,
            "value": _value(rng, label),
            "source": "bench",
        }


def _value(rng: random.Random, label: str) -> dict[str, Any]:
    if label == "ACTOR":
        return {"kind": "armed_group", "id": f"group-{rng.randrange(1000)}"}
    if label == "LOCATION":
        place = {"lat": rng.uniform(-90, 90), "lon": rng.uniform(-180, 180), "country": "IRQ"}
        return {"kind": "settlement", "id": f"geonames:{rng.randrange(10**7)}", **place}
    if label == "DATE":
        return {"edtf": f"{rng.randrange(2000, 2025)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"}
    minimum = rng.randrange(100)
    return {"min": minimum, "max": minimum + rng.randrange(9), "approx": False, "unit": "attack"}
