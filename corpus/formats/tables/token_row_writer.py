"""Writing of documents as rows of tokens and tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Document, Metadata, Problem, Scheme
from ...spans.span_keys import labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import open_writer
from ...storage.records import PARQUET, record_format
from ...storage.shards.seen_ids import SeenIds
from ..sidecar import flat_spans
from ..transfer_reports import LossReport

_WORD = re.compile(r"\S+")
_OUTSIDE = "O"
_BATCH_ROWS = 500


def write_token_rows(documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
    """Write documents as rows with `id`, `text`, `tokens` and `ner_tags`; see `FormatWriter.write`.

    In Parquet, tags are classes, whose names are in the metadata where the package datasets looks for them; in JSON
    lines they are strings.
    """
    rows = _rows(documents, loss)
    if record_format(str(out)) in PARQUET:
        return _write_parquet(rows, out, scheme)
    count = 0
    with open_writer(str(out)) as stream:
        for count, row in enumerate(rows, 1):  # noqa: B007
            stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return count


def _write_parquet(rows: Iterator[dict[str, Any]], out: Path, scheme: Scheme) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [_OUTSIDE, *(f"{letter}-{label}" for label in scheme.labels for letter in "BI")]
    numbers = {name: number for number, name in enumerate(names)}
    text = {"dtype": "string", "_type": "Value"}
    features = {
        "id": text,
        "text": text,
        "tokens": {"feature": text, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"},
    }
    columns = [("id", pa.string()), ("text", pa.string()), ("tokens", pa.list_(pa.string()))]
    metadata = {"huggingface": json.dumps({"info": {"features": features}}, ensure_ascii=False)}
    schema = pa.schema([*columns, ("ner_tags", pa.list_(pa.int64()))], metadata=metadata)
    count = 0
    batch: list[dict[str, Any]] = []
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for row in rows:
            batch.append({**row, "ner_tags": [numbers[tag] for tag in row["ner_tags"]]})
            count += 1
            if len(batch) == _BATCH_ROWS:
                writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
                batch = []
        if batch:
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
    return count


def _rows(documents: Iterable[Document], loss: LossReport) -> Iterator[dict[str, Any]]:
    seen = SeenIds()
    for document in documents:
        if document.text is None:
            fix = "restore the texts first, or export as standoff"
            raise DataError(Problem("the record has no text, which hf-tokens requires", fix, document=document.id))
        seen.require_new(document.id)
        tokens, tags = _tokens_and_tags(document, document.text, loss)
        _count_losses(document, loss)
        yield {"id": document.id, "text": document.text, "tokens": tokens, "ner_tags": tags}


def _tokens_and_tags(document: Document, text: str, loss: LossReport) -> tuple[list[str], list[str]]:
    """Return the words of a document, cut at the bounds of spans, and their IOB2 tags."""
    loss.note_missing_tokenizer(document)
    labelled = list(map(labelled_span, document.spans))
    tagged = flat_spans(text, labelled)
    loss.add(
        "spans that tags cannot express: overlapping, or with a blank at an end", document, len(labelled) - len(tagged)
    )
    opening = {span.start: span for span in tagged}
    cuts = [edge for span in tagged for edge in (span.start, span.end)]
    tokens, tags = [], []
    current = None
    for token in cut_tokens(text, cuts, document.meta.language):
        for word in _WORD.finditer(text, *token):
            current = opening.get(word.start(), current)
            inside = current is not None and word.start() < current.end
            tokens.append(word[0])
            tags.append(
                f"{'B' if word.start() == current.start else 'I'}-{current.label}" if current and inside else _OUTSIDE
            )
    return tokens, tags


def _count_losses(document: Document, loss: LossReport) -> None:
    """Count what rows of tokens and tags have no place for."""
    spans = document.spans
    loss.add("values of spans", document, sum(span.value is not None for span in spans))
    loss.add("notes on spans", document, sum(span.note is not None for span in spans))
    others = ("id", "score", "source", "origin", "passes", "decision", "extra")
    kept = sum(any(getattr(span, key) is not None for key in others) or bool(span.unsure) for span in spans)
    loss.add("ids, scores, sources and decisions of spans", document, kept)
    loss.add("zones", document, len(document.zones))
    loss.add("metadata of documents", document, document.meta != Metadata())
    loss.add("layers: who annotated, and when", document, document.layer is not None)
    loss.add("extras of documents", document, document.extra is not None)
