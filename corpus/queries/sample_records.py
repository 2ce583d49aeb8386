"""What a record says of the samples that it comes from, under `extra.sample`.

```json
{"probability": 0.1,
 "stages": [{"design": "stratified", "seed": 0, "population": 1000, "population_sha256": "…", "size": 100,
             "by": ["month"], "allocation": "proportional", "strata": 12, "stratum": {"month": "2023-11"},
             "stratum_population": 90, "stratum_size": 9, "probability": 0.1}]}
```

`probability` is that of the document to be in the sample at all: the product over the stages. It is null once documents
were chosen by what was found in them, since it is unknown then how likely each was to be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from ...schema import DataError, Document, Problem

KEY = "sample"
"""The key of `extra`."""

FILTER = "filter"
"""The design of a stage that kept the documents that meet conditions."""


def stages_of(document: Document) -> list[dict[str, Any]]:
    """Return the stages of sampling that a document went through; empty if it was not sampled.

    Raises:
        DataError: `extra.sample` holds something else.
    """
    sample = (document.extra or {}).get(KEY)
    if sample is None:
        return []
    stages = sample.get("stages") if isinstance(sample, dict) else None
    probability = sample.get("probability") if isinstance(sample, dict) else None
    known = probability is None or (isinstance(probability, int | float) and 0 < probability <= 1)
    if not known or not isinstance(stages, list) or not all(isinstance(stage, dict) for stage in stages):
        fix = "rename the key, as in `goldspan corpus rename FILE --field extra.sample=extra.other --out F`"
        raise DataError(Problem("`extra.sample` is not what `corpus sample` writes", fix, document=document.id))
    return stages


def inclusion_probability(document: Document) -> float | None:
    """Return the probability with which a document came into its sample, 1 if it was not sampled; None if unknown.

    Raises:
        DataError: As in `stages_of`.
    """
    stages = stages_of(document)
    probability: float | None = (document.extra or {})[KEY].get("probability") if stages else 1.0
    return probability


def with_stage(document: Document, stage: Mapping[str, Any]) -> Document:
    """Return a document that has gone through one more stage.

    Args:
        document: The document.
        stage: The stage, with its `probability`; None if it cannot be known.

    Raises:
        DataError: As in `stages_of`.
    """
    before, factor = inclusion_probability(document), stage["probability"]
    probability = None if before is None or factor is None else before * factor
    sample = {"probability": probability, "stages": [*stages_of(document), dict(stage)]}
    return replace(document, extra={**(document.extra or {}), KEY: sample})


def population_sha256(ids: Iterable[str]) -> str:
    """Return the SHA-256 of the ids of a population, sorted by code points, each followed by a line end.

    `jq -r .id FILE | LC_ALL=C sort | sha256sum` gives the same.
    """
    digest = sha256()
    for name in sorted(ids):
        digest.update(f"{name}\n".encode())
    return digest.hexdigest()


def filter_stage(document: Document, conditions: Sequence[str], fields: Sequence[str], *, fixed: bool) -> Document:
    """Return a document of a sample that met conditions, with what they make of the sample; others stay as they are.

    Conditions on fields that define the strata keep whole strata (`kept` is `strata`). Those on what was fixed before
    anything was annotated keep the sample's part in a domain of the population (`domain`). Both leave the
    probabilities as they are. Any other keeps a selection, which is not a probability sample.

    Args:
        document: The document.
        conditions: The conditions, as the user wrote them.
        fields: The fields that they test.
        fixed: Whether all of these were fixed before anything was annotated.

    Raises:
        DataError: As in `stages_of`.
    """
    stages = stages_of(document)
    if not stages:
        return document
    strata = {field for stage in stages for field in stage.get("by", ())}
    kept = "selection" if not fixed else "strata" if strata.issuperset(fields) else "domain"
    probability = None if kept == "selection" else 1.0
    return with_stage(document, {"design": FILTER, "where": list(conditions), "kept": kept, "probability": probability})
