"""The format `pubtator`: a title and an abstract, and a line for each annotation.

```
1|t|Iran struck.
1|a|It hit Goma.
1   20  24  Goma    LOCATION    geonames:216281
```

The columns of annotations are separated by tabs. Offsets count the title, one character, and the abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ....schema import DataError, Problem, truncate_problems
from ...storage.file_io import decode_utf8, read_whole
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions

_TEXT = re.compile(r"([^|\s]+)\|([ta])\|(.*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,18}")
_FURTHER = "cells after the identifier, such as parts of composite mentions"
_NO_ID = {"", "-", "-1"}
_AGAIN = "write PMID, start, end, words, type and identifier, with tabs between them"


class PubTatorFormat(ForeignFormat):
    """Lines of PubTator."""

    name = "pubtator"
    summary = "PubTator: title, abstract and a line for each annotation"
    suffixes = (".pubtator",)
    holds = ("text", "ids", "overlaps", "cuts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the first lines are a title and an abstract of one id."""
        matches = [_TEXT.fullmatch(line) for line in [line for line in sample.lines if line.strip()][:2]]
        return [match[2] if match else "" for match in matches] in (["t", "a"], ["t"]) and (
            len({match[1] for match in matches if match}) == 1
        )

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document states."""
        path = str(source)
        text = decode_utf8(read_whole(path), path)
        if "\n" not in text:
            text = text.replace("\r", "\n")  # the line ends of old programs
        problems: list[Problem] = []
        current: StatedDocument | None = None
        for number, line in enumerate(text.split("\n"), 1):
            line = line.removesuffix("\r")
            match = _TEXT.fullmatch(line)
            if match and match[2] == "t":
                if current is not None:
                    yield current
                current = StatedDocument(match[3], id=match[1], path=path, line=number)
            elif match and current is not None and match[1] == current.id and not current.spans:
                current.changed["characters between title and abstract, which the file does not state"] += 1
                current.text += "\n" + match[3]
            elif line.strip():
                try:
                    _add(line, current, number)
                except DataError as error:
                    problems += error.with_location(path, number).problems
        if current is None and not problems:
            problems.append(Problem("has no title line, such as 1|t|Title", _AGAIN, path))
        if problems:
            raise DataError(truncate_problems(problems, "lines"))
        if current is not None:
            yield current


def _add(line: str, document: StatedDocument | None, number: int) -> None:
    """Add what a line after the text states: an annotation, or a relation, which is counted."""
    columns = line.split("\t")
    if document is None or columns[0] != document.id:
        raise DataError(Problem(f"the line is not of a document that began before it: {line[:40]!r}", _AGAIN))
    if len(columns) >= 5 and _NUMBER.fullmatch(columns[1]) and _NUMBER.fullmatch(columns[2]):
        bounds, name = (int(columns[1]), int(columns[2])), f"annotation on line {number}"
        identifier = columns[5].strip() if len(columns) > 5 else ""
        links = [] if identifier in _NO_ID else [("", identifier)]
        words = columns[3]
        document.spans.append(LabelledStatement(columns[4].strip(), (bounds,), words, name, number, references=links))
        document.left_out[_FURTHER] += len(columns) > 6 and columns[6] != ""
    elif len(columns) >= 3 and not _NUMBER.fullmatch(columns[1]):
        document.left_out["relations"] += 1
    else:
        raise DataError(Problem(f"the line is neither an annotation nor a relation: {line[:40]!r}", _AGAIN))


PUBTATOR = PubTatorFormat()
"""The object that the entry point names."""
