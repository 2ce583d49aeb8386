"""A verdict in plain words on how far an extractor follows a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...corpus.probing.probe_kinds import CONTROL, PROBES
from .followed_spans import FollowedRate, FollowedRates

Code = Literal["follows", "partly", "ignores", "neither", "unclear", "nothing"]

_FOLLOWS, _LOST = 0.8, 0.2
"""Shares of what the control reaches: from the first on a change is followed; up to the second it is not."""

_STEADY = 0.5
"""What the control must reach for any verdict."""


@dataclass(frozen=True, slots=True)
class ProbeVerdict:
    """What the figures of a probe say.

    Attributes:
        code: In one word.
        sentence: In plain words.
    """

    code: Code
    sentence: str


def deciding_rates(name: str, rates: FollowedRates) -> tuple[FollowedRate, FollowedRate]:
    """Return the share that decides on a probe, and that of what is as before.

    Where texts change, values must change with them; all other probes, and extractors without values, are judged by
    spans.
    """
    if PROBES[name].changes == "text" and rates.values.of:
        return rates.values, rates.values_as_before
    return rates.spans, rates.spans_as_before


def probe_verdict(name: str, rates: FollowedRates, control: FollowedRates | None) -> ProbeVerdict:
    """Return the verdict on a probe.

    Args:
        name: The probe.
        rates: Its figures.
        control: Those of the control; None if it was not run or gave none, and then its rates count as 1.
    """
    followed, kept = deciding_rates(name, rates)
    if followed.value is None:
        return ProbeVerdict("nothing", "found nothing to change in these texts")
    if name == CONTROL:
        return _steadiness(followed.value)
    by_values = followed is rates.values
    most = 1.0 if control is None else (control.values if by_values else control.spans).value
    most = 1.0 if most is None else most
    if most < _STEADY:
        return ProbeVerdict("unclear", "no verdict: its answers differ as much when nothing changes")
    zone = _zone(followed.value / most)
    if followed.interval is not None and {_zone(end / most) for end in followed.interval} >= {"follows", "lost"}:
        return ProbeVerdict("unclear", "no verdict: too few documents to tell")
    verdict = _worded(name, zone, kept.value, is_sanity=PROBES[name].changes == "text" and not by_values)
    others = rates.others.value
    if verdict.code == "follows" and others is not None and others < _FOLLOWS * most:
        return ProbeVerdict("partly", f"{verdict.sentence}, but much that should stay the same changes too")
    return verdict


def _steadiness(value: float) -> ProbeVerdict:
    if value >= 1.0:
        return ProbeVerdict("follows", "steady: the same answers when nothing changes")
    if value >= _FOLLOWS:
        return ProbeVerdict("follows", "nearly steady; the other probes can reach no more than this")
    return ProbeVerdict("partly", "not steady: answers differ when nothing changes, and other figures with them")


def _zone(share: float) -> Literal["follows", "partly", "lost"]:
    if share >= _FOLLOWS:
        return "follows"
    return "lost" if share <= _LOST else "partly"


def _worded(name: str, zone: str, kept: float | None, *, is_sanity: bool) -> ProbeVerdict:
    kind = PROBES[name]
    if is_sanity:  # without values it is only known whether spans are still found
        words = {
            "follows": "finds the changed spans; values were not asked for or could not be judged",
            "partly": "loses some spans whose words changed; no values to judge",
            "lost": "loses the spans whose words changed; no values to judge",
        }
        code: Code = "follows" if zone == "follows" else "partly" if zone == "partly" else "neither"
        return ProbeVerdict(code, words[zone])
    if zone == "follows":
        return ProbeVerdict("follows", "follows the change" if kind.directed else "the same answers, as it should be")
    if kept is not None and kept >= _FOLLOWS / 2 and zone == "lost":
        return ProbeVerdict("ignores", f"ignores the change: {kind.ignored}")
    if zone == "partly":
        rest = f"; else {kind.ignored}" if kept else ""
        return ProbeVerdict(
            "partly", f"follows in part{rest}" if kind.directed else "answers differ in part, and should not"
        )
    asked = "neither as asked nor as before" if kind.directed else "other answers, though the same is asked"
    return ProbeVerdict("neither", f"loses its way: {asked}")
