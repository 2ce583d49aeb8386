"""The corpus at rest: records read and written as streams, built from articles, checked, counted and compared."""

from .build import Article, build_documents
from .check import check_records
from .collection import Corpus, load
from .diff import LayerDiff, SpanChange, diff_layers
from .records import read_records, write_records
from .stats import CorpusStats, corpus_stats

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
