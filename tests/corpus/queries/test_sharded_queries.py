"""Queries of corpora in shards and in Parquet."""

from __future__ import annotations

from pathlib import Path

from goldspan.corpus import read_records, write_records
from goldspan.schema import Scheme

from ...conftest import Run, write_lines
from .dated_news import news


def test_all_verbs_take_shards_and_parquet(goldspan: Run, tmp_path: Path, scheme: Scheme) -> None:
    write_lines(tmp_path / "raw.jsonl", *news(20))
    (tmp_path / "shards").mkdir()
    documents = list(read_records(tmp_path / "raw.jsonl", scheme))
    write_records(tmp_path / "shards" / "a.parquet", documents[:10], scheme)
    write_records(tmp_path / "shards" / "b.jsonl.gz", documents[10:], scheme)
    calls = {
        "sample": ("--n", 5, "--out", "o.parquet"),
        "filter": ("--where", "month=2024-01", "--out", "p.parquet"),
        "rename": ("--prefix", "x", "--out", "q.jsonl.zst"),
        "concordance": ("Gaza",),
        "terms": (),
    }
    for name, words in calls.items():
        done = goldspan("corpus", name, "shards", *words, cwd=tmp_path)
        assert done.returncode == 0, (name, done.stderr)
    assert len(list(read_records(tmp_path / "o.parquet", scheme))) == 5
    for name in ("sample", "filter", "rename"):
        words = (*calls[name][:2], "--out", "shards/c.jsonl")
        done = goldspan("corpus", name, "shards", *words, cwd=tmp_path)
        assert done.returncode == 2 and "lies in the input" in done.stderr
