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

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .adjudication.conflicts import AdjudicationDecision, Conflict
    from .corpus_functions import AdjudicatedPasses, adjudicate, load, load_passes
    from .in_memory_corpus import Corpus
    from .ingest.build import Article, build_documents
    from .inspection.diff import LayerDiff, SpanChange, diff_layers
    from .inspection.record_checks import check_records
    from .inspection.stats import CorpusStats, corpus_stats
    from .storage.records import read_records, write_records
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "adjudication.conflicts": ("AdjudicationDecision", "Conflict"),
            "corpus_functions": ("AdjudicatedPasses", "adjudicate", "load", "load_passes"),
            "in_memory_corpus": ("Corpus",),
            "ingest.build": ("Article", "build_documents"),
            "inspection.diff": ("LayerDiff", "SpanChange", "diff_layers"),
            "inspection.record_checks": ("check_records",),
            "inspection.stats": ("CorpusStats", "corpus_stats"),
            "storage.records": ("read_records", "write_records"),
        },
    )

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
    "load_passes",
    "read_records",
    "write_records",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
