"""What a record says of the samples that it comes from, under `extra.sample`.

```json
{"probability": 0.1,
 "stages": [{"design": "stratified", "seed": 0, "population": 1000, "population_sha256": "…", "size": 100,
             "by": ["month"], "allocation": "proportional", "strata": 12, "stratum": {"month": "2023-11"},
             "stratum_population": 90, "stratum_size": 9, "probability": 0.1}]}
```

`probability` is that of the document to be in the sample at all: the product over the stages. It is null once documents
were chosen by what was found in them, or samples of one population were put together, since it is unknown then how
likely each was to be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from typing import Any

from msgspec.structs import replace

from ...schema import DataError, Document, Problem, canonical_json

KEY = "sample"
"""The key of `extra`."""

FILTER = "filter"
"""The design of a stage that kept the documents that meet conditions."""

SELECTION = "selection"
"""What a filter kept that chose documents by what was found in them."""

PART = "part"
"""What a filter kept that chose documents of a whole corpus by their spans: a population of its own, but no sample."""

UNION = "union"
"""The design of a stage that put samples of one population together."""

_OF_A_DOCUMENT = ("stratum", "stratum_population", "stratum_size", "probability")
"""What a stage says of the stratum of one document; the rest is the same for all of a draw."""


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


def is_drawn(document: Document) -> bool:
    """Return whether a document comes from a sample.

    Raises:
        DataError: As in `stages_of`.
    """
    return any(stage.get("design") != FILTER for stage in stages_of(document))


def filter_stage(
    document: Document, conditions: Sequence[str], fields: Sequence[str], *, fixed: bool, by_spans: bool = False
) -> Document:
    """Return a document that met conditions, with what they make of the sample that it comes from.

    Conditions on fields that define the strata keep whole strata (`kept` is `strata`). Those on what was fixed before
    anything was annotated keep the sample's part in a domain of the population (`domain`). Both leave the
    probabilities as they are. Any other keeps a selection, which is not a probability sample. Documents that come
    from no sample stay as they are, unless they were chosen by their spans: what is kept is then a `part`, from which
    samples can be drawn, but which is not a sample of the whole.

    Args:
        document: The document.
        conditions: The conditions, as the user wrote them.
        fields: The fields that they test.
        fixed: Whether all of these were fixed before anything was annotated.
        by_spans: Whether some test spans.

    Raises:
        DataError: As in `stages_of`.
    """
    stages = stages_of(document)
    if not is_drawn(document):
        if not by_spans:
            return document
        stage = {"design": FILTER, "where": list(conditions), "kept": PART, "probability": 1.0}
        return with_stage(document, stage)
    strata = {field for stage in stages for field in stage.get("by", ())}
    kept = SELECTION if not fixed else "strata" if strata.issuperset(fields) else "domain"
    probability = None if kept == SELECTION else 1.0
    return with_stage(document, {"design": FILTER, "where": list(conditions), "kept": kept, "probability": probability})


def with_new_fields(sample: Any, names: Mapping[str, str]) -> Any:
    """Return what a record says of its samples, with new names for the fields that define strata and sizes.

    Args:
        sample: The contents of `extra.sample`; returned as it is if it is the user's own.
        names: New names by old ones; others stay.
    """
    stages = sample.get("stages") if isinstance(sample, dict) else None
    if not isinstance(stages, list) or not all(isinstance(stage, dict) for stage in stages):
        return sample
    return {**sample, "stages": [_stage_with_new_fields(stage, names) for stage in stages]}


def _stage_with_new_fields(stage: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    changed = dict(stage)
    if isinstance(by := stage.get("by"), list):
        changed["by"] = [names.get(name, name) if isinstance(name, str) else name for name in by]
    if isinstance(stratum := stage.get("stratum"), dict):
        changed["stratum"] = {names.get(name, name): group for name, group in stratum.items()}
    if isinstance(allocation := stage.get("allocation"), str):
        changed["allocation"] = names.get(allocation, allocation)
    return changed


class SampleDraws:
    """The draws that documents come from, and those of them of which the probabilities are lost in their union.

    Whoever puts two samples of one population together gets its documents by either, so with a higher probability than
    each sample says. This holds for any two draws, of which the last differs, from one population; for a sample and a
    sample of it; and for draws of which one has documents of the other's population. Parts of one draw keep their
    probabilities, and so do samples of populations without a document in common, as strata do.

    Attributes:
        not_sampled: Number of documents that come from no sample.
    """

    def __init__(self) -> None:
        self._numbers = {canonical_json([]): 0}
        self._draws: list[list[dict[str, Any]]] = [[]]
        self._met: set[int] = set()
        self.not_sampled = 0

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self._draws) - 1

    def add(self, document: Document) -> int:
        """Add a document; return the number of its draw, 0 if it has none or `extra.sample` is the user's own."""
        draw = _draw(document)
        self.not_sampled += not draw
        number = self._numbers.setdefault(canonical_json(draw), len(self._draws))
        if number == len(self._draws):
            self._draws.append(draw)
        return number

    def meet(self, one: int, other: int) -> None:
        """Note that two draws had a document in common."""
        if one != other:
            self._met |= {one, other}

    def united(self) -> frozenset[int]:
        """Return the draws of which the probabilities are lost."""
        pairs = combinations(range(1, len(self._draws)), 2)
        lost = {number for pair in pairs for number in pair if self._of_one_population(*pair)}
        return frozenset((lost | self._met) - {0})

    def united_document(self, document: Document, united: frozenset[int]) -> Document:
        """Return a document as part of a union: without a probability if that of its draw is lost."""
        if not united or self._numbers.get(canonical_json(_draw(document))) not in united:
            return document
        known = inclusion_probability(document) is not None
        return with_stage(document, {"design": UNION, "probability": None}) if known else document

    def _of_one_population(self, one: int, other: int) -> bool:
        first, second = self._draws[one], self._draws[other]
        same = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
        if same is None:  # one is a sample of the other
            return True
        populations = [{str(stage.get("population_sha256")) for stage in draw[same:]} for draw in (first, second)]
        return bool(populations[0] & populations[1])


def _draw(document: Document) -> list[dict[str, Any]]:
    """Return the stages in which a document was drawn, without what differs between the documents of one draw."""
    try:
        stages = stages_of(document)
    except DataError:
        return []
    drawn = (stage for stage in stages if stage.get("design") != FILTER)
    return [{key: value for key, value in stage.items() if key not in _OF_A_DOCUMENT} for stage in drawn]
