"""Dates of corpora that other conventions annotate: `python -m benchmarks.extractors.dates FILE…`.

A file has one record a line: `text`, `meta.published` and `spans` with the label DATE and a value with `edtf`. What
lies within another span is left out, because layers are flat here. The figures compare conventions as well as systems:

- WikiWars (TIMEX2) gives "early October" the whole month, a season a value ("1942-SU"), and also marks durations,
  frequencies and phrases anchored in events ("three days later"); here these are no dates, or have no value.
- Recognizers-Text gives "May 5" no year, marks times of day alone, durations and "now", and takes prepositions into
  spans ("since 2015").

Spans are scored as `goldspan score` does. Beside the values of all strictly matched spans stand those of the spans to
which the source gives a value that EDTF can express.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldspan import score
from goldspan.annotate.rules import Rules
from goldspan.schema import Document, Metadata, Scheme, Span, conflict_scheme
from goldspan.schema.edtf import edtf_error


def main(paths: list[str]) -> None:
    """Print strict and relaxed F1 of each file, and the accuracy of values of strictly matched spans."""
    scheme = conflict_scheme()
    rules = Rules(scheme)
    for path in paths:
        gold = list(_documents(Path(path), scheme))
        system = [
            Document(id=d.id, text=d.text, spans=tuple(s for s in spans if s.label == "DATE"), meta=d.meta)
            for d, spans in zip(gold, rules.extract(gold), strict=True)
        ]
        result = score(gold, system, labels=["DATE"], resamples=0).to_dict()["systems"][0]
        strict, relaxed = (result["spans"][measure]["micro"]["f1"] for measure in ("strict", "type"))
        print(f"{path}: strict F1 {strict:.3f}, relaxed {relaxed:.3f}")
        print(f"  values right of matched spans: {result['values']['DATE']['value_accuracy']:.3f}")
        print(f"  of those to which the source gives one: {_known_values(gold, system)}")


def _documents(path: Path, scheme: Scheme) -> Iterator[Document]:
    """Yield the documents of a file with the outermost of their spans."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        spans: list[Span] = []
        for span in sorted(record["spans"], key=lambda span: (span["start"], -span["end"])):
            if not spans or span["start"] >= spans[-1].end:
                spans.append(Span(span["start"], span["end"], "DATE", _value(span, scheme)))
        meta = Metadata(published=record["meta"]["published"])
        yield Document(id=record["id"], text=record["text"], spans=tuple(spans), meta=meta)


def _value(span: dict[str, Any], scheme: Scheme) -> Any:
    edtf = (span["value"] or {}).get("edtf")
    return scheme.value("DATE", edtf=edtf) if edtf and edtf_error(edtf) is None else None


def _known_values(gold: list[Document], system: list[Document]) -> str:
    """Return how many of the matched spans with a value in the gold have that value."""
    right = matched = 0
    for document, found in zip(gold, system, strict=True):
        values = {(span.start, span.end): span.value for span in found.spans}
        for span in document.spans:
            if span.value is not None and (span.start, span.end) in values:
                matched += 1
                right += values[span.start, span.end] == span.value
    return f"{right / max(matched, 1):.3f} ({right}/{matched})"


if __name__ == "__main__":
    main(sys.argv[1:])
