"""Whether two numbers may be compared, and why not: what differs between their signatures, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...schema import UsageError
from ..score_results import Scores
from ..system_score import SystemScore
from .score_reader import load_scores
from .signatures import CANNOT, SETTINGS, Affected, SignatureSetting, is_signature, parse_signature

_UNKNOWN = SignatureSetting(
    "a setting of another version of goldspan", "figures", "compare them with the newer goldspan"
)

_OF_LABELS = ("gold", "places")
"""Settings that state what they do of the scored labels alone, so that other labels may be all that differs."""

_GOLD_DIGITS = 12
"""Digits of the gold's fingerprint in a signature."""


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting in which two signatures differ.

    Attributes:
        setting: Its name in signatures.
        a: What the first states, or means by not stating it.
        b: The same of the second.
        affects: What depends on the setting.
        noun: What the setting is.
        fix: How to make it the same; empty if that is not needed.
    """

    setting: str
    a: str
    b: str
    affects: Affected
    noun: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f". Fix: {self.fix}" if self.fix else ""
        return f"{self.setting}, {self.noun}: {self.a} and {self.b}; {CANNOT[self.affects]}{fix}"

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain data, with what it means."""
        return {
            "setting": self.setting,
            "a": self.a,
            "b": self.b,
            "affects": self.affects,
            "meaning": f"{self.noun}: {CANNOT[self.affects]}",
            "fix": self.fix or None,
        }


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether two numbers may be compared; true if they may.

    Attributes:
        differences: Every setting that differs, those that prevent it first.
    """

    differences: tuple[SettingDifference, ...]

    def of(self, *affected: Affected) -> list[SettingDifference]:
        """Return the differences that affect something."""
        return [item for item in self.differences if item.affects in affected]

    @property
    def intervals(self) -> bool:
        """Whether intervals and tests may be compared too."""
        return bool(self) and not self.of("intervals")

    def __bool__(self) -> bool:
        return not self.of("figures", "values", "tokens")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, as printed by `goldspan comparable --json`."""
        differences = [item.to_dict() for item in self.differences]
        return {"comparable": bool(self), "intervals": self.intervals, "differences": differences}

    def __str__(self) -> str:
        answer = "comparable" if self else "not comparable"
        if self and not self.intervals:
            answer = "comparable, without intervals and tests"
        return "\n".join([answer, *map(str, self.differences)])


class _Side(NamedTuple):
    settings: Mapping[str, str]
    gold: str
    """Fingerprint of the gold, as much of it as is known."""


def comparable(a: Scores | SystemScore | str | Path, b: Scores | SystemScore | str | Path) -> Comparability:
    """Return whether two numbers may be compared, and each setting in which their signatures differ.

    Args:
        a: A signature, a file of scores, scores, or the score of a system.
        b: What to compare it with, likewise.

    Raises:
        DataError: A file cannot be read.
        UsageError: A signature is not one.

    Examples:
        >>> import goldspan
        >>> gold = {"a": [(0, 4, "ACTOR")]}
        >>> first = goldspan.score(gold, gold, resamples=0, seed=1)
        >>> answer = goldspan.comparable(first, goldspan.score(gold, gold, resamples=0, seed=2))
        >>> bool(answer), answer.intervals, [item.setting for item in answer.differences]
        (True, False, ['seed'])
    """
    first, second = _side(a), _side(b)
    known = [*SETTINGS, *sorted({*first.settings, *second.settings} - SETTINGS.keys())]
    found: list[SettingDifference] = []
    for name in known:
        setting = SETTINGS.get(name, _UNKNOWN)
        one, other = (side.settings.get(name, setting.unstated) for side in (first, second))
        if name == "gold":
            one, other = _shown_golds(first.gold, second.gold)
        same = sorted(one.split(",")) == sorted(other.split(",")) if name == "labels" else one == other
        if not same:
            follows = name in _OF_LABELS and any(item.setting == "labels" for item in found)
            noun, fix = (f"{setting.noun} (of these labels)", "") if follows else (setting.noun, setting.fix)
            found.append(SettingDifference(name, one, other, setting.affects, noun, fix))
    order = list(CANNOT)
    return Comparability(tuple(sorted(found, key=lambda item: order.index(item.affects))))


def _side(source: Scores | SystemScore | str | Path) -> _Side:
    """Return what a source states.

    Raises:
        DataError: A file cannot be read.
        UsageError: It is not a source.
    """
    if isinstance(source, str) and is_signature(source):
        settings = parse_signature(source)
        return _Side(settings, settings["gold"])
    if isinstance(source, SystemScore):
        settings = parse_signature(source.signature)
        return _Side(settings, settings["gold"])
    if isinstance(source, Scores):
        return _Side(_settings(source), source.gold.sha256)
    if isinstance(source, str | Path):
        return _side(load_scores(source))
    kind = type(source).__name__
    raise UsageError(f"a {kind} has no signature. Fix: scores, the score of a system, a file or a signature")


def _settings(scores: Scores) -> dict[str, str]:
    """Return the settings of all systems; where those of merged scores differ, all texts."""
    of_systems = [parse_signature(system.signature) for system in scores]
    names = dict.fromkeys(name for settings in of_systems for name in settings)
    texts = {name: sorted({s.get(name, SETTINGS.get(name, _UNKNOWN).unstated) for s in of_systems}) for name in names}
    return {name: ", ".join(found) for name, found in texts.items()}


def _shown_golds(a: str, b: str) -> tuple[str, str]:
    """Return two fingerprints as far as both are known, and no longer than needed to tell them apart."""
    both = min(len(a), len(b))
    length = _GOLD_DIGITS if a[:_GOLD_DIGITS] != b[:_GOLD_DIGITS] else both
    return a[:length], b[:length]
