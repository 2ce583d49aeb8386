"""What the readers of all versions of WebAnno TSV have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ....spans.offset_units import OffsetUnit
from ....storage.file_io import decode_utf8
from .cas_structures import CasFile


@dataclass(slots=True)
class TsvContents:
    """What a file states.

    Attributes:
        cas: Its text, and its spans as feature structures.
        unit: The unit of its offsets.
        left_out: Numbers of relations, chains and slots.
        gaps: Number of characters between sentences, which the file does not state.
    """

    cas: CasFile
    unit: OffsetUnit
    left_out: Counter[str]
    gaps: int


def tsv_lines(data: bytes, path: str) -> list[str]:
    """Return the lines of a file, without their ends: other line ends are part of the text.

    Raises:
        DataError: It is not UTF-8.
    """
    return [line.removesuffix("\r") for line in decode_utf8(data, path).split("\n")]
