"""The form of SemEval-2025 task 10, subtask 1: articles in a folder, and a table of the roles of their entities.

`subtask-1-annotations.txt` has a line for each mention, without a header and separated by tabs: the file of the
article, the words, the offsets of their first and last character, the main role, and one fine role or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ....schema import DataError, Problem, truncate_problems
from ....schema.files.text_file import read_utf8
from ...formats.file_sample import FileSample
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions
from ...spans.offset_units import CODE_POINTS

_TABLE = "subtask-1-annotations.txt"
_ARTICLES = ("raw-documents", "subtask-1-documents")
_LANGUAGES = ("bg", "en", "hi", "pt", "ru")
_FIX = f"name a folder with {_TABLE} beside {' or '.join(_ARTICLES)}"


class EntityRoles(ForeignFormat):
    """Articles with mentions of entities; the label is the main role, and the note the fine roles."""

    name = "entity-roles"

    def recognises(self, sample: FileSample) -> bool:
        """Return whether it is a folder, of which all is read at once."""
        return sample.is_folder

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each article states, by the folders' names; an article without a mention is one too."""
        tables = sorted(source.rglob(_TABLE)) if source.is_dir() else []
        if not tables:
            raise DataError(Problem(f"no {_TABLE} in the folder", _FIX, str(source)))
        for table in tables:
            yield from _articles(table)


class _Mention(NamedTuple):
    line: int
    words: str
    start: int
    end: int
    roles: Sequence[str]


def _articles(table: Path) -> Iterator[StatedDocument]:
    folder = next((table.parent / name for name in _ARTICLES if (table.parent / name).is_dir()), None)
    if folder is None:
        raise DataError(Problem("the articles are missing", _FIX, str(table)))
    mentions = _mentions(table)
    texts = {path.name: read_utf8(path) for path in sorted(folder.iterdir()) if path.suffix == ".txt"}
    if missing := sorted(mentions.keys() - texts.keys()):
        line = mentions[missing[0]][0].line
        raise DataError(Problem(f"there is no article {missing[0]!r} in {folder.name}", _FIX, str(table), line))
    after = _offset_after_last(mentions, texts)
    language = table.absolute().parent.name.lower()  # the folders are named for the languages
    meta = {"language": language} if language in _LANGUAGES else {}
    for name, text in texts.items():
        stated = StatedDocument(text, id=name.removesuffix(".txt"), path=str(table), unit=CODE_POINTS, meta=dict(meta))
        for mention in mentions.get(name, ()):
            bounds = (mention.start, mention.end + after)
            shown, note = f"the mention on line {mention.line}", "; ".join(mention.roles[1:]) or None
            span = LabelledStatement(mention.roles[0], (bounds,), mention.words, shown, mention.line, note=note)
            if text[slice(*bounds)] == mention.words:
                stated.spans.append(span)
            else:
                stated.unplaced.append((span, "mentions whose words are not at their offsets"))
        yield stated


def _offset_after_last(mentions: dict[str, list[_Mention]], texts: dict[str, str]) -> int:
    """Return what is added to ends: 1 if the last character is stated, 0 if the offset after it is."""
    places = [(texts[name], each) for name, group in mentions.items() for each in group]
    fitting = [sum(text[m.start : m.end + after] == m.words for text, m in places) for after in (0, 1)]
    return int(fitting[1] > fitting[0])


def _mentions(table: Path) -> dict[str, list[_Mention]]:
    found: dict[str, list[_Mention]] = defaultdict(list)
    problems: list[Problem] = []
    for number, line in enumerate(read_utf8(table).split("\n"), 1):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if cells == [""]:
            continue
        if len(cells) < 5 or not all(cell.isascii() and cell.isdigit() and len(cell) < 10 for cell in cells[2:4]):
            what = "the line is not an article, words, two offsets and a role, separated by tabs"
            problems.append(Problem(what, "give the table as it is distributed", str(table), number))
            continue
        article, words, start, end, *roles = cells
        found[article].append(_Mention(number, words, int(start), int(end), [role for role in roles if role]))
    if problems:
        raise DataError(truncate_problems(problems, "invalid lines"))
    return found
