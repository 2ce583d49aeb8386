"""Corpora: reading, writing, building, checking, summarising and comparing records."""

from .collection import Corpus, load
from .ingest.build import Article, build_documents
from .inspection.check import check_records
from .inspection.diff import LayerDiff, SpanChange, diff_layers
from .inspection.stats import CorpusStats, corpus_stats
from .storage.records import read_records, write_records

__all__ = [
    "Article",
    "Corpus",
    "CorpusStats",
    "LayerDiff",
    "SpanChange",
    "build_documents",
    "check_records",
    "corpus_stats",
    "diff_layers",
    "load",
    "read_records",
    "write_records",
]
