"""Documents and pages that the tests of the report share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goldspan.schema import Document, Metadata, Scheme, Span

TEXT = "😀 The US struck Kyiv.\r\nIran lost 5 men on Friday. <script>window.pwned = 1</script>"
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>"


def at(surface: str, label: str, value: Any = None, text: str = TEXT, **more: Any) -> Span:
    start = text.index(surface)
    return Span(start, start + len(surface), label, value, **more)


def documents(scheme: Scheme) -> tuple[list[Document], list[Document]]:
    count = scheme.value("COUNT", min=5, max=None, approx=False, unit="killed")
    other = scheme.value("COUNT", min=6, max=None, approx=False, unit="killed")
    gold = [
        at("US", "ACTOR"),
        at("Kyiv", "LOCATION"),
        at("Iran", "ACTOR"),
        at("5", "COUNT", count),
        at("Friday", "DATE"),
    ]
    system = [
        at("US", "ACTOR"),
        at("Kyiv.", "LOCATION"),
        at("Iran", "LOCATION"),
        at("5", "COUNT", other),
        at("men", "ACTOR", note=HOSTILE),
    ]
    meta = Metadata(title=HOSTILE, published="2023-11-07")
    plain = Document(id="b", text="Nothing here.", spans=())
    return (
        [Document(id="a", text=TEXT, meta=meta, spans=tuple(gold)), plain],
        [Document(id="a", text=TEXT, spans=tuple(system)), plain],
    )


def write(path: Path, page: Any) -> str:
    path.write_text("".join(page.html()), encoding="utf-8", newline="")
    return path.as_uri()
