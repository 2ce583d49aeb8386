"""The field of a task's data that contains its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .....corpus.spans.offsets import MarkedText, StatedSpan, has_consistent_offsets
from .....schema import DataError, Problem
from ..labeling_config import TEXT

_ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://\S+|\S*[;,]base64,\S*)"  # https://…, s3://…, data:text/plain;base64,…
    r"|//\S+"
    r"|(?:[A-Za-z]:)?[\\/]\S*[\\/?.]\S*"  # /data/local-files/?d=…, C:\\texts\\a.txt
    r"|(?:\.{0,2}[\\/])?[^\s\\/]+(?:[\\/][^\s\\/]+)*\.(?:txt|html?|md|json|xml|csv|tsv|pdf|docx?"
    r"|jpe?g|png|gif|webp|tiff?|wav|mp3|ogg|flac|m4a|mp4|webm)(?:\?\S*)?",
    re.IGNORECASE,
)


def text_field(data: Mapping[str, Any], marks: Sequence[StatedSpan]) -> str:
    """Return the name of the text's field: the one that fits the marks' words, else `text`, else the only string.

    Args:
        data: Data of a task that goldspan did not write.
        marks: Marks stated by the task's results.

    Raises:
        DataError: No field qualifies, several do, or the field contains the address of a text.
    """
    names = [name for name, content in data.items() if isinstance(content, str) and content.strip()]
    names.sort(key=lambda name: name != TEXT)
    stated = [mark for mark in marks if mark.words is not None]
    proven = (
        [name for name in names if has_consistent_offsets(MarkedText(data[name], stated))]
        if stated and len(names) > 1
        else []
    )
    candidates = proven or names
    if not candidates or (len(candidates) > 1 and TEXT not in candidates):
        present = f" (text fields: {', '.join(sorted(names))})" if names else ""
        fix = f"put the text into a field `{TEXT}`"
        raise DataError(Problem(f"cannot tell which field of its data contains the text{present}", fix))
    field = candidates[0]
    address = data[field].strip()
    if _ADDRESS.fullmatch(address):
        fix = f"put the text itself into it, or into a field `{TEXT}`, and export again"
        raise DataError(Problem(f"field `{field}` contains an address instead of the text: {address[:80]!r}", fix))
    return field
