"""Corpora: reading, writing, building, checking, summarising and comparing records."""

from .in_memory_corpus import Corpus, load
from .ingest.build import Article, build_documents
from .inspection.diff import LayerDiff, SpanChange, diff_layers
from .inspection.record_checks import check_records
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
