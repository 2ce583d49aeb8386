"""The format `conll`: one token a line with its IOB2 tag and offsets, after a comment that stores the whole record.

```
# goldspan {"id":"a","text":"Iran struck.","spans":[…]}
Iran    B-ACTOR 0:4
struck  O       5:11
.       O       11:12
```

Columns are separated by tabs. A blank line ends a sentence; it is written at line breaks of the text, but not within
a span. In files of other tools the columns are those that `columns` names, or that hold tokens and tags by their look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ....schema import Document, RecordCodec, Scheme, canonical_json
from ...spans.span_keys import LabelledSpan, labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import open_writer
from ..file_sample import FileSample
from ..format_interface import CONTENTS, ReadRequest
from ..sidecar import encode_sidecars, flat_spans
from ..transfer_reports import LossReport
from .column_file import ColumnFile
from .column_layout import shows_tags
from .column_samples import LABELS_COMMENT, RECORD_COMMENT, ColumnSample
from .column_sentences import StoredRecordsError
from .recorded_columns import read_recorded

_WORD = re.compile(r"\S+")
_WEBANNO = re.compile(r"#FORMAT=WebAnno TSV| ?# [A-Za-z_][\w.]*\.\w+ \| ")  # has columns too


class ConllFormat:
    """Tokens and tags in columns."""

    name = "conll"
    summary = "a token and its IOB2 tag a line; the whole record in a comment"
    file = "documents.conll"
    suffixes: tuple[str, ...] = (".conll", ".iob", ".iob2", ".bio", ".bioes", ".conllu")
    write_extras = ("rules",)
    folder_patterns: tuple[str, ...] = ("*.conll", "*.iob2", "*.bioes")
    read_options = ("columns", "repair", "encoding")
    holds = tuple(CONTENTS)

    def recognises(self, sample: FileSample) -> bool:
        """Return whether a file has lines of columns of which one is tags."""
        if sample.is_folder or _WEBANNO.match(sample.text):
            return False
        return shows_tags(ColumnSample(sample.lines))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        count = 0
        with open_writer(str(out)) as stream:
            if scheme.labels_by_key:
                stream.write(f"{LABELS_COMMENT}{canonical_json(scheme.labels_by_key).decode()}\n".encode())
            for document, record in encode_sidecars(documents, RecordCodec(scheme), self.name):
                stream.write(f"{RECORD_COMMENT}{record}\n".encode())
                stream.write("".join(_token_lines(document, scheme.label_keys, loss)).encode())
                count += 1
        return count

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`."""
        try:
            file = ColumnFile(source, request.options)
        except StoredRecordsError:
            file = None
        yield from file.read(source, request) if file else read_recorded(source, request)


def _token_lines(document: Document, keys: Mapping[str, str], loss: LossReport) -> Iterator[str]:
    """Yield the lines of a document's tokens, and a blank line at the end."""
    loss.note_missing_tokenizer(document)
    text = document.text or ""
    labelled = list(map(labelled_span, document.spans))
    tagged = flat_spans(text, labelled)
    ragged = sum(any(map(str.isspace, text[span.start] + text[span.end - 1])) for span in labelled)
    loss.add("tags of spans that begin or end with a blank (the comment keeps them)", document, ragged)
    loss.add("tags of overlapping spans (the comment keeps them)", document, len(labelled) - len(tagged) - ragged)
    by_start = {span.start: span for span in tagged}
    tokens = cut_tokens(text, [edge for span in tagged for edge in (span.start, span.end)], document.meta.language)
    previous_end, current = 0, LabelledSpan(0, 0, "")
    for start, end in (word.span() for token in tokens for word in _WORD.finditer(text, *token)):
        if previous_end and start >= current.end and len(text[previous_end - 1 : start + 1].splitlines()) > 1:
            yield "\n"
        current = by_start.get(start, current)
        tag = f"{'B' if start == current.start else 'I'}-{keys[current.label]}" if start < current.end else "O"
        yield f"{text[start:end]}\t{tag}\t{start}:{end}\n"
        previous_end = end
    yield "\n"


CONLL = ConllFormat()
"""The object that the entry point names."""
