"""Signatures: which settings they state, what each affects, and how two that differ are made the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ...schema import UsageError, pluralize

Affected = Literal["figures", "values", "tokens", "intervals", "system", "nothing"]
"""What depends on a setting: all figures; those of values and links; those of tokens; intervals and tests alone; which
spans a system has, as by its label map; or nothing."""

CANNOT: dict[Affected, str] = {
    "figures": "no figures can be compared",
    "values": "figures of values and links cannot be compared",
    "tokens": "figures of tokens cannot be compared",
    "intervals": "figures can be compared, intervals and tests cannot",
    "system": "part of the system, like its spans",
    "nothing": "no figure depends on it",
}
"""What it means that two signatures differ in a setting."""


@dataclass(frozen=True, slots=True)
class SignatureSetting:
    """A setting that signatures state.

    Attributes:
        noun: What it is.
        affects: What depends on it.
        fix: How to make it the same, for figures that depend on it.
        unstated: What signatures without it mean.
    """

    noun: str
    affects: Affected
    fix: str = ""
    unstated: str = "none"


_ONE_VERSION = "score all systems with the same version of goldspan"

SETTINGS: dict[str, SignatureSetting] = {
    "labels": SignatureSetting("the labels that were scored", "figures", "score all systems with the same `labels`"),
    "scheme": SignatureSetting("the scheme and its fingerprint", "figures", "score all systems with the same scheme"),
    "documents": SignatureSetting(
        "which documents were scored", "figures", "score all systems with `common`, or none", "those of the gold"
    ),
    "gold": SignatureSetting("the fingerprint of the gold", "figures", "score all systems against one gold"),
    "zones": SignatureSetting("whose zones count", "figures", _ONE_VERSION),
    "offsets": SignatureSetting("the unit of offsets", "figures", _ONE_VERSION),
    "tokens": SignatureSetting("the tokenizers", "tokens", "score all systems against one gold", "en, or no tokens"),
    "match": SignatureSetting("the version of the pairing rules", "figures", _ONE_VERSION),
    "places": SignatureSetting("the edition of the gazetteer", "values", _ONE_VERSION),
    "tables": SignatureSetting(
        "the editions of the scheme's tables", "values", "score all systems with the same tables"
    ),
    "intervals": SignatureSetting(
        "whether few documents have intervals", "intervals", "score all systems with `intervals`, or none", "no"
    ),
    "boot": SignatureSetting("the number of resamples", "intervals", "score all systems with the same `resamples`"),
    "seed": SignatureSetting("the seed of the resampling", "intervals", "score all systems with the same `seed`"),
    "map": SignatureSetting("the label map", "system"),
    "columns": SignatureSetting("which columns were read", "system", unstated="default"),
    "repair": SignatureSetting("how tags were repaired", "system", unstated="default"),
    "encoding": SignatureSetting("the encoding of files", "system", unstated="default"),
    "fragments": SignatureSetting("how spans in fragments were read", "system", unstated="default"),
    "id_field": SignatureSetting("the field of ids", "system", unstated="default"),
    "texts": SignatureSetting("whether the texts were compared", "nothing", unstated="checked"),
    "goldspan": SignatureSetting("the version of goldspan", "nothing"),
}
"""All settings, by their names in signatures, in the order in which differences are told."""

SHARED = {name: setting.fix for name, setting in SETTINGS.items() if setting.fix}
"""Settings that must be the same for scores that stand side by side, with how to make them so."""

_ALWAYS = ("gold", "scheme", "labels", "map", "zones", "offsets", "match", "boot", "seed", "goldspan")
_BEGINNING = re.compile(r"([a-z][a-z0-9_-]*):(.*)", re.DOTALL)


def is_signature(text: str) -> bool:
    """Return whether a text looks like a signature, as a report prints it, and not like the name of a file."""
    return _plain(text).startswith("gold:") and "|" in text


def _plain(text: str) -> str:
    """Return a signature without the word that a report puts before it."""
    return text.strip().removeprefix("signature").lstrip(" :")


def parse_signature(text: str) -> dict[str, str]:
    """Return the settings that a signature states, by name; those of later versions of goldspan too.

    Raises:
        UsageError: It is not a whole signature.
    """
    settings: dict[str, str] = {}
    last = ""
    for part in _plain(text).split("|"):
        found = _BEGINNING.fullmatch(part)
        if found and not (last == "labels" and found[1] not in SETTINGS):
            last = found[1]
            if last in settings:
                raise UsageError(f"the signature states {last} twice. Fix: copy the whole line of a report")
            settings[last] = found[2]
        elif last:
            settings[last] += f"|{part}"  # names of labels may contain the mark
        else:
            break
    if missing := [name for name in _ALWAYS if name not in settings]:
        what = f"not a signature of goldspan: {pluralize(len(missing), 'setting')} missing, {', '.join(missing)}"
        raise UsageError(f"{what}. Fix: copy the whole line of a report, from gold: on")
    return settings
