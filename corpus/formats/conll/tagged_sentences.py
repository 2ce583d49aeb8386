"""Tokens and tags of column files as they are, for scores on a file's own tokens."""

from __future__ import annotations

from typing import NamedTuple

from ....schema import DataError, Problem
from .column_layout import find_layout
from .column_lines import LineFaults, decoded_lines
from .column_samples import ColumnSample
from .column_sentences import SentenceReader
from .recorded_columns import recorded_documents
from .sentence_texts import Sentence
from .tag_notation import CANONICAL, TagNotation, invalid_tag, parse_tag
from .tag_schemes import TagSchemeDetector


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
    """Return the sentences of a column file, with their tags as in B-PER.

    Raises:
        DataError: The file cannot be decoded, it is unclear which column holds what, or lines have no token and tag.
    """
    sample = ColumnSample(decoded_lines(path), path)
    faults = LineFaults(path)
    if sample.has_records:
        lines = (sentence for document in recorded_documents(path) for sentence in document.sentences if sentence)
        rows = ([(line.line, line.columns[0], "".join(line.columns[1:2])) for line in sentence] for sentence in lines)
        notation = CANONICAL
    else:
        layout = find_layout(sample)
        if layout.is_bracketed:
            fix = "leave out `tags`, or convert the file to one with tags such as B-PER"
            raise DataError(Problem("the column of names has brackets, not tags", fix, path))
        reader = SentenceReader(path, "", layout)
        faults, notation = reader.faults, layout.notation
        events = (event for event in reader.events() if isinstance(event, Sentence))
        rows = (list(zip(e.lines, e.tokens, map(layout.value, e.tags), strict=True)) for e in events)
    sentences = [[_token(*row, notation, faults) for row in sentence] for sentence in rows]
    if faults:
        raise faults.error()
    return sentences


def _token(line: int, token: str, cell: str, notation: TagNotation, faults: LineFaults) -> TaggedToken:
    tag = notation.split(cell)
    if tag is None:
        problem = invalid_tag(cell, notation).problems[0]
        faults.add(line, problem.what, problem.fix)
    return TaggedToken(line, token, f"{tag[0]}-{tag[1]}" if tag and tag[0] else "O")


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
