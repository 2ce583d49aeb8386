"""Values of every type through all that stores them: Parquet, Arrow, tables, and the formats that hold values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.corpus import Corpus, read_records, write_records
from goldspan.corpus.formats.format_interface import FormatReader, FormatWriter
from goldspan.corpus.formats.format_registry import installed_formats, load_format
from goldspan.eval.columns.column_files import read_columns
from goldspan.schema import Document, Span

from ..schema.value_kinds import ALL_KINDS, KINDS, parts_of
from .written import read, written

FORMATS = [
    name
    for name in installed_formats()
    if isinstance(form := load_format(name), FormatWriter)
    and isinstance(form, FormatReader)
    and "values" in getattr(form, "holds", ())
]


def document_with(values: list[dict[str, Any]]) -> Document:
    """A document with a span for each value, each on a word of its own."""
    words = [f"word{number}" for number in range(len(values))]
    spans, at = [], 0
    for word, parts in zip(words, values, strict=True):
        spans.append(Span(at, at + len(word), "A", ALL_KINDS.value("A", **parts)))
        at += len(word) + 1
    return Document(id="d", text=" ".join(words), spans=tuple(spans)).with_hash()


def every_value() -> Document:
    stated = []
    for number, kind in enumerate(KINDS.values()):
        for case in kind.valid:
            parts = case[0] if isinstance(case, tuple) else case
            stated.append({name.replace("it", f"it{number}", 1): part for name, part in parts.items()})
    return document_with(stated)


@pytest.mark.parametrize("name", FORMATS)
def test_every_value_comes_back_from_a_format_that_holds_values(name: str, tmp_path: Path) -> None:
    document = every_value()
    out, loss = written(name, tmp_path, [document], ALL_KINDS)
    assert "value" not in str(loss.summary()) and len(FORMATS) > 10
    [found] = read(name, out, ALL_KINDS)
    assert [span.value for span in found.spans] == [span.value for span in document.spans]


def test_any_value_comes_back_from_one_store_after_the_other(tmp_path: Path) -> None:
    label = ALL_KINDS.label("A")
    values = st.builds(
        lambda drawn: {k: v for d in drawn for k, v in d.items()}, st.tuples(*map(parts_of, label.fields.values()))
    )

    @given(st.lists(values, min_size=1, max_size=4))
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def through_all(drawn: list[dict[str, Any]]) -> None:
        first = document_with(drawn)
        kept = [first]
        for suffix in ("jsonl", "parquet"):
            write_records(tmp_path / f"r.{suffix}", kept, ALL_KINDS)
            kept = list(read_records(tmp_path / f"r.{suffix}", ALL_KINDS))
            held = read_columns(str(tmp_path / f"r.{suffix}"), ALL_KINDS)
            order = held.spans.value.tolist()
            assert [None if at < 0 else held.values[at] for at in order] == [span.value for span in first.spans]
        corpus = Corpus(kept, scheme=ALL_KINDS)
        kept = list(Corpus.from_datasets(corpus.to_datasets(), scheme=ALL_KINDS))
        kept = list(Corpus.from_pandas(Corpus(kept, scheme=ALL_KINDS).to_pandas(), scheme=ALL_KINDS))
        for name in ("conll", "brat", "spans"):
            out, _ = written(name, tmp_path, kept, ALL_KINDS)
            kept = read(name, out, ALL_KINDS)
        results = results_of(kept[0], kept[0].spans, ALL_KINDS)
        decoded = spans_of(results, first.text or "", ALL_KINDS)
        assert not decoded.problems
        assert [span.value for span in decoded.spans] == [span.value for span in first.spans]

    through_all()


def test_spans_as_rows_of_a_frame_keep_their_values() -> None:
    corpus = Corpus([every_value()], scheme=ALL_KINDS)
    for frame in (corpus.to_pandas("spans"), corpus.to_polars("spans"), corpus.to_arrow("spans")):
        assert corpus.with_spans(frame)[0].spans == corpus[0].spans
