"""The evidence that spans rest on, and the score that it gives them: how often spans of such evidence are right.

Evidence is a path from what is common to what is particular, such as label, kind of name, step that found it, origin
of its value. The scores are in `words/scores.toml`, which `python -m benchmarks.extractors.calibration` writes from
counts. What it lacks has the score of the longest beginning of its path that it has.
"""

from __future__ import annotations

from functools import cache

from ...schema import ActorRegistry, Place
from .counts.count_mentions import CountMention
from .dates.date_mentions import DateMention
from .passage import Mention
from .word_lists import word_values

Evidence = tuple[str, ...]
"""What decided a span, its label first, from the common to the particular."""


def evidence_name(evidence: Evidence) -> str:
    """Return the name of evidence in the table of scores."""
    return " / ".join(evidence)


@cache
def evidence_score(evidence: Evidence) -> float:
    """Return the share of spans with such evidence whose bounds, label and value are right, to two decimals."""
    scores = word_values("span_scores")
    for length in range(len(evidence), 1, -1):
        if (percent := scores.get(evidence_name(evidence[:length]))) is not None:
            return percent / 100
    return scores[evidence[0]] / 100


def actor_evidence(mention: Mention, registry: ActorRegistry) -> Evidence:
    """Return the evidence for an actor: the kind of its name, what found it, and where its id comes from."""
    if mention.actor is not None:
        origin = "listed"
    elif mention.id is None:
        origin = "own place" if mention.places else "no id"
    else:
        origin = "listed id" if registry.get(mention.id) is not None else "derived id"
    support = ("weak",) if mention.weak else ()
    return ("actor", mention.name_kind, origin, mention.found, *support)


def place_evidence(mention: Mention, place: Place | None) -> Evidence:
    """Return the evidence for a place: of a country the rule by which it is one, else how its point was chosen."""
    if mention.cue:
        return ("location", mention.name_kind, mention.cue)
    if place is None:
        return ("location", "no entry", mention.place_kind or "settlement", mention.found)
    only = mention.choice == "clear" and len(mention.places) == 1
    return ("location", "only choice" if only else mention.choice or "entry", place.kind, mention.found)


def date_evidence(date: DateMention) -> Evidence:
    """Return the evidence for a date: what its value is counted from, and its form."""
    return ("date", date.basis, date.form.replace("_", " "))


def count_evidence(count: CountMention) -> Evidence:
    """Return the evidence for a count: what its unit came from, and whether its amount is exact."""
    amount = count.amount
    if not amount.known:
        return ("count", "no value")
    exact = amount.low == amount.high and not amount.approx
    return ("count", count.basis, "exact" if exact else "bounds")
