"""The form of GeoWebNews: articles with toponyms beside their texts, each with its type in the authors' taxonomy.

```xml
<toponym><extractedName>Kyiv</extractedName><type>Literal</type><start>5</start><end>9</end>…</toponym>
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ....schema import DataError, Problem
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions
from ...formats.markup.toponym_format import ToponymFormat


class TypedToponyms(ToponymFormat):
    """Articles with toponyms; the label of a toponym is its type."""

    name = "typed-toponyms"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each article states.

        Raises:
            DataError: As `ToponymFormat`; or a toponym has no type.
        """
        for stated in super().statements(source, options):
            stated.spans = [_typed(span, str(source)) for span in stated.spans]
            yield stated


def _typed(span: LabelledStatement, path: str) -> LabelledStatement:
    attributes = dict(span.attributes)
    label, words = attributes.pop("type", ""), attributes.pop("extractedName", span.words)
    if not label:
        raise DataError(Problem(f"{span.name} has no type", "name GWN.xml of GeoWebNews", path, span.line))
    return replace(span, label=label, words=words, attributes=attributes)
