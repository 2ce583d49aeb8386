"""The kinds of probes: what each changes, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...schema import Scheme
from ...schema.value_types import EdtfDate, Interval
from ...schema.values.numbers import Number

Changed = Literal["nothing", "codebook", "text"]
"""What a probe changes; only who reads the codebook can follow a change of it."""


@dataclass(frozen=True, slots=True)
class ProbeKind:
    """A kind of probe.

    Attributes:
        changes: What it changes.
        directed: Whether another answer is expected than before; otherwise the same, under other names of labels.
        about: The change in a few words.
        ignored: What an extractor does that ignores the change, to complete a sentence on its answers.
    """

    changes: Changed
    directed: bool
    about: str
    ignored: str = ""


PROBES: Mapping[str, ProbeKind] = {
    "again": ProbeKind("nothing", False, "asked again, with a blank line more in the codebook"),
    "rename": ProbeKind("codebook", False, "labels named LABEL_1, LABEL_2, …, with the same definitions"),
    "swap": ProbeKind("codebook", True, "names of labels exchanged", "goes by the names of labels it knows"),
    "shuffle": ProbeKind("codebook", False, "labels in another order"),
    "exclude": ProbeKind("codebook", True, "a frequent name of each label excluded", "marks what is excluded"),
    "reverse": ProbeKind("codebook", True, "spans take in words they must not start with", "leaves these words out"),
    "numbers": ProbeKind("text", True, "numbers, years and days in the texts changed", "gives the values of before"),
    "names": ProbeKind("text", True, "names in the texts changed to others of a kind", "gives the ids of before"),
}
"""The kinds of probes by name, in the order in which they are run and reported; the first is the control."""

CONTROL = "again"
"""The probe that changes nothing: by its figures the others are read."""


def impossible(name: str, scheme: Scheme) -> str:
    """Return why a scheme leaves a probe nothing to change; empty if it does not."""
    labels = scheme.labels.values()
    if name in ("swap", "shuffle") and len(scheme.labels) < 2:
        return f"the scheme {scheme.ref} has one label only"
    if name == "reverse" and not any(label.not_first for label in labels):
        return f"no label of the scheme {scheme.ref} has `not_first`, words that spans must not start with"
    types = [item.type for label in labels for item in label.fields.values()]
    if name == "numbers" and not any(isinstance(kind, Interval | EdtfDate | Number) for kind in types):
        return f"no label of the scheme {scheme.ref} has a number or a date in its value"
    named = {authority for *_, authority in scheme.identifiers()} - {"iso-3166-1"}
    if name == "names" and not named:
        return f"no label of the scheme {scheme.ref} has ids of a registry, a gazetteer or a table"
    return ""
