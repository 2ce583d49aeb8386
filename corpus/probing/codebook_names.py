"""Codebooks whose labels have other names or another order: the definitions say what to mark, as before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from ...schema import Document, Scheme, Span
from ...schema.hashing import draw_key
from .expectations import Expectation, Probe, ProbedDocument, relabelled, same_text


def same_codebook(scheme: Scheme) -> Probe:
    """Return the control: a codebook with one blank line more, which means nothing and is not in any cache."""
    return _renamed("again", scheme, replace(scheme, description=f"{scheme.description}\n"), _identity(scheme))


def generic_names(scheme: Scheme) -> Probe:
    """Return the probe that names labels LABEL_1, LABEL_2 and so on, or OTHER_LABEL_1 where there is one."""
    stem = "LABEL"
    while any(name.startswith(stem) for name in scheme.labels):
        stem = f"OTHER_{stem}"
    names = {name: f"{stem}_{number}" for number, name in enumerate(scheme.labels, 1)}
    return _renamed("rename", scheme, renamed_scheme(scheme, names), names)


def swapped_names(scheme: Scheme, seed: int) -> Probe:
    """Return the probe that gives each label the name of another, and keeps the order of names."""
    order = _shuffled(scheme, seed)
    names = dict(zip(order, [*order[1:], order[0]], strict=True))
    renamed = renamed_scheme(scheme, names)
    ordered = replace(renamed, labels={name: renamed.labels[name] for name in scheme.labels})
    detail = ", ".join(f"{names[name]} is what {name} was" for name in scheme.labels)
    return _renamed("swap", scheme, ordered, names, detail)


def shuffled_labels(scheme: Scheme, seed: int) -> Probe:
    """Return the probe that lists labels in another order."""
    order = _shuffled(scheme, seed)
    shuffled = replace(scheme, labels={name: scheme.labels[name] for name in order})
    return _renamed("shuffle", scheme, shuffled, _identity(scheme), ", ".join(order))


def renamed_scheme(scheme: Scheme, names: Mapping[str, str]) -> Scheme:
    """Return a scheme with other names of labels, also where its texts name labels in capitals.

    Names that are not all in capitals stay in texts, where they may as well be words: `person`, `Place`.

    Args:
        scheme: The scheme.
        names: The new name of each label, all different.
    """
    rename = renaming(names)
    labels = {
        names[label.name]: replace(
            label,
            name=names[label.name],
            key="",  # made of the former name
            definition=rename(label.definition),
            examples=tuple(map(rename, label.examples)),
            fields={name: replace(item, definition=rename(item.definition)) for name, item in label.fields.items()},
        )
        for label in scheme.labels.values()
    }
    return replace(scheme, labels=labels, title=rename(scheme.title), description=rename(scheme.description))


def renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that replaces names in capitals, with a plural s too, where a text has them as words."""
    capitals = [name for name in names if name.isupper()]
    if not capitals:
        return same_text
    longest_first = sorted(capitals, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?=s?(?!\w))")
    return lambda text: pattern.sub(lambda match: names[match[0]], text)


def _renamed(name: str, old: Scheme, new: Scheme, names: Mapping[str, str], detail: str = "") -> Probe:
    """Return the probe whose labels have these names; where some were exchanged, the old names can be kept to."""
    exchanged = any(name in names and names[name] != name for name in names.values())

    def change(document: Document, answer: Sequence[Span], gold: Sequence[Span]) -> ProbedDocument:
        expected = tuple(
            Expectation(
                relabelled(span, names[span.label], new),
                Span(span.start, span.end, span.label) if exchanged else None,
                touched=True,
            )
            for span in answer
        )
        return ProbedDocument(document, expected, tuple(relabelled(span, names[span.label], new) for span in gold))

    return Probe(name, new, renaming(names) if names != _identity(old) else same_text, change, detail)


def _identity(scheme: Scheme) -> dict[str, str]:
    return {name: name for name in scheme.labels}


def _shuffled(scheme: Scheme, seed: int) -> list[str]:
    """Return the labels in another order than that of the scheme, which has two or more."""
    order = list(scheme.labels)
    draw = Random(draw_key("order of labels", str(seed)))
    while order == list(scheme.labels):
        draw.shuffle(order)
    return order
