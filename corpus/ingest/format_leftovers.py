"""Leftovers of other formats in texts: tags, entities, shortcodes, Markdown, broken encodings, invisible characters.

Nothing is changed: a text is what it is, and offsets count it as it is. The patterns look for what nobody writes on
purpose. "a < b", "AT&T", "<redacted>", "f**k", "voilà »" or the joiners of Persian are none of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5

_Found = Iterator[tuple[int, int]]

# Names that are no words: a tag of one is enough. "<time>" may be a word; an attribute or a slash must tell.
_SURE = frozenset(
    """abbr article aside blockquote br cite dd del dfn div dl dt em embed figcaption figure fieldset footer h1 h2 h3 h4
    h5 h6 head hr html iframe img input ins li nav noscript ol optgroup p param pre samp script span strike strong sub
    sup svg tbody td tfoot th thead tr tt ul wbr""".split()
)
_ELEMENTS = _SURE | frozenset(
    """a acronym address area audio b base big body button canvas caption center code col colgroup data details dialog
    dir font form frame frameset header i kbd label legend link main map mark menu meta meter object option output
    picture progress q rp rt ruby s section select small source style summary table template textarea time title track u
    var video""".split()
)
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)"
    r"(?P<attributes>(?:\s+[a-zA-Z_:@][\w:.-]*(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+))?)*)\s*(?P<empty>/?)>"
)
_COMMENT = re.compile(r"<!--|-->|<!\[CDATA\[|<!DOCTYPE\b", re.I)
_ENTITY = re.compile(r"&(?:#[0-9]{2,7};|#[xX][0-9a-fA-F]{2,6};|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,30};)|nbsp\b)")
_SHORTCODE = re.compile(
    r"\[/[a-z][a-z_-]*\]|\[[a-z][a-z_-]{2,}(?:\s+[a-z_-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\"'\]]+))+\s*/?\]"
)
_MARKDOWN = re.compile(
    r"!?\[[^\[\]\n]{1,300}\]\((?:https?://|/|#)[^\s()]*\)"  # a link or an image
    r"|(?<![\w*])\*\*(?=[^\s*])[^*\n]{0,200}[^\s*]\*\*(?![\w*])|^#{2,6} (?=\w)",  # bold, a heading
    re.M,
)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_BROKEN = re.compile(r"\ufffd|[\x00-\x08\x0e-\x1f\x80-\x84\x86-\x9f]")

# What the bytes 80 to BF become where UTF-8 is read as Windows-1252, or as Latin-1
_TRAIL = "".join(bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xC0)).replace("\ufffd", "")
_TRAIL += "".join(map(chr, range(0x80, 0xA0)))
_QUIET = "”’»…–—\u00a0"  # may follow a letter in its own right
_PLAIN = "".join(c for c in _TRAIL if c not in _QUIET)
_MOJIBAKE = re.compile(
    rf"â€[{re.escape(_TRAIL)}]?|ï»¿|ï¿½|ðŸ[{re.escape(_TRAIL)}]*"  # punctuation, the byte order mark, pictures
    rf"|[ÂÃ][{re.escape(_PLAIN)}]|(?<=[a-zß-öø-ÿ.,;:!?])Â\u00a0"  # Latin letters and signs
    rf"|(?:[ÐÑØÙÚÛ][{re.escape(_TRAIL)}]){{2,}}"  # Cyrillic, Arabic
)
_INVISIBLE = re.compile("(?<=\\w)\u00ad(?=\\w)|[\u200b\u2060]|(?<!^)\ufeff")
# Scripts that are written without blanks, where a line may break at an invisible one
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE", "CJK", "HIRAGANA", "KATAKANA")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A stretch of a text that another format left: `[start, end)` in code points, and its kind."""

    start: int
    end: int
    kind: str


def find_leftovers(text: str) -> list[Leftover]:
    """The leftovers of a text, in order; what one rule has found no other finds again."""
    found: list[Leftover] = []
    for kind, rule in _RULES.items():
        found += [Leftover(start, end, kind) for start, end in rule(text)]
    found.sort(key=lambda item: (item.start, -item.end))
    apart: list[Leftover] = []
    for item in found:
        if not apart or item.start >= apart[-1].end:
            apart.append(item)
    return apart


def _tags(text: str) -> _Found:
    if "<" not in text and "-->" not in text:
        return
    tags = [match for match in _TAG.finditer(text) if match["name"].lower() in _ELEMENTS]
    closed = {match["name"].lower() for match in tags if match["close"]}
    for match in tags:
        name = match["name"].lower()
        if match["close"] or match["empty"] or "=" in match["attributes"] or name in _SURE or name in closed:
            yield match.span()
    yield from (match.span() for match in _COMMENT.finditer(text))


def _entities(text: str) -> _Found:
    for match in _ENTITY.finditer(text) if "&" in text else ():
        if match["name"] is None or match["name"] in html5:
            yield match.span()


def _invisible(text: str) -> _Found:
    for match in _INVISIBLE.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if match[0] != "\u200b" or not any(unicodedata.name(c, "").startswith(_UNSPACED) for c in around):
            yield match.span()


def _all(pattern: re.Pattern[str], sign: str = "") -> Callable[[str], _Found]:
    """A rule that takes every match, and looks for none where its sign does not occur."""
    return lambda text: (match.span() for match in pattern.finditer(text)) if sign in text else iter(())


def has_markup(text: str) -> bool:
    """Whether a text has tags or entities of HTML."""
    return any(True for rule in (_tags, _entities) for _ in rule(text))


_RULES: dict[str, Callable[[str], _Found]] = {
    "tag": _tags,
    "entity": _entities,
    "shortcode": _all(_SHORTCODE, "["),
    "Markdown": _all(_MARKDOWN),
    "escape": _all(_ESCAPE, "\\u"),
    "mojibake": _all(_MOJIBAKE),
    "broken character": _all(_BROKEN),
    "invisible character": _invisible,
}
FIXES: dict[str, str] = {
    "tag": "take the text out of the HTML",
    "entity": "decode the entities",
    "shortcode": "take the text out of the page, not out of its source",
    "Markdown": "take the text out of the Markdown",
    "escape": "decode the escapes",
    "mojibake": "read the source in its encoding, UTF-8",
    "broken character": "read the source in its own encoding",
    "invisible character": "remove it",
}
"""What a person can do, by kind; the source is to be mended, never a text that is annotated."""
