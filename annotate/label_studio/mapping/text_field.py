"""The field of a task's data that holds its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....corpus.spans.offsets import MarkedText, StatedSpan, has_consistent_offsets
from ....schema import DataError, Problem
from .labeling_config import TEXT

_ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://\S+|\S*[;,]base64,\S*)"  # https://…, s3://…, data:text/plain;base64,…
    r"|//\S+"
    r"|(?:[A-Za-z]:)?[\\/]\S*[\\/?.]\S*"  # /data/local-files/?d=…, C:\\texts\\a.txt
    r"|(?:\.{0,2}[\\/])?[^\s\\/]+(?:[\\/][^\s\\/]+)*\.(?:txt|html?|md|json|xml|csv|tsv|pdf|docx?)(?:\?\S*)?",
    re.IGNORECASE,
)


def text_field(data: Mapping[str, Any], marks: Sequence[StatedSpan]) -> str:
    """The field that holds the text: the one whose words the marks state, else `text`, else the only string.

    Args:
        data: Of a task that goldspan did not write.
        marks: What its results state.

    Raises:
        DataError: No field is it, several may be, or it holds the address of a text.
    """
    names = [name for name, content in data.items() if isinstance(content, str) and content.strip()]
    names.sort(key=lambda name: name != TEXT)
    stated = [mark for mark in marks if mark.words is not None]
    proven = (
        [name for name in names if has_consistent_offsets(MarkedText(data[name], stated))]
        if stated and len(names) > 1
        else []
    )
    likely = proven or names
    if not likely or (len(likely) > 1 and TEXT not in likely):
        among = f" (of {', '.join(sorted(names))})" if names else ""
        raise DataError(Problem(f"no field of its data is known for the text{among}", "give the text under `text`"))
    address = data[likely[0]].strip()
    if _ADDRESS.fullmatch(address):
        fix = f"put the text itself there, or under `{TEXT}`, and export again"
        raise DataError(Problem(f"its text is elsewhere: `{likely[0]}` holds the address {address[:80]!r}", fix))
    return likely[0]
