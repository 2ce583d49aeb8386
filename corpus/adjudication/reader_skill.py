"""How often each reader is right, and which reading of a conflict is likely, told from who agrees with whom.

Where two or more readers have read, what all have and each conflict are places, of which one reading is right. A reader
is right with a probability of their own, their skill, and else has any of the other readings (the one-coin model of
Dawid and Skene 1979; MACE of Hovy et al. 2013 is alike). Skills and readings are found together by expectation
maximisation. Readers are taken to err independently: whoever shares a mistake is thought right. So this is an aid to
whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from ...schema import Document, UsageError
from ..spans.span_keys import span_key
from .conflicts import Readings, find_conflicts, read_documents
from .drafts import layers_by_document

MIN_READERS = 3
"""Number of passes from which on one of two that differ can be told to be right more often."""

_STEPS = 200
_CLOSE = 1e-9
_RIGHT, _WRONG = 4.0, 1.0
"""Places that each reader is taken to have been right and wrong at besides those read, so that no skill is 0 or 1."""

Place = Mapping[str, int]
"""The number of the reading that each reader of a place has."""


@dataclass(frozen=True, slots=True)
class ReaderSkills:
    """The skill of each reader.

    Attributes:
        skills: Share of places at which each is right, by name; None of whoever read nothing that two others read too.
    """

    skills: Mapping[str, float | None]

    def likelihoods(self, readings: Readings) -> dict[str, float]:
        """Return how likely the reading of each reader is right, given what all of them have at a place.

        Nothing is returned if the skill of one of them is unknown.
        """
        place = _place(readings)
        known = {name: skill for name in place if (skill := self.skills[name]) is not None}
        if len(known) < len(place):
            return {}
        shares = _shares(place, known)
        return {name: shares[number] for name, number in place.items()}


def reader_skills(passes: Mapping[str, Iterable[Document]]) -> ReaderSkills:
    """Return the skill of the reader of each pass.

    Raises:
        DataError: A pass contains a draft.
        UsageError: There are fewer than three passes, or no document is in three.
    """
    if len(passes) < MIN_READERS:
        what = (
            f"`likely` needs {MIN_READERS} passes, and there are {len(passes)}: of two that differ, either may be right"
        )
        raise UsageError(f"{what}. Fix: give the pass of another reader, or leave out `likely`")
    places: list[Place] = []
    known: set[str] = set()
    for layers in layers_by_document(passes).values():
        read = read_documents(layers)
        if len(read) < 2:
            continue
        if len(read) >= MIN_READERS:
            known |= read.keys()
        agreed, conflicts = find_conflicts(read)
        places += [dict.fromkeys(read, 0)] * len(agreed)
        places += [_place(conflict.readings) for conflict in conflicts]
    if not known:
        what = f"`likely`: no document is in {MIN_READERS} passes, and of two that differ, either may be right"
        raise UsageError(f"{what}. Fix: give passes over the same documents, or leave out `likely`")
    skills = _skills(list(passes), places)
    return ReaderSkills({name: skill if name in known else None for name, skill in skills.items()})


def _place(readings: Readings) -> Place:
    numbers: dict[tuple[object, ...], int] = {}
    keys = {name: tuple(map(span_key, spans)) for name, spans in readings.items()}
    return {name: numbers.setdefault(key, len(numbers)) for name, key in keys.items()}


def _skills(names: Sequence[str], places: Sequence[Place]) -> dict[str, float]:
    counted: dict[tuple[tuple[str, int], ...], int] = {}
    for place in places:
        key = tuple(place.items())
        counted[key] = counted.get(key, 0) + 1
    skills = dict.fromkeys(names, _RIGHT / (_RIGHT + _WRONG))
    for _ in range(_STEPS):
        right, total = dict.fromkeys(names, _RIGHT), dict.fromkeys(names, _RIGHT + _WRONG)
        for key, count in counted.items():
            place = dict(key)
            shares = _shares(place, skills)
            for name, number in place.items():
                right[name] += count * shares[number]
                total[name] += count
        updated = {name: right[name] / total[name] for name in names}
        moved = max(abs(updated[name] - skills[name]) for name in names)
        skills = updated
        if moved < _CLOSE:
            break
    return skills


def _shares(place: Place, skills: Mapping[str, float]) -> list[float]:
    """Return how likely each reading of a place is right; where all agree, the last is that something else is."""
    count = max(2, len(set(place.values())))
    logs = [
        sum(
            log(skills[name]) if number == reading else log((1 - skills[name]) / (count - 1))
            for name, number in place.items()
        )
        for reading in range(count)
    ]
    weights = [exp(value - max(logs)) for value in logs]
    return [weight / sum(weights) for weight in weights]
