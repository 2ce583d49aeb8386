"""Reading of WebAnno TSV 1 and 2, which older versions of WebAnno export: tokens without offsets.

```
 # de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity | value
#id=1
#text=Rebels left Goma.
1-1 Rebels  B-ORG
```

Columns are separated by tabs. Version 1 has no header: its columns are number, token, lemma, part of speech, named
entity, one that is empty, head, relation and two that are empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .....schema import DataError, Problem, truncate_problems
from ....spans.offset_units import CODE_POINTS
from ...foreign.token_texts import leading_tokens
from .cas_structures import CasFile, FeatureStructure, Sofa, TypeSystem
from .tsv_contents import TsvContents, tsv_lines

_HEADER = re.compile(r" ?# ?[\w.$]+(?: *[|#] *[\w.$=]+)* *")
_NUMBER = re.compile(r"#id=[0-9]+")
_TOKEN = re.compile(r"(?P<number>[0-9]{1,9}(?:-[0-9]{1,9})?)\t(?P<words>[^\t]+)\t(?P<cells>.*)")
_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
_AGAIN = "export the document again, as WebAnno TSV 3 if the program offers it"
_COLUMNS_OF_1 = 8
_FIRST_ID = 10**15
_HEAD = 1 << 16  # of which the sentence before the first token is a part


class _Column(NamedTuple):
    layer: str
    feature: str
    is_relation: bool = False


_OF_VERSION_1 = (
    _Column(f"{_DKPRO}.segmentation.type.Lemma", "value"),
    _Column(f"{_DKPRO}.lexmorph.type.pos.POS", "PosValue"),
    _Column(f"{_DKPRO}.ner.type.NamedEntity", "value"),
    _Column("", ""),
    _Column(f"{_DKPRO}.syntax.type.dependency.Dependency", "head", is_relation=True),
)


@dataclass(slots=True)
class _Words:
    """A token.

    Attributes:
        number: Its number, for messages.
        words: Its words.
        cells: Its columns.
        line: Its line in the file.
        start: Where it is in the text.
    """

    number: str
    words: str
    cells: list[str]
    line: int
    start: int = 0


@dataclass(slots=True)
class _OldSentence:
    text: str
    line: int
    tokens: list[_Words] = field(default_factory=list)


def is_old_webanno(head: bytes) -> bool:
    """Return whether the beginning of a file is that of WebAnno TSV 1 or 2: numbered sentences with their texts."""
    lines = [line.rstrip("\r") for line in head[:_HEAD].decode("utf-8-sig", "replace").split("\n") if line.strip()]
    has_header = bool(lines) and _HEADER.fullmatch(lines[0]) is not None
    number, text, *rest = [*lines[has_header:], "", ""]
    if not _NUMBER.fullmatch(number) or not text.startswith("#text="):
        return False
    token = next(filter(None, map(_TOKEN.fullmatch, rest)), None)
    return token is not None and ("-" in token["number"]) == has_header


def read_old_webanno(data: bytes, path: str) -> TsvContents:
    """Read a file.

    Raises:
        DataError: A line is not a token of the declared columns, a token is not in the text of its sentence, or a span
            is continued that has not begun.
    """
    lines = tsv_lines(data, path)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    has_header = _HEADER.fullmatch(lines[first]) is not None
    columns = list(_columns(lines[first])) if has_header else list(_OF_VERSION_1)
    sentences = list(_sentences(lines, first + has_header, len(columns) if has_header else _COLUMNS_OF_1, path))
    text = _place(sentences, path)
    types = TypeSystem()
    for column in columns:
        if column.layer and not column.is_relation:
            types.ranges.setdefault(column.layer, {})[column.feature] = "uima.cas.String"
    cas = CasFile(path, [Sofa(0, "_InitialView", text)], types=types)
    builder = _SpanBuilder(cas, columns)
    for sentence in sentences:
        for token in sentence.tokens:
            builder.add(token)
    if builder.problems:
        raise DataError(truncate_problems(builder.problems, "tokens"))
    return TsvContents(cas, CODE_POINTS, builder.left_out, max(len(sentences) - 1, 0))


def _columns(header: str) -> Iterator[_Column]:
    """Yield the columns that a header declares, as ` # layer | feature # relation | feature | AttachTo=layer`."""
    for part in header.split("#")[1:]:
        layer, *features = (name.strip() for name in part.split("|"))
        is_relation = any(name.startswith("AttachTo=") for name in features)
        for name in features:
            yield _Column(layer, name, is_relation)


def _sentences(lines: list[str], first: int, width: int, path: str) -> Iterator[_OldSentence]:
    sentence: _OldSentence | None = None
    problems: list[Problem] = []
    for number, line in enumerate(lines[first:], first + 1):
        match = _TOKEN.fullmatch(line)
        if line.startswith("#text="):
            if sentence is not None:
                yield sentence
            sentence = _OldSentence(line[6:], number)
        elif match and sentence is not None:
            cells = match["cells"].removesuffix("\t").split("\t") if match["cells"] else []
            if len(cells) != width:
                what = f"the line has {len(cells)} columns of layers, where there are {width}"
                problems.append(Problem(what, _AGAIN, path, number))
            sentence.tokens.append(_Words(match["number"], match["words"], cells, number))
        elif sentence is not None and not sentence.tokens and not line.startswith("#"):
            sentence.text += "\n" + line  # a sentence across lines
        elif line.strip() and not _NUMBER.fullmatch(line):
            problems.append(Problem(f"the line is not a token of a sentence: {line[:40]!r}", _AGAIN, path, number))
    if problems:
        raise DataError(truncate_problems(problems, "lines"))
    if sentence is not None:
        yield sentence


def _place(sentences: list[_OldSentence], path: str) -> str:
    """Return the text, a sentence a line, after finding each token in that of its sentence.

    Raises:
        DataError: A token is not in its sentence.
    """
    problems: list[Problem] = []
    base = 0
    for sentence in sentences:
        places = leading_tokens(sentence.text, [token.words for token in sentence.tokens])
        for token, (start, _) in zip(sentence.tokens, places, strict=False):
            token.start = base + start
        if len(places) < len(sentence.tokens):
            token, position = sentence.tokens[len(places)], places[-1][1] if places else 0
            what = f"token {token.number} says {token.words[:40]!r}, but the text has"
            what += f" {sentence.text[position:].lstrip()[:40]!r} there"
            problems.append(Problem(what, _AGAIN, path, token.line))
        base += len(sentence.text) + 1
    if problems:
        raise DataError(truncate_problems(problems, "sentences"))
    return "\n".join(sentence.text for sentence in sentences)


class _SpanBuilder:
    """Puts the spans together that tokens have parts of, and counts relations."""

    def __init__(self, cas: CasFile, columns: list[_Column]) -> None:
        self._cas = cas
        self._layers: dict[str, list[tuple[int, _Column]]] = {}
        for index, column in enumerate(columns):
            if column.layer:
                self._layers.setdefault(column.layer, []).append((index, column))
        self._open: dict[tuple[str, int], FeatureStructure] = {}
        self.left_out: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def add(self, token: _Words) -> None:
        """Add what a token states."""
        still_open: dict[tuple[str, int], FeatureStructure] = {}
        for layer, columns in self._layers.items():
            values = [(column, token.cells[index].split("|")) for index, column in columns]
            if columns[0][1].is_relation:
                self.left_out["relations"] += sum(part not in ("_", "O", "") for part in values[0][1])
                continue
            for position in range(max(len(parts) for _, parts in values)):
                parts = [(column, cells[position]) for column, cells in values if position < len(cells)]
                if (span := self._span(token, layer, position, parts)) is not None:
                    still_open[layer, position] = span
        self._open = still_open

    def _span(
        self, token: _Words, layer: str, position: int, parts: list[tuple[_Column, str]]
    ) -> FeatureStructure | None:
        """Return the span that a token has a part of at a position among those on top of each other."""
        stated = {c.feature: part for c, part in parts if part not in ("", "_", "O", "O-_", "B-_", "I-_")}
        if not stated:
            return None
        prefixes = {part[:2] for part in stated.values() if part[:2] in ("B-", "I-", "B_", "I_")}
        features = {name: part[2:] if part[:2] in prefixes else part for name, part in stated.items()}
        features = {name: part for name, part in features.items() if not part.startswith(layer)}  # without a value
        end = token.start + len(token.words)
        if prefixes & {"I-", "I_"}:
            known = self._open.get((layer, position))
            if known is None or any(known.features.get(name) != part for name, part in features.items()):
                part = next(part for part in stated.values() if part[:1] == "I")
                what = f"token {token.number} continues a span with {part!r}, which did not begin before it"
                self.problems.append(Problem(what, "begin it with B-", self._cas.path, token.line))
                return None
            known.features["end"] = end
            return known
        bounds = {"begin": token.start, "end": end}
        identifier = _FIRST_ID + len(self._cas.structures)
        span = FeatureStructure(identifier, layer, {**features, **bounds}, token.line, f"at token {token.number}")
        self._cas.add(span)
        return span
