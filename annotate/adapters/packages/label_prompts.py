"""The words by which a model that needs no training is asked for each label."""

from __future__ import annotations

from collections.abc import Mapping

from ....schema import Parameter, Scheme, UsageError
from ....schema.hashing import json_sha256

DEFINITIONS = Parameter("definitions", "whether the model also reads the labels' definitions", type=bool, default=False)


class LabelPrompts:
    """The words for each label: those of the label map, or else the scheme's names in lower case.

    Args:
        scheme: The scheme of the layers.
        names: The labels that the model is asked for, each with that of the scheme; empty for a dropped one.
        mapped: Whether a label map states them; its words are taken as they are.
        definitions: Whether the model also reads the definitions of the scheme.

    Attributes:
        labels: The label that each text stands for.
        definitions: The definition of each text; None if the model does not read them.
        signature: The part of an extractor's version that states the words.

    Raises:
        UsageError: There are no labels to ask for, or definitions are wanted for the words of a map.
    """

    def __init__(self, scheme: Scheme, names: Mapping[str, str], *, mapped: bool, definitions: bool) -> None:
        if not names:
            raise UsageError('the label map has no label to offer to the model. Fix: add lines other than "*"')
        if mapped and definitions:
            what = "definitions=true describes the scheme's labels, but the map states others"
            raise UsageError(f"{what}. Fix: leave out map or definitions")
        plain = {name: name.replace("_", " ").lower() for name in names}
        unclear = mapped or len(set(plain.values())) < len(plain)
        self.labels: Mapping[str, str] = {name if unclear else plain[name]: name for name in names}
        self.definitions: Mapping[str, str] | None = (
            {text: scheme.label(name).definition for text, name in self.labels.items()} if definitions else None
        )
        self.signature = json_sha256([list(self.labels), self.definitions])[:8]
