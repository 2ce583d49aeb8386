"""Extraction of the text from HTML, with a map from its offsets to those of the source.

The map is kept under `HTML_KEY` in `extra` of the document:

```json
{"sha256": "…of the source's UTF-8 bytes…", "length": 93, "pieces": [[0, 3], [14, 29]]}
```

A piece `[t, s]` says that the characters from offset `t` of the text on, up to the next piece, are those from offset
`s` of the source on. A decoded entity is a piece of its own, and begins where the entity does.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import replace
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any

from ...schema import DataError, Problem, sha256_hex
from .articles import Article
from .format_leftovers import ELEMENTS, has_markup

HTML_KEY = "html_source"

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure hr section article".split())
_LINES = frozenset(
    """address aside body caption center dd details dialog dir div dt fieldset figcaption footer form head header html
    legend li main nav optgroup option summary tbody tfoot thead title tr""".split()
)
_CELLS = frozenset(("td", "th"))
_BLOCKS = re.compile(rf"<(?:{'|'.join((*_PARAGRAPHS, *_LINES, *_CELLS, 'br'))})[\s/>]", re.I)
_DROPPED = frozenset("script style template svg".split())
_PRESERVED = frozenset(("pre", "textarea"))
_RUNS = re.compile(r"[^ \t\n\r\f]+(?: [^ \t\n\r\f]+)*|[ \t\n\r\f]+")  # words with single blanks, or a run of blanks
_OPENERS = re.compile(r"<(?P<comment>!--)?(?P<cdata>!\[CDATA\[)?")
_FIX = "correct the HTML, or extract the text with another tool"


def clean_article(article: Article) -> Article:
    """Return an article with the text of its HTML; without tags or entities in it, it is returned unchanged.

    Raises:
        DataError: The article has spans or zones, whose offsets are those of the text with its tags; it was cleaned
            before; or an element that is left out has no end.
    """
    if not has_markup(article.text):
        return article
    record = dict(article.record)
    what = next((key for key in ("spans", "zones") if record.get(key)), "")
    if what or HTML_KEY in record.get("extra", {}):
        offsets = f"the article has {what}, whose offsets count the tags"
        what = offsets if what else "the text was extracted from HTML before"
        raise DataError(Problem(what, "leave out `html`", document=article.id))
    digest = sha256_hex(article.text)
    if record.pop("text_sha256", digest) != digest:
        raise DataError(Problem("the hash of the text differs", "restore the text", document=article.id))
    record.pop("text_length", None)
    text, pieces = extract_text(article.text)
    source = {"sha256": digest, "length": len(article.text), "pieces": [list(piece) for piece in pieces]}
    record["extra"] = {**record.get("extra", {}), HTML_KEY: source}
    return replace(article, text=text, record=record)


def extract_text(source: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of HTML, and pieces of it as pairs of an offset in the text and one in the source.

    Blocks and `br` become line breaks, cells are separated by tabs, entities are decoded, and scripts, styles,
    templates and drawings are left out. Where there are blocks, runs of blanks become one; otherwise they are kept.

    Raises:
        DataError: An element that is left out has no end, so that the rest of the text would be lost.
    """
    extractor = _Extractor(source)
    extractor.feed(_closed_tags(_without_cdata(source), extractor.literal))
    extractor.close()
    if extractor.dropping:
        raise DataError(Problem(f"<{extractor.dropping[0]}> has no end", _FIX))
    return "".join(extractor.parts), extractor.pieces


def source_offset(pieces: list[Any], offset: int) -> int:
    """Return the offset in the source of a character of the text, by the pieces under `HTML_KEY`."""
    start, origin = pieces[bisect_right(pieces, offset, key=lambda piece: piece[0]) - 1]
    return int(origin + offset - start)


def _without_cdata(source: str) -> str:
    """Return the source with blanks for the marks of CDATA sections, in which RSS wraps HTML; offsets stay."""
    parts, position = [], 0
    while (start := source.find("<![CDATA[", position)) >= 0 and (end := source.find("]]>", start)) >= 0:
        parts += [source[position:start], " " * 9, source[start + 9 : end], " " * 3]
        position = end + 3
    return "".join((*parts, source[position:]))


def _closed_tags(source: str, literal: str) -> str:
    """Return the source with `literal` for each `<` that nothing closes; the parser would look for the end of each."""
    last, last_comment = source.rfind(">"), source.rfind("-->")

    def keep(match: re.Match[str]) -> str:
        is_open = match.start() > (last_comment if match["comment"] else last) or match["cdata"]
        return literal + match[0][1:] if is_open else match[0]

    return _OPENERS.sub(keep, source)


class _Extractor(HTMLParser):
    """Collects the text of HTML and its pieces.

    Attributes:
        parts: The text.
        pieces: The pieces.
        dropping: The open elements that are left out.
        literal: A character that stands for a `<` which is text; the source does not have it.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.pieces: list[tuple[int, int]] = []
        self.dropping: list[str] = []
        self.literal = next((char for char in map(chr, range(0xE000, 0xF900)) if char not in source), "\U0010fffe")
        self._source = source
        self._lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self._keeps_blanks = not _BLOCKS.search(source)
        self._preserved = 0
        self._length = 0
        self._next = -1  # the offset in the source at which the last piece goes on
        self._breaks = 0
        self._blank = ""
        self._blank_at = 0

    def handle_data(self, data: str) -> None:
        """Add text."""
        if self.dropping:
            return
        at = self._at()
        data = data.replace(self.literal, "<")
        if self._keeps_blanks or self._preserved:
            self._add(data, at)
            return
        for run in _RUNS.finditer(data):
            if run[0][0] in " \t\n\r\f":
                if not self._blank:
                    self._blank, self._blank_at = " ", at + run.start()
            else:
                self._add(run[0], at + run.start())

    def handle_entityref(self, name: str) -> None:
        """Add the character of a named entity; anything else is text."""
        self._add_entity(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """Add the character of a numeric entity."""
        self._add_entity(f"&#{name}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line where a block begins; a tag that HTML does not have is text."""
        if tag in _DROPPED:
            self.dropping.append(tag)
        elif not self.dropping:
            self._preserved += tag in _PRESERVED
            self._handle_tag(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Handle an empty element."""
        if not self.dropping and tag not in _DROPPED:
            self._handle_tag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Break the line where a block ends."""
        if self.dropping:
            if tag == self.dropping[-1]:
                self.dropping.pop()
        elif tag not in _DROPPED:
            self._preserved -= bool(self._preserved) and tag in _PRESERVED
            self._handle_tag(tag)

    def _handle_tag(self, tag: str) -> None:
        if tag not in ELEMENTS and tag.isalnum():  # a placeholder such as <name>, rather than <o:p> or <my-element>
            at = self._at()
            self._add(self._source[at : self._source.find(">", at) + 1], at)
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag in _PARAGRAPHS:
            self._breaks = 2
        elif tag in _LINES:
            self._breaks = max(self._breaks, 1)
        elif tag in _CELLS and not self._breaks:
            self._blank, self._blank_at = "\t", -1

    def _add_entity(self, written: str) -> None:
        if self.dropping:
            return
        at = self._at()
        if self._source.startswith(";", at + len(written)):
            written += ";"
        decoded = html.unescape(written)
        self._add(decoded, at)
        if decoded != written:
            self._next = -1

    def _at(self) -> int:
        """Return the offset in the source of what is handled."""
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _add(self, text: str, at: int) -> None:
        """Add text from an offset of the source, after the line break or blank that is due."""
        if self._length and self._breaks:
            self._append("\n" * self._breaks, -1)
        elif self._length and self._blank:
            self._append(self._blank, self._blank_at)
        self._breaks, self._blank = 0, ""
        self._append(text, at)

    def _append(self, text: str, at: int) -> None:
        if text and at >= 0 and at != self._next:
            self.pieces.append((self._length, at))
        self.parts.append(text)
        self._length += len(text)
        self._next = at + len(text) if at >= 0 else -1
