"""Passages and ids of withdrawn documents in files of any kind, which are told and not changed.

A file is searched as it is, unpacked if it is a zip or compressed, and with its escapes resolved. Passages are compared
by the rule of `same_text`, so that a text is found in any layout that keeps its words together.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...schema import DataError
from ..storage.file_io import open_reader, read_lines
from .file_contents import LARGEST, ItemKind, delimiter_of, parquet_columns, parquet_notes, parsed, row_item, whole_json
from .item_matching import stated_document, withdrawn_item, without_withdrawn
from .same_text import letters_of
from .withdrawn_documents import WithdrawnDocuments

_PASSAGE = 30  # characters that no other text has by chance
_PASSAGES = 12
_SHORTEST_ID = 4  # shorter ones occur everywhere
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_UNREADABLE = (DataError, OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError)


class Traces:
    """What tells of withdrawn documents: their ids, and passages from all over their texts.

    Args:
        ids: Ids of the documents; short ones are not searched for.
        texts: Their texts, as far as they are known.
    """

    def __init__(self, ids: Iterable[str], texts: Iterable[str]) -> None:
        searched = sorted(name for name in ids if len(name) >= _SHORTEST_ID)
        self._ids = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in searched)) if searched else None
        self._names = frozenset(searched)
        passages = [set(_passages_of(text)) for text in texts]
        self._passages = sorted(set().union(*passages))
        self._fewest = min(filter(None, map(len, passages)), default=0)

    def __bool__(self) -> bool:
        """Return whether there is anything to search for."""
        return bool(self._ids or self._passages)

    def name_tells(self, path: Path) -> bool:
        """Return whether the name of a file is the id of a document."""
        return path.name.partition(".")[0] in self._names or path.stem in self._names

    def found_in(self, data: bytes) -> str:
        """Return what data tells of the documents: `text` (half of it or more), `passage`, `id` or nothing."""
        written = data.decode("utf-8", "ignore")
        if self._passages:
            resolved = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), written) if "\\u" in written else written
            for line_end in (r"\n", r"\t", r"\r"):
                resolved = resolved.replace(line_end, "")
            resolved = html.unescape(resolved) if "&" in resolved else resolved
            letters = letters_of(resolved)
            hits = sum(passage in letters or passage.replace('"', r"\"") in letters for passage in self._passages)
            if hits:
                return "text" if 2 * hits >= self._fewest else "passage"
        return "id" if self._ids and self._ids.search(written) else ""


def _passages_of(text: str) -> Iterator[str]:
    letters = letters_of(text)
    if len(letters) <= _PASSAGE:
        if len(letters) >= _PASSAGE // 2:
            yield letters
        return
    last = len(letters) - _PASSAGE
    for number in range(_PASSAGES):
        start = last * number // (_PASSAGES - 1)
        yield letters[start : start + _PASSAGE]


def traces_in(path: Path, kind: ItemKind, traces: Traces, withdrawn: WithdrawnDocuments) -> str:
    """Return what a file tells of withdrawn documents beside the items that are taken out of it.

    Args:
        path: The file.
        kind: How documents stand in it.
        traces: What to search for.
        withdrawn: The withdrawals.

    Returns:
        `text`, `passage`, `id` or nothing; `unread` if the file is too large or broken.
    """
    if not traces:
        return ""
    try:
        if path.stat().st_size > LARGEST:
            return "unread"
        found = [
            "text" if withdrawn.by_text(part.decode("utf-8", "ignore")) else traces.found_in(part)
            for part in _remaining(path, kind, withdrawn)
        ]
    except _UNREADABLE:
        return "unread"
    if traces.name_tells(path):
        found.append("id")
    return next((what for what in ("text", "id", "passage") if what in found), "")


def _remaining(path: Path, kind: ItemKind, withdrawn: WithdrawnDocuments) -> Iterator[bytes]:
    """Yield the contents of a file without the items that are taken out."""
    if kind == "lines":
        with open_reader(str(path)) as stream:
            for line in read_lines(stream, str(path)):
                item = parsed(line)
                if stated_document(item) is None and not _is_taken_out(item, withdrawn):
                    yield line
                yield _joined(_remaining_strings(item, withdrawn))
    elif kind == "json":
        kept, _ = without_withdrawn(whole_json(path), withdrawn)
        items = kept if isinstance(kept, list) and any(isinstance(item, dict) for item in kept) else [kept]
        yield _joined(string for item in items for string in _remaining_strings(item, withdrawn))
    elif kind == "table":
        yield _joined(_cells(path, withdrawn))
    elif kind == "parquet":
        yield _joined(string for note in parquet_notes(path) for string in _strings(note))
        for batch in parquet_columns(path, whole=True):
            yield from (_joined(_remaining_strings(row, withdrawn)) for row in batch)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                yield info.filename.encode("utf-8", "ignore")
                if info.file_size <= LARGEST:
                    yield archive.read(info)
    else:
        with open_reader(str(path)) as stream:
            data = stream.read(LARGEST)
        yield data
        if path.suffix == ".spacy":
            yield zlib.decompressobj().decompress(data, LARGEST)


def _cells(path: Path, withdrawn: WithdrawnDocuments) -> Iterator[str]:
    """Yield the cells of the rows of a table that are not taken out."""
    with open_reader(str(path)) as stream:
        rows = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", "replace", ""), delimiter=delimiter_of(path))
        header = next(rows, [])
        yield from header
        for row in rows:
            if withdrawn_item(row_item(dict(zip(header, row, strict=False))), withdrawn) is None:
                yield from row


def _remaining_strings(item: Any, withdrawn: WithdrawnDocuments) -> Iterator[str]:
    """Yield the strings of an item that stay; of another document without its id and what is in its text.

    Near copies are told by their texts, which share passages with that of a withdrawn document.
    """
    if not withdrawn:
        yield from _strings(item)
    elif not _is_taken_out(item, withdrawn):
        name, text = stated_document(item) or (None, "")
        letters = letters_of(text)
        for strings in _units(item):
            whole = "".join(strings)
            if whole != name and (not letters or letters_of(whole) not in letters):
                yield from strings


def _is_taken_out(item: Any, withdrawn: WithdrawnDocuments) -> bool:
    return bool(withdrawn) and withdrawn_item(item, withdrawn) is not None


def _strings(data: Any) -> Iterator[str]:
    """Yield the strings in JSON data or a row of Parquet, in their order, so that a text is found in its words."""
    return (string for strings in _units(data) for string in strings)


def _units(data: Any) -> Iterator[list[str]]:
    """Yield the strings in data, those of a list that has nothing else together."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [part for pair in reversed(item.items()) for part in reversed(pair)]
        elif isinstance(item, list | tuple) and not all(isinstance(part, str | bytes) for part in item):
            waiting += reversed(item)
        elif isinstance(item, list | tuple):
            yield list(map(_as_text, item))
        elif item is not None and not isinstance(item, int | float):  # Parquet has also UUIDs, dates and others
            yield [_as_text(item)]


def _as_text(item: object) -> str:
    return item.decode("utf-8", "ignore") if isinstance(item, bytes) else str(item)


def _joined(strings: Iterable[str]) -> bytes:
    return "\n".join(strings).encode("utf-8", "ignore")
