"""What a vote of several extractors leaves in a record, under `extra` of its spans and of its layer.

A span that not all readers have alike states how many do, and what each of the others has in its place:

```json
{"vote": {"agree": 2, "readers": 3, "others": {"rules": {"start": 0, "end": 4, "label": "ACTOR", "value": null}}}}
```

The layer states the readers, how many of them a span needs, the number of places that are contested, and those that too
few readers agree on, with the readers that have something there:

```json
{"vote": {"readers": ["rules", "llm:m"], "min_votes": 2, "contested": 1,
          "left_out": [{"start": 9, "end": 13, "readings": {"llm:m": {…}}}]}}
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...schema import Document

VOTE = "vote"
"""The key in `extra`."""


def span_vote(agree: int, readers: int, others: Mapping[str, Any]) -> dict[str, Any]:
    """Return `extra` of a contested span.

    Args:
        agree: Number of readers that have it.
        readers: Number of readers.
        others: What each of the other readers has in its place, or None, by name.
    """
    return {VOTE: {"agree": agree, "readers": readers, "others": dict(others)}}


def layer_vote(
    readers: Sequence[str], min_votes: int, contested: int, left_out: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return `extra` of a layer that was made by a vote.

    Args:
        readers: Their names.
        min_votes: How many of them a span needs.
        contested: Number of places in which the readers differ, those left out included.
        left_out: The places that too few of them agree on.
    """
    return {
        VOTE: {
            "readers": list(readers),
            "min_votes": min_votes,
            "contested": contested,
            "left_out": [dict(place) for place in left_out],
        }
    }


def contested_places(document: Document) -> int | None:
    """Return in how many places of a document the readers of a vote differ; None if its layer states no vote."""
    vote = ((document.layer.extra if document.layer else None) or {}).get(VOTE)
    contested = vote.get("contested") if isinstance(vote, dict) else None
    return contested if isinstance(contested, int) and not isinstance(contested, bool) and contested >= 0 else None
