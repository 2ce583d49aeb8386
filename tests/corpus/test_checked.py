"""Which documents are known to be valid, and which are checked before they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.corpus import Corpus, load, read_records, write_records
from goldspan.corpus.storage.checked import is_checked
from goldspan.schema import DataError, Document, Scheme, Span, parse_scheme

from ..conftest import record, span, write_lines


def test_what_a_reader_or_a_corpus_gives_is_known_to_be_valid_until_somebody_takes_it_in_hand(
    scheme: Scheme, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "a.jsonl", record(spans=[span(0, 4, "ACTOR")]))
    other = parse_scheme(
        'name = "o"\nversion = 1\ntitle = "T"\ndescription = "D."\n[zones]\n[labels.X]\ndefinition = "X."\n'
    )
    read, corpus = read_records(path, scheme), load(path)
    for documents in (read, corpus):
        assert is_checked(documents, scheme) and not is_checked(documents, other)
    for taken in (list(corpus), iter(corpus), (document for document in corpus)):
        assert not is_checked(taken, scheme)
    assert list(read) == list(corpus)


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_a_document_made_by_hand_is_checked_before_it_is_written(scheme: Scheme, tmp_path: Path, name: str) -> None:
    made = Document(id="a", text="Iran", spans=(Span(0, 4, "ACTOR", score=float("nan")),))
    with pytest.raises(DataError, match=r"`spans\[0\].score` is nan"):
        write_records(tmp_path / name, [made], scheme)
    assert not (tmp_path / name).exists()
    sound = Document(id="a", text="Iran", spans=(scheme.span(0, 4, "ACTOR", id="IRN"),))
    for documents in ([sound], Corpus([sound])):
        assert write_records(tmp_path / name, documents, scheme) == 1
        assert list(read_records(tmp_path / name, scheme)) == [sound.with_hash()]
