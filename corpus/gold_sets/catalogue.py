"""The catalogue of the field's open gold, and how a set in it is named."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from ...schema import DataError, Problem, UsageError, did_you_mean
from .gold_set import SUITES, GoldSet, read_gold_set

_PACKAGE, _FOLDER = "goldspan.corpus.gold_sets", "sets"


@cache
def catalogue() -> tuple[GoldSet, ...]:
    """Return all sets that goldspan knows, sorted by name."""
    folder = Path(str(resources.files(_PACKAGE).joinpath(_FOLDER)))
    return tuple(sorted(map(read_gold_set, folder.glob("*.toml")), key=lambda each: each.name))


def find_gold_set(name: str) -> GoldSet:
    """Return the set of a name, or the one that a file describes.

    Args:
        name: The name of a set of the catalogue; or the path of a TOML file, which ends so.

    Raises:
        DataError: The file does not describe a set, or describes one by the name of another of the catalogue.
        UsageError: There is no set of the name.
    """
    known = {each.name: each for each in catalogue()}
    if name.endswith(".toml"):
        own = read_gold_set(Path(name))
        if own.name in known:
            what = f"the name {own.name!r} is that of a set that goldspan knows"
            raise DataError(Problem(what, "give yours another name", name))
        return own
    if name not in known:
        raise UsageError(f"unknown set {name!r}: {did_you_mean(name, list(known))}. Fix: goldspan gold list")
    return known[name]


def is_known(name: str) -> bool:
    """Return whether the catalogue has a set of a name."""
    return any(each.name == name for each in catalogue())


def sets_of_suite(suite: str) -> list[GoldSet]:
    """Return the sets of a suite, sorted by name.

    Raises:
        UsageError: There is no suite of the name.
    """
    if suite not in SUITES:
        raise UsageError(f"unknown `suite` {suite!r}: {did_you_mean(suite, list(SUITES))}")
    return [each for each in catalogue() if suite in each.suites]
