"""The form in which MUC-4 is used since GRIT (Du et al. 2021): the fillers of the roles of events, with offsets.

```
{"docid": "…", "doctext": "…", "extracts": {"PerpOrg": [[["the rebels", 31], ["them", 90]]], "Victim": []}}
```

An entity is a list of its mentions, each with the offset of its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.json_statements import read_items
from ...formats.foreign.json_values import list_of, object_of, offset_of, shown, string_of
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions

_FIX = "name a processed file of MUC-4, such as test.json"


class RoleFillers(ForeignFormat):
    """Documents with the fillers of roles; the label of a mention is the role, its note the number of the entity."""

    name = "role-fillers"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document states."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            item = object_of(item, "the document")
            stated = StatedDocument(
                string_of(item, "doctext", "the document"), id=string_of(item, "docid", "the document")
            )
            roles = object_of(item.get("extracts"), "`extracts`")
            for role, entities in roles.items():
                for number, entity in enumerate(list_of(entities, f"`{role}`"), 1):
                    stated.spans += [_mention(each, role, number) for each in list_of(entity, f"entity {number}")]
            yield stated

        return read_items(source, "document", _FIX, read)


def _mention(value: Any, role: str, number: int) -> LabelledStatement:
    name = f"{role} {number}"
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and value[0]):
        raise DataError(Problem(f"{name}: {shown(value)} is not a mention", "give each as [words, offset]"))
    start = offset_of(value[1], name)
    return LabelledStatement(
        role, ((start, start + len(value[0])),), words=value[0], name=name, note=f"entity {number}"
    )
