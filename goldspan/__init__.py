"""Annotation and gold-standard datasets: spans with values, from articles to gold, and scores against it.

These functions are what a script or notebook needs. Each takes documents in any form: the path of a file or folder, a
corpus, documents, spaCy Docs, a loaded dataset or a data frame.

- `load` reads a corpus.
- `suggest` runs an extractor over documents.
- `push` sends documents to annotators in Label Studio, and `pull` fetches their work.
- `agreement` compares annotators, and `adjudicate` merges their passes into gold.
- `export` writes a dataset or another format.
- `score` compares systems with gold, and `load_scores` reads scores that were saved.
- `estimate` says how often something is in a corpus, from gold for a sample and predictions for all of it, and
  `regress` what that depends on.
- `power_score`, `power_compare`, `power_agreement` and `power_estimate` say how many documents a wanted interval or
  test needs, `power_split` which of them to read twice, and `power_reading` what reading contested ones first brings.
- `comparable` says whether the numbers of two signatures or files of scores may be compared, and why not.

A document is also a record, a mapping with the keys `id`, `text` and `spans` (each with `start`, `end`, `label`,
`value`), and optionally `meta` (`title`, `published`, `publisher`, `url`, `language`), `zones`, `layer` and `extra`.
Offsets count code points from 0, and `end` is exclusive. What is loaded must have valid offsets, labels and values; the
other rules of the scheme (overlaps, whole words, zones) are checked by `goldspan.corpus.check_records`.

In a notebook, documents, corpora, scores, agreement and what was pulled show themselves as HTML.

In signatures, `Source` is documents in any of these forms, `SpanSource` also spans without texts, `SchemeLike` a
scheme, the path of its file or a mapping, and `Progress` a function of a step's name, what is done of it, and the total
(0 if unknown).

Examples:
    >>> import goldspan
    >>> gold = goldspan.load("gold.jsonl")
    >>> gold["erbil"].meta.published
    '2024-01-16'
    >>> scores = goldspan.score(gold, goldspan.suggest(gold, "rules"), names=["rules"], resamples=0)
    >>> scores["rules"].spans.strict.labels["LOCATION"].recall
    1.0

Types and further functions are in `goldspan.schema`, `goldspan.corpus`, `goldspan.annotate`, `goldspan.eval` and
`goldspan.workflows`. Everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .annotate import suggest
    from .corpus import adjudicate, load
    from .eval import (
        agreement,
        comparable,
        estimate,
        load_scores,
        power_agreement,
        power_compare,
        power_estimate,
        power_reading,
        power_score,
        power_split,
        regress,
        score,
    )
    from .workflows import export, pull, push

    __version__: str
    """The version of goldspan."""

_HOMES = {
    "adjudicate": "corpus",
    "agreement": "eval",
    "comparable": "eval",
    "estimate": "eval",
    "export": "workflows",
    "load": "corpus",
    "load_scores": "eval",
    "power_agreement": "eval",
    "power_compare": "eval",
    "power_estimate": "eval",
    "power_reading": "eval",
    "power_score": "eval",
    "power_split": "eval",
    "pull": "workflows",
    "push": "workflows",
    "regress": "eval",
    "score": "eval",
    "suggest": "annotate",
}
_PACKAGES = ("annotate", "corpus", "eval", "schema", "workflows")

__all__ = [
    "__version__",
    "adjudicate",
    "agreement",
    "comparable",
    "estimate",
    "export",
    "load",
    "load_scores",
    "power_agreement",
    "power_compare",
    "power_estimate",
    "power_reading",
    "power_score",
    "power_split",
    "pull",
    "push",
    "regress",
    "score",
    "suggest",
]


def __getattr__(name: str) -> Any:
    """Import what is used for the first time."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("goldspan")
    elif name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted({*globals(), *__all__, *_PACKAGES})
