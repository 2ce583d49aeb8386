"""Random samples of a population, simple or stratified, without replacement.

A document is drawn by a hash of its id and the seed: of each stratum, the documents of the lowest hashes. So a sample
depends neither on the order of records nor on how they are spread over files, a reservoir would on both; and a larger
sample with the same seed contains the smaller one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from typing import Any

from ...schema import DataError, Document, Problem, UsageError, did_you_mean
from ...schema.hashing import draw_key
from .document_fields import NUMBERS, number_of, require_extra_keys
from .document_groups import checked_groupings, extra_keys, grouping
from .sample_records import SampleDraws, inclusion_probability, is_drawn, population_sha256, stages_of, with_stage
from .stratum_sizes import allocate

ALLOCATIONS = ("proportional", "equal")
"""How a sample is divided among strata, besides a field whose sum is the weight of a stratum."""

_ALLOCATION_FIX = "give each document a number of 0 or more, or choose another allocation"

SIMPLE, STRATIFIED = "simple random", "stratified"

_Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """How a sample is drawn.

    Attributes:
        size: Number of documents; None if `share` is given.
        share: Share of the documents, above 0 and up to 1.
        by: Fields whose groups are the strata; none for a simple random sample.
        allocation: `proportional`, `equal`, or a field with numbers.
        seed: Seed of the draw.
    """

    size: int | None = None
    share: float | None = None
    by: tuple[str, ...] = ()
    allocation: str = "proportional"
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.size is None) == (self.share is None):
            raise UsageError("a sample has a `size` or a `share`. Fix: give one of them")
        if self.size is not None and self.size < 1:
            raise UsageError(f"`size` {self.size} is no sample. Fix: 1 or more documents")
        if self.share is not None and not 0 < self.share <= 1:
            raise UsageError(f"`share` {self.share:g} is out of range. Fix: a share above 0 and up to 1, such as 0.1")
        checked_groupings(self.by)
        known = (*ALLOCATIONS, *NUMBERS)
        if self.allocation not in known and not self.allocation.startswith("extra."):
            hint = did_you_mean(self.allocation, known)
            raise UsageError(
                f"`allocation`: unknown {self.allocation!r}. Fix: {hint}, extra.KEY for a number under `extra`"
            )


@dataclass(slots=True)
class DrawnStratum:
    """What a sample takes of a stratum.

    Attributes:
        group: The group of each field of the design; empty for a simple random sample.
        population: Number of documents in the stratum.
        size: Number of documents taken.
    """

    group: _Stratum
    population: int
    size: int

    @property
    def probability(self) -> float:
        """The probability of each of its documents to be taken."""
        return self.size / self.population


@dataclass(slots=True)
class DrawnSample:
    """A sample of a population.

    Attributes:
        design: How it was drawn.
        population: Number of documents in the population.
        population_sha256: Hash of the population's ids.
        strata: The strata, sorted; one for a simple random sample.
        ids: Ids of the documents taken.
        sampled_before: Number of documents of the population that come from a sample themselves.
        unknown_before: Those of them whose probability is unknown: their sample was filtered by findings, or united
            with another of its population.
    """

    design: SampleDesign
    population: int
    population_sha256: str
    strata: list[DrawnStratum]
    ids: frozenset[str]
    sampled_before: int
    unknown_before: int
    _by_group: dict[_Stratum, DrawnStratum] = field(default_factory=dict)
    _group: Callable[[Document], _Stratum] = field(default=lambda _: ())
    _draws: SampleDraws = field(default_factory=SampleDraws)
    _united: frozenset[int] = frozenset()

    @property
    def size(self) -> int:
        """Number of documents taken."""
        return len(self.ids)

    def record(self, document: Document) -> Document:
        """Return a document of the sample with what makes it one."""
        design, stratum = self.design, self._by_group[self._group(document)]
        stage: dict[str, Any] = {
            "design": STRATIFIED if design.by else SIMPLE,
            "seed": design.seed,
            "population": self.population,
            "population_sha256": self.population_sha256,
            "size": self.size,
        }
        if design.by:
            stage |= {
                "by": list(design.by),
                "allocation": design.allocation,
                "strata": len(self.strata),
                "stratum": dict(zip(design.by, stratum.group, strict=True)),
                "stratum_population": stratum.population,
                "stratum_size": stratum.size,
            }
        before = self._draws.united_document(document, self._united)
        return with_stage(before, {**stage, "probability": stratum.probability})


class Population:
    """The documents that a sample is drawn from: of each, only its id is kept.

    Args:
        design: How the sample is drawn.
    """

    def __init__(self, design: SampleDesign) -> None:
        self._design = design
        self._groupings = [grouping(name) for name in design.by]
        self._ids: dict[_Stratum, list[str]] = {}
        self._weights: dict[_Stratum, Fraction] = {}
        self._stages: dict[str, int] = {}  # those of sampled documents only
        self._draws = SampleDraws()
        self._known: dict[int, int] = {}  # the number of documents with a probability by draw
        self._unknown = 0
        self._extra_keys: frozenset[str] = frozenset()

    def add(self, document: Document) -> None:
        """Add a document.

        Raises:
            DataError: It has no number for the allocation, or `extra.sample` is the user's own.
        """
        group = self._group(document)
        self._ids.setdefault(group, []).append(document.id)
        if self._design.allocation not in ALLOCATIONS:
            self._weights[group] = self._weights.get(group, Fraction()) + _weight(document, self._design.allocation)
        if is_drawn(document):
            self._stages[document.id] = len(stages_of(document))
            draw = self._draws.add(document)
            known = inclusion_probability(document) is not None
            self._known[draw] = self._known.get(draw, 0) + known
            self._unknown += not known
        self._extra_keys |= extra_keys([document.extra], self._design.by)

    def draw(self) -> DrawnSample:
        """Draw the sample.

        Raises:
            DataError: There are no documents.
            UsageError: There are fewer documents than the sample needs, or more strata, or no document has a key of
                `extra`.
        """
        design = self._design
        sizes = {group: len(ids) for group, ids in sorted(self._ids.items())}
        population = sum(sizes.values())
        if not population:
            raise DataError(Problem("no documents to draw from", "name a corpus that has some"))
        require_extra_keys("by", design.by, self._extra_keys)
        total = design.size if design.size is not None else max(1, round(population * (design.share or 0)))
        if total > population:
            raise UsageError(f"`size` {total:,}: the corpus has {population:,} documents. Fix: at most so many")
        weights = {
            "proportional": {group: Fraction(size) for group, size in sizes.items()},
            "equal": dict.fromkeys(sizes, Fraction(1)),
        }.get(design.allocation, self._weights)
        taken = allocate(sizes, weights, total) if design.by else dict.fromkeys(sizes, total)
        strata = [DrawnStratum(group, size, taken[group]) for group, size in sizes.items()]
        ids = frozenset(
            name
            for stratum in strata
            for name in heapq.nsmallest(stratum.size, self._ids[stratum.group], key=self._key)
        )
        united = self._draws.united()
        return DrawnSample(
            design,
            population,
            population_sha256(name for names in self._ids.values() for name in names),
            strata,
            ids,
            len(self._stages),
            self._unknown + sum(count for draw, count in self._known.items() if draw in united),
            {stratum.group: stratum for stratum in strata},
            self._group,
            self._draws,
            united,
        )

    def _group(self, document: Document) -> _Stratum:
        return tuple(group(document) for group in self._groupings)

    def _key(self, name: str) -> bytes:
        """Return the key by which a document is drawn; each stage of sampling has its own."""
        return draw_key("sample", str(self._design.seed), str(self._stages.get(name, 0)), name)


def _weight(document: Document, name: str) -> Fraction:
    number = number_of(document, name, _ALLOCATION_FIX)
    if not 0 <= number < inf:
        raise DataError(Problem(f"{name} is {number}", _ALLOCATION_FIX, document=document.id))
    return Fraction(number)


def short_strata(strata: Sequence[DrawnStratum]) -> list[DrawnStratum]:
    """Return the strata of which one document is taken and others are not: they show no variance."""
    return [stratum for stratum in strata if stratum.size == 1 < stratum.population]
