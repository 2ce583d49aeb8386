r"""Writing of documents as WebAnno TSV 3.3: a file for each, a token a line, the spans in the layer of named entities.

```
1-7 28-32   Sake    *[1]|*[2]   LOCATION[1]|PLACE\_X[2]
```

Columns are separated by tabs. Tokens end where a span begins or ends. The sentences are the lines of the text, with
the blanks after them, so that the file states every character of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from .....schema import Document, Scheme
from ...huggingface.file_names import FileNames
from ...transfer_reports import LossReport
from ..record_losses import checked_documents, count_losses, identifier_of
from .cas_writer import NAMED_ENTITY

_HEADER = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={NAMED_ENTITY}|identifier|value\n\n"
_TOKEN = re.compile(r"\w+|[^\w\s]")
_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_IN_VALUES = re.compile(r"->|[\\\[\]|_;*\t\n\r]")
_IN_TEXT = re.compile(r"[\\\t\n\r\f\x08\x00-\x07\x0e-\x1f]")
_LETTERS = {"\t": "t", "\n": "n", "\r": "r", "\f": "f", "\b": "b"}


def write_tsv_files(documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
    """Write documents into a folder; arguments as in `FormatWriter.write`."""
    names = FileNames()
    count = 0
    for document in checked_documents(documents, "webanno", lambda document: ""):
        name = names.assign(document.id)
        loss.add("ids of documents that cannot be file names", document, name != document.id)
        count_losses(document, loss, {"value"})
        (out / f"{name}.tsv").write_bytes(_encode(document, scheme, loss))
        count += 1
    return count


def _encode(document: Document, scheme: Scheme, loss: LossReport) -> bytes:
    text = document.text or ""
    spans: list[tuple[int, int, str, str | None]] = []
    for index, span in enumerate(document.spans):
        identifier = identifier_of(document, index, scheme)
        keys = [key for item in scheme.labels[span.label].fields.values() for key in item.keys] if span.value else []
        known = sum(getattr(span.value, key.name) != key.default for key in keys)
        loss.add("values of spans beyond their identifier", document, known > (identifier is not None))
        words = text[span.start : span.end]
        loss.add("spans of nothing but blanks", document, not words.strip())
        loss.add("blanks at the ends of spans", document, bool(words.strip()) and words != words.strip())
        if words.strip():
            start = span.start + len(words) - len(words.lstrip())
            spans.append((start, start + len(words.strip()), span.label, identifier))
    spans.sort(key=lambda item: (item[0], -item[1], item[2]))
    tokens = _tokens(text, [edge for span in spans for edge in span[:2]])
    starts = [start for start, _ in tokens]
    rows: list[list[int]] = [[] for _ in tokens]
    for n, (first, end, *_) in enumerate(spans):
        for row in rows[bisect_left(starts, first) : bisect_left(starts, end)]:
            row.append(n)
    several = {n for row in rows if len(row) > 1 for n in row}
    several |= {n for before, after in pairwise(rows) for n in before if n in after}
    numbers = {n: f"[{number}]" for number, n in enumerate(sorted(several), 1)}
    cells = [
        [
            "|".join(_value(part) + numbers.get(n, "") for n, part in column) if column else "_"
            for column in ([(n, spans[n][3]) for n in row], [(n, spans[n][2]) for n in row])
        ]
        for row in rows
    ]
    return (_HEADER + "".join(_lines(text, tokens, cells))).encode()


def _lines(text: str, tokens: list[tuple[int, int]], cells: list[list[str]]) -> Iterator[str]:
    """Yield the lines of all sentences."""
    breaks = [n for n, (before, after) in enumerate(pairwise(tokens), 1) if _breaks(text[before[1] : after[0]])]
    offset = position = 0
    for sentence, (first, end) in enumerate(pairwise([0, *breaks, len(tokens)] if tokens else []), 1):
        stop = tokens[end][0] if end < len(tokens) else len(text)
        lines = text[tokens[first][0] : stop].split("\n")
        yield "\n" + "".join(f"#Text={_escaped(line)}\n" for line in lines)
        for number, ((start, stop), columns) in enumerate(zip(tokens[first:end], cells[first:end], strict=True), 1):
            begin = offset + _units(text[position:start])
            position, offset = stop, begin + _units(text[start:stop])
            fields = [f"{sentence}-{number}", f"{begin}-{offset}", _escaped(text[start:stop]), *columns]
            yield "\t".join(fields) + "\t\n"


def _breaks(gap: str) -> bool:
    return any(character in _LINE_BREAKS for character in gap)


def _tokens(text: str, edges: list[int]) -> list[tuple[int, int]]:
    """Return the tokens of a text, cut at edges; blanks at its beginning are one, since a sentence begins with one."""
    cuts = sorted({*edges, *(at for match in _TOKEN.finditer(text) for at in match.span()), len(text)})
    tokens = [(start, end) for start, end in pairwise(cuts) if not text[start:end].isspace()]
    first = tokens[0][0] if tokens else len(text)
    return [(0, first), *tokens] if first else tokens


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _value(value: str | None) -> str:
    return "*" if value is None else _IN_VALUES.sub(lambda match: "\\" + _LETTERS.get(match[0], match[0]), value)


def _escaped(text: str) -> str:
    return _IN_TEXT.sub(lambda match: "\\" + _LETTERS.get(match[0], match[0]), text)
