"""Tokens and tags of column files as they are, for scores on a file's own tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....schema import DataError, Problem
from ...storage.file_io import open_reader, read_lines
from .tag_notation import CANONICAL, parse_tag
from .tag_schemes import TagSchemeDetector

_OWN = "# goldspan "
_DOCUMENT_START = "-DOCSTART-"


class TaggedToken(NamedTuple):
    """A token as a column file has it.

    Attributes:
        line: Its line, from 1.
        token: The token.
        tag: Its tag.
    """

    line: int
    token: str
    tag: str


def tagged_sentences(path: str) -> list[list[TaggedToken]]:
    """Return the sentences of a column file: tokens from the first column, tags from the last.

    In files that goldspan wrote, tags are in the second.

    Raises:
        DataError: A line is not UTF-8, or has no token and tag.
    """
    sentences: list[list[TaggedToken]] = [[]]
    column = -1
    for number, line in _lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        if line.startswith(_OWN):
            column = 1
        if line.startswith(_OWN) or not line.strip() or (column == -1 and columns[0] == _DOCUMENT_START):
            sentences.append([])
        elif line.startswith("# ") and not (len(columns) > 1 and CANONICAL.split(columns[column]) is not None):
            continue  # a comment
        elif len(columns) < 2 or CANONICAL.split(columns[column]) is None:
            what = f"{line[:40]!r} is not a token and its tag"
            raise DataError(Problem(what, "write O, or a letter and a label, as in B-PER", path, number))
        else:
            sentences[-1].append(TaggedToken(number, columns[0], columns[column]))
    return [sentence for sentence in sentences if sentence]


def scheme_of_tags(sentences: list[list[TaggedToken]], path: str) -> str:
    """Return the tagging scheme of sentences, as `TagSchemeDetector.scheme` names it.

    Raises:
        DataError: The tags are of two schemes.
    """
    detector = TagSchemeDetector()
    for sentence in sentences:
        detector.add_sentence([parse_tag(token.tag) for token in sentence])
    try:
        return detector.scheme(assume_iob2=False)
    except DataError as error:
        raise error.with_location(path) from None


def _lines(path: str) -> Iterator[tuple[int, str]]:
    with open_reader(path) as stream:
        for number, raw in enumerate(read_lines(stream, path), 1):
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                what = f"byte {error.start + 1} of the line is not UTF-8"
                raise DataError(Problem(what, "save the file as UTF-8", path, number)) from error
