"""What LangExtract is told to find: a task from the scheme, and its examples, of which it needs at least one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ....schema import Label, Scheme, UsageError
from ....schema.hashing import json_sha256
from ...guidelines import label_rule

_MARKED = re.compile(r"\[([^\[\]]+)\]")


class MarkedExample(NamedTuple):
    """A passage, without brackets, with the words that were in them.

    Attributes:
        text: The passage.
        label: The label that the model is told.
        surfaces: The marked words, in text order.
    """

    text: str
    label: str
    surfaces: tuple[str, ...]


class LangextractPrompt:
    """The task and the examples that go with every text.

    Args:
        scheme: The scheme of the layers.
        names: The labels offered to the model, each with that of the scheme, which is empty for a dropped label.

    Attributes:
        task: The description of the task.
        examples: The examples of all labels, in the order of the labels.
        signature: The part of the extractor's version that states both.

    Raises:
        UsageError: There is no label to offer, the labels have no examples, or it is not known for which of several
            labels of a map they are.
    """

    def __init__(self, scheme: Scheme, names: Mapping[str, str]) -> None:
        if not names:
            raise UsageError('the label map has no label to offer to the model. Fix: add lines other than "*"')
        labels = {name: scheme.label(label) if label else None for name, label in names.items()}
        self.task = "\n".join(
            [
                f"Extract all mentions of these classes, in the order of the text. {scheme.description}".strip(),
                "Use the exact words of the text. Do not paraphrase. Extractions of a class do not overlap.",
                *(line for name, label in labels.items() for line in _lines(name, label)),
            ]
        )
        self.examples = [example for name, label in labels.items() if label for example in _examples(name, label)]
        if not self.examples:
            raise UsageError("langextract needs an example at least. Fix: add `examples` to the labels of the scheme")
        targets = [label for label in names.values() if label and scheme.label(label).examples]
        if repeated := sorted({label for label in targets if targets.count(label) > 1}):
            what = f"the label map has several labels for {', '.join(repeated)}, so its examples cannot be shown"
            raise UsageError(f"{what}. Fix: keep one line for each label of the scheme")
        self.signature = json_sha256([self.task, self.examples])[:8]


def _lines(name: str, label: Label | None) -> Iterator[str]:
    yield f"- {name}: {label.definition}" if label else f"- {name}"
    if label and (rule := label_rule(label)):
        yield f"  {rule}"


def _examples(name: str, label: Label) -> Iterator[MarkedExample]:
    for passage in label.examples:
        if surfaces := tuple(_MARKED.findall(passage)):
            yield MarkedExample(_MARKED.sub(r"\1", passage), name, surfaces)
