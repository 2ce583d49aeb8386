"""The format `slash-tags`: each word with its tag after a slash, a sentence a line, as Stanford NER prints them.

```
The/O M23/ORGANIZATION left/O North/LOCATION Kivu/LOCATION ./O
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from ....schema import DataError, Problem, truncate_problems
from ..conll.column_lines import decoded_lines
from ..conll.tag_notation import CANONICAL, fitting_notation
from ..conll.tag_repair import require_entities, require_repair
from ..conll.tag_schemes import OUTSIDE, Entity, TagSchemeDetector
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.token_texts import JOINED, join_tokens
from ..format_interface import ReadOptions

_OUTSIDE = "O"
_SAMPLED = 50
_PREFIXED = re.compile("[BI]-.")
_FIX = "write each word with its tag, as in Goma/LOCATION, and a blank between them"


class SlashTagsFormat(ForeignFormat):
    """Words with their tags."""

    name = "slash-tags"
    summary = "words with tags after a slash, as Stanford NER prints them: Goma/LOCATION is/O"
    read_options = ("encoding", "repair")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether every word of the first lines has a tag, of which some are O and some names."""
        words = [word for line in sample.lines[:_SAMPLED] for word in line.split()]
        tags = {_split(word)[1] for word in words}
        is_tag = all(tag and tag[0].isupper() and tag.replace("-", "").replace("_", "").isalnum() for tag in tags)
        return is_tag and _OUTSIDE in tags and len(tags) > 1

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return how names are told apart; see `ForeignFormat.describe`."""
        return "" if _has_letters(_tagged(source, options)) else "words of one label next to each other are one name"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the file states, which is one document."""
        lines = _tagged(source, options)
        texts: list[str] = []
        stated = StatedDocument("", line=1)
        repair = require_repair(options.repair)
        if _has_letters(lines):
            entities, repaired = _scheme_entities(lines, repair, str(source))
            stated.changed[f"ill-formed chunks read by the rule {repair}"] += repaired
        else:
            entities = list(map(_runs, lines))
        base = 0
        for number, (line, found) in enumerate(zip(lines, entities, strict=True), 1):
            text, bounds = join_tokens([word for word, _ in line])
            for first, end, label in found:
                fragments = ((base + bounds[first][0], base + bounds[end - 1][1]),)
                stated.spans.append(LabelledStatement(label, fragments, name=f"word {first + 1}", line=number))
            texts.append(text)
            base += len(text) + 1
        stated.text = "\n".join(texts)
        stated.changed[JOINED] += 1
        yield stated


_Line = list[tuple[str, str]]


def _split(word: str) -> tuple[str, str]:
    """Return a word, in which the printer escapes slashes, and its tag; no tag if there is none."""
    before, _, tag = word.rpartition("/")
    return (before.replace("\\/", "/"), tag) if before else (word, "")


def _tagged(source: Path, options: ReadOptions) -> list[_Line]:
    """Return the words of each line with their tags.

    Raises:
        DataError: A word has no tag, or only some tags say where names begin.
    """
    lines = [[_split(word) for word in line.split()] for line in decoded_lines(str(source), options.encoding)]
    while lines and not lines[-1]:
        lines.pop()
    problems = [
        Problem(f"{word[:40]!r} has no tag", _FIX, str(source), number)
        for number, line in enumerate(lines, 1)
        for word, tag in line
        if not tag
    ]
    tags = {tag for line in lines for _, tag in line if tag}
    if any(map(_PREFIXED.match, tags)) and fitting_notation(tags) is not CANONICAL:
        odd = next(tag for tag in sorted(tags) if CANONICAL.split(tag) is None)
        what = f"some tags begin with B- or I-, and {odd!r} does not"
        problems.append(Problem(what, "write O, or tags such as B-PER", str(source)))
    if problems:
        raise DataError(truncate_problems(problems, "words"))
    return lines


def _has_letters(lines: Sequence[_Line]) -> bool:
    """Return whether the tags say where a name begins, as B-PER and I-PER do."""
    return fitting_notation({tag for line in lines for _, tag in line}) is CANONICAL


def _scheme_entities(lines: Sequence[_Line], repair: str, path: str) -> tuple[list[Sequence[Entity]], int]:
    """Return the names of each line by tags such as B-PER, and the number of ill-formed chunks."""
    tags = [[CANONICAL.split(tag) or OUTSIDE for _, tag in line] for line in lines]
    detector = TagSchemeDetector()
    for sentence in tags:
        detector.add_sentence(sentence)
    problems: list[Problem] = []
    found: list[Sequence[Entity]] = []
    repaired = 0
    try:
        scheme = detector.scheme(assume_iob2=False)
    except DataError as error:
        raise error.with_location(path) from None
    for number, sentence in enumerate(tags, 1):
        try:
            entities, ill_formed = require_entities(sentence, scheme, repair)
            found.append(entities)
            repaired += ill_formed
        except DataError as error:
            problems += error.with_location(path, number).problems
    if problems:
        raise DataError(truncate_problems(problems, "lines"))
    return found, repaired


def _runs(line: _Line) -> list[Entity]:
    """Return the names of a line: words of one label next to each other."""
    entities: list[Entity] = []
    index = 0
    for tag, run in groupby(line, key=lambda item: item[1]):
        end = index + len(list(run))
        if tag != _OUTSIDE:
            entities.append(Entity(index, end, tag))
        index = end
    return entities


SLASH_TAGS = SlashTagsFormat()
"""The object that the entry point names."""
