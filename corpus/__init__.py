"""Corpora: reading, writing, building, checking, summarising, comparing and adjudicating records.

Examples:
    >>> from goldspan.corpus import Corpus, corpus_stats, load
    >>> gold = load("gold.jsonl")
    >>> gold
    <Corpus of 2 documents, 6 spans, conflict-news@1>
    >>> gold.filter(lambda document: "Goma" in document.text).ids
    ['goma']
    >>> corpus_stats(gold, gold.scheme).labels["ACTOR"].with_value
    1
    >>> gold.save("copy.parquet")
"""

from .adjudication.conflicts import AdjudicationDecision, Conflict
from .corpus_functions import AdjudicatedPasses, adjudicate, load
from .in_memory_corpus import Corpus
from .ingest.build import Article, build_documents
from .inspection.diff import LayerDiff, SpanChange, diff_layers
from .inspection.record_checks import check_records
from .inspection.stats import CorpusStats, corpus_stats
from .storage.records import read_records, write_records

__all__ = [
    "AdjudicatedPasses",
    "AdjudicationDecision",
    "Article",
    "Conflict",
    "Corpus",
    "CorpusStats",
    "LayerDiff",
    "SpanChange",
    "adjudicate",
    "build_documents",
    "check_records",
    "corpus_stats",
    "diff_layers",
    "load",
    "read_records",
    "write_records",
]
