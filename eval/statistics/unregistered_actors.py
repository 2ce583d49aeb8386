"""Pairs of values whose gold actor is not in the registry, and the clusters that their ids form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme, Value, load_actors
from ..columns.span_columns import Ints
from ..matching.cluster_measures import CLUSTER_FIGURES
from ..matching.mention_clusters import ClusterSide, MentionClusters
from ..metric_types.value_metrics import ClusterMetrics
from ..value_comparison import ValueRule
from .metrics import cluster_metrics


@dataclass(frozen=True, slots=True)
class UnregisteredActors:
    """The pairs of values whose gold actor is not in the registry; by their ids, they form clusters.

    Attributes:
        document: Index of the document of each pair. Shape `(n_pairs,)`.
        gold: Index of each gold id.
        system: Index of each system id; -1 if there is none, which is a cluster of its own.
        ids: The ids.
    """

    document: NDArray[np.int32]
    gold: NDArray[np.int32]
    system: NDArray[np.int32]
    ids: Sequence[str]

    def metrics(self, label: str) -> ClusterMetrics:
        """Return the metrics of the clusters."""
        clusters = self._clusters()
        b_cubed = cluster_metrics(CLUSTER_FIGURES["b_cubed"].sums(clusters, 1), [label]).micro
        return ClusterMetrics(*b_cubed.rates, support=b_cubed.support)

    def _clusters(self) -> MentionClusters:
        """Return the clusters, as `mention_clusters` does of mentions; there may be millions, of a few distinct ids."""
        count = len(self.ids)
        known, alone = np.flatnonzero(self.system >= 0), np.flatnonzero(self.system < 0)
        keys = self.gold[known].astype(np.int64) * count + self.system[known]
        pairs, first, shared = np.unique(keys, return_index=True, return_counts=True)
        order = np.argsort(np.concatenate([known[first], alone]))
        gold = np.concatenate([pairs // max(1, count), self.gold[alone]])[order]
        system = np.concatenate([pairs % max(1, count), count + np.arange(len(alone))])[order]
        gold_size = np.bincount(self.gold, minlength=count)
        system_size = np.concatenate([np.bincount(self.system[known], minlength=count), np.ones(len(alone), np.int64)])
        return MentionClusters(
            ClusterSide(gold_size, np.zeros_like(gold_size), gold),
            ClusterSide(system_size, np.zeros_like(system_size), system),
            np.concatenate([shared, np.ones(len(alone), np.int64)])[order],
        )


def merged_actors(parts: Sequence[UnregisteredActors], places: Sequence[Ints]) -> UnregisteredActors | None:
    """Return the pairs in all documents from those in parts of them; None if there are no parts."""
    if not parts:
        return None
    numbers: dict[str, int] = {}
    columns: list[NDArray[np.int32]] = []
    for part, place in zip(parts, places, strict=True):
        # the last one, at -1, is that of no id
        own = np.array([*(numbers.setdefault(name, len(numbers)) for name in part.ids), -1], dtype=np.int32)
        columns.append(np.stack([place[part.document].astype(np.int32), own[part.gold], own[part.system]]))
    document, gold, system = np.concatenate(columns, axis=1)
    order = np.argsort(document, kind="stable")
    return UnregisteredActors(document[order], gold[order], system[order], list(numbers))


def unregistered_actors(
    rule: ValueRule,
    values: Sequence[tuple[Value | None, Value | None]],
    of_pair: Ints,
    document: Ints,
    scheme: Scheme,
) -> UnregisteredActors | None:
    """Return the pairs whose gold actor is not in the registry; None if ids of the label are not actors.

    Args:
        rule: Rule for the values of the label.
        values: All that are compared.
        of_pair: Index of each pair among them.
        document: Index of the document of each pair.
        scheme: Scheme of the label.
    """
    field = next(iter(scheme.actor_fields.get(rule.label.name, ())), None)
    if field is None:
        return None
    compared = values if field in (rule.compared_fields or ()) else []
    registry = load_actors()
    ids = [[None if value is None else getattr(value, field) for value in both] for both in compared]
    canonical = {name: registry.canonical(name) for both in ids for name in both if name is not None}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(canonical.values()))}
    pairs = [[canonical.get(name) for name in both] for both in ids]
    kept = [gold is not None and registry.get(gold) is None for gold, _ in pairs]
    rows = np.flatnonzero(np.array(kept, dtype=bool)[of_pair]) if compared else np.empty(0, np.int64)
    codes = [[-1 if name is None else numbers[name] for name in both] for both in pairs]
    gold, system = np.array(codes, np.int32).reshape(-1, 2)[of_pair[rows]].T
    return UnregisteredActors(document[rows].astype(np.int32), gold, system, list(numbers))
