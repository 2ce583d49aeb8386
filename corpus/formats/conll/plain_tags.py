"""The formats `iob2` and `bioes`: a token and its tag a line and nothing else, as training scripts read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ....schema import DataError, Document, Problem, RecordCodec, Scheme
from ...spans.span_keys import LabelledSpan, labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import open_writer
from ..sidecar import encode_sidecars, flat_spans
from ..transfer_reports import LossReport
from .column_samples import MARKERS

_WORD = re.compile(r"\S+")


class PlainTags:
    """Tokens and tags alone; the reader of the format `conll` reads them.

    Args:
        name: Name of the format.
        summary: A description in one line.
        letters: Letters of the first, a middle and the last token of a span, and of a single one.
    """

    holds: tuple[str, ...] = ()
    write_extras = ("rules",)

    def __init__(self, name: str, summary: str, letters: str) -> None:
        self.name, self.summary = name, summary
        self.file = f"documents.{name}"
        self.suffixes = (f".{name}",)
        self.folder_patterns = (f"*.{name}",)
        self._first, self._middle, self._last, self._single = tuple(letters)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        count = 0
        with open_writer(str(out)) as stream:
            for document, _ in encode_sidecars(documents, RecordCodec(scheme), self.name):
                stream.write(b"-DOCSTART-\tO\n\n")
                stream.write("".join(self._lines(document, scheme.label_keys, loss)).encode())
                count += 1
        return count

    def _lines(self, document: Document, keys: Mapping[str, str], loss: LossReport) -> Iterator[str]:
        """Yield the lines of a document's tokens, and a blank line at the end."""
        loss.note_missing_tokenizer(document)
        text = document.text or ""
        spans = flat_spans(text, map(labelled_span, document.spans))
        by_start = {span.start: span for span in spans}
        tokens = cut_tokens(text, [edge for span in spans for edge in (span.start, span.end)], document.meta.language)
        words = [word.span() for token in tokens for word in _WORD.finditer(text, *token)]
        written: list[str] = []
        previous_end, current = 0, LabelledSpan(0, 0, "")
        for start, end in words:
            word = text[start:end]
            if word in MARKERS:
                fix = "change the text, or export as conll, whose comment keeps it"
                what = f"the token {word!r} is a marker for the readers of {self.name}"
                raise DataError(Problem(what, fix, document=document.id))
            if previous_end and start >= current.end and len(text[previous_end - 1 : start + 1].splitlines()) > 1:
                yield "\n"
                written.append("\n")
            elif written:
                written.append(" ")
            current = by_start.get(start, current)
            yield f"{word}\t{self._tag(current, keys, start, end)}\n"
            written.append(word)
            previous_end = end
        yield "\n"
        _add_losses(document, len(spans), "".join(written), loss)

    def _tag(self, span: LabelledSpan, keys: Mapping[str, str], start: int, end: int) -> str:
        if start >= span.end:
            return "O"
        if start == span.start:
            return f"{self._single if end == span.end else self._first}-{keys[span.label]}"
        return f"{self._last if end == span.end else self._middle}-{keys[span.label]}"


def _add_losses(document: Document, tagged: int, written: str, loss: LossReport) -> None:
    """Record all that the lines of a document do not hold."""
    spans = document.spans
    loss.add("ids of documents", document)
    loss.add("blanks of texts, which come back as single ones between tokens", document, written != document.text)
    loss.add("spans that overlap others, or begin or end with a blank", document, len(spans) - tagged)
    for name in ("value", "id", "score", "source", "origin", "passes", "decision", "note", "unsure", "extra"):
        loss.add(
            f"{name} of spans", document, sum(getattr(span, name, None) not in (None, (), False) for span in spans)
        )
    for name in ("zones", "layer", "extra"):
        loss.add(f"{name} of documents", document, bool(getattr(document, name, None)))
    meta = document.meta
    loss.add("metadata of documents", document, any(getattr(meta, name) is not None for name in meta.__struct_fields__))


IOB2 = PlainTags("iob2", "a token and its IOB2 tag a line, and nothing else", "BIIB")
BIOES = PlainTags("bioes", "a token and its BIOES tag a line, and nothing else", "BIES")
"""The objects that the entry points name."""
